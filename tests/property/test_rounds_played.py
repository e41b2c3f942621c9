"""What holds of every round that is played: nothing is lost, nothing overtakes, no bound is beaten."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fangxian.core.screening.laboratory import Laboratory, Machines
from fangxian.core.screening.playing import Begun, play
from fangxian.core.screening.reaching import could_end_by
from fangxian.core.screening.rounds import Round, Site

MACHINES = st.builds(
    Machines, n=st.integers(1, 3), wells=st.sampled_from([8, 32, 96]), run_min=st.integers(20, 200)
)  # fmt: skip
LABORATORIES = st.builds(
    Laboratory,
    name=st.just(""),
    extractors=st.tuples(MACHINES),
    amplifiers=st.lists(MACHINES, min_size=1, max_size=2),
    open_min=st.sampled_from([600, 960, 1440]),
    further_min=st.integers(0, 120),
)
SITES = st.builds(Site, n_people=st.integers(0, 400), n_tables=st.integers(1, 3))
ROUNDS = st.builds(
    Round,
    sites=st.lists(SITES, min_size=1, max_size=4),
    laboratories=st.lists(LABORATORIES, min_size=1, max_size=2),
    size=st.sampled_from([1, 5, 10, 20]),
    between_pick_ups_min=st.sampled_from([30.0, 120.0]),
    patience_min=st.sampled_from([0.0, 30.0]),
)


@settings(max_examples=60, deadline=None)
@given(ROUNDS, st.integers(1, 72))
def test_where_the_bound_says_no_no_round_ends_by_then(planned, hours):
    by_min = 8 * 60 + hours * 60
    if planned.n_tubes and play(planned).ends_min <= by_min:
        assert could_end_by(planned, by_min)


@settings(max_examples=60, deadline=None)
@given(ROUNDS)
def test_every_tube_goes_through_every_step_in_order(planned):
    played = play(planned)
    assert len(played.sealed) == planned.n_tubes
    steps = (played.sealed, played.brought, played.extracted_from, played.extracted, played.amplified_from)
    for before, after in zip(steps, (*steps[1:], played.released), strict=True):
        assert np.all(before <= after)


@settings(max_examples=60, deadline=None)
@given(ROUNDS, st.integers(0, 3_000), st.tuples(*[st.integers(0, 60)] * 3))
def test_of_a_round_that_has_begun_no_tube_is_lost_and_none_goes_back_in_time(planned, now, stock):
    begun = Begun(float(now), [site.n_people // 2 for site in planned.sites], *stock)
    played = play(planned, begun)
    left = sum(-(-n // planned.size) for n in begun.left)
    assert len(played.released) == left + sum(stock)
    assert np.all(played.sealed >= now)
    assert np.all(played.released >= now)
