"""Evidence of a contact names its place and what it stands on in the reader's own language."""

import pytest

from fangxian.core.policy.vocabulary import Presence
from fangxian.core.refusal import Said
from fangxian.ops.contacts.wire import Why
from fangxian.ops.contacts.words import FOUND_BY
from fangxian.ops.pages.contacts.tables import why_table


def place_of(why):
    return why_table([why]).columns[0].read(why)


def presence_said(why):
    (column,) = (it for it in why_table([why]).columns if it.name == "presence")
    return column.read(why)


def test_whoever_lives_in_one_household_met_at_home():
    assert place_of(Why(kind="household")) == Said("家里", "at home")


def test_a_place_that_has_a_name_goes_by_it():
    assert place_of(Why(kind="scan", place_name="东街小吃店")) == "东街小吃店"


@pytest.mark.parametrize("kind", FOUND_BY)
def test_evidence_that_comes_from_no_scan_says_what_it_stands_on(kind):
    said = presence_said(Why(kind=kind))
    assert said.zh.startswith("无到场佐证" if kind in ("scan", "cell") else "凭")


def test_a_household_stands_on_the_register_and_not_on_somebodys_unknown_presence():
    assert presence_said(Why(kind="household")).en == "by the household register"


def test_a_scan_says_what_proved_that_they_were_there():
    assert presence_said(Why(kind="scan", presence=Presence.STAFFED)).en == "checked by a keeper"
