"""The search over more scans than an index fits into memory for: one pass over them, and no index. numba only.

Scans of each person in the order of time, as an archive has them, need nothing else: what a stay is, is known as soon
as the person's next scan comes, and then it only has to be laid beside the few case stays at its place. Whoever is odd
(two scans at one moment, or one out of order) is looked for as `in_parts` does, so that the order changes no answer.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple

import numpy as np

from fangxian.core.exposure.case_stays import CaseStays, case_stays
from fangxian.core.exposure.columns import Cases, Column, Exposed, Venues, Visits
from fangxian.core.exposure.disease import Rules
from fangxian.core.exposure.in_parts import totals_in_parts
from fangxian.core.exposure.index import index_stays
from fangxian.core.exposure.look_back import in_rank_order
from fangxian.core.exposure.matter import is_in
from fangxian.core.exposure.search import NOTHING_NEAR, assembled
from fangxian.core.exposure.stays import Coded, coded, stays_of
from fangxian.core.exposure.sums import Sums, new_rows, new_sums
from fangxian.core.exposure.ties import Near, tie_meetings
from fangxian.core.exposure.totals import Totals
from fangxian.core.policy.presence import SHOWN

# A person's last scan and the stay that may go on: begin, place (row of `PLACE`), row of their sums.
STATE: Final = np.dtype([("person", "i8"), ("at", "i8"), ("begins", "i8"), ("place", "i4"), ("row", "i4")])
# A venue where cases were: how long stays there last, which rows of `CASE_STAY` are there, the longest of them, and
# when the first begins and the last ends.
PLACE: Final = np.dtype(
    [
        ("venue", "i8"), ("shortest_s", "i8"), ("usual_s", "i8"), ("longest_s", "i8"), ("first", "i4"), ("last", "i4"),
        ("longest_case_s", "i8"), ("earliest_s", "i8"), ("latest_s", "i8"),
    ]
)  # fmt: skip
CASE_STAY: Final = np.dtype(
    [("person", "i8"), ("begins_s", "i8"), ("sure_s", "i8"), ("likely_s", "i8"), ("possible_s", "i8"), ("rate", "f8")]
)
AT_ONCE: Final = 1 << 22
FEW: Final = 1 << 12  # people there is room for at first


def find_exposed_in_one_pass(
    visits: Visits,
    venues: Venues,
    cases: Cases,
    *,
    rules: Rules,
    near: Near = NOTHING_NEAR,
    n_threads: int = 1,
    people_at_once: int = 150_000,
) -> Exposed:
    """What `find_exposed` gives, from scans that are not indexed and need not be in memory.

    Beside the columns, which may be mapped and narrow (int32), it takes some 200 bytes a person. A hundred million
    scans: half a minute of a processor, or of `n_threads` of them together: 1, 2, 4, …, each with people of its own.
    The index of odd people is of `people_at_once` at a time.
    """
    ties = tie_meetings(cases, near, rules)
    own = _visits_of(visits, np.unique(cases.person))
    scans = coded(own, venues, "numba")
    stays = case_stays(index_stays(stays_of(scans, "numba"), scans, "numba"), cases, rules, "numba")
    if not len(stays):
        return assembled(Totals.empty(), Totals.empty(), ties, rules)
    places = _places_of(scans, stays)
    with ThreadPoolExecutor(n_threads) as threads:
        of_all = [(part, n_threads) for part in range(n_threads)]
        parts = list(threads.map(lambda part: _pass(visits, places, stays.span, part), of_all))
    found = [totals for totals, _ in parts]
    odd = np.concatenate([people for _, people in parts])
    if len(odd):
        some = _visits_of(visits, np.union1d(odd, cases.person))
        slow = totals_in_parts(some, venues, cases, rules, people_at_once)
        found.append(slow.pick(np.flatnonzero(np.isin(slow.person, odd))))
    return assembled(found[0].joined(*found[1:]), Totals.empty(), ties, rules)


def _visits_of(visits: Visits, people: Column) -> Visits:
    """The scans of these people; the columns are read a part at a time."""
    parts = [np.zeros(0, np.int64)]
    for first in range(0, len(visits), AT_ONCE):
        parts.append(first + np.flatnonzero(is_in(visits.person[first : first + AT_ONCE], people)))
    return visits.pick(np.concatenate(parts))


class _Places(NamedTuple):
    """The venues where cases were, where each stands by a hash of its number, and the case stays there."""

    table: Column
    places: Column
    stays: Column


def _places_of(scans: Coded, stays: CaseStays) -> _Places:
    from fangxian.core.exposure import loops_pass

    rows, place = np.unique(stays.place, return_inverse=True)
    places, of_cases = new_rows(len(rows), PLACE), new_rows(len(stays), CASE_STAY)
    for name in ("begins_s", "sure_s", "likely_s", "possible_s", "rate"):
        of_cases[name] = getattr(stays, name)
    of_cases["person"] = scans.people[stays.person]
    places["venue"] = scans.places[rows]
    places["shortest_s"], places["usual_s"], places["longest_s"] = scans.usual_s[rows].T
    edges = np.searchsorted(place, np.arange(len(rows) + 1))
    places["first"], places["last"] = edges[:-1], edges[1:]
    places["longest_case_s"] = np.maximum.reduceat(stays.possible_s - stays.begins_s, edges[:-1])
    places["earliest_s"] = stays.begins_s[edges[:-1]]
    places["latest_s"] = np.maximum.reduceat(stays.possible_s, edges[:-1])
    table = np.full(1 << (4 * len(rows)).bit_length(), loops_pass.EMPTY, np.int32)
    loops_pass.table_of(places, table)
    return _Places(table, places, of_cases)


def _pass(visits: Visits, places: _Places, base: tuple[int, int], part: tuple[int, int]) -> tuple[Totals, Column]:
    """The sums of one part of the people, by number, and those who are odd."""
    from fangxian.core.exposure import loops_pass

    columns = (visits.person, visits.venue, visits.at_s, visits.presence, np.asarray(visits.leaves))
    shown = np.zeros(256, bool)
    shown[[int(way) for way in SHOWN]] = True
    states, n_states, row, slot = _no_states(2 * FEW), 0, 0, 0
    into, counts = (new_sums(FEW), np.empty(FEW, np.int64), np.empty(FEW, np.int64)), np.zeros(2, np.int64)
    while row < len(visits):
        row, n_states = loops_pass.one_pass(columns, shown, row, part, *places, base, states, n_states, into, counts)
        if 2 * n_states >= len(states):
            bigger = _no_states(2 * len(states))
            loops_pass.copied(states, bigger)
            states = bigger
        into = _with_room(into, counts)
    while slot < len(states):
        slot = loops_pass.last_stays(states, slot, places.places, places.stays, base, into, counts)
        into = _with_room(into, counts)
    odd = states[states["place"] == loops_pass.ODD]
    into[0]["possible_s"][odd["row"][odd["row"] != loops_pass.EMPTY]] = 0
    return _totals(into, counts, base), odd["person"].copy()


def _no_states(n: int) -> Column:
    from fangxian.core.exposure import loops_pass

    states = new_rows(n, STATE)
    states["person"] = loops_pass.EMPTY
    return states


def _with_room(into: tuple[Column, Column, Column], counts: Column) -> tuple[Column, Column, Column]:
    """Twice the room for sums, and for the places at which somebody was met, where there is none left."""
    sums, people, met_at = into
    if counts[0] == len(people):
        sums, people = _twice(sums, new_sums(2 * len(sums))), _twice(people, np.empty(2 * len(people), np.int64))
    if counts[1] == len(met_at):
        met_at = _twice(met_at, np.empty(2 * len(met_at), np.int64))
    return sums, people, met_at


def _twice(rows: Column, bigger: Any) -> Column:
    bigger[: len(rows)] = rows
    found: Column = bigger
    return found


def _totals(into: tuple[Column, Column, Column], counts: Column, base: tuple[int, int]) -> Totals:
    """Of who possibly met a case; each place counts once."""
    n_people, n_met = counts.tolist()
    sums, people, met_at = into[0][:n_people], into[1][:n_people], into[2][:n_met]
    sums["n_places"] = np.bincount(np.unique(met_at) >> 32, minlength=n_people)
    return in_rank_order(Sums(sums, people, base), 0)
