"""One document under two names: two people, one of whom has a wrong number or a wrong name."""

import pytest

from fangxian.core.identity import check_character
from fangxian.core.refusal import Refusal
from fangxian.ops.lab.queries import names_by_document, roster_of
from fangxian.ops.procedures.sample_at_table import tell

from .lab_hand import Device, a_round
from .test_lab_pages import brought
from .two_townships import TOWN, account_of, build, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def there_of_this_file(rows_of_this_file):
    county = build()
    there = a_round()
    there.county = county
    return there


@pytest.fixture
def there(there_of_this_file, db):
    return there_of_this_file


@pytest.fixture
def phone(there):
    return Device(there)


def test_whoever_has_anothers_document_number_is_one_person_though_their_birth_was_put_right(there, phone):
    births = ("2016-05-04", "2016-05-14", "2016-05-14")
    phone.sends(phone.told("swab", tube="10010001", person={"name": "小民", "document_number": "E12345678"}))
    for it in births:
        who = {"name": "小明", "document_number": "E12345678", "born_on": it}
        phone.sends(phone.told("swab", tube="10010002", person=who))
    assert roster_of(there.round).filter(person=None).count() == 2


def test_of_a_list_in_which_one_number_has_two_names_nobody_is_lost(there, client):
    """The second row goes back; the same person in two rows, with a name in another width, is one."""
    rows = ("姓名,身份证号", "Ivan,99P1234567", "Pavel,99P1234567", "Ｉｖａｎ,99P1234567")
    row, intake = brought(sign_in(client, there.county, "dispatcher"), "\n".join(rows))
    assert (intake.n_accepted, intake.n_refused) == (2, 1)
    assert names_by_document(row, ["99P1234567"]) == {"99P1234567": "Ivan"}


def test_a_letter_o_in_an_identity_card_s_number_goes_back_and_one_in_a_passport_s_does_not(there, client):
    right = "99900120140506003"
    card = right + check_character(right)
    rows = ("姓名,身份证号", f"小明,{card.replace('0', 'O', 1)}", f"小红,{card}", "Olga,O0123456L")
    _, intake = brought(sign_in(client, there.county, "dispatcher"), "\n".join(rows))
    assert (intake.n_accepted, intake.n_refused) == (2, 1)


def test_at_a_table_s_page_it_is_refused_at_once(there, client):
    right = "99900120140506003"
    wrong = (right + check_character(right)).replace("0", "O", 1)
    sampler = account_of(there.county, "sampler", TOWN)
    tell(there.round, "open_tube", sampler, site=there.east, tube="10010001", size=10)
    typed = {"name": "小明", "document_number": wrong}
    with pytest.raises(Refusal) as refused:
        tell(there.round, "swab", sampler, site=there.east, tube="10010001", person=typed)
    assert refused.value.code == "lab.number_misread"
