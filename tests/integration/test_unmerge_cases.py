"""Two cases merged by mistake are two again: what came from the one goes back to it, and nothing is guessed."""

import pytest

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.cases import actions as cases
from fangxian.ops.cases.queries import case_with, links, results_of
from fangxian.ops.cases.wire import Changes, NewLink
from fangxian.ops.contacts.actions import correct_last_exposure, note_follow_up
from fangxian.ops.contacts.models import Contact
from fangxian.ops.contacts.queries import contact_with, follow_ups_of, of_case
from fangxian.ops.contacts.wire import OneDay, read_why
from fangxian.ops.merges.models import Merge, MovedRow
from fangxian.ops.merges.wire import two_of
from fangxian.ops.movement.queries import evidence_resting_on, health_of
from fangxian.ops.procedures.confirm_contacts import reject_contacts, rulebook_in_force
from fangxian.ops.procedures.propose_contacts import search_under_way
from fangxian.ops.procedures.same_case import same_case
from fangxian.ops.procedures.settle_case import confirm_case
from fangxian.ops.procedures.unmerge_persons import plan_of
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.queries import about
from fangxian.ops.tasks.wire import NewTask

from .case_hand import build_with_diseases, officer, staffed
from .case_room_hand import BY, a_case, result
from .merge_hand import DAY, HOUR, confirmed, contact_of, filled, on_record, the_merge, undone
from .people_with_codes import seen_by_a_gate

pytestmark = [pytest.mark.django_db, pytest.mark.once]
WHY = "同一人，两种证件"


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
def twice(county):
    """Two cases of what was taken for one person: one on the register, one under a passport."""
    one = a_case(1, person=county.head.pk)
    return one, a_case(1, document_kind="passport", document_number="E12345678", phone="15400009999")


def merged(twice, posts):
    one, other = twice
    same_case(kept=one.pk, merged=other.pk, reason=WHY, by=posts.investigator)
    return the_merge(case=one.pk)


# ── nothing happened between ──────────────────────────────────────────────────


def test_undone_at_once_everything_is_as_before_the_merge(twice, county, posts):
    filled(twice, county, posts)
    same = lambda: on_record(two_of(Merge(kept_case=twice[0].pk, merged_case=twice[1].pk)))  # noqa: E731
    before, colours = same(), [seen_by_a_gate(it) for it in county.persons]
    row = merged(twice, posts)
    assert same() != before
    assert undone(row, posts.investigator) == []
    assert same() == before
    assert [seen_by_a_gate(it) for it in county.persons] == colours


def test_what_the_patient_was_to_a_third_case_they_are_again(county, posts):
    """The case under the passport, which is confirmed, gets its person by the merge alone."""
    line = confirmed(contact_of(a_case(6), county.head), posts)
    one = a_case(1, document_kind="passport", document_number="E12345678", phone="15400009999")
    other = a_case(1, person=county.head.pk)
    cases.confirm(cases=[one.pk], reason="核实", by=BY)
    row = merged((one, other), posts)
    assert contact_with(line.pk).state == "became_case"
    assert undone(row, posts.investigator) == []
    assert contact_with(line.pk).state == "confirmed"


def test_days_of_both_follow_from_their_own_last_exposure(twice, county, posts):
    mine = confirmed(contact_of(twice[0], county.stranger, days_ago=3), posts)
    theirs = confirmed(contact_of(twice[1], county.stranger, days_ago=1), posts)
    undone(merged(twice, posts), posts.investigator)
    assert contact_with(mine.pk).release_on == mine.release_on
    assert contact_with(theirs.pk).release_on == theirs.release_on == mine.release_on + 2 * DAY


def test_a_code_that_followed_the_others_exposure_ends_by_its_own_again(twice, county, posts):
    confirmed(contact_of(twice[0], county.stranger, days_ago=3), posts)
    contact_of(twice[1], county.stranger, days_ago=1)
    until = health_of(county.stranger.pk).until_at
    assert undone(merged(twice, posts), posts.investigator) == []
    assert health_of(county.stranger.pk).until_at == until


def test_both_lines_say_what_each_had_said(twice, county, posts):
    contact_of(twice[0], county.stranger, minutes=30)
    contact_of(twice[1], county.stranger, minutes=50)
    undone(merged(twice, posts), posts.investigator)
    said = [(row.minutes, len(read_why(contact_with(row.pk).file.why))) for row in Contact.objects.order_by("minutes")]
    assert said == [(30, 1), (50, 1)]


def test_the_evidence_of_both_rests_on_both(twice, county, posts):
    rows = [confirmed(contact_of(one, county.stranger), posts) for one in twice]
    undone(merged(twice, posts), posts.investigator)
    assert [evidence_resting_on([row.pk]).count() for row in rows] == [1, 1]
    reject_contacts(contacts=[rows[0].pk], reason="认错人", by=posts.investigator)
    assert seen_by_a_gate(county.stranger)[0] is Colour.RED
    reject_contacts(contacts=[rows[1].pk], reason="认错人", by=posts.investigator)
    assert seen_by_a_gate(county.stranger)[0] is Colour.GREEN


def test_whoever_was_let_go_as_the_case_itself_is_held_again(twice, county, posts):
    row = confirmed(contact_of(twice[1], county.head), posts)
    merge = merged(twice, posts)
    assert seen_by_a_gate(county.head)[0] is Colour.GREEN
    undone(merge, posts.investigator)
    assert contact_with(row.pk).state == "confirmed"
    assert seen_by_a_gate(county.head) == (Colour.RED, "C-04")


def test_what_was_filled_in_from_the_other_is_not_known_again(county, posts):
    one = a_case(1, person=None, phone="", onset_on=None)
    other = a_case(1, document_kind="passport", document_number="E12345678", person=county.head.pk)
    same_case(kept=one.pk, merged=other.pk, reason=WHY, by=posts.investigator)
    undone(the_merge(case=one.pk), posts.investigator)
    row = case_with(one.pk)
    assert (row.person_id, row.phone, row.onset_on) == (None, "", None)


def test_contacts_of_both_are_looked_for_and_one_line_says_it_is_undone(twice, posts):
    undone(merged(twice, posts), posts.investigator)
    assert all(search_under_way(case.pk) is not None for case in twice)
    assert AuditLine.objects.filter(action="merges.undone").count() == 1


# ── something happened between ────────────────────────────────────────────────


def test_a_contact_that_was_decided_on_since_goes_back_with_its_decision(twice, county, posts):
    row = contact_of(twice[1], county.stranger)
    merge = merged(twice, posts)
    confirmed(row, posts)
    assert undone(merge, posts.investigator) == []
    assert (contact_with(row.pk).case_id, contact_with(row.pk).state) == (twice[1].pk, "confirmed")
    assert seen_by_a_gate(county.stranger)[0] is Colour.RED


def test_a_line_made_of_two_that_was_decided_on_since_stays_whole_and_is_listed(twice, county, posts):
    mine = contact_of(twice[0], county.stranger)
    contact_of(twice[1], county.stranger)
    merge = merged(twice, posts)
    confirmed(mine, posts)
    [left] = undone(merge, posts.investigator)
    assert (left.table, left.key, left.why) == ("contacts.contact", str(mine.pk), "united")
    stays = contact_with(mine.pk)
    assert (stays.case_id, stays.state, stays.minutes) == (twice[0].pk, "confirmed", 60)


def test_the_other_gets_its_own_line_back_as_a_proposal(twice, county, posts):
    mine = contact_of(twice[0], county.stranger)
    contact_of(twice[1], county.stranger, minutes=50)
    merge = merged(twice, posts)
    confirmed(mine, posts)
    undone(merge, posts.investigator)
    [line] = of_case(twice[1].pk)
    assert (line.person_id, line.state, line.minutes) == (county.stranger.pk, "proposed", 50)


@pytest.mark.parametrize("further_on", [0, 1])
def test_whichever_line_stayed_the_merged_case_has_one_again(twice, county, posts, further_on):
    rows = [contact_of(case, county.stranger, minutes=30 + 20 * n) for n, case in enumerate(twice)]
    confirmed(rows[further_on], posts)
    merge = merged(twice, posts)
    reject_contacts(contacts=[rows[further_on].pk], reason="认错人", by=posts.investigator)
    undone(merge, posts.investigator)
    assert [row.state for row in of_case(twice[0].pk)] == ["rejected"]
    assert [(row.state, row.minutes) for row in of_case(twice[1].pk)] == [("proposed", 50)]


def test_a_corrected_day_of_exposure_keeps_a_line_whole(twice, county, posts):
    mine = confirmed(contact_of(twice[0], county.stranger), posts)
    contact_of(twice[1], county.stranger)
    merge = merged(twice, posts)
    on, rulebook = county_now().date() - 3 * DAY, rulebook_in_force("covid-19")
    correct_last_exposure(contact=mine.pk, on=on, reason="记错了", rulebook=rulebook, by=BY)
    assert [it.why for it in undone(merge, posts.investigator)] == ["united"]
    assert contact_with(mine.pk).last_exposure_on == on


def test_follow_ups_since_stay_with_the_line(twice, county, posts):
    row = confirmed(contact_of(twice[1], county.stranger), posts)
    merge = merged(twice, posts)
    note_follow_up(contact=row.pk, on=county_now().date(), how=OneDay(found="seen"), by=BY)
    assert undone(merge, posts.investigator) == []
    assert [it.found for it in follow_ups_of(row.pk)] == ["seen"]


def test_what_was_corrected_since_is_left_and_named(county, posts):
    one = a_case(1, person=county.head.pk, onset_on=None)
    other = a_case(1, document_kind="passport", document_number="E12345678", phone="")
    same_case(kept=one.pk, merged=other.pk, reason=WHY, by=posts.investigator)
    row, on = case_with(one.pk), county_now().date() - DAY
    cases.correct_case(
        case=one.pk, changes=Changes(columns={"onset_on": on}, version=row.version, reason="问清了"), by=BY
    )
    [left] = undone(the_merge(case=one.pk), posts.investigator)
    assert (left.table, left.columns) == ("cases.case", ("onset_on",))
    assert case_with(one.pk).onset_on == on


def test_what_was_put_on_record_since_stays_with_the_one_that_went_on(twice, county, posts):
    merge = merged(twice, posts)
    cases.note_results(case=twice[0].pk, results=[result()], by=BY)
    row = contact_of(twice[0], county.stranger)
    undone(merge, posts.investigator)
    assert (len(results_of(twice[0].pk)), contact_with(row.pk).case_id) == (1, twice[0].pk)


def test_what_was_recorded_since_of_whoever_goes_back_is_named(county, posts):
    one = a_case(1, person=None)
    other = a_case(1, document_kind="passport", document_number="E12345678", person=county.head.pk)
    same_case(kept=one.pk, merged=other.pk, reason=WHY, by=posts.investigator)
    confirm_case(case=one.pk, reason="两份标本阳性", by=posts.investigator)
    [left] = undone(the_merge(case=one.pk), posts.investigator)
    assert (left.table, left.why) == ("movement.evidence", "since")
    assert seen_by_a_gate(county.head)[0] is Colour.RED


def test_what_is_shown_before_is_what_is_done(twice, county, posts):
    mine = contact_of(twice[0], county.stranger)
    contact_of(twice[1], county.stranger)
    merge = merged(twice, posts)
    confirmed(mine, posts)
    shown = plan_of(Merge.objects.get(pk=merge.pk)).stays
    assert undone(merge, posts.investigator) == shown


# ── tasks, clocks, teams ──────────────────────────────────────────────────────


def task(case, kind):
    told = NewTask(
        kind=kind, unique_key=str(case.pk), title=Said("复核", "test again"), area_path=case.area_path,
        due_at=county_now() + HOUR, role="investigator", about=f"case:{case.pk}",
    )  # fmt: skip
    open_tasks(tasks=[told], by=BY)


def test_what_was_cancelled_because_of_the_merge_is_to_be_done_again(twice, posts):
    for case in twice:
        task(case, "laboratory.retest")
    undone(merged(twice, posts), posts.investigator)
    assert [[row.state for row in about(f"case:{case.pk}")] for case in twice] == [["open"], ["open"]]


def test_links_go_back_to_whom_they_were_of(twice, posts):
    third = a_case(5)
    link = NewLink(infector=twice[1].pk, infected=third.pk, setting="household", certainty="likely", basis="同住")
    cases.link_cases(links=[link], by=BY)
    undone(merged(twice, posts), posts.investigator)
    assert [(it.infector, it.infected) for it in links()] == [(twice[1].pk, third.pk)]


# ── what cannot be undone ─────────────────────────────────────────────────────


def refused(merge, by, reason="是两个人"):
    with pytest.raises(Refusal) as refusal:
        undone(merge, by, reason)
    return refusal.value.code


def test_a_reason_is_needed(twice, posts):
    assert refused(merged(twice, posts), posts.investigator, "  ") == "merges.no_reason"


def test_undone_once_it_is_undone_no_second_time(twice, posts):
    merge = merged(twice, posts)
    undone(merge, posts.investigator)
    assert refused(merge, posts.investigator) == "merges.undone_already"


def test_a_chain_is_undone_in_the_reverse_order_only(twice, posts):
    first = a_case(1, document_kind="other", document_number="X1", phone="15400009998")
    inner = merged(twice, posts)
    same_case(kept=first.pk, merged=twice[0].pk, reason=WHY, by=posts.investigator)
    outer = the_merge(case=first.pk)
    assert refused(inner, posts.investigator) == "merges.merged_on"
    undone(outer, posts.investigator)
    undone(inner, posts.investigator)
    assert [case_with(it.pk).same_as_id for it in (first, *twice)] == [None, None, None]


def test_two_merged_into_one_are_undone_in_the_reverse_order_too(twice, posts):
    third = a_case(1, document_kind="other", document_number="X1", phone="15400009998")
    earlier = merged(twice, posts)
    same_case(kept=twice[0].pk, merged=third.pk, reason=WHY, by=posts.investigator)
    assert refused(earlier, posts.investigator) == "merges.merged_on"
    assert case_with(third.pk).same_as_id == twice[0].pk


def test_what_was_refused_moves_nothing(twice, county, posts):
    row = contact_of(twice[1], county.stranger)
    merge = merged(twice, posts)
    refused(merge, posts.laboratory)
    assert contact_with(row.pk).case_id == twice[0].pk


def test_whoever_investigates_in_another_place_may_not(twice, county, posts):
    merge = merged(twice, posts)
    elsewhere = officer(county, "investigator", "县疾控中心", "cdc", area_path="141027101")
    assert refused(merge, elsewhere) == "accounts.not_yours"


def test_once_what_moved_is_erased_it_says_so(twice, county, posts):
    contact_of(twice[1], county.stranger)
    merge = merged(twice, posts)
    MovedRow.objects.filter(merge=merge).delete()
    assert refused(merge, posts.investigator) == "merges.forgotten"


def test_what_moved_is_kept_no_longer_once_it_is_undone(twice, posts):
    merge = merged(twice, posts)
    undone(merge, posts.investigator)
    assert not MovedRow.objects.filter(merge=merge).exists()
