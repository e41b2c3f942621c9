"""Work that several threads share: each takes a part, the one that asks too.

Threads are kept, since one that must be made and joined costs a tenth of a millisecond each time it has something to
do, and memory of its own that is new to it.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final

N_HALVES: Final = 2
Map = Callable[..., Iterable[Any]]  # as `map`


def map_with(n_threads: int) -> Map:
    """A `map` whose first part is done by the thread that calls it, and the others by `n_threads` less one.

    What nobody has begun by then the caller does too: the others are busy, or this process was forked since, and has
    none of its parent's threads.
    """
    if n_threads == 1:
        return map
    others = _kept(n_threads - 1)

    def each(work: Callable[..., Any], *columns: Iterable[Any]) -> Iterable[Any]:
        first, *rest = zip(*columns, strict=True)
        begun = [(others.submit(work, *part), part) for part in rest]
        try:
            return [work(*first), *(work(*part) if one.cancel() else one.result() for one, part in begun)]
        finally:
            for one, _ in begun:  # nobody writes to sums that somebody else has by then
                if not one.cancel():
                    one.exception()

    return each


def halves(n: int, n_threads: int) -> list[tuple[int, int]]:
    """From and up to which of n things two threads go, or one."""
    return [(0, n)] if n_threads == 1 else [(0, n // N_HALVES), (n // N_HALVES, n)]


@cache
def _kept(n_threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(n_threads, thread_name_prefix="exposure")
