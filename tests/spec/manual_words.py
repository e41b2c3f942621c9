"""The manual's words: bilingual column heads, and the names of what stands in the cells."""

from fangxian.core.policy.diff import shown
from fangxian.core.policy.rulebook import Measure

WHAT = {
    "evidence": "证据 evidence",
    "colour": "颜色 colour",
    "stale": "颜色，信息更新于 04-19 06:00 colour, knowledge of 04-19 06:00",
    "travel": "行程 travel",
    "door": "门岗 at the door",
    "stays": "停留 stays",
    "risks": "风险名单 risk list",
    "asked": "措施 measure",
    "contact": "管理 management",
    "leaving": "离境 leaving",
    "scans": "扫码 scans",
    "ties": "联系 ties",
    "rides": "乘车 rides",
    "case": "病例 case",
    "quarantined": "已隔离的密接 contacts in quarantine",
    "exposed": "提议 proposed",
    "met": "依据 evidence",
}

SECTIONS = {
    "periods": "疾病时期 Periods of the disease",
    "case_definitions": "病例定义 Case definitions",
    "specimens": "标本 Specimens",
    "contacts": "接触者 Contacts",
    "measures": "可采取的措施 Permitted measures",
    "evidence": "证据 Evidence",
    "colours": "健康码 Colours",
    "travel": "行程 Travel",
    "doors": "门岗 Doors",
    "together": "联合条件 Cross-terms",
    "exemptions": "豁免 Exemptions",
    "arrivals": "来返 Arrivals",
    "departures": "离境 Departures",
    "test_classes": "检测频次 Who is tested how often",
    "hygiene": "重点场所、环节 What is done how often at priority places and processes",
    "pools": "混检比例 How many share a tube",
    "clocks": "报告时限 Clocks",
    "ceilings": "上级允许的最严程度 Ceilings",
    "retention": "保存期限 Retention",
}

STRENGTHS = {
    "stated": "文中写明 stated",
    "found": "公开文件 found",
    "weak": "仅见转载 weak copy",
    "recalled": "凭记忆，未核 recalled",
    "inferred": "推断 inferred",
    "guess": "猜测，须由县里定 guess, a county must decide",
}

COLUMNS = {
    "kind": "种类 kind", "source": "提供者 source", "from": "自 from", "until": "至 until", "issuer": "出具 issuer",
    "presence": "到场 presence", "attributes": "属性 attributes", "about": "所指 about", "ruling": "裁定 ruling",
    "division": "区划 division", "disease": "病种 disease", "at": "时刻 at", "colour": "健康码 colour",
    "rules": "规则 rules", "local": "本县 local", "then": "之后 then", "aside": "不计 set aside",
    "state": "状态 state", "venue": "场所 venue", "travel": "行程 travel",
    "temperature": "体温 temperature", "permit": "通行证 permit", "status": "场所码 status",
    "knowledge": "信息距今 knowledge", "exempt": "豁免 exempt", "outcome": "结果 outcome", "place": "地方 place",
    "arrived": "到达 arrived", "stages": "阶段 stages", "tests": "检测 tests", "n_tests": "另测 further tests",
    "landing": "落地检 landing test", "undertaking": "承诺书 undertaking", "ring": "类别 ring",
    "exposed": "最后接触 exposed", "placed": "落实 placed", "key": "代号 key", "name": "名称 name", "low": "下限 low",
    "usual": "常用 usual", "high": "上限 high", "definition": "定义 definition", "case_class": "类别 class",
    "evidence": "证据 evidence", "lookback": "追溯 look-back", "day_zero": "第0天 day 0", "measure": "措施 measure",
    "sources": "提供者 sources", "longest": "最长 longest", "needs_ruling": "须裁定 needs a ruling",
    "pushed": "外地推送 pushed", "when": "条件 when", "anchor": "从何时算 counted from", "phases": "阶段 phases",
    "ended_by": "解除 ended by", "lasts": "时长 lasts", "input": "看什么 input", "values": "取值 values",
    "venues": "场所 venues", "except_venues": "除外 except", "ease": "难易 ease", "lifts": "免去 lifts",
    "risk": "风险 risk", "within": "期限 within", "requirement": "要求 requirement",
    "consecutive_test_days": "连续天数 consecutive days", "approvals": "审批 approvals",
    "when_risk": "目的地 destination", "ahead": "提前 ahead", "clock": "时钟 clock", "starts": "起 starts",
    "ends": "止 ends", "owner": "责任 owner", "on": "约束 limits", "subject": "对象 subject",
    "at_most_outcome": "最严结果 at most", "at_most_colour": "最严颜色 at most",
    "at_most_days": "最多天数 at most days",
    "at_most_central_days": "集中最多天数 at most central days", "what": "记录 records", "keep": "保存 keep",
    "venue_classes": "场所类别 classes of venues", "roles": "身份 roles", "n_days": "每几天 of each days",
    "n_test_days": "检测几天 days with a test", "required": "应检 required",
    "counted_from": "起算 counted from", "clause": "法律依据 clause", "test": "检测 test",
    "person": "人 person", "way": "进出 way", "case": "病例 case", "onset": "发病 onset", "tie": "联系 tie",
    "people": "人员 people", "seat": "座位（排-列） seat (row-column)", "contexts": "情形 contexts",
    "context": "情形 context", "sure": "确定（分钟） surely (min)", "likely": "估计（分钟） likely (min)",
    "possible": "可能（分钟） possibly (min)", "meetings": "次数 meetings", "last": "最后接触 last contact",
    "contact": "密接 contact", "quarantined": "隔离 quarantined", "tested": "已测阴性 tested negative",
    "leaves": "离开 leaves", "returns": "返回 returns", "met": "已满足 met", "open": "还可满足 open",
    "unmet": "不满足 unmet", "days": "哪几天 days", "earliest": "最早可走 earliest",
}  # fmt: skip

FIXED = {
    "green": "绿", "yellow": "黄", "red": "红", "unknown": "不明", "clear": "无风险", "risk": "有风险",
    "admit": "请进", "verify": "核验", "refuse": "不予进入", "none": "无", "staffed": "值守人员扫码",
    "rotating": "动态码", "located": "定位", "open": "正常", "closed": "停业", "suspended": "停用", "valid": "有效",
    "expired": "过期", "yes": "是", "True": "是", "central": "集中隔离", "home": "居家隔离", "monitoring": "健康监测",
    "community": "社区管理", "hospital": "医院", "scan": "扫码同场", "cell": "同一网格", "household": "同住",
    "class": "同班", "workroom": "同一工作间", "ward": "同病房", "seat_near": "邻座", "vehicle": "同车",
    "parcel": "同一快递", "out": "出",
}  # fmt: skip


class Words:
    """Names of a rulebook's own keys, beside the keys."""

    def __init__(self, rulebook):
        self.names = {kind.kind: kind.name.zh for kind in rulebook.evidence}
        self.names |= {ring.ring: ring.name.zh for ring in rulebook.contacts}
        for group in (rulebook.venue_classes, rulebook.risk_states, rulebook.exemptions):
            self.names |= {one.key: one.name.zh for one in group}

    def cell(self, column, text):
        """One cell of a spec table: our word, its Chinese before it."""
        if column in ("venue", "kind", "ring", "state", "exempt") and text in self.names:
            return f"{self.names[text]} {text}"
        if column in ("rules", "aside", "attributes", "from", "until", "at", "source", "tests"):
            return text
        return f"{FIXED[text]} {text}" if text in FIXED else text

    def value(self, name, value):
        """A field of a rule: lists with the names of what they hold."""
        if isinstance(value, Measure):
            return self._measure(value)
        if name in ("venues", "except_venues", "ended_by", "risk", "when_risk", "evidence"):
            words = value if isinstance(value, tuple) else (value,)
            return "、".join(self.names.get(word, "全部（急诊除外）" if word == "*" else word) for word in words)
        text = shown(value)
        return f"{FIXED[text]} {text}" if text in FIXED else text

    def _measure(self, measure):
        stages = [f"{FIXED.get(s.place.value, s.place.value)}{s.lasts_days}天" for s in measure.stages]
        tests = [f"第{'、'.join(map(str, measure.test_days))}天检测"] if measure.test_days else []
        more = [f"{shown(measure.tests_within)} 内另测{measure.n_tests}次"] if measure.n_tests else []
        papers = ["落地检"] * measure.landing_test + ["签承诺书"] * measure.undertaking
        return "，".join(stages + tests + more + papers) or "无"
