"""The closed lists that case work speaks in: those of the legal card, and those of an investigation.

Keys are stored, words are shown. The card's lists are those of the 传染病报告卡 (传染病信息报告管理规范, 2015
edition, its annex); the field's own codes follow the case questionnaires read for docs (domain §5.4).
"""

from collections.abc import Mapping

from fangxian.core.policy.occupations import OCCUPATIONS as CARD_OCCUPATIONS
from fangxian.core.refusal import Said

Words = Mapping[str, Said]

SEXES: Words = {"male": Said("男", "male"), "female": Said("女", "female")}

DOCUMENTS: Words = {
    "resident": Said("居民身份证", "resident identity card"),
    "residence_permit": Said("港澳台居民居住证", "residence permit of Hong Kong, Macao, Taiwan"),
    "permanent_residence": Said("外国人永久居留身份证", "permanent residence card of foreigners"),
    "travel_permit": Said("港澳台通行证", "travel permit of Hong Kong, Macao, Taiwan"),
    "passport": Said("护照", "passport"),
    "birth_certificate": Said("出生医学证明", "birth certificate"),
    "other": Said("其他证件", "another document"),
}

STATES: Words = {
    "reported": Said("已报告", "reported"),
    "held": Said("待复核", "held for a second test"),
    "confirmed": Said("已确认", "confirmed"),
    "in_treatment": Said("治疗中", "in treatment"),
    "excluded": Said("已排除", "excluded"),
    "closed": Said("已结案", "closed"),
}

OUTCOMES: Words = {
    "recovered": Said("痊愈", "recovered"),
    "died": Said("死亡", "died"),
    "transferred": Said("转往外地", "transferred elsewhere"),
}

FOUND: Words = {
    "positive": Said("阳性", "positive"),
    "negative": Said("阴性", "negative"),
    "unclear": Said("待定", "unclear"),
}

FOUND_BY: Words = {
    "clinic": Said("就诊发现", "seen at a clinic or hospital"),
    "screening": Said("核酸筛查", "in a screening round"),
    "contact": Said("密接管理中发现", "as a contact under management"),
    "checkpoint": Said("卡口查验", "at a checkpoint"),
    "key_group": Said("重点人群检测", "in the testing of priority groups"),
    "declared": Said("主动申报", "came forward"),
    "elsewhere": Said("外地协查", "told by another county"),
    "import": Said("名单导入", "from an imported list"),
    "other": Said("其他途径", "otherwise"),
}

RESIDENCES: Words = {
    "county": Said("本县区", "this county"),
    "city": Said("本市其他县区", "another county of this city"),
    "province": Said("本省其他地市", "another city of this province"),
    "country": Said("外省", "another province"),
    "hmt": Said("港澳台", "Hong Kong, Macao or Taiwan"),
    "abroad": Said("外籍", "foreigner"),
}

OCCUPATIONS: Words = {key: it.name for key, it in CARD_OCCUPATIONS.items()}
# Of these the card wants the unit as well: it is where others are exposed.
NEEDS_A_UNIT = frozenset(key for key, it in CARD_OCCUPATIONS.items() if it.needs_unit) | {"nursery"}

CASE_KINDS: Words = {
    "suspected": Said("疑似病例", "suspected case"),
    "clinical": Said("临床诊断病例", "clinical case"),
    "confirmed": Said("确诊病例", "confirmed case"),
    "carrier": Said("病原携带者", "carrier"),
    "positive": Said("阳性检测", "positive test"),
}

COURSES: Words = {
    "": Said("不适用", "does not apply"),
    "acute": Said("急性", "acute"),
    "chronic": Said("慢性", "chronic"),
    "unclassified": Said("未分型", "not told apart"),
}

CROWDS: Words = {
    "alone": Said("独自", "alone"),
    "few": Said("十人以下", "fewer than ten"),
    "tens": Said("十至五十人", "ten to fifty"),
    "many": Said("五十人以上", "more than fifty"),
}

VENTILATIONS: Words = {
    "open": Said("室外", "outdoors"),
    "windows": Said("开窗通风", "windows open"),
    "closed": Said("门窗关闭", "doors and windows shut"),
    "air": Said("集中空调", "central air conditioning"),
}

MASKS: Words = {
    "worn": Said("全程戴口罩", "mask worn throughout"),
    "partly": Said("部分时间戴口罩", "mask worn part of the time"),
    "none": Said("未戴口罩", "no mask"),
}

SETTINGS: Words = {
    "household": Said("家庭", "household"),
    "meal": Said("聚餐", "meal together"),
    "work": Said("同工作场所", "same workplace"),
    "school": Said("学校托幼", "school or nursery"),
    "transport": Said("同乘交通工具", "same vehicle"),
    "care": Said("就医陪护", "care and hospital"),
    "public": Said("公共场所", "public place"),
    "object": Said("物品环境", "objects and surfaces"),
    "elsewhere_setting": Said("外地感染", "infected elsewhere"),
    "unknown_setting": Said("感染场所不明", "setting not known"),
}

CERTAINTIES: Words = {
    "proved": Said("确定", "proved"),
    "likely": Said("很可能", "likely"),
    "possible": Said("可能", "possible"),
}
