"""Door tables as bytes, over time, and what a reader refuses."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from fangxian.core.policy.doors import DoorInputs, compile_doors, decide_door, door_moments
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.tables import DoorTables
from fangxian.core.policy.vocabulary import Outcome
from fangxian.core.refusal import Refusal


@pytest.fixture(scope="module")
def tables(covid):
    return compile_doors(covid)


def test_the_bytes_are_canonical_and_the_digest_is_theirs(covid, tables):
    again = compile_doors(read_rulebook_again(covid))
    assert again.to_bytes() == tables.to_bytes()
    assert DoorTables.from_bytes(tables.to_bytes()).digest == tables.digest


def read_rulebook_again(covid):
    return replace(covid, doors=tuple(reversed(covid.doors)))  # the order of rows in the file means nothing


def test_tables_that_would_let_a_hospital_refuse_are_not_used(tables):
    plain = json.loads(tables.to_bytes())
    hospital = tables.venue_classes.index("hospital")
    plain["rows"][hospital][0][3] = "1"  # bit 0 is a refusal
    with pytest.raises(Refusal) as caught:
        DoorTables.from_bytes(json.dumps(plain).encode())
    assert caught.value.code == "tables.unreadable"
    assert "hospital could refuse" in caught.value.said.en


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"format": "other"}'])
def test_damaged_tables_are_refused_with_a_sentence(data):
    with pytest.raises(Refusal) as caught:
        DoorTables.from_bytes(data)
    assert caught.value.code == "tables.unreadable"


def test_a_column_of_the_wrong_width_is_refused(tables):
    plain = json.loads(tables.to_bytes())
    plain["rows"][0][0].pop()
    with pytest.raises(Refusal):
        DoorTables.from_bytes(json.dumps(plain).encode())


def test_masks_fit_a_signed_64_bit_column(tables):
    assert max(mask for venue in tables.rows for row in venue for mask in row) < 2**63


def test_a_rule_with_a_shorter_period_makes_two_tables(covid):
    """The same door before and after: a weekend's rule needs no new rulebook."""
    begins = covid.begins_at + timedelta(days=10)
    doors = tuple(replace(row, begins_at=begins) if row.number == "D-31" else row for row in covid.doors)
    rulebook = replace(covid, doors=doors)
    assert door_moments(rulebook) == (covid.begins_at, begins)
    early, late = (compile_doors(rulebook, at=moment) for moment in door_moments(rulebook))
    assert early.until_s == late.begins_s == int(begins.timestamp())
    inputs = DoorInputs(early.venue_class("village-post"), 1, 1, 60, -1, 1, 1, 1, 0)
    assert decide_door(early, inputs).outcome is Outcome.ADMIT
    assert decide_door(late, inputs).outcome is Outcome.VERIFY


def test_an_impossible_number_is_a_bug_and_not_a_green(tables):
    with pytest.raises(IndexError):
        decide_door(tables, DoorInputs(1, 7, 1, 60, 365, 1, 1, 1, 0))


@pytest.mark.parametrize("name", ["venue_class", "colour", "travel", "permit", "presence", "venue_status", "exempt"])
def test_a_negative_number_does_not_count_from_the_end(tables, name):
    sound = DoorInputs(1, 1, 1, 60, 365, 1, 1, 1, 0)
    with pytest.raises(IndexError, match="negative"):
        decide_door(tables, sound._replace(**{name: -1}))


def test_a_safety_word_can_name_every_colour_rule(covid, tables):
    for row in covid.colours:
        number = tables.colour_reason(row.number)
        assert tables.colour_reasons[number - 1].reason == row.reason
    assert tables.colour_reason("C-99") == 0


def test_a_rulebook_may_declare_inputs_of_its_own(written):
    """A highway post asks for the vehicle; the input's first value is "not known" and is checked too."""
    text = written(
        ("n_rules = 143", "n_rules = 145"),
        (
            "[[doors]]\n",
            '[[door_inputs]]\nkey = "vehicle"\nname = { zh = "车辆", en = "vehicle" }\n'
            'values = ["not-asked", "on-foot", "car", "truck"]\n\n'
            + vehicle_rule("D-81", "truck", "随车人员须登记。", "The crew registers.")
            + vehicle_rule("D-82", "not-asked", "请说明乘坐的车辆。", "Say how you came.")
            + "[[doors]]\n",
        ),
    )
    tables = compile_doors(read_rulebook(text))
    post = tables.venue_class("highway-post")
    said = [decide_door(tables, DoorInputs(post, 1, 1, 60, 365, 1, 1, 1, 0, 0, (n,))).reasons for n in range(4)]
    assert [[reason.rule for reason in reasons] for reasons in said] == [["D-82"], [], [], ["D-81"]]
    with pytest.raises(IndexError, match="negative"):
        decide_door(tables, DoorInputs(post, 1, 1, 60, 365, 1, 1, 1, 0, 0, (-1,)))
    with pytest.raises(ValueError, match="zip"):
        decide_door(tables, DoorInputs(post, 1, 1, 60, 365, 1, 1, 1, 0))


def vehicle_rule(number, value, zh, en):
    said = f'{{ zh = "{zh}", en = "{en}" }}'
    return (
        f'[[doors]]\nnumber = "{number}"\ninput = "vehicle"\nvalues = ["{value}"]\nvenues = ["highway-post"]\n'
        f'outcome = "verify"\nease = 8\nreason = {said}\nadvice = {said}\nsource = "x"\nstrength = "guess"\n\n'
    )


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("rulebook.no_gate", {"doors": (), "together": ()}),
        ("rulebook.no_stale_after", {"stale_after": None}),
    ],
)
def test_what_cannot_be_compiled_is_refused(covid, code, change):
    with pytest.raises(Refusal) as caught:
        compile_doors(replace(covid, **change))
    assert caught.value.code == code


def test_more_reasons_than_bits_are_refused(covid):
    many = tuple(replace(covid.doors[0], number=f"D-{n}") for n in range(70))
    with pytest.raises(Refusal) as caught:
        compile_doors(replace(covid, doors=many))
    assert caught.value.code == "rulebook.too_many_reasons"
