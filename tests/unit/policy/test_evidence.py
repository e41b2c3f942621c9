"""What evidence must say before it turns a colour, and what it cannot turn."""

from datetime import date, datetime, timedelta

import pytest

from fangxian.core.policy.colours import decide_colours
from fangxian.core.policy.evidence import Evidence, Ruling
from fangxian.core.refusal import Refusal

DAY = timedelta(days=1)


@pytest.fixture
def decided(covid):
    """The decision about one registered person on 19 April, from pieces written as dictionaries."""
    at = datetime(2022, 4, 19, 8, tzinfo=covid.utc_offset)

    def decide(*pieces):
        plain = {"disease": "covid-19", "from_at": at - DAY, "issuer": "u"}
        evidence = [Evidence(**plain | {"id": f"e{n}"} | piece) for n, piece in enumerate(pieces, 1)]
        return decide_colours(covid, {"p": evidence}, at=at, known_at=at, registered={"p"})["p"]

    decide.at = at
    return decide


def case(**attributes):
    return {"kind": "case", "source": "hospital", "attributes": attributes}


def contact(day):
    return {"kind": "close-contact", "source": "investigator", "attributes": {"last_exposure_on": day}}


PUSHED = {"kind": "pushed-colour", "source": "pushed-list", "attributes": {"colour": "red"}}
WITHDRAWN = {"kind": "push-withdrawn", "source": "pushed-list"}


@pytest.mark.parametrize(
    "strange",
    [
        case(status="Confirmed"),
        case(),
        contact(date(1970, 1, 1)),
        contact(date(2099, 1, 1)),
        contact("2022-04-17"),
        {"kind": "zone", "source": "order", "attributes": {"zone": "sealed"}},
        PUSHED | {"attributes": {"colour": "black"}, "division": "31"},
    ],
)
def test_what_is_not_understood_is_not_green(decided, strange):
    decision = decided(strange)
    assert decision.colour.word == "unknown"
    assert decision.set_aside == (("e1", "attribute_wrong"),)


def test_something_worse_still_decides(decided):
    assert decided(case(status="Confirmed"), contact(date(2022, 4, 17))).colour.word == "red"


def test_what_is_not_understood_is_released_like_what_is(decided):
    release = {"kind": "discharge", "source": "hospital", "from_at": decided.at - timedelta(hours=1)}
    assert "unknown" not in decided(case(status="Confirmed"), release).colour.word


def test_a_push_that_names_no_place_turns_nothing_and_is_not_green(decided):
    decision = decided(PUSHED)
    assert (decision.colour.word, decision.local.word) == ("unknown", "green")
    assert decision.set_aside == (("e1", "division_missing"),)


@pytest.mark.parametrize(
    ("withdrawal", "colour"),
    [
        ({"division": "31"}, "green"),
        ({"division": "44"}, "red"),
        ({"division": ""}, "red"),
        ({"division": "31", "issuer": "another"}, "red"),
        ({"division": "31", "issuer": "another", "about": "e1"}, "green"),
        ({"division": "44", "about": "e1"}, "red"),
    ],
)
def test_only_the_place_that_pushed_a_colour_takes_it_back(decided, withdrawal, colour):
    later = decided.at - timedelta(hours=1)
    assert decided(PUSHED | {"division": "31"}, WITHDRAWN | {"from_at": later} | withdrawal).colour.word == colour


@pytest.mark.parametrize("field", ["from_at", "until_at"])
def test_a_moment_without_its_offset_is_refused_by_its_name(covid, field):
    aware = {"from_at": covid.begins_at, "until_at": covid.until_at}
    naive = {field: aware[field].replace(tzinfo=None)}
    with pytest.raises(Refusal) as caught:
        Evidence(id="e1", kind="case", disease="covid-19", source="hospital", issuer="u", **aware | naive)
    assert caught.value.code == "evidence.naive_time"
    assert field in caught.value.said.zh
    assert field in caught.value.said.en


SOUND = {"first": "a", "first_unit": "cdc", "second": "b", "second_unit": "police", "basis": "law"}


@pytest.mark.parametrize(
    ("change", "stands"),
    [
        ({}, True),
        ({"second": "a "}, False),
        ({"second": "ａ"}, False),
        ({"second_unit": " cdc"}, False),
        ({"second_unit": "c\u200bdc"}, False),
        ({"second_unit": "ｃｄｃ"}, False),
        ({"basis": "\u200b\ufeff "}, False),
        ({"first_unit": "\u2060"}, False),
    ],
)
def test_a_ruling_stands_only_on_two_people_two_units_and_a_basis_that_can_be_seen(change, stands):
    assert Ruling(**SOUND | change).stands() is stands
