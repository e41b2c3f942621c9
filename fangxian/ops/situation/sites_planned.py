"""The job that works out where sampling sites are best put: half a minute of the worker for the county."""

from typing import Any

from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.round_plans.sites_wire import PlannedSite, PlannedSites, as_json

from .site_plan import plan_sites


def plan_in_background(job: RunningJob) -> dict[str, Any]:
    """Reads only, so safe to repeat. Refuses what `plan_sites` refuses."""
    plan = plan_sites(n_sites=int(job.arguments["n_sites"]), n_candidates=int(job.arguments["n_candidates"]))
    sites = [
        PlannedSite(
            name=it.name, area_path=it.area_path, n_people=it.n_people, mean_walk_km=it.mean_walk_km,
            at=(float(it.at[0]), float(it.at[1])), serves=tuple(it.serves),
        )
        for it in plan.chosen
    ]  # fmt: skip
    return as_json(
        PlannedSites(
            sites=sites,
            n_people=plan.n_people,
            mean_walk_km=plan.mean_walk_km,
            bound_km=plan.bound_km,
            gap=float(plan.gap),
            notice=(plan.notice.zh, plan.notice.en),
        )
    )
