"""From a positive to a contact: who was near is proposed with its evidence, and an investigator alone turns a code."""

import shutil
from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from fangxian.core.policy.vocabulary import Colour, Presence
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.cases.actions import correct_case
from fangxian.ops.cases.queries import case_with
from fangxian.ops.cases.wire import Changes
from fangxian.ops.contacts.queries import contact_with, of_case
from fangxian.ops.contacts.wire import read_why
from fangxian.ops.movement.queries import evidence_of, evidence_resting_on
from fangxian.ops.people.models import Attachment
from fangxian.ops.procedures.confirm_contacts import confirm_contacts, put_back_contacts, reject_contacts
from fangxian.ops.procedures.positive_result import Found
from fangxian.ops.procedures.settle_case import exclude_case
from fangxian.ops.realm.current import the_realm
from fangxian.ops.tasks.queries import about

from .case_hand import build_with_diseases, proposed, report, scanned, staffed
from .people_with_codes import seen_by_a_gate
from .two_townships import account_of, household, person

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BECAUSE = "同住，共同进餐"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def county(county_of_this_file, db):
    def clear():
        for name in ("archive/visits", "journal"):
            shutil.rmtree(the_realm().path / name, ignore_errors=True)

    clear()
    yield county_of_this_file
    clear()


@pytest.fixture
def posts(county):
    return staffed(county)


@pytest.fixture
def case(county, posts):
    """The head of the household at home, held on one positive sample."""
    return report(county.head, posts.laboratory).case


def refused(do, **told):
    with pytest.raises(Refusal) as refusal:
        do(**told)
    return refusal.value.code


def wife_of(county):
    return county.persons[1]


def confirmed_wife(county, case, posts):
    rows, _ = proposed(case)
    row = rows[wife_of(county).pk]
    confirm_contacts(contacts=[row.pk], ring="close-contact", reason=BECAUSE, by=posts.investigator)
    return row


# Proposed


def test_a_household_is_proposed_as_close_with_the_reason(county, case):
    rows, _ = proposed(case)
    row = rows[wife_of(county).pk]
    assert (row.ring, row.state, row.found_by, row.relation) == ("close-contact", "proposed", "household", "family")
    assert [why.kind for why in read_why(row.file.why)] == ["household"]


def test_scans_at_one_place_are_co_presence_and_never_more(county, case):
    there = ((county.head, county.school, DAY), (county.stranger, county.school, DAY - 5 * MINUTE))
    scanned(*there)
    rows, _ = proposed(case)
    row = rows[county.stranger.pk]
    assert (row.ring, row.found_by) == ("co-present", "scan")
    (why,) = read_why(row.file.why)
    assert (why.place_name, why.presence) == ("浮山县第一小学", Presence.STAFFED)
    assert why.minutes >= 30


def test_a_scan_that_shows_no_presence_proposes_nobody(county, case):
    scanned((county.head, county.school, DAY), (county.stranger, county.school, DAY - 5 * MINUTE, Presence.NONE))
    rows, _ = proposed(case)
    assert county.stranger.pk not in rows


def test_a_class_is_proposed_as_close_and_its_place_is_named(county, posts):
    pupil, classmate = county.persons[2], county.stranger
    own = Attachment.objects.get(person=pupil)
    Attachment.objects.create(
        person=classmate, venue=own.venue, school_class=own.school_class, role="pupil", area_path=own.area_path,
        begins_on=own.begins_on,
    )  # fmt: skip
    rows, _ = proposed(report(pupil, posts.laboratory).case)
    row = rows[classmate.pk]
    assert (row.ring, row.relation) == ("close-contact", "classmate")
    assert read_why(row.file.why)[0].place_name == "浮山县第一小学一年级(1)班"


def test_a_small_workplace_is_one_room(county, posts):
    for one in (county.head, county.stranger):
        Attachment.objects.create(
            person=one,
            venue=county.shop,
            role="staff",
            area_path=county.shop.area_path,
            begins_on=county.at.date() - DAY,
        )
    rows, _ = proposed(report(county.head, posts.laboratory).case)
    assert (rows[county.stranger.pk].ring, rows[county.stranger.pk].relation) == ("close-contact", "colleague")


def test_of_a_large_workplace_the_interview_has_to_say_who_sat_where(county, posts):
    home = household(county.cells[2], 9, "乔家9号")
    for n in range(20):
        Attachment.objects.create(
            person=person(home, n, f"工人{n}", county.head.born_on), venue=county.shop, role="staff",
            area_path=county.shop.area_path, begins_on=county.at.date() - DAY,
        )  # fmt: skip
    Attachment.objects.create(
        person=county.head, venue=county.shop, role="staff", area_path=county.shop.area_path,
        begins_on=county.at.date() - DAY,
    )  # fmt: skip
    rows, told = proposed(report(county.head, posts.laboratory).case)
    assert not [row for row in rows.values() if row.relation == "colleague"]
    assert any("乔家便民店 有 21 名职工" in note["zh"] for note in told.notes)


def test_a_case_who_was_nowhere_is_said_to_have_been_nowhere(county, case):
    _, told = proposed(case)
    assert any("没有此人" in note["zh"] for note in told.notes)


def test_the_look_back_is_counted_from_onset_once_it_is_known(county, case):
    scanned((county.head, county.school, 17 * DAY), (county.stranger, county.school, 17 * DAY - 5 * MINUTE))
    assert county.stranger.pk not in proposed(case)[0]
    row = case_with(case)
    told = Changes(columns={"onset_on": localtime(county.at - 6 * DAY).date()}, version=row.version, reason="问清了")
    correct_case(case=case, changes=told, by="program:test")
    assert county.stranger.pk in proposed(case)[0]


def test_looking_again_proposes_nobody_twice_and_leaves_decisions_alone(county, case, posts):
    row = confirmed_wife(county, case, posts)
    other = of_case(case).exclude(pk=row.pk).get()
    reject_contacts(contacts=[other.pk], reason="在外地上学", by=posts.investigator)
    rows, told = proposed(case)
    assert (len(rows), told.n_new, told.n_decided, told.n_rejected) == (2, 0, 1, 1)
    assert {row.state for row in rows.values()} == {"confirmed", "rejected"}


def test_proposals_turn_no_code(county, case):
    proposed(case)
    assert seen_by_a_gate(wife_of(county))[0] is Colour.GREEN


# Confirmed


def test_confirmation_is_the_investigators_evidence_and_the_last_exposure_is_day_0(county, case, posts):
    row = confirmed_wife(county, case, posts)
    piece = evidence_resting_on([row.pk]).get()
    assert (piece.kind, piece.source, piece.issuer) == ("close-contact", "investigator", "县疾控中心")
    assert piece.attributes == {"last_exposure_on": {"on": contact_with(row.pk).last_exposure_on.isoformat()}}


def test_confirmation_alone_turns_the_code_and_the_gate_knows_the_rule(county, case, posts):
    confirmed_wife(county, case, posts)
    assert seen_by_a_gate(wife_of(county)) == (Colour.RED, "C-04")


def test_confirmation_opens_the_transfer_and_a_call_by_the_grid_worker(county, case, posts):
    row = confirmed_wife(county, case, posts)
    roles = {task.kind: task.role for task in about(f"contact:{row.pk}")}
    assert roles == {"contacts.transfer": "transporter", "contacts.call": "grid_worker"}


def test_confirmed_twice_it_is_one_piece_of_evidence(county, case, posts):
    row = confirmed_wife(county, case, posts)
    confirm_contacts(contacts=[row.pk], ring="close-contact", reason=BECAUSE, by=posts.investigator)
    assert evidence_of(wife_of(county).pk).count() == 1


def test_confirmed_to_another_ring_the_first_evidence_is_withdrawn(county, case, posts):
    scanned((county.head, county.school, DAY), (county.stranger, county.school, DAY - 5 * MINUTE))
    row = proposed(case)[0][county.stranger.pk]
    confirm_contacts(contacts=[row.pk], ring="co-present", reason="同时在校", by=posts.investigator)
    assert seen_by_a_gate(county.stranger) == (Colour.YELLOW, "C-07")
    confirm_contacts(contacts=[row.pk], ring="close-contact", reason="监控显示面对面交谈", by=posts.investigator)
    assert seen_by_a_gate(county.stranger) == (Colour.RED, "C-04")
    assert [piece.kind for piece in evidence_resting_on([row.pk])] == ["close-contact"]


def test_co_presence_needs_what_shows_that_somebody_was_there(county, case, posts):
    row = proposed(case)[0][wife_of(county).pk]
    told = {"contacts": [row.pk], "ring": "co-present", "reason": "同住", "by": posts.investigator}
    assert refused(confirm_contacts, **told) == "tracing.presence_not_shown"


def test_a_contact_of_a_contact_names_that_contact(county, case, posts):
    row = proposed(case)[0][wife_of(county).pk]
    told = {"contacts": [row.pk], "ring": "secondary-contact", "reason": "见过密接", "by": posts.investigator}
    assert refused(confirm_contacts, **told) == "tracing.no_via"


def test_whom_a_confirmed_contact_lives_with_is_proposed_through_them(county, case, posts):
    far_child = person(county.far, 1, "赵小", county.persons[2].born_on, relation="child")
    own = Attachment.objects.get(person=county.persons[2])
    for one, role in ((wife_of(county), "teacher"), (far_child, "pupil")):
        Attachment.objects.create(
            person=one, venue=own.venue, school_class=own.school_class, role=role, area_path=own.area_path,
            begins_on=own.begins_on,
        )  # fmt: skip
    row = confirmed_wife(county, case, posts)
    rows, told = proposed(case)
    assert told.n_secondary == 1
    assert (rows[far_child.pk].ring, rows[far_child.pk].via) == ("secondary-contact", row.pk)


# Taken back


def test_rejected_after_all_the_evidence_is_withdrawn_and_the_code_goes_back(county, case, posts):
    row = confirmed_wife(county, case, posts)
    reject_contacts(contacts=[row.pk], reason="实际分开居住", by=posts.investigator)
    assert seen_by_a_gate(wife_of(county))[0] is Colour.GREEN
    assert evidence_of(wife_of(county).pk).get().withdrawn_why == "实际分开居住"
    assert {task.state for task in about(f"contact:{row.pk}")} == {"cancelled"}


def test_put_back_a_contact_is_to_be_decided_on_and_holds_nobody(county, case, posts):
    row = confirmed_wife(county, case, posts)
    put_back_contacts(contacts=[row.pk], reason="再核实", by=posts.investigator)
    assert contact_with(row.pk).state == "proposed"
    assert seen_by_a_gate(wife_of(county))[0] is Colour.GREEN


def test_when_a_case_is_excluded_its_contacts_codes_go_back_with_a_line_each_way(county, case, posts):
    row = confirmed_wife(county, case, posts)
    exclude_case(case=case, reason="标本污染", by=posts.investigator)
    assert seen_by_a_gate(wife_of(county))[0] is Colour.GREEN
    assert (contact_with(row.pk).state, of_case(case).filter(state="proposed").count()) == ("rejected", 0)
    lines = set(AuditLine.objects.values_list("action", flat=True))
    assert {
        "contacts.confirmed",
        "movement.evidence_recorded",
        "contacts.rejected",
        "movement.evidence_withdrawn",
    } <= lines


def test_the_second_laboratorys_negative_frees_the_contacts_too(county, case, posts):
    confirmed_wife(county, case, posts)
    report(county.head, posts.second, Found.NEGATIVE, hours_ago=1)
    assert seen_by_a_gate(wife_of(county))[0] is Colour.GREEN


def test_a_contact_of_two_cases_stays_one_of_the_other(county, case, posts):
    child = report(county.persons[2], posts.laboratory).case
    confirmed_wife(county, case, posts)
    confirmed_wife(county, child, posts)
    exclude_case(case=case, reason="标本污染", by=posts.investigator)
    assert seen_by_a_gate(wife_of(county)) == (Colour.RED, "C-04")


def test_a_contact_who_is_found_positive_becomes_a_case(county, case, posts):
    row = confirmed_wife(county, case, posts)
    report(wife_of(county), posts.laboratory)
    report(wife_of(county), posts.second, hours_ago=1)
    assert contact_with(row.pk).state == "became_case"


# Who may


def test_nobody_decides_on_a_contact_who_is_themselves_or_lives_with_them(county, case, posts):
    row = proposed(case)[0][wife_of(county).pk]
    county.head.account = posts.investigator
    county.head.save(update_fields=["account"])
    told = {"contacts": [row.pk], "reason": BECAUSE, "by": posts.investigator}
    assert refused(confirm_contacts, ring="close-contact", **told) == "approvals.own_matter"
    assert refused(reject_contacts, **told) == "approvals.own_matter"


@pytest.mark.parametrize("role", ["grid_worker", "commander", "laboratory"])
def test_only_investigators_decide(county, case, role):
    row = proposed(case)[0][wife_of(county).pk]
    told = {"contacts": [row.pk], "reason": BECAUSE, "by": account_of(county, role)}
    assert refused(confirm_contacts, ring="close-contact", **told) == "accounts.not_yours"


def test_a_decision_gives_its_reason(county, case, posts):
    row = proposed(case)[0][wife_of(county).pk]
    told = {"contacts": [row.pk], "ring": "close-contact", "reason": "  ", "by": posts.investigator}
    assert refused(confirm_contacts, **told) == "contacts.no_reason"


# Where there is no gate and no colour


def test_measles_lingers_in_the_air_of_a_room_and_a_confirmed_contact_keeps_a_green_code(county, posts):
    scanned((county.head, county.shop, DAY), (county.stranger, county.shop, DAY - 75 * MINUTE))
    case = report(county.head, posts.laboratory, disease="measles", specimen="serum").case
    rows, _ = proposed(case)
    assert rows[county.stranger.pk].ring == "susceptible-contact"
    told = {"contacts": [rows[county.stranger.pk].pk], "reason": "未接种", "by": posts.investigator}
    confirm_contacts(ring="susceptible-contact", **told)
    assert evidence_of(county.stranger.pk).get().disease == "measles"
    assert seen_by_a_gate(county.stranger)[0] is Colour.GREEN
    assert [task.kind for task in about(f"contact:{rows[county.stranger.pk].pk}")] == ["contacts.call"]


def test_norovirus_goes_by_where_people_eat_and_not_by_shops(county, posts):
    scanned(
        (county.head, county.school, DAY), (county.stranger, county.school, DAY - 5 * MINUTE),
        (county.head, county.shop, 2 * DAY), (county.persons[3], county.shop, 2 * DAY - 5 * MINUTE),
    )  # fmt: skip
    rows, _ = proposed(report(county.head, posts.laboratory, disease="norovirus", specimen="stool").case)
    assert rows[county.stranger.pk].ring == "co-exposed"
    assert county.persons[3].pk not in rows
