"""The same scan again: what makes it the same, what may differ, and that it is one record and one answer."""

from datetime import timedelta

import pytest

from fangxian.core.policy.byte_journal import NOT_DECIDED
from fangxian.core.policy.vocabulary import Outcome
from fangxian.gate.answering import Gate
from fangxian.gate.passage import key_of
from fangxian.gate.repeats import Repeats
from tests.unit.gate import gate_files as county
from tests.unit.gate.gate_files import GREEN, NOON_AT, NOON_MS, RED, YELLOW


def restart(doors):
    """The gate begun anew, with what its journal held."""
    doors.gate = Gate(
        doors.follower, doors.journal, Repeats(doors.journal.records), wall_ms=doors.wall, later=lambda call: call()
    )


def at(minutes):
    return (NOON_AT + timedelta(minutes=minutes)).isoformat()


# ---- whoever came along is part of it ----


def two(files):
    return [{"code": files.card(YELLOW)}, {"document": county.NUMBER_OF_RED}]


@pytest.mark.parametrize(
    "changed",
    [
        lambda files: [],
        lambda files: two(files)[:1],
        lambda files: two(files)[::-1],
        lambda files: [*two(files), {"code": files.qr(county.UNTESTED)}],
        lambda files: [{"code": files.card(county.UNTESTED)}, *two(files)[1:]],
    ],
    ids=["nobody", "one less", "the other way round", "one more", "another"],
)
def test_the_same_id_with_other_companions_is_refused_also_after_a_restart(doors, changed):
    scan = doors.files.scan(companions=two(doors.files))
    first = doors.ask(scan, doors.files.token())
    other = scan | {"companions": changed(doors.files)}
    for _ in range(2):
        status, answer = doors.ask(other, doors.files.token())
        assert (status, answer["refusal"]) == (409, "scan.id_taken")
        assert doors.ask(scan, doors.files.token()) == first
        restart(doors)
    assert len(doors.journal.records) == 3


def test_somebody_who_joins_under_the_old_id_is_not_recorded(doors):
    scan = doors.files.scan()
    doors.ask(scan)
    assert doors.ask(scan | {"companions": [{"code": doors.files.qr(YELLOW)}]})[0] == 409
    assert len(doors.journal.records) == 1


# ---- when it was sent and what the door said are not ----


def test_a_phone_that_decided_by_itself_since_is_told_what_was_answered_then(doors):
    scan = doors.files.scan(RED, temperature_c=36.5, companions=two(doors.files)[:1])
    lost = doors.ask(scan, doors.files.token())
    again = scan | {"decided": {"outcome": "verify", "at": at(0)}, "sent_at": at(3)}
    for _ in range(2):
        assert doors.ask(again, doors.files.token()) == lost
        _, batch = doors.ask({"scans": [again]}, doors.files.token(), address="scans")
        assert batch["results"] == [lost[1]]
        restart(doors)
    assert [record.decided for record in doors.journal.records][:2] == [NOT_DECIDED] * 2


def test_what_a_door_decided_since_its_answer_was_lost_is_recorded_once_beside_what_was_answered(doors):
    scan = doors.files.scan(RED, companions=two(doors.files)[:1])
    doors.ask(scan, doors.files.token())
    again = scan | {"decided": {"outcome": "admit", "at": at(0)}}
    for _ in range(3):
        doors.ask(again, doors.files.token())
        restart(doors)
    first, since = doors.journal.records[:2], doors.journal.records[2:]
    assert since == [record._replace(decided=int(Outcome.ADMIT)) for record in first]


def test_a_disk_that_fails_then_takes_nothing_of_what_was_answered_first(doors):
    scan = doors.files.scan(RED)
    first = doors.ask(scan, doors.files.token())
    told = doors.ask_without_disk(scan | {"decided": {"outcome": "admit", "at": at(0)}}, doors.files.token())
    doors.fail()
    assert told == [first]


@pytest.mark.parametrize("field", ["presence", "device", "battery"])
def test_what_is_not_believed_or_not_known_makes_no_other_scan(doors, field):
    scan = doors.files.scan()
    assert doors.ask(scan) == doors.ask(scan | {field: "none"})


def test_a_code_with_the_end_of_a_line_is_the_same_code(doors):
    scan = doors.files.scan()
    assert doors.ask(scan | {"code": f" {scan['code']}\r\n"}) == doors.ask(scan)
    assert len(doors.journal.records) == 1


@pytest.mark.parametrize("sent_at", ["0001-01-01T00:00:00+00:00", "1970-01-01T00:00:00+08:00", "2022-04-19T03:00:00Z",
                                     "9999-12-31T23:59:59-12:00", "2022-04-19T04:06:00Z"])  # fmt: skip
def test_a_moment_of_sending_that_cannot_be_is_left_out(doors, sent_at):
    assert doors.ask(doors.files.scan(sent_at=sent_at))[0] == 200
    assert doors.journal.records[-1].sent_ms == 0


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_a_moment_of_sending_that_can_be_is_kept(doors, minutes):
    doors.ask(doors.files.scan(sent_at=at(minutes)))
    assert doors.journal.records[-1].sent_ms == NOON_MS + minutes * 60_000


# ---- one person, once in a scan ----


def companions_who_are_there_already(files):
    return {
        "the person again": [{"code": files.qr(GREEN)}, {"code": files.qr(GREEN)}],
        "the person's card": [{"code": files.card(GREEN)}],
        "another twice": [{"code": files.card(YELLOW)}, {"code": files.qr(YELLOW)}],
        "a merged record and the one kept": [{"code": files.qr(county.MERGED)}, {"code": files.qr(county.KEPT)}],
        "a number nobody has, twice": [{"document": "990101199003070000"}, {"document": "990101 19900307 0000"}],
    }


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("the person again", [None, None]),
        ("the person's card", [None]),
        ("another twice", ["yellow", None]),
        ("a merged record and the one kept", ["yellow", None]),
        ("a number nobody has, twice", ["unknown", None]),
    ],
)
def test_nobody_is_counted_twice_in_one_scan(doors, who, told):
    scan = doors.files.scan(GREEN, companions=companions_who_are_there_already(doors.files)[who])
    first = doors.ask(scan, doors.files.token())
    assert [companion.get("health") for companion in first[1]["companions"]] == told
    refused = [(place, c) for place, c in enumerate(first[1]["companions"]) if "refusal" in c]
    assert {companion["refusal"] for _, companion in refused} == {"scan.companion_twice"}
    assert all(f"companions[{place}]" in companion["en"] for place, companion in refused)
    assert len(doors.journal.records) == 1 + len(told) - len(refused)
    assert doors.ask(scan, doors.files.token()) == first


def test_nobody_but_a_keeper_learns_that_two_codes_are_one_persons(doors):
    """Whoever photographed a card and a code in the street asks with them."""
    files = doors.files
    scan = files.scan(YELLOW, companions=[{"code": files.card(YELLOW)}, {"code": files.card(GREEN)}])
    status, answer = doors.ask(scan)
    same, other = answer["companions"]
    assert (status, same.keys(), same["because"][0].keys()) == (200, other.keys(), other["because"][0].keys())
    assert same["id"] != answer["id"]
    assert [record.gate_number for record in doors.journal.records] == [YELLOW, GREEN]
    assert doors.ask(scan) == (status, answer)


def test_strangers_are_different_people(doors):
    scan = doors.files.scan(companions=[{"document": "990101199003070000"}, {"document": "990101199003070001"}])
    _, answer = doors.ask(scan, doors.files.token())
    assert [companion["health"] for companion in answer["companions"]] == ["unknown", "unknown"]


# ---- how many are kept ----


def test_of_two_generations_all_are_known_and_the_one_before_is_let_go_a_few_at_a_time(monkeypatch):
    monkeypatch.setattr("fangxian.gate.repeats.MOST_IN_GENERATION", 10)
    repeats, keys = Repeats(), [key_of(device, bytes(16)) for device in range(30)]
    n_held = []
    for key in keys:
        repeats.remember(key, b"")
        n_held.append(len(repeats._newer) + len(repeats._older) + len(repeats._leaving))
        if key == keys[19]:
            assert all(map(repeats.has, keys[:20]))
    assert [repeats.has(key) for key in keys] == [False] * 10 + [True] * 20
    assert n_held == [*range(1, 21), *range(19, 14, -1), *range(16, 21)], "two go for each that comes"
