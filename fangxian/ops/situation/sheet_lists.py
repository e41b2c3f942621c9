"""Sources of sheets for those who investigate: contacts and cases, in full, as their own lists go out.

The fields of contacts are those of lists in real use (domain.md 5.4).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.cases import queries as cases
from fangxian.ops.cases import vocabulary
from fangxian.ops.cases.queries import Case
from fangxian.ops.contacts.listing import Wanted
from fangxian.ops.contacts.queries import VIEW
from fangxian.ops.contacts.wire import Who, read_why, who_of
from fangxian.ops.contacts.words import BELONGS, FOUND_BY, HOME_REASONS, MODES, ORIGINS, RELATIONS, STATES
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, VILLAGE_DIGITS, below
from fangxian.ops.sheets.sources import Asked, Source, SourceColumn, column
from fangxian.ops.sheets.wire import Kind

from .ages import age_on
from .contact_lists import Around, every_contact
from .sheet_source import Near, chunks

YES, NO = Said("是", "yes"), Said("否", "no")
CASE_CLASSES = {
    "suspected": Said("疑似", "suspected"),
    "clinical": Said("临床诊断", "clinical"),
    "confirmed": Said("确诊", "confirmed"),
    "asymptomatic": Said("无症状感染者", "asymptomatic"),
    "carrier": Said("携带者", "carrier"),
}


class ContactRow(NamedTuple):
    it: Any
    who: Who
    around: Around
    near: Near
    at: Any


def _contacts(asked: Asked) -> Iterator[ContactRow]:
    near = Near(asked.at)
    for it, around in every_contact(asked.account, Wanted(area_path=asked.area_path), at=asked.at, sort="area"):
        yield ContactRow(it, who_of(it, it.file), around, near, asked.at)


def _yes(value: bool | None) -> Said | None:
    return None if value is None else YES if value else NO


def _told(name: str) -> Callable[[ContactRow], object]:
    return lambda row: getattr(row.who, name) or None


def _own(name: str) -> Callable[[Any], object]:
    return lambda row: getattr(row.it, name) or None


def _of_file(name: str) -> Callable[[ContactRow], object]:
    return lambda row: getattr(row.it.file, name) or None


def _in(words, name: str) -> Callable[[Any], object]:
    return lambda row: words.get(getattr(row.it, name), getattr(row.it, name) or None)


def _place_met(row: ContactRow) -> str:
    return next((why.place_name or why.words for why in read_why(row.it.file.why) if why.place_name or why.words), "")


def _age(row: ContactRow) -> int | None:
    return age_on(row.who.born_on, localtime(row.at).date()) if row.who.born_on else None


def _about(row: ContactRow) -> Sequence[str]:
    of_register = (f"person:{row.it.person_id}",) if row.it.person_id else ()
    return (f"contact:{row.it.pk}", *of_register)


_CONTACT: tuple[SourceColumn, ...] = (
    column("township", "镇街", "township", lambda row: row.near.part(row.it.area_path, TOWNSHIP_DIGITS), Kind.TEXT,
           "乡镇 街道 乡镇街道"),
    column("unit", "村社区", "village", lambda row: row.near.part(row.it.area_path, VILLAGE_DIGITS), Kind.TEXT,
           "村 社区 村（社区）"),
    column("id", "ID", "id", lambda row: str(row.it.pk), Kind.EXACT, "编号 接触者编号"),
    column("name", "姓名", "name", _told("name"), Kind.TEXT, "接触者姓名 人员姓名 密接姓名"),
    column("nationality", "国籍", "nationality", _told("nationality")),
    column("sex", "性别", "sex", lambda row: vocabulary.SEXES.get(row.who.sex)),
    column("age", "年龄", "age", _age, Kind.NUMBER, "周岁"),
    column("document_number", "证件号", "document number", _told("document_number"), Kind.EXACT,
           "证件号码 身份证号 身份证号码"),
    column("phone", "联系方式", "phone", _told("phone"), Kind.EXACT, "联系电话 电话 手机号 手机号码"),
    column("whereabouts", "目前所处位置", "where they are now", _of_file("whereabouts"), Kind.TEXT, "所处位置"),
    column("address", "现住址", "address", _told("address"), Kind.TEXT, "住址 地址 居住地址 详细地址"),
    column("occupation", "职业", "occupation",
           lambda row: vocabulary.OCCUPATIONS.get(row.it.occupation, row.it.occupation or None), Kind.TEXT, "人群分类"),
    column("workplace", "工作单位", "workplace", _told("workplace"), Kind.TEXT, "单位 学习单位"),
    column("found_by", "发现途径", "how found", _in(FOUND_BY, "found_by")),
    column("origin", "来源", "origin", _in(ORIGINS, "origin")),
    column("is_core", "是否核心密接", "core contact", lambda row: _yes(row.it.is_core)),
    column("is_rejected", "是否排除", "ruled out", lambda row: _yes(row.it.state == "rejected")),
    column("case", "关联病例", "case", lambda row: row.around.numbers.get(row.it.case_id), Kind.TEXT, "病例 病例编号"),
    column("is_case_imported", "是否境外输入病例", "imported case", lambda row: _yes(row.it.file.is_case_imported)),
    column("via", "关联密接", "through which contact", lambda row: row.it.via and str(row.it.via), Kind.EXACT),
    column("ring", "密接类型", "kind of contact", lambda row: row.around.ring(row.it.disease, row.it.ring), Kind.TEXT,
           "接触者类型 人员类型"),
    column("relation", "与患者关系", "relation to the case", _in(RELATIONS, "relation"), Kind.TEXT, "与病例关系"),
    column("place", "接触地点", "place of contact", _place_met, Kind.TEXT, "接触场所 暴露地点"),
    column("minutes", "接触分钟", "minutes", _own("minutes"), Kind.NUMBER),
    column("last_exposure_on", "最后接触日期", "last contact", lambda row: row.it.last_exposure_on, Kind.DATE,
           "末次接触日期 最后接触时间"),
    column("release_on", "应解除观察日期", "observation ends", _own("release_on"), Kind.DATE, "解除日期 应解除日期"),
    column("key_place", "关联重点场所", "key place", _of_file("key_place"), Kind.TEXT, "重点场所"),
    column("state", "转归", "state", _in(STATES, "state"), Kind.TEXT, "状态（转归） 状态"),
    column("is_traced", "是否追踪到", "traced", lambda row: _yes(row.it.is_traced), Kind.TEXT, "追踪到"),
    column("decided_at", "审核时间", "decided", _own("decided_at"), Kind.MOMENT),
    column("proposed_at", "录入时间", "entered", _own("proposed_at"), Kind.MOMENT),
    column("checked_in_on", "入住日期", "checked in", _own("checked_in_on"), Kind.DATE, "入住日期/酒店"),
    column("site", "场所名称", "site", _own("site"), Kind.TEXT, "酒店 隔离点 隔离场所"),
    column("mode", "医学观察方式", "observation", _in(MODES, "mode"), Kind.TEXT, "观察方式 管控方式"),
    column("home_reason", "居家隔离原因", "why at home", _in(HOME_REASONS, "home_reason")),
    column("entered_by", "创建单位", "entered by", _own("entered_by")),
    column("belongs", "归属", "belongs to", _in(BELONGS, "belongs")),
    column("destination", "转出目的地", "destination", _own("destination"), Kind.TEXT, "转出目的省"),
)  # fmt: skip
CONTACTS = Source(
    key="contacts", said=Said("接触者名单", "contacts"), permission=VIEW, columns=_CONTACT, rows=_contacts,
    of_whom=_about,
)  # fmt: skip


class CaseRow(NamedTuple):
    it: Case
    classes: dict[str, Said]
    near: Near


def _cases(asked: Asked) -> Iterator[CaseRow]:
    near, books = Near(asked.at), rulebooks_by_disease(asked.at)
    diseases = {key: book.disease.name for key, book in books.items()}
    rows = cases.within(asked.account).filter(below(asked.area_path))
    rows = rows.filter(reported_at__gte=asked.begins_at, reported_at__lt=asked.ends_at)
    for part in chunks(rows.order_by("reported_at", "number")):
        yield from (CaseRow(it, diseases, near) for it in part)


def _case_age(row: CaseRow) -> int | None:
    return age_on(row.it.born_on, localtime(row.it.reported_at).date()) if row.it.born_on else None


def _of_case(row: CaseRow) -> Sequence[str]:
    of_register = (f"person:{row.it.person_id}",) if row.it.person_id else ()
    return (f"case:{row.it.pk}", *of_register)


CASES = Source(
    key="cases", said=Said("病例名单", "cases"), permission=cases.VIEW, rows=_cases, n_days=31, of_whom=_of_case,
    columns=(
        column("number", "病例编号", "case number", _own("number"), Kind.EXACT, "编号 病例号 卡片编号"),
        column("disease", "病种", "disease", lambda row: row.classes.get(row.it.disease, row.it.disease), Kind.TEXT,
               "疾病 疾病名称"),
        column("name", "姓名", "name", _own("name"), Kind.TEXT, "病例姓名 患者姓名"),
        column("sex", "性别", "sex", _in(vocabulary.SEXES, "sex")),
        column("age", "年龄", "age", _case_age, Kind.NUMBER, "周岁"),
        column("document_number", "证件号", "document number", _own("document_number"), Kind.EXACT,
               "证件号码 身份证号 身份证号码"),
        column("phone", "联系电话", "phone", _own("phone"), Kind.EXACT, "电话 联系方式 手机号"),
        column("township", "乡镇", "township", lambda row: row.near.part(row.it.area_path, TOWNSHIP_DIGITS), Kind.TEXT,
               "镇街 乡镇街道"),
        column("address", "现住址", "address", _own("address"), Kind.TEXT, "住址 地址"),
        column("workplace", "工作单位", "workplace", _own("workplace"), Kind.TEXT, "单位"),
        column("occupation", "职业", "occupation", _in(vocabulary.OCCUPATIONS, "occupation"), Kind.TEXT, "人群分类"),
        column("case_class", "病例分类", "class", _in(CASE_CLASSES, "case_class"), Kind.TEXT, "诊断类型 分类"),
        column("state", "状态", "state", _in(vocabulary.STATES, "state")),
        column("found_by", "发现途径", "found by", _in(vocabulary.FOUND_BY, "found_by"), Kind.TEXT, "发现方式"),
        column("onset_on", "发病日期", "onset", _own("onset_on"), Kind.DATE, "发病时间"),
        column("sampled_at", "首次阳性采样时间", "first positive sample", _own("first_positive_sampled_at"),
               Kind.MOMENT, "采样时间"),
        column("reported_at", "报告时间", "reported", _own("reported_at"), Kind.MOMENT, "报告日期"),
        column("confirmed_at", "确诊时间", "confirmed", _own("confirmed_at"), Kind.MOMENT, "诊断日期 确诊日期"),
        column("hospital", "收治医院", "hospital", _own("treated_at_hospital"), Kind.TEXT, "医院"),
        column("outcome", "转归", "outcome", _in(vocabulary.OUTCOMES, "outcome")),
    ),
)  # fmt: skip
