"""A round planned anew from what has happened."""

from dataclasses import replace

import numpy as np
import pytest

from fangxian.core.screening.laboratory import fushan
from fangxian.core.screening.levers import levers
from fangxian.core.screening.playing import play
from fangxian.core.screening.replanning import State, at_pace, pace_of, reached_anew, replanned, state_of_totals
from fangxian.core.screening.rounds import Round, Site
from fangxian.core.screening.telling import told

N_HOURS = 72


def planned(**changed):
    return Round(
        sites=[Site(n_people=1_500, n_tables=2) for _ in range(8)], laboratories=[fushan()], size=10, **changed
    )


def state_at(played, at_min, of):
    """What a round that goes as it was played has told by a moment."""

    def by_hour(moments):
        counts = np.bincount((moments // 60).astype(int), weights=moments <= at_min, minlength=N_HOURS)
        return counts.astype(int).tolist()

    sealed = [int(((played.site_of == k) & (played.sealed <= at_min)).sum()) for k in range(len(of.sites))]
    return State(
        at_min=at_min,
        sampled=by_hour(played.sealed),
        received=by_hour(played.brought),
        resulted=by_hour(played.released),
        extracted=int(((played.extracted <= at_min) & (played.released > at_min)).sum()),
        left=[max(site.n_people - n * of.size, 0) for site, n in zip(of.sites, sealed, strict=True)],
    )


@pytest.mark.parametrize("hour", [9, 12, 20, 26])
def test_a_round_that_goes_as_planned_is_planned_anew_to_the_same_end(hour):
    state = state_at(play(planned()), hour * 60, planned())
    assert pace_of(planned(), state).laboratories == pytest.approx(1, abs=0.1)
    assert replanned(planned(), state).ends_min == pytest.approx(told(planned()).ends_min, abs=240)


def test_a_laboratory_that_is_half_as_quick_is_found_out_by_its_results():
    slow = planned(patience_min=30.0)
    slow = replace(
        slow,
        laboratories=[replace(fushan(), extractors=[replace(each, run_min=180) for each in fushan().extractors])],
    )
    state = state_at(play(slow), 24 * 60, slow)
    assert pace_of(planned(), state).laboratories == pytest.approx(0.5, abs=0.1)
    assert replanned(planned(), state).ends_min == pytest.approx(told(slow).ends_min, rel=0.1)


def test_tables_that_are_slow_are_found_out_by_who_is_left():
    state = state_at(play(planned(at_a_table=45.0)), 11 * 60, planned())
    assert pace_of(planned(), state).tables == pytest.approx(0.5, abs=0.05)


def test_a_round_that_was_opened_late_is_not_taken_for_slow():
    """Of 8 hours since opening time one was worked, in which two tables at each of eight sites did 180 people each."""
    state = State(at_min=16 * 60, from_min=15 * 60, sampled=[], received=[], resulted=[], left=[1_320] * 8)
    assert pace_of(planned(), state).tables == pytest.approx(1)


def test_before_anything_is_through_a_round_goes_as_planned():
    state = State(at_min=8 * 60, sampled=[], received=[], resulted=[], left=[1_500] * 8)
    assert at_pace(planned(), pace_of(planned(), state)).at_a_table == planned().at_a_table
    assert replanned(planned(), state).ends_min == told(planned()).ends_min


def test_machines_that_wait_for_tubes_are_not_taken_for_slow():
    few = replace(planned(), sites=[Site(n_people=200, n_tables=1) for _ in range(8)])
    assert pace_of(few, state_at(play(few), 15 * 60, few)).laboratories == 1


def test_what_is_through_is_not_planned_again():
    played = play(planned())
    state = state_at(played, 20 * 60, planned())
    assert replanned(planned(), state).n_tubes == len(played.sealed) - int((played.released <= 20 * 60).sum())


def test_a_round_that_is_all_through_ends_now():
    state = State(at_min=3_000, sampled=[1_200], received=[1_200], resulted=[1_200], left=[0] * 8)
    assert replanned(planned(), state).takes_min == 0


def test_what_still_brings_it_to_its_end_is_told_while_it_runs():
    state = state_at(play(planned()), 14 * 60, planned())
    by = told(planned()).ends_min - 180
    anew = reached_anew(planned(), levers(planned(), tables=0, pick_ups=0), state, by_min=by)
    assert anew.ways[0].told.ends_min <= by < anew.as_planned.ends_min


def test_more_results_than_tubes_is_refused():
    with pytest.raises(ValueError, match="no tube comes further"):
        State(at_min=600, sampled=[5], received=[5], resulted=[6], left=[0])


def test_sums_told_over_the_telephone_make_a_state_in_which_nothing_is_lost():
    state = state_of_totals(
        planned(), at_min=14 * 60, n_sampled=700, n_received=500, n_resulted=100, n_left=5_001
    )  # fmt: skip
    assert (sum(state.sampled), sum(state.received), sum(state.resulted), sum(state.left)) == (700, 500, 100, 5_001)
    assert (state.begun.in_transit, state.begun.at_laboratory) == (200, 400)
    assert sum(state.received[:8]) == 0
