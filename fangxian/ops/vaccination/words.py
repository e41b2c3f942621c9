"""The words of the vaccination room, wherever they are said."""

from typing import Final

from fangxian.core.refusal import Said

PRODUCTS: Final = {
    "inactivated": Said("灭活疫苗", "inactivated"),
    "adenovirus": Said("腺病毒载体疫苗", "adenovirus vector"),
    "subunit": Said("重组亚单位疫苗", "recombinant subunit"),
    "other": Said("其他或不清楚", "other, or not known"),
}
SOURCES: Final = {
    "card": Said("看过接种证或接种码", "a card or code was seen"),
    "own": Said("本人自述", "their own word"),
    "authority": Said("卫健部门名单", "the health authority's list"),
}
KINDS: Final = {
    "declined": Said("不愿接种", "declines"),
    "contraindicated": Said("有禁忌，不能接种", "must not be vaccinated"),
    "deferred": Said("暂缓", "not now"),
}
REASONS: Final = {
    "own_wish": Said("本人不愿意", "does not want to"),
    "family": Said("家人不同意", "the family is against it"),
    "worried": Said("担心不良反应", "worried about side effects"),
    "allergy": Said("对疫苗成分过敏或曾严重过敏", "allergic, or was severely so"),
    "neurological": Said("未控制的癫痫等神经系统疾病", "uncontrolled epilepsy or the like"),
    "chronic": Said("未控制的严重慢性病", "a severe chronic illness out of control"),
    "acute": Said("正在发热或急性病", "a fever or acute illness"),
    "pregnant": Said("妊娠期", "pregnant"),
    "away": Said("人在外地", "not in the county"),
    "other": Said("其他", "other"),
}
STAGES: Final = {
    "none": Said("没有接种记录", "no dose known"),
    "begun": Said("未完成全程", "course not complete"),
    "full": Said("完成全程", "course complete"),
    "boosted": Said("已加强", "boosted"),
}
