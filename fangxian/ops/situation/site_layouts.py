"""How the sites of a round are laid out: their areas, what is missing, and whether those who are asked to come at one
time have room to wait. Thought, not record.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fangxian.core.screening.words import ZONES_NEEDED
from fangxian.ops.lab.queries import SamplingSite, ScreeningRound, sites_of
from fangxian.ops.round_plans.queries import SiteZone, zones_of

from .round_slots import slots_by_site


@dataclass(frozen=True, slots=True)
class SiteLayout:
    """One site; `most`: the most people who are asked to come in one time slot, 0 where none was given."""

    site: SamplingSite
    zones: Mapping[str, SiteZone]
    most: int

    @property
    def missing(self) -> list[str]:
        """Areas that a site has by the guideline and this one has not."""
        return [it for it in ZONES_NEEDED if it not in self.zones]

    @property
    def n_holds(self) -> int | None:
        """How many may wait; None where nobody said."""
        waiting = self.zones.get("waiting")
        return waiting.n_holds if waiting else None

    @property
    def is_tight(self) -> bool:
        """Whether more are asked to come at one time than may wait."""
        return self.n_holds is not None and self.most > self.n_holds


def site_layouts(row: ScreeningRound) -> list[SiteLayout]:
    """Every site in use, in the order of their numbers."""
    sites = [it for it in sites_of(row) if it.closed_at is None]
    zones = zones_of([it.pk for it in sites])
    most = {it.site.pk: it.most for it in slots_by_site(row)}
    return [SiteLayout(it, zones.get(it.pk, {}), most.get(it.pk, 0)) for it in sites]
