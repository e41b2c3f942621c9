"""What holds of every tube, plate and row of runs, held to plain definitions."""

from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.laboratory.judging import GRAVITY, Kit, Outcome, judged, standing
from fangxian.core.laboratory.plates import LAYOUTS, plates_of

KIT = Kit()
CTS = st.none() | st.sampled_from([38.0, 40.0]) | st.floats(10, 45)
CYCLES = st.fixed_dictionaries(dict.fromkeys(KIT.channels, CTS))
RUNS = st.lists(st.sampled_from(Outcome), max_size=5)


def plainly(cycles):
    """The rule as it hangs on the wall, line by line."""
    sure = [cycles[t] is not None and cycles[t] <= 38 for t in KIT.targets]
    late = [cycles[t] is not None and 38 < cycles[t] <= 40 for t in KIT.targets]
    has_internal = cycles["IC"] is not None and cycles["IC"] <= 40
    if sure == [True, True]:
        return Outcome.POSITIVE
    if sure in ([True, False], [False, True]):
        return Outcome.SINGLE_TARGET
    if any(late):
        return Outcome.GREY
    return Outcome.NEGATIVE if has_internal else Outcome.INVALID


@given(CYCLES)
def test_every_tube_is_judged_as_the_rule_says(cycles):
    assert judged(cycles) == plainly(cycles)


@given(CYCLES, st.sampled_from(KIT.targets), st.floats(0, 30))
def test_a_curve_that_rises_earlier_never_makes_a_tube_less_grave(cycles, target, earlier):
    ct = cycles[target]
    sooner = {**cycles, target: 45 - earlier if ct is None else max(ct - earlier, 1)}
    assert GRAVITY.index(judged(sooner)) >= GRAVITY.index(judged(cycles))


@given(RUNS, RUNS)
def test_runs_amount_to_the_same_in_any_order_and_more_of_them_never_to_less(first, second):
    both = standing(first + second)
    assert both == standing(second + first)
    if first:
        assert GRAVITY.index(both.outcome) >= GRAVITY.index(standing(first).outcome)
        assert both.is_disputed >= standing(first).is_disputed


@given(st.integers(0, 700), st.sampled_from([(96,), (32,), (96, 32)]))
def test_every_tube_has_one_well_that_is_no_control(n, wells):
    tubes = [f"T{k}" for k in range(n)]
    plates = plates_of(tubes, wells=wells)
    assert [tube for plate in plates for tube in plate.tubes] == tubes
    for plate in plates:
        assert plate.layout in [LAYOUTS[each] for each in wells]
        assert not set(plate.tube_of) & set(plate.layout.controls)
        assert len(dict(plate.worklist())) == len(plate.tubes) + 2
