"""Where a roster leaves a post without enough people. Pure: hours and shifts in, gaps out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from .wire import Gap

Spell = tuple[datetime, datetime]


def hours_between(begins_min: int, ends_min: int, *, begins: datetime, ends: datetime) -> Iterator[Spell]:
    """The times within `[begins, ends)` at which a post is open, day by day; touching ones are one.

    begins, ends : aware, in the county's zone: its days are counted
    """
    day = begins.replace(hour=0, minute=0, second=0, microsecond=0)
    last: Spell | None = None
    while day < ends:
        spell = max(begins, day + timedelta(minutes=begins_min)), min(ends, day + timedelta(minutes=ends_min))
        day += timedelta(days=1)
        if spell[0] >= spell[1]:
            continue
        if last is not None and last[1] == spell[0]:
            last = last[0], spell[1]
            continue
        if last is not None:
            yield last
        last = spell
    if last is not None:
        yield last


def find_gaps(
    *, post: UUID, hours: Iterable[Spell], shifts: Sequence[tuple[datetime, datetime, int]], n_a_shift: int
) -> list[Gap]:
    """Every time at which fewer than `n_a_shift` keep the post. (open hours, shifts → gaps)

    Parameters
    ----------
    hours : `[begins, ends)`, apart from one another
    shifts : begin, end, how many keep it; two at once add up

    A gap is as long as the same number is missing; two numbers that touch are two gaps.
    """
    found: list[Gap] = []
    for begins, ends in hours:
        edges = {begins, ends} | {edge for one in shifts for edge in one[:2] if begins < edge < ends}
        inside = sorted(edges)
        for since, until in pairwise(inside):
            n_missing = n_a_shift - sum(n for from_at, to_at, n in shifts if from_at <= since < to_at)
            if n_missing <= 0:
                continue
            before = found[-1] if found else None
            if before and before.ends_at == since and before.n_missing == n_missing:
                found[-1] = Gap(post=post, begins_at=before.begins_at, ends_at=until, n_missing=n_missing)
            else:
                found.append(Gap(post=post, begins_at=since, ends_at=until, n_missing=n_missing))
    return found
