"""What the approvals pages say of a request: what it still lacks, what a ruling would do, what was done."""

from fangxian.core.refusal import Said
from fangxian.ops.approvals.rules import Needed

RULINGS = {
    "red": Said("转为红码", "turn the code red"),
    "yellow": Said("转为黄码", "turn the code yellow"),
    "": Said("解除转码", "release the code"),
}
VERDICTS = {"approve": Said("同意", "approved"), "reject": Said("不同意", "rejected")}
DONE = {
    "asked": Said("已提交，等待审批。", "Submitted; it waits for its approvals."),
    "approved": Said("您已同意，还在等其他人。", "You approved; it waits for others."),
    "ruled": Said(
        "裁定已生效：健康码已重新计算，正在告知门岗。",
        "The ruling is in force: the code is computed anew, and gates are being told.",
    ),
    "published": Said(
        "已发布：到生效时间起按它判定每个人的行程和健康码，由后台自己完成。",
        "Published: from when it is in force every journey and code is judged by it; the program does so by itself.",
    ),
    "signed": Said(
        "命令已签发：到起始时间起生效，到期自动失效；离境许可随即按它重新核对。",
        "The order is issued: it holds from its beginning and lapses by itself; permits to leave are looked at anew.",
    ),
    "rejected": Said("您不同意，这件审批到此为止。", "You rejected it, and that ends the request."),
    "withdrawn": Said("已撤回。", "Withdrawn."),
}


def lacks(needed: Needed) -> Said:
    """What a request still needs, in a sentence."""
    zh, en = f"还需 {needed.n_persons} 人同意", f"{needed.n_persons} more to approve"
    if needed.n_units:
        zh, en = f"{zh}，来自另外 {needed.n_units} 个单位", f"{en}, of {needed.n_units} other unit(s)"
    if needed.needs_kind:
        zh, en = f"{zh}，其中须有卫生健康类单位", f"{en}, one of them a health unit"
    return Said(f"{zh}。", f"{en}.")
