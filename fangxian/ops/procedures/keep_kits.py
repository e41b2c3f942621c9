"""Tubes, swabs, kits and suits of screening rounds (筛查物资): what a round needs is put aside for it.

1. what a round needs: its people, its tubes, its samplers, days in the laboratory     lab, core.screening
2. it is put aside, as far as it is in the stores and nobody else's                    round_plans
3. the stores are told what to make ready, and headquarters what is missing, as tasks  tasks
4. what it used leaves the stores, the rest is free again                              use_up_kits

Whoever plans the county's rounds does so, and whoever keeps its stores.

The stores have no room of their own yet: what comes in and goes out is counted in round_plans, and its `in_store` is
what a room of supplies will answer.
"""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Said
from fangxian.core.screening.laboratory import tubes_for
from fangxian.core.screening.staffing import kits_of, staffing
from fangxian.core.screening.words import KITS_SAID
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.lab.queries import ScreeningRound, roster_of, round_with, sites_of
from fangxian.ops.lab.refusals import round_is_empty, round_not_open
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.round_plans import actions
from fangxian.ops.round_plans.queries import n_put_aside, reserved_by_round
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.wire import NewTask, Rung

from .keep_round_plan import alone_in, laboratories_of_county
from .run_rounds import may_plan
from .use_up_kits import use_up_kits

MISSING, MAKE_READY, KEEP = "lab.kits_missing", "lab.kits_ready", "supplies.keep"
WITHIN = timedelta(hours=4)
USUAL_SIZE = 10
LADDER = (Rung(after_min=60, role="commander"),)


def needs_of(row: ScreeningRound) -> dict[str, int]:
    """What a round takes of each kit, spares with it; {} without people."""
    n_people = roster_of(row).exclude(stage__in=("exempt", "refused")).count()
    sites = [it for it in sites_of(row) if it.closed_at is None]
    if not n_people or not sites:
        return {}
    # The last tube of each site is not full.
    n_alone = min(alone_in(row), n_people)
    n_tubes = tubes_for(n_people - n_alone, row.pool_size) + (len(sites) - 1) * (row.pool_size > 1) + n_alone
    a_day = sum(it.tubes_a_day for it in laboratories_of_county())
    samplers = max(staffing(n_people, len(sites)).samplers, sum(it.n_tables for it in sites))
    return kits_of(n_people, n_tubes, n_samplers=samplers, lab_days=ceil(n_tubes / a_day))


def needs_of_county(n_people: int) -> dict[str, int]:
    """What one round of everybody takes at ten to a tube, at as many sites as the guideline asks for."""
    if not n_people:
        return {}
    n_tubes = tubes_for(n_people, USUAL_SIZE)
    a_day = sum(it.tubes_a_day for it in laboratories_of_county())
    return kits_of(n_people, n_tubes, n_samplers=staffing(n_people, 1).samplers, lab_days=ceil(n_tubes / a_day))


@transaction.atomic
def reserve_kits(*, round: UUID, by: Account) -> dict[str, int]:
    """Put aside what a round needs; what is missing, by kit, is a task of whoever plans the county's rounds.

    Refuses
    -------
    accounts.not_yours, lab.round.not_found, lab.round_not_open, lab.round_is_empty
    """
    require_kits(by)
    row = round_with(round)
    if row.state == "closed":
        raise round_not_open()
    needs = needs_of(row)
    if not needs:
        raise round_is_empty("采样点或名册", "site or roster")
    missing = actions.reserve(round=row.pk, needs=needs, by=f"account:{by.pk}")
    tasks = [_task(row, missing)] if missing else []
    if put_aside := {kit: n for kit, n in reserved_by_round().get(row.pk, {}).items() if n > 0}:
        tasks.append(_to_make_ready(row, put_aside, missing))
    if tasks:
        open_tasks(tasks=tasks, by=f"account:{by.pk}")
    return missing


def free_kits(*, round: UUID, by: Account) -> None:
    """What a round has put aside is free again, but for what it used, which leaves the stores.

    Refuses
    -------
    accounts.not_yours, lab.round.not_found
    """
    require_kits(by)
    use_up_kits(row=round_with(round), by=f"account:{by.pk}")


def move_stock(*, kit: str, n: int, said: str, by: Account, movement: UUID | None = None) -> None:
    """Refuses accounts.not_yours, round_plans.kit_wrong, round_plans.not_in_store."""
    require_kits(by)
    actions.move_stock(kit=kit, n=n, said=said, by=f"account:{by.pk}", movement=movement)


def may_keep_kits(account: Account) -> bool:
    return may_plan(account) or may(account, KEEP, the_realm().division_code)


def require_kits(account: Account) -> None:
    """Refuses accounts.not_yours."""
    if not may_plan(account):
        require(account, KEEP, the_realm().division_code)


def _task(row: ScreeningRound, missing: Mapping[str, int]) -> NewTask:
    zh, en = _listed(missing)
    return NewTask(
        kind=MISSING,
        unique_key=_key(row, missing),
        title=Said(f"“{row.name}”物资不够，还缺{zh}", f"“{row.name}” is short of supplies: {en}"),
        area_path=the_realm().division_code,
        due_at=county_now() + WITHIN,
        role="dispatcher",
        about=f"kits:{row.pk}",
        ladder=LADDER,
    )


def _to_make_ready(row: ScreeningRound, put_aside: Mapping[str, int], missing: Mapping[str, int]) -> NewTask:
    """For whoever keeps the stores: what is wanted of them, and by when it has to be at the sites."""
    zh, en = _listed(put_aside)
    if missing:
        short = _listed(missing)
        zh, en = f"{zh}；还缺{short[0]}", f"{en}; missing: {short[1]}"
    return NewTask(
        kind=MAKE_READY,
        unique_key=_key(row, put_aside),
        title=Said(f"为“{row.name}”备货：{zh}", f"Make ready for “{row.name}”: {en}"),
        area_path=the_realm().division_code,
        due_at=max(row.begins_at, county_now() + WITHIN),
        role="storekeeper",
        about=f"kits:{row.pk}",
        ladder=(Rung(after_min=60, role="dispatcher"),),
    )


def _listed(kits: Mapping[str, int]) -> tuple[str, str]:
    zh = "、".join(f"{KITS_SAID[kit].zh} {n:,}" for kit, n in kits.items())
    return zh, ", ".join(f"{n:,} {KITS_SAID[kit].en}" for kit, n in kits.items())


def _key(row: ScreeningRound, kits: Mapping[str, int]) -> str:
    """Put aside again after it was given back, the same amounts are to be made ready again."""
    nth = n_put_aside(row.pk)
    return f"{row.pk} {nth} {' '.join(f'{kit}:{n}' for kit, n in sorted(kits.items()))}"[:120]
