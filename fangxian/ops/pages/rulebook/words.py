"""What the keys of a rulebook are called for people. A key nobody has named here is shown as it is written."""

from collections.abc import Mapping
from datetime import timedelta
from enum import IntEnum

from fangxian.core.policy.door_layout import door_values
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.policy.vocabulary import Colour, Level, Outcome, Place, Strength, Transmission
from fangxian.core.refusal import Said

COLOURS = {
    Colour.GREEN: Said("绿码", "green"),
    Colour.YELLOW: Said("黄码", "yellow"),
    Colour.RED: Said("红码", "red"),
    Colour.UNKNOWN: Said("状态不明", "not known"),
}
# What a door does, as a mark: its shape and its word. "directed" is admitted, by another way.
OUTCOMES = {
    "refuse": ("red", Said("止步", "stop")),
    "verify": ("yellow", Said("核验", "verify")),
    "directed": ("green", Said("引导", "guided in")),
    "admit": ("green", Said("通行", "pass")),
}
STRENGTHS = {
    Strength.STATED: Said("县里原文写明", "stated by the county"),
    Strength.FOUND: Said("公开文件写明", "found in a public document"),
    Strength.WEAK: Said("仅见转载", "only a poor copy known"),
    Strength.RECALLED: Said("凭记忆，未核对", "recalled, not verified"),
    Strength.INFERRED: Said("由其他规定推断", "inferred from other rules"),
    Strength.GUESS: Said("没有出处，须由县里确定", "no source: the county must decide"),
}
PLACES = {
    Place.HOSPITAL: Said("住院治疗", "hospital"),
    Place.CENTRAL: Said("集中隔离", "central quarantine"),
    Place.HOME: Said("居家隔离", "quarantine at home"),
    Place.MONITORING: Said("健康监测", "health monitoring"),
    Place.COMMUNITY: Said("社区管理", "managed by the community"),
}
LEVELS = {
    Level.NATIONAL: Said("国家", "national"),
    Level.PROVINCE: Said("省", "province"),
    Level.CITY: Said("市", "city"),
    Level.COUNTY: Said("县", "county"),
}
TRANSMISSIONS = {
    Transmission.AIR: Said("空气、飞沫", "air, droplets"),
    Transmission.CONTACT: Said("接触", "contact"),
    Transmission.FOOD: Said("食物", "food"),
    Transmission.WATER: Said("水", "water"),
    Transmission.VECTOR: Said("虫媒", "vectors"),
    Transmission.ANIMAL: Said("动物", "animals"),
}
SECTIONS = {
    "": Said("规则本身", "the rulebook itself"),
    "periods": Said("病期", "the disease in time"),
    "case_definitions": Said("病例判定", "case definitions"),
    "specimens": Said("标本", "specimens"),
    "contacts": Said("接触者", "contacts"),
    "measures": Said("可下令的措施", "measures an order may turn on"),
    "evidence": Said("证据", "evidence"),
    "colours": Said("健康码", "colours"),
    "travel": Said("行程", "travel"),
    "doors": Said("门口", "doors"),
    "together": Said("门口的联合条件", "cross-terms at doors"),
    "exemptions": Said("门口的免查", "exemptions at doors"),
    "arrivals": Said("来返人员", "arrivals"),
    "departures": Said("离县", "departures"),
    "test_classes": Said("检测频次", "who is tested how often"),
    "hygiene": Said("重点场所、环节", "priority places and processes"),
    "pools": Said("混检比例", "how many share a tube"),
    "clocks": Said("报告时限", "reporting times"),
    "ceilings": Said("上级允许的最严程度", "ceilings set from above"),
    "retention": Said("保存期限", "retention"),
}
INPUTS = {
    "colour": Said("健康码", "Health code"),
    "travel": Said("行程", "Itinerary"),
    "test_age": Said("核酸", "Test"),
    "temperature": Said("体温", "Temperature"),
    "permit": Said("通行证", "Permit"),
    "presence": Said("怎么扫的", "How it was scanned"),
    "venue_status": Said("场所码", "Venue code"),
    "freshness": Said("门岗信息", "The door's knowledge"),
}
INPUT_VALUES: Mapping[str, Mapping[str, Said]] = {
    "colour": {colour.word: said for colour, said in COLOURS.items()},
    "travel": {
        "unknown": Said("不明", "not known"),
        "clear": Said("无风险", "no risk"),
        "risk": Said("有风险", "at risk"),
    },
    "permit": {
        "unknown": Said("不清楚有没有", "not known"),
        "valid": Said("有效", "valid"),
        "expired": Said("已过期", "run out"),
        "none": Said("没有", "none"),
    },
    "presence": {
        "none": Said("自己扫静态码", "a printed code, alone"),
        "staffed": Said("值守员扫", "by the keeper"),
        "rotating": Said("扫动态码", "a changing code"),
        "located": Said("扫码并定位", "with a position"),
    },
    "venue_status": {
        "unknown": Said("状态不明", "not known"),
        "open": Said("在用", "in use"),
        "suspended": Said("已停用", "suspended"),
        "closed": Said("已停业", "closed"),
    },
    "freshness": {
        "unknown": Said("不知多久没更新", "age not known"),
        "fresh": Said("及时", "up to date"),
        "stale": Said("已过期", "out of date"),
    },
}
# Values of attributes of evidence, and other short keys of rulebooks.
KEYS = {
    "confirmed": Said("确诊", "confirmed"),
    "asymptomatic": Said("无症状", "asymptomatic"),
    "suspected": Said("疑似", "suspected"),
    "clinical": Said("临床诊断", "clinical"),
    "cluster": Said("聚集性疫情", "cluster"),
    "closed": Said("封控区", "closed zone"),
    "controlled": Said("管控区", "controlled zone"),
    "central": Said("集中隔离", "central quarantine"),
    "home": Said("居家隔离", "quarantine at home"),
    "red": Said("红码", "red"),
    "yellow": Said("黄码", "yellow"),
    "positive": Said("阳性", "positive"),
    "grey": Said("灰区", "grey zone"),
    "single-target": Said("单靶标", "single target"),
    "star": Said("带星号", "with a star"),
    "clear": Said("不带星号", "without a star"),
    "hospital": Said("医疗机构", "hospital"),
    "laboratory": Said("检测实验室", "laboratory"),
    "cdc": Said("疾控中心", "CDC"),
    "investigator": Said("流调员", "investigator"),
    "archive": Said("扫码档案", "archive of scans"),
    "pushed-list": Said("上级或外地推送", "list pushed from elsewhere"),
    "declaration": Said("本人申报", "declaration"),
    "order": Said("命令", "order"),
    "grid-worker": Said("网格员", "grid worker"),
    "checkpoint": Said("卡口", "checkpoint"),
    "waybill": Said("运单", "waybill"),
    "school": Said("学校", "school"),
    "pharmacy": Said("药店", "pharmacy"),
    "quarantine-site": Said("隔离点", "quarantine site"),
    "ruling": Said("两人裁定", "ruling by two people"),
    "village": Said("村（社区）", "village or community"),
    "township": Said("乡镇", "township"),
    "county": Said("县指挥部", "county headquarters"),
    "incubation": Said("潜伏期", "incubation"),
    "look-back": Said("密接追溯期", "look-back for contacts"),
    "infectious-before": Said("发病前传染期", "infectious before onset"),
    "infectious-after": Said("发病后传染期", "infectious after onset"),
    "exclusion": Said("离校、离岗时间", "exclusion from school or work"),
    "scan": Said("场所扫码记录", "scans at venues"),
    "checkpoint-record": Said("卡口登记", "checkpoint records"),
    "symptom-report": Said("体温和症状", "temperatures and symptoms"),
    "log": Said("日志", "logs"),
    "contact-tracing": Said("流调资料", "contact tracing"),
    "scanned": Said("扫码之日", "the scan"),
    "recorded": Said("登记之日", "the record"),
    "episode-ended": Said("情况结束之日", "the end of the episode"),
    "written": Said("写入之日", "writing"),
    "last_exposure_on": Said("最后一次接触之日", "the day of last exposure"),
    "entered_on": Said("入境之日", "the day of entry"),
    "arrived_on": Said("到达之日", "the day of arrival"),
    "touched_on": Said("接触快递之日", "the day the parcel was touched"),
    "left_on": Said("离开之日", "the day of leaving"),
    "from": Said("证据生效时", "when the evidence begins"),
    "arrival": Said("到达之日", "the day of arrival"),
    "last_stay": Said("离开风险地区之日", "the last day of the stay"),
    "last_exposure": Said("最后一次接触之日", "the day of last exposure"),
    "placement": Said("入住之日", "the day of placement"),
    "sampled": Said("采样时间", "sampling"),
    "reported": Said("出结果时间", "the report"),
}
RETAINED = {"declaration": Said("出行申报", "declarations"), "closed": Said("办结之日", "closing")}
FIELDS = {
    "reason": Said("理由", "reason"),
    "advice": Said("怎么办", "advice"),
    "document": Said("依据文件", "document"),
    "begins_at": Said("生效", "begins"),
    "until_at": Said("失效", "ends"),
    "source": Said("出处", "source"),
    "strength": Said("出处可靠程度", "strength of the source"),
    "clause": Said("加严条款", "clause for being stricter"),
    "title": Said("标题", "title"),
    "legal_basis": Said("法律依据", "legal basis"),
    "ask": Said("有疑问请找", "whom to ask"),
    "utc_offset": Said("时区", "time zone"),
    "stale_after": Said("门岗信息多久算过期", "when a door's knowledge is out of date"),
    "tests_count_from": Said("核酸从何时起算", "tests count from"),
    "disease": Said("病种", "disease"),
    "test_bands": Said("核酸分档", "bands of test age"),
    "temperature_bands": Said("体温分档", "bands of temperature"),
    "venue_classes": Said("场所类别", "classes of venue"),
    "door_inputs": Said("门口另查的项目", "further inputs at doors"),
    "risk_states": Said("风险地区类别", "risk states"),
    "kind": Said("证据种类", "kind of evidence"),
    "evidence": Said("证据", "evidence"),
    "name": Said("名称", "name"),
    "sources": Said("谁可以提供", "who may give it"),
    "attributes": Said("属性", "attributes"),
    "presence": Said("到场佐证", "proof of presence"),
    "longest": Said("最长有效", "counts at most"),
    "needs_ruling": Said("须两人裁定", "needs a ruling by two"),
    "pushed": Said("外地推送", "pushed from elsewhere"),
    "when": Said("条件", "condition"),
    "anchor": Said("从何时起算", "counted from"),
    "phases": Said("各阶段的码", "colours in turn"),
    "ended_by": Said("怎么解除", "ended by"),
    "state": Said("行程状态", "travel state"),
    "lasts": Said("有效多久", "lasts"),
    "input": Said("查什么", "what is asked"),
    "values": Said("哪些情形", "values"),
    "venues": Said("场所", "venues"),
    "except_venues": Said("除外的场所", "venues left out"),
    "outcome": Said("处置", "outcome"),
    "ease": Said("多容易改变（1–9）", "how easily changed (1–9)"),
    "lifts": Said("免去的规则", "rules lifted"),
    "risk": Said("到过的地方", "where the stay was"),
    "within": Said("时限", "within"),
    "day_zero": Said("第 0 天", "day 0"),
    "measure": Said("措施", "measure"),
    "ring": Said("哪一圈", "ring"),
    "definition": Said("认定", "definition"),
    "lookback": Said("追溯", "look-back"),
    "requirement": Said("要求", "requirement"),
    "colour": Said("健康码", "colour"),
    "consecutive_test_days": Said("连续检测天数", "consecutive days of tests"),
    "approvals": Said("须经同意", "approved by"),
    "when_risk": Said("目的地", "destination"),
    "ahead": Said("提前", "ahead"),
    "clock": Said("时限种类", "clock"),
    "starts": Said("起", "starts"),
    "ends": Said("止", "ends"),
    "owner": Said("谁负责", "who answers"),
    "on": Said("限制哪一节", "limits"),
    "subject": Said("对象", "subject"),
    "at_most_outcome": Said("最严处置", "strictest outcome"),
    "at_most_colour": Said("最重的码", "gravest colour"),
    "at_most_days": Said("最多限制天数", "most days restricted"),
    "at_most_central_days": Said("最多集中隔离天数", "most days in central quarantine"),
    "what": Said("什么资料", "what"),
    "keep": Said("保存", "kept"),
    "counted_from": Said("从何时起算", "counted from"),
    "key": Said("代号", "key"),
    "low": Said("最短", "shortest"),
    "usual": Said("通常", "usual"),
    "high": Said("最长", "longest"),
    "case_class": Said("病例类别", "class of case"),
    "test": Said("检测", "test"),
}
UNLISTED = Said("规则没有列出的场所", "venues the rulebook does not list")


def key_said(key: str) -> Said:
    """A key's name, or the key itself."""
    return KEYS.get(key) or Said(key, key)


def input_said(key: str, rulebook: Rulebook | None = None) -> Said:
    """What an input of a door decision is called; the rulebook names those it declares itself."""
    own = next((one.name for one in rulebook.door_inputs if one.key == key), None) if rulebook else None
    return INPUTS.get(key) or own or key_said(key)


def input_values(rulebook: Rulebook) -> dict[str, dict[str, Said]]:
    """Every value of every input of a door decision, with its name, in stored order."""
    named = {name: dict(values) for name, values in INPUT_VALUES.items()}
    last = span_said(rulebook.test_bands[-1].up_to) if rulebook.test_bands else None
    older = Said(f"超过{last.zh}", f"more than {last.en}") if last else Said("有结果", "any result")
    named["test_age"] = {"none": Said("没有结果", "no result"), "older": older}
    named["test_age"] |= {band.key: band.name for band in rulebook.test_bands}
    named["temperature"] = {"not-taken": Said("没有测", "not taken")}
    named["temperature"] |= {band.key: band.name for band in rulebook.temperature_bands}
    return {
        name: {value: named.get(name, {}).get(value) or key_said(value) for value in values}
        for name, values in door_values(rulebook).items()
    }


def outcome_mark(outcome: Outcome) -> str:
    """The key of OUTCOMES for a reason of this outcome: to admit with a reason is to guide in."""
    return "directed" if outcome is Outcome.ADMIT else outcome.word


def span_said(span: timedelta, *, days: bool = False) -> Said:
    """A length for people: 30 分钟, 48 小时, 14 天. Up to three days it is hours, unless `days` are meant."""
    minutes = int(span / timedelta(minutes=1))
    if minutes % 60:
        return Said(f"{minutes} 分钟", _plural(minutes, "minute"))
    hours = minutes // 60
    if hours % 24 == 0 and (days or hours > 72 or not hours):
        return Said(f"{hours // 24} 天", _plural(hours // 24, "day"))
    return Said(f"{hours} 小时", _plural(hours, "hour"))


def _plural(n: int, unit: str) -> str:
    return f"{n} {unit}" if n == 1 else f"{n} {unit}s"


def days_said(n: int) -> Said:
    return span_said(timedelta(days=n), days=True)


def enum_said(value: object) -> Said:
    """A member of one of the policy room's enumerations."""
    for words in (COLOURS, STRENGTHS, PLACES, LEVELS, TRANSMISSIONS):
        if value in words and type(value) is type(next(iter(words))):
            return words[value]
    if isinstance(value, Outcome):
        return OUTCOMES[value.word][1]
    word = value.name.lower() if isinstance(value, IntEnum) else str(value)
    return key_said(word)
