"""The rows of a rulebook file: which sections there are, and which fields a row of each must have.

The reader and the JSON Schema (spec/schemas/rulebook.schema.json) are both made from this list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fangxian.core.policy import kinds as k
from fangxian.core.policy import rulebook as rb
from fangxian.core.policy.hygiene import CLASSES as HYGIENE_CLASSES
from fangxian.core.policy.hygiene import KINDS as HYGIENE_KINDS
from fangxian.core.policy.hygiene import HygieneRule
from fangxian.core.policy.kinds import Kind
from fangxian.core.policy.vocabulary import (
    REACHES,
    RISK_LEVELS,
    Colour,
    Level,
    Outcome,
    Place,
    Presence,
    Strength,
    Transmission,
    Travel,
)

__all__ = ["HEADER", "SECTIONS", "TABLES", "Field", "Shape"]


@dataclass(frozen=True, slots=True)
class Field:
    """`name` in the file; `default` is used when it is left out, unless it is `required`."""

    name: str
    kind: Kind
    meaning: str
    required: bool = True
    default: Any = None
    attribute: str = ""  # our name, where the file's is another


@dataclass(frozen=True, slots=True)
class Shape:
    """One section. `numbered` rows also have `ROW_FIELDS`; `advised` ones must say what to do now."""

    name: str
    build: Callable[..., Any]
    fields: tuple[Field, ...]
    numbered: bool = True
    advised: bool = False

    @property
    def all_fields(self) -> tuple[Field, ...]:
        if not self.numbered:
            return self.fields
        advice = Field("advice", k.said, "现在该怎么做 what to do now", required=self.advised)
        return (*_ROW_FIELDS[:2], advice, *_ROW_FIELDS[2:], *self.fields)


def may(name: str, kind: Kind, meaning: str, default: Any = None, attribute: str = "") -> Field:
    return Field(name, kind, meaning, required=False, default=default, attribute=attribute)


_ROW_FIELDS = (
    Field("number", k.slug, "规则编号，全文唯一 number of the rule, once in the file"),
    Field("reason", k.said, "一句话说明 the sentence a person reads"),
    may("document", k.slug, "出自哪份文件（省略即本规则文件） key of its document", ""),
    may("from", k.moment, "何时起（省略即同全文） from when", attribute="begins_at"),
    may("until", k.moment, "何时止，不含 until when, exclusive", attribute="until_at"),
    Field("source", k.text, "依据出处 where it was read"),
    Field("strength", k.enum_of(Strength), "出处有多可靠 how well it is known"),
    may("clause", k.said, "严于上级时的法律依据 legal basis of a rule stricter than the level above"),
)

_NAMED = (Field("key", k.slug, "代号 key"), Field("name", k.said, "名称 name"))

_DOCUMENT = (
    Field("title", k.said, "文件标题 title"),
    Field("number", k.text, "文号 number of the document"),
    Field("issuer", k.said, "发文机关 issuer"),
    Field("level", k.enum_of(Level), "级别 level"),
    Field("division", k.slug, "行政区划代码 division code"),
)

_OUTCOME = k.enum_of(Outcome, "admit", also={"route": Outcome.ADMIT})
_COLOUR = k.enum_of(Colour, "unknown", "green")

_PHASE = k.table_of(rb.Phase, {"colour": _COLOUR}, {"lasts": k.span})
_STAGE = k.table_of(rb.Stage, {"place": k.enum_of(Place), "lasts_days": k.whole(1, 365)}, {})

_MEASURE = (
    may("stages", k.list_of(_STAGE), "依次的管理阶段 stages one after another", ()),
    may("test_days", k.list_of(k.whole(0, 365)), "第几天检测 days of tests", ()),
    may("n_tests", k.whole(0, 30), "另需检测次数 further tests", 0),
    may("tests_within", k.span, "上述检测的期限 within this time of arriving"),
    may("landing_test", k.truth, "落地检 test where one first sets foot", False),
    may("undertaking", k.truth, "签承诺书 an undertaking is signed", False),
)


def _with_measure(build: Callable[..., Any]) -> Callable[..., Any]:
    names = tuple(field.name for field in _MEASURE)

    def gathered(**values: Any) -> Any:
        measure = rb.Measure(**{name: values.pop(name) for name in names})
        return build(measure=measure, **values)

    return gathered


HEADER = (
    Field("format", k.whole(1, 1), "格式版本 version of this format"),
    Field("id", k.slug, "规则文件代号 key of the rulebook"),
    Field("version", k.whole(1, 9999), "第几版 version"),
    Field("n_rules", k.whole(0, 9999), "全文规则条数，防残缺 number of rules, so that a cut file is noticed"),
    Field("title", k.said, "标题 title"),
    Field("legal_basis", k.said, "法律依据 legal basis"),
    Field("ask", k.said, "有疑问找谁 whom to ask"),
    Field("from", k.moment, "何时起 in force from", attribute="begins_at"),
    Field("until", k.moment, "何时止，不含 until, exclusive", attribute="until_at"),
    Field("utc_offset", k.offset, "当地时差 local offset, for calendar days"),
    may("stale_after", k.span, "门岗信息多久算过期 after this a door's knowledge is stale"),
    may("tests_count_from", k.one_of("sampled", "reported"), "检测从何时算起 a test's age counts from", "sampled"),
)

TABLES = (
    Shape("document", rb.Document, _DOCUMENT, numbered=False),
    Shape(
        "disease",
        rb.Disease,
        (*_NAMED, Field("transmission", k.list_of(k.enum_of(Transmission), 1), "传播途径 ways of transmission")),
        numbered=False,
    ),
)

_WHEN = may("when", k.conditions, "还须符合的条件 further conditions", {})
_VENUES = (
    Field("venues", k.list_of(k.slug, 1), '哪些场所；"*" 不含急诊场所 venue classes; "*" leaves out emergency care'),
    may("except_venues", k.list_of(k.slug), "其中除外 except these", ()),
)
_EASE = k.whole(1, 9)
_PERIODS = ("incubation", "infectious-before", "infectious-after", "look-back", "exclusion", "serial-interval")
_CASE_CLASSES = ("suspected", "clinical", "confirmed", "asymptomatic", "cluster")

SECTIONS = (
    Shape("documents", rb.Document, (_NAMED[0], *_DOCUMENT), numbered=False),
    Shape(
        "periods",
        rb.DiseasePeriod,
        (
            Field(
                "key",
                k.one_of(*_PERIODS),
                "哪个时期 which period",
            ),
            Field("low", k.span, "下限 low"),
            Field("usual", k.span, "常用值 usual"),
            Field("high", k.span, "上限 high"),
        ),
    ),
    Shape(
        "case_definitions",
        rb.CaseDefinition,
        (
            Field("case_class", k.one_of(*_CASE_CLASSES), "类别 class"),
            Field("definition", k.said, "定义 definition"),
        ),
    ),
    Shape("specimens", rb.Specimen, (*_NAMED, Field("test", k.said, "检测方法 test"))),
    Shape(
        "contacts",
        _with_measure(rb.ContactRule),
        (
            Field("ring", k.slug, "哪一圈 ring"),
            Field("name", k.said, "名称 name"),
            Field("definition", k.said, "判定标准 who belongs to it"),
            may("evidence", k.slug, "确认后成为何种证据 evidence kind when confirmed", ""),
            Field("lookback", k.span, "向前追溯 look-back before onset"),
            Field("day_zero", k.one_of("last_exposure", "placement"), "第0天 day 0"),
            *_MEASURE,
        ),
        advised=True,
    ),
    Shape("measures", rb.PermittedMeasure, _NAMED),
    Shape(
        "evidence",
        rb.EvidenceKind,
        (
            Field("kind", k.slug, "证据种类 kind"),
            Field("name", k.said, "名称 name"),
            Field("sources", k.list_of(k.slug, 1), "谁可以提供 who may give it"),
            may("attributes", k.attributes, "属性及可用值 attributes and their values", {}),
            may("presence", k.list_of(k.enum_of(Presence, "none")), "需何种到场佐证 what must prove presence", ()),
            may("longest", k.span, "最长有效 ends by itself after"),
            may("needs_ruling", k.truth, "须两人裁定 needs a ruling by two people", False),
            may("pushed", k.truth, "外地推送，单独显示 pushed by another jurisdiction", False),
        ),
    ),
    Shape(
        "colours",
        rb.ColourRule,
        (
            Field("evidence", k.slug, "何种证据 evidence kind"),
            _WHEN,
            may("anchor", k.slug, '从何时算起："from" 或日期属性 counted from', "from"),
            Field("phases", k.list_of(_PHASE, 1), "依次的颜色 colours one after another"),
            may("ended_by", k.list_of(k.slug), "可被何种证据解除 evidence that ends it", ()),
        ),
        advised=True,
    ),
    Shape(
        "travel",
        rb.TravelRule,
        (
            Field("evidence", k.slug, "何种证据 evidence kind"),
            _WHEN,
            Field("state", k.enum_of(Travel, "unknown"), "行程状态 travel state"),
            Field("lasts", k.span, "有效多久 for how long"),
        ),
        advised=True,
    ),
    Shape("test_bands", rb.AgeBand, (*_NAMED, Field("up_to", k.span, "小于此时长 younger than")), numbered=False),
    Shape(
        "temperature_bands",
        rb.TemperatureBand,
        (*_NAMED, Field("from_c", k.decimal(0, 45), "从此体温（℃，含） from this temperature, inclusive")),
        numbered=False,
    ),
    Shape(
        "venue_classes",
        rb.VenueClass,
        (*_NAMED, may("emergency_care", k.truth, "提供急诊，永不拒绝 gives emergency care, never refuses", False)),
        numbered=False,
    ),
    Shape(
        "door_inputs",
        rb.DoorInput,
        (*_NAMED, Field("values", k.list_of(k.slug, 2), "可用值，第一个表示不知道 values, the first is not known")),
        numbered=False,
    ),
    Shape(
        "doors",
        rb.DoorRule,
        (
            Field("input", k.slug, "看什么 which input"),
            Field("values", k.list_of(k.slug, 1), "取何值时 at these values"),
            *_VENUES,
            Field("outcome", _OUTCOME, "引导/核验/不予进入 route, verify or refuse"),
            Field("ease", _EASE, "本人改变的难易，9最易 how easily the person can change it"),
        ),
        advised=True,
    ),
    Shape(
        "together",
        rb.TogetherRule,
        (
            Field("when", k.conditions, "同时符合 all of these"),
            *_VENUES,
            may("outcome", _OUTCOME, "增加的结果 outcome it adds"),
            may("ease", _EASE, "难易 ease", 5),
            may("lifts", k.list_of(k.slug), "免去哪几条 numbers of door rules it lifts", ()),
        ),
        advised=True,
    ),
    Shape(
        "exemptions",
        rb.Exemption,
        (*_NAMED, Field("lifts", k.list_of(k.slug, 1), "免去哪几条 numbers of door rules it lifts")),
    ),
    Shape(
        "risk_states",
        rb.RiskState,
        (
            *_NAMED,
            may("reach", k.one_of(*REACHES), "在名单所列地方周围多大范围 how far around a listed place it holds", ""),
            may("levels", k.list_of(k.one_of(*RISK_LEVELS)), "名单上的哪些等级 at which levels of the list", ()),
            may("by_hand", k.truth, "调度员也可指定区划 a dispatcher may also name divisions", False),
        ),
        numbered=False,
    ),
    Shape(
        "arrivals",
        _with_measure(rb.ArrivalRule),
        (
            Field("risk", k.list_of(k.slug, 1), "停留地的风险状态 risk states of the place"),
            Field("within", k.span, "到达前多久以内 within this time before arriving"),
            may("day_zero", k.one_of("arrival", "last_stay"), "第0天 day 0", "arrival"),
            *_MEASURE,
        ),
        advised=True,
    ),
    Shape(
        "departures",
        rb.DepartureRule,
        (
            Field("requirement", k.one_of("colour", "tests", "approval", "declaration"), "要求 requirement"),
            may("colour", k.enum_of(Colour, "unknown"), "健康码须为 colour it must be"),
            may("consecutive_test_days", k.whole(1, 14), "连续几天检测 tests on consecutive days", 0),
            may("approvals", k.list_of(k.one_of("village", "township", "county")), "逐级批准 approvals in order", ()),
            may("when_risk", k.list_of(k.slug), "目的地为何种风险时 only for these destinations", ()),
            may("ahead", k.span, "提前多久 how long ahead"),
        ),
        advised=True,
    ),
    Shape(
        "test_classes",
        rb.CadenceRule,
        (
            *_NAMED,
            Field("venue_classes", k.list_of(k.slug, 1), "在哪类场所 at venues of these classes"),
            may("roles", k.list_of(k.slug), "以何身份，空为全部 in these roles, empty: in any", ()),
            Field("n_days", k.whole(1, 30), "每几天 of each so many days"),
            Field("n_test_days", k.whole(1, 30), "检测几天（每天一次） on so many distinct days"),
            may("required", k.truth, "应检尽检，否则愿检尽检 required, else voluntary", True),
        ),
    ),
    Shape(
        "hygiene",
        HygieneRule,
        (
            Field("kind", k.one_of(*HYGIENE_KINDS), "做什么 what is done"),
            Field("classes", k.list_of(k.one_of(*HYGIENE_CLASSES), 1), "哪些重点场所、环节 at which places, processes"),
            Field("n_days", k.whole(1, 92), "每几天 of each so many days"),
            Field("n_times", k.whole(1, 6), "做几次 so many times"),
            may("only_at_risk", k.truth, "本县有中高风险区时才要求 only while the county has a risk area", False),
        ),
    ),
    Shape(
        "pools",
        rb.PoolRule,
        (
            may("levels", k.list_of(k.one_of(*RISK_LEVELS)), "那里有哪级风险区，空为没有 risk there, or none", ()),
            Field("largest", k.whole(1, 20), "最多几人一管 most people in a tube"),
        ),
    ),
    Shape(
        "clocks",
        rb.ReportClock,
        (
            Field("clock", k.slug, "代号 key"),
            Field("starts", k.said, "从何事算起 starts when"),
            Field("ends", k.said, "到何事为止 ends when"),
            Field("owner", k.said, "由谁负责 who owns it"),
            Field("within", k.span, "时限 within"),
        ),
    ),
    Shape(
        "ceilings",
        rb.Ceiling,
        (
            Field("on", k.one_of("doors", "colours", "arrivals", "contacts"), "约束哪一节 section it limits"),
            Field("subject", k.text, "约束对象 what it limits, such as travel=risk"),
            may("at_most_outcome", _OUTCOME, "最严的结果 strictest outcome"),
            may("at_most_colour", k.enum_of(Colour, "unknown"), "最严的颜色 strictest colour"),
            may("at_most_days", k.whole(0, 365), "最多几天 most days"),
            may("at_most_central_days", k.whole(0, 365), "其中集中隔离最多几天 most days in central quarantine"),
        ),
    ),
    Shape(
        "retention",
        rb.RetentionTerm,
        (
            Field("what", k.slug, "何种记录 which records"),
            Field("keep", k.span, "保存多久 kept for"),
            Field("counted_from", k.slug, "从何时算起 counted from"),
        ),
    ),
)
