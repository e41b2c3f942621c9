"""Asking to leave the county (离境一申请), level by level.

1. who goes, where to, from when until when, why                             people, risk_areas
2. what the rulebook asks of them, as things stand                           departure_checks
3. the application waits for the first level, by a clock, as a task          departures, tasks
4. the holder of that level's role over the area says yes, or no with why    departure_deciders, departures
5. the next level's turn; all agreed, the permit is issued                   departure_permits
6. against a no the next level may be asked once                             departures

Nobody decides on themselves, on those they live with, or on what they entered; and nobody at two levels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.departures import LEVELS, Requirement
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.departures import actions as departures
from fangxian.ops.departures.queries import application_with, step_with
from fangxian.ops.departures.refusals import decided_meanwhile, unknown
from fangxian.ops.departures.wire import Wanted
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now

from . import departure_refusals as refusals
from .departure_checks import Looked, look_at_departure, rulebooks_that_limit
from .departure_deciders import refuse_wrong_decider
from .departure_permits import both_said, issue_permit, withdraw_paper
from .departure_tasks import APPEAL, DECIDE, REVIEW, cancel_turn_tasks, finish_turn_tasks, open_turn_task, turn_of
from .departure_wanted import wanted_checked
from .hand_over import masked_name

DIGITS = {"village": VILLAGE_DIGITS, "township": TOWNSHIP_DIGITS}


@transaction.atomic
def apply_to_leave(*, wants: Wanted, by: str):
    """Send an application; with it whether it is new. The same sent again from a bad network is that one.

    Refuses
    -------
    departures.not_limited, departures.requirement_unmet, departures.area_closed, what `wanted_checked` refuses,
    departures.still_away, departures.two_of_one_day, departures.too_long
    """
    at = county_now()
    if not rulebooks_that_limit(at):
        wants = replace(wants, destination="")  # where to makes no difference then
        looked = _look(wants, at)
        raise refusals.requirement_unmet(looked.unmet[0][1]) if looked.unmet else refusals.not_limited()
    wants = wanted_checked(wants, at=at)
    looked = _look(wants, at)
    if looked.unmet:
        raise refusals.requirement_unmet(looked.unmet[0][1])
    return send_departure(wants=wants, looked=looked, at=at, by=by)


@transaction.atomic
def send_departure(*, wants: Wanted, looked: Looked, at: datetime, by: str):
    """Send what was found right on its way; with it whether it is new.

    Refuses
    -------
    departures.still_away, departures.two_of_one_day, departures.too_long
    """
    levels = levels_for(looked.check.approvals, wants.area_path)
    turn = turn_of(levels[0], DECIDE, rulebooks_that_limit(at), at) if levels else None
    row, is_new = departures.submit(wants=wants, levels=levels, risk=sorted(looked.risk), turn=turn, by=by)
    if is_new:
        _hand_on(row.pk, by)
    return application_with(row.pk), is_new


@transaction.atomic
def decide_departure(
    *, application: UUID, step: UUID, is_approved: bool, reason: str, by: Account, others_go: bool = False
):
    """What the level whose turn it is says; the application as it then stands.

    Parameters
    ----------
    others_go : it is agreed to for all but those who go along and may not leave; those are left out

    Refuses
    -------
    departures.unknown, departures.decided_meanwhile, departures.level.not_yours, departures.entered_by_you,
    departures.decided_before, approvals.own_matter, departures.requirement_unmet, departures.area_closed,
    departures.companion_unmet, departures.refused_without_reason
    """
    row, turn = application_with(application), step_with(application)
    if row is None:
        raise unknown()
    if turn is None or turn.pk != step:
        raise decided_meanwhile()
    refuse_wrong_decider(row, turn, by)
    at, actor = county_now(), f"account:{by.pk}"
    looked = _look(_wanted_of(row), at)
    is_review = turn.kind == REVIEW
    unmet = dict(reversed(looked.unmet)) if is_approved and not is_review else {}
    if row.person_id in unmet:
        raise refusals.requirement_unmet(unmet[row.person_id])
    if unmet and not others_go:
        names = [masked_name(it.person.name) for it in row.people if it.person_id in unmet]
        raise refusals.companion_unmet(names, looked.unmet[0][1])
    levels = [it for it in levels_for([*row.levels, *looked.check.approvals], row.area_path) if not is_review]
    after = next((it for it in levels if LEVELS.index(it) > LEVELS.index(turn.level)), None)
    next_turn = turn_of(after, DECIDE, rulebooks_that_limit(at), at) if after else None
    departures.decide(
        application=application, step=step, is_approved=is_approved, reason=reason, turn=next_turn,
        levels=row.levels if is_review else levels, risk=sorted(looked.risk), by=actor, left_out=list(unmet),
        note=_note_of(row, unmet),
    )  # fmt: skip
    finish_turn_tasks(application, "approved" if is_approved else "refused", actor)
    if is_approved and not is_review:
        _hand_on(application, actor)
    return application_with(application)


def decide_departures(
    *, chosen: Sequence[tuple[UUID, UUID]], is_approved: bool, reason: str, by: Account
) -> list[tuple[UUID, Refusal | None]]:
    """The same of many, each by itself: which were decided, and why the others were not.

    Parameters
    ----------
    chosen : application and turn of each, as whoever decides was shown them
    """
    told: list[tuple[UUID, Refusal | None]] = []
    for application, step in chosen:
        try:
            decide_departure(application=application, step=step, is_approved=is_approved, reason=reason, by=by)
        except Refusal as refusal:
            told.append((application, refusal))
        else:
            told.append((application, None))
    return told


@transaction.atomic
def appeal_departure(*, application: UUID, text: str, by: str):
    """Somebody was refused and says why that is wrong; the level above has to answer, by the rulebook's clock.

    Refuses
    -------
    departures.unknown, departures.nothing_to_appeal, departures.appealed_already, departures.appeal_without_words
    """
    row, at = application_with(application), county_now()
    refused = [it for it in row.turns if it.verdict == "refused" and it.kind != REVIEW] if row else []
    level = _above(refused[-1].level if refused else LEVELS[0])
    turn = turn_of(level, APPEAL, rulebooks_that_limit(at), at)
    departures.appeal(application=application, text=text, turn=turn, by=by)
    _hand_on(application, by)
    return application_with(application)


@transaction.atomic
def cancel_departure(*, application: UUID, why: str, by: str, paper_says: Said | None = None):
    """Call an application off before leaving; a permit that was issued does not hold any more.

    Parameters
    ----------
    paper_says : what whoever verifies the permit is told; None: that it was called off

    Refuses
    -------
    departures.unknown, departures.too_late_to_cancel
    """
    row = application_with(application)
    departures.cancel(application=application, why=why, by=by)
    if row is not None:
        withdraw_paper(row.document, paper_says or refusals.CALLED_OFF, by=by)
        cancel_turn_tasks([application], "本人撤回 · called off", by)
    return application_with(application)


def levels_for(approvals: Sequence[str], area_path: str) -> list[str]:
    """The levels that have to agree, in order; of somebody on record in no village, those there are, or the county."""
    there = [level for level in LEVELS if level in approvals and len(area_path) >= DIGITS.get(level, 0)]
    return there or (["county"] if approvals else [])


def _note_of(row, unmet: Mapping[UUID, Requirement]) -> str:
    """That some of those who go along may not, and why, as whoever applied and whoever decides reads it."""
    whys = [
        both_said(Said(f"{masked_name(it.person.name)}：{why.reason.zh}", f"{why.rule}: {why.reason.en}"))
        for it in row.people
        if (why := unmet.get(it.person_id))
    ]
    said = "同行人留下，其他人可以走 · of those who go along these stay, the others may go: "
    return said + "；".join(whys) if whys else ""


def _hand_on(application: UUID, by: str) -> None:
    """Whoever has the next turn gets a task; nobody having one, the permit is issued."""
    step = step_with(application)
    if step is not None:
        open_turn_task(application_with(application), step, by)
    else:
        issue_permit(application, by=by)


def _above(level: str) -> str:
    """The level that answers an appeal; above the county's there is none here, another person of it answers."""
    return LEVELS[min(LEVELS.index(level) + 1, len(LEVELS) - 1)]


def _look(wants: Wanted, at: datetime):
    return look_at_departure(
        [wants.person, *wants.companions], destination=wants.destination, leaves_on=wants.leaves_on,
        returns_on=wants.returns_on, at=at,
    )  # fmt: skip


def _wanted_of(row) -> Wanted:
    return Wanted(
        person=row.person_id, area_path=row.area_path, destination=row.destination, leaves_on=row.leaves_on,
        returns_on=row.returns_on, companions=[it.person_id for it in row.people if not it.is_applicant],
    )  # fmt: skip
