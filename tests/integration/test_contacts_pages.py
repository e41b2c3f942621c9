"""The pages of contacts: who sees what, what is decided from them, what a file of the list holds."""

import csv
import io
import zipfile
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from fangxian.ops.audit.models import AuditLine
from fangxian.ops.audit.queries import who_looked
from fangxian.ops.contacts import actions
from fangxian.ops.contacts.queries import contact_with, follow_ups_of
from fangxian.ops.movement.queries import evidence_of
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.queries import about

from .case_hand import build_with_diseases
from .contact_hand import BY, CLOSE, confirm, confirmed, new, propose
from .two_townships import CELL, OTHER_CELL, PHONE, TOWN, account_of, shown, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def as_(client, county):
    return lambda role, area_path=None, **told: sign_in(client, county, role, area_path, **told)


def decided(client, do, *ids, **more):
    return client.post(reverse("contacts"), {"do": do, "contact": [str(pk) for pk in ids], **more})


# ── the list ──────────────────────────────────────────────────────────────────


def test_the_list_masks_names(as_, county):
    propose(new(1, who={"name": "欧阳修"}))
    text = shown(as_("investigator").get(reverse("contacts")))
    assert ("欧＊＊" in text, "欧阳修" in text) == (True, False)


def test_filters_stand_in_the_address_and_narrow_the_list(as_):
    case = uuid4()
    propose(new(1), new(2), case=case)
    propose(new(3))
    client = as_("investigator")
    assert client.get(reverse("contacts")).context["total"] == 3
    assert client.get(reverse("contacts"), {"case": str(case)}).context["total"] == 2
    assert client.get(reverse("contacts"), {"state": "confirmed"}).context["total"] == 0


def test_a_filter_that_is_no_choice_narrows_nothing(as_):
    propose(new(1))
    response = as_("investigator").get(reverse("contacts"), {"ring": "neighbour", "case": "x", "sort": "name"})
    assert (response.status_code, response.context["total"]) == (200, 1)


def test_a_rule_that_is_broken_is_counted_and_leads_to_its_rows(as_):
    confirmed(1, area_path="141027")
    confirmed(2)
    client = as_("investigator")
    rules = {it["rule"].key: it["n"] for it in client.get(reverse("contacts")).context["rules"]}
    assert rules == {"untraced": 2, "no-township": 1}
    assert client.get(reverse("contacts"), {"fault": "no-township"}).context["total"] == 1


def test_a_township_sees_its_own_and_may_not_decide(as_):
    propose(new(1), new(2, area_path=OTHER_CELL))
    response = as_("township_approver").get(reverse("contacts"))
    assert (response.context["total"], response.context["may_decide"]) == (1, False)


def test_a_grid_worker_may_not_open_the_list(as_):
    assert as_("grid_worker").get(reverse("contacts")).status_code == 403


def test_contacts_are_confirmed_from_the_list_and_codes_follow(as_, county):
    ids = propose(new(1, person=county.head.pk), new(2)).ids
    response = decided(as_("investigator"), "confirm", *ids, ring=CLOSE, reason="同餐")
    assert (response.status_code, [contact_with(pk).state for pk in ids]) == (302, ["confirmed"] * 2)
    assert [it.kind for it in evidence_of(county.head.pk)] == [CLOSE]


def test_without_a_reason_nothing_is_decided_and_the_ticks_are_kept(as_):
    [pk] = propose(new(1)).ids
    response = decided(as_("investigator"), "confirm", pk, ring=CLOSE)
    assert (response.status_code, contact_with(pk).state) == (400, "proposed")
    assert f'value="{pk}" checked' in shown(response)


def test_nobody_ticked_is_said(as_):
    propose(new(1))
    response = decided(as_("investigator"), "reject", reason="不在场")
    assert (response.status_code, "还没有选接触者" in shown(response)) == (400, True)


def test_a_township_cannot_decide_by_sending_what_the_page_does_not_offer(as_):
    [pk] = propose(new(1)).ids
    response = decided(as_("township_approver"), "confirm", pk, ring=CLOSE, reason="同餐")
    assert (response.status_code, contact_with(pk).state) == (400, "proposed")


def test_a_page_of_many_takes_as_many_queries_as_one_of_few(as_, django_assert_max_num_queries):
    propose(*(new(n) for n in range(60)))
    client = as_("investigator")
    with django_assert_max_num_queries(17):
        client.get(reverse("contacts"))


# ── files ─────────────────────────────────────────────────────────────────────


def exported(client, kind, **query):
    response = client.post(f"{reverse('contacts-export', args=[kind])}?{urlencode(query)}")
    return b"".join(response.streaming_content)


def test_a_file_holds_the_filtered_list_in_full(as_, county):
    propose(new(1, person=county.head.pk, who={"name": "", "phone": ""}), new(2, area_path=OTHER_CELL))
    rows = list(csv.DictReader(io.StringIO(exported(as_("investigator"), "csv", area=TOWN).decode("utf-8-sig"))))
    assert [(row["姓名"], row["联系方式"], row["镇街"]) for row in rows] == [(county.head.name, PHONE, "天坛镇")]


def test_a_workbook_is_one_that_spreadsheets_open_and_numbers_stay_text(as_):
    propose(new(1, who={"name": "=1+1", "document_number": "999027198003010017"}))
    content = exported(as_("investigator"), "xlsx")
    head, row = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    told = dict(zip(head, row, strict=True))
    assert (told["姓名"], told["证件号"]) == ("'=1+1", "999027198003010017")
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_taking_the_list_out_is_on_record(as_):
    propose(new(1))
    exported(as_("investigator"), "csv")
    line = AuditLine.objects.filter(action="contacts.exported").get()
    assert '"n_contacts":1' in line.facts.replace(" ", "")


def test_whoever_is_in_the_file_sees_who_took_it(as_, county):
    propose(new(1, person=county.head.pk))
    exported(as_("investigator"), "csv")
    assert [look.why for look in who_looked(f"person:{county.head.pk}")] == ["contacts.taken_out"]


def test_a_list_is_no_link_to_send(as_):
    assert as_("investigator").get(reverse("contacts-export", args=["csv"])).status_code == 405


def test_a_township_takes_out_its_own_only(as_):
    propose(new(1), new(2, area_path=OTHER_CELL))
    rows = list(csv.reader(io.StringIO(exported(as_("township_approver"), "csv").decode("utf-8-sig"))))
    assert len(rows) == 2


# ── one contact ───────────────────────────────────────────────────────────────


def test_a_contact_says_why_and_masks_who(as_):
    [pk] = propose(new(1, who={"name": "欧阳修", "phone": "15400000077"})).ids
    text = shown(as_("investigator").get(reverse("contact", args=[pk])))
    assert ("便民店" in text, "欧阳修" in text, "15400000077" in text) == (True, False, False)


def test_a_contact_may_be_confirmed_to_rings_of_its_own_disease_only(as_):
    [pk] = propose(new(1), disease="measles").ids
    form = as_("investigator").get(reverse("contact", args=[pk])).context["forms"]["decide"]
    assert {key for key, _ in form.fields["ring"].choices} == {"", "susceptible-contact", "immune-contact"}


def test_shown_in_full_it_is_on_the_persons_record_with_the_reason(as_, county):
    [pk] = propose(new(1, person=county.head.pk, who={"name": "", "phone": ""})).ids
    client = as_("investigator")
    text = shown(client.post(reverse("contact", args=[pk]), {"do": "show", "reason": "tracing"}))
    assert county.head.name in text
    assert "contacts.contact_shown.tracing" in {look.why for look in who_looked(f"person:{county.head.pk}")}


def test_a_contact_of_another_township_is_refused_like_one_that_does_not_exist(as_):
    row = confirmed(1, area_path=OTHER_CELL)
    client = as_("township_approver")
    told = [client.get(reverse("contact", args=[pk])) for pk in (row.pk, uuid4())]
    assert [it.status_code for it in told] == [403, 403]


def test_steps_are_noted_from_its_page(as_):
    row = confirmed(1)
    client = as_("investigator")
    client.post(reverse("contact", args=[row.pk]), {"do": "traced"})
    client.post(reverse("contact", args=[row.pk]), {"do": "placed", "mode": "central", "site": "山水宾馆"})
    row = contact_with(row.pk)
    assert (row.state, row.mode, row.site) == ("in_quarantine", "central", "山水宾馆")


def test_a_release_before_its_day_is_refused_beside_the_form(as_):
    row = confirmed(1)
    response = as_("investigator").post(reverse("contact", args=[row.pk]), {"do": "released"})
    assert (response.status_code, "观察期要到" in shown(response)) == (400, True)


def test_details_are_corrected_and_what_is_left_empty_stays(as_):
    row = confirmed(1)
    told = {"do": "details", "is_traced": "yes", "occupation": "teacher", "workplace": "第一小学", "belongs": "here"}
    response = as_("investigator").post(reverse("contact", args=[row.pk]), told)
    row = contact_with(row.pk)
    assert (response.status_code, row.faults, row.file.workplace, row.area_path) == (302, 0, "第一小学", CELL)
    assert row.file.phone == "15400000001"


def test_a_page_of_one_contact_takes_few_queries(as_, django_assert_max_num_queries):
    row = confirmed(1)
    actions.open_follow_ups(at=county_now(), by=BY)
    client = as_("investigator")
    with django_assert_max_num_queries(24):
        client.get(reverse("contact", args=[row.pk]))


# ── the day ───────────────────────────────────────────────────────────────────


def test_a_grid_worker_sees_whom_to_call_on_in_their_cell_only(as_):
    mine, _ = confirmed(1), confirmed(2, area_path=OTHER_CELL)
    actions.open_follow_ups(at=county_now(), by=BY)
    response = as_("grid_worker").get(reverse("contacts-today"))
    assert [it["href"] for it in response.context["people"]] == [reverse("contact-follow-up", args=[mine.pk])]


def test_a_follow_up_is_recorded_and_sending_it_again_is_harmless(as_):
    row = confirmed(1)
    actions.open_follow_ups(at=county_now(), by=BY)
    client = as_("grid_worker")
    told = {"found": "seen", "temperature_c": "38.2", "symptoms": ["cough", "fever"]}
    for _ in range(2):
        assert client.post(reverse("contact-follow-up", args=[row.pk]), told).status_code == 302
    assert [(it.state, it.symptoms) for it in follow_ups_of(row.pk)] == [("done", ["cough", "fever"])]
    assert about(f"contact:{row.pk}").filter(kind="contacts.symptomatic").count() == 1


@pytest.mark.parametrize(
    "told", [{}, {"found": "seen", "temperature_c": "88"}, {"found": "not_found", "symptoms": ["cough"]}]
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_recorded(as_, told):
    row = confirmed(1)
    response = as_("grid_worker").post(reverse("contact-follow-up", args=[row.pk]), told)
    assert (response.status_code, follow_ups_of(row.pk).count()) == (400, 0)


def test_a_grid_worker_opens_nobody_outside_their_cell(as_):
    row = confirmed(1, area_path=OTHER_CELL)
    assert as_("grid_worker").get(reverse("contact-follow-up", args=[row.pk])).status_code == 403


def test_the_figures_add_up_on_the_page(as_, county):
    ids = propose(*(new(n, days_ago=18) for n in range(6))).ids
    confirm(*ids)
    actions.note_traced(contacts=ids[:4], by=BY)
    actions.release_contacts(contacts=ids[:1], by=BY)
    actions.note_handed_over(contacts=ids[5:], destination="110101", by=BY)
    response = as_("investigator").get(reverse("contacts-figures"))
    it = response.context["scheme"]
    assert (it.n_own, it.n_own_here, it.pushed["province"].n_done) == (6, 5, 1)
    assert (it.n_ours, it.n_tracing, it.n_traced, it.n_managed, it.n_released) == (5, 1, 4, 3, 1)
    assert response.context["wrong_sums"] == []


def test_each_day_says_what_it_brought(as_, county):
    ids = propose(*map(new, range(3))).ids
    confirm(*ids)
    day, before = as_("investigator").get(reverse("contacts-figures")).context["days"].rows[:2]
    assert (day.on, day.n["confirmed"], before.n["confirmed"]) == (county_now().date(), 3, 0)
    assert day.on - before.on == timedelta(days=1)


def test_an_account_sees_figures_of_its_area(as_, county):
    confirmed(1), confirmed(2, area_path=OTHER_CELL)
    assert account_of(county, "township_approver")
    assert as_("township_approver").get(reverse("contacts-figures")).context["scheme"].n_ours == 1
