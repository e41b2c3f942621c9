"""What the enquiries room refuses."""

from datetime import datetime

from fangxian.core.refusal import Refusal


def unknown() -> Refusal:
    return Refusal(
        "enquiries.unknown.not_found",
        zh="没有这条核实，可能随新名单撤下了。它应在本网格的核实名单里；请刷新名单再看。",
        en="There is no such enquiry; a newer list may have let it go. It should stand on the list of its grid: open "
        "the list again.",
    )


def closed(at: datetime) -> Refusal:
    return Refusal(
        "enquiries.closed",
        zh="这条核实在 {at} 已经办结，没有改动。只有还没办结的能登记结果；如结果不对，请到这个人的来返申报里更正。",
        en="This enquiry was closed at {at}, and nothing was changed. Only an open one takes an answer: if it is "
        "wrong, correct the person's declaration of arrival.",
        at=f"{at:%Y-%m-%d %H:%M}",
    )


def no_place() -> Refusal:
    return Refusal(
        "enquiries.no_place",
        zh="选的是“去过”，却没有勾选去过哪一处，没有登记。管理措施按到过的那一处算；请至少勾选一处，"
        "都没去过请选“没去过”。",
        en="“Was there” was chosen and no place with it, so nothing was recorded. What is asked of somebody depends on "
        "the place: tick at least one, or choose “was not” if it was none of them.",
    )


def place_not_asked(n: int) -> Refusal:
    return Refusal(
        "enquiries.place_not_asked",
        zh="勾选的地方有 {n} 处不在这条核实所问的名单里，没有登记。只能勾选所列的地方；请刷新名单再选。",
        en="{n} of the places ticked are not among those this enquiry asks about, so nothing was recorded. Only places "
        "that are listed there can be ticked: open the list again.",
        n=n,
    )


def not_readable() -> Refusal:
    return Refusal(
        "enquiries.not_readable",
        zh="手机发来的这条核实结果读不出来，没有登记。应有核实编号 enquiry 和结果 answer"
        "（去过、没去过、联系不上、号码不对、已离开之一）；请在名单上重新登记。",
        en="This answer from a phone cannot be read, so it was not recorded. It should have the enquiry and one of the "
        "answers was_there, was_not, not_reached, wrong_number, gone: record it on the list again.",
    )
