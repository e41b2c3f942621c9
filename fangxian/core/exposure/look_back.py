"""The look-back: everybody's stays beside those of cases, place by place, and the sums of people as they rank.

Of many cases several threads share the work: first the places, each thread with sums of its own, then the people, whose
sums are added together and ranked in two halves, then the ranks. It comes out the same in whatever order they are done.
"""

from itertools import pairwise
from typing import Final

import numpy as np

from fangxian.core.exposure.case_stays import CaseStays
from fangxian.core.exposure.columns import Column
from fangxian.core.exposure.index import Blocks, StayIndex
from fangxian.core.exposure.sums import MET, PLACES, Sums, new_rows, rows_to_keep
from fangxian.core.exposure.threads import N_HALVES, Map, halves, map_with
from fangxian.core.exposure.totals import Totals

COST_OF_A_BLOCK: Final = 12  # that is taken in and added up, in blocks that a case stay is laid beside (bench_exposure)
NONE: Final = np.zeros(0, np.int32)


def look_back(index: StayIndex, blocks: Blocks, stays: CaseStays, enough_s: int, n_threads: int) -> Totals:
    """The sums of whoever possibly met a case, as they rank."""
    laid = _Laid(index, blocks, stays, n_threads, map_with(n_threads))
    return _look_back(len(index.people), laid, enough_s)


class _Laid:
    """What is laid beside one another: `cases`, each case stay with the blocks that it may meet."""

    def __init__(self, index: StayIndex, blocks: Blocks, stays: CaseStays, n_threads: int, each: Map) -> None:
        from fangxian.core.exposure import loops_blocks

        def some(edges: tuple[int, int]) -> Column:
            part = tuple(column[slice(*edges)] for column in stays.for_loops())
            found: Column = loops_blocks.blocks_beside(blocks.firsts, blocks.begins, longest_at, part, blocks.since)
            return found

        self.rows, self.spare, self.rates, longest_at = blocks.rows, blocks.spare, stays.rate, index.longest_at
        self.base, self.n_threads, self.each = (blocks.since, stays.span[1]), n_threads, each
        self.cases = np.concatenate([*each(some, halves(len(stays), n_threads))])
        self.from_, self.to = (self.cases[:, at].astype(np.int64) for at in (loops_blocks.FROM, loops_blocks.TO))

    def sum_into(self, into: tuple[Column, ...], edges: tuple[int, int]) -> int:
        """Adds what is at the places of some case stays; how many people these are."""
        from fangxian.core.exposure import loops_beside

        part, whole = slice(*edges), np.int32(self.base[1] - self.base[0])
        n_people: int = loops_beside.look_back(self.rows, self.cases[part], self.rates[part], whole, into)
        return n_people

    def edges(self) -> list[tuple[int, int]]:
        """From and up to which case stay each thread goes: whole places, and about as much work.

        At busy places many case stays lie beside the same blocks, which are taken in once.
        """
        from fangxian.core.exposure import loops_blocks

        until, place = np.maximum.accumulate(self.to), self.cases[:, loops_blocks.PLACE]
        taken_in = self.to - np.maximum(self.from_, np.concatenate([self.from_[:1], until[:-1]]))
        work = np.cumsum(COST_OF_A_BLOCK * np.maximum(taken_in, 0) + self.to - self.from_)
        cuts = place[np.searchsorted(work, work[-1] * np.arange(1, self.n_threads) // self.n_threads)]
        return list(pairwise([0, *np.searchsorted(place, cuts).tolist(), len(place)]))


def _look_back(n_people: int, laid: _Laid, enough_s: int) -> Totals:
    """For few rows sums of those only who are met, since making room for everybody takes longer than the search."""
    from fangxian.core.exposure import loops_beside

    n_rows = int((laid.to - laid.from_).sum()) * loops_beside.LANES
    if n_rows >= n_people:
        return _of_everybody(n_people, laid, enough_s)
    sums, places, people = new_rows(n_rows, MET), new_rows(n_rows, PLACES), np.empty(n_rows, np.int32)
    table = np.full(1 << max(6, 2 * n_rows).bit_length(), loops_beside.EMPTY, np.int32)
    n = laid.sum_into((sums, places, people, table), (0, len(laid.cases)))
    return in_rank_order(Sums(sums[:n], people[:n], laid.base, places[:n]), enough_s)


def _of_everybody(n_people: int, laid: _Laid, enough_s: int) -> Totals:
    """Sums of everybody, each of several threads at places of its own."""
    from fangxian.core.exposure import loops_met, loops_search

    def at_some(edges: tuple[int, int]) -> tuple[Column, Column]:
        into = _room(laid.spare, n_people)
        laid.sum_into((*into, NONE, NONE), edges)
        return into

    def of_some(edges: tuple[int, int]) -> Column:
        for other in others:
            loops_met.together(first[0], first[1], other[0], other[1], *edges)
        found: Column = loops_search.ranked(first[0], NONE, *edges, enough_s)
        return found

    first, *others = laid.each(at_some, laid.edges())
    words = [*laid.each(of_some, halves(n_people, laid.n_threads))]
    found = totals(Sums(first[0], NONE, laid.base, first[1]), words, laid.each)
    laid.spare.extend([first, *others])  # all zeros again; nobody else has them
    del laid.spare[max(laid.n_threads, N_HALVES) :]
    return found


def _room(spare: list[tuple[Column, Column]], n_people: int) -> tuple[Column, Column]:
    try:
        return spare.pop()
    except IndexError:
        return rows_to_keep(n_people, MET), rows_to_keep(n_people, PLACES)


def in_rank_order(sums: Sums, enough_s: int) -> Totals:
    """Those who possibly met a case, in the order in which they will be shown."""
    from fangxian.core.exposure import loops_search

    return totals(sums, [loops_search.ranked(sums.of, sums.people, 0, len(sums.of), enough_s)], map)


def totals(sums: Sums, words: list[Column], each: Map) -> Totals:
    """The sums of those whose words these are: one list, or two that are merged from both their ends at once."""
    from fangxian.core.exposure import loops_met, loops_search

    first, second = (*words, np.zeros(0, np.int64))[:N_HALVES]
    n = len(first) + len(second)
    columns = np.empty((9, n), np.int64)

    parts = halves(n, len(words))
    ours = [loops_search.split(first, second, edge, sums.of) for edge in (0, *(end for _, end in parts))]
    theirs = [edge - one for edge, one in zip((0, *(end for _, end in parts)), ours, strict=True)]

    def give(edges: tuple[int, int], some: tuple[int, int], others: tuple[int, int]) -> None:
        rows = loops_search.merged(first[slice(*some)], second[slice(*others)], sums.of)
        part = columns[:, slice(*edges)]
        if sums.places is None:
            loops_search.in_columns(rows, sums.people, sums.of, sums.base, part[:8], part[8].view(np.float64))
            return
        one_after_another = columns.reshape(-1)
        into = (edges[0], one_after_another, one_after_another.view(np.float64))
        loops_met.in_columns(rows, sums.people, sums.of, sums.places, sums.base, *into)

    list(each(give, parts, list(pairwise(ours)), list(pairwise(theirs))))  # each reads no sums but its own
    person, sure, likely, possible, n_meetings, n_places, first_s, last_s, weight = columns
    return Totals(
        person=person, sure_s=sure, likely_s=likely, possible_s=possible, weight=weight.view(np.float64),
        n_meetings=n_meetings, n_places=n_places, first_s=first_s, last_s=last_s,
    )  # fmt: skip
