"""A filter of handles that do not count any more, small enough to be carried by every door's phone.

It is a Bloom filter: whatever was put in is always found, and of the others one in a thousand is found as
well. So a handle that is found proves nothing against anybody: a door may only ask for a check by hand.
Handles are numbers that look drawn at random already (`handles`), so their own halves serve as the two
hashes from which all places are made.
"""

import math
from collections.abc import Collection
from typing import Final, NamedTuple

FALSE_FRACTION: Final = 0.001  # of good handles, how many are found: each costs a check by hand
N_HASHES: Final = 10  # log2(1000): each halves what is left, when half of the bits are set
# Of a few hundred bits two halves make too few patterns of ten places: of 104 bits seven in a thousand were found.
LEAST_BITS: Final = 8192
MOST_BITS: Final = 1 << 24  # 2 MiB; more is no file for a phone at a door


class HandleFilter(NamedTuple):
    """`n_bits` bits, bit `b` of the filter being bit `b % 8` of byte `b // 8`; `n_hashes` of them for each handle."""

    n_bits: int
    n_hashes: int
    data: bytes


def pack_filter(handles: Collection[int]) -> HandleFilter:
    """The filter of some 64-bit handles; 14.4 bits for each.

    Raises
    ------
    ValueError
        If there are so many that the filter would be no file for a phone.
    """
    wanted = math.ceil(len(handles) * -math.log(FALSE_FRACTION) / math.log(2) ** 2)
    n_bits = max(LEAST_BITS, wanted + -wanted % 8)
    if n_bits > MOST_BITS:
        raise ValueError(f"{len(handles)} handles take {n_bits} bits, more than {MOST_BITS}")
    data = bytearray(n_bits // 8)
    for handle in handles:
        for place in _places(handle, n_bits, N_HASHES):
            data[place >> 3] |= 1 << (place & 7)
    return HandleFilter(n_bits, N_HASHES, bytes(data))


def may_hold(found: HandleFilter, handle: int) -> bool:
    """Whether the handle was put in; one that was not is taken for one that was once in a thousand."""
    return all(found.data[place >> 3] >> (place & 7) & 1 for place in _places(handle, found.n_bits, found.n_hashes))


def _places(handle: int, n_bits: int, n_hashes: int) -> list[int]:
    # Sums stay below 2**36: a phone's numbers are exact to 2**53. The step is odd, so that no place comes twice
    # where the number of bits is a power of two.
    first, step = handle >> 32, handle & 0xFFFF_FFFF | 1
    return [(first + n * step) % n_bits for n in range(n_hashes)]
