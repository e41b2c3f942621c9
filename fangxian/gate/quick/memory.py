"""Arrays as the loops get them: by their addresses.

To hand one array to a compiled loop takes numba a quarter of a microsecond, and a turn of ten scans looks at eighty of
them. They stay where they are from turn to turn, so they are handed over as one array of numbers, made once: of each
its address and how many it has in each of three directions. Handing them over takes a tenth of the time so.

`array_at` and its like are used by every file of loops, which may else use nothing of another file of ours
(`core.compiled` says why): what was compiled with them is not compiled anew when they change. So what they do
is not to be changed; whoever needs something else adds it under another name.
"""

from typing import Any, Final

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import carray, types  # type: ignore[attr-defined]
from numba.extending import intrinsic, register_jitable

N_EACH: Final = 4


class Addresses:
    """Where some arrays stand, in `numbers`; a number among them stands for itself. They stay there as long as this."""

    def __init__(self, *of: np.ndarray | int) -> None:
        self._of = of  # nobody else may put something in their place
        self.numbers = np.zeros(N_EACH * len(of), np.int64)
        for place, one in enumerate(of):
            if isinstance(one, np.ndarray):
                assert one.flags.c_contiguous, one.strides
                assert one.ndim < N_EACH, one.shape
                told: tuple[int, ...] = one.ctypes.data, *one.shape
            else:
                told = (int(one),)
            self.numbers[N_EACH * place : N_EACH * place + len(told)] = told


def _pointer(_typing: Any, _address: Any) -> Any:
    """A number as an address."""

    def generated(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], ir.IntType(8).as_pointer())

    return types.voidptr(types.int64), generated


pointer: Any = intrinsic(_pointer)


@register_jitable
def array_at(at: np.ndarray, place: int, kind: Any) -> Any:
    """The array at that place, of one direction; `kind` is what it has, as `np.int64`."""
    return carray(pointer(at[4 * place]), (at[4 * place + 1],), kind)


@register_jitable
def table_at(at: np.ndarray, place: int, kind: Any) -> Any:
    """The same of two directions."""
    return carray(pointer(at[4 * place]), (at[4 * place + 1], at[4 * place + 2]), kind)


@register_jitable
def block_at(at: np.ndarray, place: int, kind: Any) -> Any:
    """The same of three."""
    return carray(pointer(at[4 * place]), (at[4 * place + 1], at[4 * place + 2], at[4 * place + 3]), kind)


@register_jitable
def word_at(letters: np.ndarray, at: int) -> Any:
    """The eight bytes from there on as one number, the first of them lowest.

    Places are counted as numbers without a sign here and in `put`: numba asks of all others whether they count from the
    end, and what asks at each byte takes the processor five to thirty times as long.
    """
    place, word = np.uint64(at), np.uint64(0)
    for k in range(8):
        word |= np.uint64(letters[place + np.uint64(k)]) << np.uint64(8 * k)
    return word


@register_jitable
def put(to: np.ndarray, at: int, letters: np.ndarray, begins: int, ends: int) -> int:
    """Write a part of some letters; where what is written goes on."""
    place, of = np.uint64(at), np.uint64(begins)
    for k in range(np.uint64(max(ends - begins, 0))):
        to[place + k] = letters[of + k]
    return at + ends - begins
