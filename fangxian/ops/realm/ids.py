"""Ids of new rows that come by the thousand: nobody can guess one, and each index that holds them grows at its end."""

import json
import os
import time
from collections.abc import Iterable
from uuid import UUID, SafeUUID

from django.db import connection
from django.db.models.expressions import RawSQL

BYTES_OF_DICE, SPARE_BITS = 10, 6  # 80 bits are drawn, 74 are used
VERSION, VARIANT = 7 << 76, 2 << 62
LOW_BITS = 62
ID_BYTES = 16
_PUT_NUMBER, _PUT_SAFETY, _NEW, _UNKNOWN = UUID.int.__set__, UUID.is_safe.__set__, object.__new__, SafeUUID.unknown


def new_ids(n: int) -> list[UUID]:
    """So many new ids, each after the one before it (RFC 9562, version 7: the milliseconds since 1970, 74 random bits).

    Wholly random ids fall anywhere, so that a few thousand new rows change nearly every page of every index that holds
    them: of a list of 100,000 contacts, whose orders have such indexes, that was half the work. Nothing relies on the
    order; a clock that was set back costs time and no more.
    """
    return [id_of(it) for it in _numbers(n)]


def id_of(number: int) -> UUID:
    """The id with this number, 0 to 2¹²⁸ − 1: `UUID(int=number)`, which looks at five other ways to make one first and
    takes twice as long.
    """
    made = _NEW(UUID)
    _PUT_NUMBER(made, number)
    _PUT_SAFETY(made, _UNKNOWN)
    return made


def in_text(ids: Iterable[UUID]) -> list[str]:
    """`str` of each id, in half the time."""
    digits = [it.int.to_bytes(ID_BYTES).hex() for it in ids]
    return [f"{it[:8]}-{it[8:12]}-{it[12:16]}-{it[16:20]}-{it[20:]}" for it in digits]


def in_hex(ids: Iterable[UUID | None]) -> list[str | None]:
    """Ids as they stand in a database that knows none: `id.hex` of each, in a third of the time."""
    return [None if it is None else it.int.to_bytes(ID_BYTES).hex() for it in ids]


def any_of(ids: Iterable[UUID]) -> RawSQL:
    """What a column of ids is held to: `filter(pk__in=any_of(ids))`. Of thousands given one by one Django turns each
    several times, which took a tenth of a merge of a thousand contacts.
    """
    if connection.vendor == "sqlite":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(in_hex(ids))])
    return RawSQL("SELECT unnest(%s::uuid[])", [list(ids)])


def new_ids_in_hex(n: int) -> list[str]:
    """The same as they stand in a database that knows no ids."""
    return [it.to_bytes(ID_BYTES).hex() for it in _numbers(n)]


def _numbers(n: int) -> list[int]:
    dice = os.urandom(BYTES_OF_DICE * n)
    drawn = sorted(
        int.from_bytes(dice[at : at + BYTES_OF_DICE]) >> SPARE_BITS for at in range(0, len(dice), BYTES_OF_DICE)
    )
    began = (time.time_ns() // 1_000_000 << 80) | VERSION | VARIANT
    return [began | (it >> LOW_BITS) << 64 | (it & ((1 << LOW_BITS) - 1)) for it in drawn]
