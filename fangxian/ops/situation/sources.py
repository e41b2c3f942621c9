"""溯源: what the cases a reader may see share before they fell ill, against the visits of everybody.

Reads: cases (their onset), the rulebook (its incubation), scans as columns, waybill lists, the register's ties to
venues and classes. The measure, and what it is not, stands in `core.exposure.sources`. Everybody's visits are counted
here and nobody's are told; what is told of a case is where and when it was, to whoever may see the case.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from django.db.models import CharField, Q, UUIDField, Value
from django.utils.timezone import localtime, make_aware

from fangxian.core.exposure.columns import EVER, Visits
from fangxian.core.exposure.sources import (
    Attended,
    Search,
    Windows,
    find_attendance,
    find_gatherings,
    find_places,
    find_shared,
    window_of_day,
)
from fangxian.core.parameters import Parameter
from fangxian.core.policy.rulebook import DiseasePeriod
from fangxian.core.policy.vocabulary import Presence
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.parcels.queries import handling_columns
from fangxian.ops.people.models import Attachment, Person
from fangxian.ops.places.models import SchoolClass, Venue
from fangxian.ops.situation.transmission import ChainCase, SeenChains, chains_seen_by
from fangxian.ops.visits.columns import columns_between
from fangxian.ops.visits.day_columns import ArchiveGap

DAY = timedelta(days=1)
GATHERING = Parameter(
    value=120, unit="min", low=30, high=360,
    meaning="Within how long scans at one place count as one gathering",
    source="a guess: a meal, a lesson or a wedding's beginning; scans tell when people come, not when they go",
)  # fmt: skip
PLACE, GATHERED, DEPOT, CLASS, WORKPLACE = "place", "gathering", "depot", "class", "workplace"
MOST_TOLD = 30
Step = Callable[[int, int, Said], None]
STEPS = 5
CASES_READ = Said("读病例", "Reading the cases")
SCANS_READ = Said("读潜伏期内的扫码", "Reading the scans of the incubation")
PLACES_COMPARED = Said("比较场所", "Comparing places")
HOURS_COMPARED = Said("比较同场所同时段", "Comparing places by the hour")
OTHERS_COMPARED = Said("比较快递网点、班级、单位", "Comparing depots, classes and workplaces")
NOTABLE = 1.0  # ten to one; below it a candidate is told only where there are few
FEWEST_TOLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseThere:
    """A case at a candidate: `at` are its times there within its window, none where it belongs to it at all times."""

    case: ChainCase
    at: tuple[datetime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One thing cases share.

    Attributes
    ----------
    kind : PLACE, GATHERED, DEPOT, CLASS or WORKPLACE
    venue : the venue's id; None where it is no longer on the register
    begins_at, ends_at : of a gathering
    n_found, n_expected, n_people, surprise : as `core.exposure.sources.Sources`
    """

    kind: str
    venue: UUID | None
    name: str
    area_path: str
    begins_at: datetime | None
    ends_at: datetime | None
    n_found: int
    n_expected: float
    n_people: int
    surprise: float
    evidence: tuple[CaseThere, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesFound:
    """What was looked for, in what, and what came of it.

    Attributes
    ----------
    incubation : number of the rule that gives it
    since, until : the scans that were looked at
    n_asked : cases that were asked of; `n_undated` of them have no day to count back from, `n_unknown` are not on the
        register, so that no scan is theirs; `n_unseen` were nowhere
    looked_at : of each kind, among how many the candidates are
    gaps : days of the archive of which something is missing
    """

    disease: str
    incubation: str
    since: datetime | None = None
    until: datetime | None = None
    n_asked: int = 0
    n_undated: int = 0
    n_unknown: int = 0
    n_unseen: int = 0
    n_everybody: int = 0
    looked_at: dict[str, int] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    gaps: tuple[ArchiveGap, ...] = ()


def _unwatched(done: int, total: int, said: Said) -> None:
    """Whoever waits for the answer itself needs no progress."""


def incubation_of(disease: str, at: datetime) -> DiseasePeriod:
    """The incubation that the rulebook in force gives. Refuses `sources.no_incubation`."""
    book = rulebooks_by_disease(at).get(disease)
    for period in book.periods if book else ():
        if period.key == "incubation":
            return period
    raise Refusal(
        "sources.no_incubation",
        zh="病种“{disease}”现行的规则里没有潜伏期，不知道该往回查几天。规则应写明潜伏期；请先发布写明潜伏期的规则。",
        en="No rulebook in force gives an incubation for “{disease}”, so it is not known how far back to look. It "
        "should say one: publish a rulebook that does.",
        disease=disease,
    )


def find_sources(
    account: Account, disease: str, *, only_first: bool, at: datetime, step: Step = _unwatched
) -> SourcesFound:
    """What the cases of a disease share, the most surprising first.

    A scan of all visits of the incubation before the earliest onset to the last: about a second for two million.

    Parameters
    ----------
    only_first : ask of the cases for which no infector is on record; the others were infected by those
    """
    incubation = incubation_of(disease, at)
    step(0, STEPS, CASES_READ)
    asked = _Asked.of(chains_seen_by(account, disease), incubation, only_first=only_first)
    if not len(asked.windows):
        return asked.summary(disease, incubation.number)
    step(1, STEPS, SCANS_READ)
    since, until = _moment(asked.windows.begins_s.min()), min(_moment(asked.windows.ends_s.max()), at)
    seen = columns_between(since, until)
    searched = _search(seen.visits(), asked.windows, since, until, at, step)
    places = searched[0].search
    return asked.summary(
        disease, incubation.number, since=since, until=until, gaps=seen.gaps,
        n_unseen=places.n_cases - places.n_seen,
        n_everybody=places.n_everybody,
        looked_at={it.kind: it.search.n_looked_at for it in searched if it.search.n_looked_at},
        candidates=_told(searched, asked),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The cases that are asked of: `cases[n]` is row n of `windows`."""

    cases: list[ChainCase]
    windows: Windows
    n_asked: int
    n_undated: int
    n_unknown: int

    @classmethod
    def of(cls, seen: SeenChains, incubation: DiseasePeriod, *, only_first: bool) -> "_Asked":
        keys = [key for key in seen.chains.cases if not seen.cases[key].is_elsewhere]
        asked = [seen.cases[key] for key in keys if not (only_first and seen.chains.infectors[key])]
        numbers = _gate_numbers(case.person for case in asked if case.person)
        dated = [case for case in asked if case.stands_on]
        known = [case for case in dated if case.person in numbers]
        times = [_window(case, incubation) for case in known]
        return cls(
            cases=known,
            windows=Windows(
                person=np.array([numbers[case.person] for case in known], dtype=np.int64),
                begins_s=np.array([begins for begins, _ in times], dtype=np.int64),
                ends_s=np.array([ends for _, ends in times], dtype=np.int64),
            ),
            n_asked=len(asked), n_undated=len(asked) - len(dated), n_unknown=len(dated) - len(known),
        )  # fmt: skip

    def summary(self, disease: str, incubation: str, **found) -> SourcesFound:
        counted = {name: getattr(self, name) for name in ("n_asked", "n_undated", "n_unknown")}
        return SourcesFound(disease=disease, incubation=incubation, **counted, **found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Searched:
    """One kind of candidates. A thing is a venue's number; of classes, the place of its id in `classes`."""

    kind: str
    rows: Attended
    search: Search
    classes: Sequence[UUID] = ()


def _search(
    visits: Visits, windows: Windows, since: datetime, until: datetime, at: datetime, step: Step
) -> list[_Searched]:
    step(2, STEPS, PLACES_COMPARED)
    counts = (visits.presence != Presence.NONE) & ~visits.leaves
    scans = Attended(person=visits.person[counts], thing=visits.venue[counts], at_s=visits.at_s[counts])
    within_s = int(GATHERING.value) * 60
    found = [_Searched(kind=PLACE, rows=scans, search=find_places(scans, windows))]
    step(3, STEPS, HOURS_COMPARED)
    found.append(_Searched(kind=GATHERED, rows=scans, search=find_gatherings(scans, windows, within_s=within_s)))
    step(4, STEPS, OTHERS_COMPARED)
    everybody = np.fromiter(Person.objects.order_by().values_list("gate_number", flat=True), dtype=np.int64)
    parcels = handling_columns(begins=since, ends=until)
    classes, workplaces, ids = _ties(at)
    for kind, rows in (
        (DEPOT, Attended(person=parcels.person, thing=parcels.depot, at_s=parcels.at_s)),
        (CLASS, classes),
        (WORKPLACE, workplaces),
    ):
        search = find_shared(rows, windows, everybody=everybody)
        found.append(_Searched(kind=kind, rows=rows, search=search, classes=ids if kind == CLASS else ()))
    return found


def _ties(at: datetime) -> tuple[Attended, Attended, list[UUID]]:
    """Who is in which class, and who belongs to which other venue, on the day; and the ids of the classes."""
    day = localtime(at).date()
    now = Attachment.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), begins_on__lte=day).order_by()
    rows = list(now.values_list("person__gate_number", "school_class_id", "venue__venue_number"))
    ids = sorted({row[1] for row in rows if row[1]})
    place = {key: nth for nth, key in enumerate(ids)}
    in_class = [(person, place[key]) for person, key, _ in rows if key]
    at_venue = [(person, venue) for person, key, venue in rows if not key]
    return _always(in_class), _always(at_venue), ids


def _always(rows: list[tuple[int, int]]) -> Attended:
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Attended(person=table[:, 0], thing=table[:, 1], at_s=np.full(len(table), EVER, np.int64))


def _told(searched: Sequence[_Searched], asked: _Asked) -> tuple[Candidate, ...]:
    """The most surprising of all kinds; where few are, the next ones too, so that one sees that they are not."""
    ranked = sorted(
        ((float(-it.search.sources.surprise[nth]), float(it.search.sources.log10_chance[nth]), kind, nth)
         for kind, it in enumerate(searched) for nth in range(min(MOST_TOLD, len(it.search.sources)))),
    )  # fmt: skip
    chosen = [row for nth, row in enumerate(ranked[:MOST_TOLD]) if nth < FEWEST_TOLD or -row[0] >= NOTABLE]
    names = _names(searched, chosen)
    return tuple(_candidate(searched[kind], nth, asked, names) for _, _, kind, nth in chosen)


def _names(searched: Sequence[_Searched], chosen: Sequence[tuple]) -> dict[object, tuple[UUID, str, str]]:
    """(id of the venue, name, area path) by venue number, and by a class's id."""
    numbers, classes = set(), set()
    for _, _, kind, nth in chosen:
        it = searched[kind]
        thing = int(it.search.sources.thing[nth])
        if it.kind == CLASS:
            classes.add(it.classes[thing])
        else:
            numbers.add(thing)
    # Asked at once, so that a page asks as much whether a class is among them or none.
    venues = Venue.objects.filter(venue_number__in=numbers).order_by().values_list(
        "venue_number", Value(None, UUIDField()), "pk", "name", Value("", CharField()), "area_path"
    )  # fmt: skip
    in_classes = SchoolClass.objects.filter(pk__in=classes).order_by().values_list(
        "venue__venue_number", "pk", "venue", "venue__name", "name", "venue__area_path"
    )  # fmt: skip
    found: dict[object, tuple[UUID, str, str]] = {}
    for number, school_class, venue, name, of_class, area_path in venues.union(in_classes, all=True):
        found[school_class or number] = venue, f"{name} {of_class}".rstrip(), area_path
    return found


def _candidate(it: _Searched, nth: int, asked: _Asked, names: dict[object, tuple[UUID, str, str]]) -> Candidate:
    found, thing = it.search.sources, int(it.search.sources.thing[nth])
    unknown = None, f"{thing:08d}", ""
    venue, name, area_path = names.get(it.classes[thing] if it.kind == CLASS else thing, unknown)
    is_gathering = it.kind == GATHERED
    begins_s, ends_s = int(found.begins_s[nth]), int(found.ends_s[nth])
    case, at_s = find_attendance(it.rows, asked.windows, thing)
    if is_gathering:
        within = (at_s >= begins_s) & (at_s < ends_s)
        case, at_s = case[within], at_s[within]
    there: dict[int, list[datetime]] = {}
    for row, moment in zip(case.tolist(), at_s.tolist(), strict=True):
        times = there.setdefault(row, [])
        if moment != EVER:
            times.append(_moment(moment))
    return Candidate(
        kind=it.kind, venue=venue, name=name, area_path=area_path,
        begins_at=_moment(begins_s) if is_gathering else None,
        ends_at=_moment(ends_s) if is_gathering else None,
        n_found=int(found.n_found[nth]), n_expected=float(found.n_expected[nth]),
        n_people=int(found.n_people[nth]), surprise=float(found.surprise[nth]),
        evidence=tuple(CaseThere(case=asked.cases[row], at=tuple(times)) for row, times in there.items()),
    )  # fmt: skip


def _window(case: ChainCase, incubation: DiseasePeriod) -> tuple[int, int]:
    midnight = make_aware(datetime.combine(case.stands_on, datetime.min.time()))
    return window_of_day(
        int(midnight.timestamp()), day_s=int(DAY.total_seconds()),
        shortest_s=int(incubation.low.total_seconds()), longest_s=int(incubation.high.total_seconds()),
    )  # fmt: skip


def _gate_numbers(persons: Iterable[UUID]) -> dict[UUID, int]:
    wanted, found = list(persons), {}
    for start in range(0, len(wanted), 500):
        rows = Person.objects.filter(pk__in=wanted[start : start + 500])
        found |= dict(rows.values_list("pk", "gate_number"))
    return found


def _moment(at_s: float) -> datetime:
    return datetime.fromtimestamp(int(at_s), UTC)
