"""What was a risk area of which level, from when until when, as list after list has it. (listings → spans)

A list that was put together in a hurry leaves areas out that are in the next one again: Fushan's own four of November
2022 are missing at 08:00 on the 24th and on the 26th, and had not ended. So an area has ended when it is missing from
two moments' lists one after the other, and then from the first of them on; until the second is here it still counts,
and it is said that the newest list has left it out. An area that is listed under another level has changed at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fangxian.core.parameters import Parameter

from .listing import Area, Level, Listing

ENDS_AFTER = Parameter(
    value=2, unit="lists", low=1, high=4,
    meaning="From how many lists in a row an area has to be missing to have ended",
    source="the national feed, Shanxi, 19–27 November 2022: what one list leaves out is in the next again",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """An area of one level, `[begins_at, ends_at)`; `ends_at` None: it has not ended.

    Attributes
    ----------
    missing_since : the moment of the first list in a row that leaves it out, of one that has not ended; else None
    n_missing : how many lists in a row have left it out
    """

    area: Area
    level: Level
    begins_at: datetime
    ends_at: datetime | None = None
    missing_since: datetime | None = None
    n_missing: int = 0

    def holds_at(self, at: datetime) -> bool:
        return self.begins_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class Step:
    """What one more list changes: spans as they stand after it, by what happened to them.

    `changed` pairs the span that ended with the one of another level that began.
    """

    begun: tuple[Span, ...] = ()
    changed: tuple[tuple[Span, Span], ...] = ()
    ended: tuple[Span, ...] = ()
    missing: tuple[Span, ...] = ()
    again: tuple[Span, ...] = ()
    same: tuple[Span, ...] = ()

    def open(self) -> list[Span]:
        """What has not ended."""
        return [*self.begun, *(new for _, new in self.changed), *self.missing, *self.again, *self.same]


def take_step(open_spans: Iterable[Span], listing: Listing, *, ends_after: int = int(ENDS_AFTER.value)) -> Step:
    """What the list of the next moment makes of the spans that have not ended. Linear in both."""
    begun, changed, ended, missing, again, same = [], [], [], [], [], []
    at, known = listing.as_of, set()
    for span in open_spans:
        known.add(span.area)
        level = listing.level_of.get(span.area)
        if level is None and not listing.looks_at(span.area):
            same.append(span)
        elif level is None:
            left_out = replace(span, missing_since=span.missing_since or at, n_missing=span.n_missing + 1)
            if left_out.n_missing >= ends_after:
                ended.append(replace(span, ends_at=left_out.missing_since, missing_since=None, n_missing=0))
            else:
                missing.append(left_out)
        elif level != span.level:
            over = replace(span, ends_at=at, missing_since=None, n_missing=0)
            changed.append((over, Span(span.area, level, at)))
        elif span.n_missing:
            again.append(replace(span, missing_since=None, n_missing=0))
        else:
            same.append(span)
    begun = [Span(area, level, at) for area, level in listing.level_of.items() if area not in known]
    return Step(tuple(begun), tuple(changed), tuple(ended), tuple(missing), tuple(again), tuple(same))


def spans_of(listings: Sequence[Listing], *, ends_after: int = int(ENDS_AFTER.value)) -> list[Span]:
    """The whole history, of lists in any order. Of several from one moment the last one given counts.

    The first list says of what is in it that it is so, not since when: `begins_at` is that list's moment.
    """
    by_moment = {(listing.as_of, listing.covers): listing for listing in listings}
    over: list[Span] = []
    running: list[Span] = []
    for _, listing in sorted(by_moment.items(), key=lambda it: it[0]):
        step = take_step(running, listing, ends_after=ends_after)
        over += [*step.ended, *(old for old, _ in step.changed)]
        running = step.open()
    return sorted([*over, *running], key=lambda span: (span.area, span.begins_at))
