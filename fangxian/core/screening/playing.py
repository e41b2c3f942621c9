"""A planned round played through: when each tube is sealed, brought, extracted, amplified and reported.

    tables → sealed → fetched → at the laboratory → extraction → amplification → released

Each step takes tubes in the order in which they come. Who would reckon it without playing gets `laboratory.least_days`,
which no round can beat.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from .laboratory import Laboratory, Machines
from .rounds import DAY_MIN, Round, Site

STEPS: Final = ("sampling", "transport", "extraction", "amplification")


@dataclass(frozen=True, slots=True)
class Begun:
    """Where a round stands that has begun.

    Attributes
    ----------
    at_min : now
    left : by site, who is still to come
    in_transit, at_laboratory, extracted : tubes that are sealed, received, extracted, and not further
    """

    at_min: float
    left: Sequence[int]
    in_transit: int = 0
    at_laboratory: int = 0
    extracted: int = 0

    @property
    def n_tubes(self) -> int:
        return self.in_transit + self.at_laboratory + self.extracted


@dataclass(frozen=True, slots=True)
class Played:
    """When each tube came how far, minutes; tubes by site, in the order in which they are filled.

    Of a round that had begun, those that were sealed then come last and have no site: -1.

    Attributes
    ----------
    site_of : (n,) int
    sealed, brought, extracted_from, extracted, amplified_from, released : (n,) float
    """

    site_of: np.ndarray
    sealed: np.ndarray
    brought: np.ndarray
    extracted_from: np.ndarray
    extracted: np.ndarray
    amplified_from: np.ndarray
    released: np.ndarray

    @property
    def begins_min(self) -> float:
        return float(self.sealed.min(initial=0.0))

    @property
    def ends_min(self) -> float:
        return float(self.released.max(initial=0.0))

    def waiting(self, at_min: float) -> dict[str, int]:
        """How many tubes each step has still to begin with: to be filled, fetched and brought, extracted, amplified."""
        moments = (self.sealed, self.brought, self.extracted_from, self.amplified_from)
        n_through = [int(np.count_nonzero(moment <= at_min)) for moment in moments]
        before = [len(self.sealed), *n_through[:-1]]
        return dict(zip(STEPS, (a - b for a, b in zip(before, n_through, strict=True)), strict=True))


def play(planned: Round, begun: Begun | None = None) -> Played:
    """Everybody comes, no tube leaks, no machine stops.

    Laboratories share boxes so that whichever would be through with all it has first gets the next.

    Parameters
    ----------
    begun : where it stands; None: before it begins
    """
    now = begun or Begun(0.0, [site.n_people for site in planned.sites])
    sealed = [_sealed_at(site, n, planned, now.at_min) for site, n in zip(planned.sites, now.left, strict=True)]
    site_of = np.concatenate([np.repeat(np.arange(len(sealed)), [len(each) for each in sealed]), [-1] * now.n_tubes])
    at = np.concatenate([*sealed, np.full(now.n_tubes, now.at_min)])
    came = [_brought_at(each, site, planned) for each, site in zip(sealed, planned.sites, strict=True)]
    on_the_way = np.full(now.in_transit, now.at_min + planned.on_the_road_min)
    brought = np.concatenate([*came, on_the_way, np.full(now.n_tubes - now.in_transit, now.at_min)])
    is_extracted = np.arange(len(at)) >= len(at) - now.extracted
    columns = {
        name: brought.copy() for name in ("brought", "extracted_from", "extracted", "amplified_from", "released")
    }
    for laboratory, mine in shared_out(brought, planned):
        came_here = brought[mine] + laboratory.further_min * ~is_extracted[mine]
        passed = through(came_here, is_extracted[mine], laboratory, planned)
        for name, moments in zip(columns, (came_here, *passed), strict=True):
            columns[name][mine] = moments
    return Played(site_of.astype(np.int64), at, **columns)


def through(
    came: np.ndarray, is_extracted: np.ndarray, laboratory: Laboratory, planned: Round
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of the tubes of a laboratory: extracted from, extracted, amplified from, released."""
    begun, done = came.copy(), came.copy()
    due = ~is_extracted
    begun[due], done[due] = runs(came[due], laboratory.extractors, laboratory, planned.patience_min)
    begun_again, ready = runs(done, laboratory.amplifiers, laboratory, planned.patience_min)
    return begun, done, begun_again, ready + planned.reported_after_min


def _sealed_at(site: Site, n_people: int, planned: Round, at_min: float) -> np.ndarray:
    """When each tube is full, the last when nobody is left; people come as they can be taken, from now on."""
    size = planned.size_at(site)
    n_tubes = -(-n_people // size)
    n_before = np.minimum((np.arange(n_tubes) + 1) * size, n_people)
    if not n_tubes:
        return np.empty(0)
    worked = n_before / (site.n_tables * planned.at_a_table / 60)
    return _at_work(worked + worked_by(at_min, site.hours), site.hours)


def last_sealed_at(planned: Round, begun: Begun | None = None) -> float | None:
    """When the last tube of all is full; None where nobody is still to come."""
    now = begun or Begun(0.0, [site.n_people for site in planned.sites])
    sealed = [_sealed_at(site, n, planned, now.at_min) for site, n in zip(planned.sites, now.left, strict=True)]
    return max((float(each[-1]) for each in sealed if len(each)), default=None)


def worked_by(at_min: float, hours: Sequence[tuple[int, int]]) -> float:
    """How many minutes of opening hours are over at a moment."""
    day, minute = divmod(at_min, DAY_MIN)
    today = sum(min(max(minute - begin, 0), end - begin) for begin, end in hours)
    return day * sum(end - begin for begin, end in hours) + today


def _at_work(worked: np.ndarray, hours: Sequence[tuple[int, int]]) -> np.ndarray:
    """The moment at which so many minutes of opening hours are over."""
    lengths = np.array([end - begin for begin, end in hours], float)
    ends = np.cumsum(lengths)
    day, left = np.divmod(worked, ends[-1])
    is_last = (left == 0) & (worked > 0)
    day, left = day - is_last, left + is_last * ends[-1]
    span = np.searchsorted(ends, left, side="left")
    into = left - (ends - lengths)[span]
    begins = np.array([begin for begin, _ in hours], float)
    return np.asarray(day * DAY_MIN + begins[span] + into)


def _brought_at(sealed: np.ndarray, site: Site, planned: Round) -> np.ndarray:
    """Fetched at the next pick-up after it is sealed, counted from opening; at the latest when the site closes."""
    opens, closes = site.hours[0][0], site.hours[-1][1]
    day, minute = np.divmod(sealed - opens, DAY_MIN)
    every = planned.between_pick_ups_min
    fetched = np.minimum(np.ceil(minute / every) * every, closes - opens)
    return np.asarray(day * DAY_MIN + opens + np.maximum(fetched, minute) + planned.on_the_road_min)


def shared_out(brought: np.ndarray, planned: Round) -> list[tuple[Laboratory, np.ndarray]]:
    """Which laboratory gets which tubes, each in the order in which they come: the one that is through with it first,
    so that one further off gets what would wait longer than the way takes.
    """
    laboratories = [each for each in planned.laboratories if each.tubes_a_day]
    rates = [each.tubes_a_day / DAY_MIN for each in laboratories]
    busy_until, whose = [0.0] * len(laboratories), np.empty(len(brought), int)
    order = np.argsort(brought, kind="stable")
    for tube in order.tolist():
        ends = [
            max(until, brought[tube] + each.further_min) + 1 / rate
            for until, rate, each in zip(busy_until, rates, laboratories, strict=True)
        ]
        chosen = ends.index(min(ends))
        whose[tube], busy_until[chosen] = chosen, ends[chosen]
    return [(each, order[whose[order] == k]) for k, each in enumerate(laboratories)]


def runs(
    came: np.ndarray, machines: Sequence[Machines], laboratory: Laboratory, patience_min: float
) -> tuple[np.ndarray, np.ndarray]:
    """From when to when each tube is in a machine.

    A run begins when it is full, or its first tube has waited long enough, or nothing more comes.

    Parameters
    ----------
    came : (n,) float, when each came, minutes
    """
    begun, done = np.zeros(len(came)), np.zeros(len(came))
    order = np.argsort(came, kind="stable")
    moments = came[order]
    free = [(0.0, -(kind.wells - kind.controls), kind.run_min) for kind in machines for _ in range(kind.n)]
    heapq.heapify(free)
    at = 0
    while at < len(moments):
        free_at, minus_wells, run_min = heapq.heappop(free)
        full = min(at - minus_wells, len(moments)) - 1
        begins = max(free_at, min(moments[full], moments[at] + patience_min))
        begins = _within_hours(begins, run_min, laboratory.open_min)
        until = min(int(np.searchsorted(moments, begins, side="right")), at - minus_wells)
        begun[order[at:until]], done[order[at:until]] = begins, begins + run_min
        heapq.heappush(free, (begins + run_min, minus_wells, run_min))
        at = until
    return begun, done


def _within_hours(begins: float, run_min: float, open_min: int) -> float:
    """The same moment where the run ends before the laboratory closes, else the next morning's."""
    if open_min >= DAY_MIN:
        return begins
    opens = (DAY_MIN - open_min) // 2
    day, minute = divmod(begins, DAY_MIN)
    if minute < opens:
        return day * DAY_MIN + opens
    return begins if minute + run_min <= opens + open_min else (day + 1) * DAY_MIN + opens
