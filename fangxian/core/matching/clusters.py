"""From pairs to people: which rows are one person, and which two people a person must look at.

Pairs join the likeliest first. Two rows that contradict one another (two numbers that can both be right; another name
and another birth) never become one person by way of a third that shares something with both: such a join is left for a
person to decide. So is a row that fits two people about as well as one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from fangxian.core.matching.levels import (
    address_level,
    born_level,
    contradicts,
    name_level,
    number_level,
    phone_level,
    sex_level,
)
from fangxian.core.matching.pairs import WeighedPairs
from fangxian.core.matching.parameters import DOUBTFUL_FROM, SAME_FROM
from fangxian.core.matching.rows import Row

SURE = 0.9999  # beyond which no rival is looked for: none comes near


class Verdict(StrEnum):
    """What a person decided about two rows."""

    SAME = "same"
    DIFFERENT = "different"
    UNSAID = "cannot_say"


class Why(StrEnum):
    """Why two rows are left for a person."""

    UNSURE = "unsure"  # likely, and not likely enough
    CONTRADICTS = "contradicts"  # they, or rows taken for the same person as either, contradict one another
    RIVALS = "rivals"  # one of them fits somebody else about as well


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two rows of different people, so far, who may be one; `pair` is their place among the pairs weighed."""

    one: int
    other: int
    likelihood: float
    why: Why
    pair: int


@dataclass(frozen=True, slots=True)
class People:
    """person : of each row, the number of whose it is; `likelihood` of the weakest pair that made somebody one."""

    person: np.ndarray
    n: int
    likelihood: Mapping[int, float]
    doubts: tuple[Doubt, ...]


class _Joining:
    def __init__(self, rows: Sequence[Row], decided: Mapping[tuple[int, int], Verdict]) -> None:
        self.rows = rows
        self.leader = list(range(len(rows)))
        self.members: dict[int, list[int]] = {}
        self.weakest: dict[int, float] = {}
        self.apart: defaultdict[int, set[int]] = defaultdict(set)
        for (one, other), verdict in decided.items():
            if verdict is not Verdict.SAME:
                self.apart[one].add(other)
                self.apart[other].add(one)

    def of(self, row: int) -> int:
        while self.leader[row] != row:
            self.leader[row] = row = self.leader[self.leader[row]]
        return row

    def all_of(self, leader: int) -> list[int]:
        return self.members.get(leader, [leader])

    def may_be_one(self, one: int, other: int) -> bool:
        """Whether no row of one person contradicts a row of the other."""
        theirs = self.all_of(other)
        for row in self.all_of(one):
            if self.apart.get(row) and not self.apart[row].isdisjoint(theirs):
                return False
            if any(clash(self.rows[row], self.rows[its]) for its in theirs):
                return False
        return True

    def are_namesakes(self, one: int, other: int) -> bool:
        """Whether some row of one person and of the other may be of namesakes, and nothing that they share says no."""
        rows = self.rows
        pairs = [(rows[a], rows[b]) for a in self.all_of(one) for b in self.all_of(other)]
        return any(may_be_namesakes(*pair) for pair in pairs) and not any(
            share_what_is_ones_own(*pair) for pair in pairs
        )

    def may_be_elsewhere(self, one: int, other: int) -> bool:
        """Whether a row of either names a village of which there are two."""
        return any(len(self.rows[it].address.units) > 1 for it in [*self.all_of(one), *self.all_of(other)])

    def join(self, one: int, other: int, likelihood: float) -> None:
        if len(self.all_of(one)) < len(self.all_of(other)):
            one, other = other, one
        self.members[one] = self.all_of(one) + self.all_of(other)
        self.members.pop(other, None)
        self.leader[other] = one
        least = min(likelihood, self.weakest.get(one, 1.0), self.weakest.pop(other, 1.0))
        self.weakest[one] = least


def clash(one: Row, other: Row) -> bool:
    """Whether two rows contradict one another, though no key brought them together."""
    if one.number and one.number == other.number and one.name == other.name:
        return False
    levels = {"number": number_level(one, other), "name": name_level(one, other)}
    if levels["name"] == "other":
        levels |= {"born": born_level(one.born, other.born), "sex": sex_level(one.sex, other.sex)}
    return contradicts(levels)


def may_be_namesakes(one: Row, other: Row) -> bool:
    """Whether two rows name two villages that are called alike.

    However seldom a name and a birth are together, each of two Nanzhuangs may have one of them, or a clerk wrote the
    wrong township: to ask costs a minute, to take two for one leaves somebody out.
    """
    return bool(one.address.alike & other.address.units) and not one.address.units & other.address.units


def share_what_is_ones_own(one: Row, other: Row) -> bool:
    """Whether two rows share a number, a phone or the one village both surely name."""
    if len(one.address.units) == 1 and one.address.units == other.address.units:
        return True
    return not {number_level(one, other), phone_level(one.phone, other.phone)}.isdisjoint({"same", "near"})


def levels_between(one: Row, other: Row) -> dict[str, str]:
    """How two rows compare in each field that both have."""
    found = {
        "number": number_level(one, other),
        "name": name_level(one, other),
        "born": born_level(one.born, other.born),
        "sex": sex_level(one.sex, other.sex),
        "phone": phone_level(one.phone, other.phone),
        "address": address_level(one.address, other.address),
    }
    return {field: level for field, level in found.items() if level}


def find_people(rows: Sequence[Row], pairs: WeighedPairs, decided: Mapping[tuple[int, int], Verdict]) -> People:
    """Which rows are one person.

    Parameters
    ----------
    decided : what a person decided before about two rows, the smaller position first; it holds against any likelihood
    """
    joining = _Joining(rows, decided)
    for (one, other), verdict in decided.items():
        if verdict is Verdict.SAME and joining.of(one) != joining.of(other):
            joining.join(joining.of(one), joining.of(other), 1.0)
    worth = np.flatnonzero(pairs.likelihood >= DOUBTFUL_FROM.value)
    order = worth[np.lexsort((worth, -pairs.likelihood[worth]))]
    doubtful = _join_all(joining, pairs, order, _neighbours(pairs, worth))
    doubts = _doubts(joining, pairs, doubtful, decided)
    leaders = np.array([joining.of(row) for row in range(len(rows))], np.int64)
    different, person = np.unique(leaders, return_inverse=True)
    number_of = {leader: number for number, leader in enumerate(different.tolist())}
    weakest = {number_of[leader]: likelihood for leader, likelihood in joining.weakest.items()}
    return People(person, len(different), weakest, doubts)


def _neighbours(pairs: WeighedPairs, worth: np.ndarray) -> dict[int, list[tuple[int, float]]]:
    """The pairs of each row that are likely at all."""
    found: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    columns = (pairs.one[worth].tolist(), pairs.other[worth].tolist(), pairs.likelihood[worth].tolist())
    for one, other, likelihood in zip(*columns, strict=True):
        found[one].append((other, likelihood))
        found[other].append((one, likelihood))
    return found


def _join_all(
    joining: _Joining, pairs: WeighedPairs, order: np.ndarray, beside: dict[int, list[tuple[int, float]]]
) -> list[tuple[int, Why]]:
    """Join what is sure; what is left for a person, with the reason."""
    left: list[tuple[int, Why]] = []
    columns = (order, pairs.one[order], pairs.other[order], pairs.likelihood[order], pairs.contradicts[order])
    for pair, one, other, likelihood, is_contrary in zip(*(column.tolist() for column in columns), strict=True):
        here, there = joining.of(one), joining.of(other)
        if here == there:
            continue
        if likelihood < SAME_FROM.value:
            left.append((pair, Why.CONTRADICTS if is_contrary else Why.UNSURE))
        elif is_contrary or not joining.may_be_one(here, there) or joining.are_namesakes(here, there):
            left.append((pair, Why.CONTRADICTS))
        elif (likelihood < SURE or joining.may_be_elsewhere(here, there)) and _has_rival(
            joining, here, there, likelihood, beside
        ):
            left.append((pair, Why.RIVALS))
        else:
            joining.join(here, there, likelihood)
    return left


def _has_rival(
    joining: _Joining, here: int, there: int, likelihood: float, beside: dict[int, list[tuple[int, float]]]
) -> bool:
    """Whether one of the two fits somebody else about as well, who cannot be the same as the other."""
    odds = likelihood / max(1 - likelihood, 1e-9)
    for side, opposite in ((here, there), (there, here)):
        for row in joining.all_of(side):
            for neighbour, theirs in beside.get(row, ()):
                third = joining.of(neighbour)
                if third in (side, opposite):
                    continue
                if joining.may_be_one(third, opposite) and not joining.are_namesakes(third, opposite):
                    continue
                rival = theirs / max(1 - theirs, 1e-9)
                if odds / (1 + odds + rival) < SAME_FROM.value:
                    return True
    return False


def _doubts(
    joining: _Joining, pairs: WeighedPairs, left: Sequence[tuple[int, Why]], decided: Mapping[tuple[int, int], Verdict]
) -> tuple[Doubt, ...]:
    """Of each two people the likeliest pair that was left; none that a person has decided, by any two of their rows."""
    settled = {
        _in_order(joining.of(one), joining.of(other)) for (one, other), v in decided.items() if v is not Verdict.SAME
    }
    found: dict[tuple[int, int], Doubt] = {}
    for pair, why in left:
        one, other = int(pairs.one[pair]), int(pairs.other[pair])
        between = _in_order(joining.of(one), joining.of(other))
        if between[0] != between[1] and between not in settled and between not in found:
            found[between] = Doubt(one, other, float(pairs.likelihood[pair]), why, pair)
    return tuple(found.values())


def _in_order(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)
