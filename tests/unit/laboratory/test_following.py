"""What follows from a tube for each member, and for the pool from its members."""

import pytest

from fangxian.core.laboratory.following import Next, next_of_members, resolved
from fangxian.core.laboratory.judging import Outcome, Standing


@pytest.mark.parametrize("outcome", [Outcome.POSITIVE, Outcome.GREY, Outcome.SINGLE_TARGET])
@pytest.mark.parametrize(("n_members", "then"), [(10, Next.HOLD_AND_CALL_BACK), (1, Next.HOLD_AND_SECOND_LABORATORY)])
def test_all_of_a_suspect_pool_are_held_and_called_back_and_one_alone_goes_to_a_second_laboratory(
    outcome, n_members, then
):
    assert next_of_members(Standing(outcome, False), n_members=n_members, n_runs=1) == then
    assert then.holds


def test_a_negative_pool_releases_everybody_in_it():
    now = Standing(Outcome.NEGATIVE, False)
    assert next_of_members(now, n_members=20, n_runs=2) == Next.RELEASE


@pytest.mark.parametrize("outcome", [Outcome.INVALID, Outcome.RE_TEST])
@pytest.mark.parametrize(("n_runs", "then"), [(0, Next.RUN_AGAIN), (1, Next.RUN_AGAIN), (2, Next.CALL_BACK)])
def test_a_tube_that_says_nothing_is_run_again_and_then_sampled_anew_and_holds_nobody(outcome, n_runs, then):
    assert next_of_members(Standing(outcome, False), n_members=10, n_runs=n_runs) == then
    assert not then.holds


def test_a_member_is_free_by_a_negative_of_their_own_while_others_are_awaited():
    told = resolved({"a": Outcome.NEGATIVE, "b": Outcome.POSITIVE, "c": None, "d": Outcome.INVALID})
    assert (told.released, told.held, told.awaited) == (("a",), ("b",), ("c", "d"))
    assert not told.is_unexplained


def test_a_pool_whose_members_are_all_negative_is_told_as_unexplained():
    assert resolved({"a": Outcome.NEGATIVE, "b": Outcome.NEGATIVE}).is_unexplained
    assert not resolved({"a": Outcome.NEGATIVE, "b": None}).is_unexplained
    assert not resolved({}).is_unexplained
