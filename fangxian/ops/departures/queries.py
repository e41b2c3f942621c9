"""What others may ask of the departures room."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.timezone import localtime

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return

from .models import AWAY, BEFORE_LEAVING, MERGED, WITH_A_LEVEL, Application, State, Step, Traveller
from .wire import subject_of

REVIEW = "movement.review"
STATES = State
LONGEST_HISTORY = 40


def within(account: Account) -> QuerySet[Application]:
    """The applications an account may see, drafts left out: those of whoever lives in its area."""
    rows = Application.objects.exclude(state=State.DRAFT)
    return within_scope(rows, account, REVIEW)


def application_with(application: UUID) -> Application | None:
    return with_people(Application.objects.filter(pk=application)).first()


def applications_with(applications: Iterable[UUID]) -> dict[UUID, Application]:
    """Each with whoever applied."""
    return Application.objects.select_related("person").in_bulk(list(applications))


def application_of_document(document: UUID) -> Application | None:
    """The application whose permit this is."""
    return with_people(Application.objects.filter(document=document)).first()


def of_person(person: UUID) -> list[Application]:
    """What a person applied for, or goes along on, the newest first; a draft of others' left out."""
    theirs = Traveller.objects.filter(application=OuterRef("pk"), person=person)
    rows = Application.objects.filter(Exists(theirs)).filter(~Q(state=State.DRAFT) | Q(person=person))
    return list(with_people(rows).order_by("-entered_at", "id")[:LONGEST_HISTORY])


def are_there_any() -> bool:
    return Application.objects.exists()


def draft_of(person: UUID) -> Application | None:
    return with_people(Application.objects.filter(person=person, state=State.DRAFT)).first()


def open_steps(applications: Iterable[Application]) -> dict[UUID, Step]:
    """Of each application the turn that waits, in one query."""
    ids = [row.pk for row in applications]
    return {step.application_id: step for step in Step.objects.filter(application__in=ids, decided_at=None)}


def step_with(application: UUID) -> Step | None:
    """The turn that waits; None where nobody has to decide now."""
    return Step.objects.filter(application=application, decided_at=None).first()


def deciders_of(application: UUID) -> list[str]:
    """Who decided on it so far, as `by` has them."""
    steps = Step.objects.filter(application=application, decided_at__isnull=False)
    return list(steps.exclude(verdict=Step.Verdict.OVER).values_list("decided_by", flat=True))


def waiting_at(
    rows: QuerySet[Application], levels: Collection[str], also: Collection[UUID] = ()
) -> QuerySet[Application]:
    """Those of `rows` that wait for one of these levels, the review of an emergency too; of `also` for any level."""
    step = Step.objects.filter(application=OuterRef("pk"), decided_at=None)
    return rows.filter(Exists(step.filter(Q(level__in=levels) | Q(application__in=also))))


def with_people(rows: QuerySet[Application]) -> QuerySet[Application]:
    """With the people they are for (`people`, without whoever was left out) and the turns they had (`turns`), in three
    queries whatever their number."""
    travellers = Traveller.objects.filter(left_out_at=None).select_related("person")
    steps = Step.objects.order_by("opened_at", "id")
    people = Prefetch("travellers", queryset=travellers, to_attr="people")
    return rows.select_related("person").prefetch_related(people, Prefetch("steps", queryset=steps, to_attr="turns"))


def counts_by_state(rows: QuerySet[Application]) -> dict[str, int]:
    """How many of `rows` stand how."""
    return dict(rows.order_by().values_list("state").annotate(n=Count("pk")))


def issued() -> list[Application]:
    """Everything with a permit that nobody has left with, and what waits: what a new list or a new code may change."""
    rows = Application.objects.filter(state__in=(State.ISSUED, *WITH_A_LEVEL), is_emergency=False)
    return list(with_people(rows).order_by("leaves_on", "pk"))


def away_on(day: date, persons: Collection[UUID]) -> dict[UUID, Application]:
    """Who of these people was out of the county on a day by what they declared, with the departure."""
    rows = Traveller.objects.filter(person__in=persons, left_out_at=None, application__exited_at__date__lte=day)
    rows = rows.filter(Q(returned_at=None) | Q(returned_at__date__gt=day)).select_related("application")
    return {row.person_id: row.application for row in rows.order_by("application__exited_at")}


class Away(NamedTuple):
    """Somebody who is out of the county: the id of what says so, who, where to, by code, and since which day.

    `back_on` of whoever is said to be back, and declared nothing yet.
    """

    traveller: UUID
    person: UUID
    destination: str
    left_on: date
    back_on: date | None = None


def away_now() -> list[Away]:
    """Everybody who is out of the county by what they declared, with the day they left; of two the later."""
    out = Traveller.objects.filter(returned_at=None, left_out_at=None)
    rows = out.filter(application__state__in=AWAY, application__exited_at__isnull=False)
    columns = ("pk", "person_id", "application__destination", "application__exited_at")
    found = rows.order_by("application__exited_at", "pk").values_list(*columns)
    return list({it[1]: Away(*it[:3], localtime(it[3]).date()) for it in found}.values())


def left_since(persons: Collection[UUID], since: datetime) -> list[UUID]:
    """Of these people those who left at that moment or later and are out."""
    out = Traveller.objects.filter(returned_at=None, left_out_at=None, person__in=persons)
    rows = out.filter(application__state__in=AWAY, application__exited_at__gte=since)
    return sorted(rows.order_by().values_list("person_id", flat=True))


def stayed_behind(application: UUID) -> list[Traveller]:
    """Who was to go along on it and did not, with the person; whoever left on another is left out."""
    gone = Traveller.objects.filter(person=OuterRef("person"), returned_at=None, left_out_at=None)
    gone = gone.filter(application__state__in=AWAY)
    rows = Traveller.objects.filter(application=application, left_out_at__isnull=False).exclude(Exists(gone))
    return list(rows.select_related("person").order_by("pk"))


def overdue_now() -> QuerySet[Application]:
    return Application.objects.filter(state=State.OVERDUE)


def open_departures(persons: Collection[UUID]) -> QuerySet[Application]:
    """What of these people has not ended: waiting, with a permit, or out."""
    states = (*BEFORE_LEAVING, *AWAY)
    theirs = Traveller.objects.filter(application=OuterRef("pk"), person__in=persons, left_out_at=None)
    return Application.objects.filter(Exists(theirs), state__in=states)


def rows_of_merge(persons: Collection[UUID]) -> list[QuerySet]:
    """The rows that merging these records may change."""
    own = Application.objects.filter(person__in=persons)
    return [own, Traveller.objects.filter(person__in=persons), Step.objects.filter(application__in=own.values("pk"))]


def subjects_of_merge(persons: Collection[UUID]) -> list[str]:
    """What tasks of applications that merging these records may end are about."""
    return [subject_of(pk) for pk in Application.objects.filter(person__in=persons).values_list("pk", flat=True)]


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what merging records changed here would be put back now."""
    return how_rows_return(changes, MERGED)


def is_late(step: Step, at: datetime) -> bool:
    return step.decided_at is None and step.due_at <= at
