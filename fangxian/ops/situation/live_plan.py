"""When a screening round will really end, from what has happened in it: thought, not record.

Before it begins it is what its sites and its roster say; while it runs, what its tables and laboratories really did,
and the rest at that pace. A moment is taken to five minutes, so that whoever looks again sees the same answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import TruncHour
from django.utils.timezone import localtime

from fangxian.core.laboratory.reviewing import Step
from fangxian.core.screening.course import AtSite, at_sites, hours_of, parted, round_at, should_be
from fangxian.core.screening.laboratory import Laboratory, fushan, outside, with_machines
from fangxian.core.screening.levers import LARGEST_POOL, levers
from fangxian.core.screening.reaching import Reached
from fangxian.core.screening.replanning import Pace, State, at_pace, pace_of, reached_anew, replanned
from fangxian.core.screening.rounds import Round
from fangxian.core.screening.telling import Told
from fangxian.ops.lab.queries import ScreeningRound, Tube, counted_by_site, sites_of, tubes_of
from fangxian.ops.laboratory.queries import SILENT, Result, Well, as_reckoned, instruments_of, laboratories
from fangxian.ops.laboratory.round_queries import reckoned_for
from fangxian.ops.results.queries import call_backs_of_round
from fangxian.ops.round_plans.queries import KeptPlan, n_alone_in, plan_kept_of

from .round_mode import mode_of_round

EACH_MIN = 5
CAME = ("sampled", "free", "held")  # who was called back and has a tube of their own since
EXTRACTED = ("extracted", "amplifying", "amplified")


@dataclass(frozen=True, slots=True)
class SoFar:
    """How many tubes came how far, and how many should have by the plan of the beginning; None: no plan was kept."""

    sealed: int
    received: int
    resulted: int
    planned: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePlan:
    """What is thought of a round now.

    Attributes
    ----------
    at : the moment it is from
    midnight : of the day of the round's beginning, from which minutes count
    told : when it ends at its pace, and what holds it up
    ends_at : that end
    kept : the plan of the beginning, None where there is none
    n_left : people still to come
    """

    at: datetime
    midnight: datetime
    pace: Pace
    told: Told
    so_far: SoFar
    kept: KeptPlan | None
    n_people: int
    n_left: int
    n_sites: int

    @property
    def ends_at(self) -> datetime:
        return self.moment(self.told.ends_min)

    @property
    def later_by(self) -> timedelta | None:
        """By how much it ends later than was planned at its beginning; negative: sooner."""
        return self.ends_at - self.kept.ends_at if self.kept else None

    def moment(self, minutes: float) -> datetime:
        return self.midnight + timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class _Facts:
    """Everything the model is asked with; the same facts have the same answer."""

    sites: tuple[AtSite, ...]
    hours: tuple[tuple[int, int], ...]
    size: int
    at_min: float
    sealed: tuple[int, ...]
    received: tuple[int, ...]
    resulted: tuple[int, ...]
    extracted: int
    from_min: float
    laboratories: tuple[Laboratory, ...]
    alone: AtSite | None  # who has a tube of their own, whoever is called back with them

    def planned(self) -> Round:
        return round_at(self.sites, self.hours, self.size, self.laboratories, self.alone)

    @property
    def every(self) -> tuple[AtSite, ...]:
        return (*self.sites, self.alone) if self.alone else self.sites

    def state(self) -> State:
        return State(
            at_min=self.at_min,
            sampled=self.sealed,
            received=self.received,
            resulted=self.resulted,
            left=[it.n_left for it in self.every],
            extracted=self.extracted,
            from_min=self.from_min,
        )


def laboratories_of_county(*, is_own: bool = True) -> tuple[Laboratory, ...]:
    """By their machines that work, or as was agreed; where the county has none on record those of core.screening."""
    found = [with_machines(as_reckoned(it, instruments_of(it))) for it in laboratories(is_own=is_own)]
    return tuple(it for it in found if it.tubes_a_day) or ((fushan(),) if is_own else outside())


def live_plan(row: ScreeningRound, at: datetime) -> LivePlan | None:
    """What is thought of a round at a moment; None where it has no site or nobody on its roster."""
    midnight, facts, kept = _midnight(row), _facts(row, at), plan_kept_of(row.pk)
    if facts is None:
        return None
    pace, told = _told(facts)
    planned = None
    if kept:
        planned = should_be(kept.so_far, (at - kept.from_at) / timedelta(minutes=1))
    return LivePlan(
        at=midnight + timedelta(minutes=facts.at_min),
        midnight=midnight,
        pace=pace,
        told=told,
        so_far=SoFar(sum(facts.sealed), sum(facts.received), sum(facts.resulted), planned),
        kept=kept,
        n_people=sum(it.n_people for it in facts.every),
        n_left=sum(it.n_left for it in facts.every),
        n_sites=len(facts.sites),
    )


def what_would_move_it(row: ScreeningRound, at: datetime) -> Reached | None:
    """What would bring a round to its end by the time that was set for it. Some seconds of a processor for a county."""
    facts = _facts(row, at)
    if facts is None:
        return None
    by_min = (localtime(row.ends_at) - _midnight(row)) / timedelta(minutes=1)
    asked = {it.name for it in facts.laboratories}
    others = tuple(it for it in laboratories_of_county(is_own=False) if it.name not in asked)
    return _reached(facts, others, by_min, mode_of_round(row, at).largest >= LARGEST_POOL)


@lru_cache(maxsize=64)
def _told(facts: _Facts) -> tuple[Pace, Told]:
    planned, state = facts.planned(), facts.state()
    return pace_of(planned, state), replanned(planned, state)


@lru_cache(maxsize=32)
def _reached(facts: _Facts, others: tuple[Laboratory, ...], by_min: float, may_pool_20: bool) -> Reached:
    planned, state = facts.planned(), facts.state()
    given = levers(at_pace(planned, pace_of(planned, state)), outside=others, may_pool_20=may_pool_20)
    return reached_anew(planned, given, state, by_min=by_min)


def _midnight(row: ScreeningRound) -> datetime:
    """Of the day on which sampling began: opened the evening before, it is the next day's."""
    begins = max(row.begins_at, row.opened_at) if row.opened_at else row.begins_at
    return localtime(begins).replace(hour=0, minute=0, second=0, microsecond=0)


def _facts(row: ScreeningRound, at: datetime) -> _Facts | None:
    sites = at_sites(counted_by_site(row), {it.pk: it.n_tables for it in sites_of(row) if it.closed_at is None})
    if not sum(it.n_people for it in sites.values()):
        return None
    hours, midnight = hours_of(localtime(row.begins_at), localtime(row.ends_at)), _midnight(row)
    begins = max(row.begins_at, row.opened_at) if row.opened_at else row.begins_at
    since = (max(at, begins) - midnight) / timedelta(minutes=1)
    filled = tubes_of(row).filter(state="sealed")
    received = _by_hour(tubes_of(row).exclude(state="void").filter(box__state="received"), "box__received_at", midnight)
    resulted = _resulted(row, midnight, sum(received))
    pooled, alone = _alone(row, sites.values())
    return _Facts(
        sites=tuple(pooled),
        hours=hours,
        size=row.pool_size,
        at_min=since // EACH_MIN * EACH_MIN,
        sealed=_filled_up(_by_hour(filled, "sealed_at", midnight), received),
        received=received,
        resulted=resulted,
        extracted=min(_n_extracted(row), sum(received) - sum(resulted)),
        from_min=(begins - midnight) / timedelta(minutes=1),
        laboratories=(*laboratories_of_county(), *reckoned_for(row.pk)),
        alone=alone,
    )


def _alone(row: ScreeningRound, sites: Iterable[AtSite]) -> tuple[list[AtSite], AtSite | None]:
    """Who shares tubes, and who has one of their own: as many as was said, or as there have been beyond that; and
    whoever is called back and has not come yet, who is on no list of those still to come.
    """
    if row.pool_size == 1:
        return list(sites), None
    called = call_backs_of_round(row.pk).order_by().values_list("state").annotate(n=Count("pk"))
    n_called = dict(called)
    n_tubes = tubes_of(row).exclude(state="void").filter(size=1).count() - sum(n_called.get(it, 0) for it in CAME)
    n_alone = max(n_alone_in(row.pk), n_tubes, 0)
    pooled, alone = parted(sites, n_alone, n_alone - max(n_tubes, 0))
    if not (n_awaited := n_called.get("awaited", 0)):
        return pooled, alone
    own = alone or AtSite(0, 0, 1)
    return pooled, AtSite(own.n_people + n_awaited, own.n_left + n_awaited, own.n_tables)


def _by_hour(tubes: QuerySet[Tube], moment: str, midnight: datetime) -> tuple[int, ...]:
    """Tubes by the hour of a moment since midnight; those before it, or without it, in the first."""
    rows = tubes.order_by().annotate(hour=TruncHour(moment)).values_list("hour")
    return _in_hours(rows.annotate(n=Count("pk")), midnight)


def _in_hours(counts: Iterable[tuple[datetime | None, int]], midnight: datetime) -> tuple[int, ...]:
    found: dict[int, int] = {}
    for moment, n in counts:
        k = max(int((moment - midnight) / timedelta(hours=1)), 0) if moment else 0
        found[k] = found.get(k, 0) + n
    return tuple(found.get(k, 0) for k in range(max(found, default=-1) + 1))


def _filled_up(sealed: tuple[int, ...], received: tuple[int, ...]) -> tuple[int, ...]:
    """No tube is received before it is sealed: what a site has yet to tell is taken to be sealed now."""
    missing = sum(received) - sum(sealed)
    return (*sealed, missing) if missing > 0 else sealed


def _resulted(row: ScreeningRound, midnight: datetime, most: int) -> tuple[int, ...]:
    """Tubes by the hour in which a result that says something was released of them, no more than were received."""
    rows = Result.objects.filter(tube__round=row, step=Step.RELEASED).exclude(outcome__in=SILENT).order_by()
    first = sorted(rows.values("tube").annotate(at=Min("released_at")).values_list("at", flat=True))
    return _in_hours(((at, 1) for at in first[:most]), midnight)


def _n_extracted(row: ScreeningRound) -> int:
    """Tubes that have left an extractor and wait, or are on their way, to a result."""
    return Well.objects.filter(tube__round=row, plate__state__in=EXTRACTED).values("tube").distinct().count()
