"""A task is taken, done or handed over (办任务), and what it was about follows.

1. only by whoever it is for               tasks, tracing
2. the task changes hands, or is closed    tasks
3. of a case's clock: the time is stamped  tracing, cases (a full report: once the questionnaire is done)
4. of a contact: found                     contacts, tracing
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import accounts_with
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.arrivals.queries import who_came
from fangxian.ops.contacts.actions.noting import note_traced
from fangxian.ops.tasks import actions as tasks
from fangxian.ops.tasks.queries import DO, find, is_to_do, within_life
from fangxian.ops.tracing.actions import end_work, note_movement, reach_clock
from fangxian.ops.tracing.clocks import FULL_REPORT
from fangxian.ops.tracing.queries import subjects_held_by, team_mates
from fangxian.ops.tracing.wire import CASE, CONTACT, Why

from .arrival_tasks import ASK, CALLED_OFF, CORRECTION
from .assign_contacts import FIND
from .case_clocks import KIND as STEP_OF_REPORT
from .case_clocks import finish_case_interview, stamp_clock
from .departure_tasks import DECIDE_TASK
from .silent_tasks import SILENT, answer_first
from .start_investigation import CLOCK_TASK, SEND
from .take_over import TAKE_OVER

DONE, TEAM_KINDS = "done", "tracing."
COLLEAGUES_SHOWN = 60
ABOUT = {CASE.value: CASE, CONTACT.value: CONTACT}


@transaction.atomic
def take_task(*, task: UUID, by: Account):
    """`by` takes a task on; of their team's work also from the lead, who was given it for all of them.

    Refuses
    -------
    tasks.not_allowed, tasks.closed, tasks.taken_already
    """
    found = _to_do(task, by)
    if found.state == "taken" and found.owner_id != by.pk and _is_team_work(found, by):
        tasks.hand_over(tasks=[task], to=by, reason="组员接手 · taken on within the team", by=f"account:{by.pk}")
    else:
        tasks.take(tasks=[task], account=by)
    _note_movement(found, by)
    return found


@transaction.atomic
def finish_task(*, task: UUID, by: Account, note: str = "", at: datetime | None = None):
    """`by` says that a task is done, now; what it was about is stamped with it.

    Parameters
    ----------
    at : when it was done, where that is told later; no earlier than the task was there, no later than now

    Refuses
    -------
    tasks.not_allowed, tasks.closed, tasks.send_a_team, tasks.take_over_first, tasks.decide_first, tasks.ask_first,
    venues.answer_first, cases.interview_unfinished, approvals.own_matter,
    and whatever stamping refuses
    """
    found = _to_do(task, by)
    if found.kind == CALLED_OFF:  # whether somebody has come after all is not theirs to say
        refuse_own_matters(by, [it.person for it in who_came([UUID(found.about.partition(":")[2])]).values()])
    if found.kind == SEND:
        raise _send_a_team()
    if found.kind == TAKE_OVER:
        raise _take_over_first()
    if found.kind == DECIDE_TASK:
        raise _decide_first()
    if found.kind in (ASK, CORRECTION):
        raise _ask_first()
    if found.kind == SILENT:
        raise answer_first()
    actor = f"account:{by.pk}"
    at = within_life(found, at)
    tasks.finish(tasks=[task], outcome=DONE, note=note, by=actor, at=at)
    _follow(found, note, actor, at)
    return found


@transaction.atomic
def hand_task_over(*, task: UUID, to: UUID, reason: str, by: Account):
    """`by` gives a task to a team-mate or to a colleague of their unit.

    Refuses
    -------
    tasks.not_allowed, tasks.closed, tasks.no_such_colleague
    """
    found = _to_do(task, by)
    colleague = next((it for it in colleagues(by, found) if it.pk == to), None)
    if colleague is None:
        raise Refusal(
            "tasks.no_such_colleague",
            zh="所选的人不是您的组员，也不是本单位能办这项任务的人，没有移交。请从列表里选一位。",
            en="Whoever was chosen is neither of your team nor somebody of your unit who can do this task, so it was "
            "not handed over. Choose one from the list.",
        )
    tasks.hand_over(tasks=[task], to=colleague, reason=reason, by=f"account:{by.pk}")
    _note_movement(found, by)
    return found


def colleagues(account: Account, task) -> list[Account]:
    """To whom the account may hand a task over: its team-mates first, then others of its unit who do tasks there."""
    mates = team_mates(account)
    others = accounts_with(DO, task.area_path).filter(unit=account.unit_id).exclude(pk=account.pk).order_by("username")
    known = {it.pk for it in mates}
    return [*mates, *(it for it in others[:COLLEAGUES_SHOWN] if it.pk not in known)]


def _to_do(task: UUID, by: Account):
    found = find(task)
    if found is None or not is_to_do(by, found, subjects_held_by(by), TEAM_KINDS):
        raise Refusal(
            "tasks.not_allowed",
            zh="这项任务不在您名下，也不属于您的岗位或小组，没有改动。您能办的都在“我的任务”里；若应由您办，请让派任务的"
            "人移交给您。",
            en="This task is neither yours nor your post's or your team's, so nothing was changed. What you can do "
            "stands under “My tasks”; if it should be yours, ask whoever assigned it to hand it over.",
        )
    return found


def _is_team_work(found, by: Account) -> bool:
    return found.kind.startswith(TEAM_KINDS) and found.about in subjects_held_by(by)


def _follow(found, note: str, by: str, at: datetime | None) -> None:
    """What a task that was finished was about: stamped, found, reported; as of when it was done."""
    if found.kind == CLOCK_TASK + FULL_REPORT:
        finish_case_interview(case=_id(found), by=by)
    elif found.kind.startswith(CLOCK_TASK):
        reach_clock(case_id=_id(found), clock=found.kind.removeprefix(CLOCK_TASK), by=by, at=at)
        note_movement(works=[(CASE, _id(found))], by=by)
    elif found.kind == FIND:
        note_traced(contacts=[_id(found)], reason=note, by=by)
        end_work(works=[(CONTACT, _id(found))], why=Why.DONE, by=by)
    elif found.kind == STEP_OF_REPORT:
        stamp_clock(clock=UUID(found.unique_key), remark=note, by=by, met_at=at)


def _note_movement(found, by: Account) -> None:
    kind, _, _ = found.about.partition(":")
    if kind in ABOUT:
        note_movement(works=[(ABOUT[kind], _id(found))], by=f"account:{by.pk}")


def _id(found) -> UUID:
    return UUID(found.about.partition(":")[2])


def _send_a_team() -> Refusal:
    return Refusal(
        "tasks.send_a_team",
        zh="这项任务是派出流调小组，没有办结。在“流调调度”里把病例派给一个小组，它就自动办结。",
        en="This task is to send a tracing team, so it was not closed. Give the case to a team under “Tracing”, and "
        "it closes by itself.",
    )


def _take_over_first() -> Refusal:
    return Refusal(
        "tasks.take_over_first",
        zh="这项任务是接收另一个县的转出包，没有办结：包里的人还没有收进来。打开那个包，按“接收并出具回执”，"
        "它就自动办结。",
        en="This task is to take over another county's package, so it was not closed: nobody in it has come in yet. "
        "Open the package and press “Take over and answer”, and it closes by itself.",
    )


def _decide_first() -> Refusal:
    return Refusal(
        "tasks.decide_first",
        zh="这项任务是审批一件离境申请，没有办结：还没有写同意或不同意。打开申请，作出决定，它就自动办结。",
        en="This task is to decide on a departure, so it was not closed: nobody has said yes or no. Open the "
        "application and decide, and it closes by itself.",
    )


def _ask_first() -> Refusal:
    return Refusal(
        "tasks.ask_first",
        zh="这项任务是核实一个人报的行程，没有办结：还没有写属实或不属实，那一条会一直等着。打开那一条，写下结果，"
        "它就自动办结。",
        en="This task is to ask about a journey, so it was not closed: nobody has said yet whether it is so, and it "
        "would wait on. Open it and write down what came of asking, and the task closes by itself.",
    )
