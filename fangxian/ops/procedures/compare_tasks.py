"""What has to be done about what a comparison found, by whom and by when. Part of the procedure compare_sources.

One task for what came out one way in one area: who missed twelve people has one list of twelve. When a later run finds
nobody there any more, its task is done by itself.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from fangxian.core.matching.outcomes import OUTCOMES, Outcome
from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.comparisons.queries import open_areas
from fangxian.ops.places.queries import places_at
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import finish, open_tasks
from fangxian.ops.tasks.queries import about, unfinished
from fangxian.ops.tasks.wire import NewTask, Rung

KIND = "comparisons."
SETTLED = "settled_by_run"
LADDER = (Rung(after_min=0, role="dispatcher"), Rung(after_min=240, role="commander"))
# By how deep the area is known, from the deepest that is asked: who has the task there.
GRID_DESKS = ((15, "grid_worker"), (12, "village_approver"), (9, "township_approver"), (0, "dispatcher"))
DESKS = {
    Outcome.NOT_DECLARED: GRID_DESKS[1:],
    Outcome.MISSED_BY_GRID: GRID_DESKS,
    Outcome.NOT_FOUND: GRID_DESKS[2:],
    Outcome.CONFLICTING: GRID_DESKS,
}
A_GUESS = "a guess: 以快制快, the county answers within a day of a list; to be set by order"


def _within(value: float, meaning: str) -> Parameter:
    return Parameter(value=value, unit="h", low=1, high=168, meaning=meaning, source=A_GUESS)


WITHIN = {
    Outcome.NOT_FOUND: _within(12, "From a comparison until somebody pushed and not found has been found"),
    Outcome.NOT_DECLARED: _within(24, "From a comparison until somebody who has not declared has done so"),
    Outcome.MISSED_BY_GRID: _within(24, "From a comparison until somebody the grid missed has been asked"),
    Outcome.CONFLICTING: _within(48, "From a comparison until a conflict between sources has been cleared up"),
}
WHAT = {
    Outcome.NOT_FOUND: Said("联系核查去向，落地管理", "find out where they are and see to them"),
    Outcome.NOT_DECLARED: Said("督促补报", "have them declare"),
    Outcome.MISSED_BY_GRID: Said("上门补排", "go and ask them"),
    Outcome.CONFLICTING: Said("核实后改正", "find out which is right and correct it"),
}


def desk_of(outcome: Outcome, area_path: str) -> tuple[str, str]:
    """The area of the task for somebody found somewhere, and the role that has it there."""
    for digits, role in DESKS[outcome]:
        if len(area_path) >= digits > 0:
            return area_path[:digits], role
    return area_path[:6], DESKS[outcome][-1][1]


def open_and_close_tasks(comparison, by: str) -> tuple[int, int]:
    """Open what is to be done and not open yet, and end what a run has found settled; how many of each."""
    wanted: dict[tuple[str, str, str], int] = {}
    for (outcome, area), n in open_areas(comparison).items():
        owner, role = desk_of(Outcome(outcome), area)
        wanted[outcome, owner, role] = wanted.get((outcome, owner, role), 0) + n
    subject = f"comparison:{comparison.pk}"
    open_now = {(it.kind.removeprefix(KIND), it.area_path): it.pk for it in about(subject) & unfinished()}
    fresh = {key: n for key, n in wanted.items() if key[:2] not in open_now}
    names = places_at({area[:12] for _, area, _ in fresh})
    # What was settled and is to be done again is another task; what somebody has done by hand is left done until a run.
    settled_before = Counter(about(subject).filter(outcome=SETTLED).values_list("kind", "area_path"))
    tasks = [
        _task(comparison, subject, key, n, names, settled_before[f"{KIND}{key[0]}", key[1]]) for key, n in fresh.items()
    ]
    open_tasks(tasks=tasks, by=by)
    still = {key[:2] for key in wanted}
    settled = [task for key, task in open_now.items() if key not in still]
    finish(tasks=settled, outcome=SETTLED, by=by)
    return len(tasks), len(settled)


def _task(
    comparison, subject: str, key: tuple[str, str, str], n: int, names: Mapping, n_settled_before: int
) -> NewTask:
    outcome, area, role = key
    found, what, place = OUTCOMES[Outcome(outcome)], WHAT[Outcome(outcome)], names.get(area[:12])
    where = Said(place.name_zh, place.name_en) if place else Said(area, area)
    title = Said(
        f"三比对“{found.zh}”{n} 人（{where.zh}）：{what.zh}",
        f"Three comparisons, {found.en}: {n} people in {where.en}; {what.en}",
    )
    return NewTask(
        kind=f"{KIND}{outcome}",
        unique_key=f"{comparison.pk} {outcome} {area} {comparison.run} {n_settled_before}",
        title=title,
        area_path=area,
        due_at=county_now() + timedelta(hours=WITHIN[Outcome(outcome)].value),
        role=role,
        about=subject,
        ladder=LADDER,
    )
