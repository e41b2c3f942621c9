"""Who of those on one permit may still leave with it (同行人核对). Part of settle_departures.

1. each by themselves: a red code, an order that closes where they live for as long as the permit holds
2. it is who applied: the permit ends, since whoever goes along is under age or has no phone      departure_permits
3. it is somebody who goes along: the others have another permit, the one before does not hold    departures
4. the grid worker tells them, who may be packing, whom it is about and whether others go         departure_tasks

One permit is one transaction with its tasks.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Said
from fangxian.ops.departures.actions import leave_out

from .departure_checks import Known, Looked
from .departure_orders import closed_said, shuts_all
from .departure_permits import both_said, issue_permit, withdraw_paper, withdraw_permit
from .departure_tasks import Barred, open_withdrawn_task

RED = Said(
    "健康码已变为红码，请留在原地并联系村（社区）",
    "the health code turned red: stay where you are and call the village",
)
IS_RED = Said("健康码已变为红码", "their code turned red")
IS_SHUT = Said("所住地方封闭管控", "where they live is closed")
OTHERS_GO = Said(
    "有同行人不能离境，其他人已换发新单，请在手机上或到村（社区）取",
    "somebody who was to go along may not; the others have another permit, on the phone or at the village",
)


def who_may_not(row, looked: Looked, known: Known, at: datetime) -> list[Barred]:
    """Who on a permit cannot leave with it any more, and why; the applicant first."""
    found = []
    for it in row.people:
        check = looked.of_person.get(it.person_id)
        if check and looked.colour_of.get(it.person_id) is Colour.RED and (check.unmet or check.open):
            found.append(Barred(it.person_id, it.person.name, IS_RED, RED))
        elif shut := shuts_all(known.closing.get(it.person_id, ()), max(at, row.valid_from), row.valid_until):
            found.append(Barred(it.person_id, it.person.name, IS_SHUT, closed_said(shut)))
    return found


def go_on_without(row, barred: list[Barred], *, by: str) -> None:
    """The permit goes on for those who may leave, on another paper; for nobody, where it is who applied.

    Refuses
    -------
    departures.unknown, departures.too_late_to_cancel, and what `documents.issue` refuses
    """
    old, reasons = row.document, _reasons(barred)
    goes_on = all(it.person != row.person_id for it in barred)
    if goes_on:
        withdraw_paper(old, OTHERS_GO, by=by)
        leave_out(application=row.pk, persons=list(reasons), why=_told(barred), by=by)
        issue_permit(row.pk, by=by)
    else:
        # Who verifies the paper reads why; of several reasons that of who applied, who carries it.
        withdraw_permit(row, reasons[row.person_id], by=by)
    open_withdrawn_task(row, barred, goes_on=goes_on, by=by)


def _reasons(barred: list[Barred]) -> Mapping[UUID, Said]:
    return {it.person: it.reason for it in barred}


def _told(barred: list[Barred]) -> str:
    """That some of them may not go, and why, as the application's page tells it; who they are their task says."""
    whys = "；".join(dict.fromkeys(both_said(it.reason) for it in barred))
    return f"同行人有 {len(barred)} 人不能离境，其他人已换发新单 · {len(barred)} of them may not go: {whys}"
