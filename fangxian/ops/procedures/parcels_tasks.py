"""What has to be done about people whom a trace of parcels found (快递追查任务). Part of the procedures parcels_*."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.parcels.queries import TraceSeen
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import cancel, finish, open_tasks
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask, Rung

NOTIFY, TEST, TRANSFER, SAMPLE = "parcels.notify", "parcels.test", "parcels.transfer", "parcels.sample"
RETURN = "parcels.return"
FREE = "检测阴性，已解除 · tested negative and released"
LEAD, GRID_DIGITS = "tracing_lead", 15
LADDER = (Rung(after_min=0, role=LEAD), Rung(after_min=120, role="commander"))
BATCH = 500
NOTIFIED_WITHIN = Parameter(
    value=4, unit="h", low=1, high=24,
    meaning="From a confirmation until whoever touched a parcel has been told by their grid worker",
    source="a guess, after the second of the clocks 2+4+24; the city of the event asked people to report at once",
)  # fmt: skip
TESTED_WITHIN = Parameter(
    value=24, unit="h", low=6, high=72,
    meaning="From a confirmation until whoever touched a parcel has given a sample",
    source="太原2022-04: couriers were sampled daily, others on being found; a day is a guess for a county of villages",
)  # fmt: skip
PLACED_WITHIN = Parameter(
    value=8, unit="h", low=2, high=24,
    meaning="From the decision until a depot's staff is where it is to be quarantined",
    source="as for close contacts, who are placed within 8 h of being found; recalled",
)  # fmt: skip


def open_grid_tasks(*, trace: TraceSeen, rows: Sequence, by: str) -> None:
    """Tell each of them and see that they are sampled: two tasks, for the grid worker of where they live."""
    open_tasks(tasks=[task for row in rows for task in _of_grid(trace, row)], by=by)


def open_courier_tasks(*, trace: TraceSeen, rows: Sequence, by: str) -> None:
    """Take each of a depot's staff to where they are quarantined, and sample them."""
    open_tasks(tasks=[task for row in rows for task in _of_courier(trace, row)], by=by)


def open_next_samples(*, trace: TraceSeen, rows: Sequence[tuple], by: str) -> None:
    """Sample these of a depot's staff again, each by a moment."""
    tasks = []
    for row, due_at in rows:
        *_, sampled = _of_courier(trace, row)
        key = f"{row.pk} {row.last_on} {due_at.date()}"
        tasks.append(replace(sampled, unique_key=key, due_at=max(due_at, county_now() + timedelta(hours=1))))
    open_tasks(tasks=tasks, by=by)


def take_home(*, trace: TraceSeen, rows: Sequence, by: str) -> None:
    """A depot's staff need not be in quarantine any more: whoever was not taken there yet stays, the others go home."""
    cancel_parcel_tasks(traced=[row.pk for row in rows], reason=FREE, by=by)
    open_tasks(tasks=[_home(trace, row) for row in rows], by=by)


def cancel_parcel_tasks(*, traced: Iterable[UUID], reason: str, by: str) -> None:
    """What has not been done yet about these people need not be done any more."""
    cancel(tasks=_waiting(list(traced), (NOTIFY, TEST, TRANSFER, SAMPLE)), reason=reason, by=by)


def finish_test_tasks(*, traced: Collection[UUID], outcome: str, by: str) -> None:
    """These people were sampled and have their result."""
    finish(tasks=_waiting(list(traced), (TEST, SAMPLE)), outcome=outcome, by=by)


def _waiting(traced: Sequence[UUID], kinds: Sequence[str]) -> list[UUID]:
    found: list[UUID] = []
    for start in range(0, len(traced), BATCH):
        about = [f"traced:{one}" for one in traced[start : start + BATCH]]
        found += unfinished().filter(about__in=about, kind__in=kinds).values_list("pk", flat=True)
    return found


def _of_grid(trace: TraceSeen, row) -> Iterable[NewTask]:
    name, day = row.person.name, row.last_on.isoformat()
    told = Said(
        f"告知 {name}：{day} 接触过“{trace.depot_name}”的快递，请做核酸，外包装消毒，少外出",
        f"Tell {name}: touched a parcel of “{trace.depot_name}” on {day}; take a test, disinfect the packing, stay in",
    )
    tested = Said(
        f"{name} 做核酸：接触“{trace.depot_name}”快递，到就近采样点或上门",
        f"{name} takes a test: touched a parcel of “{trace.depot_name}”; at the nearest site, or at home",
    )
    yield _task(NOTIFY, told, trace, row, NOTIFIED_WITHIN, _role(row, "grid_worker"))
    yield _task(TEST, tested, trace, row, TESTED_WITHIN, _role(row, "grid_worker"))


def _of_courier(trace: TraceSeen, row) -> Iterable[NewTask]:
    name = row.person.name
    moved = Said(
        f"转运 {name}（{trace.depot_name} 从业人员）到集中隔离点",
        f"Take {name}, of the staff of “{trace.depot_name}”, to the quarantine site",
    )
    sampled = Said(
        f"给 {name}（{trace.depot_name} 从业人员）采样，单采单检",
        f"Sample {name}, of the staff of “{trace.depot_name}”, in a tube of their own",
    )
    yield _task(TRANSFER, moved, trace, row, PLACED_WITHIN, "transporter")
    yield _task(SAMPLE, sampled, trace, row, PLACED_WITHIN, "sampler")


def _home(trace: TraceSeen, row) -> NewTask:
    name = row.person.name
    said = Said(
        f"送 {name}（{trace.depot_name} 从业人员）回家：检测阴性，已解除",
        f"Take {name}, of the staff of “{trace.depot_name}”, home: tested negative and released",
    )
    return _task(RETURN, said, trace, row, PLACED_WITHIN, "transporter")


def _role(row, role: str) -> str:
    """Whoever is on record in no grid cell has no grid worker: the tracing lead has the task."""
    return role if len(row.area_path) >= GRID_DIGITS else LEAD


def _task(kind: str, title: Said, trace: TraceSeen, row, within: Parameter, role: str) -> NewTask:
    return NewTask(
        kind=kind,
        unique_key=f"{row.pk} {row.last_on}",  # a later touch is told anew
        title=title,
        area_path=row.area_path,
        due_at=county_now() + timedelta(hours=within.value),
        role=role,
        about=f"traced:{row.pk}",
        venue=trace.depot if kind == TRANSFER else None,
        ladder=LADDER,
    )
