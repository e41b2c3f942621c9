"""Two records merged by mistake are two people again: evidence, codes, contacts, rides, and what doors know."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.policy.words import LastResult, card_generation_of
from fangxian.core.refusal import Refusal
from fangxian.ops.changes.models import Change
from fangxian.ops.contacts.actions import note_follow_up
from fangxian.ops.contacts.queries import contact_with, of_case, of_person
from fangxian.ops.contacts.wire import OneDay
from fangxian.ops.merges.models import Merge, MovedRow
from fangxian.ops.merges.wire import two_of
from fangxian.ops.movement import queries as movement
from fangxian.ops.movement.actions.codes import renew_card
from fangxian.ops.movement.actions.evidence import record_tests
from fangxian.ops.movement.queries import health_of
from fangxian.ops.movement.wire import NewTest
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import gate_aliases, person_with
from fangxian.ops.procedures.appeal_code import appeal_code
from fangxian.ops.procedures.confirm_contacts import reject_contacts
from fangxian.ops.procedures.erasure import erase_what_is_due
from fangxian.ops.procedures.merge_persons import merge_persons, merge_records
from fangxian.ops.procedures.same_case import same_case
from fangxian.ops.procedures.settle_case import confirm_case
from fangxian.ops.realm.current import county_now
from fangxian.ops.rides.actions import declare_ride
from fangxian.ops.rides.queries import rides_of
from fangxian.ops.rides.wire import NewRide

from .case_hand import build_with_diseases, officer, staffed
from .case_room_hand import BY, a_case
from .merge_hand import DAY, HOUR, confirmed, contact_of, on_record, the_merge, undone
from .people_with_codes import evidence, know, seen_by_a_gate
from .two_townships import OTHER_TOWN, shown, sign_in

RESULTS = (LastResult.NEGATIVE, LastResult.POSITIVE, LastResult.UNCLEAR)
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def posts(county):
    return staffed(county)


@pytest.fixture
def two(county):
    """The one that goes on, and the one that is merged into it."""
    return county.head, county.persons[3]


def merged(two):
    kept, other = two
    merge_persons(kept=fresh(kept), merged=fresh(other), reason="同一人", by=BY)
    return the_merge(person=kept.pk)


def fresh(person):
    return Person.objects.get(pk=person.pk)


def has_test(person, sampled_at, result=LastResult.NEGATIVE):
    told = {"sampled_at": sampled_at, "resulted_at": sampled_at + 4 * HOUR, "result": result, "source": "县医院"}
    record_tests(tests=[NewTest(person=person.pk, **told)], by=BY)


def ridden(person, begins_at):
    ride = NewRide(vehicle="D1234", begins_at=begins_at, ends_at=begins_at + 2 * HOUR, seat="05车12A")
    declare_ride(person=person, ride=ride, source="own", by=BY)


def told_last(person):
    """What gates were told of a number last."""
    return Change.objects.filter(key=f"person:{person.gate_number}").order_by("-id").first().payload


# ── nothing happened between ──────────────────────────────────────────────────


def generated(seed, county, two, posts):
    """Evidence, tests, rides, appeals and contacts of cases, at random, for either and for both."""
    dice, cases = Random(seed), [a_case(5), a_case(6)]
    for person in two:
        generated_of(person, dice)
        for case in cases:
            if dice.random() < 0.7:
                generated_contact(case, person, dice, posts)
    if dice.random() < 0.5:
        contact_of(a_case(1, person=dice.choice(two).pk), dice.choice(two))


def generated_of(person, dice):
    if dice.random() < 0.5:
        know(person, evidence(person, days_ago=dice.randint(1, 5)))
    if dice.random() < 0.7:
        has_test(person, county_now() - timedelta(hours=dice.randint(10, 60)), dice.choice(RESULTS))
    if dice.random() < 0.5:
        ridden(person, county_now() - timedelta(days=dice.randint(1, 9)))
    if dice.random() < 0.3:
        appeal_code(person=person, text="那天我在家。", by=BY)


def generated_contact(case, person, dice, posts):
    row = contact_of(case, person, days_ago=dice.randint(1, 6), minutes=dice.randint(5, 90))
    if dice.random() < 0.6:
        confirmed(row, posts)
        note_follow_up(contact=row.pk, on=county_now().date(), how=OneDay(found="seen"), by=BY)
    elif dice.random() < 0.3:
        reject_contacts(contacts=[row.pk], reason="未到场", by=posts.investigator)


@pytest.mark.parametrize("seed", range(12))
def test_undone_at_once_everything_is_as_before_the_merge(county, two, posts, seed):
    generated(seed, county, two, posts)
    same = lambda: on_record(two_of(Merge(kept_person=two[0].pk, merged_person=two[1].pk)))  # noqa: E731
    before, colours = same(), [seen_by_a_gate(it) for it in two]
    row = merged(two)
    assert person_with(two[1].pk).pk == two[0].pk
    assert undone(row, posts.investigator) == []
    assert same() == before
    assert [seen_by_a_gate(it) for it in two] == colours


def test_gates_know_each_by_its_own_number_again(two, posts):
    know(two[1])
    row = merged(two)
    assert told_last(two[1])["a"] == two[0].gate_number
    undone(row, posts.investigator)
    code = health_of(two[1].pk)
    told = told_last(two[1])
    assert (told["s"], told["r"], told["a"]) == (code.safety, code.recent, 0)
    assert told["d"] != 0  # its document was taken for the other's
    assert gate_aliases() == []


def test_whoever_was_red_by_the_others_evidence_is_not_any_more(two, posts):
    know(two[1])
    row = merged(two)
    assert seen_by_a_gate(two[0]) == (Colour.RED, "C-04")
    undone(row, posts.investigator)
    assert seen_by_a_gate(two[0])[0] is Colour.GREEN
    assert seen_by_a_gate(two[1]) == (Colour.RED, "C-04")


def test_a_card_that_was_lost_before_stays_lost(two, posts):
    renew_card(person=two[1].pk, by=BY)
    undone(merged(two), posts.investigator)
    assert health_of(two[1].pk).card_generation == 1
    assert card_generation_of(told_last(two[1])["s"]) == 1


def test_a_card_lost_while_they_were_one_is_lost_for_both(two, posts):
    row = merged(two)
    renew_card(person=two[0].pk, by=BY)
    undone(row, posts.investigator)
    assert [card_generation_of(health_of(it.pk).safety) for it in two] == [1, 1]


# ── what the merge itself does ────────────────────────────────────────────────


def test_of_a_case_that_both_were_contacts_of_one_line_is_left(two, posts):
    case = a_case(5)
    mine, other = contact_of(case, two[0], days_ago=3), confirmed(contact_of(case, two[1], days_ago=1), posts)
    merged(two)
    [line] = of_case(case.pk)
    assert (line.pk, line.person_id, line.state, line.minutes) == (other.pk, two[0].pk, "confirmed", 60)
    assert line.first_exposure_at == mine.first_exposure_at


def test_a_case_is_no_contact_of_itself(two, posts):
    case = a_case(1, person=two[0].pk)
    row = confirmed(contact_of(case, two[1]), posts)
    merge = merged(two)
    assert (contact_with(row.pk).state, seen_by_a_gate(two[0])[0]) == ("rejected", Colour.GREEN)
    undone(merge, posts.investigator)
    assert (contact_with(row.pk).state, seen_by_a_gate(two[1])[0]) == ("confirmed", Colour.RED)


def test_a_contact_who_is_a_confirmed_case_became_one(two, posts):
    case = a_case(1, person=two[0].pk)
    confirm_case(case=case.pk, reason="两份标本阳性", by=posts.investigator)
    row = confirmed(contact_of(a_case(5), two[1]), posts)
    merge = merged(two)
    assert contact_with(row.pk).state == "became_case"
    undone(merge, posts.investigator)
    assert contact_with(row.pk).state == "confirmed"


# ── something happened between ────────────────────────────────────────────────


def test_evidence_since_stays_with_the_one_that_went_on(two, posts):
    row = merged(two)
    know(two[0])
    assert undone(row, posts.investigator) == []
    assert [seen_by_a_gate(it)[0] for it in two] == [Colour.RED, Colour.GREEN]


def test_a_test_since_stays_and_the_others_own_is_known_again(two, posts):
    at = county_now() - 30 * HOUR
    has_test(two[1], at)
    row = merged(two)
    has_test(two[0], at + 9 * HOUR)
    undone(row, posts.investigator)
    assert [movement.test_of(it.pk).sampled_at for it in two] == [at + 9 * HOUR, at]


def test_a_line_made_of_both_that_was_decided_on_since_is_listed_and_the_other_has_a_proposal(two, posts):
    case = a_case(5)
    mine = contact_of(case, two[0])
    contact_of(case, two[1], minutes=50)
    row = merged(two)
    confirmed(mine, posts)
    [left] = undone(row, posts.investigator)
    assert (left.key, left.why) == (str(mine.pk), "united")
    assert [(it.state, it.minutes) for it in of_person(two[1].pk)] == [("proposed", 50)]


def test_an_appeal_goes_over_and_back(two, posts):
    appeal_code(person=two[1], text="那天我在家。", by=BY)
    row = merged(two)
    assert [movement.appeals_of(it.pk).count() for it in two] == [1, 0]
    undone(row, posts.investigator)
    assert [movement.appeals_of(it.pk).count() for it in two] == [0, 1]


def test_a_ride_declared_since_stays(two, posts):
    row = merged(two)
    ridden(fresh(two[0]), county_now() - DAY)
    undone(row, posts.investigator)
    assert [rides_of(it.pk).count() for it in two] == [1, 0]


# ── who may, and when it cannot be ────────────────────────────────────────────


def refused(act, **told):
    with pytest.raises(Refusal) as refusal:
        act(**told)
    return refusal.value.code


def test_a_chain_of_records_is_undone_in_the_reverse_order_only(county, two, posts):
    inner = merged((two[1], county.stranger))
    outer = merged(two)
    assert refused(undone, merge=inner, by=posts.investigator) == "merges.merged_on"
    undone(outer, posts.investigator)
    undone(inner, posts.investigator)
    assert [fresh(it).merged_into_id for it in (*two, county.stranger)] == [None, None, None]
    assert gate_aliases() == []


def test_whoever_keeps_the_register_elsewhere_may_not_undo_it(county, two):
    row = merged(two)
    elsewhere = officer(county, "grid_lead", "镇政府", "government", area_path=OTHER_TOWN)
    assert refused(undone, merge=row, by=elsewhere) == "accounts.not_yours"


def test_nobody_undoes_what_is_about_themselves(county, two, posts):
    row = merged(two)
    Person.objects.filter(pk=two[1].pk).update(account=posts.investigator)
    assert refused(undone, merge=row, by=posts.investigator) == "approvals.own_matter"


def test_once_one_of_the_two_is_erased_it_says_so(two, posts):
    row = merged(two)
    Person.objects.filter(pk=two[1].pk).delete()
    assert refused(undone, merge=row, by=posts.investigator) == "merges.erased"


def test_what_moved_is_erased_after_two_months_and_then_it_is_too_late(two, posts):
    know(two[1])
    row = merged(two)
    erase_what_is_due(at=county_now() + 61 * DAY, by=BY)
    assert not MovedRow.objects.exists()
    assert Merge.objects.filter(pk=row.pk).exists()
    assert refused(undone, merge=row, by=posts.investigator) == "merges.forgotten"


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"sex": "female"}, "people.merge_of_two_people"), ({"born_on": "1999-01-01"}, "people.merge_of_two_people")],
)
def test_two_who_differ_are_not_merged_by_hand(two, posts, changed, code):
    Person.objects.filter(pk=two[1].pk).update(**alike(two[0]) | changed)
    told = {"kept": two[0].pk, "merged": two[1].pk, "reason": "同一人", "by": posts.investigator}
    assert refused(merge_records, **told) == code


def alike(person) -> dict:
    """What is the same of one person under another kind of document."""
    return {"sex": person.sex, "born_on": person.born_on, "document_kind": "passport"}


# ── pages ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def page(client, county):
    return sign_in(client, county, "investigator")


def test_somebody_on_record_twice_is_found_compared_and_merged(page, two):
    Person.objects.filter(pk=two[1].pk).update(**alike(two[0]))
    address = reverse("person-merge", args=[two[0].pk])
    found = page.post(address, {"do": "find", "number": two[1].document_number})
    assert str(two[1].pk) in shown(found)
    page.post(address, {"do": "merge", "other": str(two[1].pk), "reason": "户口本和护照是同一人"})
    assert fresh(two[1]).merged_into_id == two[0].pk


def test_the_page_shows_what_goes_where_before_anybody_confirms(page, two, posts):
    case = a_case(5)
    mine = contact_of(case, two[0])
    contact_of(case, two[1])
    contact_of(a_case(6), two[1])
    row = merged(two)
    confirmed(mine, posts)
    said = shown(page.get(reverse("merge", args=[row.pk])))
    assert "要人来定" in said
    assert "整条留下" in said
    assert Merge.objects.get(pk=row.pk).undone_at is None


def test_it_is_undone_on_the_page_and_the_record_tells_of_both(page, two):
    row = merged(two)
    done = page.post(reverse("merge", args=[row.pk]), {"reason": "户籍核对，是两个人"}, follow=True)
    assert "合并已撤销" in shown(done)
    said = shown(page.get(reverse("person", args=[two[0].pk])))
    assert "已撤销" in said


def test_without_a_reason_nothing_is_undone(page, two):
    row = merged(two)
    assert page.post(reverse("merge", args=[row.pk]), {"reason": ""}).status_code == 400
    assert Merge.objects.get(pk=row.pk).undone_at is None


def test_a_merge_of_others_opens_for_nobody_else(client, county, two):
    row = merged(two)
    sign_in(client, county, "grid_lead", OTHER_TOWN)
    assert client.get(reverse("merge", args=[row.pk])).status_code == 403


def test_whoever_only_keeps_the_register_learns_of_no_case_and_no_contact(client, county, two, posts):
    contact_of(a_case(5), two[1])
    row = merged(two)
    page = sign_in(client, county, "grid_worker")
    said = shown(page.get(reverse("merge", args=[row.pk])))
    assert "回到" in said
    assert "接触者" not in said.partition("<main")[2]


def test_a_record_tells_whoever_only_keeps_the_register_of_no_merged_case(client, county, two, posts):
    cases = [a_case(1, person=two[0].pk), a_case(1, document_kind="passport", document_number="E1", person=two[1].pk)]
    same_case(kept=cases[0].pk, merged=cases[1].pk, reason="同一人", by=posts.investigator)
    page = sign_in(client, county, "grid_worker")
    assert cases[1].number not in shown(page.get(reverse("person", args=[two[0].pk])))


def n_queries(page, row) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert page.get(reverse("merge", args=[row.pk])).status_code == 200
    return len(asked)


def test_the_page_asks_no_more_however_much_was_moved(page, county, two, posts):
    contact_of(a_case(5), two[1])
    row = merged(two)
    few = n_queries(page, row)
    undone(row, posts.investigator)
    for n in range(6, 12):
        contact_of(a_case(n), two[1])
    assert n_queries(page, merged(two)) == few
