"""The exposure search: everybody a case may have exposed, ranked, and why. (stay → shared minutes → proposed contact)

What comes out is proposed. A close contact is proposed only where something means closeness: a household, a class, a
room at work, a ward, a seat nearby. Scans at one place, however many, are co-presence and never more.
"""

from dataclasses import replace

import numpy as np

from fangxian.core.exposure.case_stays import case_stays
from fangxian.core.exposure.co_presence import co_presence
from fangxian.core.exposure.columns import (
    BEFORE_ALL,
    EVER,
    MEANS_CLOSE,
    Cases,
    Column,
    Context,
    Exposed,
    Meetings,
    Ring,
)
from fangxian.core.exposure.disease import Rules
from fangxian.core.exposure.index import StayIndex
from fangxian.core.exposure.ranking import is_in_rank_order, rank_order
from fangxian.core.exposure.stays import Engine
from fangxian.core.exposure.ties import Near, tie_meetings
from fangxian.core.exposure.totals import Totals

NOTHING_NEAR = Near()


def find_exposed(
    index: StayIndex,
    cases: Cases,
    *,
    rules: Rules,
    near: Near = NOTHING_NEAR,
    cells: StayIndex | None = None,
    engine: Engine = "numpy",
    n_threads: int = 1,
) -> Exposed:
    """Everybody the cases may have exposed, the nearest and heaviest first; sums over all the cases.

    Parameters
    ----------
    index : from `index_visits`, of at least the days that are searched and the one before
    cases : one or thousands; one who was nowhere exposes nobody by scans
    near : ties; empty ones propose no close contact
    cells : the same visits indexed by cell, where positions of venues are known
    engine : "numba" for many cases: they are swept in one pass, and no pair is listed
    n_threads : how many processors numba may use for many cases

    Returns
    -------
    Exposed. By ring, weight and possible seconds, all descending, then number. Other cases are in it, a case's
    own stays are not. One case: some ms. Ask `find_meetings` for what is under each row.
    """
    stays = case_stays(index, cases, rules, engine, n_threads)
    scanned = co_presence(index, stays, engine, enough_s=rules.co_present_s, n_threads=n_threads)
    scanned = _numbered(scanned, index)
    in_cells = Totals.empty()
    ties = tie_meetings(cases, near, rules)
    if engine == "numba" and cells is None and not len(ties):
        return _with_ring(_of_scans_alone(scanned), ties, rules)  # as it will be ranked
    if cells is not None:
        in_cells = _numbered(co_presence(cells, case_stays(cells, cases, rules, engine), engine), cells)
    return assembled(scanned, in_cells, ties, rules)


def assembled(scanned: Totals, in_cells: Totals, ties: Meetings, rules: Rules) -> Exposed:
    """What is known of each person, with the ring that is proposed, ranked."""
    return ranked(_with_ring(_joined(scanned, in_cells, ties), ties, rules))


def _with_ring(found: Exposed, ties: Meetings, rules: Rules) -> Exposed:
    return replace(found, ring=_ring(found, ties, rules))


def ranked(found: Exposed) -> Exposed:
    """The one to be looked at first above."""
    by = (found.ring, found.weight, found.possible_s, found.person)
    return found if is_in_rank_order(*by) else found.pick(rank_order(*by))


def _numbered(totals: Totals, index: StayIndex) -> Totals:
    """Numbers of people instead of rows."""
    return replace(totals, person=index.people.take(totals.person) if len(totals) else totals.person)


def _joined(scanned: Totals, in_cells: Totals, ties: Meetings) -> Exposed:
    """One row for each person of any of the three, not ranked yet."""
    if not len(in_cells) and not len(ties):
        return _of_scans_alone(scanned)
    people = np.unique(np.concatenate([scanned.person, in_cells.person, ties.person])).astype(np.int64)
    n = len(people)
    s, c, t = (np.searchsorted(people, table.person) for table in (scanned, in_cells, ties))

    def of_scans(column: Column) -> Column:
        found = np.zeros(n, column.dtype)
        found[s] = column
        return found

    contexts, cell_s = np.zeros(n, np.int64), np.zeros(n, np.int64)
    contexts[s] |= int(Context.SCAN)
    contexts[c] |= int(Context.CELL)
    np.bitwise_or.at(contexts, t, ties.context.astype(np.int64))
    cell_s[c] = in_cells.likely_s
    first, last = _first_and_last(n, (s, scanned), (c, in_cells), (t, ties))
    return Exposed(
        person=people, ring=np.zeros(n, np.int64), contexts=contexts, sure_s=of_scans(scanned.sure_s),
        likely_s=of_scans(scanned.likely_s), possible_s=of_scans(scanned.possible_s), cell_s=cell_s,
        tie_s=np.bincount(t, ties.likely_s, n).astype(np.int64),
        weight=of_scans(scanned.weight.astype(np.float64)) + np.bincount(t, ties.weight, n),
        n_meetings=of_scans(scanned.n_meetings) + np.bincount(t, minlength=n), n_places=of_scans(scanned.n_places),
        first_s=first, last_s=last,
    )  # fmt: skip


def _of_scans_alone(scanned: Totals) -> Exposed:
    nothing, by_scans = np.zeros(len(scanned), np.int64), np.full(len(scanned), int(Context.SCAN), np.int64)
    return Exposed(
        person=scanned.person, ring=nothing, contexts=by_scans, sure_s=scanned.sure_s,
        likely_s=scanned.likely_s, possible_s=scanned.possible_s, cell_s=nothing, tie_s=nothing,
        weight=scanned.weight.astype(np.float64, copy=False), n_meetings=scanned.n_meetings,
        n_places=scanned.n_places, first_s=scanned.first_s, last_s=scanned.last_s,
    )  # fmt: skip


def _first_and_last(
    n: int, scanned: tuple[Column, Totals], in_cells: tuple[Column, Totals], ties: tuple[Column, Meetings]
) -> tuple[Column, Column]:
    """Of what is likely; of what is only possible, where nothing is likely."""
    likely, possible = (np.stack([np.full(n, EVER), np.full(n, BEFORE_ALL)]) for _ in range(2))
    for at, totals in (scanned, in_cells):
        met = totals.n_meetings > 0
        for moments, rows in ((likely, np.flatnonzero(met)), (possible, np.flatnonzero(~met))):
            np.minimum.at(moments[0], at[rows], totals.first_s[rows])
            np.maximum.at(moments[1], at[rows], totals.last_s[rows])
    at, meetings = ties
    np.minimum.at(likely[0], at, meetings.begins_s)
    np.maximum.at(likely[1], at, meetings.ends_s)
    shown = np.where(likely[1] == BEFORE_ALL, possible, likely)
    return shown[0], shown[1]


def _ring(found: Exposed, ties: Meetings, rules: Rules) -> Column:
    """What is proposed: closeness by what means it, co-presence by minutes in one venue, cell or vehicle."""
    if not len(ties):
        enough = (found.likely_s >= rules.co_present_s) | (found.cell_s >= rules.co_present_s)
        ring: Column = enough.astype(np.int64) * int(Ring.CO_PRESENT)  # NONE is 0
        return ring
    close = found.contexts & int(MEANS_CLOSE) > 0
    apart = ties.context == int(Context.VEHICLE)
    at = np.searchsorted(found.person, ties.person[apart])
    ridden = np.bincount(at, ties.likely_s[apart], len(found))
    longest = np.maximum.reduce([found.likely_s, found.cell_s, ridden.astype(np.int64)])
    ring = np.where(longest >= rules.co_present_s, int(Ring.CO_PRESENT), int(Ring.NONE))
    return np.where(close, int(Ring.CLOSE), ring)
