"""What the tests of case work stand on: a case as somebody would open it, a card as a clinic would fill it in."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from fangxian.core.identity import check_character
from fangxian.ops.cases import actions
from fangxian.ops.cases.card import Card
from fangxian.ops.cases.wire import NewCase, NewResult
from fangxian.ops.realm.current import county_now

BY = "program:test"
LABORATORY, SECOND = "县医院实验室", "市疾控中心实验室"
AREA = "141027100001001"


def document(n=1, born_on=date(1980, 3, 1)):
    """An invented resident's number; an odd `n` is a man's, an even one a woman's."""
    body = f"999027{born_on:%Y%m%d}{n:03d}"
    return body + check_character(body)


def today():
    return county_now().date()


def new_case(n=1, **changed):
    born_on = date(1980, 3, 1)
    told = NewCase(
        disease="covid-19",
        area_path=AREA,
        name=f"试病人{n}",
        found_by="clinic",
        case_class="confirmed",
        document_kind="resident",
        document_number=document(n, born_on),
        phone=f"1540000{n:04d}",
        address=f"东街{n}号",
        sex="male" if n % 2 else "female",
        born_on=born_on,
        occupation="farmer",
        onset_on=today() - timedelta(days=3),
    )
    return replace(told, **changed)


def a_case(n=1, **changed):
    return actions.open_case(new=new_case(n, **changed), by=BY)


def result(laboratory=LABORATORY, found="positive", hours_ago=10, **changed) -> NewResult:
    at = county_now().replace(minute=0, second=0, microsecond=0)
    told = NewResult(
        laboratory=laboratory,
        specimen="throat-swab",
        sampled_at=at - timedelta(hours=hours_ago),
        resulted_at=at - timedelta(hours=hours_ago - 4),
        found=found,
    )
    return replace(told, **changed)


def held_case(n=1, **changed):
    row = a_case(n, **changed)
    actions.note_results(case=row.pk, results=[result()], by=BY)
    return actions.hold(cases=[row.pk], reason="", by=BY)[0]


def confirmed_case(n=1, **changed):
    row = a_case(n, **changed)
    return actions.confirm(cases=[row.pk], reason="两份标本阳性", by=BY)[0]


def a_card(n=1, **changed) -> Card:
    diagnosed_at: datetime = county_now().replace(second=0, microsecond=0) - timedelta(hours=1)
    born_on = date(1980, 3, 1)
    told = Card(
        disease="covid-19",
        name=f"试病人{n}",
        document_number=document(n, born_on),
        sex="male" if n % 2 else "female",
        born_on=born_on,
        phone=f"1540000{n:04d}",
        address=f"东街{n}号",
        division=AREA[:12],
        occupation="farmer",
        case_kind="confirmed",
        onset_on=today() - timedelta(days=3),
        diagnosed_at=diagnosed_at,
        unit_name="浮山县人民医院（演示）",
        doctor="试医生",
        filled_on=today(),
    )
    return replace(told, **changed)
