"""What the parcels room says no to."""

from datetime import date

from fangxian.core.refusal import Refusal


def not_received(state: str) -> Refusal:
    return Refusal(
        "parcels.not_received",
        zh="运单状态是“{state}”，收件人还没有拿到，没有列入。应为已签收的运单；签收后重新导出即可，"
        "在途件请就地封存消毒。",
        en="The waybill's state is “{state}”: nobody has it in hand yet, so it is not listed. Signed waybills "
        "are traced: "
        "export it again once it is signed for, and hold and disinfect what is on its way.",
        state=state,
    )


def before_the_date(on: date, since_on: date) -> Refusal:
    return Refusal(
        "parcels.before_the_date",
        zh="这一件 {on} 签收，早于追查的起算日 {since}，不在范围内。如应往前追，请另开一个更早起算的追查，"
        "再传这份清单。",
        en="This parcel was signed for on {on}, before {since}, from which this trace counts. To go further "
        "back, open a "
        "trace that begins earlier and upload the list there.",
        on=on.isoformat(),
        since=since_on.isoformat(),
    )


def in_the_future(on: date, today: date) -> Refusal:
    return Refusal(
        "parcels.in_the_future",
        zh="签收时间是 {on}，晚于今天（{today}）。应为已经发生的签收；请核对导出的日期列，改正后重新上传这一行。",
        en="It is said to be signed for on {on}, after today ({today}). It should be a day that has been: check "
        "the date "
        "column of the export, correct it and upload this row again.",
        on=on.isoformat(),
        today=today.isoformat(),
    )


def repeated(row_number: int, *, in_this_list: bool) -> Refusal:
    """A row that is on record already is no loss; it says where it stands."""
    return Refusal(
        "parcels.waybill_repeated",
        zh="同一运单号、同一收件人已在册（{where_zh}），不重复列入，不用再传。如果收件人写错了，"
        "请改正后重新上传这一行。",
        en="The same number for the same recipient is on record ({where_en}); it is not listed twice, and "
        "nothing is to "
        "be done. If the recipient was written wrongly, correct the row and upload it again.",
        where_zh=f"本清单第{row_number}行" if in_this_list else "以前收到的清单",
        where_en=f"row {row_number} of this list" if in_this_list else "an earlier list",
    )


def names_nobody() -> Refusal:
    return Refusal(
        "parcels.names_nobody",
        zh="收件人、电话、地址全是空的，不知道是谁收的。至少应有其中一项；请向网点要回这一单的底单，补上后重新上传。",
        en="Recipient, phone and address are all empty, so nobody can be told from it. At least one is needed: "
        "ask the "
        "station for its record of this waybill, fill it in and upload this row again.",
    )


def no_depot(trade: str) -> Refusal:
    return Refusal(
        "parcels.no_depot",
        zh="所选场所是“{trade}”，不是快递网点，没有开始追查。应为快递分拨点、驿站或邮政所；请重新选择。",
        en="The venue chosen is a {trade}, not a place through which parcels go, so no trace was opened. It "
        "should be a "
        "courier depot, a parcel station or a post office: choose again.",
        trade=trade,
    )


def bad_since(since_on: date, today: date, longest_d: int) -> Refusal:
    return Refusal(
        "parcels.since_wrong",
        zh="起算日是 {since}。应在今天（{today}）或以前，且不早于 {longest} 天前；请改正后再提交。",
        en="The trace is to count from {since}. That should be today ({today}) or a day before, and at most "
        "{longest} "
        "days ago: correct it and send it again.",
        since=since_on.isoformat(),
        today=today.isoformat(),
        longest=longest_d,
    )


def open_already(since_on: date) -> Refusal:
    return Refusal(
        "parcels.open_already",
        zh="这个网点、这个病种已有一个进行中的追查，起算日 {since}。一个网点同时只开一个；请在那里继续上传清单。",
        en="A trace of this depot for this disease is open already; it counts from {since}. A depot has one at "
        "a time: "
        "go on there.",
        since=since_on.isoformat(),
    )


def unknown_trace() -> Refusal:
    return Refusal(
        "parcels.trace.not_found",
        zh="没有这个追查，或不在您的辖区。请从快递追查列表重新打开。",
        en="There is no such trace, or it is not in your area. Open it again from the list of traces.",
    )


def closed(closed_on: date) -> Refusal:
    return Refusal(
        "parcels.closed",
        zh="这个追查已于 {closed} 结束，没有改动。只有进行中的追查可以办理；如又有风险，请另开一个。",
        en="This trace was closed on {closed}; nothing was changed. Only an open one can be worked on: if there "
        "is a risk "
        "again, open another.",
        closed=closed_on.isoformat(),
    )


def no_reason() -> Refusal:
    return Refusal(
        "parcels.no_reason",
        zh="没有写明理由，没有办理。别人要能看懂为什么；请写一句，如“分拨中心检出阳性包裹”。",
        en="No reason is given, so nothing was done. Others have to understand why: write a sentence, such as "
        "“a parcel "
        "at the sorting centre tested positive”.",
    )


def unknown_handling() -> Refusal:
    return Refusal(
        "parcels.unknown_handling",
        zh="没有这条收件记录，或已按期清除。请刷新待定名单后再选。",
        en="There is no such recipient on the list, or it was erased at its term. Reload the list to be decided and "
        "choose again.",
    )


def not_a_candidate(n: int) -> Refusal:
    return Refusal(
        "parcels.not_a_candidate",
        zh="所选的人不在列出的 {n} 个可能的人里，没有记录。应从列出的人里选，或选“都不是”；请刷新后再选。",
        en="The person chosen is not among the {n} who it may be, so nothing was recorded. Choose one of those "
        "listed, or "
        "“none of them”: reload the page and choose again.",
        n=n,
    )


def unknown_traced(n_missing: int) -> Refusal:
    return Refusal(
        "parcels.unknown_traced",
        zh="所选的人里有 {n} 位不在这个追查里，没有办理任何一位。请刷新名单后再选。",
        en="Of the people chosen {n} are not in this trace, so nothing was done for any. Reload the list and "
        "choose again.",
        n=n_missing,
    )


def declared_day(on: date, today: date, longest_d: int) -> Refusal:
    return Refusal(
        "parcels.declared_day",
        zh="申报的日期是 {on}。应为今天（{today}）或以前 {longest} 天内的一天；请改正日期再提交。",
        en="The day declared is {on}. It should be today ({today}) or one of the {longest} days before: correct "
        "the day "
        "and send it again.",
        on=on.isoformat(),
        today=today.isoformat(),
        longest=longest_d,
    )


def no_couriers(depot: str) -> Refusal:
    return Refusal(
        "parcels.no_couriers",
        zh="册上没有人在“{depot}”做快递员，没有办理。应先把从业人员登记到这个网点；请请网点报送名单，登记后再办。",
        en="Nobody is on record as working at “{depot}”, so nothing was done. Its staff is to be registered "
        "there first: "
        "ask the depot for its list, register them and come back.",
        depot=depot,
    )
