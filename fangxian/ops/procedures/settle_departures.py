"""What time, new lists and new codes do to departures (离境核对).

1. a permit that was not used in its window lapses; so does what nobody decided by its day    departures
2. whoever is out and should be back is overdue: the grid worker has a task                   departures, tasks
3. a red code, or an order that closes the area for as long as the permit holds, before
   anybody left: whom it is about does not leave with the permit, the others may              departure_parties
4. the destination has become one for which another level has to agree: it is that level's
   turn, and the permit is withdrawn until it has agreed                                      departure_permits

What else the rulebook asks is looked at when somebody leaves (leave_county). 3 and 4 are also called when a list, a
rulebook or an order has been changed.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.departures import LEVELS
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.departures import actions as departures
from fangxian.ops.departures.queries import STATES, application_with, issued, step_with
from fangxian.ops.realm.current import county_now

from .apply_to_leave import levels_for
from .departure_checks import Known, look_at_departure, rulebooks_that_limit, what_is_known
from .departure_parties import go_on_without, who_may_not
from .departure_permits import WINDOW, withdraw_paper
from .departure_tasks import DECIDE, cancel_turn_tasks, open_overdue_tasks, open_turn_task, turn_of

BY = "program:worker"
MORE_LEVELS = Said(
    "去向成为风险地区，还须上一级同意，正在审批",
    "the destination has become a risk area: a level above has to agree as well",
)
WITHDRAWN, ASKED_AGAIN = "withdrawn", "asked again"
LAPSED = "日期已过 · the day has passed"


def settle_departures(*, at: datetime, by: str) -> dict[str, int]:
    """The worker's turn: 1 to 4. Harmless to repeat."""
    today = at.date()
    lapsed = departures.note_lapsed(at=at, leaving_before=today - timedelta(days=WINDOW.value - 1), by=by)
    cancel_turn_tasks([row.pk for row in lapsed], LAPSED, by)
    late = departures.note_overdue(before=today, by=by)
    if late:
        open_overdue_tasks(late, by)
    n_withdrawn, n_asked_again = reconsider_permits(at=at, by=by)
    return {
        "n_lapsed": len(lapsed), "n_overdue": len(late), "n_withdrawn": n_withdrawn, "n_asked_again": n_asked_again,
    }  # fmt: skip


def reconsider_permits(*, at: datetime | None = None, by: str = BY) -> tuple[int, int]:
    """Look again at every permit with which nobody has left, each by itself: of how many the paper was withdrawn (some
    of its people may go on another), and how many went to another level."""
    at = at or county_now()
    rows, turned = issued(), []
    known = what_is_known(sorted({it.person_id for row in rows for it in row.people}), at=at) if rows else None
    for row in rows if known and (known.rulebooks or known.closing) else ():
        try:
            turned.append(_reconsider(row.pk, known, at, by))
        except Refusal:  # somebody left or called it off a moment ago; the next turn sees it as it is
            continue
    return turned.count(WITHDRAWN), turned.count(ASKED_AGAIN)


@transaction.atomic
def _reconsider(application: UUID, known: Known, at: datetime, by: str) -> str:
    """What became of one application, which nobody else changes meanwhile; "" where it stays as it is."""
    departures.hold(application=application)
    row = application_with(application)
    if row is None or row.state not in (STATES.ISSUED, *LEVELS):
        return ""
    looked = look_at_departure(
        [it.person_id for it in row.people], destination=row.destination, leaves_on=row.leaves_on,
        returns_on=row.returns_on, at=at, known=known,
    )  # fmt: skip
    if row.state == STATES.ISSUED and (barred := who_may_not(row, looked, known, at)):
        go_on_without(row, barred, by=by)
        return WITHDRAWN
    if missing := _missing(row, looked.check.approvals):
        _ask_again(row, missing, sorted(looked.risk), at, by)
        return ASKED_AGAIN
    return ""


def _missing(row, approvals) -> list[str]:
    wanted = levels_for([*row.levels, *approvals], row.area_path)
    return [level for level in wanted if level not in row.levels]


def _ask_again(row, missing: list[str], risk: list[str], at: datetime, by: str) -> None:
    levels = [level for level in LEVELS if level in {*row.levels, *missing}]
    turn = turn_of(missing[0], DECIDE, rulebooks_that_limit(at), at)
    if row.state == STATES.ISSUED:
        withdraw_paper(row.document, MORE_LEVELS, by=by)
    why = f"{MORE_LEVELS.zh} · {MORE_LEVELS.en}"
    departures.ask_again(application=row.pk, levels=levels, risk=risk, turn=turn, why=why, by=by)
    if row.state == STATES.ISSUED:
        open_turn_task(row, step_with(row.pk), by)
