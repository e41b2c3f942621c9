"""Reads of what laboratories do for one round, for others: outside ones that test for it, wells that were run."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.timezone import localtime

from fangxian.core.laboratory.plates import LAYOUTS
from fangxian.core.screening.laboratory import Laboratory as Reckoned
from fangxian.core.screening.laboratory import with_machines
from fangxian.ops.realm.current import county_now

from .models import ConsignedTube, Instrument, Result, RoundLaboratory, Run, Well

__all__ = ["RoundLaboratory", "asked_for", "asked_now", "days_run", "reckoned_for", "wells_run"]


@dataclass(frozen=True, slots=True)
class AskedNow:
    """What an outside laboratory takes a day of an open round, and how much of it went there today."""

    of: RoundLaboratory
    n_today: int


def asked_for(round: UUID) -> QuerySet[RoundLaboratory]:
    """The outside laboratories that test tubes of a round, but for those that are used no more."""
    rows = RoundLaboratory.objects.filter(round=round, laboratory__closed_at=None)
    return rows.select_related("laboratory").order_by("laboratory__name")


def reckoned_for(round: UUID) -> tuple[Reckoned, ...]:
    """They, as the plan reckons with them."""
    return tuple(
        with_machines(
            Reckoned(
                name=it.laboratory.name, extractors=(), amplifiers=(), open_min=it.laboratory.open_min,
                hands_a_day=it.tubes_a_day, further_min=it.further_min,
            )
        )
        for it in asked_for(round)
    )  # fmt: skip


def asked_now() -> list[AskedNow]:
    """Of rounds that run: the outside laboratories, and how many tubes of each went there today."""
    rows = RoundLaboratory.objects.filter(round__state="open", laboratory__closed_at=None)
    found = list(rows.select_related("laboratory", "round").order_by("laboratory__name", "round__begins_at", "id"))
    sent = _sent_today({it.laboratory_id for it in found}) if found else {}
    return [AskedNow(it, sent.get((it.laboratory_id, it.round_id), 0)) for it in found]


def wells_run(round: UUID) -> dict[str, int]:
    """How many wells the county's own laboratories ran for a round, by kind of instrument; each run counts, one that
    broke off too. The controls of a plate are the round's that has most tubes on it. A tube whose result came from no
    plate that was run, such as a file's of a plate that nobody laid here, was extracted and amplified once.
    """
    kinds = Instrument.Kind
    ours = Well.objects.filter(tube__round=round, plate__laboratory__is_own=True).values("plate")
    runs = list(Run.objects.filter(plate__in=ours).order_by().values_list("plate", "instrument__kind"))
    on_plates = _wells_of(round, {plate for plate, _ in runs})
    run = Run.objects.filter(plate__wells__tube=OuterRef("tube"))
    loose = Result.objects.filter(tube__round=round, laboratory__is_own=True).exclude(Exists(run))
    n_loose = loose.order_by().values("tube", "measured_at").distinct().count()
    found = dict.fromkeys((str(kinds.EXTRACTOR), str(kinds.AMPLIFIER)), n_loose)
    for plate, kind in runs:
        found[kind] += on_plates[plate]
    return found


def days_run(round: UUID) -> set[tuple[UUID, date]]:
    """The county's own laboratories and the days on which they ran tubes of a round; a day on which they ran several
    rounds' is the one's whose tubes came first. Results that came from no plate are of the day they were measured.
    """
    runs = Run.objects.filter(plate__laboratory__is_own=True, plate__wells__tube__round__isnull=False)
    run = Run.objects.filter(plate__wells__tube=OuterRef("tube"))
    loose = Result.objects.filter(laboratory__is_own=True).exclude(Exists(run))
    first: dict[tuple[UUID, date], tuple[datetime, UUID]] = {}
    for rows, laboratory, moment, of in (
        (runs, "plate__laboratory", "began_at", "plate__wells__tube__round"),
        (loose, "laboratory", "measured_at", "tube__round"),
    ):
        days = rows.filter(**{of: round}).annotate(day=TruncDate(moment)).order_by().values("day")
        same = rows.annotate(day=TruncDate(moment)).filter(day__in=days).order_by()
        for laboratory_id, day, whose, at in same.values_list(laboratory, "day", of).annotate(first=Min(moment)):
            told = at, whose
            first[laboratory_id, day] = min(told, first.get((laboratory_id, day), told))
    return {where for where, (_, whose) in first.items() if whose == round}


def _wells_of(round: UUID, plates: Collection[UUID]) -> dict[UUID, int]:
    rows = Well.objects.filter(plate__in=plates).order_by().values_list("plate", "plate__n_wells", "tube__round")
    counts: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    controls: dict[UUID, int] = {}
    for plate, n_wells, of, n in rows.annotate(n=Count("pk")):
        controls[plate] = len(LAYOUTS[n_wells].controls)
        if of:
            counts[plate][of] = n
    mine = {plate: by.get(round, 0) for plate, by in counts.items()}
    most = {plate: max(by, key=lambda it: (by[it], str(it))) for plate, by in counts.items()}
    return {plate: n + controls[plate] * (most[plate] == round) for plate, n in mine.items()}


def _sent_today(laboratories: Collection[UUID]) -> dict[tuple[UUID, UUID], int]:
    midnight = localtime(county_now()).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = ConsignedTube.objects.filter(consignment__laboratory__in=laboratories, consignment__sent_at__gte=midnight)
    told = Result.objects.filter(
        tube=OuterRef("tube"), laboratory=OuterRef("consignment__laboratory"),
        batch__entered_at__gte=OuterRef("consignment__sent_at"),
    )  # fmt: skip
    rows = rows.filter(Q(is_open=True) | Exists(told))  # else it was called back
    counts = rows.order_by().values_list("consignment__laboratory", "tube__round")
    counts = counts.annotate(n=Count("tube", distinct=True))
    return {(laboratory, round): n for laboratory, round, n in counts}
