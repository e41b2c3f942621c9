"""What doors are sent that they must not take: each has its own refusal, in both languages, and leaves no record."""

import json
from datetime import timedelta

import pytest

from fangxian.core.policy.byte_journal import ScanMark
from tests.unit.formats.county import DIVISION, NOON
from tests.unit.gate import gate_files as county
from tests.unit.gate.gate_files import GREEN, NOON_AT, RED


def refusal_of(asked):
    status, answer = asked
    assert {"refusal", "zh", "en"} == set(answer)
    assert answer["zh"]
    assert answer["en"]
    return status, answer["refusal"]


def bad_codes(files):
    good = files.qr(GREEN)
    return {
        "yesterday's QR": (files.qr(GREEN, at_min=NOON - 1440), "code.expired"),
        "tomorrow's QR": (files.qr(GREEN, from_min=NOON + 60, until_min=NOON + 65), "code.not_yet_valid"),
        "another county's": (files.qr(GREEN, division=DIVISION + 1), "code.other_county"),
        "a forged one": (files.forged_qr(GREEN), "code.seal"),
        "of a day whose key is not held": (files.qr(GREEN, day_key_id=9), "code.key_unknown"),
        "a revoked generation": (files.qr(GREEN, qr_generation=1), "code.revoked"),
        "half of one": (good[:80], "code.truncated"),
        "two of them": (good + good, "code.too_long"),
        "a venue's": (files.poster(), "code.wants_person"),
        "somebody's payment code": ("https://example.org/pay", "code.foreign"),
    }


@pytest.mark.parametrize("name", [
    "yesterday's QR", "tomorrow's QR", "another county's", "a forged one", "of a day whose key is not held",
    "a revoked generation", "half of one", "two of them", "a venue's", "somebody's payment code",
])  # fmt: skip
def test_a_code_that_does_not_count_is_refused_with_its_reason(doors, name):
    text, refusal = bad_codes(doors.files)[name]
    assert refusal_of(doors.ask(doors.files.scan(code=text), doors.files.token())) == (422, refusal)
    assert doors.journal.records == []


def altered(text, place):
    """That text with another digit at a place; −2 is in the signature, whose last digit may hold padding."""
    digits = list(text)
    digits[place] = "0" if digits[place] != "0" else "1"
    return "".join(digits)


@pytest.mark.parametrize("kind", ["qr", "card"])
def test_the_seal_alone_proves_a_code_and_covers_all_that_is_acted_on(doors, kind):
    """docs/reference/gate.md, “Signatures”: what an altered signature means at a central gate, and what not."""
    good = getattr(doors.files, kind)(county.RED)
    first_of_signature = {"qr": 4 + -(-29 * 8 // 5), "card": 4 + -(-24 * 8 // 5)}[kind]
    for place in range(first_of_signature, len(good) - 1, 7):
        status, answer = doors.ask(doors.files.scan(code=altered(good, place)), doors.files.token())
        assert (status, answer["outcome"], answer["health"]) == (200, "refuse", "red")
    n_recorded = len(doors.journal.records)
    for place in range(4, first_of_signature - 1):
        status, refusal = refusal_of(doors.ask(doors.files.scan(code=altered(good, place)), doors.files.token()))
        assert (status, refusal.startswith("code.")) == (422, True)
    assert len(doors.journal.records) == n_recorded


def bad_venues(files):
    return {
        "a closed venue": (files.poster(county.CLOSED), "code.venue_closed"),
        "a closed venue, typed": (files.typed(county.CLOSED), "code.typed_closed"),
        "a door that is not there": (files.poster(door=9), "code.venue_closed"),
        "an old poster": (files.poster(generation=2), "code.venue_replaced"),
        "another county's": (files.poster(division=DIVISION + 1), "code.other_county"),
        "a forged one": (files.poster()[:-9] + "000000000", "code.signature"),
        "a person's": (files.qr(GREEN), "code.wants_venue"),
        "a mistyped one": ("8K2-4M0-1HZ", "code.typed_wrong"),
        "a web page": ("https://example.org/venue", "code.foreign"),
    }


@pytest.mark.parametrize("name", [
    "a closed venue", "a closed venue, typed", "a door that is not there", "an old poster", "another county's",
    "a forged one", "a person's", "a mistyped one", "a web page",
])  # fmt: skip
def test_a_venue_code_that_does_not_count_is_refused_with_its_reason(doors, name):
    text, refusal = bad_venues(doors.files)[name]
    assert refusal_of(doors.ask(doors.files.scan(venue=text))) == (422, refusal)


# ---- when ----


def test_a_scan_from_tomorrow_is_refused(doors):
    assert refusal_of(doors.ask(doors.files.scan(minutes=1440))) == (422, "scan.from_the_future")


def test_five_minutes_ahead_is_a_clock_and_no_lie(doors):
    assert doors.ask(doors.files.scan(minutes=5))[0] == 200
    assert doors.ask(doors.files.scan(minutes=5.1))[0] == 422


def test_a_scan_of_two_days_ago_is_taken_and_marked_as_late(doors):
    scan = doors.files.scan(code=doors.files.qr(GREEN, at_min=NOON - 2880), minutes=-2880)
    assert doors.ask(scan)[0] == 200
    assert doors.journal.records[-1].marks & ScanMark.LATE


def test_a_scan_of_two_weeks_ago_still_opens_also_with_a_code_from_the_day_before(doors):
    code = doors.files.qr(GREEN, at_min=NOON - 15 * 1440 + 720, until_min=NOON - 14 * 1440 + 5)
    assert doors.ask(doors.files.scan(code=code, minutes=-14 * 1440))[0] == 200
    assert doors.journal.records[-1].marks & ScanMark.LATE


def test_a_quarter_of_an_hour_is_not_late(doors):
    scan = doors.files.scan(code=doors.files.qr(GREEN, at_min=NOON - 15), minutes=-15)
    assert doors.ask(scan)[0] == 200
    assert not doors.journal.records[-1].marks & ScanMark.LATE


def test_a_scan_older_than_the_days_it_is_taken_for_is_refused(doors):
    assert refusal_of(doors.ask(doors.files.scan(minutes=-14 * 1440 - 1))) == (422, "scan.too_old")


# ---- twice ----


def test_the_same_scan_twice_gets_the_same_answer_and_one_record(doors):
    scan = doors.files.scan()
    first = doors.ask(scan, doors.files.token())
    again = doors.ask(scan | {"sent_at": (NOON_AT + timedelta(minutes=1)).isoformat()}, doors.files.token())
    assert again == first
    assert len(doors.journal.records) == 1


def test_a_repeat_that_comes_while_the_first_waits_for_the_disk_waits_too(doors):
    scan = doors.files.scan()
    first, second = doors.ask_without_disk(scan), doors.ask_without_disk(scan)
    assert (first, second) == ([], [])
    doors.settle()
    assert first == second != []
    assert len(doors.journal.records) == 1


def test_a_repeat_after_the_word_changed_is_told_what_was_told_then(doors):
    scan = doors.files.scan()
    first = doors.ask(scan, doors.files.token())
    doors.files.publish_person(GREEN, *county.PEOPLE[county.RED])
    doors.follower.look()
    assert doors.ask(scan, doors.files.token()) == first


@pytest.mark.parametrize(
    "changed",
    [{"code": "other"}, {"venue": "other"}, {"minutes": -1}, {"direction": "out"}, {"temperature_c": 37.0}],
    ids=lambda changed: next(iter(changed)),
)
def test_the_same_id_with_other_content_is_refused(doors, changed):
    files = doors.files
    scan = files.scan()
    other = {"code": files.qr(county.RED), "venue": files.poster(door=2)}
    changed = {name: other.get(name, value) for name, value in changed.items()}
    if "minutes" in changed:
        changed = {"scanned_at": (NOON_AT - timedelta(minutes=1)).isoformat()}
    doors.ask(scan)
    assert refusal_of(doors.ask(scan | changed)) == (409, "scan.id_taken")
    assert len(doors.journal.records) == 1


def test_another_device_may_have_the_same_id(doors):
    scan = doors.files.scan()
    assert doors.ask(scan)[0] == doors.ask(scan, doors.files.token())[0] == 200
    assert len(doors.journal.records) == 2


# ---- the disk ----


def test_whoever_cannot_be_written_down_is_to_be_checked_by_hand_and_may_be_sent_again(doors):
    scan = doors.files.scan(temperature_c=36.5)
    told = doors.ask_without_disk(scan, doors.files.token())
    doors.fail()
    status, answer = told[0]
    assert (status, answer["outcome"], answer["recorded"]) == (200, "verify", False)
    assert answer["health"] == "green"
    assert "手工登记" in answer["because"][0]["zh"]
    assert doors.health()[1]["status"] == "journal_failing"
    status, answer = doors.ask(scan, doors.files.token())
    assert (status, answer["outcome"]) == (200, "admit")
    assert "recorded" not in answer
    assert doors.health()[1]["status"] == "ok"


def test_red_stays_red_where_nothing_can_be_written_down(doors):
    told = doors.ask_without_disk(doors.files.scan(RED), doors.files.token())
    doors.fail()
    status, answer = told[0]
    assert (status, answer["outcome"], answer["recorded"], answer["health"]) == (200, "refuse", False, "red")
    assert len(answer["because"]) > 1


def test_whoever_is_no_keeper_learns_no_more_from_a_gate_that_cannot_write(doors):
    told = doors.ask_without_disk(doors.files.scan(RED))
    doors.fail()
    assert told[0][1]["health"] is None


def test_of_a_batch_only_what_was_not_written_is_said_to_be_so(doors):
    first, second = doors.ask_without_disk(doors.files.scan()), doors.ask_without_disk(doors.files.scan())
    doors.gate.on_commit(1)
    doors.journal.n_waiting = 1
    doors.fail()
    assert "recorded" not in first[0][1]
    assert second[0][1]["recorded"] is False


# ---- many at once ----


def test_of_500_scans_one_wrong_takes_none_of_the_others_along(doors):
    scans = [doors.files.scan() for _ in range(500)]
    scans[123]["code"] = doors.files.forged_qr(GREEN)
    status, answer = doors.ask({"scans": scans}, doors.files.token(), address="scans")
    assert status == 200
    refused = [place for place, result in enumerate(answer["results"]) if "refusal" in result]
    assert refused == [123]
    assert [r.get("id") for r in answer["results"][:3]] == [scan["id"] for scan in scans[:3]]
    assert len(doors.journal.records) == 499


def test_501_scans_are_too_many(doors):
    asked = doors.ask({"scans": [{}] * 501}, address="scans")
    assert refusal_of(asked) == (400, "scan.too_many")


def test_the_same_scan_twice_in_one_batch_is_one_record(doors):
    scan = doors.files.scan()
    _, answer = doors.ask({"scans": [scan, scan]}, address="scans")
    assert answer["results"][0] == answer["results"][1]
    assert len(doors.journal.records) == 1


def test_an_empty_batch_is_answered(doors):
    assert doors.ask({"scans": []}, address="scans") == (200, {"results": []})


# ---- form ----


@pytest.mark.parametrize("data", [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"id": "\xc3\x28"}', b"[" * 5000])
def test_what_is_no_json_object_is_refused(doors, data):
    status, answer = doors.ask(data)
    assert (status, answer["refusal"]) == (400, "scan.not_json")
    assert f"{len(data)} bytes" in answer["en"]


@pytest.mark.parametrize("field", ["id", "venue", "scanned_at", "code"])
def test_a_field_that_is_missing_is_named(doors, field):
    status, answer = doors.ask(doors.files.scan(**{field: None}))
    assert (status, answer["refusal"]) == (400, "scan.field_missing")
    assert field in answer["en"]
    assert field in answer["zh"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "not-a-uuid"),
        ("id", "z" * 32),
        ("id", "0d2d9f1e7a434c1e9d0a6f5b8c1e2a37    "),
        ("id", "0d2d9f1e7a43-4c1e9d0a6f5b8c1e2a37---"),
        ("id", "０d2d9f1e7a434c1e9d0a6f5b8c1e2a37"),
        ("id", 7),
        ("venue", ""),
        ("venue", ["FX"]),
        ("venue", "F" * 513),
        ("scanned_at", "2022-04-19 noon"),
        ("scanned_at", "2022-04-19T12:00:00"),
        ("scanned_at", 1650340800),
        ("presence", "surely"),
        ("direction", "up"),
        ("temperature_c", 365),
        ("temperature_c", "36.5"),
        ("companions", "two"),
        ("companions", [{"code": "x"}] * 6),
        ("companions[1]", [{"code": "x"}, 7]),
        ("companions[0].code", [{}]),
        ("decided", "admit"),
        ("decided.outcome", {"outcome": "perhaps", "at": "2022-04-19T12:00:00Z"}),
        ("decided.at", {"outcome": "admit"}),
        ("document", "990101199003074518"),
    ],
)
def test_a_field_that_is_wrong_is_named_with_what_it_should_be(doors, field, value):
    status, answer = doors.ask(doors.files.scan(**{field.partition(".")[0].partition("[")[0]: value}))
    assert status == 400
    assert answer["refusal"] in ("scan.field_wrong", "scan.field_missing")
    assert f"“{field}”" in answer["en"]
    assert f"「{field}」" in answer["zh"]


def test_what_was_sent_as_a_code_or_a_document_stands_in_no_sentence(doors):
    told = [
        doors.ask(doors.files.scan(code=["SECRET"])),
        doors.ask(doors.files.scan(code=None, document=["SECRET"])),
        doors.ask(doors.files.scan(code="SECRET" * 100)),
        doors.ask(doors.files.scan(companions=[{"document": {"SECRET": 1}}])),
        doors.ask(doors.files.scan(code="SECRET")),
    ]
    assert "SECRET" not in json.dumps(told)


@pytest.mark.parametrize(
    ("body", "field", "shown"),
    [
        (b'"temperature_c":1e400', "temperature_c", "—"),
        (b'"temperature_c":365', "temperature_c", "365"),
        (b'"companions":[1],"companions":[]', "companions[0]", "—"),
        (b'"decided":{"outcome":"x"},"decided":5', "decided.outcome", "—"),
        (b'"venue":null', "venue", "null"),
        (b'"code":7', "code", "number"),
        (b'"companions":[{"document":["SECRET"]}]', "companions[0].document", "array"),
    ],
)
def test_what_was_found_in_a_field_is_shown_where_it_can_be(doors, body, field, shown):
    scan = json.dumps(doors.files.scan()).encode()
    bad = scan[:-1] + b"," + body + b"}"
    status, answer = doors.ask(bad)
    assert (status, answer["refusal"]) == (400, "scan.field_wrong")
    assert f"“{field}” is {shown}." in answer["en"]
    _, told = doors.ask(b'{"scans":[%s,%s]}' % (bad, scan), address="scans")
    assert told["results"][0] == answer
    assert "outcome" in told["results"][1]


def test_half_an_emoji_in_one_scan_takes_none_of_the_others_along(doors):
    scan = json.dumps(doors.files.scan())
    bad = json.dumps(doors.files.scan(id="\ud83d"))
    _, told = doors.ask(f'{{"scans":[{bad},{scan}]}}'.encode(), address="scans")
    assert told["results"][0]["refusal"] == "scan.not_json"
    assert "outcome" in told["results"][1]


def test_fields_of_a_newer_phone_are_let_pass(doors):
    assert doors.ask(doors.files.scan() | {"device": "tablet 4", "battery": 0.4})[0] == 200


def test_the_time_zone_of_the_phone_does_not_matter(doors):
    scans = [doors.files.scan(scanned_at=at) for at in ("2022-04-19T12:00:00+08:00", "2022-04-19T04:00:00Z")]
    for scan in scans:
        assert doors.ask(scan)[0] == 200
    assert doors.journal.records[0].scanned_ms == doors.journal.records[1].scanned_ms == county.NOON_MS
