"""What somebody types to find a person or a household."""

import pytest

from fangxian.ops.situation.households import read_card_number
from fangxian.ops.situation.persons import read_phone


@pytest.mark.parametrize(
    "typed", ["141027100200001-0012", " 141027100200001 - 12 ", "１４１０２７１００２００００１－００１２"]
)
def test_a_card_number_is_read_as_people_type_it(typed):
    assert read_card_number(typed) == ("141027100200001", 12)


@pytest.mark.parametrize(
    "typed", ["", "141027100200001", "141027100200001-", "14102710020000-12", "110101199003077-1a"]
)
def test_what_is_no_card_number_is_not_taken_for_one(typed):
    assert read_card_number(typed) is None


@pytest.mark.parametrize("typed", ["15400000001", "154 0000 0001", "+86 154-0000-0001", "１５４０００００００１"])
def test_a_mobile_number_is_read_as_people_type_it(typed):
    assert read_phone(typed) == "15400000001"


@pytest.mark.parametrize("typed", ["", "1540000000", "154000000012", "999027199001010015"])
def test_what_is_no_mobile_number_is_not_taken_for_one(typed):
    assert read_phone(typed) is None
