"""The words of the pages of risk areas."""

from fangxian.core.refusal import Said
from fangxian.core.risk_areas.listing import Level
from fangxian.ops.risk_areas.queries import RiskList, RiskSpan

LEVELS = {
    Level.HIGH.value: Said("高风险", "high"),
    Level.MEDIUM.value: Said("中风险", "medium"),
    Level.LOW.value: Said("低风险", "low"),
}
NATION = Said("全国", "the nation")
LEFT_OUT = Said(
    "最新名单没有列出，下一份仍没有才算解除", "left out of the newest list; over when the next one leaves it out too"
)
FORMS = {"feed": Said("国家服务", "national service"), "table": Said("表格", "table")}


def level_of(span: RiskSpan) -> Said:
    return LEVELS[span.level]


def county_of(span: RiskSpan) -> str:
    """Province, prefecture and county as the list has them; a municipality's name once."""
    names = span.area.listed_as
    parts = [names.province, names.city if names.city != names.province else "", names.county]
    return " ".join(part for part in parts if part)


def coverage_of(row: RiskList) -> Said:
    return Said(row.covers, row.covers) if row.covers else NATION
