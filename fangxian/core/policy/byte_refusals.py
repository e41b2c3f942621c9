"""What is said when a code or a word cannot be read, in both languages, by refusal code.

One table, because the same sentences are needed by the phone with no network: the table is written to
`web/src/core/codeSentences.json` and a test holds the two together. No fact is personal: a sentence
gives lengths, minutes, divisions and key ids, never the text of a code.
"""

from typing import Final

from fangxian.core.refusal import Refusal, Said

SENTENCES: Final[dict[str, Said]] = {
    "code.foreign": Said(
        "扫到的内容有 {length} 个字符，不是健康码、纸质卡或场所码；本系统的码都以 FX 开头。"
        "请打开「我的码」或找到场所海报后重扫。",
        "What was scanned has {length} characters and is not a health code, paper card or venue code; ours "
        "begin with FX. Open “My code”, or find the venue's poster, and scan again.",
    ),
    "code.wants_person": Said(
        "扫到的码以 {found} 开头；这里要扫个人的健康码，以 FXP 开头。请本人打开「我的码」后重扫。",
        "The code scanned begins with {found}; a person's health code, beginning with FXP, is wanted here. "
        "Ask the person to open “My code” and scan that.",
    ),
    "code.wants_card": Said(
        "扫到的码以 {found} 开头；这里要扫纸质卡，以 FXC 开头。请翻到卡片印码的一面后重扫。",
        "The code scanned begins with {found}; a paper card, beginning with FXC, is wanted here. "
        "Turn the card to its printed code and scan that.",
    ),
    "code.wants_venue": Said(
        "扫到的码以 {found} 开头；这里要扫场所码，以 FXV 开头。请扫门口的场所海报。",
        "The code scanned begins with {found}; a venue code, beginning with FXV, is wanted here. "
        "Scan the poster at the door.",
    ),
    "code.wants_rotating": Said(
        "扫到的码以 {found} 开头；这里要扫每 30 秒更换的动态场所码，以 FXR 开头，"
        "海报不能证明人在现场。请扫门口屏幕上的码。",
        "The code scanned begins with {found}; the venue's rotating code, beginning with FXR, is wanted "
        "here, since a poster cannot prove presence. Scan the code on the screen at the door.",
    ),
    "code.version": Said(
        "这张码是第 {found} 版，本机只认识第 {known} 版。请更新本机的应用后重扫；来不及就人工登记。",
        "This code is of version {found}; this device knows version {known} only. Update the app on this "
        "device and scan again; if there is no time, register the person by hand.",
    ),
    "code.truncated": Said(
        "这张码只读到 {length} 个字符，完整的码有 {wanted} 个。请调亮屏幕、摆正手机，再扫一次。",
        "Only {length} characters of this code were read; a whole one has {wanted}. Brighten the screen, "
        "hold it flat and scan again.",
    ),
    "code.too_long": Said(
        "这张码读到 {length} 个字符，完整的码只有 {wanted} 个，后面多出了内容。请扫原码，不要扫转发或拼接的图片。",
        "{length} characters of this code were read; a whole one has {wanted}, so something was added. "
        "Scan the original code, not a forwarded or pasted picture.",
    ),
    "code.garbled": Said(
        "这张码的第 {position} 个字符不该出现在这里，可能是图片破损或被改动。请刷新码或换一张清楚的码后重扫。",
        "Character {position} of this code cannot stand there; the picture may be damaged or altered. "
        "Refresh the code, or use a clear one, and scan again.",
    ),
    "code.malformed": Said(
        "码里「{field}」的值是 {value}，应在 {low} 到 {high} 之间；这不是正常签发的码。请本人刷新码后重扫。",
        "The code's “{field}” is {value}, which should be {low} to {high}; it was not issued in the regular "
        "way. Ask for a fresh code and scan again.",
    ),
    "code.contradiction": Said(
        "码里的内容自相矛盾：「{field}」是 {value}，而「{other}」是 {other_value}；"
        "这不是正常签发的码。请本人刷新码后重扫。",
        "The code contradicts itself: “{field}” is {value} while “{other}” is {other_value}; it was not "
        "issued in the regular way. Ask for a fresh code and scan again.",
    ),
    "code.other_county": Said(
        "这张码由区划 {found} 签发，本机属于区划 {wanted}，不能查验外地的码。请按来访人员登记，领取临时码。",
        "This code was issued in division {found}; this device belongs to {wanted} and cannot check codes "
        "from elsewhere. Register the person as a visitor and issue a temporary code.",
    ),
    "code.not_yet_valid": Said(
        "这张码还要 {minutes} 分钟才生效。请核对本机时间；时间无误就请本人刷新码后重扫。",
        "This code becomes valid in {minutes} min only. Check this device's clock; if it is right, ask for "
        "a fresh code and scan again.",
    ),
    "code.expired": Said(
        "这张码已过期 {minutes} 分钟；过期的码和截图都无效。请本人打开「我的码」刷新后重扫。",
        "This code ended {minutes} min ago; old codes and screenshots do not count. Open “My code”, "
        "refresh, and scan again.",
    ),
    "code.key_unknown": Said(
        "这张码用第 {key_id} 号钥匙签发，本机没有这把钥匙。请联网更新本机；联不上网就人工登记。",
        "This code was issued with key {key_id}, which this device does not hold. Connect the device to "
        "update it; without network, register the person by hand.",
    ),
    "code.key_retired": Said(
        "这张码用第 {key_id} 号钥匙签发，这把钥匙泄露后已作废，不再证明任何码。应为作废之后签发的码。"
        "请本人刷新码后重扫；纸质卡请换新卡，这次先核对证件、人工登记。",
        "This code was signed with key {key_id}, which leaked and was retired: it proves nothing any more. A code "
        "issued since is wanted. Ask for a fresh code and scan again; a paper card has to be printed anew, so check "
        "documents and register the person by hand this time.",
    ),
    "code.signature": Said(
        "这张码的签名与内容不符（第 {key_id} 号钥匙）：它不是本地签发的，或者被改动过。"
        "请本人刷新码后重扫；仍不符就核对身份证并上报。",
        "This code's signature does not fit its content (key {key_id}): it was not issued here, or was "
        "altered. Ask for a fresh code; if that fails too, check the identity card and report it.",
    ),
    "code.seal": Said(
        "这张码的封记与内容不符（第 {key_id} 号钥匙）：它不是本地签发的，或者被改动过。"
        "请本人刷新码后重扫；仍不符就核对身份证并上报。",
        "This code's seal does not fit its content (key {key_id}): it was not issued here, or was altered. "
        "Ask for a fresh code; if that fails too, check the identity card and report it.",
    ),
    "code.revoked": Said(
        "这张码是第 {found} 代，已经作废，现行的是第 {current} 代。请本人刷新码，或更换新卡后再来。",
        "This code is of generation {found} and was revoked; generation {current} is in force. Refresh the "
        "code, or come again with the new card.",
    ),
    "code.venue_closed": Said(
        "这个场所码已停用（海报是第 {found} 代）。请场所负责人重新申领场所码；来访者可先人工登记。",
        "This venue code is closed (the poster is of generation {found}). The owner has to apply for a new "
        "one; visitors are registered by hand meanwhile.",
    ),
    "code.typed_closed": Said(
        "这个短码所指的门已停用，现在没有有效的场所码。请对照海报核对 9 位短码；没有输错，就请场所负责人重新申领，"
        "来访者可先人工登记。",
        "The door of this short code is closed and has no code in force. Compare the 9 characters with the poster; if "
        "they are right, the owner has to apply for a new code, and visitors are registered by hand meanwhile.",
    ),
    "code.venue_replaced": Said(
        "这张场所海报是第 {found} 代，现行的是第 {current} 代，场所已转让或换码。请扫新海报，并撕下旧海报。",
        "This venue poster is of generation {found}; generation {current} is in force since the venue was "
        "transferred or its code renewed. Scan the new poster and take the old one down.",
    ),
    "code.rotation_over": Said(
        "这张动态码已换掉 {seconds} 秒，每张只显示 30 秒。请扫屏幕上现在的码。",
        "This rotating code was replaced {seconds} s ago; each is shown for 30 s. Scan the one on the screen now.",
    ),
    "code.rotation_ahead": Said(
        "这张动态码还要 {seconds} 秒才显示，屏幕或本机的时间不准。请核对两边的时间后重扫。",
        "This rotating code is not due for another {seconds} s; the screen's clock or this device's is "
        "wrong. Check both clocks and scan again.",
    ),
    "code.typed_length": Said(
        "输入了 {length} 个字符，场所短码有 {wanted} 个。请照海报下方的短码重新输入。",
        "{length} characters were typed; a venue's short code has {wanted}. Type the one printed under the "
        "poster's code again.",
    ),
    "code.typed_wrong": Said(
        "这个短码的校验位不对，可能输错了一个字符，或者不是区划 {wanted} 的场所。请对照海报逐个核对后重新输入。",
        "This short code's check characters do not fit: one was mistyped, or the venue is not in division "
        "{wanted}. Compare it with the poster and type it again.",
    ),
    "bundle.foreign": Said(
        "取到的离线包以 {found} 开头，不是离线包；应为 {format}。请保留旧的离线包，联网再取一次。",
        "What was fetched begins with {found} and is no door bundle; {format} was wanted. Keep the old one and fetch "
        "it again.",
    ),
    "bundle.cut_short": Said(
        "离线包只有 {found} 字节，完整的有 {wanted}。请保留旧的离线包，联网再取一次。",
        "The door bundle has {found} bytes; a whole one has {wanted}. Keep the old one and fetch it again.",
    ),
    "bundle.signature": Said(
        "离线包的签名与内容不符，或由本机不认识的第 {key_id} 号钥匙签发，不能使用；应由本县签发。"
        "请联网刷新本页；仍不符就重新登记本机并上报。",
        "The door bundle's signature does not fit, or is by key {key_id}, which this device does not know, so it is "
        "not used; it must be this county's. Reload this page with a network; if that fails, enrol the device again "
        "and report it.",
    ),
    "bundle.damaged": Said(
        "离线包的内容读不出来（{what}）；应为同一版本的程序所签发。请保留旧的离线包，更新本机后再取一次。",
        "The door bundle's content cannot be read ({what}); it must be made by a program of the same version. Keep the "
        "old one, update this device and fetch it again.",
    ),
    "word.out_of_range": Said(
        "字段「{field}」的值是 {value}，应在 {low} 到 {high} 之间。请改正这个值，再写入。",
        "Field “{field}” is {value}, which should be {low} to {high}. Mend that value and write again.",
    ),
    "word.layout": Said(
        "这个字的格式号是 {found}，本程序只认识 {known}。请换上同一版本的快照或程序。",
        "This word is of layout {found}; this program knows {known} only. Use a snapshot and a program of one version.",
    ),
    "word.spare_bits": Said(
        "这个字的保留位是 {value}，应为 0：内容已损坏，或由更新的程序写成。请保留旧快照，重新索取。",
        "This word's spare bits are {value}, which should be 0: it is damaged, or a newer program wrote it. "
        "Keep the old snapshot and ask for it again.",
    ),
    "word.contradiction": Said(
        "字段「{field}」与「{other}」矛盾：一个是 {value}，另一个是 {other_value}。请补上或去掉其中一个。",
        "Fields “{field}” and “{other}” contradict each other: one is {value}, the other {other_value}. "
        "Supply or remove one of them.",
    ),
}


def refuse(code: str, **facts: object) -> Refusal:
    """The refusal of that code with its sentence from the table; to be raised by the caller."""
    said = SENTENCES[code]
    return Refusal(code, zh=said.zh, en=said.en, **facts)


def require_range(field: str, value: int, low: int, high: int, code: str = "word.out_of_range") -> int:
    """`value` if `low <= value <= high`, else a refusal that names field, value and range."""
    if not low <= value <= high:
        raise refuse(code, field=field, value=value, low=low, high=high)
    return value
