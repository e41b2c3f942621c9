"""The clocks of a case's report (报告时限): begun with its report, stamped step by step, each a task while it runs.

1. the clocks of the disease's rulebook begin                          cases, measures
2. each step of the report that runs is a task with its ladder         tasks
3. a team is sent, with its own clocks                                 start_investigation
4. a step is stamped by whoever did it; its task is done, the next begins  cases, tasks
5. the questionnaire is done: the investigation's clocks stop          cases, tracing, tasks
6. it turns out to be no case: nothing need be done any more           cases, tracing, tasks
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.cases import actions as cases
from fangxian.ops.cases.queries import case_with
from fangxian.ops.cases.wire import report_clocks
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import cancel, finish, open_tasks
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask, Rung
from fangxian.ops.tracing.actions import end_work, reach_clock
from fangxian.ops.tracing.clocks import FULL_REPORT
from fangxian.ops.tracing.queries import clocks_of as tracing_clocks
from fangxian.ops.tracing.wire import CASE, Why

from .start_investigation import CLOCK_TASK, start_investigation, stop_investigation

KIND = "cases.clock"
STAMPED = "stamped"
RAISED_AFTER = Parameter(
    value=30,
    unit="min",
    low=0,
    high=120,
    meaning="How late a step of a case's report may be before the commander hears of it; the tracing lead at once",
    source="a guess: a quarter of the two hours the law gives a step (突发公共卫生事件应急条例 §19, §20)",
)
# A clinic's own step waits for the clinic; all others for whoever investigates.
CLINIC, INVESTIGATOR = "clinic", "investigator"


@transaction.atomic
def begin_case_clocks(*, case: UUID, found_at: datetime, by: str, venue: UUID | None = None) -> None:
    """Start the clocks of a case that has just been reported; begun already, nothing happens.

    Parameters
    ----------
    found_at : when it was diagnosed or found, from which the first step counts

    Refuses
    -------
    cases.no_rulebook
        No rulebook of the disease is in force: nobody has said within how long it is to be reported.
    """
    row, at = case_with(case), county_now()
    rulebook = rulebooks_by_disease(at).get(row.disease) if row else None
    if row is None or rulebook is None:
        raise no_rulebook(row.disease if row else "—")
    clocks = report_clocks(rulebook, at)
    running = cases.begin_clocks(case=case, clocks=clocks, found_at=found_at, by=by, venue=venue)
    _open_tasks(running, by)
    start_investigation(case=case, by=by)


@transaction.atomic
def stamp_clock(*, clock: UUID, by: str, met_at: datetime | None = None, remark: str = "") -> None:
    """A step is done: stamp it, finish its task, start the next. Done already, nothing happens.

    Refuses
    -------
    cases.clock_not_begun, cases.met_in_future
    """
    met, follows = cases.meet_clock(clock=clock, by=by, met_at=met_at, remark=remark)
    _finish_tasks([met], by)
    if follows is not None:
        _open_tasks([follows], by)


@transaction.atomic
def finish_case_interview(*, case: UUID, by: str) -> None:
    """The questionnaire is done: the investigation's clocks stop, its task is done, the team is free of the case.

    Refuses
    -------
    cases.interview_unfinished
    """
    cases.finish_interview(case=case, by=by)
    running = [
        it
        for it in tracing_clocks([case]).get(case, ())
        if it.clock == FULL_REPORT and not (it.reached_at or it.stopped_at)
    ]
    if running:
        reach_clock(case_id=case, clock=FULL_REPORT, by=by)
    waiting = unfinished().filter(about=f"case:{case}", kind=CLOCK_TASK + FULL_REPORT)
    finish(tasks=list(waiting.values_list("pk", flat=True)), outcome="done", by=by)
    end_work(works=[(CASE, case)], why=Why.DONE, by=by)


@transaction.atomic
def exclude_cases(*, excluded: Sequence[UUID], reason: str, by: str) -> None:
    """These are no cases after all: their clocks and their investigation stop.

    Refuses
    -------
    cases.no_reason, cases.wrong_order
    """
    cases.exclude(cases=excluded, reason=reason, by=by)
    stop_investigation(cases=excluded, by=by)
    waiting = unfinished().filter(about__in=[f"case:{case}" for case in excluded], kind=KIND)
    cancel(tasks=list(waiting.values_list("pk", flat=True)), reason="病例已排除 · the case was excluded", by=by)


def no_rulebook(disease: str) -> Refusal:
    return Refusal(
        "cases.no_rulebook",
        zh="病种“{disease}”没有现行的规则手册，报告时限和病例定义都无从得知。应先发布该病种的规则手册；请联系县疾控中心。",
        en="No rulebook is in force for the disease “{disease}”, so neither its clocks nor its case definitions are "
        "known. Publish one first: ask the county CDC.",
        disease=disease,
    )


def _open_tasks(clocks: Iterable, by: str) -> None:
    ladder = (Rung(after_min=0, role="tracing_lead"), Rung(after_min=int(RAISED_AFTER.value), role="commander"))
    tasks = [
        NewTask(
            kind=KIND,
            title=_title(it),
            area_path=it.area_path,
            due_at=it.due_at,
            role=CLINIC if it.venue else INVESTIGATOR,
            venue=it.venue,
            about=f"case:{it.of_case_id}",
            ladder=ladder,
            unique_key=str(it.pk),
        )
        for it in clocks
        if it.chain  # the investigation's own is a task of the team that is sent
    ]
    if tasks:
        open_tasks(tasks=tasks, by=by)


def _title(clock) -> Said:
    """What is to be done on which case; a case's number is no name."""
    number, ends = clock.of_case.number, clock.words["ends"]
    return Said(f"病例 {number}：{ends['zh']}", f"Case {number}: {ends['en']}")


def _finish_tasks(clocks: Iterable, by: str) -> None:
    waiting = unfinished().filter(kind=KIND, unique_key__in=[str(it.pk) for it in clocks])
    finish(tasks=list(waiting.values_list("pk", flat=True)), outcome=STAMPED, by=by)
