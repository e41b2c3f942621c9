"""What has to be done at priority places (重点场所任务). Part of keep_hygiene and watch_hygiene."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.policy.hygiene import KINDS, how_often_said
from fangxian.core.refusal import Said
from fangxian.ops.hygiene.due import DueLine
from fangxian.ops.hygiene.queries import PriorityPlace, Round
from fangxian.ops.hygiene.vocabulary import AFTER_A_POSITIVE
from fangxian.ops.realm.areas import GRID_DIGITS
from fangxian.ops.tasks.actions import cancel, finish
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask, Rung

OVERDUE = {kind: f"hygiene.{kind}" for kind in KINDS}
FAULTS = "hygiene.faults"
AGAIN, SAMPLE_AGAIN = AFTER_A_POSITIVE["disinfection"], AFTER_A_POSITIVE["sampling"]
DECIDE, TELL = "hygiene.decide", "hygiene.tell"
OF_POSITIVE = (AGAIN, SAMPLE_AGAIN, DECIDE, TELL)
# A positive sample asks for these of whoever looks after the place; done, they close these tasks.
CLOSES = {
    "inspection": (OVERDUE["inspection"],),
    "disinfection": (OVERDUE["disinfection"], AGAIN),
    "sampling": (OVERDUE["sampling"], SAMPLE_AGAIN),
}
LADDER = (Rung(after_min=24 * 60, role="township_approver"), Rung(after_min=72 * 60, role="commander"))
URGENT = (Rung(after_min=0, role="township_approver"), Rung(after_min=120, role="commander"))
AFTER_POSITIVE = {
    TELL: Parameter(
        value=2, unit="h", low=1, high=4,
        meaning="From a positive environmental sample until headquarters has been told",
        source="a guess, after the 2 h of 突发公共卫生事件应急条例 art. 19, which is of people and not of surfaces",
    ),
    DECIDE: Parameter(
        value=4, unit="h", low=1, high=24,
        meaning="From a positive environmental sample until it is decided whether the place goes on",
        source="a guess: before the next opening; a county must decide",
    ),
    AGAIN: Parameter(
        value=6, unit="h", low=2, high=24,
        meaning="From a positive environmental sample until the place has been disinfected thoroughly",
        source="a guess; a county must decide",
    ),
    SAMPLE_AGAIN: Parameter(
        value=24, unit="h", low=6, high=72,
        meaning="From a positive environmental sample until surfaces have been sampled again, after disinfection",
        source="a guess: the day after the disinfection; a county must decide",
    ),
}  # fmt: skip


def overdue_task(line: DueLine, at: datetime) -> NewTask:
    """Do what is late; one task a day at the most. Closed with nothing recorded, it comes back the next day."""
    due, kind, often = line.standing.due_on, KINDS[line.kind], how_often_said(line.rule)
    role, unit = _whose(line.place)
    return NewTask(
        kind=OVERDUE[line.kind],
        unique_key=f"{line.place.pk} {due} {localtime(at):%m%d}",
        title=Said(
            f"{line.place.name}：{kind.zh}逾期（{often.zh}，应在 {due:%m-%d} 前），请去做并记录",
            f"{line.place.name}: {kind.en} is late ({often.en}, due by {due:%m-%d}): do it and record it",
        ),
        area_path=line.place.area_path,
        due_at=_end_of_day(at),
        role=role,
        unit=unit,
        about=about(line.place),
        venue=line.place.venue_id,
        ladder=LADDER,
    )


def fault_tasks(place: PriorityPlace, rounds: Sequence[Round], at: datetime) -> list[NewTask]:
    """Look again at what an inspection found, when the first of it should be mended."""
    role, unit = _whose(place)
    tasks = []
    for row in rounds:
        faults = sorted(row.faults.all(), key=lambda it: it.mend_by_on)
        if faults:
            n = len(faults)
            tasks.append(
                NewTask(
                    kind=FAULTS,
                    unique_key=str(row.pk),
                    title=Said(
                        f"{place.name}：检查发现 {n} 项不合格，请到期复查整改",
                        f"{place.name}: {n} items were not in order; look again when they should be mended",
                    ),
                    area_path=place.area_path,
                    due_at=max(_end_of_day(at), _end_of_day(at) + (faults[0].mend_by_on - localtime(at).date())),
                    role=role,
                    unit=unit,
                    about=about(place),
                    venue=place.venue_id,
                    ladder=LADDER,
                )
            )
    return tasks


def positive_tasks(place: PriorityPlace, row: Round, n_positive: int, at: datetime) -> list[NewTask]:
    """What a county does about a positive environmental sample. Nothing is closed by the program: somebody decides."""
    name, (role, unit) = place.name, _whose(place)
    told = f"{name}：环境采样 {n_positive} 份阳性", f"{name}: {n_positive} environmental samples are positive"
    wanted = (
        (TELL, "dispatcher", None, "报县指挥部，通知疾控流调到过的人", "tell headquarters and the CDC, who was there"),
        (DECIDE, "township_approver", None, "决定是否暂停营业、管住人和货", "decide whether it stays open"),
        (AGAIN, role, unit, "全面消毒并记录", "disinfect all of it and record it"),
        (SAMPLE_AGAIN, role, unit, "消毒后再采样，阴性才算完", "sample again after disinfection, until negative"),
    )
    return [
        NewTask(
            kind=kind,
            unique_key=f"{row.pk} {n_positive}",
            title=Said(f"{told[0]}，请{zh}", f"{told[1]}: {en}"),
            area_path=place.area_path,
            due_at=at + timedelta(hours=AFTER_POSITIVE[kind].value),
            role=whose,
            unit=of_unit,
            about=about(place),
            venue=place.venue_id,
            ladder=URGENT,
        )
        for kind, whose, of_unit, zh, en in wanted
    ]


def due_after_positive(places: Collection[PriorityPlace]) -> dict[str, dict[str, datetime]]:
    """Of each of these places, by what tasks are about, the moment by which each step that is left is due, by kind."""
    rows = unfinished().filter(about__in=[about(it) for it in places], kind__in=OF_POSITIVE)
    due: dict[str, dict[str, datetime]] = {}
    for subject, kind, due_at in rows.order_by("due_at").values_list("about", "kind", "due_at"):
        due.setdefault(subject, {}).setdefault(kind, due_at)
    return due


def close_by_doing(place: PriorityPlace, kind: str, by: str, *, is_after_positive: bool = True) -> None:
    """What waited for this kind of work at a place is done; what a positive sample asks for only by work after it."""
    kinds = [it for it in CLOSES[kind] if is_after_positive or it not in OF_POSITIVE]
    if waiting := _waiting(place, kinds):
        finish(tasks=waiting, outcome="done", by=by)


def close_mended(place: PriorityPlace, by: str) -> None:
    if waiting := _waiting(place, (FAULTS,)):
        finish(tasks=waiting, outcome="mended", by=by)


def drop_fault_task(round: UUID, reason: str, by: str) -> None:
    """Nobody need look again at what one inspection found."""
    waiting = unfinished().filter(kind=FAULTS, unique_key=str(round)).values_list("pk", flat=True)
    if ids := list(waiting):
        cancel(tasks=ids, reason=reason, by=by)


def let_go(place: PriorityPlace, reason: str, by: str, kinds: Collection[str] = ()) -> None:
    """Nothing of these kinds need be done at a place any more; without kinds, nothing at all."""
    if waiting := _waiting(place, kinds or (*OVERDUE.values(), FAULTS, *OF_POSITIVE)):
        cancel(tasks=waiting, reason=reason, by=by)


def about(place: PriorityPlace) -> str:
    return f"hygiene:{place.pk}"


def _waiting(place: PriorityPlace, kinds: Collection[str]) -> list:
    return list(unfinished().filter(about=about(place), kind__in=kinds).values_list("pk", flat=True))


def _whose(place: PriorityPlace) -> tuple[str, object]:
    """The unit that answers for it, else the grid worker; whatever lies in no grid cell is the township's."""
    if place.unit_id:
        return "industry_department", place.unit
    return ("grid_worker" if len(place.area_path) >= GRID_DIGITS else "township_approver"), None


def _end_of_day(at: datetime) -> datetime:
    local = localtime(at)
    return datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
