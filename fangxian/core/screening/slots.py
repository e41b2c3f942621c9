"""When each person is asked to come to their site, so that nobody queues: households and classes together.

A slot is an invitation. Whoever comes earlier or later is sampled all the same, which is why slots are not filled to
the brim.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import floor
from typing import Final

from fangxian.core.parameters import Parameter

from .rounds import AT_A_TABLE, DAY_MIN

SLOT: Final = Parameter(
    value=30, unit="minutes", low=10, high=120,
    meaning="How long the time slot is in which a household is asked to come", source="choice: half an hour",
)  # fmt: skip
FILLED: Final = Parameter(
    value=0.85, unit="fraction", low=0.3, high=1,
    meaning="How much of what tables get through is given away as time slots",
    source="choice: room for whoever comes late, or without a slip",
)  # fmt: skip
OLD_FROM: Final = Parameter(
    value=70, unit="years", low=60, high=90,
    meaning="From which age on somebody, and their household, is asked to come first", source="choice",
)  # fmt: skip
SMALL_UNTIL: Final = Parameter(
    value=6, unit="years", low=1, high=10,
    meaning="Until which age a child, and its household, is asked to come first", source="choice: before school age",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody who is to come.

    Attributes
    ----------
    household : who comes together; None: alone
    group : the class or unit of a list, which comes together whatever households its people are of; "" none
    age : years; None: not known
    """

    place: Hashable
    household: Hashable | None
    group: str
    age: int | None

    @property
    def is_first(self) -> bool:
        return self.age is not None and (self.age >= OLD_FROM.value or self.age <= SMALL_UNTIL.value)


@dataclass(frozen=True, slots=True)
class Slot:
    """Minutes from the midnight before the round; `is_first`: given before others, for the old and the small."""

    begins_min: int
    ends_min: int
    is_first: bool


def a_slot_holds(n_tables: int, slot_min: float = SLOT.value, at_a_table: float = AT_A_TABLE.value) -> int:
    """How many people are asked to come to so many tables in one slot."""
    return max(floor(n_tables * at_a_table * slot_min / 60 * FILLED.value), 1)


def slots_at(
    comers: Iterable[Comer], *, n_tables: int, hours: Sequence[tuple[int, int]], from_min: float = 0,
    at_a_table: float = AT_A_TABLE.value,
) -> dict[Hashable, Slot]:  # fmt: skip
    """The slot of everybody at one site, by place.

    Classes come first and each at once, since teachers bring them; then households with somebody old or small; then all
    others, each in the order in which they are given. A party larger than a slot fills those behind it too, and comes
    at the beginning of its first.

    Parameters
    ----------
    comers : in the order in which they should come, such as house by house
    hours : of each day, (begins, ends) in minutes after midnight
    from_min : nobody is asked to come before
    """
    length = int(SLOT.value)
    # A site that is open for less than half a slot has one slot a day, from when it opens.
    spans = [it for it in hours if it[1] - it[0] >= length / 2] or [(hours[0][0], hours[0][0] + length)]
    holds, moments = a_slot_holds(n_tables, length, at_a_table), _moments(spans, from_min, length)
    (begins, ends), free = next(moments), holds
    found: dict[Hashable, Slot] = {}
    for is_first, party in _parties(comers):
        if free < min(len(party), holds) and free < holds:
            (begins, ends), free = next(moments), holds
        found |= {it.place: Slot(begins, ends, is_first) for it in party}
        free -= len(party)
        while free <= 0:
            (begins, ends), free = next(moments), free + holds
    return found


def _parties(comers: Iterable[Comer]) -> list[tuple[bool, list[Comer]]]:
    """Who comes together, in the order in which parties come, and whether they come before others."""
    classes: dict[str, list[Comer]] = defaultdict(list)
    homes: dict[tuple[bool, Hashable], list[Comer]] = defaultdict(list)
    for it in comers:
        if it.group:
            classes[it.group].append(it)
        else:
            homes[it.household is None, it.place if it.household is None else it.household].append(it)
    first = [(True, party) for party in homes.values() if any(it.is_first for it in party)]
    others = [(False, party) for party in homes.values() if not any(it.is_first for it in party)]
    return [*((False, party) for party in classes.values()), *first, *others]


def _moments(hours: Sequence[tuple[int, int]], from_min: float, length: int) -> Iterator[tuple[int, int]]:
    """Every slot from then on, day after day; the last of a span is as long as is left, if that is half a slot."""
    day = int(from_min // DAY_MIN)
    while True:
        spans = ((day * DAY_MIN + begin, day * DAY_MIN + end) for begin, end in hours)
        yield from chain.from_iterable(_within(begin, end, from_min, length) for begin, end in spans)
        day += 1


def _within(begin: int, end: int, from_min: float, length: int) -> Iterator[tuple[int, int]]:
    """The slots of one span of opening that do not begin before a moment."""
    for at in range(begin, end, length):
        if at >= from_min and end - at >= length / 2:
            yield at, min(at + length, end)
