"""A case is to be investigated (流调启动): its clocks run, and a team is sent.

When it is reported (`start_investigation`):

1. how long its disease's rulebook allows                          measures
2. the clocks: on the scene, key contacts, full report             tracing
3. a task for each, and one to send a team within half an hour     tasks (late, each climbs its ladder)

When the lead has chosen a team (`give_cases`):

4. the team has the case, and its members see it                   tracing, cases
5. its tasks are the team lead's; the one to send a team is done   tasks

When it turns out to be no case (`stop_investigation`):

6. clocks stop, tasks are cancelled, the team is free of it        tracing, tasks, cases
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.rulebook import ReportClock
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.cases.actions import give_to_team
from fangxian.ops.cases.queries import case_with, cases_with
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.tasks.actions import cancel, finish, hand_over, open_tasks
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask, Rung
from fangxian.ops.tracing.actions import Given, end_work, give, start_clocks, stop_clocks
from fangxian.ops.tracing.clocks import ASSIGNED_WITHIN, REACHED, investigation_clocks
from fangxian.ops.tracing.queries import clocks_of, leads_of
from fangxian.ops.tracing.wire import CASE, NewClock, NewWork, Why

SEND = "tracing.send"
CLOCK_TASK = "tracing.clock."
LEAD, COMMANDER = "tracing_lead", "commander"
# Late is late: the lead hears of it at once, the commander when half an hour has not helped.
LADDER = (Rung(after_min=0, role=LEAD), Rung(after_min=30, role=COMMANDER))


@dataclass(frozen=True, slots=True)
class Started:
    """The clocks that a case has now, as (key, due at), soonest first; and whether this call started them."""

    clocks: tuple[tuple[str, datetime], ...]
    is_new: bool


@transaction.atomic
def start_investigation(*, case: UUID, by: str) -> Started:
    """Let the clocks of a reported case run, counted from its report, and have a team sent. Repeating it is harmless.

    Refuses
    -------
    tracing.case_unknown
    """
    found = case_with(case)
    if found is None:
        raise _case_unknown()
    clocks = investigation_clocks(_rulebook_clocks(found.disease))
    new = [
        NewClock(
            case_id=case,
            clock=it.key,
            disease=found.disease,
            area_path=found.area_path,
            starts_at=found.reported_at,
            due_at=found.reported_at + it.within,
        )
        for it in clocks
    ]
    rows = start_clocks(clocks=new, by=by)
    if rows:
        open_tasks(tasks=[_sending(found), *(_task(found, row.clock, row.due_at) for row in rows)], by=by)
    return Started(tuple((row.clock, row.due_at) for row in clocks_of([case])[case]), bool(rows))


@transaction.atomic
def give_cases(*, to_teams: Mapping[UUID, UUID], by: Account) -> Given:
    """Send teams to cases, as the lead has decided; a case another team holds goes over with its tasks.

    Parameters
    ----------
    to_teams : case → team

    Refuses
    -------
    accounts.not_yours, tracing.case_unknown, tracing.team_unknown, tracing.team_stood_down
    """
    require(by, "cases.direct", the_realm().division_code)
    actor, found, at = f"account:{by.pk}", cases_with(to_teams), county_now()
    if len(found) != len(to_teams):
        raise _case_unknown()
    for case in found:
        start_investigation(case=case, by=actor)
    due_at = {case: rows[-1].due_at for case, rows in clocks_of(found).items()}
    works = [
        NewWork(
            work=CASE,
            about=case,
            team=to_teams[case],
            disease=row.disease,
            area_path=row.area_path,
            due_at=due_at.get(case, at),
        )
        for case, row in found.items()
    ]
    given = give(works=works, by=actor)
    for team in set(to_teams.values()):
        give_to_team(cases=[case for case in to_teams if to_teams[case] == team], team=team, by=actor)
    _hand_tasks_over({row.about: row.team_id for row in given.rows}, actor)
    return given


@transaction.atomic
def stop_investigation(*, cases: Sequence[UUID], by: str) -> None:
    """These are no cases after all: nothing of their investigation need be done any more. Repeating it is harmless."""
    stop_clocks(cases=cases, by=by)
    tasks = unfinished().filter(about__in=[f"case:{case}" for case in cases], kind__startswith="tracing.")
    cancel(tasks=list(tasks.values_list("pk", flat=True)), reason="病例已排除 · the case was excluded", by=by)
    end_work(works=[(CASE, case) for case in cases], why=Why.NOT_NEEDED, by=by)
    give_to_team(cases=cases, team=None, by=by)


def _rulebook_clocks(disease: str) -> tuple[ReportClock, ...]:
    rulebook = rulebooks_by_disease(county_now()).get(disease)
    return rulebook.clocks if rulebook else ()


def _sending(case) -> NewTask:
    return NewTask(
        kind=SEND,
        unique_key=str(case.pk),
        title=Said(f"派流调小组：病例 {case.number}", f"Send a tracing team: case {case.number}"),
        area_path=case.area_path,
        due_at=case.reported_at + timedelta(minutes=ASSIGNED_WITHIN.value),
        role=LEAD,
        about=f"case:{case.pk}",
        ladder=LADDER,
    )


def _task(case, clock: str, due_at: datetime) -> NewTask:
    reached = REACHED[clock]
    return NewTask(
        kind=CLOCK_TASK + clock,
        unique_key=str(case.pk),
        title=Said(f"病例 {case.number}：{reached.zh}", f"Case {case.number}: {reached.en}"),
        area_path=case.area_path,
        due_at=due_at,
        role=LEAD,
        about=f"case:{case.pk}",
        ladder=LADDER,
    )


def _hand_tasks_over(to_teams: Mapping[UUID, UUID], by: str) -> None:
    """The clocks' tasks to the leads of the teams that have the cases now; without an account they stay the lead's."""
    leads = leads_of(set(to_teams.values()))
    waiting = unfinished().filter(about__in=[f"case:{case}" for case in to_teams], kind__startswith="tracing.")
    by_team: dict[UUID, list[UUID]] = {}
    sent = []
    for pk, kind, about in waiting.values_list("pk", "kind", "about"):
        if kind == SEND:
            sent.append(pk)
        else:
            by_team.setdefault(to_teams[UUID(about.removeprefix("case:"))], []).append(pk)
    finish(tasks=sent, outcome="sent", by=by)
    for team, tasks in by_team.items():
        if team in leads and leads[team].account:
            hand_over(tasks=tasks, to=leads[team].account, reason="派给小组 · given to the team", by=by)


def _case_unknown() -> Refusal:
    return Refusal(
        "tracing.case_unknown",
        zh="所选的病例不在记录里，没有派出小组。它应已报告且没有被清除；请刷新病例列表后再选。",
        en="A case chosen is not on record, so no team was sent. It should have been reported and not erased: reload "
        "the list of cases and choose again.",
    )
