"""`fangxian plan round`: it prints when a round ends, what holds it up, what brings it in time."""

import pytest

from fangxian.cli import main


@pytest.fixture(autouse=True)
def in_english(monkeypatch):
    monkeypatch.setenv("FANGXIAN_LANGUAGE", "en")


def test_it_says_how_many_tubes_and_days_and_what_holds_it_up(capsys):
    assert main(["plan", "round", "--people", "3000", "--sites", "2", "--tables", "4", "--within", "36"]) == 0
    said = capsys.readouterr().out
    assert "300 tubes at least" in said
    assert "1,504 a day" in said
    assert "D1 08:00" in said


def test_where_nothing_is_enough_it_says_how_long_it_takes_with_everything(capsys):
    call = ["plan", "round", "--people", "3000", "--sites", "2", "--within", "1", "--no-outside", "--no-20"]
    assert main(call) == 0
    said = capsys.readouterr().out
    assert "With all of this it still takes" in said
    assert "20 to a tube" not in said


def test_it_speaks_chinese_too(capsys, monkeypatch):
    monkeypatch.setenv("FANGXIAN_LANGUAGE", "zh")
    main(["plan", "round", "--people", "400", "--sites", "1"])
    assert "一轮要备：采样管" in capsys.readouterr().out


@pytest.mark.parametrize("people", ["0", "-5", "many", "99999999999"])
def test_a_number_of_people_that_is_none_is_refused(people, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["plan", "round", "--people", people])
    assert ended.value.code == 2
    assert "people" in capsys.readouterr().err


BEGUN = ("--hours", "6", "--sampled", "150", "--received", "100", "--resulted", "20")


def test_a_round_that_has_begun_is_planned_anew_from_what_is_told(capsys):
    assert main(["plan", "round", "--people", "3000", "--sites", "2", *BEGUN, "--left", "1500"]) == 0
    assert "280 tubes are not through" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (BEGUN, "screening.state_incomplete"),
        ((*BEGUN, "--left", "9", "--sampled", "99"), "screening.state_contradicts"),
        ((*BEGUN, "--left", "3001"), "screening.more_left_than_people"),
    ],
)
def test_what_does_not_fit_together_is_refused(more, code, capsys):
    assert main(["plan", "round", "--people", "3000", "--sites", "2", *more]) == 1
    assert code in capsys.readouterr().err


def test_without_a_number_it_prints_the_countys_named_rounds(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("FANGXIAN_DATA", str(tmp_path))
    assert main(["plan", "round"]) == 0
    said = capsys.readouterr().out
    for word in ("school-round", "13,546", "county-10", "county-20", "98,833", "extraction"):
        assert word in said


def test_a_round_the_county_has_no_name_for_is_refused_with_those_it_has(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("FANGXIAN_DATA", str(tmp_path))
    assert main(["plan", "round", "--named", "school"]) == 1
    said = capsys.readouterr().err
    assert "screening.no_such_round" in said
    assert "school-round" in said
