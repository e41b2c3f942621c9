"""Movement: from evidence to colour to the two words of a gate. On both databases."""

import random
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from fangxian.core.policy.byte_document import document_hash
from fangxian.core.policy.byte_time import minute_of
from fangxian.core.policy.colours import decide_colours
from fangxian.core.policy.travel import decide_travel
from fangxian.core.policy.vocabulary import Colour, Presence, Travel
from fangxian.core.policy.words import (
    LastResult,
    card_generation_of,
    colour_at,
    exemptions_at,
    qr_generation_of,
    sample_age_min,
    travel_at,
)
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.queries import lines, told
from fangxian.ops.changes.models import Change
from fangxian.ops.movement import queries
from fangxian.ops.movement.actions.appeals import answer_appeal
from fangxian.ops.movement.actions.codes import renew_card, renew_qr, write_codes
from fangxian.ops.movement.actions.evidence import record_evidence, record_tests, withdraw_evidence
from fangxian.ops.movement.models import HealthCode
from fangxian.ops.movement.wire import NewCode, NewTest, reference
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.appeal_code import answer, appeal_code
from fangxian.ops.procedures.merge_persons import merge_persons
from fangxian.ops.procedures.recolour import recolour, recolour_due, recolour_missing, rules_of_codes
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.keys import Purpose

from .people_with_codes import BY, evidence, know, seen_by_a_gate
from .two_townships import account_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(county_with_codes, db):
    return deepcopy(county_with_codes)


def changes_of(person):
    return list(
        Change.objects.filter(key=f"person:{person.gate_number}").order_by("id").values_list("payload", flat=True)
    )


def refused(call, **told):
    with pytest.raises(Refusal) as found:
        call(**told)
    assert "{" not in found.value.said.zh + found.value.said.en
    return found.value.code


# Colours


def test_whoever_is_on_the_register_and_of_whom_nothing_is_known_is_green(county):
    assert seen_by_a_gate(county.head) == (Colour.GREEN, "")


@pytest.mark.parametrize(("standing", "colour"), [("visitor", Colour.UNKNOWN), ("declared", Colour.GREEN)])
def test_a_visitor_of_whom_nothing_is_known_is_unknown(county, standing, colour):
    Person.objects.filter(pk=county.head.pk).update(standing=standing)
    recolour([county.head.pk], county_now(), by=BY)
    assert seen_by_a_gate(county.head) == (colour, "")


def test_a_close_contact_is_red_and_the_word_names_the_rule(county):
    know(county.head)
    assert seen_by_a_gate(county.head) == (Colour.RED, "C-04")
    assert seen_by_a_gate(county.persons[1]) == (Colour.GREEN, "")


def test_a_red_ends_by_itself_and_the_word_does_not_outlive_it(county):
    know(county.head, evidence(county.head, days_ago=13))
    code = queries.health_of(county.head.pk)
    assert code.then is Colour.YELLOW
    assert seen_by_a_gate(county.head, code.until_at - timedelta(minutes=1))[0] is Colour.RED
    assert seen_by_a_gate(county.head, code.until_at)[0] is Colour.UNKNOWN
    recolour([county.head.pk], code.until_at, by=BY)
    assert seen_by_a_gate(county.head, code.until_at) == (Colour.YELLOW, "C-04")


def test_evidence_that_was_withdrawn_turns_nothing_and_stays_on_record(county):
    (id_,) = know(county.head)
    withdraw_evidence(evidence=id_, why="同名同姓，不是本人", by=BY)
    recolour([county.head.pk], county_now(), by=BY)
    assert seen_by_a_gate(county.head) == (Colour.GREEN, "")
    assert queries.evidence_of(county.head.pk).get().withdrawn_why == "同名同姓，不是本人"


def test_a_record_that_cannot_be_read_makes_nobody_green(county):
    strange = evidence(
        county.head, "pushed-colour", source="pushed-list", attributes={"colour": "?"}, division="140100"
    )
    know(county.head, strange)
    assert seen_by_a_gate(county.head) == (Colour.UNKNOWN, "")


def test_a_scan_that_proves_no_presence_turns_nothing(county):
    told = {"attributes": {"last_exposure_on": county.at.date()}, "presence": Presence.NONE}
    know(county.head, evidence(county.head, "co-present", **told))
    assert seen_by_a_gate(county.head) == (Colour.GREEN, "")


def test_an_itinerary_card_and_a_test_stand_in_the_other_word(county):
    at = county_now()
    card = evidence(county.head, "itinerary-card", source="declaration", attributes={"result": "clear"}, days_ago=0.01)
    record_tests(tests=[a_test(county.head, 30, 20)], by=BY)
    know(county.head, card, at=at)
    recent, minute = queries.health_of(county.head.pk).recent, minute_of(at)
    assert travel_at(recent, minute) == Travel.CLEAR
    assert travel_at(recent, minute + 25 * 60) == Travel.UNKNOWN
    assert abs(sample_age_min(recent, minute) - 30 * 60) <= 1


def test_infants_and_people_without_a_phone_have_what_the_rulebook_exempts_them_from(county):
    Person.objects.filter(pk=county.persons[2].pk).update(born_on=county.at.date() - timedelta(days=400))
    everybody = [person.pk for person in county.persons]
    recolour(everybody, county.at, by=BY)
    held = {
        code.person: exemptions_at(code.safety, minute_of(county.at))
        for code in queries.health_of_many(everybody).values()
    }
    assert held[county.head.pk] == 0
    assert held[county.persons[2].pk] == 0b11
    assert held[county.persons[3].pk] == 0b10


def test_without_a_rulebook_in_force_words_are_left_to_lapse(county):
    late = rules_of_codes(county.at).rulebook.until_at
    assert recolour([county.head.pk], late, by=BY) == 0
    assert seen_by_a_gate(county.head, late)[0] is Colour.UNKNOWN


PIECES = [
    ("close-contact", "investigator", "last_exposure_on", None),
    ("secondary-contact", "investigator", "last_exposure_on", None),
    ("case", "hospital", "status", "confirmed"),
    ("case", "hospital", "status", "unheard-of"),
    ("discharge", "hospital", "", None),
    ("arrival", "grid-worker", "measure", "home"),
    ("pool-hold", "laboratory", "result", "grey"),
    ("negative-result", "laboratory", "", None),
    ("exclusion", "investigator", "", None),
    ("fever", "school", "", None),
    ("zone", "order", "zone", "closed"),
    ("itinerary-card", "declaration", "result", "star"),
    ("risk-area-stay", "cdc", "left_on", None),
    ("pushed-colour", "pushed-list", "colour", "yellow"),
    ("nonsense", "nobody", "", None),
]


def drawn(rng, person):
    """Some pieces of any kind from any time within three weeks; some of them of an unfit source, some of a place."""
    for kind, source, name, value in rng.sample(PIECES, rng.randrange(5)):
        days_ago = rng.randrange(-1, 21) + 0.3  # nothing ends within this very minute, which a word leaves out
        on = (county_now() - timedelta(days=days_ago)).date()
        yield evidence(
            person,
            kind,
            days_ago=days_ago,
            source=source if rng.random() < 0.9 else "rumour",
            attributes={name: value or on} if name else {},
            division="140100" if kind == "pushed-colour" and rng.random() < 0.7 else "",
        )


@pytest.mark.parametrize("seed", range(12))
def test_what_is_computed_is_what_the_rules_decide_from_all_evidence(county, seed):
    """The definition: every piece of everybody's evidence, given to the rules as it is."""
    rng, at = random.Random(seed), county_now()
    persons = [person.pk for person in county.persons]
    record_evidence(pieces=[piece for person in county.persons for piece in drawn(rng, person)], by=BY)
    recolour(persons, at, by=BY)
    everything = {person: queries.counting_evidence_of(person) for person in persons}
    rulebook = rules_of_codes(at).rulebook
    colours = decide_colours(rulebook, everything, at=at, known_at=at, registered=persons)
    travels = decide_travel(rulebook, everything, at=at)
    for person in county.persons:
        code, minute = queries.health_of(person.pk), minute_of(at)
        should = colours[person.pk]
        assert colour_at(code.safety, minute) == should.colour == code.colour
        assert (code.local, code.until_at, code.then) == (should.local, should.until_at, should.then)
        assert seen_by_a_gate(person, at)[1] == (should.reasons[0].rule if should.reasons else "")
        assert travel_at(code.recent, minute) == travels[person.pk].state == code.travel


# Tests


def a_test(person, sampled_h, resulted_h, result=LastResult.NEGATIVE):
    at = county_now()
    sampled_at, resulted_at = (at - timedelta(hours=hours) for hours in (sampled_h, resulted_h))
    return NewTest(person=person.pk, sampled_at=sampled_at, resulted_at=resulted_at, result=result, source="检验科")


def test_the_newest_test_is_kept_in_whatever_order_they_come(county):
    some = [a_test(county.head, 50, 10), a_test(county.head, 30, 20), a_test(county.head, 30, 20, LastResult.POSITIVE)]
    kept = set()
    for person, order in zip(county.persons * 2, permutations(some), strict=False):
        for test in order:
            record_tests(
                tests=[NewTest(person=person.pk, **{n: getattr(test, n) for n in NewTest.__slots__ if n != "person"})],
                by=BY,
            )
        known = queries.test_of(person.pk)
        kept.add((known.sampled_at, known.resulted_at, known.result))
    assert kept == {(some[2].sampled_at, some[2].resulted_at, LastResult.POSITIVE)}


def test_a_result_before_its_sample_is_refused(county):
    assert refused(record_tests, tests=[a_test(county.head, 2, 3)], by=BY) == "movement.test_times"


# What may be recorded


def test_a_piece_that_ends_before_it_begins_is_refused(county):
    wrong = evidence(county.head, until_at=county_now() - timedelta(days=3))
    assert refused(record_evidence, pieces=[wrong], by=BY) == "movement.evidence_period"


def test_a_time_without_its_zone_is_refused(county):
    naive = datetime(2022, 4, 9)  # noqa: DTZ001
    assert refused(record_evidence, pieces=[evidence(county.head, until_at=naive)], by=BY) == "evidence.naive_time"


def test_a_release_of_somebody_elses_evidence_is_refused(county):
    (id_,) = know(county.head)
    release = evidence(county.persons[1], "exclusion", about=id_)
    assert refused(record_evidence, pieces=[release], by=BY) == "movement.evidence_about"


def test_a_release_of_one_piece_leaves_the_others(county):
    first, _ = know(county.head, evidence(county.head), evidence(county.head, days_ago=3))
    know(county.head, evidence(county.head, "exclusion", about=first, days_ago=0))
    assert seen_by_a_gate(county.head) == (Colour.RED, "C-04")
    assert queries.health_of(county.head.pk).evidence != reference(first)


def test_withdrawing_takes_a_reason_and_something_to_withdraw(county):
    (id_,) = know(county.head)
    assert refused(withdraw_evidence, evidence=id_, why=" ", by=BY) == "movement.no_reason"
    assert refused(withdraw_evidence, evidence=county.head.pk, why="错", by=BY) == "movement.evidence_unknown"


def test_every_recording_leaves_a_line_about_the_person(county):
    know(county.head)
    found = [line.action for line in lines(by=BY) if f"person:{county.head.pk}" in told(line).about]
    assert {"movement.evidence_recorded", "movement.codes_written"} <= set(found)


# Words


def test_a_gate_is_told_in_the_transaction_in_which_a_word_changes(county):
    before = len(changes_of(county.head))
    know(county.head)
    code, payloads = queries.health_of(county.head.pk), changes_of(county.head)
    assert len(payloads) == before + 1
    assert payloads[-1] == {"s": code.safety, "r": code.recent, "d": 0, "a": 0}


def test_the_document_is_told_once_as_the_hash_a_gate_knows_it_by(county):
    key = the_realm().keys.current(Purpose.DOCUMENTS).secret
    assert [payload["d"] for payload in changes_of(county.head)] == [document_hash(county.head.document_number, key)]


def test_what_has_not_changed_is_not_told(county):
    n = Change.objects.count()
    recolour([person.pk for person in county.persons], county.at, by=BY)
    assert Change.objects.count() == n


def test_a_code_computed_from_older_evidence_is_not_written_over_newer(county):
    row = HealthCode.objects.get(pk=county.head.pk)
    stale = NewCode(
        person=row.pk, version=row.version, gate_number=row.gate_number, colour=Colour.GREEN, local=Colour.GREEN,
        rule="", evidence="", begins_at=None, until_at=None, then=None, travel=Travel.UNKNOWN, travel_until=None,
        exemptions=0, safety=row.safety, recent=row.recent, document=0, due_at=row.due_at,
    )  # fmt: skip
    know(county.head)
    assert write_codes(codes=[stale], at=county_now(), by=BY) == (0, [county.head.pk])
    assert seen_by_a_gate(county.head)[0] is Colour.RED


def test_whoever_has_new_evidence_is_due_at_once_and_the_worker_computes_it(county):
    record_evidence(pieces=[evidence(county.head)], by=BY)
    assert queries.due(county_now(), limit=9) == [county.head.pk]
    recolour_due()
    assert seen_by_a_gate(county.head)[0] is Colour.RED
    assert queries.due(county_now(), limit=9) == []


def test_words_are_renewed_a_day_before_they_end(county):
    code = queries.health_of(county.head.pk)
    (due,) = HealthCode.objects.filter(pk=county.head.pk).values_list("due_at", flat=True)
    assert timedelta(hours=23, minutes=59) <= code.expires_at - due <= timedelta(hours=24)


def test_whoever_was_registered_without_a_code_gets_one(county):
    HealthCode.objects.filter(pk=county.head.pk).delete()
    recolour_missing(at=county_now(), by=BY)
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN


# QR, card, merging, appeals


@pytest.mark.parametrize(("renew", "field"), [(renew_qr, "qr_generation"), (renew_card, "card_generation")])
def test_what_is_revoked_is_of_an_older_generation_and_comes_back_after_64(county, renew, field):
    seen = []
    for _ in range(64):
        renew(person=county.head.pk, by=BY)
        seen.append(getattr(queries.health_of(county.head.pk), field))
    assert seen == [*range(1, 64), 0]
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN
    assert changes_of(county.head)[-1]["s"] == queries.health_of(county.head.pk).safety


def test_a_renewed_qr_outlives_the_next_computation(county):
    renew_qr(person=county.head.pk, by=BY)
    know(county.head)
    assert queries.health_of(county.head.pk).qr_generation == 1


def test_whoever_has_no_code_has_none_to_revoke(county):
    HealthCode.objects.all().delete()
    assert refused(renew_qr, person=county.head.pk, by=BY) == "movement.no_code_yet"


def test_a_merged_person_brings_evidence_along_and_is_the_other_at_a_gate(county):
    kept, merged = county.head, county.persons[3]
    know(merged)
    merge_persons(kept=kept, merged=merged, reason="同一人", by=BY)
    code = queries.health_of(kept.pk)
    assert seen_by_a_gate(kept) == (Colour.RED, "C-04")
    assert queries.health_of(merged.pk) is None
    assert changes_of(merged)[-1] == {"s": code.safety, "r": code.recent, "d": 0, "a": kept.gate_number}


def test_a_merge_that_changes_no_word_is_told_to_gates_all_the_same(county):
    kept, merged = county.head, county.persons[3]
    know(kept)
    merge_persons(kept=kept, merged=merged, reason="同一人", by=BY)
    code = queries.health_of(kept.pk)
    assert changes_of(merged)[-1] == {"s": code.safety, "r": code.recent, "d": 0, "a": kept.gate_number}


def test_what_was_revoked_of_either_record_stays_so_when_they_are_merged(county):
    kept, merged = county.head, county.persons[3]
    renew_qr(person=kept.pk, by=BY)
    renew_card(person=merged.pk, by=BY)
    renew_card(person=merged.pk, by=BY)
    merge_persons(kept=kept, merged=merged, reason="同一人", by=BY)
    code = queries.health_of(kept.pk)
    assert (code.qr_generation, code.card_generation) == (1, 2)
    assert (qr_generation_of(code.safety), card_generation_of(code.safety)) == (1, 2)
    know(kept)
    assert card_generation_of(queries.health_of(kept.pk).safety) == 2


def test_an_appeal_waits_for_its_answer_by_the_rulebooks_clock(county):
    know(county.head)
    made = appeal_code(person=county.head, text="我没有去过那里。", by=BY)
    assert (made.colour, made.rule) == (Colour.RED, "C-04")
    assert abs(made.due_at - made.asked_at - timedelta(hours=48)) < timedelta(minutes=1)
    assert refused(appeal_code, person=county.head, text="再说一次", by=BY) == "movement.appeal_waiting"
    assert list(queries.appeals_waiting()) == [made]
    answer(appeal_id=made.pk, is_upheld=True, text="查实不是本人。", by=account_of(county, "investigator"))
    assert queries.appeals_of(county.head.pk).get().state == "upheld"
    assert refused(answer_appeal, appeal=made.pk, is_upheld=False, answer="。", by=BY) == "movement.appeal_settled"


def test_an_appeal_says_something_and_is_answered_by_somebody_who_may(county):
    assert refused(appeal_code, person=county.head, text="  ", by=BY) == "movement.appeal_empty"
    made = appeal_code(person=county.head, text="不对。", by=BY)
    stranger = account_of(county, "volunteer")
    assert refused(answer, appeal_id=made.pk, is_upheld=True, text="好", by=stranger) == "accounts.not_yours"
    assert refused(answer_appeal, appeal=made.pk, is_upheld=True, answer=" ", by=BY) == "movement.no_answer"


def test_a_moment_is_read_back_the_same_whichever_zone_it_was_given_in(county):
    from_at = datetime(2022, 4, 6, 16, 30, tzinfo=UTC)
    record_evidence(pieces=[evidence(county.head, until_at=from_at + timedelta(days=9))], by=BY)
    assert queries.evidence_of(county.head.pk).get().until_at == from_at + timedelta(days=9)
