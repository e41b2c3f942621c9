"""What others may ask of the hygiene room. Whose places: `within`; everything else narrows."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope

from .models import HygieneFault, PriorityPlace, Round, SampleResult

SEE, KEEP = "venues.view", "tasks.assign"
RECORD = ("tasks.do", "inspections.inspect", "venues.keep", "venues.register", "tasks.assign")
REPORT = ("lab.report", "tasks.assign")
KINDS, POSITIVE = Round.Kind, SampleResult.Word.POSITIVE
MOST_MOVES = 20
__all__ = [
    "KEEP",
    "KINDS",
    "POSITIVE",
    "RECORD",
    "REPORT",
    "SEE",
    "HygieneFault",
    "PriorityPlace",
    "Round",
    "carried_from",
    "current_rounds",
    "done_by_area",
    "history_of",
    "is_carried_on",
    "last_positive", "latest_of",
    "may_at",
    "open_faults",
    "pending_samples",
    "positive_places",
    "round_with",
    "rounds_at",
    "with_last_days",
    "within",
]  # fmt: skip


def within(account: Account, *, then: datetime | None = None) -> QuerySet[PriorityPlace]:
    """The places on the register that an account may see: of its areas, or at its own venue; `then`: also those that
    were struck off after that moment."""
    listed = PriorityPlace.objects.filter(Q(struck_at__isnull=True) | (Q(struck_at__gt=then) if then else Q()))
    return within_scope(listed, account, SEE, venue_field="venue") | _for_laboratory(listed, account)


def _for_laboratory(listed: QuerySet[PriorityPlace], account: Account) -> QuerySet[PriorityPlace]:
    """A laboratory sees those whose samples it has."""
    waiting = pending_samples().values("place")
    return within_scope(listed, account, REPORT[0]).filter(pk__in=waiting)


def may_at(account: Account, place: PriorityPlace, permissions: Iterable[str], *, by_area: bool = False) -> bool:
    """Whether an account has one of these permissions at a place; `by_area`: over its area, not as who keeps it."""
    rows, venue_field = PriorityPlace.objects.filter(pk=place.pk), None if by_area else "venue"
    return any(within_scope(rows, account, it, venue_field=venue_field).exists() for it in permissions)


def current_rounds() -> QuerySet[Round]:
    """What was done, as it is known now: without what was corrected or was not done."""
    return Round.objects.filter(replaced_by__isnull=True, is_void=False)


def with_last_days(places: QuerySet[PriorityPlace], wanted: Iterable[tuple[str, int]]) -> QuerySet[PriorityPlace]:
    """Each place with the day of its n-th last round of a kind, for each (kind, n) wanted, as `inspection_1`."""
    of_place = current_rounds().filter(place=OuterRef("pk")).order_by("-done_on")
    days = {
        f"{kind}_{n}": Subquery(of_place.filter(kind=kind).values("done_on")[n - 1 : n])
        for kind, n in sorted(set(wanted))
    }
    return places.annotate(**days)


def done_by_area(places: QuerySet[PriorityPlace], begins: datetime, ends: datetime, digits: int) -> Counter[str]:
    """How many rounds were done in `[begins, ends)`, by area."""
    rows = current_rounds().filter(done_at__gte=begins, done_at__lt=ends, place__in=places.values("pk")).order_by()
    grouped = rows.annotate(part=Substr("place__area_path", 1, digits)).values_list("part")
    return Counter(dict(grouped.annotate(n=Count("pk"))))


def history_of(place: PriorityPlace) -> QuerySet[Round]:
    """Everything on record at a place, corrected ones too, the latest first."""
    results = Prefetch("results", queryset=SampleResult.objects.filter(replaced_by__isnull=True))
    return place.rounds.select_related("replaced_by").prefetch_related(results).order_by("-done_at", "-recorded_at")


def rounds_at(places: QuerySet[PriorityPlace]) -> QuerySet[Round]:
    """What counts of what was done at these places, with its results, the latest first."""
    results = Prefetch("results", queryset=SampleResult.objects.filter(replaced_by__isnull=True))
    rows = current_rounds().filter(place__in=places).select_related("place").prefetch_related(results)
    return rows.order_by("-done_at", "-recorded_at")


def carried_from(place: PriorityPlace) -> list[PriorityPlace]:
    """The entries at the addresses at which its venue was before, the last one first."""
    found: list[PriorityPlace] = []
    while place.carried_from_id is not None and len(found) < MOST_MOVES:
        place = PriorityPlace.objects.select_related("venue").get(pk=place.carried_from_id)
        found.append(place)
    return found


def is_carried_on(place: PriorityPlace) -> bool:
    """Whether its venue has moved and has an entry at another address."""
    return place.carried_to.filter(struck_at__isnull=True).exists()


def latest_of(place: PriorityPlace, kind: str) -> Round | None:
    """The last of a kind at a place."""
    return current_rounds().filter(place=place, kind=kind).order_by("-done_at", "-recorded_at").first()


def round_with(round_id: UUID, place: PriorityPlace) -> Round | None:
    return place.rounds.filter(pk=round_id).first()


def open_faults(places: QuerySet[PriorityPlace] | Collection[UUID]) -> QuerySet[HygieneFault]:
    """What is not mended yet, those due soonest first."""
    rows = HygieneFault.objects.filter(mended_at__isnull=True, round__place__in=places)
    rows = rows.filter(round__replaced_by__isnull=True, round__is_void=False)
    return rows.select_related("round__place").order_by("mend_by_on", "id")


def pending_samples() -> QuerySet[Round]:
    """Environmental samples whose result nobody has entered yet."""
    return current_rounds().filter(kind=KINDS.SAMPLING, results__isnull=True)


def last_positive(places: QuerySet[PriorityPlace]) -> QuerySet[Round]:
    """Of each of these places the newest sampling with a result, where that is positive."""
    newest = (
        current_rounds()
        .filter(place=OuterRef("place"), kind=KINDS.SAMPLING, results__isnull=False)
        .order_by("-done_at", "-recorded_at")
        .values("pk")[:1]
    )
    rows = current_rounds().filter(place__in=places, pk=Subquery(newest))
    rows = rows.filter(Q(results__result=POSITIVE, results__replaced_by__isnull=True))
    return rows.select_related("place").annotate(n_positive=F("results__n_positive")).order_by("-done_at")


def positive_places(places: QuerySet[PriorityPlace]) -> set[UUID]:
    return set(last_positive(places).values_list("place_id", flat=True))
