"""A screening round as it stands: by place, by site, and who is missing where (不漏一人).

The roster is counted once, by cell, site and stage: of 100,000 people a twentieth of a second.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from fangxian.core.policy.box_clocks import BoxMoments, box_clocks, late
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import areas_of, within_scope
from fangxian.ops.lab.queries import (
    Box,
    Counted,
    RosterPlace,
    SamplingSite,
    ScreeningRound,
    counted,
    roster_of,
    sites_of,
    tubes_by_site,
)
from fangxian.ops.lab.words import STAGES
from fangxian.ops.places.queries import places_at
from fangxian.ops.realm.areas import GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS, below

NAMES: Final = "households.view"
SEE: Final = (
    "screening.plan", "screening.sample", "transport.carry", "lab.report", "situation.view", "supplies.keep", NAMES,
)  # fmt: skip
UNKNOWN, EVERY_GROUP = "unknown", "*"
DONE: Final = ("sampled", "tube", "box", "transit", "received", "resulted")


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place or site: how many are at each stage of words.STAGES."""

    key: str
    name: object
    stages: Mapping[str, int]

    @property
    def n(self) -> int:
        return sum(self.stages.values())

    @property
    def n_done(self) -> int:
        return sum(self.stages.get(it, 0) for it in DONE)

    @property
    def n_due(self) -> int:
        return self.stages.get("due", 0)

    @property
    def share(self) -> float | None:
        return self.n_done / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One site: the people who are to come to it, and what its tables have filled."""

    site: SamplingSite | None
    people: PlaceRow
    tubes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Board:
    """The round as an account may see it; `whole` is of the areas it sees, `n_due` of everybody who is missing."""

    whole: PlaceRow
    places: Sequence[PlaceRow]
    sites: Sequence[SiteRow]
    n_due: int


def board(row: ScreeningRound, account: Account, *, area: str = "") -> Board:
    """What an account sees of a round; `area`: the place whose parts are shown, "" for the widest it sees."""
    areas = sorted({it for permission in SEE for it in areas_of(account, permission)})
    is_whole = any(len(it) < TOWNSHIP_DIGITS for it in areas)
    everybody = counted(row)
    # Of whom nobody could say where they live, whoever has the whole county sees to.
    seen = [
        it for it in everybody if any(it.area_path.startswith(own) for own in areas) or (is_whole and not it.area_path)
    ]
    inside = [it for it in seen if it.area_path.startswith(area)]
    digits = next((it for it in (TOWNSHIP_DIGITS, VILLAGE_DIGITS, GRID_DIGITS) if len(area) < it), GRID_DIGITS)
    parts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    whole: dict[str, int] = dict.fromkeys(STAGES, 0)
    for path, _, stage, n in inside:
        parts[path[:digits]][stage] += n
        whole[stage] += n
    names = places_at(parts)
    places = [PlaceRow(path, names.get(path), stages) for path, stages in sorted(parts.items())]
    sites = [] if area else _by_site(row, everybody, areas, is_whole)
    return Board(PlaceRow(area, None, whole), places, sites, sum(it.n for it in everybody if it.stage == "due"))


def _by_site(row: ScreeningRound, everybody: Iterable[Counted], areas: Iterable[str], is_whole: bool) -> list[SiteRow]:
    people: dict[UUID | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for it in everybody:
        people[it.site][it.stage] += it.n
    tubes = tubes_by_site(row)
    sites: list[SamplingSite | None] = [
        it for it in sites_of(row) if any(it.area_path.startswith(own) for own in areas)
    ]
    if is_whole and people.get(None):
        sites.append(None)
    found = []
    for site in sites:
        key = site.pk if site else None
        found.append(SiteRow(site, PlaceRow(str(key or ""), site, people.get(key, {})), tubes.get(key, {})))
    return found


def people_of(
    row: ScreeningRound, account: Account, *, area: str = "", stage: str = "due", group: str = ""
) -> QuerySet[RosterPlace]:
    """Who is at a stage ("": any) in an area, household by household: of the areas whose people the account knows.

    Of one class or unit (`group`) by number; of everybody who has one (`EVERY_GROUP`) class by class.
    `UNKNOWN`: of whom nobody could say where they live, for whoever knows the whole county's people.
    """
    rows = roster_of(row)
    if not any(len(it) < TOWNSHIP_DIGITS for it in areas_of(account, NAMES)):
        rows = within_scope(rows, account, NAMES)
    if stage:
        rows = rows.filter(stage=stage)
    if area:
        rows = rows.filter(area_path="") if area == UNKNOWN else rows.filter(below(area))
    if group == EVERY_GROUP:
        rows = rows.exclude(group="")
    elif group:
        rows = rows.filter(group=group)
    in_order = ("group", "number") if group else ("area_path", "number")
    return rows.select_related("person__household", "site").order_by(*in_order)


def groups_seen(row: ScreeningRound, account: Account) -> list[str]:
    """The classes and units on the roster of whose people the account knows some, by name."""
    rows = people_of(row, account, stage="").exclude(group="").order_by("group")
    return list(rows.values_list("group", flat=True).distinct())


def box_is_late(box: Box, at: datetime) -> bool:
    """Whether a box waits or is on its way for longer than is usual; by its rulebook says `round_plans.box_times`."""
    moments = BoxMoments(
        opened_at=box.opened_at,
        sealed_at=box.sealed_at,
        handed_at=box.handed_at,
        received_at=box.received_at,
        has_results=True,
    )
    return late(box_clocks(None, at), moments, at) is not None
