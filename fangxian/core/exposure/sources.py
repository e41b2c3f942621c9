"""溯源: which places, gatherings, depots and groups many cases share before they fell ill, and how surprising that is.

The measure. If a place were nothing to the disease, the cases that had been there would be so many as of anybody
else. So everybody who was seen at all is the comparison: of `N` people, `M` were there within a case's incubation
window; of `n` cases, how many of them would have been there if they had been drawn blindly from the `N`? That is the
hypergeometric distribution, and the chance of as many as were found, or more, is its upper tail: Fisher's exact test,
one-sided (R. A. Fisher, The Design of Experiments, 1935, ch. II; as used for shared attributes in Rivals et al.,
Bioinformatics 23:401, 2007). Two things make it fair:

* Strata. Cases with another onset have another window, and whoever goes to many places is found at any of them more
  often. So people are compared within the same window, and, for places, with those who went to about as many other
  places (0, 1, 2–3, 4–7, …) in it. The numbers found in the strata are summed, and the chance of the sum is the
  convolution of their distributions: a stratified exact test (as Zelen, Biometrika 58:129, 1971).
* The number of places looked at. Among ten thousand places some are surprising by accident. The chance is multiplied
  by how many places anybody was at in that time (Bonferroni), whether a case was there or not.

What is told is `surprise`: log10((1 − p) / p) of the chance p so corrected, 0 where accident would do as well as not. 3
means that a search like this one turns up such a find by accident once in a thousand times. It is not the odds that the
place is the source: those need to know what else speaks for it.

What it is not. Households that go out together are not drawn blindly one by one, and cases that infected one another
share places because they know one another: ask of first cases, one a household, where these are known. A place where
the infected were cared for is shared as well. So a candidate is where an investigator looks, never a finding.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from fangxian.core.exposure.columns import EVER, Column, Table

_Rows = tuple[Column, Column, Column]  # thing, person, at_s; by thing, person, moment


def _counting() -> Any:
    """The compiled loops, when they are first wanted: numba costs whoever imports it a second and some memory."""
    from fangxian.core.exposure import sources_counting

    return sources_counting


DIRECT = 1 << 26  # numbers below are looked up in a table of so many, larger ones by sorting
FEWEST_CASES = 2  # one case shares nothing with anybody


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended(Table):
    """One row is one person at one thing at one moment: a scan at a venue, a parcel from a depot, a class.

    Attributes
    ----------
    person, thing : (n,) int64, 0 or more
    at_s : (n,) int64; `EVER` for what holds in every window, such as belonging to a class
    """

    person: Column
    thing: Column
    at_s: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows(Table):
    """One row is one case, with when it may have been infected: `[begins, ends)`. Of a person's rows the first counts.

    Cases of one window are counted together, so whole days make for fewer windows: `window_of_day`.
    """

    person: Column
    begins_s: Column
    ends_s: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources(Table):
    """One row is one candidate, the most surprising first. Only what at least two cases share is one.

    Attributes
    ----------
    thing : (n,) int64
    begins_s, ends_s : (n,) int64, of a gathering; the whole time looked at otherwise
    n_found : (n,) int64, cases that were there in their window
    n_expected : (n,) float64, how many would have been if cases were like anybody else
    n_people : (n,) int64, different people who were there in some case's window, cases too
    log10_chance : (n,) float64, of finding so many or more by accident, before the correction; at least −300
    surprise : (n,) float64, log10 of the odds of the chance after the correction, 0 or more; at most 300
    """

    thing: Column
    begins_s: Column
    ends_s: Column
    n_found: Column
    n_expected: Column
    n_people: Column
    log10_chance: Column
    surprise: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What was searched, with what it gave.

    Attributes
    ----------
    n_cases : persons, each counted once
    n_seen : of them, those who attended anything in their window; of the others nothing is known
    n_everybody : people they were compared with, cases too
    n_looked_at : places (gatherings, …) that anybody was at in the time looked at: what the chance is corrected by
    """

    sources: Sources
    n_cases: int
    n_seen: int
    n_everybody: int
    n_looked_at: int


def window_of_day(midnight_s: int, *, day_s: int, shortest_s: int, longest_s: int) -> tuple[int, int]:
    """When somebody may have been infected who fell ill on a day of which the hour is not known: `[begins, ends)`."""
    return midnight_s - longest_s, midnight_s + day_s - shortest_s


def find_places(visits: Attended, cases: Windows, *, everybody: Column | None = None) -> Search:
    """Places that cases share before onset. O(v log v + v·w) for v visits and w different windows.

    Parameters
    ----------
    everybody : people to compare with who may have no visit; whoever has one is among them anyway
    """
    return _whole(_Question(visits, cases, everybody, is_matched=True))


def find_gatherings(visits: Attended, cases: Windows, *, within_s: int, everybody: Column | None = None) -> Search:
    """Gatherings that cases share: the same place within the same `within_s` seconds.

    Slots of that length begin every half of it, so that whatever lasts half as long lies within one. Looked at are
    the slots of places that cases share; corrected is for every slot in which anybody was anywhere.
    """
    asked = _Question(visits, cases, everybody, is_matched=True)
    found, begins_s = _gatherings(asked, _places(asked), within_s)
    return _search(asked, found, begins_s, begins_s + within_s, _n_slots(asked, within_s))


def find_shared(attended: Attended, cases: Windows, *, everybody: Column) -> Search:
    """Depots, classes, workplaces that cases share. How much else somebody has does not matter here, so nobody is
    compared with those of as many; and `everybody` must be given, since most people have none of it.
    """
    return _whole(_Question(attended, cases, everybody, is_matched=False))


def find_attendance(attended: Attended, cases: Windows, thing: int) -> tuple[Column, Column]:
    """The evidence: (row of `cases`, when) of each time a case was there within its window; `EVER` for always."""
    rows = np.flatnonzero(attended.thing == thing)
    found: list[tuple[int, int]] = []
    for nth, (person, begins_s, ends_s) in enumerate(
        zip(cases.person.tolist(), cases.begins_s.tolist(), cases.ends_s.tolist(), strict=True)
    ):
        at_s = attended.at_s[rows[attended.person[rows] == person]]
        held = at_s[((at_s >= begins_s) & (at_s < ends_s)) | (at_s == EVER)]
        found.extend((nth, int(it)) for it in np.unique(held))
    table = np.array(found, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


class _Question:
    """The columns made dense and sorted once: people 0…, things 0…, windows 0…"""

    def __init__(self, attended: Attended, cases: Windows, everybody: Column | None, *, is_matched: bool) -> None:
        more = np.zeros(0, np.int64) if everybody is None else np.asarray(everybody, np.int64)
        _, firsts = np.unique(cases.person, return_index=True)
        cases = cases.pick(np.sort(firsts))
        self.n_cases, self.is_matched = len(cases), is_matched
        self.people, person = _dense(np.concatenate([attended.person, cases.person, more]).astype(np.int64))
        self.things, thing = _dense(np.asarray(attended.thing, np.int64))
        self.rows = _sorted(thing, person[: len(attended)], attended.at_s)
        pairs = np.stack([cases.begins_s, cases.ends_s], axis=1).astype(np.int64).reshape(-1, 2)
        self.windows, window_of = np.unique(pairs, axis=0, return_inverse=True)
        self.case_window = np.full(len(self.people), -1, np.int64)
        self.case_window[np.searchsorted(self.people, cases.person)] = window_of.reshape(-1)
        went = _counting().count_attended(*self.rows, self.windows, len(self.people))
        who = np.flatnonzero(self.case_window >= 0)
        self.n_seen = int(np.count_nonzero(went[self.case_window[who], who]))
        # Where it does not matter how much else somebody has, everybody stands in the stratum of nothing else.
        self.went = went if is_matched else np.zeros_like(went)
        self.n_bins = int(_counting().bin_of(int(self.went.max(initial=0)))) + 1

    def strata(self, rows: _Rows, n_things: int) -> tuple[Column, Column, Column]:
        found: tuple[Column, Column, Column] = _counting().count_strata(
            *rows, self.windows, self.case_window, self.went, self.n_bins, n_things, int(self.is_matched)
        )
        return found

    def found(self, rows: _Rows, n_things: int) -> tuple[Column, Column]:
        found: tuple[Column, Column] = _counting().count_found(*rows, self.windows, self.case_window, n_things)
        return found

    @property
    def span(self) -> tuple[int, int]:
        if not len(self.windows):
            return 0, 0
        return int(self.windows[:, 0].min()), int(self.windows[:, 1].max())

    def is_looked_at(self, at_s: Column) -> Column:
        """Which moments lie in any window."""
        inside = np.asarray(at_s == EVER, np.bool_)
        for begins_s, ends_s in self.windows.tolist():
            inside |= (at_s >= begins_s) & (at_s < ends_s)
        return inside


def _whole(asked: _Question) -> Search:
    found = _places(asked)
    begins_s, ends_s = (np.full(len(found.things), it) for it in asked.span)
    thing, _, at_s = asked.rows
    return _search(asked, found, begins_s, ends_s, len(np.unique(thing[asked.is_looked_at(at_s)])))


@dataclass(frozen=True, slots=True)
class _Shared:
    """What at least two cases share, with its strata; `things` are places among the question's."""

    things: Column
    n_found: Column
    n_people: Column
    there: Column
    shift: Column
    case_shift: Column


def _sorted(thing: Column, person: Column, at_s: Column) -> _Rows:
    """By thing, person, moment. Where all three fit into 63 bits they are sorted as one number: five times as quick."""
    is_always = at_s == EVER
    first, last = _ends(at_s[~is_always])
    last += 1  # what holds at all times comes last
    bits = [int(it.max(initial=0)).bit_length() for it in (thing, person)] + [(last - first).bit_length()]
    if sum(bits) > 63:
        order = np.lexsort((at_s, person, thing))
        return thing[order].astype(np.int32), person[order].astype(np.int32), np.asarray(at_s, np.int64)[order]
    key = np.asarray(thing, np.int64) << bits[1] | person
    key = np.sort(key << bits[2] | np.where(is_always, last, at_s) - first)
    moment = (key & (1 << bits[2]) - 1) + first
    who = (key >> bits[2]) & (1 << bits[1]) - 1
    return (
        (key >> bits[1] + bits[2]).astype(np.int32),
        who.astype(np.int32),
        np.where(moment == last, EVER, moment),
    )


def _ends(numbers: Column) -> tuple[int, int]:
    """The least and the largest; 0 and 0 of none."""
    return (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)


def _dense(numbers: Column) -> tuple[Column, Column]:
    """The different numbers in their order, and of each row which of them it has."""
    if not len(numbers) or int(numbers.max()) >= DIRECT or int(numbers.min()) < 0:
        distinct, place = np.unique(numbers, return_inverse=True)
        return distinct, place.reshape(-1)
    table = np.zeros(int(numbers.max()) + 1, np.int32)
    table[numbers] = 1
    distinct = np.flatnonzero(table)
    table[distinct] = np.arange(len(distinct), dtype=np.int32)
    return distinct, table[numbers]


def _places(asked: _Question) -> _Shared:
    n_found, n_people = asked.found(asked.rows, len(asked.things))
    shared = np.flatnonzero(n_found >= FEWEST_CASES)
    rows = _among(asked.rows, shared, len(asked.things))
    return _Shared(shared, n_found[shared], n_people[shared], *asked.strata(rows, len(shared)))


def _among(rows: _Rows, kept: Column, n_things: int) -> _Rows:
    """The rows of these things, which are numbered anew."""
    number = np.full(n_things, -1, np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    new = number[rows[0]]
    chosen = new >= 0
    return new[chosen], rows[1][chosen], rows[2][chosen]


def _gatherings(asked: _Question, places: _Shared, within_s: int) -> tuple[_Shared, Column]:
    """Slots that cases share, and when each begins.

    Which those are the cases' own rows tell; only then is everybody else looked for in them.
    """
    stride = within_s // 2
    place, person, at_s = _among(asked.rows, places.things, len(asked.things))
    timed = at_s != EVER
    place, person, at_s = place[timed].astype(np.int64), person[timed], at_s[timed]
    slot = at_s // stride
    first, last = _ends(slot)
    first -= 1  # a moment is in the slot that begins before its own, too
    n_slots = last - first + 1
    code = place * n_slots + slot - first
    mine = asked.case_window[person] >= 0
    own = np.concatenate([code[mine], code[mine] - 1])
    codes, thing = _dense(own)
    n_found, _ = asked.found(_sorted(thing, np.tile(person[mine], 2), np.tile(at_s[mine], 2)), len(codes))
    shared = codes[n_found >= FEWEST_CASES]
    rows = _in_slots(shared, code, person, at_s)
    n_found, n_people = asked.found(rows, len(shared))
    there, _, _ = asked.strata(rows, len(shared))
    # How much else somebody did is counted by places: whoever was at this place stands as at the place itself.
    of_place = shared // n_slots
    found = _Shared(
        places.things[of_place], n_found, n_people, there, places.shift[of_place], places.case_shift[of_place]
    )
    return found, (shared % n_slots + first) * stride


def _in_slots(shared: Column, code: Column, person: Column, at_s: Column) -> _Rows:
    """The rows in any of these slots, each in both of its two if they are there."""
    parts = []
    for back in (0, 1):
        place = np.minimum(np.searchsorted(shared, code - back), max(0, len(shared) - 1))
        chosen = shared[place] == code - back if len(shared) else np.zeros(len(code), np.bool_)
        parts.append((place[chosen], person[chosen], at_s[chosen]))
    return _sorted(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _n_slots(asked: _Question, within_s: int) -> int:
    """How many slots of any place anybody was in."""
    stride = within_s // 2
    held = (asked.rows[2] != EVER) & asked.is_looked_at(asked.rows[2])
    slot = asked.rows[2][held] // stride
    first, last = _ends(slot)
    code, _ = _dense(asked.rows[0][held].astype(np.int64) * (last - first + 2) + slot - first + 1)
    return len(np.union1d(code, code - 1))


def _search(asked: _Question, shared: _Shared, begins_s: Column, ends_s: Column, n_looked_at: int) -> Search:
    everybody, drawn = _counting().count_people(asked.went, asked.case_window, asked.n_bins)
    n_all, n_drawn = everybody + shared.shift, drawn + shared.case_shift
    expected = (n_drawn * shared.there / np.maximum(n_all, 1)).sum(axis=(1, 2))
    chance = np.array(
        [
            _counting().log10_chance(n_all[nth].ravel(), shared.there[nth].ravel(), n_drawn[nth].ravel(), found)
            for nth, found in enumerate(shared.n_found.tolist())
        ],
        dtype=np.float64,
    )
    surprise = _log10_odds_against(np.minimum(0.0, chance + np.log10(max(1, n_looked_at))))
    table = Sources(
        thing=asked.things[shared.things], begins_s=begins_s, ends_s=ends_s, n_found=shared.n_found,
        n_expected=expected, n_people=shared.n_people, log10_chance=chance, surprise=surprise,
    )  # fmt: skip
    order = np.lexsort((table.begins_s, table.thing, -table.n_found, table.log10_chance))
    return Search(
        sources=table.pick(order), n_cases=asked.n_cases, n_seen=asked.n_seen,
        n_everybody=len(asked.people), n_looked_at=n_looked_at,
    )  # fmt: skip


def _log10_odds_against(log10_chance: Column) -> Column:
    """log10((1 − p) / p) for p below a half, else 0."""
    chance = np.power(10.0, log10_chance)
    return np.where(chance < 0.5, np.log10(np.maximum(1 - chance, 0.5)) - log10_chance, 0.0)
