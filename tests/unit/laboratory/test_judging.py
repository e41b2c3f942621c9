"""From Ct values to what is known of a tube."""

import pytest

from fangxian.core.laboratory.judging import Fault, Kit, Outcome, Standing, faults, judged, plate_outcomes, standing
from fangxian.core.laboratory.plates import Control

CLEAN = {Control.NEGATIVE: {"ORF1ab": None, "N": None, "IC": 30.0}, Control.POSITIVE: dict.fromkeys(Kit().channels, 28)}


def cycles(orf1ab, n, internal=25.0):
    return {"ORF1ab": orf1ab, "N": n, "IC": internal}


@pytest.mark.parametrize(
    ("orf1ab", "n", "internal", "outcome"),
    [
        (None, None, 25, Outcome.NEGATIVE),
        (41, None, 25, Outcome.NEGATIVE),
        (38, 38, 25, Outcome.POSITIVE),
        (38.1, 30, 25, Outcome.SINGLE_TARGET),
        (None, 30, 25, Outcome.SINGLE_TARGET),
        (38.1, None, 25, Outcome.GREY),
        (40, 40, 25, Outcome.GREY),
        (None, None, None, Outcome.INVALID),
        (None, 41, 40.1, Outcome.INVALID),
        (20, 20, None, Outcome.POSITIVE),  # much of a virus leaves the internal control nothing
    ],
)
def test_a_tube_is_judged_by_its_targets_and_then_by_its_internal_control(orf1ab, n, internal, outcome):
    assert judged(cycles(orf1ab, n, internal)) == outcome


def test_a_channel_that_is_not_there_is_no_negative():
    with pytest.raises(KeyError):
        judged({"ORF1ab": None, "IC": 25})


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({Control.NEGATIVE: cycles(39.0, None)}, [Fault.NEGATIVE_FOUND]),
        ({Control.POSITIVE: cycles(28.0, None)}, [Fault.POSITIVE_MISSED]),
        ({Control.POSITIVE: cycles(36.0, 28.0)}, [Fault.POSITIVE_MISSED]),
        ({Control.NEGATIVE: cycles(20, 20), Control.POSITIVE: cycles(None, None)},
         [Fault.NEGATIVE_FOUND, Fault.POSITIVE_MISSED]),
    ],
)  # fmt: skip
def test_the_controls_of_a_plate_say_what_is_wrong_with_it(changed, told):
    assert faults({**CLEAN, **changed}) == told


def test_a_plate_without_a_control_says_nothing():
    assert faults({Control.POSITIVE: CLEAN[Control.POSITIVE]}) == [Fault.CONTROL_ABSENT]


def test_where_the_controls_failed_everybody_is_tested_again_the_positive_too():
    outcomes = plate_outcomes({"T1": cycles(20, 20), "T2": cycles(None, None)}, {})
    assert outcomes == {"T1": Outcome.RE_TEST, "T2": Outcome.RE_TEST}


def test_where_they_held_each_tube_has_its_own():
    outcomes = plate_outcomes({"T1": cycles(20, 20), "T2": cycles(None, None)}, CLEAN)
    assert outcomes == {"T1": Outcome.POSITIVE, "T2": Outcome.NEGATIVE}


@pytest.mark.parametrize(
    ("runs", "holds"),
    [
        ([], Standing(Outcome.RE_TEST, False)),
        ([Outcome.INVALID, Outcome.NEGATIVE], Standing(Outcome.NEGATIVE, False)),
        ([Outcome.NEGATIVE, Outcome.RE_TEST], Standing(Outcome.NEGATIVE, False)),
        ([Outcome.POSITIVE, Outcome.INVALID], Standing(Outcome.POSITIVE, False)),
        ([Outcome.NEGATIVE, Outcome.POSITIVE], Standing(Outcome.POSITIVE, True)),
        ([Outcome.GREY, Outcome.NEGATIVE, Outcome.NEGATIVE], Standing(Outcome.GREY, True)),
        ([Outcome.INVALID, Outcome.RE_TEST], Standing(Outcome.INVALID, False)),
    ],
)
def test_of_two_results_that_disagree_the_graver_holds_and_is_disputed(runs, holds):
    assert standing(runs) == holds


@pytest.mark.parametrize("given", [{"targets": ()}, {"targets": ("N", "N")}, {"positive_ct": 41}, {"internal": "N"}])
def test_a_kit_that_contradicts_itself_is_refused(given):
    with pytest.raises(ValueError, match=r"kit|grey"):
        Kit(**given)
