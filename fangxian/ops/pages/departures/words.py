"""What the pages of departures say."""

from fangxian.core.policy.departures import Requirement, Standing
from fangxian.core.refusal import Said
from fangxian.ops.departures.words import LEVELS, STANDS
from fangxian.ops.pages.words import joined

STANDINGS = {
    Standing.MET: Said("已满足", "met"),
    Standing.OPEN: Said("还差", "still to do"),
    Standing.UNMET: Said("不满足", "not met"),
}
DONE = {
    "sent": Said(
        "申请已提交。走到哪一步、应在何时前办完，都写在下面。", "Sent. Below stands who has it and until when."
    ),
    "again": Said("这件申请已经提交过，没有重复记。", "This application was sent already; it is on record once."),
    "draft": Said("草稿已存好，随时可以接着写。", "The draft is kept; go on whenever you like."),
    "cancelled": Said("已取消，不用再做什么。", "Called off; there is nothing more to do."),
    "appealed": Said("申诉已提交，答复会写在这一页。", "The appeal is sent; the answer will stand on this page."),
    "called_off": Said("已替本人撤回，通行单同时作废。", "Called off for the person; the permit holds no longer."),
    "appealed_for": Said("已替本人提出申诉，答复会写在这一页。", "The appeal is put; its answer will stand here."),
    "emergency": Said(
        "已记下，请马上走，不用等。村（社区）事后会联系您核实。",
        "It is on record. Go at once and wait for nothing; the village will call you afterwards.",
    ),
    "approved": Said("已同意。", "Agreed."),
    "others": Said("已同意；不能离境的同行人不在单上。", "Agreed; whoever may not leave is not on it any more."),
    "refused": Said(
        "已写明不同意的理由，本人看得到，可以申诉。", "Refused, with the reason; the person reads it and may appeal."
    ),
    "returned": Said("已登记返回。", "The return is on record."),
}
WHICH = {
    "mine": Said("等我办的", "waiting for me"),
    "waiting": Said("审批中", "being decided"),
    "issued": Said("已出证，未离境", "permit issued"),
    "away": Said("在外", "out of the county"),
    "overdue": Said("逾期未归", "overdue"),
    "closed": Said("已结束", "ended"),
}
ANYWHERE = Said("全部地方", "everywhere")


def stands_said(row) -> Said:
    """Where an application stands, in words; of an emergency that is what stands first."""
    said = STANDS[row.state]
    if row.is_emergency:
        return Said(f"急救离境 · {said.zh}", f"emergency · {said.en}")
    return said


def levels_said(levels) -> Said:
    return joined([LEVELS[level] for level in levels], "、", ", ") if levels else Said("无须审批", "nobody")


def days_said(it: Requirement) -> Said | None:
    """What the days of a requirement mean for the person."""
    if not it.days and not it.earliest:
        return None
    days = [day.isoformat() for day in it.days]
    zh, en = "、".join(days), ", ".join(days)
    if it.requirement == "declaration":
        return Said(f"最晚 {zh} 报备返回。", f"Declare your return by {en}.")
    if it.requirement == "order":
        return Said(
            f"命令到期以后，最早 {it.earliest} 可以离境。",
            f"When it has ended you could leave, on {it.earliest} at the earliest.",
        )
    if it.standing is Standing.UNMET:
        return Said(
            f"缺 {zh} 的阴性结果；从今天起每天检测，最早 {it.earliest} 可以离境。",
            f"Negative tests of {en} are missing; with one a day from today you could leave on {it.earliest}.",
        )
    return Said(f"还要在 {zh} 各检测一次，结果阴性。", f"One test on each of {en}, with a negative result.")
