"""The evidence: every meeting of chosen people with cases. Pairs are listed here and nowhere else."""

from dataclasses import replace

import numpy as np

from fangxian.core.exposure.case_stays import CaseStays, case_stays, ragged
from fangxian.core.exposure.columns import Cases, Column, Context, Meetings
from fangxian.core.exposure.disease import Rules
from fangxian.core.exposure.index import StayIndex
from fangxian.core.exposure.search import NOTHING_NEAR
from fangxian.core.exposure.ties import Near, tie_meetings
from fangxian.core.exposure.totals import pairs_of, windows

_SPAN = np.int64(1) << 33


def find_meetings(
    index: StayIndex,
    cases: Cases,
    *,
    rules: Rules,
    near: Near = NOTHING_NEAR,
    cells: StayIndex | None = None,
    people: Column | None = None,
) -> Meetings:
    """All meetings of `people` with the cases: what, where, when, how long, how sure. Arguments as of `find_exposed`.

    Parameters
    ----------
    people : (n,) int64, those whose evidence is wanted; None: everybody's, which lists every pair there is
    """
    found = _at_places(index, cases, rules, people, Context.SCAN)
    if cells is not None:
        found = found.joined(_at_places(cells, cases, rules, people, Context.CELL))
    ties = tie_meetings(cases, near, rules)
    if people is not None:
        ties = ties.pick(np.flatnonzero(np.isin(ties.person, people)))
    found = found.joined(ties)
    return found.pick(np.lexsort((found.place, found.begins_s, found.case, found.person)))


def unbroken(meetings: Meetings) -> Meetings:
    """One row for meetings of one case and person at one place that follow one another without a gap.

    A further scan at the same place, or another person met meanwhile, parts a stay; nobody parted.
    """
    rows = meetings.pick(
        np.lexsort((meetings.begins_s, meetings.place, meetings.context, meetings.person, meetings.case))
    )
    if not len(rows):
        return rows
    kept = [rows.case, rows.person, rows.context, rows.place, rows.likely_s > 0]
    same = np.logical_and.reduce([column[1:] == column[:-1] for column in kept])
    new = np.concatenate([[True], ~(same & (rows.begins_s[1:] <= rows.ends_s[:-1]))])
    firsts = np.flatnonzero(new)
    added = {
        name: np.add.reduceat(getattr(rows, name), firsts) for name in ("sure_s", "likely_s", "possible_s", "weight")
    }
    found = rows.pick(firsts)
    return replace(found, ends_s=np.maximum.reduceat(rows.ends_s, firsts), **added)


def _at_places(index: StayIndex, cases: Cases, rules: Rules, people: Column | None, context: Context) -> Meetings:
    stays = case_stays(index, cases, rules)
    if not len(stays) or not len(index):
        return Meetings.empty()
    rows, of = ragged(*windows(index, stays)) if people is None else _of_people(index, stays, people)
    pairs = pairs_of(index, stays, rows, of)
    n, case_stay = len(pairs), pairs.case_stay
    return Meetings(
        case=stays.case[case_stay], person=index.people[index.person[pairs.stay]],
        context=np.full(n, int(context), np.int64), place=index.places[stays.place[case_stay]],
        begins_s=pairs.begins_s, ends_s=pairs.ends_s, sure_s=pairs.sure_s, likely_s=pairs.likely_s,
        possible_s=pairs.possible_s, weight=pairs.likely_s * stays.rate[case_stay],
        case_presence=stays.presence[case_stay], presence=index.presence[pairs.stay].astype(np.int64),
    )  # fmt: skip


def _of_people(index: StayIndex, stays: CaseStays, people: Column) -> tuple[Column, Column]:
    """These people's stays, each with the case stays that may overlap it: the cases are fewer than everybody."""
    known = index.rows_of(np.unique(people))
    known = known[known >= 0]
    at, _ = ragged(index.begins_of_person[known], index.begins_of_person[known + 1])
    rows = np.asarray(index.rows_of_person[at], np.int64)
    place, begins = index.place_of(rows), index.begins_s[rows]
    base = int(stays.begins_s.min())
    keys = stays.place * _SPAN + (stays.begins_s - base)
    longest = int((stays.possible_s - stays.begins_s).max())
    earliest = np.clip(begins - longest - base, -1, _SPAN - 1)
    latest = np.clip(begins + index.possible_s[rows] - base, 0, _SPAN - 1)
    froms = np.searchsorted(keys, place * _SPAN + earliest, side="right")
    tos = np.searchsorted(keys, place * _SPAN + latest, side="left")
    found, of = ragged(froms, tos)
    return rows[of], found
