"""How the numba engine's loops are compiled: on first use, and kept on disk where a folder for it can be written.

numba throws away what it kept when the file of the loop has changed, and looks at no other. So a file of loops uses no
loop, number or class of any other file: after an upgrade half of it would be old, and nobody would notice.

Compiling them all takes half a minute of one core, two minutes of a busy one, once for each version of the program and
kind of processor; loading what is kept takes a second or two. numba keeps it beside the source, or else where the
environment's NUMBA_CACHE_DIR says: whoever installs the program into a folder that cannot be written sets it. Where
neither can be, each process compiles for itself, and nothing else changes.
"""

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """A loop over arrays, compiled when it is first called with its kinds of arrays."""
    try:
        return cast(Loop, njit(cache=True, nogil=True)(loop))
    except RuntimeError:  # numba found no folder that it can write to
        return cast(Loop, njit(nogil=True)(loop))
