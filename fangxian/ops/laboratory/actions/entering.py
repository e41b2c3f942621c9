"""Results come in: of a file, an outside laboratory's list, or typed by two people."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime

from fangxian.core.laboratory import reviewing
from fangxian.core.laboratory.judging import Fault, Outcome
from fangxian.core.laboratory.reviewing import Review, Step
from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import accounts_named_by
from fangxian.ops.approvals.rules import is_one_person
from fangxian.ops.audit.actions import record
from fangxian.ops.laboratory import refusals
from fangxian.ops.laboratory.models import ConsignedTube, Consignment, Laboratory, Plate, Result, ResultBatch, Well
from fangxian.ops.laboratory.queries import by_minute, tubes_by_barcode
from fangxian.ops.laboratory.wire import Entered, NewResult
from fangxian.ops.laboratory.words import CONTROLS_FAILED, FAULTS
from fangxian.ops.realm.bulk import insert_rows, update_rows
from fangxian.ops.realm.current import county_now

OVER = (str(Step.RETURNED), str(Step.WITHDRAWN))
TYPED_DIFFERENTLY = "两人录入不一致 · typed differently by two people"


@transaction.atomic
def enter_results(
    *,
    laboratory: UUID,
    results: Sequence[NewResult],
    measured_at: datetime,
    by: str,
    is_by_hand: bool = False,
    plate: UUID | None = None,
    intake: UUID | None = None,
    faults: Sequence[Fault] = (),
) -> Entered:
    """Put results on record, to be looked at by somebody else; the same again changes nothing.

    With `faults` of the controls nothing is known of anybody: each tube is to be tested again, and none can go out.

    Parameters
    ----------
    measured_at : when the run ended, aware; a result may have its own
    plate : of results that were typed; of a file's they are found by their tubes

    Refuses
    -------
    laboratory.not_found, laboratory.measured_in_future
    """
    row, at = _locked(laboratory), county_now()
    if (latest := max([measured_at, *(it.measured_at for it in results if it.measured_at)])) > at:
        raise refusals.measured_in_future(localtime(latest), localtime(at))
    told = Entered()
    fresh = _not_known(row, results, measured_at, bool(faults), told)
    if not fresh:
        return told
    _name_wells(row, [it.tube for it in fresh])
    plates = _plates_of(row, [it.tube for it in fresh], plate, measured_at)
    of_one = plate or (next(iter(set(plates.values()))) if len(set(plates.values())) == 1 else None)
    batch = ResultBatch.objects.create(
        laboratory=row, plate_id=of_one, intake_id=intake, is_by_hand=is_by_hand, measured_at=measured_at,
        entered_at=at, entered_by=by, n_results=len(fresh), faults=[str(it) for it in faults],
    )  # fmt: skip
    _insert(batch, fresh, plates, by)
    _go_on(set(plates.values()), at, failed=bool(faults))
    _arrived(row, [it.tube for it in fresh], by, at)
    told.batch, told.n_new = batch.pk, len(fresh)
    facts = {"n": len(fresh), "n_repeats": told.n_repeats, "n_refused": len(told.refused), "faults": batch.faults}
    about = [f"laboratory:{row.pk}", f"batch:{batch.pk}"]
    record("laboratory.results_entered", by=by, about=about, facts=facts | {"is_by_hand": is_by_hand})
    return told


def _locked(laboratory: UUID) -> Laboratory:
    row = Laboratory.objects.select_for_update().filter(pk=laboratory).first()
    if row is None:
        raise refusals.no_laboratory()
    return row


def _not_known(
    row: Laboratory, results: Iterable[NewResult], measured_at: datetime, is_failed: bool, told: Entered
) -> list[NewResult]:
    """Those of runs that are not on record; what says otherwise of a run that is, is refused."""
    wanted = list(results)
    rows = Result.objects.filter(laboratory=row, tube__in=[it.tube for it in wanted]).order_by()
    # A run whose controls failed stays on record as sent back, and is the same run when it is told again.
    rows = rows.filter(~Q(step__in=OVER) | Q(outcome=Outcome.RE_TEST))
    # Told anew with its controls it stands twice on record, and what was told last holds.
    rows = rows.order_by("batch__entered_at", "id").values_list("tube", "measured_at", "outcome")
    known = {(tube, at): Outcome(it) for tube, at, it in rows}
    fresh = []
    for it in wanted:
        moment = it.measured_at or measured_at
        outcome = Outcome.RE_TEST if is_failed else it.outcome
        before = known.get((it.tube, moment))
        if before is None or (before is Outcome.RE_TEST and not is_failed):  # exported anew with its controls
            known[it.tube, moment] = outcome
            fresh.append(NewResult(tube=it.tube, outcome=outcome, cycles=it.cycles, measured_at=moment))
        elif before == outcome:
            told.n_repeats += 1
        else:
            told.refused[it.tube] = refusals.same_run_differs(outcome, before, localtime(moment))
    return fresh


def _name_wells(row: Laboratory, tubes: Sequence[UUID]) -> None:
    """Tubes that stood on a plate before their site's records came are known from now on."""
    nameless = Well.objects.filter(plate__laboratory=row, tube=None)
    barcodes = set(nameless.order_by().values_list("barcode", flat=True))
    if not barcodes:
        return
    wanted = set(tubes)
    for barcode, tube in tubes_by_barcode(barcodes).items():
        if tube.pk in wanted:
            nameless.filter(barcode=barcode).update(tube=tube.pk)


def _plates_of(row: Laboratory, tubes: Sequence[UUID], plate: UUID | None, at: datetime) -> dict[UUID, UUID]:
    """The plate that each tube stood on, the last that was laid by then; tubes that were on none are left out."""
    wells = Well.objects.filter(tube__in=tubes, plate__laboratory=row).exclude(plate__state=Plate.State.VOID)
    wells = wells.filter(plate=plate) if plate else wells.filter(plate__laid_at__lt=by_minute(at))
    return dict(wells.order_by("plate__number").values_list("tube", "plate"))


def _insert(batch: ResultBatch, fresh: Iterable[NewResult], plates: Mapping[UUID, UUID], by: str) -> None:
    failed = _controls_failed(batch.faults)
    ended = {"ended_at": batch.entered_at, "ended_by": by, "reason": f"{failed.zh} · {failed.en}"}
    open_ = {"ended_at": None, "ended_by": "", "reason": ""}
    first = str(Step.ENTERED if batch.is_by_hand else Step.CHECKED)
    insert_rows(
        Result,
        (
            {"batch_id": batch.pk, "tube_id": it.tube, "laboratory_id": batch.laboratory_id,
             "plate_id": plates.get(it.tube), "measured_at": it.measured_at, "outcome": str(it.outcome),
             "cycles": dict(it.cycles), "entered_by": by, "step": str(Step.RETURNED) if batch.faults else first,
             **(ended if batch.faults else open_)}
            for it in fresh
        ),
    )  # fmt: skip


def _controls_failed(faults: Iterable[str]) -> Said:
    said = [FAULTS[Fault(it)] for it in faults]
    return Said(
        CONTROLS_FAILED.zh.format(faults="、".join(it.zh for it in said)),
        CONTROLS_FAILED.en.format(faults=", ".join(it.en for it in said)),
    )


def _go_on(plates: set[UUID], at: datetime, *, failed: bool) -> None:
    """Plates are read once results of them came; a run that nobody ended is ended by that."""
    rows = Plate.objects.filter(pk__in=plates)
    for plate in rows:
        plate.runs.filter(ended_at=None).update(ended_at=at)
    rows.update(state=Plate.State.FAILED if failed else Plate.State.READ, read_at=at)


def _arrived(row: Laboratory, tubes: Sequence[UUID], by: str, at: datetime) -> None:
    """Tubes that were sent out are awaited no more; nor is their consignment once all came."""
    mine = ConsignedTube.objects.filter(consignment__laboratory=row, tube__in=tubes, is_open=True)
    consignments = set(mine.order_by().values_list("consignment", flat=True))
    if not consignments:
        return
    mine.update(is_open=False)
    left = ConsignedTube.objects.filter(consignment__in=consignments, is_open=True).order_by()
    whole = consignments - set(left.values_list("consignment", flat=True))
    Consignment.objects.filter(pk__in=whole).update(closed_at=at, closed_by=by)


@transaction.atomic
def check_by_hand(*, batch: UUID, outcomes: Mapping[UUID, Outcome], by: str) -> tuple[int, int]:
    """Somebody else typed the same results without seeing the first; how many are checked, and how many differed.

    What differs goes back, and neither is believed.

    Refuses
    -------
    laboratory.batch_not_found, laboratory.results_missing, laboratory.same_person, laboratory.not_at_this_step
    """
    row = ResultBatch.objects.select_for_update().filter(pk=batch).first()
    if row is None:
        raise refusals.no_batch()
    waiting = list(Result.objects.filter(batch=row, step=Step.ENTERED).order_by("id"))
    if not waiting:
        raise refusals.nothing_chosen()
    if missing := [it for it in waiting if it.tube_id not in outcomes]:
        raise refusals.not_all_typed(len(missing))
    at, changes, n_differ = county_now(), [], 0
    for it in waiting:
        before = Review(outcome=Outcome(it.outcome), step=Step.ENTERED, hands=(as_one(hand=it.entered_by, by=by),))
        after = reviewing.entered_again(before, outcomes[it.tube_id], by=by)
        differs = after.step is Step.RETURNED
        n_differ += differs
        changes.append(
            {"id": it.pk, "step": str(after.step), "checked_by": by, "ended_at": at if differs else None,
             "ended_by": by if differs else "", "reason": TYPED_DIFFERENTLY if differs else ""}
        )  # fmt: skip
    update_rows(Result, changes)
    facts = {"n": len(waiting) - n_differ, "n_differ": n_differ}
    record("laboratory.results_checked", by=by, about=[f"batch:{row.pk}"], facts=facts)
    return len(waiting) - n_differ, n_differ


def as_one(*, hand: str, by: str) -> str:
    """`by` where one person is behind both accounts; else the hand itself."""
    if hand == by:
        return by
    known = accounts_named_by((hand, by))
    both = len(known) == 2 and is_one_person(known[hand].pk, known[by].pk)
    return by if both else hand
