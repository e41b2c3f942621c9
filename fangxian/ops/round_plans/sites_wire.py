"""A plan of where sites are put, as its job keeps it: JSON of the jobs room, read here so that both sides agree."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fangxian.ops.jobs.queries import done_of, find, unfinished

KIND: Final = "situation.plan_sites"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSite:
    """One chosen site. `at`: x and y in the plane of the grid cells' shapes; `serves`: grid cells that walk there."""

    name: str
    area_path: str
    n_people: int
    mean_walk_km: float
    at: tuple[float, float]
    serves: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSites:
    """A plan that was worked out. `gap`: how much of the walk another choice could save at most, of 1."""

    sites: Sequence[PlannedSite]
    n_people: int
    mean_walk_km: float
    bound_km: float
    gap: float
    notice: tuple[str, str]


@dataclass(frozen=True, slots=True)
class KeptSites:
    """A plan with the job that keeps it, and when it was worked out."""

    id: UUID
    at: datetime
    plan: PlannedSites


def as_json(plan: PlannedSites) -> dict[str, Any]:
    return asdict(plan)


def read_plan(told: Mapping[str, Any]) -> PlannedSites:
    """What `as_json` wrote."""
    sites = [
        PlannedSite(**{**it, "at": (it["at"][0], it["at"][1]), "serves": tuple(it["serves"])}) for it in told["sites"]
    ]
    return PlannedSites(**{**told, "sites": sites, "notice": (told["notice"][0], told["notice"][1])})


def kept_sites(plan: UUID | None = None) -> KeptSites | None:
    """The plan of this job, or the last that was worked out; None without one."""
    row = find(plan) if plan else done_of(KIND).first()
    if row is None or row.kind != KIND or row.state != "done":
        return None
    return KeptSites(row.pk, row.ended_at, read_plan(row.result))


def being_planned():
    """The job that works one out now; None where nothing does."""
    return unfinished().filter(kind=KIND).first()
