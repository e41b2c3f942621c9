"""The pages of case work: the desk and its list, report cards, a case and what is done with it."""

from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.urls import reverse

from fangxian.core.policy.vocabulary import Outcome
from fangxian.ops.audit.queries import who_looked
from fangxian.ops.cases import actions, queries
from fangxian.ops.cases.models import Case, CaseClock
from fangxian.ops.cases.wire import NewEntry
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.report_case import report_case
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.models import Task
from fangxian.ops.visits.models import Scan
from tests.integration.case_room_hand import (
    BY,
    SECOND,
    a_card,
    a_case,
    confirmed_case,
    held_case,
    new_case,
    result,
    today,
)
from tests.integration.two_townships import CELL, OTHER_CELL, TOWN, build, shown, sign_in

RULEBOOKS = Path(__file__).resolve().parents[2] / "counties" / "fushan" / "rulebooks"
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    found_rulebooks(texts=[path.read_bytes() for path in sorted(RULEBOOKS.glob("*.toml"))], by=BY)
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


@pytest.fixture
def signed_in(client, county):
    return lambda role, area_path=None, **told: sign_in(client, county, role, area_path, **told)


@pytest.fixture
def investigator(signed_in):
    return signed_in("investigator")


def post(client, address, **told):
    return client.post(address, told)


def page(client, name, *args, **query):
    return client.get(reverse(name, args=args), query)


# ── the desk ──────────────────────────────────────────────────────────────────


def test_the_desk_says_what_waits(investigator):
    held_case(1)
    report_case(card=a_card(2), by=BY)
    needs = page(investigator, "cases").context["needs"]
    assert [(need.what.en, need.count) for need in needs] == [
        ("positive, waiting for a second laboratory", 1),
        ("with a clock of the report running, none overdue", 1),
        ("with an interview not finished", 2),
    ]


def test_a_clock_that_has_run_out_comes_first(investigator):
    report_case(card=a_card(1), by=BY)
    due_at = county_now() - timedelta(hours=3)
    CaseClock.objects.filter(clock="health-to-government").update(begins_at=due_at - timedelta(hours=2), due_at=due_at)
    Case.objects.update(clock_due_at=due_at)
    first = page(investigator, "cases").context["needs"][0]
    assert (first.what.en, first.late) == ("overdue by a clock of the report", True)


def test_a_desk_with_nothing_on_it_says_so(investigator):
    text = shown(page(investigator, "cases"))
    assert "没有等着办的" in text
    assert "还没有病例" in text


def test_a_list_shows_of_a_name_its_first_character(investigator):
    a_case(1)
    text = shown(page(investigator, "cases"))
    assert "试＊＊＊" in text
    assert "试病人1" not in text


def test_a_township_sees_the_cases_of_its_own_people_only(signed_in):
    mine, elsewhere = a_case(1), a_case(2, area_path=OTHER_CELL)
    client = signed_in("township_approver")
    rows = page(client, "cases").context["table"].rows
    assert [row.case.pk for row in rows] == [mine.pk]
    assert page(client, "case", elsewhere.pk).status_code == 403


def test_the_list_is_narrowed_by_its_address(investigator):
    held_case(1)
    confirmed_case(2, disease="measles")
    a_case(3, area_path=OTHER_CELL)

    def shown_with(**query):
        return len(page(investigator, "cases", **query).context["table"].rows)

    assert [shown_with(), shown_with(state="held"), shown_with(disease="measles"), shown_with(area=TOWN)] == [
        3,
        1,
        1,
        2,
    ]
    assert shown_with(interview="unfinished") == 3
    assert shown_with(clock="running") == 0


def test_the_list_is_sorted_by_its_address(investigator):
    for n, days in ((1, 5), (2, 1), (3, 3)):
        a_case(n, onset_on=today() - timedelta(days=days))

    def names(sort):
        return [row.case.name[-1] for row in page(investigator, "cases", sort=sort).context["table"].rows]

    assert (names("onset"), names("-onset"), names("number")) == (list("132"), list("231"), list("123"))


def test_a_filter_nobody_knows_shows_all(investigator):
    a_case(1)
    assert len(page(investigator, "cases", state="nonsense", sort="nonsense").context["table"].rows) == 1


def test_a_case_is_found_by_a_number_that_stands_in_no_address(investigator):
    row = a_case(1)
    for number in (row.number, row.document_number, row.phone):
        response = post(investigator, reverse("cases"), number=number)
        assert response.headers["Location"] == reverse("case", args=[row.pk])


def test_a_number_of_somebody_elsewhere_is_as_if_it_were_not_there(signed_in):
    row = a_case(1, area_path=OTHER_CELL)
    assert "没有这个编号" in shown(post(signed_in("township_approver"), reverse("cases"), number=row.number))


def test_a_long_list_takes_as_few_queries_as_a_short_one(investigator, django_assert_max_num_queries):
    actions.open_cases(cases=[_new(n) for n in range(60)], by=BY)
    with django_assert_max_num_queries(20):
        assert page(investigator, "cases").status_code == 200


def _new(n):
    return new_case(n, document_number="", phone="", name=f"试{n}")


# ── report cards ──────────────────────────────────────────────────────────────


def card_told(**changed):
    card = a_card(1)
    told = {
        "kind": "first", "name": card.name, "document_kind": "resident", "document_number": card.document_number,
        "sex": card.sex, "born_on": card.born_on.isoformat(), "age_unit": "year", "phone": card.phone,
        "residence": "county", "division": "141027100001", "address": card.address, "occupation": "farmer",
        "disease": "covid-19", "case_kind": "confirmed", "onset_on": card.onset_on.isoformat(),
        "diagnosed_at": f"{card.diagnosed_at:%Y-%m-%dT%H:%M}", "unit_name": card.unit_name, "doctor": "试医生",
        "filled_on": card.filled_on.isoformat(),
    }  # fmt: skip
    return told | changed


def test_a_clinic_files_a_card_and_sees_it_among_its_own(signed_in, county):
    client = signed_in("clinic")
    response = client.post(reverse("case-report-new"), card_told())
    report = queries.reports_of(Case.objects.get().pk)[0]
    assert response.headers["Location"] == f"{reverse('case-report', args=[report.pk])}?done=reported"
    assert (report.venue, len(page(client, "case-reports").context["table"].rows)) == (county.school.pk, 1)


def test_a_clinic_does_not_see_what_another_unit_filed(signed_in):
    done = report_case(card=a_card(1), by=BY)
    assert page(signed_in("clinic"), "case-report", done.report).status_code == 404


def test_a_clinic_opens_no_case(signed_in):
    done = report_case(card=a_card(1), by=BY)
    client = signed_in("clinic")
    assert page(client, "case", done.case).status_code == 403
    assert page(client, "cases").status_code == 403


def test_what_is_wrong_in_a_card_is_said_beside_it_and_kept(investigator):
    response = investigator.post(reverse("case-report-new"), card_told(name="", sex="female", onset_on="2999-01-01"))
    form = response.context["form"]
    assert response.status_code == 400
    assert {"name", "sex", "onset_on"} <= set(form.errors)
    assert 'value="东街1号"' in shown(response)
    assert not Case.objects.exists()


def test_a_card_of_a_resident_is_tied_to_the_register(investigator, county):
    head = county.head
    told = card_told(name=head.name, document_number=head.document_number, born_on=head.born_on.isoformat(), sex="male")
    investigator.post(reverse("case-report-new"), told)
    row = Case.objects.get()
    assert (row.person_id, row.area_path) == (head.pk, CELL)


def test_a_correction_begins_as_the_card_before(investigator):
    done = report_case(card=a_card(1, unit_name="县医院"), by=BY)
    form = page(investigator, "case-report-new", corrects=done.report).context["form"]
    assert (form["name"].value(), form["kind"].value(), form["card_number"].value()) == ("试病人1", "corrected", "")


def test_a_card_goes_out_as_a_signed_file(investigator):
    done = report_case(card=a_card(1), by=BY)
    response = page(investigator, "case-report-file", done.report)
    assert response.json()["format"] == "fangxian.case-report.1"
    assert 'filename="case-report-141027' in response.headers["Content-Disposition"]


def test_a_card_is_printed_with_a_number_and_twice_as_the_same_paper(investigator):
    done = report_case(card=a_card(1), by=BY)
    one, two = (post(investigator, reverse("case-report-print", args=[done.report])) for _ in range(2))
    assert one.content[:5] == b"%PDF-"
    assert one.content == two.content


def test_a_clinic_stamps_its_own_step(signed_in, county):
    done = report_case(card=a_card(1, disease="measles"), by=BY, venue=county.school.pk)
    client = signed_in("clinic")
    clock = next(it for it in queries.clocks_of(done.case) if it.clock == "case-report")
    response = post(client, reverse("case-clock", args=[clock.pk]), remark="已网络直报", report=str(done.report))
    assert response.headers["Location"] == f"{reverse('case-report', args=[done.report])}?done=stamp"
    assert queries.clock_with(clock.pk).met_by == f"account:{client.account.pk}"
    assert set(Task.objects.filter(kind="cases.clock").values_list("state", flat=True)) == {"done"}


def test_a_stamp_that_names_no_card_leads_to_the_list_of_cards(signed_in, county):
    done = report_case(card=a_card(1, disease="measles"), by=BY, venue=county.school.pk)
    clock = next(it for it in queries.clocks_of(done.case) if it.clock == "case-report")
    response = post(signed_in("clinic"), reverse("case-clock", args=[clock.pk]), remark="已网络直报", report="x")
    assert response.headers["Location"] == f"{reverse('case-reports')}?done=stamp"


def test_a_clinic_stamps_no_step_of_another(signed_in):
    done = report_case(card=a_card(1, disease="measles"), by=BY)
    clock = next(it for it in queries.clocks_of(done.case) if it.clock == "case-report")
    assert post(signed_in("clinic"), reverse("case-clock", args=[clock.pk])).status_code == 404


# ── a case ────────────────────────────────────────────────────────────────────


def test_whoever_investigates_sees_who_it_is_and_that_is_on_record(investigator):
    row = a_case(1)
    assert "试病人1" in shown(page(investigator, "case", row.pk))
    assert [look.why for look in who_looked(f"case:{row.pk}")] == ["cases.case_shown"]


def test_whoever_only_sees_cases_sees_the_identity_masked(signed_in):
    row = a_case(1)
    text = shown(page(signed_in("commander"), "case", row.pk))
    assert "试＊＊＊" in text
    assert row.document_number not in text


def test_whoever_only_sees_cases_changes_none(signed_in):
    row = a_case(1)
    response = post(signed_in("commander"), reverse("case", args=[row.pk]), do="exclude", reason="误报")
    assert (response.status_code, Case.objects.get().state) == (403, "reported")


def test_only_the_steps_that_may_follow_are_offered(investigator):
    offered = {"reported": a_case(1), "held": held_case(2), "confirmed": confirmed_case(3)}
    deeds = {state: set(page(investigator, "case", row.pk).context["deeds"]) for state, row in offered.items()}
    always = {"result", "correct"}
    assert deeds == {
        "reported": always | {"confirm", "exclude"},
        "held": always | {"confirm", "exclude"},
        "confirmed": always | {"exclude", "treat", "close"},
    }


def test_a_held_case_is_confirmed_after_the_second_laboratory(investigator):
    row = held_case(1)
    address = reverse("case", args=[row.pk])
    refused = post(investigator, address, do="confirm", reason="阳性")
    assert "由另一家实验室复核" in shown(refused)
    actions.note_results(case=row.pk, results=[result(SECOND, hours_ago=6)], by=BY)
    done = post(investigator, address, do="confirm", reason="两家阳性")
    assert (done.status_code, Case.objects.get().state) == (302, "confirmed")


def test_a_result_is_entered_on_the_page(investigator):
    row = a_case(1)
    told = {"laboratory": "县医院", "specimen": "throat-swab", "found": "positive", "sampled_at": "2022-04-01T08:00"}
    post(investigator, reverse("case", args=[row.pk]), do="result", resulted_at="2022-04-01T12:00", **told)
    assert [it.found for it in queries.results_of(row.pk)] == ["positive"]


def test_a_wrong_identity_is_put_right_with_a_reason(investigator):
    row = a_case(1)
    form = page(investigator, "case", row.pk).context["deeds"]["correct"]
    told = {name: form[name].value() or "" for name in form.fields} | {"name": "试病人一", "reason": "核对身份证"}
    investigator.post(reverse("case", args=[row.pk]), told | {"do": "correct"})
    assert Case.objects.get().name == "试病人一"


def test_a_step_of_the_report_is_stamped_on_the_page(investigator):
    done = report_case(card=a_card(1), by=BY)
    clock = next(it for it in queries.clocks_of(done.case) if it.clock == "health-to-government")
    post(investigator, reverse("case-clock", args=[clock.pk]), remark="电话报县政府")
    assert queries.clock_with(clock.pk).remark == "电话报县政府"


def test_the_same_person_under_two_documents_is_pointed_at_and_merged(investigator):
    one = a_case(1)
    other = a_case(1, document_kind="passport", document_number="E12345678", phone="15400009999")
    assert "可能是同一个人" in shown(page(investigator, "case", one.pk))
    post(investigator, reverse("case", args=[one.pk]), do="merge", other=str(other.pk), reason="同一人，两种证件")
    assert queries.case_with(other.pk).same_as_id == one.pk
    led = investigator.get(reverse("case", args=[other.pk]), follow=True)
    assert led.request["PATH_INFO"] == reverse("case", args=[one.pk])
    assert f"您打开的{other.number}已并入本例" in shown(led).replace(" ", "")


def test_a_case_that_does_not_exist_says_so(investigator):
    assert page(investigator, "case", "00000000-0000-0000-0000-000000000000").status_code == 404


@pytest.mark.parametrize("disease", ["covid-19", "measles", "norovirus"])
def test_a_case_of_any_disease_has_all_its_pages(investigator, disease):
    done = report_case(card=a_card(1, disease=disease), by=BY)
    for name in ("case", "case-interview", "case-timeline", "case-story"):
        assert page(investigator, name, done.case).status_code == 200


def test_a_case_takes_few_queries(investigator, django_assert_max_num_queries):
    done = report_case(card=a_card(1), by=BY)
    with django_assert_max_num_queries(30):
        page(investigator, "case", done.case)


# ── timeline and story ────────────────────────────────────────────────────────


def scanned(person: Person, venue, hours_ago):
    """A scan of a person at a venue's door, so many hours ago."""
    at, n = county_now() - timedelta(hours=hours_ago), Scan.objects.count() + 1
    nothing = dict.fromkeys(("marks", "decided", "mask", "safety", "recent", "snapshot"), 0)
    return Scan.objects.create(
        device=1, scan_id=UUID(int=n), digest="", gate_number=person.gate_number, venue_number=venue.venue_number,
        door=1, scanned_at=at, received_at=at, outcome=int(Outcome.ADMIT), presence=1, tables="", **nothing,
    )  # fmt: skip


def test_scans_and_what_was_told_stand_on_one_line_and_what_does_not_fit_is_said(investigator, county):
    row = a_case(1, person=county.head.pk)
    scanned(county.head, county.shop, 30)
    at = county_now() - timedelta(hours=31)
    entry = NewEntry(begins_at=at, ends_at=at + timedelta(hours=3), place="浮山县第一小学", venue=county.school.pk)
    actions.save_entry(case=row.pk, entry=entry, by=BY)
    found = page(investigator, "case-timeline", row.pk)
    assert (found.context["timeline"].n_scans, len(found.context["conflicts"])) == (1, 1)
    assert "乔家便民店" in shown(found)


def test_without_an_onset_days_count_from_the_sample_and_nobody_is_said_to_have_no_symptoms(investigator):
    row = held_case(1, onset_on=None)
    text = shown(page(investigator, "case-timeline", row.pk))
    assert ("首次阳性采样当天" in text, "发病当天" in text) == (True, False)
    assert "没有症状" not in shown(page(investigator, "case", row.pk))


def test_somebody_on_no_register_has_only_what_they_told(investigator):
    assert "查不到扫码" in shown(page(investigator, "case-timeline", a_case(1).pk))


def test_a_story_has_everything_on_one_sheet(investigator):
    row = held_case(1)
    text = shown(page(investigator, "case-story", row.pk))
    assert all(word in text for word in (row.number, "试病人1", "县医院实验室", "活动轨迹"))


def test_whoever_does_not_investigate_reads_no_story(signed_in):
    assert page(signed_in("commander"), "case-story", a_case(1).pk).status_code == 403
