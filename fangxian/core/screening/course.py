"""A county's own round as the model wants it, and how far it should be from hour to hour.

Moments are minutes from the midnight before the round begins, as everywhere in screening.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Final, TypeVar

import numpy as np

from .laboratory import Laboratory
from .playing import Begun, play
from .rounds import DAY_MIN, Round, Site
from .telling import told

Key = TypeVar("Key", bound=Hashable)
HOUR_MIN: Final = 60
NOT_TO_COME: Final = frozenset({"exempt", "refused"})
STILL_TO_COME: Final = "due"


@dataclass(frozen=True, slots=True)
class AtSite:
    """A site as it stands: who is to be sampled there at all, who of them is still to come, at how many tables."""

    n_people: int
    n_left: int
    n_tables: int


def at_sites(counts: Iterable[tuple[Key | None, str, int]], tables: Mapping[Key, int]) -> dict[Key, AtSite]:
    """The sites of a round from what its roster counts; whoever is sent to none of them goes to any, evenly.

    Parameters
    ----------
    counts : (site, stage, how many); exempt people and those who refused are nobody's
    tables : of each site that stands, in their order; none: nobody is sampled anywhere
    """
    people: dict[Key | None, int] = defaultdict(int)
    left: dict[Key | None, int] = defaultdict(int)
    for site, stage, n in counts:
        key = site if site in tables else None
        people[key] += n * (stage not in NOT_TO_COME)
        left[key] += n * (stage == STILL_TO_COME)
    more, more_left = (_evenly(those[None], len(tables)) for those in (people, left))
    return {
        site: AtSite(people[site] + more[k], left[site] + more_left[k], n)
        for k, (site, n) in enumerate(tables.items())
    }  # fmt: skip


def _evenly(n: int, parts: int) -> list[int]:
    return [n // parts + (k < n % parts) for k in range(parts)]


def parted(sites: Iterable[AtSite], n_alone: int, n_alone_left: int) -> tuple[list[AtSite], AtSite | None]:
    """Sites without those who have a tube of their own, taken from them evenly, and these at tables beside the others;
    None where there are none.

    Parameters
    ----------
    n_alone, n_alone_left : how many of all these people have a tube of their own, and are still to come
    """
    every = list(sites)
    people, left = sum(it.n_people for it in every), sum(it.n_left for it in every)
    n_alone, n_alone_left = min(n_alone, people), min(n_alone_left, n_alone, left)
    if not n_alone:
        return every, None
    own, own_left = (_shares(n, [take(it) for it in every]) for n, take in ((n_alone, _people), (n_alone_left, _left)))
    pooled = [
        replace(it, n_people=(n := it.n_people - a), n_left=min(it.n_left - b, n))
        for it, a, b in zip(every, own, own_left, strict=True)
    ]
    return pooled, AtSite(n_alone, n_alone_left, len(every))


def _people(it: AtSite) -> int:
    return it.n_people


def _left(it: AtSite) -> int:
    return it.n_left


def _shares(n: int, of: Sequence[int]) -> list[int]:
    """`n` parted by the size of each, whole and together n."""
    until = np.cumsum([0, *of])
    return [int(it) for it in np.diff(np.round(n * until / max(int(until[-1]), 1)))]


def hours_of(begins_at: datetime, ends_at: datetime) -> tuple[tuple[int, int], ...]:
    """The hours of a day in which a round samples, from its beginning and its end: 8:00 to 20:00, or over midnight.

    Parameters
    ----------
    begins_at, ends_at : in local time
    """
    opens, closes = (at.hour * HOUR_MIN + at.minute for at in (begins_at, ends_at))
    if closes > opens:
        return ((opens, closes),)
    return ((0, closes), (opens, DAY_MIN)) if closes else ((opens, DAY_MIN),)


def round_at(
    sites: Iterable[AtSite],
    hours: Sequence[tuple[int, int]],
    size: int,
    laboratories: Sequence[Laboratory],
    alone: AtSite | None = None,
) -> Round:
    """The round as the model plays it; `alone`: who has a tube of their own, beside whom of `sites` shares them."""
    every = [Site(n_people=it.n_people, n_tables=it.n_tables, hours=hours) for it in sites]
    if alone:
        every.append(Site(n_people=alone.n_people, n_tables=alone.n_tables, hours=hours, size=1))
    return Round(sites=every, laboratories=laboratories, size=size)


@dataclass(frozen=True, slots=True)
class RoundCourse:
    """How a planned round goes.

    Attributes
    ----------
    from_min : when it begins
    so_far : tubes sealed, received and released by the end of each hour from then on, all since it began
    holding : what holds it up in each of these hours
    """

    from_min: float
    ends_min: float
    n_tubes: int
    held_up_by: str
    so_far: Sequence[tuple[int, int, int]]
    holding: Sequence[str]


def course_of(planned: Round, from_min: float) -> RoundCourse:
    """How a round goes from its beginning to its end."""
    begun = Begun(from_min, [site.n_people for site in planned.sites])
    played, said = play(planned, begun), told(planned, begun)
    moments = [np.sort(each) for each in (played.sealed, played.brought, played.released)]
    ends = from_min + HOUR_MIN * np.arange(1, ceil((said.ends_min - from_min) / HOUR_MIN) + 1)
    counts = np.column_stack([np.searchsorted(each, ends, side="right") for each in moments])
    so_far = [(int(sealed), int(brought), int(released)) for sealed, brought, released in counts.tolist()]
    return RoundCourse(
        from_min, said.ends_min, said.n_tubes, said.held_up_by, so_far, [hour.held_up_by for hour in said.hours]
    )  # fmt: skip


def should_be(so_far: Sequence[Sequence[int]], since_min: float) -> tuple[int, int, int]:
    """How many tubes should be sealed, received and released so many minutes after a course began."""
    hours, into = divmod(max(since_min, 0.0) / HOUR_MIN, 1)
    k = int(hours)
    if not so_far or k >= len(so_far):
        sealed, brought, released = so_far[-1] if so_far else (0, 0, 0)
        return sealed, brought, released
    before = so_far[k - 1] if k else (0, 0, 0)
    sealed, brought, released = (round(a + (b - a) * into) for a, b in zip(before, so_far[k], strict=True))
    return sealed, brought, released
