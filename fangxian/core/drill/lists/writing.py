"""Lists written of a county's people, with the truth of every row and what was done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fangxian.core.drill.lists.noise import (
    Dice,
    Ways,
    dirty_address,
    dirty_birth,
    dirty_name,
    dirty_number,
    dirty_phone,
)

REPEATED_FRACTION = 0.4
WORD_FOR_WORD_PER_MILLE = 500  # of what is repeated; the rest is somebody written once more, anew
FOREIGN_PER_MILLE = 3
NO_SEX_PER_MILLE = 150


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody a list may have. `born` is year, month and day; `family` the phones of those they live with."""

    name: str
    number: str
    phone: str
    address: str
    born: tuple[int, int, int]
    sex: int
    family: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """One row as a list has it; year, month and day are 0 where it has none."""

    name: str
    number: str
    phone: str
    address: str
    born: tuple[int, int, int]
    sex: int


@dataclass(frozen=True, slots=True)
class WrittenList:
    """Rows; whom each is truly of, as a position in what was given; and the ways in which it is dirty."""

    rows: list[WrittenRow]
    truth: list[int]
    ways: list[tuple[str, ...]]


def write_list(
    people: Sequence[Listed],
    *,
    chosen: Sequence[int],
    n: int,
    ways: Mapping[str, Ways],
    rng: np.random.Generator,
) -> WrittenList:
    """`n` rows about the people chosen, each at least once as long as there is room; two in five are repeats."""
    dice = Dice(rng)
    distinct = list(chosen[: max(1, round(n * (1 - REPEATED_FRACTION)))])
    made: list[tuple[WrittenRow, int, tuple[str, ...]]] = []
    for number in range(n):
        is_repeat = number >= len(distinct)
        if is_repeat and dice.below(1000) < WORD_FOR_WORD_PER_MILLE:
            row, person, done = made[dice.below(len(made))]
            made.append((row, person, (*done, "repeated")))
            continue
        person = distinct[dice.below(len(distinct))] if is_repeat else distinct[number]
        row, done = _written(person, people, ways, dice)
        made.append((row, person, (*done, "written_again") if is_repeat else done))
    order = rng.permutation(len(made)).tolist()
    rows, truth, dones = zip(*(made[at] for at in order), strict=True)
    return WrittenList([*rows], [*truth], [*dones])


def _written(
    position: int, people: Sequence[Listed], ways: Mapping[str, Ways], dice: Dice
) -> tuple[WrittenRow, tuple[str, ...]]:
    person = people[position]
    taken = {field: dice.way(of_field) for field, of_field in ways.items()}
    number = _foreign(position) if position % 1000 < FOREIGN_PER_MILLE else person.number
    # Where somebody lived before is the same whichever list still has it.
    old = people[(position * 7919 + 13) % len(people)].address
    row = WrittenRow(
        name=dirty_name(person.name, taken["name"], dice),
        number=dirty_number(number, taken["number"], dice),
        phone=dirty_phone(person.phone, taken["phone"], person.family, dice),
        address=dirty_address(person.address, taken["address"], old, dice),
        born=dirty_birth(person.born, taken["born"], dice),
        sex=0 if dice.below(1000) < NO_SEX_PER_MILLE else person.sex,
    )
    return row, tuple(way for way in taken.values() if way)


def _foreign(position: int) -> str:
    """A passport's number."""
    return f"E{position * 37 % 100_000_000:08d}"
