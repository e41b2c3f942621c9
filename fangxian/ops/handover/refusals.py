"""The noes of the hand-over room."""

from collections.abc import Mapping
from hashlib import sha256

from fangxian.core.refusal import Refusal, Said

_SAID: Mapping[str, Said] = {
    "handover.unreadable": Said(
        "这不是转出包或回执，或者没有传完：{problem_zh}。应为另一个县的系统生成的 zip 转出包，或 JSON 回执，"
        "不解压、不改动，原样上传。请让对方重新发送。",
        "This is no package or receipt, or did not arrive whole: {problem_en}. It should be the zip, or for a receipt "
        "the JSON, as the other county's system made it, not unpacked and not changed. Ask them to send it again.",
    ),
    "handover.too_large": Said(
        "转出包展开后有 {found} MiB，超过上限 {limit} MiB，没有读取。请让对方分成几个包发送。",
        "The package unpacks to {found} MiB, above the limit of {limit} MiB, and was not read. Ask its sender for "
        "several packages.",
    ),
    "handover.forged": Said(
        "签名与内容不符：签名之后，里面的内容被改过或损坏了，一行也没有收下。应与发出时一字不差。"
        "请不要使用其中的名单，打电话告诉对方，请对方重新发送。",
        "The signature does not fit: what is inside was changed or damaged after it was signed, and no row was taken. "
        "It should be as it was sent, to the letter. Do not use the list in it; call its sender and ask for it again.",
    ),
    "handover.not_for_us": Said(
        "这个包是发给 {addressee_zh}（{addressee_code}）的，本县是 {own_code}，没有收下。"
        "请转给收件方，或请发送方更正。",
        "This package is addressed to {addressee_en} ({addressee_code}); this county is {own_code}. It was not taken. "
        "Pass it on to its addressee, or ask its sender to correct it.",
    ),
    "handover.from_ourselves": Said(
        "这个包是本县自己发出的（{number}），不能再收进来。请在“移交”页的“发出”里查看它。",
        "This package was sent by this county itself ({number}) and cannot come in. See it on the hand-over page, "
        "under those sent.",
    ),
    "handover.another_kind_of_realm": Said(
        "包里是{found_zh}数据，这里是{own_zh}系统，混在一起会出错，没有收下。"
        "演练包只能收进演练，正式包只能收进正式系统。请换到相应的系统上传。",
        "The people of this package are of a {found_en} realm and this one is {own_en}: they must not mix, and nothing "
        "was taken. Upload it in the realm of its kind.",
    ),
    "handover.signer_is_another": Said(
        "包里写的发送方是 {sender_code}，签名的却是 {signer_code}，没有收下。两者应是同一个县。请打电话向发送方核实。",
        "The package names {sender_code} as its sender, yet {signer_code} signed it; nothing was taken. They should be "
        "one county. Call the sender and ask.",
    ),
    "handover.another_content": Said(
        "编号为 {number} 的包已经收过，内容却与这一份不同，没有收下第二份。同一个编号只应有一份内容。"
        "请打电话向发送方核实，以哪一份为准；需要更正时，请对方另发一个包。",
        "A package of this id ({number}) came before with other content, so this one was not taken. One id should have "
        "one content. Call the sender and ask which counts; for a correction they send another package.",
    ),
    "handover.key_rejected": Said(
        "签名用的是一把已被本县否认的公钥（{fingerprint}），没有收下。请打电话向 {county_zh} 核实；"
        "如果否认有误，请另一位工作人员重新确认这把公钥。",
        "It is signed with a key that this county has rejected ({fingerprint}), and nothing was taken. Call "
        "{county_en}; if the rejection was wrong, have another person confirm the key.",
    ),
    "handover.key_needs_another": Said(
        "这把公钥是您本人带进来的，不能由您自己确认。应由另一位工作人员打电话核对指纹后确认。请交给同事办理。",
        "You brought this key in yourself, so you cannot confirm it. Another person should compare its fingerprint by "
        "telephone and confirm it: ask a colleague.",
    ),
    "handover.no_reason": Said(
        "没有写明{what_zh}，没有办理。这样的决定须写明为什么、怎么核实的。请补上再提交。",
        "{what_en} is not given, so nothing was done. Such a decision says why, and how it was verified: add it.",
    ),
    "handover.nobody": Said(
        "一个人也没有选，没有生成转出包。请先选要移交的接触者或病例。",
        "Nobody was chosen, so no package was made. Choose the contacts or cases to hand over first.",
    ),
    "handover.no_addressee": Said(
        "收件方区划代码“{found}”不对。应为另一个县（区）的 6 位区划代码。请核对后重填。",
        "The addressee's division code “{found}” is not right. It should be the six digits of another county or "
        "district. Check it and enter it again.",
    ),
    "handover.out_already": Said(
        "选中的人里有 {n} 位已经在转出包 {number} 里，还没有了结。同一个人不应同时在两个包里。"
        "请先撤回那个包，或去掉这些人。",
        "{n} of those chosen are in the package {number} already, which is not closed. Nobody should be in two at "
        "once. Withdraw that package first, or leave these people out.",
    ),
    "handover.wrong_state": Said(
        "包 {number} 现在是“{state_zh}”，不能这样办理。请刷新页面，看现在能办什么。",
        "The package {number} is now “{state_en}”, so this cannot be done. Reload the page to see what can.",
    ),
    "handover.unknown": Said(
        "没有这个转出包。它可能已按期清除。请从“移交”页的列表中选择。",
        "There is no such package; it may have been erased at its term. Choose one from the list on the page.",
    ),
    "handover.receipt_of_nothing": Said(
        "回执对应的包（{number}）不是本县发出的，或内容与发出的不同，没有收下。"
        "应是对方收到本县的包后生成的回执。请核对是否选错了文件。",
        "The package this receipt answers ({number}) was not sent by this county, or not with that content; it was not "
        "taken. It should be what the other county made of our package. See whether another file was meant.",
    ),
    "handover.receipt_of_another": Said(
        "回执由 {signer_code} 签名，而包 {number} 是发给 {addressee_code} 的，没有收下。应由收件方签名。请打电话核实。",
        "The receipt is signed by {signer_code}, yet the package {number} went to {addressee_code}; it was not taken. "
        "Its addressee should have signed it. Call them and ask.",
    ),
    "handover.receipt_wants_key": Said(
        "回执签名用的公钥还没有确认（指纹 {fingerprint}），先不记收。请另一位工作人员打电话向 {county_zh} 核对指纹，"
        "在“移交”页确认公钥后，再上传一次回执。",
        "The key that signed the receipt is not confirmed (fingerprint {fingerprint}), so it is not taken yet. Have "
        "another person compare the fingerprint with {county_en} by telephone and confirm the key on the hand-over "
        "page; then upload the receipt again.",
    ),
}

_BROKEN_ZIP = Said("压缩包不完整或已损坏", "the zip is cut off or damaged")
_NO_TEXT = Said("里面不是约定格式的文字", "what is in it is no text of the form agreed on")
_IN_ANOTHER_FORM = Said("里面的内容不是约定的格式", "what is in it is not of the form agreed on")
_PROBLEMS = {
    "BadZipFile": _BROKEN_ZIP,
    "LargeZipFile": _BROKEN_ZIP,
    "EOFError": _BROKEN_ZIP,
    "error": _BROKEN_ZIP,  # zlib's
    "KeyError": Said("里面缺少应有的部分", "a part that belongs in it is missing"),
    "UnicodeDecodeError": _NO_TEXT,
    "JSONDecodeError": _NO_TEXT,
}
_REALMS = {"live": Said("正式", "live"), "demo": Said("演示", "demo"), "drill": Said("演练", "drill")}


def refusal(code: str, **facts: object) -> Refusal:
    said = _SAID[code]
    return Refusal(code, zh=said.zh, en=said.en, **facts)


def unreadable(problem: str) -> Refusal:
    """`problem` : the name of what went wrong while it was read, which is no word for people."""
    said = _PROBLEMS.get(problem, _IN_ANOTHER_FORM)
    return refusal("handover.unreadable", problem_zh=said.zh, problem_en=said.en)


def forged() -> Refusal:
    return refusal("handover.forged")


def too_large(found: int, limit: int) -> Refusal:
    return refusal("handover.too_large", found=found, limit=limit)


def not_for_us(addressee, own_code: str) -> Refusal:
    facts = {"addressee_zh": addressee.zh, "addressee_en": addressee.en, "addressee_code": addressee.division_code}
    return refusal("handover.not_for_us", own_code=own_code, **facts)


def another_kind_of_realm(found: str, own: str) -> Refusal:
    unknown = Said("别的", "another kind of")
    of_package, here = _REALMS.get(found, unknown), _REALMS.get(own, unknown)
    facts = {"found_zh": of_package.zh, "found_en": of_package.en, "own_zh": here.zh, "own_en": here.en}
    return refusal("handover.another_kind_of_realm", **facts)


def key_rejected(key) -> Refusal:
    return refusal("handover.key_rejected", **_key(key))


def receipt_wants_key(key) -> Refusal:
    return refusal("handover.receipt_wants_key", **_key(key))


def _key(key) -> dict[str, str]:
    return {"fingerprint": fingerprint(key.public_key), "county_zh": key.county_zh, "county_en": key.county_en}


def fingerprint(public_key: str) -> str:
    """A public key as two people compare it by telephone: 40 hex digits of its SHA-256, in fours."""
    text = sha256(bytes.fromhex(public_key)).hexdigest()[:40].upper()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
