"""One document under two names: two people, one of whom has a wrong number or a wrong name."""

import pytest

from fangxian.ops.lab.queries import roster_of

from .lab_hand import Device, a_round
from .two_townships import build

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def there_of_this_file(rows_of_this_file):
    build()
    return a_round()


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
