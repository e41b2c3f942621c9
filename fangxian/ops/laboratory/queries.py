"""Reads of the laboratory room that others may use."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Case, Count, Exists, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from fangxian.core.laboratory.judging import SAYS_NOTHING, Outcome, Standing, standing
from fangxian.core.laboratory.reviewing import Step
from fangxian.core.screening.laboratory import Laboratory as Reckoned
from fangxian.core.screening.laboratory import Machines
from fangxian.ops.lab.queries import Box, Tube

from . import refusals
from .models import ConsignedTube, Consignment, Instrument, Laboratory, Plate, Result, ResultBatch, Run, Well

__all__ = ["Consignment", "Instrument", "Laboratory", "Plate", "Result", "ResultBatch", "Run", "Well"]

MAY: Final = "lab.report"
STATES = Plate.State
BEFORE_RESULTS: Final = ("laid", "extracting", "extracted", "amplifying", "amplified")
READABLE: Final = ("amplifying", "amplified", "read")  # plates of which results may be typed
WAITING_STEPS: Final = (str(Step.ENTERED), str(Step.CHECKED))
SILENT: Final = tuple(str(it) for it in SAYS_NOTHING)
RUNS_AT_MOST: Final = 2  # what says nothing twice is sampled anew (core.laboratory.following)


# ---- laboratories and machines ----


def laboratories(*, is_own: bool | None = None, closed: bool = False) -> QuerySet[Laboratory]:
    """The county's own first; those used no more only where asked for."""
    rows = Laboratory.objects.all() if closed else Laboratory.objects.filter(closed_at=None)
    return rows if is_own is None else rows.filter(is_own=is_own)


def laboratory_with(laboratory: UUID, *, is_own: bool | None = None) -> Laboratory:
    """One laboratory.

    Refuses
    -------
    laboratory.not_found
    """
    row = laboratories(is_own=is_own, closed=True).filter(pk=laboratory).first()
    if row is None:
        raise refusals.no_laboratory()
    return row


def own_laboratory() -> Laboratory | None:
    """The county's own, the first of several; None where it has none."""
    return laboratories(is_own=True).first()


def instruments_of(laboratory: Laboratory) -> QuerySet[Instrument]:
    """Its machines that are there, extractors first."""
    return Instrument.objects.filter(laboratory=laboratory, removed_at=None)


def as_reckoned(laboratory: Laboratory, instruments: Iterable[Instrument]) -> Reckoned:
    """A laboratory as the plan reckons with it: by its machines that work."""
    working = [it for it in instruments if it.stopped_at is None]

    def of(kind: str) -> list[Machines]:
        return [Machines(n=1, wells=it.n_wells, run_min=it.run_min) for it in working if it.kind == kind]

    return Reckoned(
        name=laboratory.name, extractors=of("extractor"), amplifiers=of("amplifier"), open_min=laboratory.open_min,
        hands_a_day=laboratory.tubes_a_day,
    )  # fmt: skip


def running_in(laboratory: Laboratory) -> dict[UUID, Run]:
    """What runs now, by instrument."""
    rows = Run.objects.filter(instrument__laboratory=laboratory, ended_at=None).select_related("plate")
    return {it.instrument_id: it for it in rows}


# ---- tubes on their way and waiting ----


def boxes_coming() -> QuerySet[Box]:
    """Boxes that are not received yet, with how many tubes and people are in each; the oldest sampling first."""
    rows = Box.objects.filter(same_as=None, state__in=("open", "sealed", "carried"))
    return _with_tubes(rows).order_by(F("opened_at").asc(nulls_last=True), "id")


def boxes_received() -> QuerySet[Box]:
    """Boxes that were received, the last first."""
    return _with_tubes(Box.objects.filter(same_as=None, state="received")).order_by("-received_at", "id")


def _with_tubes(rows: QuerySet[Box]) -> QuerySet[Box]:
    live = Q(tubes__same_as=None) & ~Q(tubes__state="void")
    return rows.select_related("site", "round").annotate(
        n_tubes=Count("tubes", filter=live), n_people=Coalesce(Sum("tubes__n_people", filter=live), 0)
    )


def waiting(laboratory: Laboratory) -> QuerySet[Tube]:
    """Tubes that the laboratory received and that need a run, in the order in which they get one.

    First what is tested again and the tubes of single people in a pooled round, who are held meanwhile; then by when
    sampling began. Not those that are void, on a plate, sent out, or have a result that is not to be tested again.
    """
    rows = Tube.objects.filter(same_as=None, box__state="received").exclude(state="void")
    return _needing_a_run(rows.filter(_received_by(laboratory))).select_related("box", "site", "round")


def n_in_hand(laboratory: Laboratory) -> int:
    """How many tubes wait there for a run, or stand on a plate that was not read."""
    on_plates = Well.objects.filter(plate__laboratory=laboratory, plate__state__in=BEFORE_RESULTS)
    return waiting(laboratory).order_by().count() + on_plates.count()


def _received_by(laboratory: Laboratory) -> Q:
    """A box that names no laboratory, or none that is known, is in the county's own first one."""
    first = own_laboratory()
    if first is None or first.pk != laboratory.pk:
        return Q(box__laboratory=laboratory.name)
    others = Laboratory.objects.exclude(pk=laboratory.pk).values("name")
    return ~Q(box__laboratory__in=others)


def _needing_a_run(rows: QuerySet[Tube]) -> QuerySet[Tube]:
    mine = Result.objects.filter(tube=OuterRef("pk"))
    live = mine.filter(Q(step__in=WAITING_STEPS) | Q(step=Step.RELEASED) & ~Q(outcome__in=SILENT))
    by_other_label = Tube.objects.filter(same_as=OuterRef("pk")).filter(Exists(live))
    on_plate = Well.objects.filter(tube=OuterRef("pk"), plate__state__in=BEFORE_RESULTS)
    sent = ConsignedTube.objects.filter(tube=OuterRef("pk"), is_open=True)
    silent = mine.filter(step=Step.RELEASED, outcome__in=SILENT).order_by().values("tube").annotate(n=Count("*"))
    spent = silent.filter(n__gte=RUNS_AT_MOST)
    rows = rows.filter(~Exists(live), ~Exists(by_other_label), ~Exists(on_plate), ~Exists(sent), ~Exists(spent))
    urgency = Case(
        When(Exists(mine), then=Value(0)),
        When(size=1, round__pool_size__gt=1, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.annotate(urgency=urgency).order_by("urgency", F("opened_at").asc(nulls_last=True), "id")


def tubes_by_barcode(barcodes: Collection[str]) -> dict[str, Tube]:
    """The tube that each label is of, whatever it bears now."""
    rows = Tube.objects.filter(barcode__in=barcodes).select_related("same_as__box", "box").order_by()
    return {it.barcode: it.same_as or it for it in rows}


def tube_with_id(tube: UUID) -> Tube:
    """One tube; of a label that was found to be another tube's, that one.

    Refuses
    -------
    laboratory.result_not_found
    """
    same = Tube.objects.filter(pk=tube).exclude(same_as=None).values_list("same_as", flat=True).first()
    row = Tube.objects.filter(pk=same or tube, same_as=None).select_related("box", "site", "round").first()
    if row is None:
        raise refusals.no_result()
    return row


def fit_for_a_plate(tubes: Collection[UUID]) -> set[UUID]:
    """Which of these tubes, in whoever's hands they are on record, need a run."""
    rows = _needing_a_run(Tube.objects.filter(pk__in=tubes).exclude(state="void"))
    return set(rows.order_by().values_list("pk", flat=True))


def why_not_on_a_plate(tube: Tube) -> tuple[str, str]:
    """Why a tube that is not fit for a plate is not."""
    if tube.state == "void":
        return "已作废", "is void"
    if Well.objects.filter(tube=tube.pk, plate__state__in=BEFORE_RESULTS).exists():
        return "已在一块板上", "stands on a plate already"
    if ConsignedTube.objects.filter(tube=tube.pk, is_open=True).exists():
        return "已外送", "was sent to another laboratory"
    return "已有结果", "has a result"


# ---- plates ----


def plates_of(laboratory: Laboratory) -> QuerySet[Plate]:
    return Plate.objects.filter(laboratory=laboratory).order_by("-number")


def plate_with(plate: UUID) -> Plate:
    """One plate.

    Refuses
    -------
    laboratory.plate_not_found
    """
    row = Plate.objects.filter(pk=plate).select_related("laboratory").first()
    if row is None:
        raise refusals.no_plate()
    return row


def wells_of(plate: Plate) -> list[Well]:
    """Its tubes in the order in which they are filled in."""
    return list(plate.wells.select_related("tube__box", "tube__site").order_by("nth"))


def wells_to_type(plate: Plate) -> list[Well]:
    """Those of a plate that was run of which no result stands: none came, or it went back."""
    standing_ = Result.objects.filter(plate=plate).exclude(step__in=(Step.RETURNED, Step.WITHDRAWN))
    known = set(standing_.order_by().values_list("tube", flat=True))
    return [it for it in wells_of(plate) if it.tube_id not in known or it.tube_id is None]


def runs_of(plate: Plate) -> list[Run]:
    return list(plate.runs.select_related("instrument").order_by("began_at", "id"))


def laid_on(laboratory: Laboratory, barcodes: Collection[str], at: datetime) -> dict[str, str]:
    """The number of the plate on which each of these stood at a moment; those on none are left out."""
    wells = Well.objects.filter(plate__laboratory=laboratory, barcode__in=barcodes, plate__laid_at__lt=by_minute(at))
    rows = wells.exclude(plate__state=STATES.VOID).order_by("plate__number").values_list("barcode", "plate__number")
    return {barcode: str(number) for barcode, number in rows}


def by_minute(at: datetime) -> datetime:
    """Whoever types a time gives its minute, in which a plate may have been laid."""
    return at + timedelta(minutes=1)


def amplified_at(laboratory: Laboratory, barcodes: Collection[str]) -> datetime | None:
    """When the last run ended in which one of these tubes was amplified; None: in none here."""
    runs = Run.objects.filter(instrument__laboratory=laboratory, instrument__kind="amplifier", broken_why="")
    return runs.filter(plate__wells__barcode__in=barcodes).aggregate(at=Max("ended_at"))["at"]


# ---- results ----


def batches() -> QuerySet[ResultBatch]:
    """Lots of results, the newest first, each with how many wait for whom and how many are out."""
    counted = {
        "n_entered": Count("results", filter=Q(results__step=Step.ENTERED)),
        "n_checked": Count("results", filter=Q(results__step=Step.CHECKED)),
        "n_released": Count("results", filter=Q(results__step=Step.RELEASED)),
        "n_suspect": Count(
            "results", filter=Q(results__outcome__in=("positive", "grey", "single_target"))
            & ~Q(results__step__in=("returned", "withdrawn"))
        ),
    }  # fmt: skip
    return ResultBatch.objects.select_related("laboratory", "plate").annotate(**counted)


def batches_to_review() -> QuerySet[ResultBatch]:
    """Those of which something waits for another person's eyes."""
    waits = Result.objects.filter(batch=OuterRef("pk"), step__in=WAITING_STEPS)
    return batches().filter(Exists(waits))


def n_to_review() -> int:
    return Result.objects.filter(step__in=WAITING_STEPS).count()


def batch_with(batch: UUID) -> ResultBatch:
    """One lot of results.

    Refuses
    -------
    laboratory.batch_not_found
    """
    row = batches().filter(pk=batch).first()
    if row is None:
        raise refusals.no_batch()
    return row


def batches_of_intake(intake: UUID) -> QuerySet[ResultBatch]:
    """What came of a file, the first reading of it first."""
    return batches().filter(intake=intake).order_by("entered_at", "id")


def results_of(batch: ResultBatch) -> QuerySet[Result]:
    """Its results, the gravest first, each with whether another one that waits says otherwise (`disagrees`)."""
    grave = Case(
        *(When(outcome=it, then=Value(n)) for n, it in enumerate(("positive", "single_target", "grey", "invalid"))),
        default=Value(9),
        output_field=IntegerField(),
    )
    rows = Result.objects.filter(batch=batch).select_related("tube__box", "plate")
    return rows.annotate(grave=grave, disagrees=Exists(_others_waiting())).order_by("grave", "tube__label", "id")


def _others_waiting() -> QuerySet[Result]:
    """Of a result the others of its tube that are not out yet and say something else."""
    others = Result.objects.filter(tube=OuterRef("tube"), step__in=WAITING_STEPS).exclude(pk=OuterRef("pk"))
    return others.exclude(outcome=OuterRef("outcome"))


def to_release(batch: ResultBatch) -> list[UUID]:
    """What of a lot may go out in one action: checked, and nothing that waits says otherwise."""
    rows = Result.objects.filter(batch=batch, step=Step.CHECKED).annotate(disagrees=Exists(_others_waiting()))
    return list(rows.filter(disagrees=False).order_by("id").values_list("pk", flat=True))


def to_release_everywhere(results: Collection[UUID]) -> list[str]:
    """Of these results the tubes of which another one that waits, and is none of these, says otherwise."""
    rows = Result.objects.filter(pk__in=results).annotate(disagrees=Exists(_others_waiting())).filter(disagrees=True)
    chosen: dict[UUID, set[str]] = {}
    for tube, outcome in rows.order_by().values_list("tube", "outcome"):
        chosen.setdefault(tube, set()).add(outcome)
    waits = Result.objects.filter(tube__in=[*chosen], step__in=WAITING_STEPS).order_by()
    others = waits.exclude(pk__in=[*rows.order_by().values_list("pk", flat=True)])
    told = others.values_list("tube", "outcome", "tube__label")
    return sorted({label for tube, outcome, label in told if chosen[tube] - {outcome}})


def results_of_tube(tube: UUID) -> list[Result]:
    """Every result of a tube, whichever of its labels it came for, the newest first."""
    mine = Q(tube=tube) | Q(tube__same_as=tube)
    rows = Result.objects.filter(mine).select_related("laboratory", "plate", "batch", "tube")
    return list(rows.order_by("-measured_at", "-batch__entered_at", "id"))


def standing_of(tubes: Collection[UUID]) -> dict[UUID, tuple[Standing, int]]:
    """What holds of each tube by all its results that are out, and how many; tubes without any are left out."""
    found: dict[UUID, list[Outcome]] = {}
    for tube, outcome in (
        Result.objects.filter(tube__in=tubes, step=Step.RELEASED).order_by().values_list("tube", "outcome")
    ):
        found.setdefault(tube, []).append(Outcome(outcome))
    return {tube: (standing(runs), len(runs)) for tube, runs in found.items()}


def last_released_at(laboratory: Laboratory) -> datetime | None:
    return Result.objects.filter(laboratory=laboratory, step=Step.RELEASED).aggregate(at=Max("released_at"))["at"]


def oldest_waiting_at(laboratory: Laboratory) -> datetime | None:
    """When sampling began of the tube that waits longest."""
    return waiting(laboratory).order_by().aggregate(at=Min("opened_at"))["at"]


# ---- sent out ----


def consignments() -> QuerySet[Consignment]:
    """What was sent out, the last first, with how many tubes' results are awaited."""
    rows = Consignment.objects.select_related("laboratory").order_by("-sent_at", "id")
    return rows.annotate(n_awaited=Count("tubes", filter=Q(tubes__is_open=True)))


def consignment_with(consignment: UUID) -> Consignment:
    """One consignment.

    Refuses
    -------
    laboratory.consignment_not_found
    """
    row = consignments().filter(pk=consignment).first()
    if row is None:
        raise refusals.no_consignment()
    return row


def tubes_sent(consignment: Consignment) -> QuerySet[ConsignedTube]:
    """Its tubes by box, as they are listed."""
    rows = ConsignedTube.objects.filter(consignment=consignment).select_related("tube__box", "tube__site")
    return rows.order_by("tube__box__label", "tube__label", "id")


def tubes_at(laboratory: Laboratory) -> set[UUID]:
    """Tubes that were sent to an outside laboratory, whether their results came or not."""
    rows = ConsignedTube.objects.filter(consignment__laboratory=laboratory).order_by()
    return set(rows.values_list("tube", flat=True))


def boxes_to_send(laboratory: Laboratory) -> QuerySet[Box]:
    """Boxes with tubes that the laboratory received and did not begin: each with how many."""
    tubes = waiting(laboratory).order_by().filter(box=OuterRef("pk"))
    rows = Box.objects.filter(same_as=None, state="received").filter(Exists(tubes)).select_related("site", "round")
    return rows.order_by("received_at", "id")


def waiting_in(laboratory: Laboratory, boxes: Sequence[UUID]) -> QuerySet[Tube]:
    """Of the tubes that wait those in these boxes."""
    return waiting(laboratory).filter(box__in=boxes)


def wells_awaiting(laboratory: Laboratory, barcodes: Collection[str]) -> set[str]:
    """Which of these stand, or stood, on a plate of the laboratory's that was not given up."""
    wells = Well.objects.filter(plate__laboratory=laboratory, barcode__in=barcodes).exclude(plate__state=STATES.VOID)
    return set(wells.order_by().values_list("barcode", flat=True))
