"""Whom of the many who were co-present an investigator gets first (先提议谁). Part of propose_contacts.

1. whoever was only co-present is counted at the place where most was shared with the case
2. of each place the likeliest are proposed; whoever is on the case's list stays on it, with new evidence
3. the others wait, counted by place, until an investigator asks for them: nobody is dropped

Who lives, works, learns or sat near a case, or had a parcel after it, never waits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from fangxian.core.exposure.columns import Column, Context, Exposed, Meetings, Ring
from fangxian.core.exposure.meetings import find_meetings
from fangxian.core.exposure.whereabouts import venues_at
from fangxian.core.parameters import Parameter
from fangxian.ops.people.models import Person
from fangxian.ops.places.models import Venue

from .exposure_of_case import Search

FIRST_OF_A_PLACE = Parameter(
    value=50,
    unit="people",
    low=10,
    high=1000,
    meaning="How many co-present people of one place are proposed at once, the likeliest first; the others wait until "
    "an investigator asks for them",
    source="a guess: about as many as a team of five reaches by phone in half a day; a county must decide",
)
MAY_WAIT = int(Context.SCAN | Context.CELL | Context.VEHICLE)
IN_A_VEHICLE = "vehicle"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedPlace:
    """One place of a case, with whom it shared most there.

    Attributes
    ----------
    key : what it is asked by, the same in every search
    n_found : co-present, most of it here; `n_waiting` of them are not proposed yet
    """

    key: str
    name: str
    n_found: int
    n_waiting: int

    def as_json(self) -> dict[str, object]:
        return {"key": self.key, "name": self.name, "n_found": self.n_found, "n_waiting": self.n_waiting}


def likeliest(
    search: Search, found: Exposed, *, on_list: Iterable[int], leave: Mapping[str, int]
) -> tuple[Exposed, tuple[CountedPlace, ...]]:
    """Those of `found` to be proposed now, in their order; and the places at which others wait, the most first.

    Parameters
    ----------
    on_list : gate numbers of those who are on the case's list, in whatever state
    leave : how many may go on waiting at a place, by its key. As a number that is left and not as one that is added, so
        that a search that is repeated after an interruption proposes nobody twice over
    """
    waits = (found.ring == Ring.CO_PRESENT) & (found.contexts & ~MAY_WAIT == 0)
    rows = np.flatnonzero(waits)
    rows = rows[_on_register(found.person[rows])]
    many = found.pick(rows)
    if len(many) <= FIRST_OF_A_PLACE.value:
        return found, ()
    keys, group = _places(search, many)
    rank = _ranks(many, group)
    now = (rank < FIRST_OF_A_PLACE.value) | np.isin(many.person, np.fromiter(on_list, np.int64))
    for nth, key in enumerate(keys):
        if (left := leave.get(key)) is not None:
            others = np.flatnonzero((group == nth) & ~now)
            others = others[np.argsort(rank[others])]
            now[others[: max(0, len(others) - left)]] = True
    names, n = _names(search, keys), len(keys)
    n_found, n_waiting = np.bincount(group, minlength=n), np.bincount(group[~now], minlength=n)
    counted = (
        CountedPlace(key=key, name=names[key], n_found=int(n_found[nth]), n_waiting=int(n_waiting[nth]))
        for nth, key in enumerate(keys)
    )
    kept = np.ones(len(found), bool)
    kept[rows[~now]] = False
    return found.pick(np.flatnonzero(kept)), tuple(sorted(counted, key=lambda it: (-it.n_waiting, -it.n_found, it.key)))


def _on_register(people: Column) -> Column:
    """Whether each is somebody who can be proposed: others neither take a place before them nor wait."""
    known: set[int] = set()
    for start in range(0, len(people), 500):
        some = people[start : start + 500].tolist()
        known.update(Person.objects.filter(gate_number__in=some).values_list("gate_number", flat=True))
    return np.isin(people, np.fromiter(known, np.int64, len(known)))


def _places(search: Search, many: Exposed) -> tuple[list[str], Column]:
    """The keys of places, and at which of them each person shared most with a case."""
    met = find_meetings(
        search.index, search.cases, rules=search.rules, near=search.near, cells=search.cells, people=many.person
    )
    met = met.pick(np.lexsort((-met.likely_s, -met.weight, met.person)))
    people, first = np.unique(met.person, return_index=True)
    most = met.pick(first[np.searchsorted(people, many.person)])
    in_vehicle, number = most.context == Context.VEHICLE, _case_at(search, most)
    found = [f"{IN_A_VEHICLE if ridden else 'venue'}:{n}" for ridden, n in zip(in_vehicle, number, strict=True)]
    keys, group = np.unique(np.array(found), return_inverse=True)
    return keys.tolist(), group.astype(np.int64)


def _case_at(search: Search, met: Meetings) -> Column:
    """The number of the venue or vehicle at which the case was. A cell of the map says it by the case's own scan."""
    in_cell = np.flatnonzero(met.context == Context.CELL)
    number = met.place.copy()
    number[in_cell] = venues_at(search.index, search.cases.person[met.case[in_cell]], met.begins_s[in_cell])
    return number


def _ranks(many: Exposed, group: Column) -> Column:
    """From 0 in each place: by weight, seconds at one door, seconds in one cell; then by number, the same each time."""
    order = np.lexsort((many.person, -many.cell_s, -many.likely_s, -many.weight, group))
    begins = np.flatnonzero(np.diff(group[order], prepend=-1))
    rank = np.empty(len(many), np.int64)
    rank[order] = np.arange(len(many)) - np.repeat(begins, np.diff(begins, append=len(many)))
    return rank


def _names(search: Search, keys: list[str]) -> dict[str, str]:
    numbers = {key: int(key.partition(":")[2]) for key in keys}
    at_doors = [number for key, number in numbers.items() if not key.startswith(IN_A_VEHICLE)]
    venues = dict(Venue.objects.filter(venue_number__in=at_doors).values_list("venue_number", "name"))
    return {
        key: search.called.get(number, "") if key.startswith(IN_A_VEHICLE) else venues.get(number, "")
        for key, number in numbers.items()
    }
