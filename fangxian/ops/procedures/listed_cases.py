"""A case as a row of a list, and a row of a list as a case."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils.timezone import get_current_timezone

from fangxian.core.policy.occupations import OCCUPATIONS
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.cases.queries import Case
from fangxian.ops.cases.wire import ListedCase, NewCase
from fangxian.ops.intake.line_lists import CASE_CLASSES
from fangxian.ops.procedures.listed_people import (
    Fields,
    Lists,
    address_of,
    day_text,
    moment_text,
    name_of_row,
    read_identity,
    written,
)

# What a rulebook without a class of its own calls it instead: the next that is no stronger.
WEAKER = {"clinical": ("suspected",), "asymptomatic": ("confirmed", "suspected"), "confirmed": ("suspected",)}
SURE = ("confirmed", "asymptomatic")
CLOSED = str(Case.State.CLOSED)
NOT_GIVEN = UUID(int=0)  # a case's id, until somebody looks who is on record
OF_COURSE = ("case_class", "onset_on", "outcome", "outcome_on", "died_on", "confirmed_on")
MOST_COURSES = 10_000
CLASSES = {key: Said(words[0], key) for key, words in CASE_CLASSES}
REMARKS = {
    "lists.outcome_before_onset": Said(
        "转归日期 {outcome_on} 早于发病日期 {onset_on}，没有采用转归日期。死亡或痊愈应在发病当天或以后。"
        "请核对后在病例页更正。",
        "the date of outcome {outcome_on} is before the onset {onset_on} and was left out. It should be that day or "
        "later. Check it and correct it on the case's page.",
    ),
    "lists.class_unknown_to_rulebook": Said(
        "“{found.zh}”不在“{disease.zh}”现行规则的病例分类里，记作“{taken.zh}”。应为规则里的一种。请核对后在病例页更正。",
        "“{found.en}” is no case class of the rulebook of {disease.en}; it was put down as “{taken.en}”. It should be "
        "one of the rulebook's. Check it and correct it on the case's page.",
    ),
    "lists.occupation_unknown": Said(
        "职业“{found}”不在报告卡的职业表里，没有采用。应为表里的一种。请核对后在病例页补上。",
        "the occupation “{found}” is not on the report card's list and was left out. It should be one of the list. "
        "Check it and add it on the case's page.",
    ),
    "lists.birth_after_onset": Said(
        "出生日期 {born_on} 晚于发病日期 {onset_on}，没有采用出生日期。出生应在发病以前。请核对后在病例页更正。",
        "the date of birth {born_on} is after the onset {onset_on} and was left out. It should be before. Check it and "
        "correct it on the case's page.",
    ),
}


@dataclass(slots=True, kw_only=True)
class ReadCase:
    """A row read: the case, what the list calls it, and what was left out of it, each with its reason."""

    listed: ListedCase
    outer_id: str
    outer_number: str
    remarks: tuple[Refusal, ...] = ()


@dataclass(slots=True)
class _Row:
    """A row while it is read."""

    fields: Fields
    lists: Lists
    remarks: list[Refusal] = field(default_factory=list)

    def remark(self, code: str, **facts: object) -> None:
        said = REMARKS[code]
        self.remarks.append(Refusal(code, zh=said.zh, en=said.en, **facts))

    def get(self, name: str) -> str:
        return self.fields.get(name, "")

    def day(self, name: str) -> date | None:
        return date.fromisoformat(text) if (text := self.get(name)) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """How a case went as its row says, read once for all rows that say the same.

    `confirmed_at` is of the day the list gives, None without one; `is_sure` whether a case like this is confirmed.
    """

    case_class: str
    onset_on: date | None
    outcome: str
    died_on: date | None
    confirmed_at: datetime | None
    is_sure: bool
    state: str
    remarks: tuple[Refusal, ...]


def read_case(fields: Fields, lists: Lists) -> ReadCase:
    """A row as a case.

    Refuses
    -------
    What `core.identity` refuses of a document number.
    """
    get = fields.get
    number = get("outer_number", "")
    outer_id = get("outer_id") or number or name_of_row(fields)
    reported_at = lists.moment(get("reported_at", ""))
    course = _course(fields, lists)
    onset_on = course.onset_on
    known_on = reported_at.date() if reported_at else onset_on or lists.today
    who = read_identity(fields, lists, known_on=known_on)
    row = _Row(fields, lists)
    new = NewCase(
        disease=lists.disease,
        area_path=who.area_path,
        name=who.name or number or outer_id,
        found_by="import",
        case_class=course.case_class,
        document_kind=who.document_kind,
        document_number=who.document_number,
        phone=who.phone,
        address=address_of(fields, lists),
        workplace=get("workplace", ""),
        sex=who.sex,
        born_on=_born_on(row, who.born_on, onset_on),
        occupation=_occupation(row, who.occupation),
        onset_on=onset_on,
        died_on=course.died_on,
        first_positive_sampled_at=lists.moment(get("sampled_at", "")),
        reported_at=reported_at,
    )
    listed = ListedCase(
        new=new,
        id=NOT_GIVEN,
        state=course.state,
        confirmed_at=(course.confirmed_at or reported_at or lists.at) if course.is_sure else None,
        outcome=course.outcome if course.state == CLOSED else "",
        hospital=get("hospital", ""),
    )
    remarks = (*course.remarks, *row.remarks) if row.remarks else course.remarks
    return ReadCase(listed=listed, outer_id=outer_id, outer_number=number, remarks=remarks)


def _course(fields: Fields, lists: Lists) -> _Course:
    said = tuple(map(fields.get, OF_COURSE))
    if said not in lists.courses:
        if len(lists.courses) >= MOST_COURSES:
            lists.courses.clear()
        lists.courses[said] = _read_course(_Row(fields, lists))
    return lists.courses[said]


def _read_course(row: _Row) -> _Course:
    onset_on = row.day("onset_on")
    case_class = _case_class(row)
    outcome, died_on = _outcome(row, onset_on)
    is_sure = case_class in SURE and row.get("case_class") != "excluded"
    return _Course(
        case_class=case_class,
        onset_on=onset_on,
        outcome=outcome,
        died_on=died_on,
        confirmed_at=row.lists.moment(day_text(row.day("confirmed_on"))),
        is_sure=is_sure,
        state=_state(row, is_sure, outcome),
        remarks=tuple(row.remarks),
    )


def case_fields(case: Case, outer: tuple[str, str] | None, towns: dict[str, str]) -> dict[str, str]:
    """A case as a row; `outer` is what it is called where it came from: id and number."""
    outer_id, outer_number = outer or (str(case.pk), case.number)
    zone = get_current_timezone()
    reported_at = moment_text(case.reported_at, zone)
    known_on = reported_at[:10]
    identity = {name: getattr(case, name) for name in IDENTITY}
    dead = case.outcome == Case.Outcome.DIED or case.died_on is not None
    return {
        "outer_id": outer_id,
        "outer_number": outer_number,
        **written(identity, known_on=date.fromisoformat(known_on), towns=towns),
        "address": case.address,
        "workplace": case.workplace,
        "case_class": "excluded" if case.state == Case.State.EXCLUDED else case.case_class,
        "onset_on": day_text(case.onset_on),
        "sampled_at": moment_text(case.first_positive_sampled_at, zone),
        "confirmed_on": moment_text(case.confirmed_at, zone)[:10],
        "reported_at": reported_at,
        "outcome": "died" if dead else case.outcome if case.outcome == "recovered" else _alive(case),
        "outcome_on": day_text(case.died_on),
        "died_on": day_text(case.died_on),
        "hospital": case.treated_at_hospital,
    }


IDENTITY = (
    "name", "document_kind", "document_number", "phone", "sex", "born_on", "occupation", "area_path",
)  # fmt: skip


def _alive(case: Case) -> str:
    return "alive" if case.state == Case.State.IN_TREATMENT else ""


def _born_on(row: _Row, born_on: date | None, onset_on: date | None) -> date | None:
    if born_on and onset_on and born_on > onset_on:
        row.remark("lists.birth_after_onset", born_on=born_on, onset_on=onset_on)
        return None
    return born_on


def _case_class(row: _Row) -> str:
    """The rulebook's class of what the list says; a list that does not say speaks of confirmed cases."""
    known = {it.case_class for it in row.lists.rulebook.case_definitions}
    said = row.get("case_class") or "confirmed"
    if said == "excluded":
        said = "suspected"
    if said in known:
        return said
    taken = next((it for it in WEAKER.get(said, ()) if it in known), "suspected")
    disease = row.lists.rulebook.disease.name
    row.remark("lists.class_unknown_to_rulebook", found=CLASSES[said], disease=disease, taken=CLASSES[taken])
    return taken


def _outcome(row: _Row, onset_on: date | None) -> tuple[str, date | None]:
    """How it ended and, of somebody who died, when; a death whose day is not known is kept without its day."""
    said = row.get("outcome") or ("died" if row.get("died_on") else "")
    outcome_on = row.day("died_on") or row.day("outcome_on")
    if outcome_on and onset_on and outcome_on < onset_on:
        row.remark("lists.outcome_before_onset", outcome_on=outcome_on, onset_on=onset_on)
        outcome_on = None
    if said == "died":
        return "died", outcome_on
    return ("recovered" if said == "recovered" else ""), None


def _state(row: _Row, is_sure: bool, outcome: str) -> str:
    if row.get("case_class") == "excluded":
        return Case.State.EXCLUDED
    if outcome:
        return Case.State.CLOSED
    if not is_sure:
        return Case.State.REPORTED
    return Case.State.IN_TREATMENT if row.get("outcome") == "alive" else Case.State.CONFIRMED


def _occupation(row: _Row, occupation: str) -> str:
    if occupation and occupation not in OCCUPATIONS:
        row.remark("lists.occupation_unknown", found=occupation)
        return ""
    return occupation
