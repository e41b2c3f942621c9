"""What a laboratory gets through: the county's own is reckoned from its machines."""

import pytest

from fangxian.core.screening.laboratory import Laboratory, Machines, fushan, least_days, tubes_for

RESIDENTS = 98_833


def test_the_countys_laboratory_does_what_it_was_said_to_do():
    assert fushan().tubes_a_day == 1_504


def test_its_one_extractor_holds_it_up_and_its_amplifiers_could_do_twice_as_much():
    assert fushan().held_up_by == "extraction"
    assert fushan().steps()["amplification"] > 2 * fushan().tubes_a_day


@pytest.mark.parametrize(("size", "n_tubes", "days"), [(10, 9_884, 6.6), (20, 4_942, 3.3)])
def test_the_whole_county_takes_it_days(size, n_tubes, days):
    assert tubes_for(RESIDENTS, size) == n_tubes
    assert round(least_days(n_tubes, [fushan()]), 1) == days


def test_a_mobile_laboratory_of_ten_thousand_tubes_brings_it_to_a_day():
    mobile = Laboratory(
        name="方舱",
        extractors=[Machines(n=8, wells=96, run_min=90)],
        amplifiers=[Machines(n=8, wells=96, run_min=108)],
        hands_a_day=10_000,
    )
    assert mobile.tubes_a_day > 9_000
    assert least_days(tubes_for(RESIDENTS, 10), [fushan(), mobile]) < 1


def test_runs_that_do_not_end_before_it_closes_are_not_begun():
    machines = Machines(n=1, wells=96, controls=2, run_min=90)
    assert machines.tubes_a_day(179) == 94
    assert machines.tubes_a_day(180) == 188


def test_its_people_can_be_what_holds_it_up():
    laboratory = Laboratory(
        name="", extractors=fushan().extractors, amplifiers=fushan().amplifiers, hands_a_day=700
    )  # fmt: skip
    assert (laboratory.tubes_a_day, laboratory.held_up_by) == (700, "hands")


def test_no_laboratory_at_all_is_no_number_of_days():
    with pytest.raises(ValueError, match="no laboratory"):
        least_days(10, [])
