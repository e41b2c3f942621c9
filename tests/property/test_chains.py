"""Chains against their plain definition: who reaches whom, by trying until nothing changes."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.exposure.chains import Link, chain_figures, trace_chains

KEYS = st.integers(0, 11)
LINKS = st.lists(st.builds(Link, KEYS, KEYS, st.integers(0, 2)), max_size=22)
DAYS = st.dictionaries(KEYS, st.one_of(st.none(), st.integers(0, 9).map(lambda n: date(2022, 4, 1) + n * DAY)))
DAY = timedelta(days=1)


def reached(pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Whoever is reached along one pair or several: the plain definition, tried until nothing is new."""
    found = set(pairs)
    while True:
        longer = found | {(a, d) for a, b in found for c, d in found if b == c}
        if longer == found:
            return found
        found = longer


@given(cases=st.lists(KEYS, max_size=12), links=LINKS)
def test_clusters_are_those_who_reach_one_another_either_way(cases, links):
    found = trace_chains(cases, links)
    pairs = {(it.infector, it.infected) for it in links}
    either = reached(pairs | {(b, a) for a, b in pairs} | {(key, key) for key in found.cases})
    assert {frozenset(it) for it in found.clusters} == {
        frozenset(b for a, b in either if a == key) for key in found.cases
    }
    assert sorted(key for cluster in found.clusters for key in cluster) == sorted(found.cases)
    assert [len(it) for it in found.clusters] == sorted(map(len, found.clusters), reverse=True)


@given(links=LINKS)
def test_circles_are_rounds_through_those_who_reach_themselves(links):
    found = trace_chains([], links)
    pairs = {(it.infector, it.infected) for it in links}
    loop = {a for a, b in reached(pairs) if a == b}
    together = {frozenset(b for a, b in reached(pairs) if a == key and (b, a) in reached(pairs)) for key in loop}
    assert len(found.circles) == len(together)
    for circle in found.circles:
        assert set(zip(circle, (*circle[1:], circle[0]), strict=True)) <= pairs
        assert len(set(circle)) == len(circle)
        assert any(set(circle) <= members for members in together)


@given(links=LINKS, onset=DAYS)
def test_following_likeliest_infectors_ends_and_uses_recorded_links_only(links, onset):
    found = trace_chains([], links, onset)
    pairs = {(it.infector, it.infected) for it in links}
    for key in found.cases:
        at, n_links = key, 0
        while found.infector[at] is not None:
            assert (found.infector[at], at) in pairs
            at, n_links = found.infector[at], n_links + 1
            assert n_links < len(found.cases), "it would never end"
        assert found.generation[key] in (n_links, None)
        if found.generation[key] is None:
            above = {a for a, b in reached(pairs) if b == key} | {key}
            assert any((it, it) in reached(pairs) for it in above), "unknown, and there is no circle above it"


@given(links=LINKS, onset=DAYS)
def test_the_likeliest_is_the_surest_where_no_circle_is_in_it(links, onset):
    found = trace_chains([], links, onset)
    pairs = {(it.infector, it.infected) for it in links}
    surest = {}
    for link in links:
        pair = (link.infector, link.infected)
        surest[pair] = max(surest.get(pair, 0), link.certainty)
    in_circles = {a for a, b in reached(pairs) if a == b}
    for key in set(found.cases) - in_circles:
        candidates = {a: certainty for (a, b), certainty in surest.items() if b == key}
        if not candidates:
            assert found.infector[key] is None
            continue
        best = [a for a, certainty in candidates.items() if certainty == max(candidates.values())]
        assert found.infector[key] in best
        assert (key in found.undecided) == (len(best) > 1)


@given(links=LINKS, onset=DAYS)
def test_figures_are_what_a_count_by_hand_gives(links, onset):
    figures = chain_figures(trace_chains([], links, onset))
    pairs = {(it.infector, it.infected) for it in links}
    days = [(onset[b] - onset[a]).days for a, b in pairs if onset.get(a) is not None and onset.get(b) is not None]
    assert (figures.n_links, figures.n_intervals) == (len(pairs), len(days))
    assert figures.most_infected == max(Counter(a for a, _ in pairs).values(), default=0)
    assert figures.n_contradicting == sum(it < 0 for it in days)
    assert figures.interval_mean_days == (None if not days else sum(days) / len(days))
