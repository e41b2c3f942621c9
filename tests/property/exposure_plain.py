"""The plain definition of an exposure search: pure Python, slow, and what every engine is held to."""

from collections import defaultdict
from typing import NamedTuple

BANDS = ("sure", "likely", "possible")
EVER = float("inf")


class Stay(NamedTuple):
    person: int
    venue: int
    begins: int
    sure: int  # ends
    likely: int
    possible: int
    presence: int


def stays(visits, usual):
    """`visits`: tuples (person, venue, at, presence, leaves). `usual`: venue → (shortest, usual, longest)."""
    found = []
    by_person = defaultdict(lambda: defaultdict(dict))
    for person, venue, at, presence, leaves in visits:
        if presence:
            scans = by_person[person][at]
            scans[venue, leaves] = min(presence, scans.get((venue, leaves), presence))
    for person, moments in by_person.items():
        found += _stays_of_one(person, sorted(moments.items()), usual)
    return sorted(found)


def _stays_of_one(person, moments, usual):
    running = {}  # venue → (begin, best presence, contradicted) of what goes on into this moment
    for n, (at, scans) in enumerate(moments):
        until, following = moments[n + 1] if n + 1 < len(moments) else (EVER, {})
        venues = {venue for venue, _ in scans}
        goes_on, running = running, {}
        for (venue, leaves), presence in scans.items():
            if leaves:
                continue
            begins, best, clash = goes_on.get(venue, (at, presence, len(venues) > 1))
            best = min(best, presence)
            shortest, often, longest = usual(venue)
            if set(following) == {(venue, False)} and until - at <= often:
                running[venue] = (begins, best, clash)
            elif (venue, True) in following and until - at <= longest:
                yield Stay(person, venue, begins, begins if clash else until, until, until, best)
            else:
                ends = [min(at + length, until) for length in (shortest, often, longest)]
                yield Stay(person, venue, begins, begins if clash else ends[0], ends[1], ends[2], best)


class CaseRow(NamedTuple):
    person: int
    begins: int
    ends: int
    onset: int


class Meeting(NamedTuple):
    case: int
    person: int
    venue: int
    begins: int
    ends: int
    sure: int
    likely: int
    possible: int
    weight: float
    case_presence: int
    presence: int


def meetings(all_stays, cases, *, curve, linger=0, air=lambda venue: 1.0):
    """Every stay of every case beside every stay of everybody else. `curve`: day from onset → weight."""
    found = []
    for row, case in enumerate(cases):
        for one in all_stays:
            if one.person != case.person:
                continue
            begins = max(one.begins, case.begins)
            ends = [min(end, case.ends) for end in (one.sure, one.likely + linger, one.possible + linger)]
            rate = curve((begins - case.onset) // 86400) * air(one.venue) / 60
            for other in all_stays:
                if other.person == case.person or other.venue != one.venue:
                    continue
                spans = [
                    (max(begins, other.begins), min(end, theirs))
                    for end, theirs in zip(ends, (other.sure, other.likely, other.possible), strict=True)
                ]
                sure, likely, possible = (max(0, end - begin) for begin, end in spans)
                if possible:
                    shown = spans[1] if likely else spans[2]
                    lengths, ways = (sure, likely, possible), (one.presence, other.presence)
                    found.append(Meeting(row, other.person, one.venue, *shown, *lengths, likely * rate, *ways))
    return sorted(found)


class Total(NamedTuple):
    sure: int
    likely: int
    possible: int
    weight: float
    n_meetings: int
    n_places: int
    first: int
    last: int


def totals(met):
    """Of each person, what their meetings sum to."""
    by_person = defaultdict(list)
    for one in met:
        by_person[one.person].append(one)
    found = {}
    for person, rows in by_person.items():
        counted = [row for row in rows if row.likely]
        shown = counted or rows
        found[person] = Total(
            sum(row.sure for row in rows), sum(row.likely for row in rows), sum(row.possible for row in rows),
            sum(row.weight for row in rows), len(counted), len({row.venue for row in counted}),
            min(row.begins for row in shown), max(row.ends for row in shown),
        )  # fmt: skip
    return found
