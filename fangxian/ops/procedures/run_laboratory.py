"""The laboratory's day (实验室检测), from a box at its door to a result in another person's hand.

1. a box is received, by whom it is told for which round; of a site that is offline without a list   take_table_events
2. what waits is laid on plates, the most urgent first; or tubes as they are scanned                 laboratory
3. a plate is extracted, amplified, read; a machine that stops is said to                            laboratory
4. results come by file                                                                              take_results
   or are typed by one person and typed again by another, who does not see them                      laboratory
5. somebody else looks at them: they go back                                                         laboratory
   or out, and what follows from that                                                                release_results
6. what is more than the laboratory can do is sent to another, box by box, and comes back by file    laboratory
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.laboratory.judging import SUSPECT, Fault, Kit, Outcome
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.lab.barcodes import barcode_of
from fangxian.ops.lab.queries import Box, ScreeningRound, round_with, rounds
from fangxian.ops.laboratory import actions, refusals
from fangxian.ops.laboratory.queries import (
    MAY,
    READABLE,
    WAITING_STEPS,
    Consignment,
    Instrument,
    Laboratory,
    Plate,
    Run,
    batch_with,
    laboratory_with,
    plate_with,
    results_of,
    tubes_by_barcode,
    wells_to_type,
)
from fangxian.ops.laboratory.wire import Entered, NewInstrument, NewResult
from fangxian.ops.laboratory.words import PLATES
from fangxian.ops.realm.current import the_realm

from .release_results import refuse_own_tubes
from .sample_at_table import device_of, typed_event
from .take_table_events import one_event

PLAN = "screening.plan"


def require_laboratory(account: Account) -> None:
    """Whoever reports for the county's laboratory."""
    require(account, MAY, the_realm().division_code)


def require_laboratories(account: Account) -> None:
    """Whoever keeps the list of laboratories: the laboratory itself, and who plans the county's rounds."""
    if not may(account, PLAN, the_realm().division_code):
        require_laboratory(account)


# ---- laboratories and machines ----


def add(*, name: str, is_own: bool, tubes_a_day: int | None, by: Account) -> Laboratory:
    """Refuses accounts.not_yours, laboratory.laboratory_wrong."""
    require_laboratories(by)
    return actions.add_laboratory(name=name, is_own=is_own, tubes_a_day=tubes_a_day, by=_actor(by))


def change(*, laboratory: UUID, tubes_a_day: int | None, is_closed: bool, by: Account) -> None:
    """Refuses accounts.not_yours, laboratory.not_found, laboratory.laboratory_wrong."""
    require_laboratories(by)
    actions.change_laboratory(laboratory=laboratory, tubes_a_day=tubes_a_day, is_closed=is_closed, by=_actor(by))


def judge_by(*, laboratory: UUID, kit: Kit, by: Account) -> None:
    """Refuses accounts.not_yours, laboratory.not_found."""
    require_laboratory(by)
    actions.set_kit(laboratory=laboratory, kit=kit, by=_actor(by))


def put_instrument_up(*, laboratory: UUID, instrument: NewInstrument, by: Account) -> Instrument:
    """Refuses accounts.not_yours, laboratory.not_found, laboratory.instrument_wrong."""
    require_laboratories(by)
    return actions.add_instrument(laboratory=laboratory, instrument=instrument, by=_actor(by))


def stop(*, instrument: UUID, why: str, by: Account) -> None:
    """Refuses accounts.not_yours, and what laboratory.actions.stop_instrument refuses."""
    require_laboratory(by)
    actions.stop_instrument(instrument=instrument, why=why, by=_actor(by))


def set_going(*, instrument: UUID, by: Account) -> None:
    """Refuses accounts.not_yours, laboratory.instrument_not_found."""
    require_laboratory(by)
    actions.set_instrument_going(instrument=instrument, by=_actor(by))


def take_away(*, instrument: UUID, by: Account) -> None:
    """Refuses accounts.not_yours, laboratory.instrument_not_found, laboratory.instrument_busy."""
    require_laboratories(by)
    actions.remove_instrument(instrument=instrument, by=_actor(by))


# ---- boxes and plates ----


@transaction.atomic
def receive(*, box: str, laboratory: Laboratory, round: UUID | None, by: Account) -> tuple[str, int]:
    """A box is here: its label, and how many tubes are known to be in it. Received again it is as it was.

    Parameters
    ----------
    round : of a box that nothing is known of, as its site was offline; None: of the one that is open, if it is one

    Refuses
    -------
    lab.barcode_…, laboratory.round_unclear, lab.round_not_open, lab.barcode_is_other, lab.not_yours_to_do
    """
    label = barcode_of(box)
    known = Box.objects.filter(barcode=label).select_related("same_as", "round").first()
    row = known.round if known else _round(round)
    event = typed_event("receive_box", box=label, said=laboratory.name)
    one_event(row, event, by, device_of(by))
    found = Box.objects.filter(barcode=label).select_related("same_as").first()
    found = (found.same_as or found) if found else None
    return (found.label, found.tubes.exclude(state="void").count()) if found else (label, 0)


def _round(round: UUID | None) -> ScreeningRound:
    if round is not None:
        return round_with(round)
    open_ = list(rounds().filter(state="open")[:2])
    if len(open_) != 1:
        raise refusals.which_round()
    return open_[0]


def lay(*, laboratory: UUID, n_wells: int, barcodes: Sequence[str], by: Account) -> Plate:
    """Refuses accounts.not_yours, and what laboratory.actions.lay_plate refuses."""
    require_laboratory(by)
    return actions.lay_plate(laboratory=laboratory, n_wells=n_wells, barcodes=barcodes, by=_actor(by))


def lay_all(*, laboratory: UUID, by: Account) -> list[Plate]:
    """Refuses accounts.not_yours, laboratory.not_found, laboratory.nothing_to_lay."""
    require_laboratory(by)
    return actions.lay_all(laboratory=laboratory, by=_actor(by))


def begin(*, plate: UUID, instrument: UUID, by: Account) -> Run:
    """Refuses accounts.not_yours, and what laboratory.actions.begin_run refuses."""
    require_laboratory(by)
    return actions.begin_run(plate=plate, instrument=instrument, by=_actor(by))


def end(*, plate: UUID, by: Account) -> None:
    """Refuses accounts.not_yours, laboratory.plate_not_found, laboratory.plate_not_at_this_step."""
    require_laboratory(by)
    actions.end_run(plate=plate, by=_actor(by))


def break_off(*, plate: UUID, why: str, by: Account) -> None:
    """Refuses accounts.not_yours, and what laboratory.actions.break_run_off refuses."""
    require_laboratory(by)
    actions.break_run_off(plate=plate, why=why, by=_actor(by))


def give_up(*, plate: UUID, why: str, by: Account) -> None:
    """Refuses accounts.not_yours, and what laboratory.actions.give_plate_up refuses."""
    require_laboratory(by)
    actions.give_plate_up(plate=plate, why=why, by=_actor(by))


# ---- results by hand, and their way out ----


def type_plate(
    *, plate: UUID, outcomes: Mapping[str, Outcome], faults: Sequence[Fault], measured_at: datetime, by: Account
) -> Entered:
    """The results of a plate as one person reads them off, by the barcodes of its wells; another types them again.

    Refuses
    -------
    accounts.not_yours, laboratory.plate_not_found, laboratory.results_missing, laboratory.plate_awaits_sampling,
    laboratory.measured_in_future, laboratory.plate_not_at_this_step
    """
    require_laboratory(by)
    row = plate_with(plate)
    if row.state not in READABLE or not (wells := wells_to_type(row)):
        raise refusals.plate_step(PLATES[row.state].zh, PLATES[row.state].en)
    if missing := [it.barcode for it in wells if it.barcode not in outcomes and not faults]:
        raise refusals.not_all_typed(len(missing))
    known = tubes_by_barcode({it.barcode for it in wells})
    unsealed = [it.barcode for it in wells if it.barcode not in known or known[it.barcode].sealed_at is None]
    if unsealed:
        raise refusals.plate_of_offline_tubes(unsealed)
    if early := [it.barcode for it in wells if known[it.barcode].sealed_at > measured_at]:
        raise refusals.measured_before_sampling(early, localtime(measured_at))
    results = [NewResult(tube=known[it.barcode].pk, outcome=outcomes.get(it.barcode, Outcome.RE_TEST)) for it in wells]
    return actions.enter_results(
        laboratory=row.laboratory_id, results=results, measured_at=measured_at, is_by_hand=True, plate=row.pk,
        faults=faults, by=_actor(by),
    )  # fmt: skip


def type_again(*, batch: UUID, outcomes: Mapping[UUID, Outcome], by: Account) -> tuple[int, int]:
    """Refuses accounts.not_yours, and what laboratory.actions.check_by_hand refuses."""
    require_laboratory(by)
    return actions.check_by_hand(batch=batch, outcomes=outcomes, by=_actor(by))


def send_back(*, batch: UUID, results: Sequence[UUID] | None, reason: str, by: Account) -> int:
    """Results of one lot go back, with a reason; None: all that wait.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, laboratory.batch_not_found, and what laboratory.actions.send_back refuses
    """
    require_laboratory(by)
    rows = results_of(batch_with(batch))
    rows = rows.filter(step__in=WAITING_STEPS) if results is None else rows.filter(pk__in=results)
    rows = rows.order_by()
    refuse_own_tubes(by, list(rows.filter(outcome__in=[str(it) for it in SUSPECT]).values_list("tube", flat=True)))
    return actions.send_back(results=sorted(set(rows.values_list("pk", flat=True))), reason=reason, by=_actor(by))


# ---- outside laboratories ----


def send(*, laboratory: UUID, sender: UUID, boxes: Sequence[UUID], by: Account) -> Consignment:
    """Refuses accounts.not_yours, laboratory.not_found, laboratory.nothing_to_send."""
    require_laboratory(by)
    laboratory_with(laboratory, is_own=False)
    return actions.send_out(laboratory=laboratory, sender=sender, boxes=boxes, by=_actor(by))


def call_back(*, consignment: UUID, by: Account) -> int:
    """Refuses accounts.not_yours, laboratory.consignment_not_found."""
    require_laboratory(by)
    return actions.call_back(consignment=consignment, by=_actor(by))


def _actor(account: Account) -> str:
    return f"account:{account.pk}"
