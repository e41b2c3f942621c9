"""What others may ask of the results room. Call-backs are limited by accounts.scope (`area_path`)."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from fangxian.ops.realm.bulk import rows_with

from .models import CallBack, Told, TubeResult

__all__ = ["CallBack", "Told", "TubeResult"]
AT_ONCE = 500
Value = TypeVar("Value")
STATES = CallBack.State
UNDECIDED = (STATES.AWAITED, STATES.SAMPLED)
LIVE = (*UNDECIDED, STATES.HELD, STATES.FREE)
OF_TOLD = ("id", "result_id", "tube", "place", "person", "sampled_at", "next")


def chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    every = list(values)
    return (every[at : at + AT_ONCE] for at in range(0, len(every), AT_ONCE))


def counting(tubes: Iterable[UUID], *, locked: bool = False) -> dict[UUID, TubeResult]:
    """The result that counts of each of these tubes that has one.

    Parameters
    ----------
    locked : whether nobody else may change these until the transaction ends; they are locked in the order of the tubes
    """
    found = {}
    for some in chunks(sorted(set(tubes), key=attrgetter("int")) if locked else tubes):
        rows = TubeResult.objects.filter(tube__in=some, ended_at=None).order_by("tube")
        found |= {row.tube: row for row in (rows.select_for_update() if locked else rows)}
    return found


class ToldRow(NamedTuple):
    """What somebody was told and holds. `next`: a value of core.laboratory.following.Next."""

    id: UUID
    result: UUID
    tube: UUID
    place: UUID
    person: UUID | None
    sampled_at: datetime
    next: str


def told_of(tubes: Iterable[UUID]) -> list[ToldRow]:
    """What was told of these tubes and was not taken back."""
    rows = rows_with(Told, ("tube",), [(it,) for it in tubes], (*OF_TOLD, "ended_at"))
    return [ToldRow(*row[:-1]) for row in rows if row[-1] is None]


def results_with(results: Iterable[UUID]) -> dict[UUID, TubeResult]:
    """These results, those that are over too."""
    return {row.pk: row for some in chunks(set(results)) for row in TubeResult.objects.filter(pk__in=some)}


def freed_from(places: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """(result, place) of whoever of these is free of a result by their own."""
    return {(row.result_id, row.place) for row in call_backs_of(places) if row.state == STATES.FREE}


def told_to(places: Collection[UUID]) -> QuerySet[Told]:
    """Everything that was ever told to whoever stands at these places of rosters, the newest first."""
    return Told.objects.filter(place__in=places).select_related("result").order_by("-told_at", "id")


def holding_of(places: Iterable[UUID]) -> list[Told]:
    """What was told at these places and holds, with its result."""
    found: list[Told] = []
    for some in chunks(places):
        found += (
            Told.objects.filter(place__in=some, ended_at=None).select_related("result").order_by("sampled_at", "id")
        )
    return found


def call_backs_of(places: Iterable[UUID]) -> list[CallBack]:
    """Who of these is called back for a result that counts, decided or not; the first sampled first."""
    found: list[CallBack] = []
    for some in chunks(places):
        found += CallBack.objects.filter(place__in=some).exclude(state=STATES.DROPPED).order_by("sampled_at", "id")
    return found


def call_backs_of_tubes(tubes: Iterable[UUID]) -> list[CallBack]:
    """Everybody called back because of these tubes, and those whose own tube is one of them."""
    wanted, found = list(tubes), {}
    for some in chunks(wanted):
        for rows in (CallBack.objects.filter(tube__in=some), CallBack.objects.filter(own_tube__in=some)):
            found |= {row.pk: row for row in rows}
    return list(found.values())


def call_backs_of_round(round: UUID) -> QuerySet[CallBack]:
    """Everybody called back in a round, those due first; also of whom somebody said why nobody fetches them."""
    return CallBack.objects.filter(round=round).exclude(state=STATES.DROPPED, dropped_by="").order_by("due_at", "id")


def undecided_of_round(round: UUID) -> QuerySet[CallBack]:
    """Who is called back in a round and awaited, or whose own tube is."""
    return CallBack.objects.filter(round=round, state__in=UNDECIDED)


def waiting_or_held() -> list[CallBack]:
    """Who is called back and not free, by whichever round; whom nobody fetches any more too, for they may come."""
    is_ended = Q(state=STATES.DROPPED) & ~Q(dropped_by="")
    return list(CallBack.objects.filter(Q(state__in=(*UNDECIDED, STATES.HELD)) | is_ended).order_by("id"))


def open_call_backs_of_person(person: UUID) -> list[CallBack]:
    """Why somebody on the register is called back and not free."""
    return list(
        CallBack.objects.filter(person=person)
        .filter(Q(state__in=(*UNDECIDED, STATES.HELD)) | (Q(state=STATES.DROPPED) & ~Q(dropped_by="")))
        .order_by("sampled_at", "id")
    )


def counted_by_outcome(round: UUID) -> dict[str, int]:
    """How many tubes of a round have which result that counts."""
    rows = TubeResult.objects.filter(round=round, ended_at=None).order_by().values_list("outcome")
    return dict(rows.annotate(n=Count("*")))


def sizes_told() -> Iterator[tuple[UUID, int]]:
    """(tube, whose swabs were in it when it was told) of every result that counts."""
    return TubeResult.objects.filter(ended_at=None).order_by().values_list("tube", "n_members").iterator(5000)


def told_without_person() -> list[tuple[UUID, UUID]]:
    """(tube, place) of whoever the register did not know when they were told."""
    rows = Told.objects.filter(person=None, ended_at=None).order_by()
    return list(rows.values_list("tube", "place"))
