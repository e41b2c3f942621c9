"""How the numba engine's loops are compiled: on first use, and kept on disk where a folder for it can be written.

numba throws away what it kept when the file of the loop has changed, and looks at no other. So a file of loops uses no
loop, number or class of any other file: after an upgrade half of it would be old, and nobody would notice. `fetch` is
the one exception, since it changes no answer.

Compiling them all takes half a minute of one core, two minutes of a busy one, once for each version of the program and
kind of processor; loading what is kept takes a second or two. numba keeps it beside the source, or else where the
environment's NUMBA_CACHE_DIR says: whoever installs the program into a folder that cannot be written sets it. Where
neither can be, each process compiles for itself, and nothing else changes.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit
from numba.core import cgutils, types
from numba.extending import intrinsic

Loop = TypeVar("Loop", bound=Callable[..., object])
TO_WRITE, EVERY_CACHE, OF_DATA = 1, 3, 1  # what a processor is told of a fetch


def compiled(loop: Loop) -> Loop:
    """A loop over arrays, compiled when it is first called with its kinds of arrays."""
    try:
        return cast(Loop, njit(cache=True, nogil=True)(loop))
    except RuntimeError:  # numba found no folder that it can write to
        return cast(Loop, njit(nogil=True)(loop))


def _fetch(_typing: Any, rows: Any, at: Any) -> Any:
    """`fetch(rows, at)`: have the processor bring row `at` near, which will be wanted soon. Changes nothing.

    Sums of a hundred thousand people do not fit into a processor's near caches, and each row that must be waited for
    takes longer than all the rest of what is done for it: asking a few rows ahead made a search three times as quick.
    """

    def generated(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        table, tools = context.make_array(signature.args[0])(context, builder, arguments[0]), cast(Any, cgutils)
        row = tools.get_item_pointer(context, builder, signature.args[0], table, [arguments[1]], wraparound=False)
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        told = [number(what) for what in (TO_WRITE, EVERY_CACHE, OF_DATA)]
        function = tools.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(function, [builder.bitcast(row, byte), *told])
        return context.get_dummy_value()

    return types.void(rows, at), generated


fetch: Any = intrinsic(_fetch)
