"""Why a snapshot, or a frame of one, is not taken. Each says what stays in use, for a gate never forgets."""

from fangxian.core.refusal import Refusal


def not_a_base(found: str, format_: str) -> Refusal:
    return Refusal(
        "snapshot.not_a_base",
        zh="这个文件以 {found} 开头，不是 {format} 的快照。继续用旧快照；请核对数据文件夹，"
        "并确认后台与门岗是同一版本。",
        en="This file begins with {found} and is no snapshot of {format}. The old one stays in use: check the data "
        "folder, and that the worker and the gate are of one version.",
        found=found,
        format=format_,
    )


def cut_short(found: int, wanted: int) -> Refusal:
    return Refusal(
        "snapshot.cut_short",
        zh="快照只有 {found} 字节，至少应有 {wanted} 字节：没有写完，或被截断。继续用旧快照；请等下一份。",
        en="The snapshot has {found} bytes where at least {wanted} were due: it was not finished, or was cut. The old "
        "one stays in use: wait for the next.",
        found=found,
        wanted=wanted,
    )


def wrong_signature(what: str) -> Refusal:
    return Refusal(
        "snapshot.signature",
        zh="快照（{what}）的签名与内容不符：不是本县签发的，或被改动过。继续用旧快照；请核对 gate/ 文件夹是谁写的。",
        en="The snapshot's signature ({what}) does not fit its content: this county did not issue it, or it was "
        "altered. The old one stays in use: check who wrote the gate/ folder.",
        what=what,
    )


def damaged(what: str) -> Refusal:
    return Refusal(
        "snapshot.damaged",
        zh="快照已损坏：{what}。应与签名的内容一致。继续用旧快照；请让后台重写一份。",
        en="The snapshot is damaged: {what}. It should be as it was signed. The old one stays in use: have the worker "
        "write another.",
        what=what,
    )


def other_base(found: int, wanted: int) -> Refusal:
    return Refusal(
        "snapshot.other_base",
        zh="这一帧接在第 {found} 号快照之后，而本机用的是第 {wanted} 号。没有采用；请取当前的快照。",
        en="This frame follows base {found}, while base {wanted} is in use here. It was not taken: fetch the current "
        "base.",
        found=found,
        wanted=wanted,
    )


def expired(ended: str) -> Refusal:
    return Refusal(
        "snapshot.expired",
        zh="快照已于 {ended} 到期。后台每天应写一份新的；到期后其中的颜色都按未知处理，其余照常使用。"
        "请确认 fangxian worker 在运行，并按停机预案人工登记。",
        en="The snapshot expired at {ended}. The worker writes a new one each day; the colours in this one all count "
        "as unknown now, and the rest stays in use. See that fangxian worker runs, and register by hand meanwhile.",
        ended=ended,
    )
