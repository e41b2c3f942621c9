"""What others may ask of the enquiries room. Rows are not limited here: accounts.scope does that (`area_path`)."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Substr

from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return

from .models import CLOSING, MERGED, Answer, Enquiry, Rescreening, State, Why
from .wire import Asked

ANSWERS, STATES, BECAUSE, CLOSING_ANSWERS, WHYS = Answer, State, Rescreening.Because, CLOSING, Why


class Figures(NamedTuple):
    """How far an area is: to call, done, of whom nobody answered yet, let go; and when anything last changed."""

    area: str
    n_left: int
    n_households: int
    n_done: int
    n_tried: int
    n_was_there: int
    changed_at: datetime | None


def to_ask() -> QuerySet[Enquiry]:
    """Open enquiries in the order in which they are asked: of the equally urgent whoever meets many others first, and
    whom nobody reached last.
    """
    rows = Enquiry.objects.filter(state=State.OPEN).select_related("person")
    return rows.order_by("area_path", "urgency", "n_tries", "-among", "route", "household", "begins_on", "id")


def is_being_asked(rests_on: UUID) -> bool:
    """Whether somebody is to ask about a stay of an arrival."""
    return Enquiry.objects.filter(state=State.OPEN, rests_on=rests_on).exists()


def answered() -> QuerySet[Enquiry]:
    """Enquiries that were answered, the latest first."""
    rows = Enquiry.objects.filter(state=State.ANSWERED).select_related("person")
    return rows.order_by("-closed_at", "id")


def enquiries_with(ids: Collection[UUID]) -> QuerySet[Enquiry]:
    """These enquiries, in any state."""
    return Enquiry.objects.filter(pk__in=ids).select_related("person")


def open_now() -> list[tuple[UUID, Asked]]:
    """Every open enquiry, by what makes it the same as another."""
    rows = Enquiry.objects.filter(state=State.OPEN).order_by("pk")
    return [
        (key, Asked(*asked))
        for key, *asked in rows.values_list("pk", "rests_on", "division_code", "begins_on", "ends_on")
    ]


def places_answered(at: datetime) -> dict[Asked, frozenset[str]]:
    """Of each stay about which somebody was asked since `at`, of which places they said whether they were in them."""
    rows = Enquiry.objects.filter(state=State.ANSWERED, answered_at__gte=at).exclude(answer=Answer.GONE).order_by()
    found: dict[Asked, frozenset[str]] = {}
    for *asked, areas in rows.values_list("rests_on", "division_code", "begins_on", "ends_on", "areas"):
        about = Asked(*asked)
        found[about] = found.get(about, frozenset()).union(areas)
    return found


def gone_since(at: datetime) -> set[UUID]:
    """Arrivals of people who, as was found by asking, are not in the county any more."""
    rows = Enquiry.objects.filter(state=State.ANSWERED, answer=Answer.GONE, answered_at__gte=at)
    return set(rows.order_by().values_list("rests_on", flat=True))


def asked_of_marks(at: datetime) -> set[UUID]:
    """People of whom it was cleared up since `at` what the mark on their itinerary was about."""
    rows = Enquiry.objects.filter(why=Why.STAR, state=State.ANSWERED, answered_at__gte=at)
    return set(rows.order_by().values_list("person_id", flat=True))


def open_of_marks(persons: Collection[UUID]) -> list[UUID]:
    """The open enquiries about a mark on the itinerary of these people."""
    rows = Enquiry.objects.filter(why=Why.STAR, state=State.OPEN, person__in=persons)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def figures(rows: QuerySet[Enquiry], *, digits: int) -> list[Figures]:
    """How far each area of so many digits is with these enquiries, one that has none left last."""
    is_open, was_tried = Q(state=State.OPEN), Q(n_tries__gt=0)
    found = (
        rows.order_by()
        .annotate(area=Substr("area_path", 1, digits))
        .values_list("area")
        .annotate(
            n_left=Count("pk", filter=is_open),
            n_households=Count("household", filter=is_open, distinct=True)
            + Count("person", filter=is_open & Q(household__isnull=True), distinct=True),
            n_done=Count("pk", filter=Q(state=State.ANSWERED)),
            n_tried=Count("pk", filter=is_open & was_tried),
            n_was_there=Count("pk", filter=Q(answer=Answer.WAS_THERE)),
            answered=Max("answered_at"),
            opened=Max("opened_at"),
        )
    )
    counted = [
        Figures(area, left, homes, done, tried, there, max((at for at in (last, opened) if at), default=None))
        for area, left, homes, done, tried, there, last, opened in found
    ]
    return sorted(counted, key=lambda it: (-it.n_left, it.area))


def since(at: datetime) -> QuerySet[Enquiry]:
    """Enquiries that were opened at `at` or later or are open still."""
    return Enquiry.objects.filter(Q(opened_at__gte=at) | Q(state=State.OPEN))


def rescreenings() -> QuerySet[Rescreening]:
    """Every re-screening, the newest first."""
    return Rescreening.objects.order_by("-began_at", "id")


def over_of_job(job: UUID) -> Rescreening | None:
    """What a job brought about that came to its end, or was overtaken; None while it has something to do."""
    over = rescreenings().filter(pk=job)
    return over.exclude(ended_at=None, is_overtaken=False).first()


def rescreenings_about(about: str) -> QuerySet[Rescreening]:
    """What one list, naming or rulebook brought about, the newest first."""
    return rescreenings().filter(about=about)


def last_rulebook() -> str | None:
    """The digest of the rules by which everybody was last judged; None where nobody ever was."""
    row = rescreenings().filter(ended_at__isnull=False).values_list("rulebook").first()
    return row[0] if row else None


def n_by_answer(rows: QuerySet[Enquiry]) -> Iterator[tuple[str, int]]:
    """How many of these have which answer."""
    yield from rows.order_by().exclude(answer="").values_list("answer").annotate(n=Count("pk"))


def of_rescreening(rescreening: UUID) -> QuerySet[Enquiry]:
    return Enquiry.objects.filter(rescreening=rescreening)


def rows_of_merge(persons: Collection[UUID]) -> list[QuerySet]:
    """The rows that merging these records may change."""
    return [Enquiry.objects.filter(person__in=persons)]


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what merging records changed here would be put back now."""
    return how_rows_return(changes, MERGED)
