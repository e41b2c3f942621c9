"""`fangxian rulebook`, as a person types it: what is wrong with a file, and what changed in it."""

import pytest

from fangxian.cli import main
from fangxian.ops.realm.current import county_data

FILE = "covid19-2022-04.toml"


@pytest.fixture
def shipped():
    return county_data() / "rulebooks" / FILE


@pytest.fixture
def newer(shipped, tmp_path):
    """Version 2 in a folder of no county's, with passages written otherwise."""

    def write(*changes):
        text = shipped.read_text("utf-8")
        for before, after in (("version = 1\n", "version = 2\n"), *changes):
            assert before in text, before
            text = text.replace(before, after, 1)
        path = tmp_path / "v2.toml"
        path.write_text(text, "utf-8")
        return path

    return write


@pytest.fixture
def typed(capsys, monkeypatch):
    """The exit status and what was printed, in a language."""

    def run(*words, language="en"):
        monkeypatch.setenv("FANGXIAN_LANGUAGE", language)
        status = main(["rulebook", *map(str, words)])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return run


CHANGES = (
    ('stale_after = "2 h"', 'stale_after = "90 min"'),
    ('number = "D-23"', 'number = "D-29"'),
    ("at_most_days = 14\nat_most_central", "at_most_days = 21\nat_most_central"),
)


def test_a_difference_is_told_field_by_field_with_both_values(typed, shipped, newer):
    status, printed = typed("diff", shipped, newer(*CHANGES))
    assert status == 0
    assert printed.splitlines() == [
        "changed: the rulebook itself",
        "    when a door's knowledge is out of date: 2 hours → 90 minutes",
        "new [doors] D-29: Courier staff need a negative test of the last 24 hours.",
        "changed [ceilings set from above] U-02: "
        "Close contacts: at most 14 days of central quarantine, then monitoring.",
        "    most days restricted: 14 → 21",
        "gone [doors] D-23: Courier staff need a negative test of the last 24 hours.",
        "1 new, 2 changed, 1 gone.",
    ]


def test_a_difference_is_told_in_chinese(typed, shipped, newer):
    _, printed = typed("diff", shipped, newer(*CHANGES), language="zh")
    assert "    门岗信息多久算过期：2 小时 → 90 分钟" in printed.splitlines()
    assert "新增 [门口] D-29：快递从业人员须有24小时内核酸阴性证明。" in printed.splitlines()
    assert "新增 1，改动 2，删去 1。" in printed


def test_a_sentence_mended_in_the_other_language_is_seen_to_differ(typed, shipped, newer):
    mended = newer(("Courier staff need a negative test", "Courier staff show a negative test"))
    _, printed = typed("diff", shipped, mended, language="zh")
    assert "Courier staff need a negative test" in printed
    assert "Courier staff show a negative test" in printed


def test_the_same_file_differs_in_nothing(typed, shipped):
    assert typed("diff", shipped, shipped) == (0, "The two rulebooks say the same.\n")


def test_a_version_that_loosens_a_ceiling_passes_alone_and_not_against_the_one_before(typed, shipped, newer):
    looser = newer(CHANGES[-1])
    assert typed("check", looser)[0] == 0
    status, printed = typed("check", looser, "--against", shipped)
    assert status == 1
    assert "[rulebook.ceiling_loosened]" in printed
    assert "1 to mend" in printed


def test_a_check_knows_the_emergency_classes_of_the_county_the_file_lies_in(typed, shipped, tmp_path):
    county = tmp_path / "elsewhere"
    (county / "rulebooks").mkdir(parents=True)
    (county / "county.toml").write_text('[rulebooks]\nemergency_classes = ["hospital", "care-home"]\n', "utf-8")
    there = county / "rulebooks" / FILE
    there.write_bytes(shipped.read_bytes())
    status, printed = typed("check", there)
    assert status == 1
    assert "Classes with emergency care (elsewhere): care-home, hospital" in printed
    assert "[rulebook.emergency_unmarked]" in printed


def test_a_check_of_a_file_from_elsewhere_asks_the_county_of_the_data_folder(typed, newer, monkeypatch, tmp_path):
    counties = tmp_path / "counties"
    (counties / "fushan").mkdir(parents=True)
    (counties / "fushan" / "county.toml").write_text('[rulebooks]\nemergency_classes = ["care-home"]\n', "utf-8")
    monkeypatch.setenv("FANGXIAN_COUNTIES", str(counties))
    status, printed = typed("check", newer())
    assert status == 1
    assert "Classes with emergency care (fushan): care-home" in printed


def test_a_check_without_any_county_says_that_it_took_the_common_classes(typed, newer, monkeypatch, tmp_path):
    monkeypatch.setenv("FANGXIAN_DATA", str(tmp_path / "nothing"))
    monkeypatch.delenv("FANGXIAN_COUNTY", raising=False)
    status, printed = typed("check", newer())
    assert status == 0
    assert "(the common ones, no county named): health-centre, hospital" in printed
