"""What the county's records say in words: kinds of area, relations, roles at a venue, venue classes, reasons."""

from fangxian.core.refusal import Said
from fangxian.ops.situation.county_file import county_file

AREA_KINDS = {
    "county": Said("县", "county"),
    "township": Said("乡镇", "township"),
    "village": Said("行政村", "village"),
    "community": Said("社区", "community"),
    "rural": Said("农村网格", "rural grid cell"),
    "dedicated": Said("专属网格", "dedicated grid cell"),
}
CELL_KINDS = AREA_KINDS | {"community": Said("社区网格", "community grid cell")}
SEXES = {"male": Said("男", "male"), "female": Said("女", "female")}
DOCUMENTS = {
    "resident_18": Said("居民身份证", "resident identity card"),
    "resident_15": Said("居民身份证（15 位）", "resident identity card, 15 digits"),
    "passport": Said("护照", "passport"),
    "other": Said("其他证件", "another document"),
}
RELATIONS = {
    "head": Said("户主", "head"),
    "spouse": Said("配偶", "spouse"),
    "child": Said("子女", "child"),
    "parent": Said("父母", "parent"),
    "grandchild": Said("孙子女", "grandchild"),
    "grandparent": Said("祖父母", "grandparent"),
}
ROLES = {
    "pupil": Said("学生、幼儿", "pupil"),
    "teacher": Said("教师", "teacher"),
    "school_support": Said("学校后勤", "school support"),
    "owner": Said("负责人", "owner"),
    "staff": Said("员工", "staff"),
    "clinician": Said("医务人员", "clinician"),
    "courier": Said("快递员", "courier"),
    "driver": Said("驾驶员", "driver"),
    "official": Said("工作人员", "official"),
    "keeper": Said("值守员", "door keeper"),
}
STAGES = {
    "kindergarten": Said("幼儿园", "kindergarten"),
    "primary": Said("小学", "primary"),
    "junior": Said("初中", "junior"),
    "senior": Said("高中", "senior"),
}
VENUE_STATUS = {
    "applied": Said("待核验", "to be verified"),
    "verified": Said("已核验", "verified"),
    "suspended": Said("已暂停", "suspended"),
    "closed": Said("已停用", "closed"),
}
REASONS = {
    "verify": Said("核对本人身份", "to check the person's identity"),
    "contact": Said("联系本人或家人", "to reach the person or the family"),
    "tracing": Said("流行病学调查", "for tracing"),
    "correct": Said("更正登记信息", "to correct the record"),
    "asked": Said("本人要求", "at the person's request"),
}
LOOKS = {
    "person_page": Said("打开档案（遮盖）", "opened the record, masked"),
    "household_page": Said("打开所在户（遮盖）", "opened the household, masked"),
    "carried_code": Said("家人替本人出示健康码", "somebody of the household showed the code"),
    "appeal_page": Said("办理申诉", "dealt with an appeal"),
    "parcels": Said("追查快递（遮盖）", "traced parcels, masked"),
    "grids": Said("在网格的居民列表里显示（遮盖）", "shown in a grid cell's list of people, masked"),
    "comparisons": Said("三比对（遮盖）", "looked at a comparison, masked"),
    "cases.case_page": Said("打开病例（遮盖）", "opened the case, masked"),
    "cases.case_shown": Said("流调：打开病例", "opened the case, to investigate it"),
    "cases.timeline_read": Said("流调：看活动轨迹", "read where the case was"),
    "cases.story_read": Said("流调：打印病例", "read the case's story"),
    "cases.interview_read": Said("流调：打开个案调查", "opened the interview"),
    "cases.listed": Said("病例列表里显示（遮盖）", "shown in a list of cases, masked"),
    "cases.reports_listed": Said("报告卡列表里显示（遮盖）", "shown in a list of report cards, masked"),
    "cases.report_read": Said("看报告卡", "read the report card"),
    "cases.report_exported": Said("导出报告卡", "took the report card's file"),
    "cases.report_printed": Said("打印报告卡", "printed the report card"),
    "merges.merge_page": Said("打开合并（遮盖）", "opened a merge, masked"),
    "contacts.contact_page": Said("打开接触者页面（遮盖）", "opened the contact's page, masked"),
    "arrivals.read": Said("看来返申报", "read a declaration of an arrival"),
    "arrivals.proposal_read": Said("核实亲友代报", "asked about an arrival that a relative told of"),
    "arrivals.printed": Said("打印来返回执或承诺书", "printed a receipt or an undertaking"),
    "enquiries.page": Said("核实到过哪里", "to ask where they were"),
    "returnees.page": Said("看返乡人员名单", "the list of returnees"),
    "rounds.people": Said("看筛查名单", "the list of people of a screening round"),
    "rounds.table": Said("在采样台采样", "sampling at a table"),
    "vaccination.page": Said("看接种名单", "the list of who is due a dose"),
    "contacts.follow_up_page": Said("随访", "for the daily follow-up"),
    "posts.looked_up": Said("值守点按后六位查认得的人（遮盖）", "looked up at a post by the last six signs, masked"),
    "posts.register": Said("值守点登记本", "on a post's register"),
    "field.roster": Said("采样点名册带到手机", "a site's roster, taken along on a phone"),
    "field.bundle": Said("带到外勤手机", "taken along on a phone in the field"),
    "contacts.taken_out": Said("导出接触者名单（全文）", "took the list of contacts out, in full"),
    "cases.exposure_page": Said("流调：查找接触者", "looked for the case's contacts"),
    "fevers.clinic_page": Said("发热门诊：排除发热（遮盖）", "cleared a fever at a clinic, masked"),
    "laboratory.result_page": Said("实验室：报告检测结果（遮盖）", "reported a laboratory result, masked"),
    "handover.package_page": Said("打开转出包（遮盖）", "opened a hand-over package, masked"),
    "rides.passengers_page": Said("打开同乘名单（遮盖）", "opened a list of passengers, masked"),
    "rides.passengers_taken_out": Said("取走不在册乘客名单（全文）", "took passengers on no register out, in full"),
    "handover.package_taken": Said("取走转出包文件（全文）", "took a hand-over package's file, in full"),
    "sources.evidence": Said("溯源：列为证据（只有编号）", "shown as evidence of a source, by number"),
    "transmission.export": Said("导出传播链（只有编号）", "took the transmission tree out, by number"),
    "ruling_page": Said("办理健康码裁定", "dealt with a ruling on the code"),
} | {
    f"{what}.{reason}": Said(f"{shown.zh}：{said.zh}", f"{shown.en} {said.en}")
    for what, shown in (
        ("person_shown", Said("看全文", "shown in full")),
        ("contacts.contact_shown", Said("看接触者全文", "shown in full as a contact")),
        ("parcels_shown", Said("追查快递看全文", "shown in full in a trace of parcels")),
        ("grids_shown", Said("在网格的居民列表里看全文", "shown in full in a grid cell's list of people")),
        ("comparisons_shown", Said("三比对看全文", "shown in full in a comparison")),
        ("household_shown", Said("看住址全文", "address shown in full")),
        ("addresses_shown", Said("看网格各户住址全文", "addresses of the grid cell shown in full")),
    )
    for reason, said in REASONS.items()
}


def word(words: dict[str, Said], key: str) -> Said:
    """What a key is called; the key itself where it has no words yet, so that nothing is hidden."""
    return words.get(key) or Said(key, key)


SHORT = {
    "zh": ("村委会", "居委会"),
    "en": (" Village Committee", " Residents' Committee", " Village", " Community", " Township", " Town"),
}


def short_name(name: Said) -> Said:
    """A unit's name without what it has in common with every other, for a map's label."""
    zh = next((name.zh.removesuffix(end) for end in SHORT["zh"] if name.zh.endswith(end)), name.zh)
    en = next((name.en.removesuffix(end) for end in SHORT["en"] if name.en.endswith(end)), name.en)
    return Said(zh or name.zh, en or name.en)


def look_in_words(why: str) -> Said:
    """What somebody did who looked at a record of the people room; `why` as it is logged."""
    return word(LOOKS, why.removeprefix("people."))


def trade(key: str) -> Said:
    """What a trade of venues is called, as the county's file has it."""
    return word(county_file().trades, key)


def place_name(place) -> Said:
    """The name of a division, a grid cell or a unit; an area of the situation has it said already."""
    return Said(place.name_zh, place.name_en) if hasattr(place, "name_zh") else place.name


def area_kind(place) -> Said:
    """What kind of area a division or a grid cell is."""
    return word(CELL_KINDS if len(place.area_path) == 15 else AREA_KINDS, place.kind)
