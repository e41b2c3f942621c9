"""Sources of sheets that are registers (台账): returnees, vaccination, priority places and processes."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from fangxian.core.policy.hygiene import CLASSES
from fangxian.core.policy.hygiene import KINDS as WORK
from fangxian.core.refusal import Said
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.hygiene.due import DueLine
from fangxian.ops.hygiene.queries import SEE as SEE_PLACES
from fangxian.ops.returnees.words import WHYS
from fangxian.ops.sheets.sources import Asked, Source, column
from fangxian.ops.sheets.wire import Kind
from fangxian.ops.vaccination.words import PRODUCTS, REASONS, STAGES

from .hygiene_due import hygiene_rules, lines_for
from .returnees import STATES_SAID, returnees
from .sheet_people import DUE, MEASURES, REVIEW
from .sheet_source import SEE_PEOPLE, WHERE, WHO, Near, OfPerson, in_parts, persons_of, seen_by, whose
from .vaccination import people_in, vaccinated


def _returnees(asked: Asked) -> Iterator[OfPerson]:
    own, near = tuple(areas_of(asked.account, REVIEW)), Near(asked.at)
    rows = (it for it in returnees(asked.area_path, asked.at) if it.area_path.startswith(own))
    for part in in_parts(rows):
        ids = {it.person for it in part}
        persons, seen = persons_of(ids), seen_by(asked.account, ids)
        for it in part:
            yield OfPerson(it, persons.get(it.person), it.area_path, it.person in seen, near)


def _last_day(row: OfPerson) -> date | None:
    return row.it.measure_ends_on - timedelta(days=1) if row.it.measure_ends_on else None


RETURNEES = Source(
    key="returnees", said=Said("返乡人员", "returnees"), permission=REVIEW, rows=_returnees, of_whom=whose,
    columns=(
        *WHO, *WHERE,
        column("from_place", "从哪里回来", "from", lambda row: row.it.from_place, Kind.TEXT,
               "返回地 外出地 务工地 就读地 来源地 从何地返回 返乡地"),
        column("why", "外出原因", "away for", lambda row: WHYS.get(row.it.why), Kind.TEXT, "外出事由 外出类别"),
        column("expected_on", "预计返回日期", "expected", lambda row: row.it.expected_on, Kind.DATE,
               "预计返乡日期 拟返乡日期 拟返乡时间 预计返乡时间"),
        column("arrived_on", "实际返回日期", "came back", lambda row: row.it.arrived_on, Kind.DATE,
               "返乡日期 返回日期 返乡时间 抵达日期 到达日期"),
        column("state", "状态", "state", lambda row: STATES_SAID[row.it.state], Kind.TEXT, "是否返乡 返乡情况"),
        column("measure", "管控措施", "measure", lambda row: MEASURES.get(row.it.measure) if row.it.measure else None,
               Kind.TEXT, "措施 管理措施 管控方式"),
        column("measure_until", "管控到哪天", "until", _last_day, Kind.DATE, "解除日期 管控结束日期 到期日期"),
        column("heard_at", "最近联系时间", "last heard of", lambda row: row.it.heard_at, Kind.MOMENT, "联系时间"),
    ),
)  # fmt: skip


def _vaccination(asked: Asked) -> Iterator[OfPerson]:
    own, near = tuple(areas_of(asked.account, SEE_PEOPLE)), Near(asked.at)
    ids = list(people_in(asked.area_path, at=asked.at).values_list("pk", "area_path"))
    for part in in_parts(pk for pk, path in ids if path.startswith(own)):
        persons = persons_of(part)
        found = vaccinated([persons[pk] for pk in part if pk in persons])
        for it in found:
            yield OfPerson(it, persons[it.person], it.area_path, True, near)


VACCINATION = Source(
    key="vaccination", said=Said("疫苗接种", "vaccination"), permission=SEE_PEOPLE, rows=_vaccination, of_whom=whose,
    columns=(
        *WHO, *WHERE,
        column("stage", "接种情况", "stands at", lambda row: STAGES.get(row.it.stage), Kind.TEXT, "接种状态 是否接种"),
        column("n_doses", "已接种剂次", "doses", lambda row: row.it.n_doses, Kind.NUMBER, "剂次 接种剂次 已打针数"),
        column("last_on", "最近接种日期", "last dose", lambda row: row.it.last_on, Kind.DATE, "接种日期 末次接种日期"),
        column("product", "疫苗种类", "vaccine", lambda row: PRODUCTS.get(row.it.last_product), Kind.TEXT,
               "疫苗名称 疫苗类型"),
        column("next_from", "下一剂可接种日期", "next from", lambda row: row.it.next_from, Kind.DATE, "应接种日期"),
        column("reason", "未接种原因", "why not", lambda row: REASONS.get(row.it.reason), Kind.TEXT, "禁忌症 原因"),
    ),
)  # fmt: skip


class OfPlace(NamedTuple):
    """A row about one kind of work at one place."""

    it: DueLine
    area_path: str
    near: Near


def _places(asked: Asked) -> Iterator[OfPlace]:
    near = Near(asked.at)
    for it in lines_for(asked.account, asked.at, rules=hygiene_rules(asked.at), area_path=asked.area_path):
        yield OfPlace(it, it.place.area_path, near)


PLACES = Source(
    key="priority_places", said=Said("重点场所、环节", "priority places and processes"), permission=SEE_PLACES,
    rows=_places,
    columns=(
        column("place_name", "场所名称", "place", lambda row: row.it.place.name, Kind.TEXT,
               "名称 单位名称 场所 环节名称 重点场所"),
        column("of_class", "类别", "class", lambda row: CLASSES.get(row.it.place.of_class), Kind.TEXT,
               "场所类别 场所类型 环节类别"),
        *WHERE,
        column("work", "工作内容", "work", lambda row: WORK[row.it.kind], Kind.TEXT, "检查内容 项目 工作类别"),
        column("last_on", "最近一次日期", "last done", lambda row: row.it.standing.last_on, Kind.DATE,
               "检查日期 消毒日期 采样日期 最近检查日期"),
        column("due_on", "最迟日期", "due", lambda row: row.it.standing.due_on, Kind.DATE, "应检查日期 到期日期"),
        column("state", "状态", "state", lambda row: DUE[row.it.standing.state], Kind.TEXT, "是否逾期"),
        column("days_late", "逾期天数", "days late", lambda row: row.it.standing.n_days_late, Kind.NUMBER),
    ),
)  # fmt: skip
