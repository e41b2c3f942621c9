"""What others may ask of the vaccination room. Rows are not limited here: accounts.scope does that (`area_path`)."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Substr

from fangxian.ops.people.models import Person
from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return

from .models import MERGED, AnswerKind, Course, Dose, Product, Reason, Source, VaccineAnswer
from .schedule import YOUNGEST

PRODUCTS, SOURCES, ANSWERS, REASONS, STAGES = Product, Source, AnswerKind, Reason, Course.Stage
COURSE = "vaccination_course__"
STATES = ("due", "declined", "stopped", "later", "complete")


class Covered(NamedTuple):
    """Of the people of one area in one group of ages: how many there are, with a dose, with a whole course, boosted."""

    area: str
    n: int
    n_begun: int
    n_full: int
    n_boosted: int


def residents() -> QuerySet[Person]:
    """Everybody who lives here, each with `stage`; more is at `person.vaccination_course` of whom anything is known."""
    rows = Person.objects.filter(merged_into=None, standing=Person.Standing.RESIDENT)
    return rows.annotate(stage=Coalesce(F(f"{COURSE}stage"), Value("none")))


def in_state(rows: QuerySet[Person], state: str, today: date) -> QuerySet[Person]:
    """Those of `residents` in one of `STATES` today; whoever is too young is in none but by what they had.

    due : the next dose, or the first, can be given, and nothing speaks against it
    declined : as the last answer says
    stopped : a contraindication, or not now
    later : the next dose is not due yet
    complete : nothing is due any more
    """
    stops = Q(**{f"{COURSE}answer__in": [AnswerKind.CONTRAINDICATED, AnswerKind.DEFERRED]})
    is_over = Q(**{f"{COURSE}answer_until__lte": today})
    declines = Q(**{f"{COURSE}answer": AnswerKind.DECLINED})
    has_answer = (stops | declines) & ~(is_over & Q(**{f"{COURSE}answer_until__isnull": False}))
    answered = _exactly(rows, has_answer)
    no_dose = Q(stage="none")
    is_due = (no_dose & Q(born_on__lte=old_enough(today))) | Q(**{f"{COURSE}next_from__lte": today})
    if state == "declined":
        return rows.filter(has_answer & declines)
    if state == "stopped":
        return rows.filter(has_answer & stops)
    if state == "complete":
        return rows.filter(~no_dose & Q(**{f"{COURSE}next_from__isnull": True}))
    if state == "later":
        return rows.filter(Q(**{f"{COURSE}next_from__gt": today})).exclude(pk__in=answered)
    return rows.filter(is_due).exclude(pk__in=answered)


def _exactly(rows: QuerySet[Person], condition: Q) -> QuerySet:
    return rows.filter(condition).order_by().values("pk")


def old_enough(today: date) -> date:
    """The latest birthday of whoever is asked to be vaccinated."""
    return born_by(int(YOUNGEST.value), today)


def born_by(years: int, today: date) -> date:
    """The latest birthday of somebody who is `years` old."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # the 29th of February, in a year without one
        return date(today.year - years, 2, 28)


def coverage(rows: QuerySet[Person], *, digits: int) -> list[Covered]:
    """How far the people of each area of so many digits are, in the order of the areas."""
    begun, full = Q(stage__in=["begun", "full", "boosted"]), Q(stage__in=["full", "boosted"])
    counted = (
        rows.order_by()
        .annotate(area=Substr("area_path", 1, digits))
        .values_list("area")
        .annotate(
            n=Count("pk"),
            n_begun=Count("pk", filter=begun),
            n_full=Count("pk", filter=full),
            n_boosted=Count("pk", filter=Q(stage="boosted")),
        )
        .order_by("area")
    )
    return [Covered(*it) for it in counted]


def course_of(person: UUID) -> Course | None:
    return Course.objects.filter(person=person).first()


def courses_of(persons: Sequence[UUID]) -> dict[UUID, Course]:
    """Where each of these people stands; whoever nothing is known of is left out."""
    found: dict[UUID, Course] = {}
    for start in range(0, len(persons), 500):
        found |= {it.person_id: it for it in Course.objects.filter(person__in=persons[start : start + 500])}
    return found


def doses_of(person: UUID) -> QuerySet[Dose]:
    """Every dose ever put on record of somebody, those that stand first."""
    return Dose.objects.filter(person=person).order_by(F("superseded_at").asc(nulls_first=True), "given_on", "id")


def answers_of(person: UUID) -> QuerySet[VaccineAnswer]:
    """What somebody ever answered, the newest first."""
    return VaccineAnswer.objects.filter(person=person).order_by("-recorded_at", "id")


def dose_with(dose: UUID) -> Dose | None:
    return Dose.objects.filter(pk=dose).first()


def rows_of_merge(persons: Collection[UUID]) -> list[QuerySet]:
    """The rows that merging these records may change; where somebody stands is reckoned anew from them."""
    return [Dose.objects.filter(person__in=persons), VaccineAnswer.objects.filter(person__in=persons)]


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what merging records changed here would be put back now."""
    return how_rows_return(changes, MERGED)
