"""Explanations, and what changed between two rulebooks, as a person reads them."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from fangxian.core.policy.colours import decide_colours
from fangxian.core.policy.diff import diff
from fangxian.core.policy.doors import DoorInputs, compile_doors, decide_door
from fangxian.core.policy.evidence import Evidence, Ruling
from fangxian.core.policy.explain import explain_colour, explain_door
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.refusal import Said


def at(covid, hour=12):
    return datetime(2022, 4, 19, hour, tzinfo=covid.utc_offset)


def piece(covid, kind, source, **more):
    given = {"id": "e1", "issuer": "县疾控中心", "from_at": at(covid) - timedelta(hours=26)} | more
    return Evidence(kind=kind, source=source, disease="covid-19", **given)


def explained(covid, *pieces, registered=("p",), known_at=None):
    moment = at(covid)
    decision = decide_colours(covid, {"p": pieces}, at=moment, known_at=known_at or moment, registered=registered)["p"]
    return explain_colour(covid, decision, pieces, at=moment)


def test_a_contact_reads_evidence_rule_end_and_whom_to_ask(covid):
    contact = piece(covid, "close-contact", "investigator", attributes={"last_exposure_on": date(2022, 4, 14)})
    text = explained(covid, contact).text("zh-hans")
    assert text.splitlines() == [
        "健康码：红码。2022-04-29 00:00（周五）起为黄码。",
        "流调人员判定您是密切接触者。（规则 C-04，国务院应对新冠肺炎疫情联防联控机制综合组"
        "《新型冠状病毒肺炎防控方案（第八版）》）",
        "依据：证据 e1，县疾控中心，自 2022-04-18 10:00（周一）至 2022-04-29 00:00（周五）。",
        "现在：请留在原地等候转运，配合第1、4、7、14天核酸检测；有异议可申诉。",
        "有疑问请找：本村（社区）网格员，或县疫情防控指挥部值班室",
    ]
    english = explained(covid, contact).text("en")
    assert english.startswith("Health code: red. From 2022-04-29 00:00 (Fri) it will be yellow.")
    assert "rule C-04" in english
    assert "Whom to ask: your village or community grid worker" in english


def test_a_pushed_colour_names_who_pushed_it_and_sends_there(covid):
    pushed = piece(
        covid, "pushed-colour", "pushed-list", issuer="郑州市", division="410100", attributes={"colour": "red"}
    )
    explanation = explained(covid, pushed)
    assert explanation.ask.zh == "郑州市"
    assert "由外地推送（410100）" in explanation.text("zh")
    assert "not this county's decision" in explanation.text("en")


def test_a_ruling_shows_units_and_basis_and_no_person(covid):
    ruling = Ruling(
        first="w-1", first_unit="县疾控中心", second="w-2", second_unit="县公安局", basis="传染病防治法第四十一条"
    )
    text = explained(covid, piece(covid, "ruling", "ruling", attributes={"colour": "red"}, ruling=ruling)).text("zh")
    assert "县疾控中心、县公安局两人裁定，依据：传染病防治法第四十一条" in text
    assert "w-1" not in text


def test_issuers_and_units_are_named_in_the_language_of_the_reader(covid):
    pieces = [piece(covid, "close-contact", "investigator", attributes={"last_exposure_on": date(2022, 4, 14)})]
    decision = decide_colours(covid, {"p": pieces}, at=at(covid), known_at=at(covid), registered=("p",))["p"]
    names = {"县疾控中心": Said("县疾控中心", "county CDC")}
    explanation = explain_colour(covid, decision, pieces, at=at(covid), issuers=names)
    assert "Evidence e1 from county CDC, since" in explanation.text("en")
    assert "证据 e1，县疾控中心，自" in explanation.text("zh")


def test_evidence_that_does_not_count_is_said_with_its_why(covid):
    poster = piece(covid, "co-present", "archive", attributes={"last_exposure_on": date(2022, 4, 14)})
    (said,) = explained(covid, poster).not_counted
    assert "不能证明本人到场" in said.zh
    assert "nothing proves that the person was there" in said.en


def test_a_record_that_nobody_understands_is_not_called_out_of_date(covid):
    text = explained(covid, piece(covid, "case", "hospital", attributes={"status": "Confirmed"})).text("en")
    assert text.startswith("Health code: unknown.")
    assert "wrong or incomplete" in text
    assert "out of date" not in text


@pytest.mark.parametrize(
    ("registered", "age_h", "word"),
    [(("p",), 0, "No evidence asks for another colour."), ((), 0, "no record of you"), (("p",), 3, "out of date")],
)
def test_a_colour_without_evidence_says_why(covid, registered, age_h, word):
    known_at = at(covid) - timedelta(hours=age_h)
    assert word in explained(covid, registered=registered, known_at=known_at).text("en")


def test_a_door_says_the_answer_first_and_the_closest_reason_next(covid):
    tables = compile_doors(covid)
    decision = decide_door(tables, DoorInputs(tables.venue_class("courier-depot"), 2, 1, 1800, 365, 1, 1, 1, 0))
    explanation = explain_door(covid, decision)
    assert explanation.answer.zh == "暂不能进入"
    assert [because.rule for because in explanation.because] == ["D-23", "D-03"]
    assert explanation.advice.zh.startswith("请到医院、卫生院或采样点检测")


def test_a_hospital_s_door_leads_in(covid):
    tables = compile_doors(covid)
    decision = decide_door(tables, DoorInputs(tables.venue_class("hospital"), 3, 1, 60, 392, 1, 1, 1, 0))
    assert decision.directed
    assert explain_door(covid, decision).answer.en == "Please come in; staff will show you the way"


def test_a_stale_door_says_how_old_its_knowledge_is(covid):
    tables = compile_doors(covid)
    decision = decide_door(tables, DoorInputs(tables.venue_class("shop"), 1, 1, 60, 365, 1, 1, 1, 9000))
    text = explain_door(covid, decision, known_at=at(covid, 9)).text("zh")
    assert "门岗最近一次更新：2022-04-19 09:00（周二）。" in text


def test_nothing_amiss_needs_no_reasons(covid):
    tables = compile_doors(covid)
    decision = decide_door(tables, DoorInputs(tables.venue_class("shop"), 1, 1, 60, 365, 1, 1, 1, 0))
    assert explain_door(covid, decision).because == ()


def test_the_same_rulebook_differs_in_nothing(covid, covid_text):
    assert diff(covid, read_rulebook(covid_text)) == ()


def test_changes_are_told_rule_by_rule(covid, written):
    secondary = (
        'evidence = "secondary-contact"\nanchor = "last_exposure_on"\nphases = [{{ colour = "{}", lasts = "{}" }}]'
    )
    new = read_rulebook(
        written(
            ("version = 1", "version = 2"),
            ('stale_after = "2 h"', 'stale_after = "90 min"'),
            ('number = "D-23"', 'number = "D-29"'),
            (secondary.format("red", "7 d"), secondary.format("yellow", "10 d")),
        )
    )
    changes = {(change.change, change.number): change for change in diff(covid, new)}
    assert set(changes) == {("changed", ""), ("changed", "C-05"), ("added", "D-29"), ("removed", "D-23")}
    (stale,) = changes["changed", ""].fields
    assert (stale.field, stale.before, stale.after) == ("stale_after", "2 h", "90 min")
    (phases,) = changes["changed", "C-05"].fields
    assert (phases.before, phases.after) == ("red 7 d", "yellow 10 d")


def test_how_far_back_an_arrival_row_looks_is_told_when_nothing_else_differs(covid, written):
    (change,) = diff(
        covid,
        read_rulebook(written(('risk = ["risk-area"]\nwithin = "14 d"', 'risk = ["risk-area"]\nwithin = "21 d"'))),
    )
    assert [(field.field, field.before, field.after) for field in change.fields] == [("within", "14 d", "21 d")]


def test_a_rule_moved_in_the_file_is_no_change(covid):
    assert diff(covid, replace(covid, doors=tuple(reversed(covid.doors)))) == ()
