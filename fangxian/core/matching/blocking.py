"""Which pairs of rows are worth weighing: those that share a key. All others are taken for strangers.

Of 200,000 rows all pairs would be twenty thousand million. A key that more rows share than `LARGEST_BLOCK` tells nobody
apart (a hotel's phone, a village where an address has no house) and is left out, and counted.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fangxian.core.matching.counts import home_of
from fangxian.core.matching.parameters import LARGEST_BLOCK
from fangxian.core.matching.rows import RESIDENT_LENGTH, Row

Ints = npt.NDArray[np.int64]
TAIL = 8  # signs of a number: month, day, sequence and check; what is before may then be mistyped
HEAD = 14  # signs of a number: division and birth; what is behind may then be mistyped
PHONE_HALF = 6


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of rows, the smaller first, each once; how many keys too many rows shared, and how many rows had them."""

    one: Ints
    other: Ints
    n_blocks_left_out: int = 0
    n_rows_left_out: int = 0


def keys_of(row: Row) -> Iterator[tuple[Hashable, ...]]:
    """Everything by which a row may meet another of the same person, however one or two fields of it are wrong."""
    first = row.sound.split(" ", 1)[0]
    if row.number:
        yield "number", row.number
    if row.is_residents and len(row.number) >= RESIDENT_LENGTH - 1:
        yield "tail", row.number[-TAIL:]
        yield "head", row.number[:HEAD], first
    if row.phone:
        yield "phone", row.phone
    if row.phone and first:
        yield "phone begins", row.phone[:PHONE_HALF], row.sound
        yield "phone ends", row.phone[-PHONE_HALF:], first
    if row.sound:
        yield "sound", row.sound
    if row.born and row.sound:
        yield "sound and birth", row.sound, row.born
        yield "surname and birth", first, row.born
        yield "sound and day", row.sound, row.born % 10_000
    yield from _keys_of_place(row)


def _keys_of_place(row: Row) -> Iterator[tuple[Hashable, ...]]:
    address = row.address
    if address.numbers and address.units:
        yield "home", *home_of(address)
    for unit in sorted(address.units):
        if row.sound:
            yield "sound and unit", row.sound, unit
        if row.born:
            yield "birth and unit", row.born, unit


def find_pairs(rows: Sequence[Row]) -> Pairs:
    """The pairs that share a key; some 10 µs a row."""
    blocks: defaultdict[tuple[Hashable, ...], list[int]] = defaultdict(list)
    for position, row in enumerate(rows):
        for key in keys_of(row):
            blocks[key].append(position)
    most = int(LARGEST_BLOCK.value)
    by_size: defaultdict[int, list[list[int]]] = defaultdict(list)
    n_blocks = n_rows = 0
    for members in blocks.values():
        if len(members) > most:
            n_blocks, n_rows = n_blocks + 1, n_rows + len(members)
        elif len(members) > 1:
            by_size[len(members)].append(members)
    codes = [_pairs_of(np.array(members, np.int64), len(rows)) for members in by_size.values()]
    found = np.unique(np.concatenate(codes)) if codes else np.empty(0, np.int64)
    return Pairs(found // max(len(rows), 1), found % max(len(rows), 1), n_blocks, n_rows)


def _pairs_of(members: Ints, n: int) -> Ints:
    """Blocks of one size, as a table: every pair of every block as one number. Rows stand in rising order."""
    one, other = np.triu_indices(members.shape[1], k=1)
    return np.unique((members[:, one] * n + members[:, other]).ravel())
