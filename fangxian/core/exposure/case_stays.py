"""The stays of cases, cut to the time that is searched: what everybody else's are laid beside."""

from dataclasses import dataclass

import numpy as np

from fangxian.core.exposure.columns import Cases, Column, Table
from fangxian.core.exposure.disease import Rules
from fangxian.core.exposure.index import StayIndex
from fangxian.core.exposure.stays import Engine
from fangxian.core.exposure.threads import halves, map_with

DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStays(Table):
    """One row is one stay of one case; by place, then begin.

    Attributes
    ----------
    case : (n,) int64, row of `Cases`
    person, place : (n,) int64, rows of the index's people and places
    begins_s, sure_s, likely_s, possible_s : (n,) int64, the begin and the three ENDS (not lengths)
        `begins < possible`; the others may be before or at `begins`, and are then no stay at all. What lingers in the
        air is in the last two.
    rate : (n,) float64, minutes of weight a second
    presence : (n,) int64
    """

    case: Column
    person: Column
    place: Column
    begins_s: Column
    sure_s: Column
    likely_s: Column
    possible_s: Column
    rate: Column
    presence: Column

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last moment of any meeting with these."""
        return int(self.begins_s.min()), int(self.possible_s.max())

    def for_loops(self) -> tuple[Column, ...]:
        """The columns that loops take."""
        return self.place, self.person, self.begins_s, self.sure_s, self.likely_s, self.possible_s, self.rate


def ragged(begins: Column, ends: Column) -> tuple[Column, Column]:
    """All of `begins[i] … ends[i] - 1`, one after another, and the i of each."""
    lengths = np.maximum(ends - begins, 0)
    of = np.repeat(np.arange(len(begins)), lengths)
    firsts = np.cumsum(lengths) - lengths
    return np.arange(lengths.sum()) - firsts[of] + begins[of], of


def case_stays(index: StayIndex, cases: Cases, rules: Rules, engine: Engine = "numpy", n_threads: int = 1) -> CaseStays:
    """Where cases were in the time that is searched. No rows for a case who was nowhere.

    A stay's weight is that of the day, from the case's onset, on which it began.
    """
    rows_of = index.rows_of(cases.person)
    if engine == "numba":
        return _by_loops(index, cases, rules, rows_of, n_threads)
    known = np.flatnonzero(rows_of >= 0)
    people = rows_of[known]
    at, of = ragged(index.begins_of_person[people], index.begins_of_person[people + 1])
    rows, case = np.asarray(index.rows_of_person[at], np.int64), known[of]
    starts = index.begins_s[rows]
    begins = np.maximum(starts, cases.begins_s[case])
    lengths = (index.sure_s, index.likely_s, index.possible_s)
    lingers = (0, rules.linger_s, rules.linger_s)
    ends = [
        np.minimum(starts + length[rows] + linger, cases.ends_s[case])
        for length, linger in zip(lengths, lingers, strict=True)
    ]
    place = index.place_of(rows)
    found = CaseStays(
        case=case, person=people[of], place=place, begins_s=begins, sure_s=ends[0], likely_s=ends[1],
        possible_s=ends[2], rate=day_weights(rules, begins - cases.onset_s[case]) * index.air[place] / 60,
        presence=index.presence[rows].astype(np.int64),
    )  # fmt: skip
    found = found.pick(np.flatnonzero(begins < ends[2]))
    return found.pick(np.lexsort((found.case, found.begins_s, found.place)))


def _by_loops(index: StayIndex, cases: Cases, rules: Rules, rows_of: Column, n_threads: int) -> CaseStays:
    """Of many threads two share the cases: what each finds is in order, and then merged."""
    from fangxian.core.exposure import loops_search

    longest = int(index.longest_at.max(initial=0))
    stays = (index.person, index.begins_s, index.sure_s, index.likely_s, index.possible_s, index.presence)
    of_person = (index.begins_of_person, index.rows_of_person)
    places = (index.begins_of_place, index.place_of_256th, index.air, longest)
    of_rules = (rules.linger_s, rules.first_day, rules.curve)

    def of_some(edges: tuple[int, int]) -> tuple[Column, Column]:
        part = slice(*edges)
        times = (cases.begins_s[part], cases.ends_s[part], cases.onset_s[part])
        found: tuple[Column, Column] = loops_search.stays_of_cases(
            stays, of_person, places, rows_of[part], edges[0], times, of_rules
        )
        return found

    parts = [*map_with(n_threads)(of_some, halves(len(cases), n_threads))]
    columns, rate = parts[0] if len(parts) == 1 else loops_search.stays_merged(*parts[0], *parts[1])
    case, person, place, begins, sure, likely, possible, presence = columns
    return CaseStays(
        case=case, person=person, place=place, begins_s=begins, sure_s=sure, likely_s=likely, possible_s=possible,
        rate=rate, presence=presence,
    )  # fmt: skip


def day_weights(rules: Rules, since_onset_s: Column) -> Column:
    """How much a minute counts, so many seconds after onset; 0 outside of the curve."""
    day = since_onset_s // DAY_S - rules.first_day
    inside = (day >= 0) & (day < len(rules.curve))
    return np.where(inside, rules.curve[np.clip(day, 0, len(rules.curve) - 1)], 0.0)
