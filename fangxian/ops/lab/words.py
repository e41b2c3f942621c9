"""The words of screening rounds: how far people, tubes and boxes are, reasons, and what does not go together."""

from typing import Final

from fangxian.core.refusal import Said

STATES: Final = {
    "prepared": Said("筹备中", "being prepared"),
    "open": Said("采样中", "open"),
    "closed": Said("已结束", "closed"),
}
CALLED_OFF: Final = Said("已撤销", "called off")
POOLS: Final = {
    1: Said("单采单检", "one a tube"),
    5: Said("5:1 混采", "5 a tube"),
    10: Said("10:1 混采", "10 a tube"),
    20: Said("20:1 混采", "20 a tube"),
}
STAGES: Final = {
    "due": Said("应采未采", "missing"),
    "refused": Said("不配合", "refused"),
    "exempt": Said("免采", "exempt"),
    "sampled": Said("已采，管未封", "sampled, tube open"),
    "tube": Said("已封管", "in a sealed tube"),
    "box": Said("已装箱", "in a box"),
    "transit": Said("转运中", "on the way"),
    "received": Said("实验室已接收", "received"),
    "resulted": Said("已出结果", "resulted"),
}
THINGS: Final = {
    "open": Said("未封", "open"),
    "sealed": Said("已封", "sealed"),
    "carried": Said("转运中", "on the way"),
    "received": Said("已接收", "received"),
    "void": Said("作废", "void"),
    "label": Said("旧条码", "another label"),
}
# What would change a tube or a box.
CHANGES: Final = {
    "unswab": Said("去掉一个人", "take somebody out"),
    "seal_tube": Said("封管", "seal the tube"),
    "box_tube": Said("装箱", "put it into a box"),
    "rename_tube": Said("换管的条码", "give the tube a new label"),
    "void_tube": Said("作废", "make it void"),
    "seal_box": Said("封箱", "seal the box"),
    "rename_box": Said("换箱的条码", "give the box a new label"),
}
# Why somebody is not sampled.
REASONS: Final = {
    "own_wish": Said("本人不愿意", "their own wish"),
    "away": Said("不在本县", "not in the county"),
    "quarantine": Said("集中隔离或住院", "in quarantine or hospital"),
    "moved": Said("已搬走", "moved away"),
    "dead": Said("已去世", "died"),
    "medical": Said("医学原因不能采", "cannot for medical reasons"),
    "elsewhere": Said("已在别处采样", "sampled elsewhere"),
    "twice": Said("名册重复", "twice on the roster"),
    "other": Said("其他原因", "another reason"),
}
# What does not go together, and what is to be done about it. What settles itself by the next upload is so no more.
DISCREPANCIES: Final = {
    "two_phones": (
        Said("一管在两台设备上采", "one tube on two devices"),
        Said(
            "两边记的人都在管里。核对实物管上的标签和人数；有错的改正，没错就写明。",
            "The people of both are in it. Compare with the tube itself; correct what is wrong, or say that it is "
            "right.",
        ),
    ),
    "over_full": (
        Said("管里的人多于规定", "more people than the tube is for"),
        Said(
            "请采样点核对：多记的去掉，真多采的写明并单独通知实验室。",
            "Ask the site: take out who was entered wrongly; if they are in it, say so and tell the laboratory.",
        ),
    ),
    "pool_too_big": (
        Said("混采比例大于本轮规定", "a tube for more people than this round allows"),
        Said(
            "核对管上的规格；按本轮的比例重采，或写明谁批准的。",
            "Check the tube's kind; sample again as this round asks, or say who allowed it.",
        ),
    ),
    "after_seal": (
        Said("封管后又有改动，没有写原因", "changed after sealing, without a reason"),
        Said(
            "问清经手人：补写原因重记一次，或写明按哪一边为准。",
            "Ask who did it: record it again with a reason, or say what counts.",
        ),
    ),
    "empty_tube": (
        Said("封了一根没有人的管", "a sealed tube with nobody in it"),
        Said(
            "找到这根管：没有用过就作废；采过人的补记是谁。",
            "Find the tube: void it if unused, else record who is in it.",
        ),
    ),
    "two_boxes": (
        Said("一管记在两个箱里", "one tube in two boxes"),
        Said(
            "开箱找到这根管，把它记进真正在的那个箱，并写原因。",
            "Find the tube and put it on record in the box it really is in, with the reason.",
        ),
    ),
    "label_taken": (
        Said("换上的条码已经有人用了", "the new label is in use already"),
        Said(
            "换条码没有生效。请再换一张没用过的条码。",
            "The change does not count. Put on a label that was never used.",
        ),
    ),
    "two_laboratories": (
        Said("一个箱两家实验室都签收了", "one box received by two laboratories"),
        Said("问两家实验室箱在谁手里，写明。", "Ask both which of them has the box, and say so."),
    ),
    "box_was_gone": (
        Said("箱交走以后，又把管记进这个箱", "a tube put into a box that was handed over before"),
        Said(
            "问采样点：箱送回来再用了，就换一张新箱码重记；管早在箱里，写明。箱里的人先不要算已接收。",
            "Ask the site. Was the box used again? Then give it a new barcode and record the tubes anew; were they in "
            "it before, say so. Do not take their people for received until then.",
        ),
    ),
    "not_sealed": (
        Said("没有封箱就交接了", "handed over without being sealed"),
        Said("请接收方点清箱里的管数，写明。", "Have whoever received it count the tubes, and say so."),
    ),
    "twice": (
        Said("一个人采了两次", "somebody sampled twice"),
        Said(
            "核对是不是扫错了人：扫错的去掉，并补记真正采的人；真采了两次就写明。",
            "Was the wrong person scanned? Then take them out and record who it was; if really sampled twice, say so.",
        ),
    ),
    "twice_in_an_hour": (
        Said("一个人一小时内在两个采样点采样", "somebody sampled at two sites within an hour"),
        Said(
            "多半有一处扫错了人，有人因此漏采。问两个采样点，改正错的一处。",
            "Most likely one site scanned the wrong person and somebody is missed: ask both and correct the wrong one.",
        ),
    ),
    "twice_other_round": (
        Said("一个人一小时内在另一轮的采样点也采了样", "somebody sampled at a site of another round within an hour"),
        Said(
            "多半有一处扫错了人，有人因此漏采。问两个采样点：扫错的去掉，并补记真正采的人；真采了两次就写明。",
            "Most likely one site scanned the wrong person and somebody is missed. Ask both: take out who was scanned "
            "wrongly and record who it was; if really sampled twice, say so.",
        ),
    ),
    "two_names": (
        Said("一个证件号，两个姓名", "one document number with two names"),
        Said(
            "两个人都在名册上、都在各自的管里。对照证件：号码输错的按本人补记，姓名写错的那一条先移出管，再按“名册重复”免采，并写明。",
            "Both stand on the roster and in their tubes. Compare with the document: if the number is wrong record it "
            "again for them; if the name is, take that one out of the tube and make them exempt as twice on the "
            "roster; then say so.",
        ),
    ),
    "into_void": (
        Said("采进了作废的管，没有算", "sampled into a void tube, which does not count"),
        Said(
            "这个人还是应采：换一根管重采，采了就自己消失。作废的管里的拭子不能送检。",
            "They are still missing: sample them into another tube, and this goes by itself. Nothing in a void tube is "
            "tested.",
        ),
    ),
    "two_sites": (
        Said("别的采样点的人往这根管里采样", "another site's people sampled into this tube"),
        Said(
            "记的人都在管里。多半有一处扫错了管：问两个采样点，按实物管改正，没错就写明。",
            "All of them are in it. Most likely one site scanned the wrong tube: ask both, correct it by the tube "
            "itself, or say that it is right.",
        ),
    ),
    "not_theirs": (
        Said(
            "别的采样点的人要改这根管或这个箱，没有算", "somebody of another site would change it; that does not count"
        ),
        Said(
            "管和箱没有变。真要改的，由它的采样点、统筹或实验室来记；扫错了的写明。",
            "It is as it was. If it must be changed, its own site, the planners or the laboratory record it; if the "
            "wrong one was scanned, say so.",
        ),
    ),
    "received_before": (
        Said("这个箱早已签收，还是头一次的为准", "received before; the first time stands"),
        Said("不用再签收。", "Nothing needs doing."),
    ),
    "handed_before": (
        Said("这个箱早已交给转运，还是头一次的为准", "handed over before; the first time stands"),
        Said("不用再交接。", "Nothing needs doing."),
    ),
    "clock_behind": (
        Said("设备的时钟慢了，说是开始以前做的", "a device's clock is behind: told as done before the round"),
        Said(
            "记录算数，时间从这一轮开始采样时算起。把那台设备的时钟校准，问清实际什么时候采的，写明。",
            "It counts, as done when the round was opened. Set that device's clock right, ask when the people were "
            "really sampled, and say so.",
        ),
    ),
    "late": (
        Said("结束以后才传来的记录", "came after closing"),
        Said(
            "记录留着，没有算。要算就重新开始这一轮；不用算的写明为什么。",
            "It is kept and does not count. Reopen the round and it will; or say why it need not.",
        ),
    ),
    "early": (
        Said("开始以前就传来的记录", "came before the round was opened"),
        Said(
            "记录留着。开始这一轮时，在这一轮时间以内做的就算。",
            "It is kept. When the round is opened, what was done within its time counts.",
        ),
    ),
    "refused": (
        Said("收到但不能算的记录", "a record that came and cannot count"),
        Said(
            "看原因；能改的在采样台补记一次，再写明。",
            "See the reason; record it again at the table where it can be, and say so.",
        ),
    ),
}
# Why a record that came does not count, shortly: by what was answered to the device, without `lab.` before it.
FAULTS: Final = {
    "round_not_open": Said("那时这一轮没有在采样", "the round was not open"),
    "came_after_closing": Said("传来时这一轮已经结束", "the round was over when it came"),
    "came_before_opening": Said("传来时这一轮还没有开始", "the round was not open yet when it came"),
    "done_before_the_round": Said("是在这一轮时间以前做的", "it was done before the round's time"),
    "person_is_anothers": Said("这个人是别处的", "the person is another place's"),
    "alias_is_anothers": Said("这个码是名册上另一个人的", "the code stands for somebody else on the roster"),
    "birth_wrong": Said("出生日期不对", "the date of birth is none"),
    "site_unknown": Said("没有这个采样点，或已撤", "no such site, or taken down"),
    "barcode_missing": Said("没有条码", "no barcode"),
    "barcode_misread": Said("条码里有空格，或 O、I、L 当成了数字", "a space in the barcode, or O, I, L for a digit"),
    "barcode_wrong": Said("不是管或箱的条码", "no barcode of a tube or box"),
    "barcode_is_other": Said("条码已用在别处", "the barcode is another thing's"),
    "event_kind_unknown": Said("服务器不认识这种记录", "a kind of record not known here"),
    "nobody_named": Said("没有说是谁", "it does not say whom"),
    "reason_wrong": Said("没有选原因", "no reason was chosen"),
    "words_missing": Said("没有写原因", "no reason was written"),
    "token_unknown": Said("不是本轮名册上的采样码", "no slip of this round"),
    "person_unclear": Said("证件号在册上是另一个姓名", "the document number has another name on the register"),
    "pool_of_pool": Said("扫到的是一根采样管", "a tube was scanned for a person"),
    "not_yours_to_do": Said("账号不能记这种事，或不在其地区", "the account may not record this, or not there"),
}
