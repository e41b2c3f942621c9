"""What the cases room says no to, in words: each sentence once."""

from collections.abc import Iterable

from fangxian.core.refusal import Refusal, Said

from .vocabulary import STATES

SENTENCES = {
    "cases.onset_in_future": Said(
        "发病日期 {onset_on} 在今天（{today}）之后。发病日期应为今天或以前；请核对后改正。",
        "The onset date {onset_on} lies after today, {today}. It should be today or earlier: check and correct it.",
    ),
    "cases.onset_after_death": Said(
        "发病日期 {onset_on} 晚于死亡日期 {died_on}。发病应在死亡当日或以前；请核对这两个日期。",
        "The onset date {onset_on} is later than the date of death {died_on}. It should be that day or earlier: "
        "check both dates.",
    ),
    "cases.onset_before_birth": Said(
        "发病日期 {onset_on} 早于出生日期 {born_on}。发病应在出生之后；请核对这两个日期。",
        "The onset date {onset_on} is earlier than the date of birth {born_on}. It should be later: check both dates.",
    ),
    "cases.death_before_birth": Said(
        "死亡日期 {died_on} 早于出生日期 {born_on}。死亡应在出生之后；请核对这两个日期。",
        "The date of death {died_on} is earlier than the date of birth {born_on}. It should be later: check both "
        "dates.",
    ),
    "cases.death_in_future": Said(
        "死亡日期 {died_on} 在今天（{today}）之后。死亡日期应为今天或以前；请核对后改正。",
        "The date of death {died_on} lies after today, {today}. It should be today or earlier: check and correct it.",
    ),
    "cases.birth_in_future": Said(
        "出生日期 {born_on} 在今天（{today}）之后。出生日期应为今天或以前；请核对后改正。",
        "The date of birth {born_on} lies after today, {today}. It should be today or earlier: check and correct it.",
    ),
    "cases.sampled_in_future": Said(
        "采样时间 {sampled_at} 在现在（{now}）之后。采样应在现在以前；请核对后改正。",
        "The sampling time {sampled_at} lies after now, {now}. It should be earlier: check and correct it.",
    ),
    "cases.resulted_before_sampling": Said(
        "结果时间 {resulted_at} 早于采样时间 {sampled_at}。结果应在采样之后；请核对这两个时间。",
        "The result's time {resulted_at} is earlier than its sampling, {sampled_at}. It should be later: check both.",
    ),
    "cases.resulted_in_future": Said(
        "结果时间 {resulted_at} 在现在（{now}）之后。结果应在现在以前；请核对后改正。",
        "The result's time {resulted_at} lies after now, {now}. It should be earlier: check and correct it.",
    ),
    "cases.known_already": Said(
        "这个人同一病种已有未结案的病例 {number}（{state}）。同一次患病只立一个病例；请打开 {number} 继续办理，"
        "如确系再次患病，请先把它结案。",
        "This person has an open case of the same disease already, {number} ({state_en}). One illness is one case: "
        "open {number} and go on there; if it is a new illness, close that one first.",
    ),
    "cases.unknown": Said(
        "所选病例里有 {n_missing} 个不存在，或已按期清除。应为在册的病例；请刷新列表后再选。",
        "Of the chosen cases {n_missing} do not exist, or have been erased at their term. They should be on record: "
        "reload the list and choose again.",
    ),
    "cases.no_name": Said(
        "没有填写姓名。报告卡须有姓名，无名氏请写明发现地点；请补上。",
        "No name is given. A report needs one; for somebody without a name say where they were found. Add it.",
    ),
    "cases.not_a_choice": Said(
        "“{value}”不是{what_zh}里的一项。应从列表里选；请重新选择。",
        "“{value}” is none of the list for {what_en}. It should be one of them: choose again.",
    ),
    "cases.no_reason": Said(
        "没有写明理由。这一步须写明理由，以备查考；请补上。",
        "No reason is given. This step needs one, for whoever looks into it later: add it.",
    ),
    "cases.no_positive": Said(
        "病例 {number} 还没有阳性结果，不能列为待复核。待复核是指有一份阳性标本；请先登记检测结果。",
        "Case {number} has no positive result, so there is nothing to hold. A case is held on a positive specimen: "
        "enter the result first.",
    ),
    "cases.same_laboratory": Said(
        "病例 {number} 的阳性结果都出自同一实验室（{laboratory}），不能据此确认。单份阳性须由另一家实验室复核；"
        "请登记另一家的复核结果。",
        "All positive results of case {number} are from one laboratory ({laboratory}), which does not confirm it. A "
        "single positive is tested again by a second one: enter that laboratory's result.",
    ),
    "cases.retest_negative": Said(
        "病例 {number} 的复核结果（{laboratory}）不是阳性，不能确认。确认须有两家实验室的阳性；请排除，或再次采样"
        "复核。",
        "The second test of case {number} ({laboratory}) was not positive, so it cannot be confirmed. Two "
        "laboratories must find it positive: exclude the case, or sample once more.",
    ),
    "cases.died_without_date": Said(
        "病例 {number} 的转归是死亡，没有填写死亡日期。死亡须有日期；请补上。",
        "Case {number} is closed as died without a date of death. A death needs its date: add it.",
    ),
    "cases.outcome_before_onset": Said(
        "病例 {number} 的结案日期 {closed_on} 早于发病日期 {onset_on}。结案应在发病之后；请核对。",
        "Case {number} would close on {closed_on}, before its onset on {onset_on}. It should close later: check both.",
    ),
    "cases.stale": Said(
        "病例 {number} 在您打开之后已被别人改过（您看到第 {seen} 版，现在是第 {version} 版）。应以最新的为准；"
        "请重新打开，核对后再改。",
        "Somebody changed case {number} after you opened it (you saw version {seen}, it is now {version}). The newest "
        "counts: open it again, compare, and then change it.",
    ),
    "cases.infects_itself": Said(
        "传染来源和被传染的是同一个病例 {number}。应为两个不同的病例；请重新选择。",
        "Case {number} is named as infecting itself. It should be two different cases: choose again.",
    ),
    "cases.infection_circle": Said(
        "这样会绕成一圈：{circle}。一个人不能被自己传染的人再传染；请先删去其中一条关系。",
        "This would close a circle: {circle}. Nobody is infected by whom they infected: take one of these links away "
        "first.",
    ),
    "cases.link_between_diseases": Said(
        "{infector} 和 {infected} 不是同一种病。传播关系应在同一病种的病例之间；请核对编号后重新填写。",
        "{infector} and {infected} are cases of two diseases. Who infected whom is between cases of one: check the "
        "numbers and fill them in again.",
    ),
    "cases.merge_of_two_diseases": Said(
        "{one} 和 {other} 不是同一病种，不能并为一个。同一人可以患两种病，各为一例；请核对。",
        "{one} and {other} are of two diseases and cannot be one case. A person may have both, each a case: check.",
    ),
    "cases.merge_the_other_way": Said(
        "{other}（{state}）比 {one}（{state_one}）办得更靠后，没有合并。合并后以办得更靠后的一例为准；请打开 {other}，"
        "在那里把 {one} 并进去。",
        "{other} ({state_en}) is further on than {one} ({state_one_en}), so they were not merged. The one further on "
        "is the one that goes on: open {other} and merge {one} into it there.",
    ),
    "cases.merge_of_two_people": Said(
        "{one} 和 {other} 的{what}不同（{mine}，{theirs}），没有合并。同一个人应当一致；请先核对，把写错的一例更正，"
        "再合并。如果本来就是两个人，不要合并。",
        "{one} and {other} differ in {what_en} ({mine}, {theirs}), so they were not merged. Of one person they would "
        "agree: check, correct the one that is wrong, then merge. If these are two people, leave them apart.",
    ),
    "cases.merge_of_two_outcomes": Said(
        "{one} 和 {other} 都已结案，转归不同，没有合并。一次患病只有一个转归；请先核对两份病历。",
        "{one} and {other} are both closed with different outcomes, so they were not merged. One illness ends in one "
        "way: check both files first.",
    ),
    "cases.entry_elsewhere": Said(
        "这一段现在归另一个病例，没有存；可能两个病例在您打开之后合并了。应在那个病例里改；请刷新页面，从那里填。",
        "This stay belongs to another case now and was not saved; the two were perhaps merged after you opened the "
        "page. It should be changed there: reload, and fill it in there.",
    ),
    "cases.merged_already": Said(
        "{number} 已经并入另一病例。应对继续使用的那一例办理；请打开它指向的病例。",
        "{number} has been merged into another case. The one that goes on is to be worked on: open that one.",
    ),
    "cases.card_number_taken": Said(
        "卡片编号 {card_number} 已经用过，内容不同。一个编号只能有一张卡；请换一个编号，或作订正报告。",
        "The card number {card_number} is taken by a card that says something else. A number belongs to one card: "
        "give it another, or file a correction.",
    ),
    "cases.clock_not_begun": Said(
        "“{ends}”这一步还没有开始计时，前一步尚未完成。应按次序逐级报告；请先登记前一步。",
        "“{ends_en}” has not begun: the step before it is not done. Reports go up step by step: stamp that one first.",
    ),
    "cases.met_in_future": Said(
        "登记的完成时间 {met_at} 在现在（{now}）之后，或早于这一步开始的 {begins_at}。应在两者之间；请改正。",
        "The time given, {met_at}, lies after now ({now}) or before the step began ({begins_at}). It should be "
        "between: correct it.",
    ),
    "cases.question_unknown": Said(
        "问卷里没有“{question}”这一项。应为现行问卷的项目；请刷新页面后再填。",
        "The questionnaire has no question “{question}”. It should be one of the present one: reload the page.",
    ),
    "cases.too_long": Said(
        "“{what}”填了 {n} 个字。最多 {most} 个字；请删短，详情可另附文件。",
        "“{what}” has {n} characters. At most {most} fit: shorten it and attach the rest as a file.",
    ),
    "cases.ends_before_it_begins": Said(
        "结束时间 {ends_at} 不晚于开始时间 {begins_at}。结束应在开始之后；请核对这两个时间。",
        "It ends at {ends_at}, not after it begins at {begins_at}. It should end later: check both times.",
    ),
    "cases.stay_in_future": Said(
        "开始时间 {begins_at} 在现在（{now}）之后。这里记录已经去过的地方；请核对后改正。",
        "It begins at {begins_at}, after now ({now}). What is recorded here has happened: check and correct it.",
    ),
    "cases.stay_long_ago": Said(
        "这一段从 {begins_at} 开始，比发病（没有发病日期的按报告）的 {ill_on} 早 {days} 天，没有记下。"
        "活动轨迹应在发病前一年以内；多半是年份写错了，请核对后改正。",
        "It begins at {begins_at}, {days} days before onset (or, without one, the report) on {ill_on}, and was not "
        "saved. An itinerary goes back one year at most: the year is most likely mistyped, so check and correct it.",
    ),
    "cases.stay_too_long": Said(
        "这一段持续 {days} 天。一段最多 {most} 天，应按日分开填写；请核对日期。",
        "This stay lasts {days} days. One entry is at most {most} days; enter them day by day, and check the dates.",
    ),
    "cases.no_place": Said(
        "没有填写地点。活动记录须有地点，乘车的须有车次或车牌；请补上。",
        "No place is given. A stay needs its place, a ride its train, flight or plate: add it.",
    ),
}


def refusal(code: str, **facts: object) -> Refusal:
    said = SENTENCES[code]
    return Refusal(code, zh=said.zh, en=said.en, **facts)


def wrong_order(number: str, state: str, wanted: str, allowed: Iterable[str]) -> Refusal:
    """A step that does not follow from where a case stands."""
    names = [STATES[key] for key in allowed]
    return Refusal(
        "cases.wrong_order",
        zh="病例 {number} 现在是“{state}”，不能改为“{wanted}”。下一步可以是：{allowed}。请按次序办理。",
        en="Case {number} is {state_en} and cannot become {wanted_en}. What may follow: {allowed_en}. Go step by step.",
        number=number,
        state=STATES[state].zh,
        state_en=STATES[state].en,
        wanted=STATES[wanted].zh,
        wanted_en=STATES[wanted].en,
        allowed="、".join(name.zh for name in names) or "没有，已经终结",
        allowed_en=", ".join(name.en for name in names) or "nothing, it is over",
    )
