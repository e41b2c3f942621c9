"""What a round needs of people and of kits."""

import pytest

from fangxian.core.screening.staffing import covered, kits_of, staffing

RESIDENTS = 98_833
STORES = {
    "tubes": 12_000, "swabs": 110_000, "extraction_kits": 50_000, "amplification_kits": 50_000, "suits": 2_165
}  # fmt: skip


def test_the_countys_52_sites_hold_1901_each_which_is_fewer_than_the_guideline_asks():
    needs = staffing(RESIDENTS, 52, n_samplers=40)
    assert (needs.people_a_site, needs.is_within) == (1_901, False)
    assert (needs.least_sites, needs.most_sites) == (33, 49)


@pytest.mark.parametrize(("n_people", "said"), [(RESIDENTS, "33–49"), (614, "1"), (3_500, "1–2")])
def test_how_many_sites_it_asks_for_is_said_from_the_fewer_on_and_once_where_it_is_one(n_people, said):
    assert staffing(n_people, 2).sites_asked == said


def test_it_needs_a_sampler_for_360_people_and_calls_up_most_of_them():
    needs = staffing(RESIDENTS, 52, n_samplers=40)
    assert (needs.samplers, needs.samplers_short) == (275, 235)


def test_it_needs_three_tables_a_site():
    needs = staffing(RESIDENTS, 52)
    assert (needs.tables, needs.tables_a_site) == (142, 3)


def test_between_two_and_three_thousand_people_a_site_are_within():
    assert staffing(RESIDENTS, 40).is_within
    assert not staffing(RESIDENTS, 30).is_within


def test_a_round_reserves_what_it_takes_and_something_to_spare():
    assert kits_of(1_000, 100, n_samplers=3, controls_fraction=0.02) == {
        "tubes": 105, "swabs": 1_050, "extraction_kits": 108, "amplification_kits": 108, "suits": 32,
    }  # fmt: skip


def test_the_stores_last_as_long_as_the_scarcest_kit():
    needs = kits_of(RESIDENTS, 9_884, n_samplers=275)
    told = covered(STORES, needs)
    assert told.scarcest == "swabs"
    assert 1 <= told.n_rounds < 2
    assert not told.missing


def test_a_kit_that_is_not_there_is_no_round_and_is_named():
    told = covered({**STORES, "swabs": 0}, kits_of(1_000, 100, n_samplers=3))
    assert (told.n_rounds, told.scarcest, list(told.missing)) == (0, "swabs", ["swabs"])


@pytest.mark.parametrize(("n_people", "n_sites"), [(0, 5), (5, 0)])
def test_a_round_of_nobody_or_nowhere_is_refused(n_people, n_sites):
    with pytest.raises(ValueError, match="people and sites"):
        staffing(n_people, n_sites)
