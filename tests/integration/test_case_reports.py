"""The legal report of a case, its clocks and tasks, and its exchange file."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from fangxian.core.refusal import Refusal
from fangxian.ops.cases import actions, queries
from fangxian.ops.cases.card import card_of, exchange_file, faults_of, normalised, read_exchange_file
from fangxian.ops.cases.models import Case, CaseClock
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.procedures.case_clocks import exclude_cases, stamp_clock
from fangxian.ops.procedures.report_case import report_case
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.tasks.models import Task
from tests.integration.case_room_hand import BY, a_card, a_case, document, today

RULEBOOKS = Path(__file__).resolve().parents[2] / "counties" / "fushan" / "rulebooks"
pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(db):
    found_rulebooks(texts=[path.read_bytes() for path in sorted(RULEBOOKS.glob("*.toml"))], by=BY)


@pytest.fixture
def reported(rules):
    return report_case(card=a_card(), by=BY)


def refused(code):
    return pytest.raises(Refusal, match=f"^{code.replace('.', '[.]')}$")


def faults(**changed):
    return {it.field for it in faults_of(a_card(**changed), now=county_now())}


def clocks(case):
    return {it.clock: it for it in queries.clocks_of(case)}


# ── the card ──────────────────────────────────────────────────────────────────


def test_a_card_that_is_right_has_no_faults():
    assert faults() == set()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"document_number": "999027198003010011"}, "document_number"),
        ({"sex": "female"}, "sex"),
        ({"born_on": None}, "born_on"),
        ({"born_on": today().replace(year=1981, month=1, day=2)}, "born_on"),
        ({"occupation": "pupil"}, "workplace"),
        ({"phone": "打不通"}, "phone"),
        ({"division": "110101001"}, "division"),
        ({"onset_on": today() + timedelta(days=1)}, "onset_on"),
        ({"died_on": today() - timedelta(days=9)}, "died_on"),
        ({"diagnosed_at": county_now() - timedelta(days=5)}, "diagnosed_at"),
        ({"kind": "corrected"}, "return_reason"),
        ({"remark": "长" * 301}, "remark"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(changed, field):
    assert field in faults(**changed)


def test_birth_date_and_sex_are_read_from_an_identity_number():
    card = normalised(a_card(born_on=None, sex=""))
    assert (card.born_on, card.sex) == (date(1980, 3, 1), a_card().sex)
    assert not faults_of(card, now=county_now())


def test_what_was_filled_in_beside_an_identity_number_stands():
    """And is compared with it."""
    card = normalised(a_card(born_on=date(1981, 1, 1)))
    assert {it.field for it in faults_of(card, now=county_now())} == {"born_on"}
    assert normalised(a_card(born_on=None, age=42)).born_on is None


def test_a_child_needs_a_parent_on_its_card():
    born_on = today().replace(year=today().year - 6, day=1)
    child = {"born_on": born_on, "document_number": document(1, born_on), "occupation": "child", "onset_on": today()}
    assert faults(**child) == {"guardian"}
    assert faults(**child, guardian="试家长") == set()


def test_somebody_whose_birth_nobody_knows_has_an_age():
    assert faults(document_number="", born_on=None, age=40) == set()


def test_a_card_outlives_its_file():
    card = a_card()
    text = exchange_file(card)
    assert read_exchange_file(text, the_realm().keys.public_keys()) == card


def test_a_file_that_was_changed_on_the_way_is_noticed():
    told = json.loads(exchange_file(a_card()))
    told["card"]["name"] = "别人"
    with refused("cases.file_changed"):
        read_exchange_file(json.dumps(told).encode(), the_realm().keys.public_keys())


def test_a_file_of_another_kind_is_refused():
    with refused("cases.file_unreadable"):
        read_exchange_file(b"\xff\xfe{}", the_realm().keys.public_keys())


# ── filing ────────────────────────────────────────────────────────────────────


def test_a_report_opens_the_case_and_files_the_card(reported):
    row = queries.case_with(reported.case)
    report = queries.reports_of(row.pk)[0]
    assert (row.state, row.case_class, report.card_number) == ("reported", "confirmed", f"{row.number}-01")
    assert card_of(report.content).name == "试病人1"


def test_the_same_card_filed_again_is_that_card(reported):
    number = queries.reports_of(reported.case)[0].card_number
    again = report_case(card=a_card(card_number=number, diagnosed_at=_diagnosed(reported)), by=BY)
    assert (again.case, again.report, again.is_new) == (reported.case, reported.report, False)


def _diagnosed(reported):
    return card_of(queries.reports_of(reported.case)[0].content).diagnosed_at


def test_a_card_number_belongs_to_one_card(reported):
    number = queries.reports_of(reported.case)[0].card_number
    with refused("cases.card_number_taken"):
        report_case(card=a_card(card_number=number, remark="另一张"), by=BY)


def test_a_disease_nobody_has_rules_for_is_refused(rules):
    with refused("cases.no_rulebook"):
        report_case(card=a_card(disease="plague"), by=BY)


def test_a_correction_puts_the_case_right(reported):
    card = a_card(kind="corrected", return_reason="住址有误", address="西街9号")
    report_case(card=card, by=BY, case=reported.case)
    first, corrected = reversed(queries.reports_of(reported.case))
    assert queries.case_with(reported.case).address == "西街9号"
    assert corrected.corrects_id == first.pk


def test_a_corrected_name_of_the_disease_is_another_case(reported):
    card = a_card(kind="corrected", disease="measles", corrected_disease="covid-19")
    other = report_case(card=card, by=BY, case=reported.case)
    states = dict(Case.objects.values_list("disease", "state"))
    assert (other.is_new, states) == (True, {"covid-19": "excluded", "measles": "reported"})


# ── the clocks ────────────────────────────────────────────────────────────────


def test_the_card_meets_the_first_step_and_starts_the_second(reported):
    found = clocks(reported.case)
    assert found["institution-to-health"].met_by == BY
    assert found["health-to-government"].due_at == found["institution-to-health"].met_at + timedelta(hours=2)
    assert found["county-to-city"].begins_at is None


def test_a_card_filed_late_says_so(rules):
    card = a_card(diagnosed_at=county_now() - timedelta(hours=5))
    first = clocks(report_case(card=card, by=BY).case)["institution-to-health"]
    assert first.met_at > first.due_at


def test_a_step_stamped_starts_the_next_one_with_its_task(reported):
    stamp_clock(clock=clocks(reported.case)["health-to-government"].pk, by=BY, remark="电话报县政府值班室")
    found = clocks(reported.case)
    assert found["county-to-city"].begins_at == found["health-to-government"].met_at
    states = dict(Task.objects.filter(kind="cases.clock").values_list("unique_key", "state"))
    assert states == {str(found["health-to-government"].pk): "done", str(found["county-to-city"].pk): "open"}


def test_a_step_before_its_turn_is_refused(reported):
    with refused("cases.clock_not_begun"):
        stamp_clock(clock=clocks(reported.case)["county-to-city"].pk, by=BY)


def test_a_step_cannot_be_stamped_for_tomorrow(reported):
    with refused("cases.met_in_future"):
        stamp_clock(
            clock=clocks(reported.case)["health-to-government"].pk, by=BY, met_at=county_now() + timedelta(days=1)
        )


def test_stamping_twice_changes_nothing(reported):
    clock = clocks(reported.case)["health-to-government"].pk
    stamp_clock(clock=clock, by=BY)
    before = CaseClock.objects.get(pk=clock).met_at
    stamp_clock(clock=clock, by="program:other")
    assert CaseClock.objects.get(pk=clock).met_at == before


def test_a_late_step_climbs_to_the_lead_and_then_to_the_commander(reported):
    task = Task.objects.get(kind="cases.clock")
    assert task.ladder == [[0, "tracing_lead"], [30, "commander"]]


@pytest.mark.parametrize("disease", ["measles", "norovirus"])
def test_other_diseases_have_the_clock_their_rulebook_names(rules, disease):
    found = clocks(report_case(card=a_card(disease=disease), by=BY).case)
    step = found["case-report"]
    assert (step.within_min, step.met_at) == (24 * 60, None)
    assert step.due_at == step.begins_at + timedelta(hours=24)


def test_what_is_excluded_need_not_be_reported_on(reported):
    exclude_cases(excluded=[reported.case], reason="复核阴性", by=BY)
    assert not Task.objects.filter(about=f"case:{reported.case}", state__in=["open", "taken"]).exists()


def test_a_case_without_a_card_has_no_clocks(rules):
    assert queries.clocks_of(a_case().pk) == []


def test_clocks_begin_once(reported):
    actions.begin_clocks(case=reported.case, clocks=[], found_at=county_now(), by=BY)
    assert len(queries.clocks_of(reported.case)) == 4
