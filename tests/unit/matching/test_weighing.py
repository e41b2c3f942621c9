"""How rows compare, and how likely two of them are one person."""

from collections.abc import Callable
from datetime import date

import pytest

from fangxian.core.identity import check_character
from fangxian.core.matching.addresses import Gazetteer
from fangxian.core.matching.clusters import Verdict, Why
from fangxian.core.matching.explaining import explain, in_one_sentence
from fangxian.core.matching.levels import born_level, name_level, number_level
from fangxian.core.matching.matching import match
from fangxian.core.matching.rows import Row, read_row
from fangxian.core.matching.sounds import sound_of

DIVISIONS = {
    "141027": "浮山县",
    "141027103": "北王镇",
    "141027202": "槐埝乡",
    "141027103204": "南庄村委会",
    "141027202214": "南庄村委会",
}
READ: Callable = Gazetteer(DIVISIONS).read
ON = date(2022, 4, 8)


def number(sequence: int, day: str = "19900307") -> str:
    body = f"999001{day}{sequence:03d}"
    return body + check_character(body)


def row(name: str = "", **told) -> Row:
    return read_row(name=name, on=ON, demo=True, read_address=READ, **told)


def crowd(n: int = 4000) -> list[Row]:
    """Strangers, so that what is frequent and what is seldom can be told."""
    names = ("王伟", "李娜", "张敏", "刘洋", "陈静", "杨磊", "赵军", "黄艳", "周涛", "吴芳")
    days = (date.fromordinal(date(1940, 1, 1).toordinal() + 13 * at) for at in range(n))
    return [
        row(
            f"{names[at % 10]}{chr(0x4E00 + at)}",
            phone=f"154{at:08d}",
            address=f"浮山县槐埝乡南庄村第{at // 50 + 1}组{at % 50 + 1}号",
            born_on=day,
        )
        for at, day in enumerate(days)
    ]


STRANGERS = crowd()


def together(*rows: Row, decided=None) -> tuple[list[int], list]:
    """Whose each row is, numbered as they come; and the doubtful pairs."""
    found = match([*rows, *STRANGERS], decided=decided).people
    numbers: dict[int, int] = {}
    whose = [numbers.setdefault(int(person), len(numbers)) for person in found.person[: len(rows)]]
    return whose, [it for it in found.doubts if it.one < len(rows) and it.other < len(rows)]


def test_a_name_sounds_as_its_signs_do_and_a_surname_as_a_surname():
    assert [sound_of(name) for name in ("张伟", "章玮", "曾强", "单丹")] == [
        "zhang wei",
        "zhang wei",
        "zeng qiang",
        "shan dan",
    ]


def test_a_sign_of_unknown_sound_sounds_like_itself():
    assert sound_of("王㑇") == "wang 㑇"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("张伟", "张伟", "same"),
        ("张伟", "章玮", "sound"),
        ("张小伟", "张小强", "near"),
        ("张小伟", "张**", "masked"),
        ("张小伟", "李**", "other"),
        ("张小伟", "王强", "other"),
        ("张伟", "", ""),
    ],
)
def test_names_compare_in_one_word(one, other, level):
    assert name_level(row(one), row(other)) == level


def test_two_numbers_that_can_both_be_right_are_two():
    assert number_level(row(number=number(1)), row(number=number(3))) == "other"


def test_a_number_with_one_figure_wrong_is_near_the_right_one():
    right = number(1)
    wrong = right[:10] + str((int(right[10]) + 1) % 10) + right[11:]
    assert number_level(row(number=right), row(number=wrong)) == "near"


def test_a_number_of_fifteen_digits_is_the_one_of_eighteen():
    right = number(1)
    assert number_level(row(number=right), row(number=right[:6] + right[8:17])) == "same"


def test_a_passport_and_an_identity_card_prove_nothing_of_one_another():
    assert number_level(row(number="E12345678"), row(number=number(1))) == ""


def test_day_and_month_exchanged_are_near():
    assert born_level(19900307, 19900703) == "near"


def test_an_age_leaves_the_year_open_by_one():
    assert born_level(19900307, 19910000) == ""


def test_six_of_a_family_with_one_phone_stay_six():
    family = [row(name, phone="15412345678") for name in ("张建国", "李桂英", "张伟", "王芳", "张小宝", "张小贝")]
    assert together(*family)[0] == [0, 1, 2, 3, 4, 5]


def test_the_same_name_and_phone_are_one_person():
    assert together(row("张建国", phone="15412345678"), row("张建国", phone="15412345678", number=number(1)))[0] == [
        0,
        0,
    ]


def test_two_of_one_frequent_name_and_nothing_else_stay_two():
    many = [row("张伟", phone=f"154{(at + 1) * 1_618_033:08d}") for at in range(60)]
    whose, doubts = together(*many[:2], *many[2:])
    assert (len(set(whose)), doubts) == (60, [])


def test_two_nanzhuang_villages_keep_two_of_one_name_apart():
    here = row("张建国", number=number(1), address="浮山县北王镇南庄村第1组8号")
    there = row("张建国", number=number(3), address="浮山县槐埝乡南庄村第1组8号")
    assert together(here, there)[0] == [0, 1]


@pytest.mark.parametrize("told", [{}, {"phone": "15411111111"}], ids=["no-number", "one-has-a-phone"])
def test_of_one_name_and_birth_in_either_nanzhuang_a_person_is_asked(told):
    same = {"born_on": date(1967, 5, 12), "sex": 1}
    here = row("米振邦", address="浮山县北王镇南庄村第1组8号", **same, **told)
    there = row("米振邦", address="浮山县槐埝乡南庄村第1组8号", **same)
    whose, doubts = together(here, there)
    assert (whose, [it.why for it in doubts]) == ([0, 1], [Why.CONTRADICTS])


def test_a_phone_they_share_makes_one_of_two_rows_whose_township_was_written_wrong():
    same = {"born_on": date(1967, 5, 12), "sex": 1, "phone": "15411111111"}
    here = row("米振邦", address="浮山县北王镇南庄村第1组8号", **same)
    there = row("米振邦", address="浮山县槐埝乡南庄村第1组8号", **same)
    assert together(here, there) == ([0, 0], [])


def test_somebody_of_a_nanzhuang_without_its_township_is_one_with_the_row_that_names_it():
    same = {"born_on": date(1967, 5, 12), "sex": 1}
    here = row("米振邦", address="浮山县北王镇南庄村第1组8号", **same)
    assert together(here, row("米振邦", address="南庄村1组8号", **same)) == ([0, 0], [])


def test_two_of_one_name_and_birth_in_either_nanzhuang_are_not_chained_by_a_row_without_its_township():
    same = {"born_on": date(1967, 5, 12), "sex": 1}
    here = row("米振邦", address="浮山县北王镇南庄村第1组8号", **same)
    there = row("米振邦", address="浮山县槐埝乡南庄村第1组8号", **same)
    whose, doubts = together(here, row("米振邦", address="南庄村1组8号", **same), there)
    assert (whose, sorted(it.why for it in doubts)) == ([0, 1, 2], [Why.CONTRADICTS, Why.RIVALS, Why.RIVALS])


def test_a_row_that_fits_two_namesakes_alike_is_left_to_a_person():
    here = row("张建国", number=number(1), phone="15411111111", address="浮山县北王镇南庄村第1组8号")
    there = row("张建国", number=number(3), phone="15422222222", address="浮山县槐埝乡南庄村第1组8号")
    either = row("张建国", address="南庄村第1组8号")
    whose, doubts = together(here, there, either)
    assert (whose, {it.why for it in doubts}) == ([0, 1, 2], {Why.RIVALS})


def test_two_people_are_not_chained_by_a_third_row_that_has_something_of_both():
    one = row("张建国", number=number(1), phone="15411111111")
    other = row("张建国", number=number(3), phone="15422222222", born_on=date(1990, 3, 7))
    between = row("张建国", phone="15411111111", born_on=date(1990, 3, 7))
    assert together(one, other, between)[0][:2] == [0, 1]


def test_one_number_under_two_names_is_asked_about():
    _, doubts = together(row("张建国", number=number(1)), row("李桂英", number=number(1)))
    assert [it.why for it in doubts] == [Why.UNSURE]


def test_what_a_person_decided_holds_against_any_likelihood():
    pair = row("张建国", phone="15412345678"), row("张建国", phone="15412345678", number=number(1))
    assert together(*pair, decided={(0, 1): Verdict.DIFFERENT}) == ([0, 1], [])


def test_what_a_person_decided_as_one_is_one():
    pair = row("张建国", number=number(1)), row("李桂英", number=number(3))
    assert together(*pair, decided={(0, 1): Verdict.SAME})[0] == [0, 0]


def test_what_a_person_could_not_say_is_not_asked_again():
    pair = row("张建国", number=number(1)), row("李桂英", number=number(1))
    assert together(*pair, decided={(0, 1): Verdict.UNSAID}) == ([0, 1], [])


def test_a_match_is_explained_field_by_field():
    told = explain({"name": "sound", "phone": "same", "born": "other"})
    assert [(field, is_for) for field, is_for, _ in told] == [("name", True), ("born", False), ("phone", True)]


def test_a_match_is_explained_in_one_sentence_in_both_languages():
    said = in_one_sentence({"name": "same", "born": "other"})
    assert said.zh == "姓名相同；但出生日期不同。"
    assert said.en == "The names are the same; but the dates of birth differ."
