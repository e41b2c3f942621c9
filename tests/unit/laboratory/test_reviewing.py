"""Nobody lets their own result go out."""

import pytest

from fangxian.core.laboratory import reviewing
from fangxian.core.laboratory.judging import Outcome
from fangxian.core.laboratory.reviewing import Step, entered, entered_again
from fangxian.core.refusal import Refusal

NEGATIVE = Outcome.NEGATIVE


def by_hand():
    return entered(NEGATIVE, by="a", by_hand=True)


def by_file():
    return entered(NEGATIVE, by="a", by_hand=False)


def test_a_result_of_a_file_goes_out_by_another_person():
    assert reviewing.released(by_file(), by="b").step == Step.RELEASED


def test_one_typed_in_is_typed_again_and_goes_out_by_a_third():
    checked = entered_again(by_hand(), NEGATIVE, by="b")
    assert reviewing.released(checked, by="c").step == Step.RELEASED


def test_of_two_who_typed_different_results_neither_is_believed():
    assert entered_again(by_hand(), Outcome.GREY, by="b").step == Step.RETURNED


@pytest.mark.parametrize(
    "act",
    [
        lambda: entered_again(by_hand(), NEGATIVE, by="a"),
        lambda: reviewing.released(by_file(), by="a"),
        lambda: reviewing.released(entered_again(by_hand(), NEGATIVE, by="b"), by="a"),
        lambda: reviewing.released(entered_again(by_hand(), NEGATIVE, by="b"), by="b"),
    ],
)
def test_the_same_person_is_refused(act):
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.code == "laboratory.same_person"


@pytest.mark.parametrize(
    "act",
    [
        lambda: reviewing.released(by_hand(), by="b"),
        lambda: reviewing.withdrawn(by_file(), by="b", reason="x"),
        lambda: reviewing.released(reviewing.released(by_file(), by="b"), by="c"),
        lambda: reviewing.released(reviewing.returned(by_file(), by="b", reason="x"), by="c"),
    ],
)
def test_what_is_not_due_is_refused_and_says_where_it_stands(act):
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.code == "laboratory.not_at_this_step"
    assert "“" in refused.value.said.zh


def test_sending_back_and_taking_back_need_a_reason():
    out = reviewing.released(by_file(), by="b")
    for act in (lambda: reviewing.returned(by_file(), by="b", reason=" "),
                lambda: reviewing.withdrawn(out, by="b", reason="")):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "laboratory.no_reason"
    assert reviewing.withdrawn(out, by="b", reason=" curve ").reason == "curve"


@pytest.mark.parametrize("outcome", [Outcome.POSITIVE, Outcome.SINGLE_TARGET, Outcome.GREY])
def test_whoever_let_out_what_held_somebody_does_not_take_it_back_alone(outcome):
    out = reviewing.released(entered(outcome, by="a", by_hand=False), by="b")
    with pytest.raises(Refusal) as refused:
        reviewing.withdrawn(out, by="b", reason="curve")
    assert refused.value.code == "laboratory.let_out_by_you"
    assert reviewing.withdrawn(out, by="c", reason="curve").step == Step.WITHDRAWN


def test_whoever_let_out_a_negative_takes_it_back():
    out = reviewing.released(by_file(), by="b")
    assert reviewing.withdrawn(out, by="b", reason="curve").step == Step.WITHDRAWN


@pytest.mark.parametrize("by", ["a", "b"])
def test_whoever_entered_or_checked_a_result_does_not_take_it_back(by):
    out = reviewing.released(reviewing.entered_again(by_hand(), Outcome.NEGATIVE, by="b"), by="c")
    with pytest.raises(Refusal) as refused:
        reviewing.withdrawn(out, by=by, reason="curve")
    assert refused.value.code == "laboratory.same_person"
