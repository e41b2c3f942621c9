"""The questionnaire's page: with scripts an answer at a time, without them a section at a time."""

import json
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from fangxian.ops.cases import actions, queries
from fangxian.ops.cases.questionnaire import questionnaire_of
from fangxian.ops.cases.wire import NewAnswer
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.procedures.report_case import report_case
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.models import Task
from tests.integration.case_room_hand import BY, a_card, a_case
from tests.integration.two_townships import OTHER_CELL, build, shown, sign_in

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
def investigator(client, county):
    return sign_in(client, county, "investigator")


@pytest.fixture
def row(county):
    return a_case(1)


def address(row):
    return reverse("case-interview", args=[row.pk])


def answer(client, row, question, *values, version=0):
    told = {"question": question, "value": list(values), "version": version}
    return client.post(reverse("case-interview-answer", args=[row.pk]), told)


def section(key, **answers):
    return {"do": "section", "section": key} | {name.replace("__", "."): value for name, value in answers.items()}


def saved(row):
    return queries.values_of(queries.answers_of(row.pk).values())


# ── as one types ──────────────────────────────────────────────────────────────


def test_an_answer_is_saved_as_it_is_typed(investigator, row):
    told = answer(investigator, row, "basic.living_with", "4").json()
    assert (told["version"], saved(row)) == (1, {"basic.living_with": 4})


def test_several_choices_are_one_answer(investigator, row):
    answer(investigator, row, "clinical.symptoms", "cough", "fever")
    assert saved(row) == {"clinical.symptoms": ["fever", "cough"]}


def test_the_same_answer_sent_again_is_harmless(investigator, row):
    for _ in range(2):
        assert answer(investigator, row, "basic.living_with", "4").json()["version"] == 1


def test_of_two_who_write_at_once_the_later_gets_both_answers(investigator, row):
    answer(investigator, row, "basic.living_with", "4")
    response = answer(investigator, row, "basic.living_with", "5")
    told = response.json()
    assert (response.status_code, told["theirs"], told["version"]) == (409, "4", 1)
    assert "4人" in told["zh"]
    assert "5人" in told["zh"]


def test_having_seen_both_one_may_keep_ones_own(investigator, row):
    answer(investigator, row, "basic.living_with", "4")
    answer(investigator, row, "basic.living_with", "5", version=1)
    assert saved(row) == {"basic.living_with": 5}


def test_what_is_no_answer_is_said_in_both_languages(investigator, row):
    response = answer(investigator, row, "basic.living_with", "许多")
    assert (response.status_code, {"zh", "en"} <= set(response.json())) == (422, True)


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30])
def test_a_version_that_is_none_is_that_of_nothing(investigator, row, version):
    assert answer(investigator, row, "basic.living_with", "4", version=version).status_code == 200


def test_an_answer_takes_few_queries(investigator, row, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        answer(investigator, row, "basic.living_with", "4")


def test_whoever_does_not_investigate_saves_nothing(client, county, row):
    sign_in(client, county, "commander")
    assert answer(client, row, "basic.living_with", "4").status_code == 403
    assert saved(row) == {}


def test_nobody_reads_the_interview_of_a_case_elsewhere(client, county):
    elsewhere = a_case(2, area_path=OTHER_CELL)
    assert sign_in(client, county, "township_approver").get(address(elsewhere)).status_code == 403


# ── without scripts ───────────────────────────────────────────────────────────


def test_a_section_is_saved_by_its_button(investigator, row):
    told = {"basic.living_with": "4", "version.basic.living_with": "0", "basic.ethnicity": "汉族"}
    response = investigator.post(address(row), section("basic") | told)
    assert response.headers["Location"].endswith("?done=saved#section-basic")
    assert saved(row) == {"basic.living_with": 4, "basic.ethnicity": "汉族"}


def test_of_a_section_what_is_right_is_saved_and_what_is_wrong_is_said(investigator, row):
    response = investigator.post(
        address(row), section("basic") | {"basic.living_with": "许多", "basic.ethnicity": "汉族"}
    )
    assert response.status_code == 400
    assert 'value="许多"' in shown(response)
    assert saved(row) == {"basic.ethnicity": "汉族"}


def test_a_section_somebody_else_saved_meanwhile_shows_both(investigator, row):
    actions.save_answers(
        case=row.pk, answers=[NewAnswer(question="basic.living_with", value=4, version=0)], by="program:other"
    )
    told = {"basic.living_with": "5", "version.basic.living_with": "0"}
    response = investigator.post(address(row), section("basic") | told)
    assert "4人" in shown(response)
    assert saved(row) == {"basic.living_with": 4}
    again = investigator.post(address(row), section("basic") | told | {"version.basic.living_with": "1"})
    assert (again.status_code, saved(row)) == (302, {"basic.living_with": 5})


def test_what_was_saved_is_there_when_one_comes_back(investigator, row):
    answer(investigator, row, "basic.ethnicity", "汉族")
    assert 'value="汉族"' in shown(investigator.get(address(row)))


def test_a_question_is_asked_when_the_one_before_says_so(investigator, row):
    def is_shown():
        forms = investigator.get(address(row)).context["sections"]
        return next(it["is_shown"] for form in forms for it in form.rows if it["question"].key == "exposure.left_where")

    before = is_shown()
    answer(investigator, row, "exposure.left_county", "yes")
    assert (before, is_shown()) == (False, True)


def test_the_page_of_an_interview_takes_few_queries(investigator, row, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        assert investigator.get(address(row)).status_code == 200


# ── the itinerary ─────────────────────────────────────────────────────────────


def entry(client, row, **changed):
    form = client.get(address(row)).context["entry"]
    begins = county_now() - timedelta(hours=20)
    told = {
        "do": "entry", "id": form["id"].value(), "version": 0, "kind": "stay", "place": "浮山县第一小学",
        "begins_at": f"{begins:%Y-%m-%dT%H:%M}", "ends_at": f"{begins + timedelta(hours=2):%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    return client.post(address(row), told | changed), told


def test_a_stay_at_a_place_on_the_register_is_tied_to_it(investigator, row, county):
    entry(investigator, row)
    assert [it.venue for it in queries.itinerary_of(row.pk)] == [county.school.pk]


def test_a_stay_sent_twice_is_one(investigator, row):
    _, told = entry(investigator, row)
    investigator.post(address(row), told)
    assert len(queries.itinerary_of(row.pk)) == 1


def test_a_stay_that_ends_before_it_begins_is_said_beside_its_end(investigator, row):
    response, _ = entry(investigator, row, ends_at="2022-01-01T08:00")
    assert "ends_at" in response.context["entry"].errors


def test_a_stay_is_changed_and_taken_off(investigator, row):
    _, told = entry(investigator, row)
    kept = queries.itinerary_of(row.pk)[0]
    form = investigator.get(address(row), {"entry": kept.pk}).context["entry"]
    assert form["place"].value() == "浮山县第一小学"
    investigator.post(address(row), told | {"version": 1, "place": "第一小学操场"})
    assert queries.itinerary_of(row.pk)[0].place == "第一小学操场"
    investigator.post(address(row), {"do": "remove", "id": str(kept.pk), "version": 2})
    assert queries.itinerary_of(row.pk) == []


# ── finishing ─────────────────────────────────────────────────────────────────


def test_an_unfinished_interview_says_what_is_missing(investigator, row):
    response = investigator.post(address(row), {"do": "finish"})
    assert response.status_code == 400
    assert "同住几人" in shown(response)


def test_a_finished_interview_stops_its_clocks_and_tasks(investigator):
    done = report_case(card=a_card(1), by=BY)
    needed = [it for it in questionnaire_of("covid-19").questions.values() if it.needed]
    values = {"number": 3, "date": "2022-04-01"}
    answers = [
        NewAnswer(question=it.key, value=next(iter(it.choices), values.get(it.kind, "有")), version=0) for it in needed
    ]
    actions.save_answers(case=done.case, answers=answers, by=BY)
    investigator.post(reverse("case-interview", args=[done.case]), {"do": "finish"})
    clock = next(it for it in queries.clocks_of(done.case) if it.clock == "case-investigation")
    assert clock.met_at is not None
    assert not Task.objects.filter(kind="tracing.clock.case-investigation", closed_at=None).exists()


def test_answers_are_sealed(investigator, row):
    from django.db import connection

    answer(investigator, row, "basic.ethnicity", "汉族")
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM cases_answer")
        sealed = bytes(cursor.fetchone()[0])
    assert json.dumps("汉族", ensure_ascii=False).encode() not in sealed
