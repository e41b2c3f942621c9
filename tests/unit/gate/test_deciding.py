"""What a gate answers: by the words, the door, the credential and the age of what it knows."""

from datetime import timedelta

import pytest

from fangxian.core.policy import words
from fangxian.core.policy.byte_journal import NOT_DECIDED, NOT_TAKEN, ScanMark
from fangxian.core.policy.byte_snapshot_rows import DeviceRow, VenueRow
from fangxian.core.policy.vocabulary import Colour, Outcome, Presence, VenueStatus
from tests.unit.formats.county import DIVISION, NOON
from tests.unit.gate import gate_files as county
from tests.unit.gate.gate_files import GREEN, NOON_AT, NOON_MS, RED, YELLOW


def rules(answer):
    return [line["rule"] for line in answer["because"]]


@pytest.fixture
def keeper(doors):
    """Ask as the keeper of the market, with the temperature taken."""

    def ask(number=GREEN, **changed):
        scan = doors.files.scan(number, **{"temperature_c": 36.5} | changed)
        return doors.ask(scan, doors.files.token())

    return ask


def refusal_of(asked):
    status, answer = asked
    assert {"refusal", "zh", "en"} == set(answer)
    return status, answer["refusal"]


# ---- outcomes ----


def test_a_green_code_with_a_test_is_admitted_and_nothing_is_said(keeper):
    status, answer = keeper()
    assert status == 200
    assert (answer["outcome"], answer["because"]) == ("admit", [])
    assert (answer["health"], answer["travel"], answer["test_age_hours"]) == ("green", "clear", 20)
    assert (answer["snapshot"], answer["snapshot_age_seconds"]) == (county.BASE, 0)


def test_a_red_code_is_refused_with_the_doors_reason_and_then_the_colours(keeper):
    _, answer = keeper(RED)
    assert (answer["outcome"], answer["health"]) == ("refuse", "red")
    assert rules(answer)[0].startswith("D-")
    assert rules(answer)[1].startswith("C-")
    assert all(line["zh"] and line["en"] for line in answer["because"])


def test_the_hospital_shows_the_way_and_refuses_nobody(doors):
    scan = doors.files.scan(RED, venue=doors.files.poster(county.HOSPITAL))
    _, answer = doors.ask(scan, doors.files.token(county.CHECKPOINT, venue=0))
    assert answer["outcome"] == "admit"
    assert answer["health"] == "red"
    assert answer["because"] != []


def test_somebody_nobody_knows_is_unknown_and_never_green(keeper):
    _, answer = keeper(county.STRANGER)
    assert (answer["outcome"], answer["health"], answer["travel"]) == ("verify", "unknown", "unknown")
    assert answer["test_age_hours"] is None


def test_a_word_past_its_time_is_unknown(keeper):
    _, answer = keeper(county.EXPIRED)
    assert (answer["outcome"], answer["health"]) == ("verify", "unknown")


def test_knowledge_that_is_too_old_makes_green_verify_and_says_how_old_it_is(doors, keeper):
    stale_after_s = doors.follower.knowledge.doors[0].tables.stale_after_s
    doors.wall.ms += stale_after_s * 1000
    _, answer = keeper(code=doors.files.qr(GREEN, until_min=NOON + 1400), minutes=stale_after_s / 60)
    assert answer["outcome"] == "verify"
    assert answer["snapshot_age_seconds"] == stale_after_s
    assert doors.journal.records[-1].marks & ScanMark.STALE


def test_the_way_out_is_recorded_and_asks_nothing(doors, keeper):
    _, answer = keeper(RED, direction="out")
    assert (answer["outcome"], answer["because"]) == ("admit", [])
    assert doors.journal.records[-1].marks & ScanMark.OUT


def test_a_fever_is_said_at_the_market(keeper):
    assert keeper(temperature_c=38.4)[1]["outcome"] != "admit"


def test_a_suspended_venue_says_so(doors):
    scan = doors.files.scan(GREEN, venue=doors.files.poster(county.SUSPENDED), temperature_c=36.5)
    _, answer = doors.ask(scan, doors.files.token(county.CHECKPOINT, venue=0))
    assert answer["outcome"] != "admit"


def test_a_merged_record_is_the_person_kept(doors, keeper):
    _, answer = keeper(county.MERGED)
    assert answer["health"] == "yellow"
    assert doors.journal.records[-1].gate_number == county.KEPT


def test_a_colour_changed_in_a_delta_holds_at_the_next_scan(doors, keeper):
    assert keeper()[1]["outcome"] == "admit"
    doors.files.publish_person(GREEN, county.safety_of(Colour.RED), county.PEOPLE[GREEN][1])
    doors.follower.look()
    _, answer = keeper()
    assert (answer["outcome"], answer["snapshot"]) == ("refuse", county.BASE + 1)


def test_what_a_door_without_network_had_said_is_kept_beside_what_the_gate_says(doors, keeper):
    _, answer = keeper(RED, decided={"outcome": "admit", "at": NOON_AT.isoformat()})
    assert answer["outcome"] == "refuse"
    record = doors.journal.records[-1]
    assert (record.decided, record.outcome) == (Outcome.ADMIT, Outcome.REFUSE)


# ---- who asks ----


def test_an_anonymous_caller_gets_outcome_and_reason_only(doors):
    _, answer = doors.ask(doors.files.scan(RED))
    assert answer["outcome"] == "refuse"
    assert answer["because"] != []
    assert (answer["health"], answer["travel"], answer["test_age_hours"]) == (None, None, None)
    record = doors.journal.records[-1]
    assert record.marks & ScanMark.ANONYMOUS
    assert (record.presence, record.device) == (Presence.NONE, 0)


@pytest.mark.parametrize("claimed", ["staffed", "rotating", "none"])
def test_the_presence_a_caller_claims_is_not_believed(doors, claimed):
    _, answer = doors.ask(doors.files.scan(presence=claimed))
    assert answer["health"] is None
    assert doors.journal.records[-1].presence == Presence.NONE


def test_that_a_phone_says_it_is_near_is_kept_as_what_it_is_and_tells_no_more(doors):
    _, answer = doors.ask(doors.files.scan(presence="located"))
    assert (answer["health"], answer["travel"], answer["test_age_hours"]) == (None, None, None)
    assert doors.journal.records[-1].presence == Presence.LOCATED


def test_what_is_proved_stands_before_what_a_phone_says_of_itself(doors):
    doors.ask(doors.files.scan(presence="located"), doors.files.token())
    doors.ask(doors.files.scan(presence="located", venue=doors.files.rotating()))
    assert [record.presence for record in doors.journal.records] == [Presence.STAFFED, Presence.ROTATING]


def test_a_keepers_phone_elsewhere_is_not_located(doors):
    elsewhere = doors.files.poster(county.OTHER_MARKET)
    doors.ask(doors.files.scan(presence="located", venue=elsewhere), doors.files.token())
    assert doors.journal.records[-1].presence == Presence.NONE


def test_nobody_is_looked_up_by_number_because_a_phone_says_it_is_near(doors):
    scan = doors.files.scan(presence="located", document="990000199001011234")
    scan.pop("code")
    assert doors.ask(scan)[1]["refusal"] == "scan.document_needs_keeper"


def test_a_keepers_token_proves_presence_at_its_own_venue_only(doors):
    token = doors.files.token()
    doors.ask(doors.files.scan(), token)
    _, elsewhere = doors.ask(doors.files.scan(venue=doors.files.poster(county.OTHER_MARKET)), token)
    assert [record.presence for record in doors.journal.records] == [Presence.STAFFED, Presence.NONE]
    assert elsewhere["health"] is None


def test_a_checkpoints_token_counts_at_any_venue(doors):
    scan = doors.files.scan(venue=doors.files.poster(county.OTHER_MARKET))
    assert doors.ask(scan, doors.files.token(county.CHECKPOINT, venue=0))[1]["health"] == "green"


def test_the_screen_on_the_wall_is_no_keeper(doors):
    assert doors.ask(doors.files.scan(), doors.files.token(county.SCREEN))[1]["health"] is None


def test_a_rotating_code_proves_presence_and_tells_no_more(doors):
    _, answer = doors.ask(doors.files.scan(venue=doors.files.rotating()))
    assert answer["health"] is None
    assert doors.journal.records[-1].presence == Presence.ROTATING


def test_a_rotating_code_counts_for_the_time_it_was_on_the_screen(doors):
    doors.wall.ms += 3 * 3_600_000
    assert doors.ask(doors.files.scan(venue=doors.files.rotating()))[0] == 200
    later = doors.files.scan(venue=doors.files.rotating(), minutes=2)
    assert refusal_of(doors.ask(later)) == (422, "code.rotation_over")


@pytest.mark.parametrize(("rate", "rotations"), [(1, 1), (0.1, 1), (7.5, 1), (8, 2), (600, 80), (3600, 480)])
def test_where_county_time_runs_fast_a_rotating_code_counts_as_long_on_the_wall(doors, rate, rotations):
    doors.files.clock["rate"] = rate
    doors.files.write_keys()
    doors.follower.look()
    doors.wall.ms += int(86_400_000 / rate)  # it may be sent later
    code = doors.files.qr(GREEN, from_min=NOON - 600, until_min=NOON + 600)

    def shown(seconds):
        return doors.ask(doors.files.scan(code=code, venue=doors.files.rotating(), minutes=seconds / 60))

    assert [shown(s)[0] for s in (30 * rotations + 29, -30 * rotations)] == [200, 200]
    assert refusal_of(shown(30 * rotations + 30)) == (422, "code.rotation_over")
    assert refusal_of(shown(-30 * rotations - 1)) == (422, "code.rotation_ahead")


def test_a_short_code_that_begins_like_one_of_ours_is_understood(doors):
    number = 509 << 14 | 7  # the first ten bits spell F and X
    doors.files.publish_venue(VenueRow(number, "market", VenueStatus.OPEN, (3,), "141027100"))
    doors.follower.look()
    typed = doors.files.typed(number)
    assert typed.startswith("FX")
    for text in (typed, typed.replace("-", ""), typed.replace("-", " ")):
        assert doors.ask(doors.files.scan(venue=text))[0] == 200
    assert refusal_of(doors.ask(doors.files.scan(venue="FXV1 08KE"))) == (422, "code.truncated")


def test_the_short_code_typed_from_a_poster_is_understood(doors):
    assert doors.ask(doors.files.scan(venue=doors.files.typed().lower()))[0] == 200
    assert doors.journal.records[-1].venue == county.MARKET


@pytest.mark.parametrize(
    ("token", "refusal"),
    [
        ("nonsense", "device.unreadable"),
        ({"division": DIVISION + 1}, "device.unreadable"),
        ({"device": county.LOST}, "device.revoked"),
        ({"device": 4_000}, "device.revoked"),
    ],
)
def test_a_token_that_does_not_count_is_refused_and_not_taken_for_anonymous(doors, token, refusal):
    text = token if isinstance(token, str) else doors.files.token(**token)
    assert refusal_of(doors.ask(doors.files.scan(), text)) == (401, refusal)
    assert doors.journal.records == []


def test_a_device_that_was_ended_does_not_count_from_the_next_frame_on(doors):
    token = doors.files.token()
    assert doors.ask(doors.files.scan(), token)[0] == 200
    doors.files.publish_device(DeviceRow(county.KEEPER, 0, 0, 0, ""))
    doors.follower.look()
    assert refusal_of(doors.ask(doors.files.scan(), token)) == (401, "device.revoked")


def test_a_token_past_its_day_is_refused(doors):
    doors.wall.ms += 31 * 86_400_000
    scan = doors.files.scan(minutes=31 * 1440)
    assert refusal_of(doors.ask(scan, doors.files.token())) == (401, "device.ended")


# ---- by document and by card ----


def test_a_keeper_may_type_an_identity_number(doors):
    scan = doors.files.scan(code=None, document=county.NUMBER_OF_RED)
    assert doors.ask(scan, doors.files.token())[1]["health"] == "red"
    record = doors.journal.records[-1]
    assert (record.gate_number, record.marks) == (RED, ScanMark.BY_DOCUMENT)


def test_a_number_nobody_has_is_unknown(doors):
    scan = doors.files.scan(code=None, document="990101199003070000")
    assert doors.ask(scan, doors.files.token())[1]["health"] == "unknown"
    assert doors.journal.records[-1].gate_number == 0


def test_nobody_else_may_look_a_person_up_by_number(doors):
    scan = doors.files.scan(code=None, document=county.NUMBER_OF_RED)
    assert refusal_of(doors.ask(scan)) == (403, "scan.document_needs_keeper")


def test_a_paper_card_is_answered_like_a_code(doors):
    assert doors.ask(doors.files.scan(code=doors.files.card(YELLOW)), doors.files.token())[1]["health"] == "yellow"
    assert doors.journal.records[-1].marks == ScanMark.BY_CARD


def test_a_revoked_card_is_refused(doors):
    scan = doors.files.scan(code=doors.files.card(YELLOW, card_generation=2))
    assert refusal_of(doors.ask(scan)) == (422, "code.revoked")


# ---- companions ----


def test_each_who_came_along_is_decided_and_recorded(doors):
    scan = doors.files.scan(companions=[{"code": doors.files.card(YELLOW)}, {"document": county.NUMBER_OF_RED}])
    _, answer = doors.ask(scan, doors.files.token())
    assert [companion["health"] for companion in answer["companions"]] == ["yellow", "red"]
    assert [record.marks & ScanMark.COMPANION for record in doors.journal.records] == [0, 4, 4]
    assert len({record.id for record in doors.journal.records}) == 3


def test_a_companions_bad_code_does_not_take_the_person_along(doors):
    _, answer = doors.ask(doors.files.scan(companions=[{"code": "https://example.org"}]))
    assert answer["outcome"] in ("admit", "verify")
    assert answer["companions"][0]["refusal"] == "code.foreign"


# ---- the record ----


def test_a_record_holds_what_was_asked_and_what_the_gate_knew(doors, keeper):
    sent_at = (NOON_AT + timedelta(seconds=3)).isoformat()
    keeper(RED, sent_at=sent_at)
    record = doors.journal.records[-1]
    assert (record.venue, record.door, record.device) == (county.MARKET, 1, county.KEEPER)
    assert (record.scanned_ms, record.received_ms, record.sent_ms) == (NOON_MS, NOON_MS, NOON_MS + 3000)
    assert (record.safety, record.recent) == county.PEOPLE[RED]
    assert (record.temperature_tenths, record.decided, record.snapshot) == (365, NOT_DECIDED, county.BASE)
    assert record.tables == doors.follower.knowledge.doors[0].mark
    assert doors.follower.knowledge.doors[0].tables.outcome_of(record.mask) == record.outcome


def test_a_temperature_that_was_not_taken_is_not_a_number(doors):
    doors.ask(doors.files.scan())
    assert doors.journal.records[-1].temperature_tenths == NOT_TAKEN


# ---- how old a test is ----


def recent(sampled, resulted, result=words.LastResult.NEGATIVE):
    return words.pack_recent(
        words.recent_as_of(NOON, sampled_min=NOON - sampled, resulted_min=NOON - resulted, result=result)
    )


def test_a_tests_age_counts_from_what_the_rulebook_says():
    word = recent(1200, 900)
    assert words.negative_age_min(word, NOON, counts_from_sample=True) == 1200
    assert words.negative_age_min(word, NOON, counts_from_sample=False) == 900


def test_a_sample_whose_result_is_not_there_yet_makes_no_test_younger():
    assert words.negative_age_min(recent(30, 900), NOON, counts_from_sample=True) == 900


@pytest.mark.parametrize("result", [words.LastResult.POSITIVE, words.LastResult.UNCLEAR])
def test_only_a_negative_result_counts(result):
    assert words.negative_age_min(recent(1200, 900, result), NOON, counts_from_sample=True) is None


def test_a_new_venue_is_known_from_its_frame_on(doors):
    scan = doors.files.scan(venue=doors.files.poster(county.UNKNOWN_VENUE))
    assert refusal_of(doors.ask(scan)) == (422, "scan.venue_unknown")
    doors.files.publish_venue(VenueRow(county.UNKNOWN_VENUE, "market", VenueStatus.OPEN, (3,), "141027100"))
    doors.follower.look()
    assert doors.ask(scan)[0] == 200
