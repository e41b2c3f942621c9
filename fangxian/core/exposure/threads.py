"""Work that several threads share: each takes a part, the one that asks too.

Threads are kept, since one that must be made and joined costs a tenth of a millisecond each time it has something to
do, and memory of its own that is new to it.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final

N_HALVES: Final = 2
Map = Callable[..., Iterable[Any]]  # as `map`


def map_with(n_threads: int) -> Map:
    """A `map` whose first part is done by the thread that calls it, and the others by `n_threads` less one."""
    if n_threads == 1:
        return map
    others = _others(n_threads - 1)

    def each(work: Callable[..., Any], *columns: Iterable[Any]) -> Iterable[Any]:
        first, *rest = zip(*columns, strict=True)
        waited_for = [others.submit(work, *part) for part in rest]
        try:
            return [work(*first), *(one.result() for one in waited_for)]
        finally:
            for one in waited_for:  # nobody writes to sums that somebody else has by then
                one.exception()

    return each


def halves(n: int, n_threads: int) -> list[tuple[int, int]]:
    """From and up to which of n things two threads go, or one."""
    return [(0, n)] if n_threads == 1 else [(0, n // N_HALVES), (n // N_HALVES, n)]


@cache
def _others(n_threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(n_threads, thread_name_prefix="exposure")


os.register_at_fork(after_in_child=_others.cache_clear)  # a child has none of its parent's threads
