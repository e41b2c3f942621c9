"""Sites that were planned are put up in a round (采样点方案用到一轮).

1. whoever plans rounds has the worker work out where sites are best put       jobs, situation
2. the plan's sites, with the areas that walk to them, in a prepared round     lab
3. everybody on its roster is sent to one                                      lab

Done again with the same plan, nothing is put up twice: what stands under a name stays.
"""

from math import ceil
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.core.screening.staffing import A_TABLE
from fangxian.ops.accounts.models import Account
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.lab import actions
from fangxian.ops.lab.queries import areas_covered, round_with, served_by, sites_of
from fangxian.ops.lab.refusals import round_not_prepared
from fangxian.ops.lab.wire import NewSite
from fangxian.ops.round_plans.sites_wire import KIND, PlannedSite, being_planned, kept_sites

from .run_rounds import require_plan

LONGEST_NAME = 60


def ask_for_sites(*, n_sites: int, n_candidates: int, by: Account) -> None:
    """Have the worker choose sites; what it works on already is waited for.

    Refuses
    -------
    accounts.not_yours
    """
    require_plan(by)
    if being_planned() is None:
        enqueue(kind=KIND, arguments={"n_sites": n_sites, "n_candidates": n_candidates}, by=f"account:{by.pk}")


@transaction.atomic
def put_up_sites(*, round: UUID, plan: UUID, by: Account) -> int:
    """Put the sites of a plan up in a round, as far as they serve its areas; how many are new.

    Refuses
    -------
    accounts.not_yours, lab.round.not_found, lab.round_begun, round_plans.no_sites_plan
    """
    require_plan(by)
    row, kept = round_with(round), kept_sites(plan)
    if row.state != "prepared":
        raise round_not_prepared()
    if kept is None:
        raise _no_plan()
    covered, standing = areas_covered(row), [it for it in sites_of(row) if it.closed_at is None]
    names = {it.name for it in standing}
    taken = {area for site, areas in served_by(row).items() if site in {it.pk for it in standing} for area in areas}
    n = 0
    for it in kept.plan.sites:
        serves = [cell for cell in it.serves if cell not in taken and any(cell.startswith(own) for own in covered)]
        name = " ".join(it.name.split())[:LONGEST_NAME]
        if name not in names and (serves or any(it.area_path.startswith(own) for own in covered)):
            site = NewSite(name=name, area_path=it.area_path, n_tables=tables_of(it), serves=serves)
            actions.add_site(round=row.pk, site=site, by=f"account:{by.pk}")
            names.add(name)
            n += 1
    return n


def tables_of(site: PlannedSite) -> int:
    """One table for every 700 people, one at least."""
    return max(ceil(site.n_people / A_TABLE.value), 1)


def _no_plan() -> Refusal:
    return Refusal(
        "round_plans.no_sites_plan",
        zh="没有这个采样点方案，没有改动。应是“采样点方案”页上算好的一个；请重新推算后再用。",
        en="There is no such plan of sites, so nothing changed. It should be one worked out on the page “Where sites "
        "go”: work it out again and use that.",
    )
