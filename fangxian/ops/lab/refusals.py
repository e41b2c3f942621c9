"""What the lab room refuses."""

from fangxian.core.refusal import Refusal


def no_round() -> Refusal:
    return Refusal(
        "lab.round.not_found",
        zh="没有这一轮筛查。应是“核酸筛查”页列出的一轮；请从那里打开。",
        en="There is no such screening round. It should be one listed under “Screening”: open it from there.",
    )


def round_not_prepared() -> Refusal:
    return Refusal(
        "lab.round_begun",
        zh="这一轮已经开始或结束，没有改动。名册、采样点在开始以前改；开始以后来的人在采样台直接登记。",
        en="The round has begun or is over, so nothing changed. Roster and sites are changed before it begins; "
        "whoever comes afterwards is entered at the table.",
    )


def round_not_open() -> Refusal:
    return Refusal(
        "lab.round_not_open",
        zh="这一轮没有在采样，没有记下。应先由筹备的人开始这一轮，且还没有结束；请核对选的是哪一轮。",
        en="The round is not open, so nothing was recorded. Whoever prepares it opens it first, and it must not be "
        "over: check which round was chosen.",
    )


def round_is_empty(missing: str, missing_en: str) -> Refusal:
    return Refusal(
        "lab.round_is_empty",
        zh="还没有{missing}，没有开始。开始以前，一轮筛查应有采样点和名册；请先补上。",
        en="There is no {missing_en} yet, so the round was not opened. It needs sites and a roster first: add them.",
        missing=missing,
        missing_en=missing_en,
    )


def round_wrong(what: str, what_en: str) -> Refusal:
    return Refusal(
        "lab.round_wrong",
        zh="{what}，没有建立。应有名称、范围、混采比例，结束晚于开始；请改好再提交。",
        en="{what_en}, so the round was not made. It needs a name, a scope, a size of pools and an end after its "
        "beginning: correct it and send it again.",
        what=what,
        what_en=what_en,
    )


def not_reconciled(n_open: int) -> Refusal:
    return Refusal(
        "lab.not_reconciled",
        zh="还有 {n} 项对不上，没有结束。人、管、箱、签收都应对上；请逐项处理，处理不了的写明原因再结束。",
        en="{n} things do not add up yet, so the round was not closed. People, tubes, boxes and receipts should: see "
        "to each, and say of what cannot be helped why.",
        n=n_open,
    )


def no_site() -> Refusal:
    return Refusal(
        "lab.site_unknown",
        zh="没有这个采样点，或已撤点，没有记下。应是本轮正在用的采样点；请重新选。",
        en="There is no such site, or it was taken down, so nothing was recorded. It should be one in use in this "
        "round: choose again.",
    )


def site_wrong() -> Refusal:
    return Refusal(
        "lab.site_wrong",
        zh="采样点没有写全，没有记下。应有名称、所在地区、至少一张采样台，每个地区只归一个采样点；请补好。",
        en="The site is not complete, so nothing was recorded. It needs a name, an area, one table at least, and an "
        "area is served by one site: complete it.",
    )


def not_a_list() -> Refusal:
    return Refusal(
        "lab.events_not_a_list",
        zh="传来的不是采样记录，没有收下。应是一组记录；请在采样应用里重新上传。",
        en="What came is no list of events, so nothing was taken. It should be one: upload again from the app.",
    )


def too_many(found: int, most: int) -> Refusal:
    return Refusal(
        "lab.too_many_events",
        zh="一次传了 {found} 条，没有收下。一次最多 {most} 条；请分几次传，重复传没有关系。",
        en="{found} events came at once, so nothing was taken. There may be {most}: send them in several uploads; a "
        "repeat does no harm.",
        found=found,
        most=most,
    )


def not_readable() -> Refusal:
    return Refusal(
        "lab.event_not_readable",
        zh="这条记录没有编号、种类或时间，收不下。应有这三样；请在设备上保留它，更新应用后再传。",
        en="This event has no id, kind or time, so it was not taken. It needs all three: keep it on the device and "
        "send it again with a newer app.",
    )


def id_taken() -> Refusal:
    return Refusal(
        "lab.event_id_taken",
        zh="这个编号已经用在另一条内容不同的记录上，没有收下。一条记录一个编号；请在设备上另记一条。",
        en="This id was used for another event, so this one was not taken. Each has its own: record it anew.",
    )


def kind_unknown(found: str) -> Refusal:
    return Refusal(
        "lab.event_kind_unknown",
        zh="不认识“{found}”这种记录，留着没有算。应是开箱、开管、采样、封管、封箱、交接等；请更新服务器或应用。",
        en="“{found}” is no kind of event known here; it is kept and does not count. Update the server or the app.",
        found=found,
    )


def nobody_named() -> Refusal:
    return Refusal(
        "lab.nobody_named",
        zh="没有说是谁，没有记下。应扫采样码，或输入姓名和证件号；请补上。",
        en="It does not say whom, so nothing was recorded. Scan their slip, or type name and document number.",
    )


def reason_wrong() -> Refusal:
    return Refusal(
        "lab.reason_wrong",
        zh="没有选原因，或没有这个原因，没有记下。免采、不配合都要有一个原因；请从列表里选。",
        en="No reason was chosen, or there is no such one, so nothing was recorded. Exempting and refusing need one: "
        "choose from the list.",
    )


def words_missing() -> Refusal:
    return Refusal(
        "lab.words_missing",
        zh="没有写原因，没有记下。换条码、作废、封管后改动都要写一句为什么；请补上。",
        en="No reason was written, so nothing was recorded. A new label, a void tube and a change after sealing need "
        "a few words: add them.",
    )


def token_unknown() -> Refusal:
    return Refusal(
        "lab.token_unknown",
        zh="这不是本轮名册上的采样码，没有算。应扫本轮发的采样码；没有的，输入姓名和证件号登记，省里的检测码头一次也要一起写上。",
        en="This is no slip of this round's roster, so it does not count. Scan one of this round; without one, type "
        "name and document number, and beside a provincial test QR the first time too.",
    )


def person_unclear() -> Refusal:
    return Refusal(
        "lab.person_unclear",
        zh="这个证件号在册上是另一个姓名，没有记下。姓名和号码应是同一个人的；请对照证件核对。",
        en="On the register this document number has another name, so nothing was recorded. Both should be one "
        "person's: compare with the document.",
    )


def pool_of_pool(tube: str) -> Refusal:
    return Refusal(
        "lab.pool_of_pool",
        zh="扫到的 {tube} 是一根采样管，没有算：混采管不能再混。管里只能放人的拭子；请扫人的采样码。",
        en="{tube} is a tube, so it does not count: a tube of several is never pooled again. Only people's swabs go "
        "into a tube: scan a person's slip.",
        tube=tube,
    )


def barcode_is_other(found: str) -> Refusal:
    return Refusal(
        "lab.barcode_is_other",
        zh="条码 {found} 已用在另一轮，或用在另一种东西上（管、箱），没有算。一个条码只用一次；请换一张新的。",
        en="The barcode {found} was used in another round, or for the other thing (tube, box), so it does not count. "
        "A label is used once: take a new one.",
        found=found,
    )


def tube_is_full(tube: str, size: int) -> Refusal:
    return Refusal(
        "lab.tube_is_full",
        zh="{tube} 管已有 {size} 人，没有再记。这根管最多 {size} 人；请封管，换一根新管。",
        en="The tube {tube} has {size} people, so nobody was added. It takes {size}: seal it and open another.",
        tube=tube,
        size=size,
    )


def tube_is_sealed(tube: str) -> Refusal:
    return Refusal(
        "lab.tube_is_sealed",
        zh="{tube} 管已封或已作废，没有改动。封管以后改动要写原因；请写明，或换一根新管。",
        en="The tube {tube} is sealed or void, so nothing changed. A change after sealing needs a reason: give it, "
        "or open another tube.",
        tube=tube,
    )


def sampled_already(site: str) -> Refusal:
    return Refusal(
        "lab.sampled_already",
        zh="这个人本轮已在“{site}”采过样，没有再记。一轮一人一次；请核对是不是扫错了人，确要重采就勾选“仍要记下”。",
        en="This person was sampled in this round already, at “{site}”, so nothing was recorded. Once a round is "
        "enough: was somebody else meant? If they must be sampled again, tick “record all the same”.",
        site=site,
    )


def no_tube() -> Refusal:
    return Refusal(
        "lab.tube.not_found",
        zh="本轮没有这根管。应是已经开管的条码；请核对标签，或先开管。",
        en="There is no such tube in this round. It should be one that was opened: compare with the label, or open "
        "it first.",
    )


def no_box() -> Refusal:
    return Refusal(
        "lab.box.not_found",
        zh="本轮没有这个箱，没有记下。应是已经开箱的条码；请核对标签，或先开箱。",
        en="There is no such box in this round, so nothing was recorded. It should be one that was opened: compare "
        "with the label, or open it first.",
    )


def box_not_sealed(box: str) -> Refusal:
    return Refusal(
        "lab.box_not_sealed",
        zh="{box} 箱还没有封，没有交接。交接的应是封好的箱；请采样点先封箱。",
        en="The box {box} is not sealed, so it was not handed over. A box is sealed first: ask the site to seal it.",
        box=box,
    )


def no_discrepancy() -> Refusal:
    return Refusal(
        "lab.discrepancy.not_found",
        zh="没有这项差异，或已经处理，没有改动。应是还没有处理的一项；请刷新本页再选。",
        en="There is no such thing to settle, or it is settled, so nothing changed: open the page again.",
    )


def settled_without_words() -> Refusal:
    return Refusal(
        "lab.settled_without_words",
        zh="没有写怎么处理的，没有改动。处理一项差异要留下一句话；请写明核对的结果。",
        en="It does not say how it was settled, so nothing changed. A few words stay on record: write what was found.",
    )


def not_yours_to_do() -> Refusal:
    return Refusal(
        "lab.not_yours_to_do",
        zh="您的账号不能记这种事，或采样点不在您的地区，留着没有算。采样、转运、签收各有其人；请由有权限的人来记。",
        en="Your account may not record this, or the site is not in your area; it is kept and does not count. "
        "Sampling, carrying and receiving each have their people: ask one of them.",
    )


def list_without_number() -> Refusal:
    return Refusal(
        "lab.row_without_number",
        zh="这一行没有证件号，册上也没有同名同手机的人，没有收下。应有证件号，或姓名和手机与册上一致；请补上再传。",
        en="This row has no document number, and nobody on the register has this name and phone, so it was not "
        "taken. Add one of them and send it again.",
    )


def no_list() -> Refusal:
    return Refusal(
        "lab.list.not_found",
        zh="这一轮没有这份名单。应是这一轮“名册名单”页列出的；请从那里打开。",
        en="There is no such list in this round. It should be one of the round's own lists: open it from there.",
    )
