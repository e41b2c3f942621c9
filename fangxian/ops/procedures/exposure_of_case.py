"""Who was exposed to a case, as far as scans and the register tell (暴露搜索). Part of propose_contacts.

1. from when on: the look-back of the disease's rulebook, before onset or the first positive sample   core.policy
2. every scan since the day before, archived or not; what is missing is named                          visits
3. who lives with them, is in their class, works in one room with them                                 people
   … rode in one vehicle with them, as both told, or had a parcel after them                            close_by
4. who was there with them, or in one cell of the map, for how long, how near: proposals with evidence  core.exposure
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from datetime import time as clock_time

import numpy as np

from fangxian.core.exposure.columns import (
    BEFORE_ALL,
    EVER,
    UNKNOWN,
    Cases,
    Column,
    Context,
    Exposed,
    Memberships,
    Ring,
    Venues,
    Visits,
)
from fangxian.core.exposure.disease import Rules, cases_of, ring_keys, rules_of
from fangxian.core.exposure.index import StayIndex, index_cells, index_stays
from fangxian.core.exposure.matter import visits_that_matter
from fangxian.core.exposure.search import find_exposed
from fangxian.core.exposure.stays import Engine, coded, stays_of
from fangxian.core.exposure.ties import Near
from fangxian.core.exposure.usual import cells_of, venues_of
from fangxian.core.parameters import Parameter
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.policy.vocabulary import Transmission
from fangxian.core.refusal import Said
from fangxian.ops.people.models import Attachment, Person
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.current import county_now
from fangxian.ops.visits.columns import Window, columns_between

from .close_by import close_by, group_number

DAY = timedelta(days=1)
PUPIL = "pupil"
OVER = ("in_treatment", "closed")
WORKROOM_MOST = Parameter(
    value=15,
    unit="people",
    low=5,
    high=60,
    meaning="Up to how many people a workplace is taken for one room, whose staff are proposed as close contacts",
    source="a guess: a shop, a clinic, an office. Of a larger one the interview has to say who sat where",
)
# Classes of venues at which people eat, drink or share toilets, for what does not go through the air.
WHERE_PEOPLE_EAT = frozenset({"restaurant", "school", "kindergarten", "care-home", "hotel", "factory", "hospital"})


@dataclass(frozen=True, slots=True)
class Seconds:
    """What the search took: columns at hand, register read, stays laid out, search done."""

    columns: float
    register: float
    stays: float
    search: float

    @property
    def total(self) -> float:
        return self.columns + self.register + self.stays + self.search


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """What was searched for and found.

    Attributes
    ----------
    n_stays : of the case itself in that time; 0: nothing shows that they were anywhere
    notes : what the search could not know, for whoever decides
    cells : the stays by cell of the map; None where the rulebook has no ring of co-presence, or no place a position
    called : what vehicles and parcels are called, by their number
    """

    rulebook: Rulebook
    rules: Rules
    cases: Cases
    near: Near
    index: StayIndex
    found: Exposed
    window: Window
    n_stays: int
    notes: tuple[Said, ...]
    took: Seconds
    cells: StayIndex | None = None
    called: Mapping[int, str] = field(default_factory=dict)


def search_exposed(*, case, rulebook: Rulebook) -> Search:
    """Search for everybody a case may have exposed until now, or until they were taken to hospital.

    Parameters
    ----------
    case : a row of the cases room; of somebody who is not on the register nothing is found
    """
    at, person = county_now(), _going_on(case.person)
    number = person.gate_number if person else 0
    onset_s, ends_s = onset_second(case, rulebook), int(min(at, _ends_at(case, rulebook, at)).timestamp())
    cases = cases_of(rulebook, np.array([number]), np.array([onset_s]), np.array([ends_s]), at=at)
    near, notes = ties_of([person] if person else [], rulebook)
    told = close_by(case, person, cases, rulebook=rulebook, at=at)
    near = replace(near, rides=told.rides, parcels=told.parcels)
    rules = replace(rules_of(rulebook), near_rows=told.near_rows)
    by_cell = Ring.CO_PRESENT in ring_keys(rulebook, at)
    notes = [*notes, *told.notes]
    found = search_cases(cases, rulebook=rulebook, rules=rules, near=near, notes=notes, at=at, by_cell=by_cell)
    return replace(found, called=told.called)


def search_cases(
    cases: Cases,
    *,
    rulebook: Rulebook,
    rules: Rules,
    near: Near,
    notes: Sequence[Said],
    at: datetime,
    by_cell: bool = False,
) -> Search:
    """The search itself, of one case or several, with their ties at hand; by cell of the map too, if asked."""
    began = time.monotonic()
    since = datetime.fromtimestamp(int(cases.begins_s.min()), rulebook.utc_offset) - DAY
    window = columns_between(since, at)
    visits, read = window.visits(), time.monotonic()
    venues = _venues(rulebook, by_cell=by_cell)
    has_cells = bool((venues.cell != UNKNOWN).any())
    if Transmission.AIR not in rulebook.disease.transmission:  # a scan elsewhere says no more than that they had left
        visits = replace(visits, leaves=visits.leaves | ~np.isin(visits.venue, venues.number))
    asked = time.monotonic()
    matter = visits_that_matter(visits, venues, cases, rules=rules, by_cell=has_cells)
    index, cells = _laid_out(matter, venues, has_cells=has_cells)
    laid = time.monotonic()
    found = find_exposed(index, cases, rules=rules, near=near, cells=cells)
    rows = index.rows_of(cases.person)
    lengths = np.diff(index.begins_of_person)
    n_stays = int(lengths[rows[rows >= 0]].sum()) if len(index) else 0
    took = Seconds(read - began, asked - read, laid - asked, time.monotonic() - laid)
    if not n_stays:
        notes = (*notes, NOWHERE)
    return Search(rulebook, rules, cases, near, index, found, window, n_stays, tuple(notes), took, cells)


def _laid_out(matter: Visits, venues: Venues, *, has_cells: bool) -> tuple[StayIndex, StayIndex | None]:
    """Stays by venue, and by cell of the map. Of cells there are so many that it pays to compile the loops."""
    engine: Engine = "numba" if has_cells else "numpy"
    scans = coded(matter, venues, engine)
    stays = stays_of(scans, engine)
    cells = index_cells(stays, scans, venues, engine) if has_cells else None
    return index_stays(stays, scans, engine), cells


NOWHERE = Said(
    "扫码记录里没有此人在追溯期内到过哪里，只按同住、同班、同单位提出；请通过询问补充活动轨迹。",
    "No scan shows where this person was in that time: only household, class and workplace are proposed. Ask them "
    "where they were.",
)
NOT_ON_REGISTER = Said(
    "此人不在居民登记里，扫码记录和同住人都查不到；请通过询问登记接触者。",
    "This person is not on the register, so neither scans nor a household are known: enter contacts from the "
    "interview.",
)


def onset_second(case, rulebook: Rulebook) -> int:
    """From which moment days are counted back: onset, else the first positive sample, else the report."""
    if case.onset_on is not None:
        return int(datetime.combine(case.onset_on, clock_time(), rulebook.utc_offset).timestamp())
    return int((case.first_positive_sampled_at or case.reported_at).timestamp())


def _ends_at(case, rulebook: Rulebook, at: datetime) -> datetime:
    """Until when a case met others: in hospital, or dead."""
    ends = [case.state_at] if case.state in OVER else []
    if case.died_on is not None:
        ends.append(rulebook.midnight_ending(case.died_on))
    return min(ends, default=at)


def _going_on(person: Person | None) -> Person | None:
    return person and (person.merged_into or person)


def _venues(rulebook: Rulebook, *, by_cell: bool) -> Venues:
    """The county's venues; for what does not go through the air, those where people eat or share toilets."""
    rows = Venue.objects.values_list("venue_number", "venue_class", "latitude", "longitude")
    if Transmission.AIR not in rulebook.disease.transmission:
        rows = rows.filter(venue_class__in=WHERE_PEOPLE_EAT)
    known = list(rows)
    numbers = np.array([row[0] for row in known], dtype=np.int64)
    cells = cells_of(*(_degrees(row[place] for row in known) for place in (2, 3))) if by_cell else None
    return venues_of(numbers, [row[1] for row in known], cell=cells)


def _degrees(values: Iterable) -> Column:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def ties_of(persons: Sequence[Person], rulebook: Rulebook) -> tuple[Near, list[Said]]:
    """Who is near these people without a scan: households, classes, rooms at work; and what is not known of that."""
    notes: list[Said] = [] if persons else [NOT_ON_REGISTER]
    homes = {person.household_id for person in persons if person.household_id}
    own = Attachment.objects.filter(person__in=persons).values_list("venue_id", "school_class_id", "role")
    classes = {school_class for _, school_class, _ in own if school_class}
    works = {venue for venue, school_class, role in own if not school_class and role != PUPIL}
    tables = [_household_ties(homes), _class_ties(classes, rulebook)]
    for venue in sorted(works):
        staff = list(_attached(Attachment.objects.filter(venue=venue).exclude(role=PUPIL)))
        if len(staff) <= WORKROOM_MOST.value:
            tables.append(_ties(staff, Context.WORKROOM, rulebook))
        else:
            notes.append(_too_large(venue, len(staff)))
    first, *others = tables
    return Near(memberships=first.joined(*others)), notes


def _household_ties(homes: Iterable) -> Memberships:
    people = Person.objects.filter(household__in=homes, merged_into__isnull=True)
    rows = list(people.values_list("gate_number", "household_id"))
    return Memberships.always(
        _numbers(row[0] for row in rows), _group_numbers(row[1] for row in rows), Context.HOUSEHOLD
    )


def _class_ties(classes: Iterable, rulebook: Rulebook) -> Memberships:
    people = Attachment.objects.filter(school_class__in=classes)
    return _ties(list(_attached(people, "school_class_id")), Context.CLASS, rulebook)


def _attached(rows, group: str = "venue_id"):
    """(gate number, group, from, until) of attachments of people in use."""
    kept = rows.filter(person__merged_into__isnull=True)
    return kept.values_list("person__gate_number", group, "begins_on", "ends_on")


def _ties(rows: Sequence[tuple], kind: Context, rulebook: Rulebook) -> Memberships:
    midnight = rulebook.midnight_ending
    return Memberships(
        person=_numbers(row[0] for row in rows),
        group=_group_numbers(row[1] for row in rows),
        kind=np.full(len(rows), int(kind), dtype=np.int64),
        begins_s=_numbers(int(midnight(row[2] - DAY).timestamp()) if row[2] else BEFORE_ALL for row in rows),
        ends_s=_numbers(int(midnight(row[3] - DAY).timestamp()) if row[3] else EVER for row in rows),
    )


def _group_numbers(ids: Iterable) -> Column:
    return _numbers(map(group_number, ids))


def _numbers(values: Iterable[int]) -> Column:
    return np.fromiter(values, dtype=np.int64)


def _too_large(venue, n_staff: int) -> Said:
    name = Venue.objects.filter(pk=venue).values_list("name", flat=True).first() or "—"
    return Said(
        f"{name} 有 {n_staff} 名职工，不能都当作同一工作间，没有按同单位提出；请问清同室、同工位的人。",
        f"{name} has {n_staff} staff, who are not all of one room, so none is proposed for working there: ask who "
        "shared a room.",
    )
