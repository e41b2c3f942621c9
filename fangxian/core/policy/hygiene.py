"""Priority places and processes (重点场所、重点环节): what is done at them how often, and by when it is due again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from fangxian.core.policy.row import Row
from fangxian.core.refusal import Said

KINDS: Final[Mapping[str, Said]] = {
    "inspection": Said("检查", "inspection"),
    "disinfection": Said("消毒", "disinfection"),
    "sampling": Said("环境采样", "environmental sampling"),
}
# What a place is on the register as; a rulebook says for which of them what is asked.
VENUES: Final[Mapping[str, Said]] = {
    "cold-chain": Said("冷链食品经营单位、冷库", "cold chain food or cold store"),
    "market": Said("农贸市场", "market"),
    "supermarket": Said("商场、超市", "supermarket"),
    "pharmacy": Said("药店", "pharmacy"),
    "fever-clinic": Said("发热门诊、哨点诊室", "fever clinic"),
    "health-care": Said("医疗机构", "hospital or health centre"),
    "quarantine-site": Said("集中隔离点", "quarantine site"),
    "sampling-site": Said("核酸采样点", "sampling site"),
    "school": Said("学校、托幼机构", "school or kindergarten"),
    "care-home": Said("养老机构", "care home"),
    "courier-depot": Said("快递网点", "courier depot"),
    "station": Said("客运站、火车站", "bus or railway station"),
    "hotel": Said("宾馆", "hotel"),
    "catering": Said("餐饮单位", "restaurant"),
    "entertainment": Said("文化娱乐场所", "place of entertainment"),
    "worship": Said("宗教活动场所", "place of worship"),
    "other-venue": Said("其他重点场所", "other priority place"),
}
PROCESSES: Final[Mapping[str, Said]] = {
    "cold-chain-unloading": Said("冷链货物装卸、查验", "unloading of cold chain goods"),
    "imported-goods": Said("进口货物接收", "receiving imported goods"),
    "parcels": Said("邮件快件分拣投递", "sorting and handing out parcels"),
    "medical-waste": Said("医疗废物、隔离点垃圾收运", "waste of hospitals and quarantine sites"),
    "sewage": Said("污水处理", "sewage"),
    "transfer-vehicles": Said("转运车辆洗消", "cleaning of transfer vehicles"),
    "public-transport": Said("公交、客运车辆", "buses and coaches"),
    "shared-toilets": Said("公共卫生间、电梯等公用部位", "shared toilets and lifts"),
    "other-process": Said("其他重点环节", "other priority process"),
}
CLASSES: Final[Mapping[str, Said]] = {**VENUES, **PROCESSES}


@dataclass(frozen=True, slots=True, kw_only=True)
class HygieneRule(Row):
    """At places and processes of these classes (CLASSES) one kind of work is done `n_times` of each
    `n_days` days; `only_at_risk`: only while the county itself has a listed high- or medium-risk area."""

    kind: str
    classes: tuple[str, ...]
    n_days: int
    n_times: int
    only_at_risk: bool


@dataclass(frozen=True, slots=True)
class HygieneStanding:
    """How one place stands with one kind of work on one day.

    Attributes
    ----------
    last_on : the day it was last done; None: never
    due_on : the last day on which doing it keeps, or makes, the rule met; before today: overdue since then
    """

    last_on: date | None
    due_on: date
    today: date

    @property
    def state(self) -> str:
        """`late`, `today` (the last day in time) or `fine`."""
        left = (self.due_on - self.today).days
        return "late" if left < 0 else "today" if left == 0 else "fine"

    @property
    def n_days_late(self) -> int:
        return max(0, (self.today - self.due_on).days)


def hygiene_standing(
    rule: HygieneRule, latest: Sequence[date | None], *, belongs_since: date, today: date
) -> HygieneStanding:
    """Where a place stands under one rule. (days done, the latest first → standing)

    Of each `n_days` days on end, today's the last, it is to be done `n_times`; twice on one day counts twice. Where it
    was not done as often yet, the first `n_days` days are given for it; else it is late at the earliest since the rule
    began to ask, so that a rule that turns stricter asks at once, and a new edition of the same one forgives nothing.

    Parameters
    ----------
    latest : the days of at least the last `n_times` times it was done, latest first; None or fewer: not done as often
    belongs_since : the first day on which the rule asks it of the place
    """
    done = [day for day in latest if day is not None and day <= today]
    last_on = done[0] if done else None
    if len(done) < rule.n_times:
        return HygieneStanding(last_on, belongs_since + timedelta(days=rule.n_days - 1), today)
    return HygieneStanding(last_on, max(done[rule.n_times - 1] + timedelta(days=rule.n_days), belongs_since), today)


def strictest(rules: Iterable[HygieneRule], *, of_class: str, kind: str, at_risk: bool) -> HygieneRule | None:
    """The rule for one kind of work at places of one class: of those that apply, the one that asks for it oftenest.

    at_risk : whether the county itself has a listed high- or medium-risk area; some rules hold only then
    """
    asked = [it for it in rules if it.kind == kind and of_class in it.classes and (at_risk or not it.only_at_risk)]
    return max(asked, key=lambda it: (it.n_times / it.n_days, it.number), default=None)


def how_often_said(rule: HygieneRule) -> Said:
    """每天2次, 每7天1次."""
    times = {1: "once", 2: "twice"}.get(rule.n_times, f"{rule.n_times} times")
    if rule.n_days == 1:
        return Said(f"每天 {rule.n_times} 次", f"{times} a day")
    return Said(f"每 {rule.n_days} 天 {rule.n_times} 次", f"{times} every {rule.n_days} days")
