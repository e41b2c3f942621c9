"""The rounds that a county has names for."""

from fangxian.core.screening.laboratory import fushan
from fangxian.core.screening.named import Stand, key_of_round, named_rounds, round_at_stands
from fangxian.core.screening.telling import told

FUSHAN = {
    "n_teachers": 1_405, "n_pupils": 11_890, "n_school_support": 251, "n_schools": 17, "n_kindergartens": 10,
    "school_round_days": 1.5, "n_drill_sites": 52,
}  # fmt: skip


def of(key):
    return next(it for it in named_rounds(FUSHAN, 98_833) if it.key == key)


def test_the_schools_are_13546_people_of_whom_key_persons_have_a_tube_alone():
    schools = of("school-round")
    assert schools.n_people == 13_546
    assert sum(it.n_alone for it in schools.stands) == 251
    assert 1_330 + 251 <= schools.planned([fushan()]).n_tubes <= 1_357 + 251


def test_the_schools_are_through_in_a_day_and_a_half_as_they_were():
    assert told(of("school-round").planned([fushan()])).takes_min / 60 <= 36


def test_the_county_takes_twice_as_long_at_ten_to_a_tube_as_at_twenty_and_extraction_holds_it_up():
    ten, twenty = (told(of(key).planned([fushan()])) for key in ("county-10", "county-20"))
    assert 1.8 < ten.takes_min / twenty.takes_min < 2.2
    assert {ten.held_up_by, twenty.held_up_by} == {"extraction"}


def test_a_county_without_such_figures_has_no_such_rounds():
    assert named_rounds({}, 0) == []


def test_tubes_of_one_person_stand_beside_pooled_ones():
    assert round_at_stands([Stand(40, 3, 1)], 10, [fushan()]).n_tubes == 4 + 3


def test_a_round_on_record_is_known_by_how_its_name_begins():
    assert key_of_round("学校核酸筛查 4月11日", 10) == "school-round"
    assert key_of_round("全县核酸演练 20 合 1", 20) == "county-20"
    assert key_of_round("城关镇第一轮", 10) == ""
