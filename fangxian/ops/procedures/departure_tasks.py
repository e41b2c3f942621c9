"""Whose turn it is to decide on a departure (离境审批任务), and until when. Part of apply_to_leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.departures.actions.leaving import OVERDUE_TASK, STAYED_TASK
from fangxian.ops.departures.wire import Turn, subject_of
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import cancel, finish, open_tasks
from fangxian.ops.tasks.queries import mine, unfinished
from fangxian.ops.tasks.wire import NewTask, Rung

from .departure_deciders import level_that_decides, levels_decided_by

DECIDE, APPEAL, REVIEW = "decision", "appeal", "review"
DECIDE_TASK, WITHDRAWN_TASK, LEFT_TASK = "departures.decide", "departures.withdrawn", "departures.left_before"
GRID_DIGITS = 15
# A clock of the rulebook that is called so holds for a level; else what is written here.
CLOCK_OF = {"village": "departure-village", "township": "departure-township", "county": "departure-county"}
APPEAL_CLOCK = "appeal"
VILLAGE_WITHIN = Parameter(
    value=4, unit="h", low=1, high=24,
    meaning="How long the village has to say whether somebody may leave",
    source="a guess: an errand of the next day can be decided the evening before at all three levels",
)  # fmt: skip
TOWNSHIP_WITHIN = Parameter(
    value=4, unit="h", low=1, high=24,
    meaning="How long the township has to say whether somebody may leave",
    source="a guess: as the village's",
)  # fmt: skip
COUNTY_WITHIN = Parameter(
    value=8, unit="h", low=2, high=48,
    meaning="How long the county has to say whether somebody may leave for a place at risk",
    source="a guess: proof has to be looked at; within the day",
)  # fmt: skip
APPEAL_WITHIN = Parameter(
    value=48, unit="h", low=1, high=168,
    meaning="How long an appeal against a refused departure may wait where the rulebook has no clock for appeals",
    source="the demo rulebook's own clock for appeals: 1 to 2 working days",
)  # fmt: skip
REVIEW_WITHIN = Parameter(
    value=24, unit="h", low=4, high=72,
    meaning="How long the village has to look at a departure for emergency care after it",
    source="a guess: within a day, while whoever went can still be asked; nobody waits for it",
)  # fmt: skip
CALLED_WITHIN = Parameter(
    value=12, unit="h", low=2, high=48,
    meaning="From a return that is overdue until the grid worker has asked",
    source="a guess: the same day",
)  # fmt: skip
TOLD_WITHIN = Parameter(
    value=4, unit="h", low=1, high=24,
    meaning="How long the grid worker has to tell somebody that a permit was withdrawn, of them or of one with them",
    source="a guess: before the coach of the next morning",
)  # fmt: skip
LOOKED_AFTER_WITHIN = Parameter(
    value=3, unit="h", low=1, high=12,
    meaning="From the others' leaving until the grid worker has seen who looks after somebody who stayed",
    source="a guess: before the next meal; a child, or somebody old without a phone",
)  # fmt: skip
WITHIN = {"village": VILLAGE_WITHIN, "township": TOWNSHIP_WITHIN, "county": COUNTY_WITHIN}
ROLE_OF = {"village": "village_approver", "township": "township_approver", "county": "commander"}
# Who hears of it when a level is late: those above it, and the commander last.
LADDER_OF = {
    "village": (Rung(after_min=0, role="township_approver"), Rung(after_min=240, role="dispatcher")),
    "township": (Rung(after_min=0, role="dispatcher"), Rung(after_min=240, role="commander")),
    "county": (Rung(after_min=0, role="dispatcher"),),
}

OTHERS_GO = Said(
    "其他人可以走，已换发新单，旧单作废", "the others may go, with another permit; the old one holds no more"
)
NOBODY_GOES = Said("通行单已收回，同行的人也不能凭它离境", "the permit does not hold any more, for nobody on it")
NO_PERMIT = Said("通行单已收回", "the permit does not hold any more")


@dataclass(frozen=True, slots=True)
class Barred:
    """Who on a permit may not leave with it any more: why in a word, and as they are told it."""

    person: UUID
    name: str
    word: Said
    reason: Said


def turn_of(level: str, kind: str, rulebooks: Iterable[Rulebook], at: datetime) -> Turn:
    """A level's turn from `at` on, by the rulebook's clock for it, or by ours. The shortest of several holds."""
    name = APPEAL_CLOCK if kind == APPEAL else CLOCK_OF[level]
    clocks = [one.within for book in rulebooks for one in book.clocks if one.clock == name and one.in_force(at)]
    ours = {APPEAL: APPEAL_WITHIN, REVIEW: REVIEW_WITHIN}.get(kind, WITHIN[level])
    within = min(clocks) if clocks and kind != REVIEW else timedelta(hours=ours.value)
    return Turn(level, at + within)


def open_turn_task(row, step, by: str) -> None:
    """Whoever has the application now has a task, once a turn."""
    who, level = row.person.name, level_that_decides(row, step)
    titles = {
        DECIDE: Said(f"审批离境申请：{who}", f"Decide on a departure: {who}"),
        APPEAL: Said(f"答复离境申诉：{who}", f"Answer an appeal against a refused departure: {who}"),
        REVIEW: Said(f"核实急救离境：{who}", f"Look into a departure for emergency care: {who}"),
    }
    task = NewTask(
        kind=DECIDE_TASK, unique_key=str(step.pk), title=titles[step.kind], area_path=row.area_path, due_at=step.due_at,
        role=ROLE_OF[level], about=subject_of(row.pk), ladder=LADDER_OF[level],
    )  # fmt: skip
    open_tasks(tasks=[task], by=by)


def waiting_for(account: Account) -> list[UUID]:
    """The applications with a task for a level that an account decides at, also in place of the level below."""
    roles = [ROLE_OF[level] for level in levels_decided_by(account)]
    tasks = mine(account).filter(kind=DECIDE_TASK, role__in=roles)
    return [UUID(about.partition(":")[2]) for about in tasks.values_list("about", flat=True)]


def open_withdrawn_task(row, barred: Sequence[Barred], *, goes_on: bool, by: str) -> None:
    """Whoever has a permit has to hear of whom it does not hold any more, before they are on their way.

    Parameters
    ----------
    row : the application with the permit that was withdrawn
    goes_on : whether the others may leave, with another
    """
    zh = "、".join(f"{it.name} {it.word.zh}" for it in barred)
    en = ", ".join(f"{it.name}: {it.word.en}" for it in barred)
    rest = OTHERS_GO if goes_on else NOBODY_GOES if len(row.people) > 1 else NO_PERMIT
    said = Said(f"告知 {row.person.name}：{zh}，{rest.zh}", f"Tell {row.person.name}: {en}; {rest.en}")
    task = NewTask(
        kind=WITHDRAWN_TASK, unique_key=str(row.document), title=said, area_path=row.area_path,
        due_at=county_now() + timedelta(hours=TOLD_WITHIN.value),
        role="grid_worker" if len(row.area_path) >= GRID_DIGITS else "village_approver",
        about=subject_of(row.pk), ladder=(Rung(after_min=0, role="village_approver"),),
    )  # fmt: skip
    open_tasks(tasks=[task], by=by)


def open_left_task(row, by: str) -> None:
    """Somebody had left before their permit fell, as a post told late: they are asked after, and told of it."""
    left = f"{localtime(row.exited_at):%m-%d %H:%M}"
    said = Said(
        f"联系 {row.person.name}：{left} 已持通行单离境（值守点迟报），通行单在那以后收回",
        f"Call {row.person.name}, who left on {left}, as a post told late; the permit fell after that",
    )
    stale = unfinished().filter(kind__in=(DECIDE_TASK, WITHDRAWN_TASK), about=subject_of(row.pk))
    if ids := list(stale.values_list("pk", flat=True)):
        cancel(tasks=ids, reason="已离境 · they have left", by=by)
    task = NewTask(
        kind=LEFT_TASK, unique_key=str(row.pk), title=said, area_path=row.area_path,
        due_at=county_now() + timedelta(hours=TOLD_WITHIN.value),
        role="grid_worker" if len(row.area_path) >= GRID_DIGITS else "village_approver",
        about=subject_of(row.pk), ladder=(Rung(after_min=0, role="village_approver"),),
    )  # fmt: skip
    open_tasks(tasks=[task], by=by)


def open_stayed_tasks(row, stayed: Iterable, by: str) -> None:
    """The others left, and whoever may not stays: a child, or somebody without a phone. One task where they live."""
    by_area: dict[str, list[str]] = {}
    for it in stayed:
        by_area.setdefault(it.person.area_path, []).append(it.person.name)
    due_at = county_now() + timedelta(hours=LOOKED_AFTER_WITHIN.value)
    tasks = [
        NewTask(
            kind=STAYED_TASK, unique_key=f"{row.pk}:{area_path}", area_path=area_path, due_at=due_at,
            title=Said(
                f"看望留下的 {'、'.join(names)}：同行的 {row.person.name} 已离境，看有没有人照看",
                f"See {', '.join(names)}, who stayed: {row.person.name} left without them. Who looks after them?",
            ),
            role="grid_worker" if len(area_path) >= GRID_DIGITS else "village_approver",
            about=subject_of(row.pk), ladder=(Rung(after_min=0, role="village_approver"),),
        )
        for area_path, names in by_area.items()
    ]  # fmt: skip
    open_tasks(tasks=tasks, by=by)


def finish_turn_tasks(application: UUID, outcome: str, by: str) -> None:
    waiting = unfinished().filter(kind=DECIDE_TASK, about=subject_of(application))
    if ids := list(waiting.values_list("pk", flat=True)):
        finish(tasks=ids, outcome=outcome, by=by)


def cancel_turn_tasks(applications: Iterable[UUID], reason: str, by: str) -> None:
    """Nobody need decide any more: called off, or lapsed."""
    about = [subject_of(one) for one in applications]
    waiting = unfinished().filter(kind=DECIDE_TASK, about__in=about)
    if ids := list(waiting.values_list("pk", flat=True)):
        cancel(tasks=ids, reason=reason, by=by)


def open_overdue_tasks(rows: Iterable, by: str) -> None:
    """Ask whoever is out and should be back what became of them; once a departure."""
    at = county_now()
    tasks = [
        NewTask(
            kind=OVERDUE_TASK, unique_key=str(row.pk), area_path=row.area_path,
            title=Said(
                f"联系逾期未归的 {row.person.name}：应于 {row.returns_on} 返回",
                f"Call {row.person.name}, who was to be back on {row.returns_on}",
            ),
            due_at=at + timedelta(hours=CALLED_WITHIN.value),
            role="grid_worker" if len(row.area_path) >= GRID_DIGITS else "village_approver",
            about=subject_of(row.pk), ladder=(Rung(after_min=0, role="village_approver"),),
        )
        for row in rows
    ]  # fmt: skip
    open_tasks(tasks=tasks, by=by)
