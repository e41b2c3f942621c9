"""What the vaccination room refuses."""

from datetime import date

from fangxian.core.refusal import Refusal, Said


def dose_day(given_on: date, today: date) -> Refusal:
    return Refusal(
        "vaccination.dose_day",
        zh="接种日期写的是 {given}，没有登记。应在 2020-06-01 以后、今天（{today}）或以前，并晚于出生；请核对。",
        en="The dose is said to be of {given}, so it was not recorded. It should be after 2020-06-01 and the birth, "
        "and not after today ({today}): check the date.",
        given=given_on.isoformat(),
        today=today.isoformat(),
    )


def dose_contradicts(given_on: date, stands_on: date, source: Said) -> Refusal:
    return Refusal(
        "vaccination.dose_contradicts",
        zh="已有一针和这一针（{given}）对不上：已登记的是 {stands}，来源是{source}，没有覆盖。"
        "应以更可靠的来源为准；请核对接种证，错的那一针先在“接种”页作废，再登记。",
        en="A dose on record contradicts this one ({given}): it is of {stands}, from {source_en}, and was not "
        "overwritten. The better source counts: compare with the card, take the wrong one back on “Vaccination”, then "
        "record this one.",
        given=given_on.isoformat(),
        stands=stands_on.isoformat(),
        source=source.zh,
        source_en=source.en,
    )


def answered_by_another(kind: Said) -> Refusal:
    return Refusal(
        "vaccination.answered_by_another",
        zh="您取资料以后，别人已为这个人登记了（现在是：{kind}），和您记的不一样，没有覆盖。应以核对过的为准；"
        "请取最新资料，确认后再记一次。",
        en="Since you took the list along somebody else recorded this person ({kind_en}), and otherwise than you did; "
        "theirs was not overwritten. What is right is to be checked: fetch the newest list and record it again if need "
        "be.",
        kind=kind.zh,
        kind_en=kind.en,
    )


def reason_wrong() -> Refusal:
    return Refusal(
        "vaccination.reason_wrong",
        zh="没有选原因，或原因和“不接种、暂缓、禁忌”对不上，没有登记。请先选是哪一种，再选它下面的原因。",
        en="No reason was chosen, or one that does not go with declining, waiting or a contraindication, so nothing "
        "was recorded. Choose which it is, then one of its reasons.",
    )


def until_wrong(today: date) -> Refusal:
    return Refusal(
        "vaccination.until_wrong",
        zh="“以后再问”的日子应晚于今天（{today}），没有登记。请改一个日子，说不准就空着。",
        en="The day to ask again should be after today ({today}), so nothing was recorded. Give another day, or none "
        "if it is not known.",
        today=today.isoformat(),
    )


def dose_unknown() -> Refusal:
    return Refusal(
        "vaccination.unknown.not_found",
        zh="没有这一针，或已经作废，没有改动。应是这个人名下现行的一针；请刷新本页再选。",
        en="There is no such dose, or it was taken back already, so nothing changed. It should be one that stands for "
        "this person: open the page again.",
    )


def why_missing() -> Refusal:
    return Refusal(
        "vaccination.no_reason",
        zh="没有写为什么作废，没有改动。作废的一针要留下原因；请补一句，如“看错了年份”。",
        en="It does not say why the dose is taken back, so nothing changed. The reason stays on record: add a few "
        "words, such as “misread the year”.",
    )


def product_wrong(found: str) -> Refusal:
    return Refusal(
        "vaccination.product_wrong",
        zh="“{found}”不是能识别的疫苗种类，没有登记。应是灭活、腺病毒载体、重组亚单位或其他；请改好再传。",
        en="“{found}” is no kind of vaccine known here, so it was not recorded. It should be inactivated, adenovirus "
        "vector, recombinant subunit or other: correct it and send it again.",
        found=found[:20],
    )


def nobody() -> Refusal:
    return Refusal(
        "vaccination.nobody.not_found",
        zh="册上没有这个人，没有登记。应是在册的居民；请在“居民”里查到本人再登记。",
        en="There is no such person on the register, so nothing was recorded. It should be a resident on record: find "
        "them under “Residents” first.",
    )


def not_on_register() -> Refusal:
    return Refusal(
        "vaccination.not_on_register",
        zh="本县册上找不到这一行的人，没有收下。应写在册居民的证件号；没有证件号的，姓名和手机须与册上一致。"
        "请核对号码，或先把这个人登记在册。",
        en="Nobody on the county's register is meant by this row, so it was not taken. It should have the document "
        "number of a resident, or the name and phone as on record: check the number, or register the person first.",
    )


def other_name() -> Refusal:
    return Refusal(
        "vaccination.other_name",
        zh="这个证件号在册上是另一个姓名，没有收下。姓名和号码应是同一个人的；请对照证件核对后再传。",
        en="On the register this document number has another name, so the row was not taken. Both should be one "
        "person's: compare with the document and send it again.",
    )


def row_without_day() -> Refusal:
    return Refusal(
        "vaccination.row_without_day",
        zh="这一行没有一个接种日期，没有收下。每一行至少应有一针的日期；请补上再传。",
        en="This row has no day of any dose, so it was not taken. It should have the day of one dose at least: add it "
        "and send it again.",
    )


def no_day() -> Refusal:
    return Refusal(
        "vaccination.no_day",
        zh="没有一列被认作接种日期，没有开始导入。应有“接种日期”，或“第一针日期”等列；请在列名里选出来。",
        en="No column is said to hold the day of a dose, so nothing was imported. There should be one for the day "
        "given, or for the day of the first dose and so on: choose it among the columns.",
    )


def no_list() -> Refusal:
    return Refusal(
        "vaccination.list.not_found",
        zh="没有这份接种名单，或不在您的范围内。请从“接种名单”页的列表中选择。",
        en="There is no such list of doses, or it is not in your area. Choose one on the page of lists of doses.",
    )
