"""Evidence of a contact names its place in the reader's own language."""

from fangxian.core.refusal import Said
from fangxian.ops.contacts.wire import Why
from fangxian.ops.pages.contacts.tables import why_table


def place_of(why):
    return why_table([why]).columns[0].read(why)


def test_whoever_lives_in_one_household_met_at_home():
    assert place_of(Why(kind="household")) == Said("家里", "at home")


def test_a_place_that_has_a_name_goes_by_it():
    assert place_of(Why(kind="scan", place_name="东街小吃店")) == "东街小吃店"
