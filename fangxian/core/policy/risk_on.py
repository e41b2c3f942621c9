"""Which risk states hold where on which day: from listed places and divisions named by hand to a look-up.

A rulebook says of each of its risk states how far it reaches around a listed place (`RiskState.reach`). Codes are the
nation's: 2 digits a province, 4 a prefecture, 6 a county; a listed place lies in a county, or in a prefecture that has
none.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from fangxian.core.policy.rulebook import RiskState

PROVINCE, PREFECTURE, COUNTY = 2, 4, 6
OF_THE_PROVINCE: Final = "90"  # 省直辖县级行政区划: what stands under such a code is no prefecture


class ListedDays(NamedTuple):
    """One listed place at one level on the days `[begins_on, ends_on)`; `area` is its id."""

    area: str
    division: str
    level: str
    begins_on: date
    ends_on: date


class NamedDays(NamedTuple):
    """A division, with all that lies in it, named by hand to have a state on the days `[begins_on, ends_on)`."""

    state: str
    division: str
    begins_on: date
    ends_on: date


class _Days(NamedTuple):
    begins_on: date
    ends_on: date
    state: str


_ByCode = Mapping[str, tuple[_Days, ...]]
_Spells = defaultdict[str, set[_Days]]


@dataclass(frozen=True, slots=True)
class RiskOn:
    """The risk states on a day of whoever was in a division: `risk_on(division, day, areas)`. Made by `find_risk_on`.

    `home` is the county's own code. A lookup costs as many steps as the division has spells of risk, usually a few.
    """

    home: str
    always_outside: frozenset[str]
    of_division: _ByCode
    elsewhere_in_prefecture: _ByCode
    at_area: _ByCode
    somewhere_in: _ByCode

    def __call__(self, division: str, day: date, areas: frozenset[str] | None = frozenset()) -> frozenset[str]:
        """The states that hold on a day for somebody who was there.

        Parameters
        ----------
        areas : which of the places listed there the person was in; None: any of them, as is possible while nobody
            has asked. Without any only what holds for the whole division is said.
        """
        found = set(self.always_outside) if division[:PROVINCE] != self.home[:PROVINCE] else set()
        codes = _codes_around(division)
        for code in codes:
            found |= _on(self.of_division.get(code, ()), day)
            if areas is None:
                found |= _on(self.somewhere_in.get(code, ()), day)
        for area in areas or ():
            found |= _on(self.at_area.get(area, ()), day)
        if found_near := _on(self.elsewhere_in_prefecture.get(prefecture_of(division), ()), day):
            # "The other counties": one that has a listed place itself is not one of them.
            own = {days.state for code in codes for days in self.elsewhere_in_prefecture.get(f"={code}", ())
                   if days.begins_on <= day < days.ends_on}  # fmt: skip
            found |= found_near - own
        return frozenset(found)

    def turns(self, division: str, areas: frozenset[str] | None = frozenset()) -> set[date]:
        """The days on which anything begins or ends for somebody there; between two of them nothing changes."""
        codes = _codes_around(division)
        indexes: list[tuple[_ByCode, Iterable[str]]] = [
            (self.of_division, codes),
            (self.elsewhere_in_prefecture, (prefecture_of(division), *(f"={code}" for code in codes))),
            (self.at_area, areas or ()),
            (self.somewhere_in, codes if areas is None else ()),
        ]
        spells = [spell for index, keys in indexes for key in keys for spell in index.get(key, ())]
        return {day for spell in spells for day in (spell.begins_on, spell.ends_on)}


def find_risk_on(
    states: Iterable[RiskState], listed: Iterable[ListedDays], named: Iterable[NamedDays], *, home: str
) -> RiskOn:
    """What a rulebook's risk states mean on the map. (states, listed places, named divisions → look-up)

    Parameters
    ----------
    listed : the places of every list that counts on the days asked for, each day by the list valid on it
    named : what was named by hand; of a state that may not be named so (`by_hand`) it counts for nothing
    home : code of the county whose rulebook it is: "outside the province" is outside its province
    """
    states = tuple(states)
    by_level: defaultdict[str, list[RiskState]] = defaultdict(list)
    for state in states:
        for level in state.levels:
            by_level[level].append(state)
    division: _Spells = defaultdict(set)
    elsewhere: _Spells = defaultdict(set)
    area: _Spells = defaultdict(set)
    somewhere: _Spells = defaultdict(set)
    for place in listed:
        for state in by_level[place.level]:
            days = _Days(place.begins_on, place.ends_on, state.key)
            if state.reach == "place":
                area[place.area].add(days)
                somewhere[place.division].add(days)
            elif state.reach == "county":
                division[place.division].add(days)
            elif state.reach == "other-counties":
                elsewhere[prefecture_of(place.division)].add(days)
                elsewhere[f"={place.division}"].add(days)
    may_be_named = {state.key for state in states if state.by_hand or state.reach == "named"}
    for one in named:
        if one.state in may_be_named:
            division[one.division].add(_Days(one.begins_on, one.ends_on, one.state))
    outside = frozenset(state.key for state in states if state.reach == "other-province")
    return RiskOn(home, outside, *(_whole(index) for index in (division, elsewhere, area, somewhere)))


def prefecture_of(division: str) -> str:
    """The prefecture a county lies in; a county that its province governs itself is its own."""
    return division if division[PROVINCE:PREFECTURE] == OF_THE_PROVINCE else division[:PREFECTURE]


def _codes_around(division: str) -> tuple[str, ...]:
    """The division and those it lies in; written with zeros for what is not said (441900), the zeros are left off."""
    return tuple(dict.fromkeys((division, division[:COUNTY], division[:PREFECTURE], division[:PROVINCE])))


def _on(spells: Iterable[_Days], day: date) -> set[str]:
    return {spell.state for spell in spells if spell.begins_on <= day < spell.ends_on}


def _whole(index: Mapping[str, set[_Days]]) -> dict[str, tuple[_Days, ...]]:
    """Spells of one state that touch or overlap as one: a county of two thousand listed places has a few spells."""
    return {code: tuple(_joined(spells)) for code, spells in index.items()}


def _joined(spells: Iterable[_Days]) -> Iterable[_Days]:
    by_state: defaultdict[str, list[_Days]] = defaultdict(list)
    for spell in sorted(spells):
        told = by_state[spell.state]
        if told and spell.begins_on <= told[-1].ends_on:
            told[-1] = told[-1]._replace(ends_on=max(told[-1].ends_on, spell.ends_on))
        else:
            told.append(spell)
    return (spell for told in by_state.values() for spell in told)
