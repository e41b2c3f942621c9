"""What others may ask of the arrivals room. Rows are not limited here: accounts.scope does that."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Case, F, Max, QuerySet, When
from django.utils.timezone import localtime

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import appointments_with
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return
from fangxian.ops.realm.current import county_now

from .models import MERGED, Arrival, Correction, DeclaredAs, Leg, Proposal, State, Stay, Version
from .wire import Decided, Told, ToldLeg, ToldStay, read_stages, read_tests, read_told

REVIEW, KEEP_A_VENUE = "movement.review", "venues.keep"
STATES, DECLARED_AS, TRANSPORTS, WHYS = State, DeclaredAs, Leg.Transport, Version.Why
PROPOSAL_STATES, TIES, CORRECTION_STATES = Proposal.State, Proposal.Tie, Correction.State
AT_ONCE = 500
TOLD_FOR = timedelta(days=7)  # whoever looks at their page once a week reads that something ended


class StaySeen(NamedTuple):
    """One stay of a journey; fields as `models.Stay`."""

    division: str
    begins_on: date
    ends_on: date
    risk_areas: tuple[str, ...]
    areas_known: bool


class Declared(NamedTuple):
    """One arrival as it stands, for whoever weighs all of them: who, where, when, from where, and what was asked."""

    arrival: UUID
    person: UUID
    area_path: str
    arrives_at: datetime
    has_landed: bool
    stays: tuple[StaySeen, ...]
    rules: tuple[str, ...]
    measure: str
    measure_ends_on: date | None


def declared_since(day: date) -> list[Declared]:
    """Every arrival, announced or landed, that is expected or came on that day or later; in the order of their ids.

    Two reads for all of them: of a month of a county's declarations about ten thousand rows and their stays.
    """
    at = datetime.combine(day, time.min, localtime(county_now()).tzinfo)
    rows = Arrival.objects.filter(arrives_at__gte=at).exclude(state=State.CANCELLED)
    stays: dict[UUID, list[StaySeen]] = {}
    columns = ("arrival_id", "division_code", "begins_on", "ends_on", "risk_areas", "areas_known")
    of_these = Stay.objects.filter(arrival__arrives_at__gte=at).exclude(arrival__state=State.CANCELLED)
    for key, division, begins_on, ends_on, areas, known in of_these.order_by("begins_on", "id").values_list(*columns):
        stays.setdefault(key, []).append(StaySeen(division, begins_on, ends_on, tuple(areas), known))
    names = ("id", "person_id", "area_path", "arrives_at", "state", "rules", "measure", "measure_ends_on")
    return [
        Declared(
            key, person, area, arrives_at, state == State.LANDED, tuple(stays.get(key, ())), tuple(rules), measure, ends
        )
        for key, person, area, arrives_at, state, rules, measure, ends in rows.order_by("id").values_list(*names)
    ]


class Comer(NamedTuple):
    """Whose an arrival is, and where in the county they stay."""

    person: UUID
    area_path: str


def who_came(arrivals_: Sequence[UUID]) -> dict[UUID, Comer]:
    """Who these arrivals are, and where; two fields of each, some hundred at a time."""
    found: dict[UUID, Comer] = {}
    for start in range(0, len(arrivals_), AT_ONCE):
        rows = Arrival.objects.filter(pk__in=arrivals_[start : start + AT_ONCE]).order_by()
        found |= {key: Comer(person, area) for key, person, area in rows.values_list("pk", "person_id", "area_path")}
    return found


def said_when(arrivals_: Sequence[UUID]) -> dict[UUID, datetime]:
    """Of each of these arrivals when somebody last said something of its journey.

    What the rules made of it since, and what an enquiry added, does not count.
    """
    said = Version.objects.exclude(why=Version.Why.ENQUIRED).order_by()
    found: dict[UUID, datetime] = {}
    for start in range(0, len(arrivals_), AT_ONCE):
        rows = said.filter(arrival__in=arrivals_[start : start + AT_ONCE])
        found |= dict(rows.values_list("arrival_id").annotate(last=Max("written_at")))
    return found


def persons_since(at: datetime) -> set[UUID]:
    """Who declared an arrival that is expected or came at `at` or later."""
    rows = Arrival.objects.filter(arrives_at__gte=at).exclude(state=State.CANCELLED)
    return set(rows.order_by().values_list("person_id", flat=True))


def arrivals() -> QuerySet[Arrival]:
    """All arrivals, the latest first."""
    return Arrival.objects.select_related("person").order_by("-arrives_at", "id")


def arrivals_for(account: Account) -> QuerySet[Arrival]:
    """The arrivals an account may see: of the areas it reviews, and those declared at its own hotel."""
    kept = within_scope(arrivals(), account, KEEP_A_VENUE, venue_field="venue")
    return within_scope(arrivals(), account, REVIEW) | kept


def arrival_for(account: Account, arrival: UUID) -> Arrival | None:
    """One arrival, if the account may see it: of its areas or hotel, its own or its household's, or one that it
    declared for somebody, as long as it declares for others.
    """
    row = arrival_with(arrival)
    if row is None or is_own(row, account):
        return row
    if row.declared_by == f"account:{account.pk}" and appointments_with(account, REVIEW):
        return row
    return arrivals_for(account).filter(pk=arrival).first()


def arrivals_of(person: UUID) -> QuerySet[Arrival]:
    """A person's arrivals, the latest first."""
    return arrivals().filter(person=person)


def arrival_with(arrival: UUID) -> Arrival | None:
    return arrivals().filter(pk=arrival).first()


def told_of(row: Arrival) -> Told:
    """What is declared of an arrival, as its newest version has it."""
    return told_of_each([row])[row.pk]


def told_of_each(rows: Sequence[Arrival]) -> dict[UUID, Told]:
    """What is declared of some hundred arrivals; two queries for all of them."""
    ids = [row.pk for row in rows]
    stays: dict[UUID, list[ToldStay]] = {key: [] for key in ids}
    legs: dict[UUID, list[ToldLeg]] = {key: [] for key in ids}
    for it in Stay.objects.filter(arrival__in=ids).order_by("begins_on", "id"):
        stays[it.arrival_id].append(
            ToldStay(
                division=it.division_code,
                begins_on=it.begins_on,
                ends_on=it.ends_on,
                risk_areas=frozenset(it.risk_areas),
                areas_known=it.areas_known,
            )
        )
    for it in Leg.objects.filter(arrival__in=ids).order_by("begins_at", "id"):
        legs[it.arrival_id].append(
            ToldLeg(
                transport=it.transport,
                vehicle=it.vehicle,
                seat=it.seat,
                begins_at=it.begins_at,
                ends_at=it.ends_at,
                ride=it.ride,
            )
        )
    return {
        row.pk: Told(
            arrives_at=row.arrives_at,
            stays_at=row.stays_at,
            phone=row.phone,
            stays=tuple(stays[row.pk]),
            legs=tuple(legs[row.pk]),
        )
        for row in rows
    }


def decided_of(row: Arrival) -> Decided:
    """What the rules made of an arrival, as it stands."""
    return Decided(
        disease=row.disease, rulebook=row.rulebook, rules=tuple(row.rules), measure=row.measure,
        stages=read_stages(row.stages), tests=read_tests(row.tests), measure_ends_on=row.measure_ends_on,
        has_landing_test=row.has_landing_test, needs_undertaking=row.needs_undertaking,
    )  # fmt: skip


def versions_of(arrival: UUID) -> QuerySet[Version]:
    """What was declared of an arrival, the newest first."""
    return Version.objects.filter(arrival=arrival).order_by("-number")


class Ended(NamedTuple):
    """A measure that ended before its time, since risk areas or rules changed: of which arrival, what, and when."""

    arrival: Arrival
    measure: str
    at: datetime


def ended_early(persons: Collection[UUID], at: datetime) -> list[Ended]:
    """What was asked of these people for a journey until, in the week before `at`, it fell away; the newest first."""
    rows = Version.objects.filter(arrival__person__in=persons, arrival__state=State.LANDED).select_related("arrival")
    rows = rows.filter(number=F("arrival__version"), why=Version.Why.ENQUIRED, written_at__gt=at - TOLD_FOR)
    newest = [row for row in rows.order_by("-written_at", "pk") if not still_asks(row.arrival, localtime(at).date())]
    before = Version.objects.filter(arrival__in=[row.arrival_id for row in newest], number=F("arrival__version") - 1)
    asked = {row.arrival_id: row.measure for row in before if row.rules} if newest else {}
    return [Ended(it.arrival, asked[it.arrival_id], it.written_at) for it in newest if it.arrival_id in asked]


def still_asks(row, today: date) -> bool:
    """Whether anything that the rules ask of somebody who landed is still to be done: a place to be at, a test."""
    runs = row.measure_ends_on is not None and row.measure_ends_on > today
    return bool(row.rules) and (runs or any(due_on >= today.isoformat() for _, due_on in row.tests))


def announced_of(persons: Collection[UUID]) -> dict[UUID, Arrival]:
    """Which of these people are announced and not here yet: the arrival of each."""
    rows = arrivals().filter(person__in=persons, state=State.ANNOUNCED)
    return {row.person_id: row for row in rows}


def landed_after(persons: Collection[UUID], at: datetime) -> dict[UUID, datetime]:
    """Of each of these people who came to the county after `at` when they first did, as they declared it."""
    rows = Arrival.objects.filter(person__in=persons, state=State.LANDED, arrives_at__gt=at)
    return dict(rows.order_by("-arrives_at").values_list("person_id", "arrives_at"))


def called_off_of(persons: Collection[UUID]) -> list[Arrival]:
    """What was called off of these people's arrivals for which something would have been asked, the latest last."""
    rows = arrivals().filter(person__in=persons, state=State.CANCELLED).order_by("arrives_at", "id")
    return [row for row in rows if row.rules]


def correction_with(correction: UUID) -> Correction | None:
    return Correction.objects.select_related("arrival__person").filter(pk=correction).first()


def waiting_of(arrival: UUID) -> Correction | None:
    """The correction of an arrival that waits until somebody has asked."""
    return Correction.objects.filter(arrival=arrival, state=Correction.State.WAITING).first()


def corrections_of(arrival: UUID) -> QuerySet[Correction]:
    """What was to be corrected of an arrival once somebody had asked, the newest first."""
    return Correction.objects.filter(arrival=arrival).order_by("-asked_at", "id")


def corrections_for(account: Account) -> QuerySet[Correction]:
    """The corrections that wait for somebody of the areas an account reviews."""
    rows = Correction.objects.filter(state=Correction.State.WAITING)
    return within_scope(rows, account, REVIEW, "arrival__area_path")


def told_in(row: Correction) -> Told:
    """The journey as it is after a correction."""
    return read_told(row.content)


def rows_of_merge(persons: Collection[UUID]) -> list[QuerySet]:
    """The rows that merging these records may change."""
    own = Arrival.objects.filter(person__in=persons)
    corrections = Correction.objects.filter(arrival__in=own.values("pk"))
    return [own, corrections, Proposal.objects.filter(person__in=persons)]


def subjects_of_merge(persons: Collection[UUID]) -> list[str]:
    """What tasks of arrivals that merging these records may end are about."""
    return [f"arrival:{pk}" for pk in Arrival.objects.filter(person__in=persons).values_list("pk", flat=True)]


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what merging records changed here would be put back now."""
    return how_rows_return(changes, MERGED)


def origins_of(arrivals: Collection[UUID]) -> dict[UUID, list[str]]:
    """Of each of these arrivals the counties of its journey, in their order, as codes."""
    found: dict[UUID, list[str]] = {}
    rows = Stay.objects.filter(arrival__in=arrivals).order_by("begins_on", "id")
    for arrival, code in rows.values_list("arrival_id", "division_code"):
        found.setdefault(arrival, []).append(code)
    return found


def declared_by(account: Account) -> QuerySet[Arrival]:
    """What an account declared for itself and its household, the latest first."""
    of_account = arrivals().filter(person__account=account.pk)
    own = (DeclaredAs.PERSON, DeclaredAs.RELATIVE)
    return of_account | arrivals().filter(declared_by=f"account:{account.pk}", declared_as__in=own)


def is_own(row: Arrival, account: Account) -> bool:
    """Whether an account answers for an arrival as the person or as one of the household."""
    own = (DeclaredAs.PERSON, DeclaredAs.RELATIVE)
    said_so = row.declared_as in own and row.declared_by == f"account:{account.pk}"
    return said_so or row.person.account_id == account.pk


def proposals_for(account: Account) -> QuerySet[Proposal]:
    """What was told of people who stay in the areas an account reviews, what waits first and the longest first."""
    waits = Case(When(state=Proposal.State.WAITING, then=0), default=1)
    rows = Proposal.objects.select_related("person").exclude(state=Proposal.State.WITHDRAWN)
    return within_scope(rows, account, REVIEW).annotate(waits=waits).order_by("waits", "arrives_at", "id")


def proposals_by(account: Account) -> QuerySet[Proposal]:
    """What an account told of people of other households, the latest first."""
    return Proposal.objects.filter(proposed_by=f"account:{account.pk}").order_by("-proposed_at", "id")


def proposals_about(persons: Collection[UUID]) -> QuerySet[Proposal]:
    """What others told of these people that they have not answered, nor anybody, the nearest arrival first."""
    rows = Proposal.objects.filter(person__in=persons, state=Proposal.State.WAITING, denied_at=None)
    return rows.select_related("person").order_by("arrives_at", "id")


def proposals_waiting(persons: Collection[UUID]) -> list[Proposal]:
    """What others told of these people that nobody who asks has answered, denied by the person or not."""
    return list(Proposal.objects.filter(person__in=persons, state=Proposal.State.WAITING).order_by("pk"))


def proposal_with(proposal: UUID) -> Proposal | None:
    return Proposal.objects.select_related("person").filter(pk=proposal).first()


def told_by(row: Proposal) -> Told:
    """The journey as it was told of."""
    return read_told(row.content)
