"""溯源 against its plain definition: sets of people, fractions, and one place after another."""

from fractions import Fraction
from math import comb, log10

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.exposure.columns import EVER
from fangxian.core.exposure.sources import Attended, Windows, find_gatherings, find_places, find_shared

WITHIN_S = 10
ROWS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.integers(0, 60)), max_size=40)
CASES = st.lists(st.tuples(st.integers(0, 11), st.sampled_from([(0, 30), (10, 40), (35, 61)])), max_size=7)


def columns(kind, rows):
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 3)
    return kind(**dict(zip(kind.__dataclass_fields__, table.T, strict=True)))


def windows_of(cases):
    """Of a person's rows the first counts."""
    first = {}
    for person, window in cases:
        first.setdefault(person, window)
    return first


def at_least(strata, found: int) -> Fraction:
    """The chance of `found` or more over (people, there, drawn) of each stratum, by adding up every way."""
    sums = {0: Fraction(1)}
    for n_all, n_there, n_drawn in strata:
        after = {}
        for k in range(n_drawn + 1):
            ways = comb(n_there, k) * comb(n_all - n_there, n_drawn - k)
            for total, chance in sums.items():
                after[total + k] = after.get(total + k, 0) + chance * Fraction(ways, comb(n_all, n_drawn))
        sums = after
    return sum((chance for total, chance in sums.items() if total >= found), Fraction(0))


def stratum(n_others: int) -> int:
    return n_others.bit_length()


def define(things_of, place_of, looked_at, cases, everybody, is_matched):
    """Plainly: `things_of(person, window)` is what somebody attended in it; one row a thing that two cases share."""
    first = windows_of(cases)
    found = {}
    for thing in looked_at:
        strata, n_found, expected = [], 0, Fraction(0)
        for window in sorted(set(first.values())):

            def others(person, window=window, thing=thing):
                places = {place_of(it) for it in things_of(person, window)}
                return stratum(len(places - {place_of(thing)})) if is_matched else 0

            for height in range(6):
                people = {it for it in everybody if others(it) == height}
                there = {it for it in people if thing in things_of(it, window)}
                drawn = {it for it in people if first.get(it) == window}
                n_found += len(there & drawn)
                if drawn:
                    strata.append((len(people), len(there), len(drawn)))
                    expected += Fraction(len(there) * len(drawn), len(people))
        if n_found >= 2:
            chance = at_least(strata, n_found)
            corrected = min(Fraction(1), chance * len(looked_at))
            odds = log10((1 - corrected) / corrected) if corrected < Fraction(1, 2) else 0.0
            found[thing] = (n_found, pytest.approx(float(expected)), pytest.approx(odds, abs=1e-6))
    return found


def told(search, key):
    it = search.sources
    rows = zip(it.thing, it.begins_s, it.n_found, it.n_expected, it.surprise, strict=True)
    return {key(int(thing), int(begins)): (n, expected, odds) for thing, begins, n, expected, odds in rows}


@given(rows=ROWS, cases=CASES)
def test_places_are_those_of_the_plain_definition(rows, cases):
    search = find_places(columns(Attended, rows), columns(Windows, [(who, *window) for who, window in cases]))
    first = windows_of(cases)
    looked_at = {v for _, v, t in rows if any(b <= t < e for b, e in first.values())}

    def things_of(person, window):
        return {v for who, v, t in rows if who == person and window[0] <= t < window[1]}

    everybody = {who for who, _, _ in rows} | set(first)
    assert (search.n_looked_at, search.n_everybody, search.n_cases) == (len(looked_at), len(everybody), len(first))
    assert search.n_seen == sum(bool(things_of(who, window)) for who, window in first.items())
    assert told(search, lambda thing, _: thing) == define(things_of, int, looked_at, cases, everybody, True)


@given(rows=ROWS, cases=CASES)
def test_gatherings_are_those_of_the_plain_definition(rows, cases):
    visits, windows = columns(Attended, rows), columns(Windows, [(who, *window) for who, window in cases])
    search = find_gatherings(visits, windows, within_s=WITHIN_S)
    first = windows_of(cases)

    def slots(t):
        return [t // (WITHIN_S // 2) * (WITHIN_S // 2) - back for back in (0, WITHIN_S // 2)]

    looked_at = {(v, s) for _, v, t in rows if any(b <= t < e for b, e in first.values()) for s in slots(t)}

    def things_of(person, window):
        return {(v, s) for who, v, t in rows if who == person and window[0] <= t < window[1] for s in slots(t)}

    everybody = {who for who, _, _ in rows} | set(first)
    assert search.n_looked_at == len(looked_at)
    defined = define(things_of, lambda it: it[0], looked_at, cases, everybody, True)
    assert told(search, lambda thing, begins: (thing, begins)) == defined


@given(rows=ROWS, cases=CASES, classes=st.sets(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=12))
def test_what_is_shared_at_any_time_counts_in_every_window(rows, cases, classes):
    held = [*rows, *((who, thing, EVER) for who, thing in classes)]
    windows = columns(Windows, [(who, *window) for who, window in cases])
    search = find_shared(columns(Attended, held), windows, everybody=np.arange(15))
    first = windows_of(cases)

    def things_of(person, window):
        return {v for who, v, t in held if who == person and (window[0] <= t < window[1] or t == EVER)}

    looked_at = {v for _, v, t in held if t == EVER or any(b <= t < e for b, e in first.values())}
    defined = define(things_of, int, looked_at, cases, set(range(15)), False)
    assert told(search, lambda thing, _: thing) == defined


@given(rows=ROWS, cases=CASES, order=st.randoms())
def test_the_order_of_rows_means_nothing(rows, cases, order):
    windows = columns(Windows, [(who, *window) for who, window in cases])
    mixed = list(rows)
    order.shuffle(mixed)
    one, other = (find_places(columns(Attended, it), windows).sources for it in (rows, mixed))
    assert one.thing.tolist() == other.thing.tolist()
    assert one.log10_chance.tolist() == other.log10_chance.tolist()
