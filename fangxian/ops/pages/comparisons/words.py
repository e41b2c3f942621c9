"""The words of the three comparisons."""

from fangxian.core.matching import outcomes
from fangxian.core.refusal import Said

OUTCOMES = {str(key): said for key, said in outcomes.OUTCOMES.items()}
ROLES = {str(key): said for key, said in outcomes.ROLES.items()}
EXPLAINED = {
    "not_found": Said("部门推送了，申报和网格都没有这个人", "a department pushed them; nobody else has them"),
    "not_declared": Said("网格或部门有，本人没有申报", "the grid or a department has them; they have not declared"),
    "missed_by_grid": Said("申报或部门有，网格没有排查到", "they declared or were pushed; the grid has not asked them"),
    "conflicting": Said("各来源都有，说法不一", "the sources have them and say different things"),
    "agree": Said("申报和网格说法一致", "declarations and grid say the same"),
}
SENDERS = {
    "arrivals": Said("本系统：落地申报", "this program: declared arrivals"),
    "enquiries": Said("本系统：网格核实", "this program: grid enquiries"),
    "people": Said("本系统：居民名册", "this program: register of residents"),
    "health": Said("卫健", "health"),
    "police": Said("公安", "police"),
    "transport": Said("交通运输", "transport"),
    "telecom": Said("通信", "telecom"),
    "township": Said("乡镇、网格", "townships and grids"),
    "other": Said("其他单位", "another unit"),
}
CONFLICTS = {
    "arrived_on": Said("到达日期", "day of arrival"),
    "origin": Said("来源地", "where from"),
    "area_path": Said("居住的村（社区）", "village or community"),
    "number": Said("证件号", "document number"),
}
VERDICTS_SAID = {
    "same": Said("同一人", "one person"),
    "different": Said("不是同一人", "two people"),
    "cannot_say": Said("说不准", "cannot say"),
}
SEXES = {1: Said("男", "male"), 2: Said("女", "female")}
DONE = {
    "opened": Said(
        "已建好。下一步：上传推送的清单，确认列名，再开始比对。",
        "It is open. Next: upload the lists pushed, confirm their columns, and compare.",
    ),
    "added": Said("列名已确认，下次比对时用上。", "The columns are confirmed; the next run uses the list."),
    "dropped": Said("已去掉这个来源，下次比对起不再用。", "The source is left out from the next run on."),
    "decided": Said(
        "已记下，结果和任务已跟着改；以后再遇到这样两种写法不会再问。",
        "Noted; findings and tasks follow. These two ways of being written are not asked about again.",
    ),
    "reopened": Said("已撤销，这一对重新等待判断。", "Taken back: the pair waits to be decided."),
}


def listed(words: dict[str, Said], keys: str) -> Said:
    """The words of keys with commas between."""
    said = [words[key] for key in keys.split(",") if key in words]
    return Said("、".join(it.zh for it in said), ", ".join(it.en for it in said))
