"""Whom to ask, in the order of urgency and of the way through a grid (核实名单). Part of rescreen.

1. whose journey of arrival leaves a doubt               rescreen_judging
2. whose itinerary is marked, and who declared nothing   movement, arrivals
3. who is out of the county, where places are listed     departures, returnees, core.rescreening.journeys
   or is said to be back from there and declared nothing
4. where they live, and in which household               people
5. how urgent it is                                      core.rescreening.asking
6. with how many others they have to do today            visits, rides, people
7. the order of a round                                  households as they are numbered, door by door

Whoever is out of the county is asked by phone, from the grid they live in, one step later than if they were here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.policy.arrivals import Stay, strictness_of
from fangxian.core.policy.rulebook import Measure, Rulebook
from fangxian.core.policy.vocabulary import Place
from fangxian.core.rescreening.asking import PAPERS, Listed, Met, among_others, areas_to_ask_of, urgency_of
from fangxian.core.rescreening.journeys import Journey, Verdicts, decide_journeys, journeys_in_columns
from fangxian.ops.arrivals.queries import persons_since
from fangxian.ops.departures.queries import Away, away_now
from fangxian.ops.enquiries.queries import WHYS, asked_of_marks, open_now, places_answered
from fangxian.ops.enquiries.wire import Asked, NewEnquiry
from fangxian.ops.movement.queries import marked_at_risk
from fangxian.ops.people.queries import Home, Standing, homes_of, n_tied_to, standings_of, ties_of
from fangxian.ops.returnees.queries import elsewhere_since
from fangxian.ops.rides.queries import n_rides_of
from fangxian.ops.visits.queries import n_venues_of, scans_by_venue

from .rescreen_judging import LOOKS_BACK, Judged, Judging, listed_places, runs, strictest_row
from .risk_on_days import risk_of, spans_of_days

ELSEWHERE = 1_000_000  # whoever stays elsewhere in the grid than at home comes after its households
ONE_DAY = timedelta(days=1)
BATCH = 500
MARK_LOOKS_BACK = Parameter(
    value=14, unit="d", low=7, high=28,
    meaning="How many days before now a mark on an itinerary card is about; cleared up once, it is not asked of again "
    "for as long",
    source="人民网 2022-01-17: a star says that a city of the last 14 days has a risk area",
)  # fmt: skip
MANY_TIED = Parameter(
    value=30, unit="people", low=10, high=200,
    meaning="From how many people who work or learn at a venue each of them has to do with many",
    source="a guess: a class, a shift",
)  # fmt: skip
MANY_SCANS = Parameter(
    value=50, unit="scans", low=20, high=500,
    meaning="From how many scans on one day whoever works at a venue has to do with many",
    source="a guess: a shop on a main street",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One person to ask, before it is known where they live and whom they meet."""

    about: Asked
    person: UUID
    area_path: str
    areas: tuple[str, ...]
    at_stake: str
    stake_ends_on: date | None
    asked_now: str
    urgency: int
    why: str


def everybody_to_ask(judging: Judging, judged: Sequence[Judged], at: datetime) -> list[NewEnquiry]:
    """All enquiries there are now, the most urgent first."""
    outside = people_away(at)
    away = {it.person: it for it in outside if it.back_on is None}
    open_by_cause = {about.rests_on: about for _, about in open_now()}
    wanted = [
        *(one for it in judged for one in _of_journey(it, away)),
        *_of_marked(at, away, open_by_cause),
        *_of_away(judging, outside, at, open_by_cause),
    ]
    return sorted(_placed(wanted, at), key=attrgetter("urgency"))


def marked_to_ask(at: datetime) -> list[NewEnquiry]:
    """The enquiries of whoever has a mark and declared no journey, also between two lists."""
    away = {it.person: it for it in people_away(at) if it.back_on is None}
    return _placed(_of_marked(at, away, {about.rests_on: about for _, about in open_now()}), at)


def people_away(at: datetime) -> list[Away]:
    """Who is out of the county by a departure, or by the register of people away; who is said to be back from there,
    and declared no arrival. Since when somebody of the register is there nobody knows: as long as is looked back.
    """
    found = {it.person: it for it in away_now()}
    since, looks_back = at - timedelta(days=LOOKS_BACK.value), timedelta(days=int(LOOKS_BACK.value))
    declared = persons_since(since)
    for it in elsewhere_since(since):
        until = it.back_on or localtime(at).date()
        if it.person not in found and (it.back_on is None or it.person not in declared):
            found[it.person] = Away(it.entry, it.person, it.division, until - looks_back, it.back_on)
    return list(found.values())


def _of_journey(it: Judged, away: Mapping[UUID, Away]) -> list[_Wanted]:
    is_away = it.person in away
    return [
        _Wanted(
            doubt.about, it.person, it.area_path, doubt.areas, _place(it.at_stake),
            it.stake_plan.ends_on if it.stake_plan else None,
            it.measure.stages[0].place.value if it.measure.stages else "",
            urgency_of(it.at_stake, is_away=is_away), WHYS.AWAY if is_away else WHYS.PLACE,
        )
        for doubt in it.doubts
    ]  # fmt: skip


def _of_marked(at: datetime, away: Mapping[UUID, Away], open_by_cause: Mapping[UUID, Asked]) -> list[_Wanted]:
    """A mark alone is no ground for a measure: they are asked for their journey, which is judged once declared."""
    marked = marked_at_risk(at) - away.keys()
    if not marked:
        return []
    marked -= persons_since(at - timedelta(days=LOOKS_BACK.value))
    marked -= asked_of_marks(at - timedelta(days=MARK_LOOKS_BACK.value))
    today = localtime(at).date()
    begins_on = today - timedelta(days=int(MARK_LOOKS_BACK.value))
    return [
        _Wanted(
            open_by_cause.get(person) or Asked(person, "", begins_on, today + ONE_DAY), person, "", (), "", None, "",
            PAPERS, WHYS.STAR,
        )
        for person in sorted(marked)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Outside:
    """What one disease's table makes of everybody who is out of the county, as if they came back today."""

    listed: Mapping[str, Sequence[Listed]]
    surely: Verdicts
    possibly: Verdicts
    reach: timedelta

    def asks(self, n: int, stay: Stay, today: date, answered: Collection[str]) -> "_AtStake | None":
        """What an answer of the n-th would decide by this table, and of which places; None: nothing hangs on it."""
        which = int(self.possibly.which[n])
        plan, at_stake = self.possibly.plan_of(n), self.possibly.measure_of(which)
        if not runs(plan, today) or at_stake == self.surely.measure_of(int(self.surely.which[n])):
            return None
        counts = replace(stay, begins_on=max(stay.begins_on, stay.ends_on - ONE_DAY - self.reach))
        areas = tuple(dict.fromkeys(it.area for it in areas_to_ask_of(counts, self.listed, but=answered)))
        strictness = strictness_of(self.possibly.rules[strictest_row(which)])
        return _AtStake(strictness, at_stake, plan.ends_on, areas) if areas else None


class _AtStake(NamedTuple):
    """What would be asked of somebody if they were in one of `areas`, and how strict its closest row is."""

    strictness: tuple
    measure: Measure
    ends_on: date
    areas: tuple[str, ...]


def _of_away(
    judging: Judging, away: Sequence[Away], at: datetime, open_by_cause: Mapping[UUID, Asked]
) -> list[_Wanted]:
    """Judged as if they came back today from where they are, or on the day they did; of what they answered already only
    newer places count.

    By every disease with a table: the strictest is at stake, and the places of all of them are asked of.
    """
    today = judging.today
    away = [it for it in away if it.destination]
    stays = [Stay(it.destination, min(it.left_on, today), (it.back_on or today) + ONE_DAY) for it in away]
    if not away:
        return []
    outside = [_outside(it.rulebook, stays, today, at) for it in judging.tables]
    answered, found = _answered(at), []
    for n, (it, stay) in enumerate(zip(away, stays, strict=True)):
        asking = [one for table in outside if (one := table.asks(n, stay, today, answered.get(it.traveller, ())))]
        if asking:
            strictest = max(asking, key=attrgetter("strictness"))  # of those alike the first disease's
            areas = tuple(dict.fromkeys(area for one in asking for area in one.areas))
            about = open_by_cause.get(it.traveller) or Asked(it.traveller, stay.division, stay.begins_on, stay.ends_on)
            found.append(
                _Wanted(
                    about, it.person, "", areas, _place(strictest.measure), strictest.ends_on, "",
                    min(urgency_of(one.measure, is_away=it.back_on is None) for one in asking),
                    WHYS.AWAY if it.back_on is None else WHYS.PLACE,
                )
            )  # fmt: skip
    return found


def _outside(rulebook: Rulebook, stays: Sequence[Stay], today: date, at: datetime) -> _Outside:
    begins_on, ends_on = min(it.begins_on for it in stays), today + ONE_DAY
    spans = spans_of_days(rulebook, begins_on, ends_on)
    journeys = journeys_in_columns(Journey(it.ends_on - ONE_DAY, [it]) for it in stays)
    surely, possibly = decide_journeys(rulebook, journeys, risk_of(rulebook, spans, begins_on, ends_on), at=at)
    reach = max((rule.within for rule in possibly.rules), default=timedelta())
    return _Outside(listed_places(rulebook, spans), surely, possibly, reach)


def _answered(at: datetime) -> dict[UUID, set[str]]:
    """Of which places whoever is away answered, by what they were asked because of."""
    found: dict[UUID, set[str]] = {}
    for about, areas in places_answered(at - timedelta(days=LOOKS_BACK.value)).items():
        found.setdefault(about.rests_on, set()).update(areas)
    return found


def _placed(wanted: Sequence[_Wanted], at: datetime) -> list[NewEnquiry]:
    """Each with the household one call asks, its place on a round, and whom the person meets; some reads a batch."""
    persons = sorted({it.person for it in wanted})
    homes: dict[UUID, Home] = {}
    standings: dict[UUID, Standing] = {}
    for start in range(0, len(persons), BATCH):
        homes |= homes_of(persons[start : start + BATCH])
        standings |= standings_of(persons[start : start + BATCH])
    here = [it.person for it in wanted if it.why != WHYS.AWAY]
    met = _met({person: standings[person].gate_number for person in here if person in standings}, at)
    return [_enquiry(it, homes.get(it.person), standings[it.person], met) for it in wanted if it.person in standings]


def _enquiry(it: _Wanted, home: Home | None, standing: Standing, met: Mapping[UUID, Met]) -> NewEnquiry:
    # Only of whoever stays where it is does one call ask the household.
    area_path = it.area_path or standing.area_path
    is_home = home is not None and home.area_path == area_path
    meets = met.get(it.person, Met())
    return NewEnquiry(
        about=it.about,
        person=it.person,
        household=home.household if home and is_home else None,
        area_path=area_path,
        areas=it.areas,
        at_stake=it.at_stake,
        stake_ends_on=it.stake_ends_on,
        asked_now=it.asked_now,
        urgency=it.urgency,
        route=home.number if home and is_home else ELSEWHERE,
        why=it.why,
        among=among_others(meets),
        met={name: value for name, value in meets._asdict().items() if value},
    )


def _met(gate_numbers: Mapping[UUID, int], at: datetime) -> dict[UUID, Met]:
    """With how many others these people have to do on the day of `at`."""
    midnight, found = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0), {}
    persons, is_busy = sorted(gate_numbers), _busy(midnight, at)
    for start in range(0, len(persons), BATCH):
        some = persons[start : start + BATCH]
        places = n_venues_of([gate_numbers[it] for it in some], since=midnight)
        rides, busy = n_rides_of(some, since=midnight), is_busy(tuple(some))
        for it in some:
            met = Met(places.get(gate_numbers[it], 0), rides.get(it, 0), it in busy)
            if met != Met():
                found[it] = met
    return found


def _busy(midnight: datetime, at: datetime):
    """Who of some people works or learns where many do, or where many came today."""
    day = localtime(at).date()
    scans = cache(lambda: scans_by_venue(since=midnight, until=at))

    def of(persons: Collection[UUID]) -> set[UUID]:
        ties = ties_of(persons, day)
        tied = n_tied_to({it.venue for it in ties}, day) if ties else {}
        return {
            it.person
            for it in ties
            if tied.get(it.venue, 0) >= MANY_TIED.value or scans().get(it.venue_number, 0) >= MANY_SCANS.value
        }

    return of


def _place(measure: Measure) -> str:
    return measure.stages[0].place.value if measure.stages else Place.COMMUNITY.value
