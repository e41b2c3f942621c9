"""Time slots of a round as pages show them: by site; one's own."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fangxian.ops.lab.queries import SamplingSite, ScreeningRound, roster_of, sites_of
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_plans.queries import PlaceSlot, counted_by_slot, slots_of, slots_of_persons

from .own_household import carried_by


@dataclass(frozen=True, slots=True)
class Counted:
    """One slot and how many are asked to come in it."""

    begins_at: datetime
    ends_at: datetime
    n: int


@dataclass(frozen=True, slots=True)
class SiteSlots:
    """The slots of one site in their order."""

    site: SamplingSite
    slots: Sequence[Counted]

    @property
    def n_people(self) -> int:
        return sum(it.n for it in self.slots)

    @property
    def n_slots(self) -> int:
        return len(self.slots)

    @property
    def most(self) -> int:
        return max(it.n for it in self.slots)

    @property
    def first_at(self) -> datetime:
        return self.slots[0].begins_at

    @property
    def last_at(self) -> datetime:
        return self.slots[-1].ends_at


def slots_by_site(row: ScreeningRound) -> list[SiteSlots]:
    """The sites at which somebody has a slot, in the order of their numbers."""
    found: dict[UUID, list[Counted]] = defaultdict(list)
    for site, begins_at, ends_at, n in counted_by_slot(row.pk):
        found[site].append(Counted(begins_at, ends_at, n))
    return [SiteSlots(it, found[it.pk]) for it in sites_of(row) if it.pk in found]


def n_without_slot(row: ScreeningRound) -> int:
    """How many are still to come and have no slot: no site, no room in the round's time, or on the roster since."""
    return roster_of(row).filter(stage="due").exclude(pk__in=slots_of(row.pk).values("place")).count()


def own_slots(person: Person) -> list[PlaceSlot]:
    """When somebody is asked to come, and those whose code they show, in rounds that are not over."""
    return list(slots_of_persons([person.pk, *(it.pk for it in carried_by(person, at=county_now()))]))
