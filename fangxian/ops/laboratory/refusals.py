"""What the laboratory room refuses."""

from collections.abc import Collection, Sequence
from datetime import datetime

from fangxian.core.laboratory.judging import Outcome
from fangxian.core.refusal import Refusal

from .words import OUTCOMES

SHOWN = 5


def no_laboratory() -> Refusal:
    return Refusal(
        "laboratory.not_found",
        zh="没有这家实验室，或已停用，没有办理。应是“实验室”页列出的一家；请从那里选。",
        en="There is no such laboratory, or it is used no more, so nothing was done. It should be one listed under "
        "“Laboratories”: choose there.",
    )


def laboratory_wrong(what: str, what_en: str) -> Refusal:
    return Refusal(
        "laboratory.laboratory_wrong",
        zh="{what}，没有添加。实验室应有未用过的名称，外单位还应有每天能做的管数；请补好再提交。",
        en="{what_en}, so it was not added. A laboratory needs a name of its own, and an outside one how many tubes a "
        "day it takes: complete it.",
        what=what,
        what_en=what_en,
    )


def takes_no_more(name: str, n: int, free: int) -> Refusal:
    return Refusal(
        "laboratory.takes_no_more",
        zh="给“{name}”填了每天 {n} 管，没有记下。它对这一轮每天最多还能做 {free} 管（约定的减去别的轮次已用的），"
        "路上最多一天。请改小，或先在“各实验室”改约定的管数。",
        en="“{name}” was given {n} tubes a day, and nothing was recorded. For this round it takes {free} a day at most "
        "(as agreed, less what other rounds send), on the road for a day at most. Give fewer, or change what is agreed "
        "under “Laboratories” first.",
        name=name,
        n=n,
        free=free,
    )


def tubes_wait_there(name: str, n: int) -> Refusal:
    return Refusal(
        "laboratory.tubes_wait_there",
        zh="“{name}”还有 {n} 管等着上板或在板上，没有停用。停用的实验室里不应再有管；请先做完，或外送。",
        en="“{name}” still has {n} tubes that wait for a plate or stand on one, so it was not closed. A laboratory "
        "that is closed should hold none: test them first, or send them out.",
        name=name,
        n=n,
    )


def instrument_wrong(what: str, what_en: str) -> Refusal:
    return Refusal(
        "laboratory.instrument_wrong",
        zh="{what}，没有添加。仪器应有本实验室里未用过的名称、32 或 96 孔、每批分钟数；请补好再提交。",
        en="{what_en}, so it was not added. An instrument needs a name of its own in the laboratory, 32 or 96 wells "
        "and the minutes of a run: complete it.",
        what=what,
        what_en=what_en,
    )


def no_instrument() -> Refusal:
    return Refusal(
        "laboratory.instrument_not_found",
        zh="没有这台仪器，或已撤走，没有办理。应是本实验室列出的一台；请重新选。",
        en="There is no such instrument, or it was taken away, so nothing was done. It should be one listed in the "
        "laboratory: choose again.",
    )


def instrument_busy(name: str) -> Refusal:
    return Refusal(
        "laboratory.instrument_busy",
        zh="“{name}”正在运行一块板，没有办理。一台仪器一次只做一块；请先结束那一批，或换一台。",
        en="“{name}” is running a plate, so nothing was done. It does one at a time: end that run first, or take "
        "another instrument.",
        name=name,
    )


def instrument_stopped(name: str, why: str) -> Refusal:
    return Refusal(
        "laboratory.instrument_stopped",
        zh="“{name}”已停机（{why}），没有开始。应是能用的仪器；请换一台，或修好后先恢复。",
        en="“{name}” is out of order ({why}), so the run was not begun. It should be one that works: take another, or "
        "set it going again once it is mended.",
        name=name,
        why=why or "—",
    )


def too_few_wells(name: str, n_wells: int, plate_wells: int) -> Refusal:
    return Refusal(
        "laboratory.plate_does_not_fit",
        zh="“{name}”只有 {n_wells} 孔，放不下 {plate_wells} 孔的板。应用孔数够的仪器；请换一台。",
        en="“{name}” has {n_wells} wells only, and the plate has {plate_wells}. The instrument should hold it: take "
        "another.",
        name=name,
        n_wells=n_wells,
        plate_wells=plate_wells,
    )


def no_plate() -> Refusal:
    return Refusal(
        "laboratory.plate_not_found",
        zh="没有这块板，没有办理。应是“布板”页列出的一块；请从那里打开。",
        en="There is no such plate, so nothing was done. It should be one listed under “Plates”: open it from there.",
    )


def plate_step(state_zh: str, state_en: str) -> Refusal:
    return Refusal(
        "laboratory.plate_not_at_this_step",
        zh="这块板现在是“{state_zh}”，不能这样办。顺序应是布板、提取、扩增、出结果；请刷新后再看。",
        en="The plate is “{state_en}”, and this cannot be done now. The order is laid out, extracted, amplified, read: "
        "load the page again.",
        state_zh=state_zh,
        state_en=state_en,
    )


def nothing_to_lay() -> Refusal:
    return Refusal(
        "laboratory.nothing_to_lay",
        zh="没有等着上板的管，没有布板。应有已接收、还没有结果的管；请先接收箱子，或扫描管上的条码。",
        en="No tube waits for a plate, so none was laid. There should be tubes that were received and have no result: "
        "receive a box first, or scan the tubes.",
    )


def not_for_a_plate(barcode: str, why: str, why_en: str) -> Refusal:
    return Refusal(
        "laboratory.tube_not_for_a_plate",
        zh="试管“{barcode}”{why}，没有布板。应是已接收、没有作废、还没有结果、不在别的板上的管；请去掉它再布板。",
        en="The tube “{barcode}” {why_en}, so the plate was not laid. It should have been received, be sound, have no "
        "result and stand on no other plate: leave it out.",
        barcode=barcode,
        why=why,
        why_en=why_en,
    )


def no_reason() -> Refusal:
    return Refusal(
        "laboratory.not_said_why",
        zh="没有写原因，没有办理。停机、中断、作废都应写明为什么；请填写后再办。",
        en="No reason was given, so nothing was done. Stopping an instrument, breaking a run off and giving a plate up "
        "each need one: say why.",
    )


def nothing_to_send() -> Refusal:
    return Refusal(
        "laboratory.nothing_to_send",
        zh="选的箱里没有可以外送的管，没有外送。应是还没有结果、没有上板、没有外送的管；请另选箱子。",
        en="The boxes chosen hold no tube that can be sent out, so none was. They should have no result, stand on no "
        "plate and be sent nowhere yet: choose other boxes.",
    )


def no_consignment() -> Refusal:
    return Refusal(
        "laboratory.consignment_not_found",
        zh="没有这批外送，没有办理。应是“外送”页列出的一批；请从那里打开。",
        en="There is no such consignment, so nothing was done. It should be one under “Sent out”: open it there.",
    )


def no_file() -> Refusal:
    return Refusal(
        "laboratory.file_not_found",
        zh="没有这个结果文件，没有办理。应是“结果文件”页列出的一份；请从那里打开。",
        en="There is no such file of results, so nothing was done. It should be one under “Result files”.",
    )


def which_round() -> Refusal:
    return Refusal(
        "laboratory.round_unclear",
        zh="不知道这个箱是哪一轮的，没有签收。应是正在采样的一轮；请选一轮再签收。",
        en="It is not clear which round the box is of, so it was not received. It should be an open one: choose it.",
    )


def no_batch() -> Refusal:
    return Refusal(
        "laboratory.batch_not_found",
        zh="没有这批结果，没有办理。应是“复核发布”页列出的一批；请从那里打开。",
        en="There is no such lot of results, so nothing was done. It should be one under “Review”: open it there.",
    )


def no_result() -> Refusal:
    return Refusal(
        "laboratory.result_not_found",
        zh="没有这条结果，没有办理。应是这一批里的结果；请刷新后再选。",
        en="There is no such result, so nothing was done. It should be one of the lot shown: load the page again.",
    )


def nothing_chosen() -> Refusal:
    return Refusal(
        "laboratory.no_results_chosen",
        zh="没有可以办理的结果，什么也没有改。应至少有一条待发布的结果；请刷新后再看，可能别人刚办过。",
        en="There is no result to deal with, so nothing changed. At least one should wait to be released: load the "
        "page again, somebody else may just have done it.",
    )


def same_run_differs(outcome: Outcome, known: Outcome, measured_at: datetime) -> Refusal:
    return Refusal(
        "laboratory.two_results_of_a_run",
        zh="这一管在同一次检测（{measured_at:%m-%d %H:%M}）已录为“{known_zh}”，这次是“{found_zh}”，没有收。"
        "一次检测应只有一个结果；请核对哪个文件对，退回错的再录。",
        en="Of the same run ({measured_at:%m-%d %H:%M}) this tube is on record as “{known_en}”; now it says "
        "“{found_en}”, which was not taken. A run has one result: see which is right, and send the wrong one back.",
        measured_at=measured_at,
        known_zh=OUTCOMES[known].zh,
        known_en=OUTCOMES[known].en,
        found_zh=OUTCOMES[outcome].zh,
        found_en=OUTCOMES[outcome].en,
    )


def results_disagree(barcodes: Sequence[str]) -> Refusal:
    return Refusal(
        "laboratory.results_disagree",
        zh="有 {n} 管还有另一条未发布、不一致的结果（{tubes}），没有发布。"
        "一管应先定下哪条对；请退回错的一条，再发布其余。",
        en="Of {n} tubes another result waits that says otherwise ({tubes}), so nothing was released. Decide first "
        "which is right: send the wrong one back, then release the rest.",
        n=len(barcodes),
        tubes=_some(barcodes),
    )


def measured_in_future(measured_at: datetime, at: datetime) -> Refusal:
    return Refusal(
        "laboratory.measured_in_future",
        zh="检测时间 {measured_at:%Y-%m-%d %H:%M} 晚于现在（{at:%m-%d %H:%M}），没有录入。应是检测结束的时间；请改正。",
        en="The results are said to be measured at {measured_at:%Y-%m-%d %H:%M}, later than now ({at:%m-%d %H:%M}), so "
        "none was entered. It should be when the run ended: correct it.",
        measured_at=measured_at,
        at=at,
    )


def not_all_typed(n_missing: int) -> Refusal:
    return Refusal(
        "laboratory.results_missing",
        zh="还有 {n} 管没有填结果，没有录入。一次应填完这块板的每一管；请补上。",
        en="{n} tubes have no result yet, so none was entered. All tubes of the plate should have one: fill them in.",
        n=n_missing,
    )


def plate_of_offline_tubes(barcodes: Collection[str]) -> Refusal:
    return Refusal(
        "laboratory.plate_awaits_sampling",
        zh="板上有 {n} 管的采样记录还没有上传（{tubes}），结果先不录。应先有采样，再有结果；请让采样点联网上传。",
        en="Of {n} tubes of the plate the sampling has not come in yet ({tubes}), so no result was entered. Sampling "
        "should be known first: have the site's phone sent online.",
        n=len(barcodes),
        tubes=_some(sorted(barcodes)),
    )


def measured_before_sampling(barcodes: Sequence[str], measured_at: datetime) -> Refusal:
    return Refusal(
        "laboratory.measured_before_sampling",
        zh="检测时间 {measured_at:%m-%d %H:%M} 早于 {n} 管的封管时间（{tubes}），没有录入。"
        "检测应在采样之后；请改正检测时间，或核对条码。",
        en="The results are said to be measured at {measured_at:%m-%d %H:%M}, before {n} of the tubes were sealed "
        "({tubes}), so none was entered. Correct the time, or look at the barcodes.",
        measured_at=measured_at,
        n=len(barcodes),
        tubes=_some(barcodes),
    )


def not_sent_to_them(sample: str, laboratory: str) -> Refusal:
    return Refusal(
        "laboratory.tube_not_sent",
        zh="试管“{sample}”没有送到“{laboratory}”，结果没有收。应是外送清单里的管；请核对条码。",
        en="The tube “{sample}” was not sent to “{laboratory}”, so its result was not taken. It should be on the list "
        "that was sent: look at the barcode.",
        sample=sample,
        laboratory=laboratory,
    )


def rows_disagree(sample: str, first_row: int) -> Refusal:
    return Refusal(
        "laboratory.rows_disagree",
        zh="试管“{sample}”在这个文件里有两个不同的结果（第一次见于第{first_row}行），都没有收。应只有一个；请问清送检单位。",
        en="The tube “{sample}” has two different results in this file (it first stands in row {first_row}); neither "
        "was taken. There should be one: ask the laboratory.",
        sample=sample,
        first_row=first_row,
    )


def _some(barcodes: Sequence[str]) -> str:
    return ", ".join(barcodes[:SHOWN]) + (" …" if len(barcodes) > SHOWN else "")
