"""Why two rows are taken for one person, or are not: field by field, in words."""

from collections.abc import Mapping

from fangxian.core.matching.clusters import Why
from fangxian.core.matching.levels import FIELDS
from fangxian.core.refusal import Said

FIELD_NAMES = {
    "number": Said("证件号", "document number"),
    "name": Said("姓名", "name"),
    "born": Said("出生日期", "date of birth"),
    "sex": Said("性别", "sex"),
    "phone": Said("电话", "phone"),
    "address": Said("住址", "address"),
}
COMPARED = {
    ("number", "same"): Said("证件号相同", "the document numbers are the same"),
    ("number", "near"): Said(
        "证件号只差一两位，其中一个校验不通过，像是录错",
        "the document numbers differ in a figure or two, and one of them cannot be right: it looks mistyped",
    ),
    ("number", "unsound"): Said(
        "证件号不同，其中一个校验不通过", "the document numbers differ, and one of them cannot be right"
    ),
    ("number", "other"): Said("证件号不同，且都校验通过", "the document numbers differ, and both can be right"),
    ("name", "same"): Said("姓名相同", "the names are the same"),
    ("name", "sound"): Said("姓名同音", "the names sound the same"),
    ("name", "near"): Said("姓名只差一个字", "the names differ in one sign"),
    ("name", "masked"): Said("姓名与遮盖后的写法相符", "the name fits behind the mask of the other"),
    ("name", "other"): Said("姓名不同", "the names differ"),
    ("born", "same"): Said("出生日期相同", "the dates of birth are the same"),
    ("born", "near"): Said(
        "出生日期只差一位或日月颠倒", "the dates of birth differ in a figure, or have day and month exchanged"
    ),
    ("born", "year"): Said("出生年份相同（有一方没有日期）", "the years of birth are the same (one list has no day)"),
    ("born", "other"): Said("出生日期不同", "the dates of birth differ"),
    ("sex", "same"): Said("性别相同", "the sex is the same"),
    ("sex", "other"): Said("性别不同", "the sex differs"),
    ("phone", "same"): Said("电话相同（一家人常共用电话）", "the phones are the same (families share one)"),
    ("phone", "near"): Said("电话只差一位", "the phones differ in a figure"),
    ("phone", "other"): Said("电话不同", "the phones differ"),
    ("address", "home"): Said("同一户住址", "the same house or flat"),
    ("address", "unit"): Said(
        "同一村（社区），门牌不同或未写", "the same village or community, with another house or none"
    ),
    ("address", "township"): Said("同一乡镇", "the same township"),
    ("address", "other"): Said("住址不在一处", "the addresses lie apart"),
}
WHYS = {
    Why.UNSURE: Said("像是同一人，但把握不够", "likely one person, but not likely enough"),
    Why.CONTRADICTS: Said("很像同一人，但有相互矛盾之处", "much alike, yet something contradicts that they are one"),
    Why.RIVALS: Said("另有一人同样相像", "somebody else fits about as well"),
}
FOR_IT = {"same", "near", "sound", "masked", "year", "home", "unit", "township"}


def explain(levels: Mapping[str, str]) -> list[tuple[str, bool, Said]]:
    """Of each field that both rows have: its name, whether it speaks for one person, and how it compares."""
    told = [(field, levels[field]) for field in FIELDS if levels.get(field)]
    return [(field, level in FOR_IT, COMPARED[field, level]) for field, level in told]


def in_one_sentence(levels: Mapping[str, str]) -> Said:
    """The same as one line: what speaks for it, then what against."""
    told = explain(levels)
    for_it = [said for _, is_for, said in told if is_for]
    against = [said for _, is_for, said in told if not is_for]
    zh = "、".join(said.zh for said in for_it) or "没有相符之处"
    en = ", ".join(said.en for said in for_it) or "nothing fits"
    if against:
        zh += "；但" + "、".join(said.zh for said in against)
        en += "; but " + ", ".join(said.en for said in against)
    return Said(f"{zh}。", f"{en[:1].upper()}{en[1:]}.")
