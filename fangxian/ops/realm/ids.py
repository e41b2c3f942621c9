"""Ids of new rows that come by the thousand: nobody can guess one, and each index that holds them grows at its end."""

import os
import time
from uuid import UUID

BYTES_OF_DICE, SPARE_BITS = 10, 6  # 80 bits are drawn, 74 are used
VERSION, VARIANT = 7 << 76, 2 << 62
LOW_BITS = 62


def new_ids(n: int) -> list[UUID]:
    """So many new ids, each after the one before it (RFC 9562, version 7: the milliseconds since 1970, 74 random bits).

    Wholly random ids fall anywhere, so that a few thousand new rows change nearly every page of every index that holds
    them: of a list of 100,000 contacts, whose orders have such indexes, that was half the work. Nothing relies on the
    order; a clock that was set back costs time and no more.
    """
    return [UUID(int=it) for it in _numbers(n)]


def new_ids_in_hex(n: int) -> list[str]:
    """The same as they stand in a database that knows no ids."""
    return [f"{it:032x}" for it in _numbers(n)]


def _numbers(n: int) -> list[int]:
    dice = os.urandom(BYTES_OF_DICE * n)
    drawn = sorted(
        int.from_bytes(dice[at : at + BYTES_OF_DICE]) >> SPARE_BITS for at in range(0, len(dice), BYTES_OF_DICE)
    )
    began = (time.time_ns() // 1_000_000 << 80) | VERSION | VARIANT
    return [began | (it >> LOW_BITS) << 64 | (it & ((1 << LOW_BITS) - 1)) for it in drawn]
