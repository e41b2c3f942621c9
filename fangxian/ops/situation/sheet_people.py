"""Sources of sheets about people: who has to be tested, who came, who left, who is still to be asked."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.utils.timezone import localtime

from fangxian.core.policy.cadence import cadence_said, lane_said
from fangxian.core.refusal import Said
from fangxian.ops.arrivals import queries as arrivals
from fangxian.ops.departures import queries as departures
from fangxian.ops.departures.words import PURPOSES, STANDS
from fangxian.ops.departures.words import TRANSPORTS as LEFT_BY
from fangxian.ops.movement.queries import sampling_days
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.areas import below
from fangxian.ops.risk_areas.wire import the_nation
from fangxian.ops.sheets.sources import Asked, Source, column
from fangxian.ops.sheets.wire import Kind

from .enquiries import to_ask_of
from .priority_people import LOOKED_BACK, PriorityPerson, cadence_rules, priority_people
from .priority_people import VIEW as SEE_HOUSEHOLDS
from .sheet_source import WHERE, WHO, Near, OfPerson, chunks, in_parts, persons_of, seen_by, whose

REVIEW = "movement.review"
DUE = {
    "late": Said("已逾期", "late"),
    "today": Said("今天到期", "due today"),
    "fine": Said("未到期", "not due yet"),
}
ARRIVAL_STATES = {
    "announced": Said("已报备，未到", "announced"),
    "landed": Said("已落地", "landed"),
    "cancelled": Said("已撤销", "cancelled"),
}
MEASURES = {
    "hospital": Said("住院隔离", "hospital"),
    "central": Said("集中隔离", "central quarantine"),
    "home": Said("居家隔离", "quarantine at home"),
    "monitoring": Said("居家健康监测", "monitoring at home"),
    "community": Said("社区管理", "the community's care"),
    "": Said("只需申报", "declaring only"),
}
CAME_BY = {
    "train": Said("火车", "train"),
    "flight": Said("飞机", "aircraft"),
    "coach": Said("客车", "coach"),
    "car": Said("自驾、出租车", "car or taxi"),
    "ship": Said("轮船", "ship"),
    "other": Said("其他", "other"),
}


def _priority(asked: Asked) -> Iterator[OfPerson]:
    rules, near = cadence_rules(asked.at), Near(asked.at)
    people = priority_people(asked.account, asked.at, rules=rules, area_path=asked.area_path)
    back_to = localtime(asked.at).date() - timedelta(days=int(LOOKED_BACK.value))
    for part in in_parts(iter(people)):
        ids = {it.person for it in part}
        persons, seen = persons_of(ids), seen_by(asked.account, ids)
        venues = dict(Venue.objects.filter(pk__in={it.venue for it in part}).order_by().values_list("pk", "name"))
        sampled = sampling_days(ids, back_to)
        for it in part:
            more = (venues.get(it.venue, ""), max(sampled.get(it.person, ()), default=None))
            yield OfPerson(it, persons.get(it.person), it.area_path, it.person in seen, near, more)


def _done(it: PriorityPerson) -> str:
    return f"{it.standing.n_done}/{it.rule.n_test_days}"


PRIORITY = Source(
    key="priority_people", said=Said("重点人员检测", "priority people and their tests"), permission=SEE_HOUSEHOLDS,
    rows=_priority, of_whom=whose,
    columns=(
        *WHO, *WHERE,
        column("venue", "工作单位", "works at", lambda row: row.more[0], Kind.TEXT, "单位 单位名称 所在单位 场所"),
        column("test_class", "人员类别", "class", lambda row: row.it.rule.name,
               Kind.TEXT, "类别 重点人员类别 人群分类"),
        column("cadence", "检测频次", "how often", lambda row: cadence_said(row.it.rule), Kind.TEXT,
               "几天几检 核酸检测频次 频次"),
        column("lane", "应检愿检", "lane", lambda row: lane_said(row.it.rule), Kind.TEXT, "应检尽检"),
        column("done", "已检天数", "days tested", lambda row: _done(row.it), Kind.TEXT, "已检次数 检测次数"),
        column("sampled_on", "最近采样日期", "last sampled", lambda row: row.more[1], Kind.DATE,
               "采样日期 最近一次核酸检测日期 核酸检测日期 末次采样日期 最近核酸时间"),
        column("due_on", "最迟采样日期", "test by", lambda row: row.it.standing.due_on, Kind.DATE,
               "应检日期 下次检测日期 最迟哪天检"),
        column("state", "状态", "state", lambda row: DUE[row.it.state], Kind.TEXT, "是否逾期 检测状态"),
        column("days_late", "逾期天数", "days late", lambda row: row.it.standing.n_days_late, Kind.NUMBER),
    ),
)  # fmt: skip


def _arrivals(asked: Asked) -> Iterator[OfPerson]:
    near = Near(asked.at)
    rows = arrivals.arrivals_for(asked.account).exclude(state=arrivals.STATES.CANCELLED).filter(below(asked.area_path))
    rows = rows.filter(arrives_at__gte=asked.begins_at, arrives_at__lt=asked.ends_at)
    for part in chunks(rows.order_by("arrives_at", "id")):
        ids = {it.person_id for it in part}
        persons, seen = persons_of(ids), seen_by(asked.account, ids)
        came_from = arrivals.origins_of([it.pk for it in part])
        nation = the_nation()
        for it in part:
            origin = "、".join(nation.path(code) or code for code in came_from.get(it.pk, ()))
            yield OfPerson(it, persons.get(it.person_id), it.area_path, it.person_id in seen, near, origin)


def _day(moment) -> date | None:
    return localtime(moment).date() if moment else None


def _last_day(row: OfPerson) -> date | None:
    return row.it.measure_ends_on - timedelta(days=1) if row.it.measure_ends_on else None


ARRIVALS = Source(
    key="arrivals", said=Said("来返人员", "arrivals"), permission=REVIEW, rows=_arrivals, n_days=1, of_whom=whose,
    columns=(
        *WHO, *WHERE,
        column("origin", "从哪里来", "from", lambda row: row.more, Kind.TEXT,
               "返回地 来源地 出发地 从何地返回 返乡地 外出地 途经地"),
        column("arrives_on", "返回日期", "arrival", lambda row: _day(row.it.arrives_at), Kind.DATE,
               "返乡日期 到达日期 返回时间 返乡时间 抵达日期"),
        column("arrives_at", "到达时间", "time of arrival", lambda row: row.it.arrives_at, Kind.MOMENT, "抵达时间"),
        column("state", "状态", "state", lambda row: ARRIVAL_STATES[row.it.state], Kind.TEXT, "是否落地"),
        column("measure", "管控措施", "measure", lambda row: MEASURES.get(row.it.measure), Kind.TEXT,
               "措施 管理措施 隔离方式 管控方式"),
        column("measure_until", "管控到哪天", "until", _last_day, Kind.DATE, "解除日期 管控结束日期 到期日期"),
        column("stays_at", "现住址", "stays at", lambda row: row.it.stays_at if row.is_seen else None, Kind.TEXT,
               "居住地 现居住地 落脚地"),
        column("reach_at", "本地电话", "phone here", lambda row: row.it.phone if row.is_seen else None, Kind.EXACT),
        column("declared_at", "申报时间", "declared", lambda row: row.it.declared_at, Kind.MOMENT, "报备时间"),
    ),
)  # fmt: skip


def _departures(asked: Asked) -> Iterator[OfPerson]:
    near, first = Near(asked.at), asked.last_on - timedelta(days=asked.n_days - 1)
    rows = departures.within(asked.account).filter(below(asked.area_path)).filter(
        Q(exited_at__gte=asked.begins_at, exited_at__lt=asked.ends_at)
        | Q(exited_at=None, leaves_on__gte=first, leaves_on__lte=asked.last_on)
    )  # fmt: skip
    for part in chunks(rows.order_by("leaves_on", "id")):
        going = list(departures.with_people(departures.within(asked.account).filter(pk__in=[it.pk for it in part])))
        of = {it.pk: it.people for it in going}
        ids = {who.person_id for people in of.values() for who in people}
        persons, seen = persons_of(ids), seen_by(asked.account, ids)
        for it in part:
            for who in of.get(it.pk, ()):
                yield OfPerson(it, persons.get(who.person_id), it.area_path, who.person_id in seen, near, who)


def _word(words, key: str):
    return words.get(key) if key else None


DEPARTURES = Source(
    key="departures", said=Said("离县人员", "departures"), permission=REVIEW, rows=_departures, n_days=1, of_whom=whose,
    columns=(
        *WHO, *WHERE,
        column("destination", "去哪里", "where to", lambda row: the_nation().path(row.it.destination), Kind.TEXT,
               "目的地 外出地 前往地"),
        column("purpose", "事由", "for", lambda row: _word(PURPOSES, row.it.purpose), Kind.TEXT, "外出事由 离县事由"),
        column("transport", "交通方式", "by", lambda row: _word(LEFT_BY, row.it.transport), Kind.TEXT, "交通工具"),
        column("vehicle", "车牌或车次", "vehicle", lambda row: row.it.vehicle if row.is_seen else None, Kind.TEXT,
               "车牌号 车次 航班号"),
        column("leaves_on", "离县日期", "leaving", lambda row: row.it.leaves_on,
               Kind.DATE, "外出日期 离开日期 出发日期"),
        column("exited_at", "离境时间", "left", lambda row: row.it.exited_at, Kind.MOMENT, "实际离县时间"),
        column("returns_on", "预计返回日期", "back on", lambda row: row.it.returns_on, Kind.DATE, "返回日期 预计返回"),
        column("returned_on", "实际返回日期", "came back", lambda row: _day(row.more.returned_at),
               Kind.DATE, "返县日期"),
        column("state", "状态", "state", lambda row: STANDS.get(row.it.state), Kind.TEXT, "审批状态"),
    ),
)  # fmt: skip


def _to_ask(asked: Asked) -> Iterator[OfPerson]:
    near, nation = Near(asked.at), the_nation()
    for part in chunks(to_ask_of(asked.account, asked.area_path)):
        ids = {it.person_id for it in part}
        persons, seen = persons_of(ids), seen_by(asked.account, ids)
        for it in part:
            where = nation.path(it.division_code) or it.division_code
            yield OfPerson(it, persons.get(it.person_id), it.area_path, it.person_id in seen, near, where)


TO_ASK = Source(
    key="to_ask", said=Said("待核实人员", "people still to be asked"), permission=REVIEW, rows=_to_ask, of_whom=whose,
    columns=(
        *WHO, *WHERE,
        column("asked_about", "核实地区", "where they may have been", lambda row: row.more, Kind.TEXT,
               "旅居史 旅居地 途经地 风险地区"),
        column("begins_on", "旅居起", "from", lambda row: row.it.begins_on, Kind.DATE, "旅居开始日期 到达日期"),
        column("ends_on", "旅居止", "until", lambda row: row.it.ends_on - timedelta(days=1), Kind.DATE,
               "旅居结束日期 离开日期"),
        column("urgency", "紧急程度", "urgency", lambda row: row.it.urgency, Kind.NUMBER, "级别"),
        column("n_tries", "已打电话次数", "calls nobody answered", lambda row: row.it.n_tries, Kind.NUMBER),
        column("opened_at", "下发时间", "opened", lambda row: row.it.opened_at, Kind.MOMENT, "推送时间"),
    ),
)  # fmt: skip
