"""The questionnaire and the itinerary: saved as one types, never over somebody else; who infected whom; one person
under two documents."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.cases import actions, queries
from fangxian.ops.cases.models import Answer
from fangxian.ops.cases.questionnaire import questionnaire_of
from fangxian.ops.cases.wire import NewAnswer, NewEntry, NewLink
from fangxian.ops.realm.current import county_now
from tests.integration.case_room_hand import BY, a_case, document, result

pytestmark = pytest.mark.django_db
OTHER = "program:other"


def refused(code):
    return pytest.raises(Refusal, match=f"^{code.replace('.', '[.]')}$")


def save(case, question, value, version=0, by=BY):
    return actions.save_answers(case=case, answers=[NewAnswer(question=question, value=value, version=version)], by=by)[
        0
    ]


def entry(hours_ago=30, **changed):
    at = county_now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours_ago)
    return replace(NewEntry(begins_at=at, ends_at=at + timedelta(hours=2), place="东街小吃店"), **changed)


# ── answers ───────────────────────────────────────────────────────────────────


def test_an_answer_is_kept_with_its_version():
    row = a_case()
    saved = save(row.pk, "basic.living_with", "4")
    assert (json.loads(saved.value), saved.version) == (4, 1)


def test_an_answer_on_top_of_the_newest_replaces_it():
    row = a_case()
    save(row.pk, "basic.living_with", 4)
    assert save(row.pk, "basic.living_with", 5, version=1).version == 2


def test_of_two_who_write_at_once_the_later_is_shown_both_answers():
    row = a_case()
    save(row.pk, "basic.living_with", 4)
    with refused("cases.answer_conflict") as no:
        save(row.pk, "basic.living_with", 5, by=OTHER)
    assert (no.value.facts["theirs"], no.value.facts["mine"]) == ("4人", "5人")
    assert json.loads(Answer.objects.get().value) == 4


def test_an_answer_sent_again_is_harmless():
    row = a_case()
    first = save(row.pk, "basic.living_with", 4)
    again = save(row.pk, "basic.living_with", 4)
    assert (again.version, AuditLine.objects.filter(action="cases.answers_saved").count()) == (first.version, 1)


def test_an_answer_can_be_taken_back():
    row = a_case()
    save(row.pk, "basic.ethnicity", "汉族")
    save(row.pk, "basic.ethnicity", "", version=1)
    assert queries.values_of(queries.answers_of(row.pk).values()) == {}


@pytest.mark.parametrize(
    ("question", "value", "code"),
    [
        ("basic.shoe_size", "42", "cases.question_unknown"),
        ("basic.living_with", "很多", "cases.answer_wrong"),
        ("basic.informant", "neighbour", "cases.answer_wrong"),
        ("onset.first_symptom_at", "昨天下午", "cases.answer_wrong"),
        ("clinical.symptoms", ["fever", "hiccups"], "cases.answer_wrong"),
        ("basic.ethnicity", "长" * 300, "cases.answer_wrong"),
    ],
)
def test_what_is_no_answer_is_refused(question, value, code):
    with refused(code):
        save(a_case().pk, question, value)


def test_of_a_set_all_are_saved_or_none():
    row = a_case()
    answers = [
        NewAnswer(question="basic.ethnicity", value="汉族", version=0),
        NewAnswer(question="basic.living_with", value="很多", version=0),
    ]
    with refused("cases.answer_wrong"):
        actions.save_answers(case=row.pk, answers=answers, by=BY)
    assert not Answer.objects.exists()


def test_an_interview_with_gaps_names_them():
    with refused("cases.interview_unfinished") as no:
        actions.finish_interview(case=a_case().pk, by=BY)
    assert "同住几人" in no.value.facts["missing"]


def test_a_question_that_need_not_be_asked_is_not_missing():
    questionnaire = questionnaire_of("covid-19")
    missing = [it.key for it in questionnaire.missing({"onset.symptoms_present": "no"})]
    assert "onset.first_symptom_at" not in missing


@pytest.mark.parametrize("disease", ["covid-19", "measles", "norovirus"])
def test_an_interview_that_answers_what_is_needed_is_finished(disease):
    row = a_case(disease=disease)
    needed = [it for it in questionnaire_of(disease).questions.values() if it.needed]
    answers = [NewAnswer(question=it.key, value=_some(it), version=0) for it in needed]
    actions.save_answers(case=row.pk, answers=answers, by=BY)
    assert actions.finish_interview(case=row.pk, by=BY).investigated_at is not None


def _some(question):
    by_kind = {"number": "3", "date": "2022-04-01", "time": "2022-04-01 08:00"}
    return next(iter(question.choices), by_kind.get(question.kind, "有"))


# ── the itinerary ─────────────────────────────────────────────────────────────


def test_a_stay_sent_twice_is_one():
    row, told = a_case(), entry()
    for _ in range(2):
        actions.save_entry(case=row.pk, entry=told, by=BY)
    assert len(queries.itinerary_of(row.pk)) == 1


def test_a_stay_changed_by_somebody_else_meanwhile_is_not_overwritten():
    row, told = a_case(), entry()
    actions.save_entry(case=row.pk, entry=told, by=BY)
    actions.save_entry(case=row.pk, entry=replace(told, place="东街饭店", version=1), by=BY)
    with refused("cases.entry_conflict"):
        actions.save_entry(case=row.pk, entry=replace(told, place="西街饭店", version=1), by=OTHER)
    assert [it.place for it in queries.itinerary_of(row.pk)] == ["东街饭店"]


def test_a_stay_taken_off_is_gone_from_the_itinerary():
    row, told = a_case(), entry()
    actions.save_entry(case=row.pk, entry=told, by=BY)
    for _ in range(2):
        actions.remove_entry(case=row.pk, entry=told.id, version=1, by=BY)
    assert queries.itinerary_of(row.pk) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ends_at": county_now() - timedelta(days=40)}, "cases.ends_before_it_begins"),
        ({"begins_at": county_now() + timedelta(hours=1), "ends_at": None}, "cases.stay_in_future"),
        ({"begins_at": county_now() - timedelta(days=800), "ends_at": None}, "cases.stay_long_ago"),
        ({"begins_at": county_now() - timedelta(days=60)}, "cases.stay_too_long"),
        ({"place": " "}, "cases.no_place"),
        ({"ventilation": "underwater"}, "cases.not_a_choice"),
    ],
)
def test_a_stay_that_cannot_be_is_refused(changed, code):
    with refused(code):
        actions.save_entry(case=a_case().pk, entry=entry(**changed), by=BY)


def test_a_ride_keeps_its_seat():
    row = a_case()
    actions.save_entry(case=row.pk, entry=entry(kind="ride", place="", vehicle="D1234", seat="05车07F"), by=BY)
    kept = queries.itinerary_of(row.pk)[0]
    assert (kept.vehicle, kept.seat) == ("D1234", "05车07F")


# ── who infected whom ─────────────────────────────────────────────────────────


def link(one, other, **changed):
    told = NewLink(infector=one.pk, infected=other.pk, setting="household", certainty="likely", basis="同住")
    return actions.link_cases(links=[replace(told, **changed)], by=BY)


def test_a_link_is_read_by_others():
    one, other = a_case(1), a_case(2)
    link(one, other)
    assert [(it.infector, it.infected) for it in queries.links("covid-19")] == [(one.pk, other.pk)]


def test_a_link_told_anew_takes_the_new_words():
    one, other = a_case(1), a_case(2)
    link(one, other)
    link(one, other, certainty="proved")
    assert [it.certainty for it in queries.links()] == ["proved"]


def test_nobody_is_infected_by_whom_they_infected():
    first, second, third = a_case(1), a_case(2), a_case(3)
    link(first, second)
    link(second, third)
    with refused("cases.infection_circle") as no:
        link(third, first)
    assert no.value.facts["circle"].split(" → ") == [third.number, first.number, second.number, third.number]


def test_two_links_of_one_batch_do_not_close_a_circle():
    one, other = a_case(1), a_case(2)
    pair = [
        NewLink(infector=a.pk, infected=b.pk, setting="meal", certainty="possible", basis="")
        for a, b in ((one, other), (other, one))
    ]
    with refused("cases.infection_circle"):
        actions.link_cases(links=pair, by=BY)


def test_nobody_infects_themselves():
    row = a_case()
    with refused("cases.infects_itself"):
        link(row, row)


def test_two_diseases_are_not_linked():
    with refused("cases.link_between_diseases"):
        link(a_case(1), a_case(2, disease="measles"))


def test_a_link_taken_away_says_why():
    link(a_case(1), a_case(2))
    found = queries.links()[0].id
    with refused("cases.no_reason"):
        actions.unlink_cases(links=[found], reason=" ", by=BY)
    actions.unlink_cases(links=[found], reason="发病先后不符", by=BY)
    assert queries.links() == []


# ── the same person twice ─────────────────────────────────────────────────────


def twice():
    """One person under an identity card and under a passport."""
    one = a_case(1)
    return one, a_case(1, name="试 病人1", document_kind="passport", document_number="E12345678", phone="15400009999")


def test_the_same_person_under_two_documents_is_recognised():
    one, other = twice()
    assert queries.likely_same(one) == [other]


def test_somebody_else_born_on_the_same_day_is_not_taken_for_them():
    one = a_case(1)
    a_case(3)
    assert queries.likely_same(one) == []


def test_merging_brings_everything_together():
    one, other = twice()
    third = a_case(5)
    actions.note_results(case=other.pk, results=[result()], by=BY)
    actions.save_entry(case=other.pk, entry=entry(), by=BY)
    save(other.pk, "basic.ethnicity", "汉族")
    link(other, third)
    actions.merge_cases(kept=one.pk, merged=other.pk, reason="同一人，两种证件", by=BY)
    assert len(queries.results_of(one.pk)) == len(queries.itinerary_of(one.pk)) == 1
    assert "basic.ethnicity" in queries.answers_of(one.pk)
    assert [(it.infector, it.infected) for it in queries.links()] == [(one.pk, third.pk)]
    assert queries.case_with(other.pk).same_as == one


def test_what_both_have_stays_as_the_kept_one_has_it():
    one, other = twice()
    save(one.pk, "basic.ethnicity", "汉族")
    save(other.pk, "basic.ethnicity", "回族")
    actions.merge_cases(kept=one.pk, merged=other.pk, reason="同一人", by=BY)
    assert json.loads(queries.answers_of(one.pk)["basic.ethnicity"].value) == "汉族"


def test_a_merged_case_is_worked_on_no_more():
    one, other = twice()
    actions.merge_cases(kept=one.pk, merged=other.pk, reason="同一人", by=BY)
    with refused("cases.merged_already"):
        actions.merge_cases(kept=a_case(3).pk, merged=other.pk, reason="同一人", by=BY)


def test_a_stay_that_went_to_another_case_is_not_taken_back_from_an_old_page():
    one, other = twice()
    stay = entry()
    actions.save_entry(case=other.pk, entry=stay, by=BY)
    actions.merge_cases(kept=one.pk, merged=other.pk, reason="同一人", by=BY)
    with refused("cases.entry_elsewhere"):
        actions.save_entry(case=other.pk, entry=replace(stay, place="西街", version=1), by=BY)


def test_merging_two_that_infected_one_another_in_a_row_is_refused():
    """Of first → second → third, first and third cannot be one person."""
    first, second, third = a_case(1), a_case(2), a_case(1, document_number=document(9), phone="")
    link(first, second)
    link(second, third)
    with refused("cases.infection_circle"):
        actions.merge_cases(kept=first.pk, merged=third.pk, reason="同一人", by=BY)


def test_a_case_that_does_not_exist_is_refused():
    with refused("cases.unknown"):
        save(uuid4(), "basic.ethnicity", "汉族")
