"""What the pages of sheets say: after a deed, and of what may stand outside the table of a form."""

from fangxian.core.refusal import Said

DONE = {
    "confirmed": Said("各列已核对，这张表可以导出了。", "The columns are checked; the form can be filled in."),
    "again": Said("这份表格以前传过，没有重复保存。", "This file came before and was not kept twice."),
    "withdrawn": Said("已撤下，不能再导出。", "Withdrawn; it is not filled in any more."),
}
PLACEHOLDERS = (
    ("{{日期}}", Said("所选的最后一天，如 2022-04-14", "the last day chosen, such as 2022-04-14")),
    ("{{年月日}}", Said("同一天，写作 2022年4月14日", "the same day, the Chinese way")),
    ("{{起始日期}} {{截止日期}} {{天数}}", Said("所选日期的头、尾和天数", "first day, last day, number of days")),
    ("{{填报单位}}", Said("所选地区的名称", "the area chosen")),
    ("{{制表时间}}", Said("导出的时刻", "the moment it is taken out")),
)
