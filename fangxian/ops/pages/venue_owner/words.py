"""What the venue owner's pages say: what a state means, and what is waited for."""

from django.urls import reverse

from fangxian.core.refusal import Said

WAITED_FOR = {
    "applied": Said(
        "等村（社区）或乡镇审批员上门核对后核验；核验之前不能印码。",
        "An approver of the village or township comes to look and verifies it; no code is printed before that.",
    ),
    "verified": Said("场所码有效。", "Its codes are good."),
    "suspended": Said(
        "已暂停，场所码暂时扫不了；恢复后原来的码照常用。",
        "Suspended: its codes do not work for now. The same codes work again once it is resumed.",
    ),
    "closed": Said("已停用，场所码和设备都已失效。", "Closed: its codes and devices are worth nothing any more."),
}
REFUSED = Said(
    "没有通过核验。可以按原因改正后重新申请。",
    "The application was refused. Mend what the reason says and apply again.",
)
DONE = {
    "apply": Said("申请已提交", "The application is sent"),
    "door": Said("门已添加", "The door is added"),
    "renew": Said(
        "场所码已换发，旧码立即失效；请打印新海报换上",
        "The code is issued anew and the old one is void: print and put up the new poster",
    ),
    "position": Said("位置已保存", "The position is saved"),
    "end": Said("设备已停用", "The device is ended"),
    "verify": Said("已核验", "Verified"),
    "refuse": Said("已不予登记", "Refused"),
    "suspend": Said("已暂停", "Suspended"),
    "resume": Said("已恢复", "Resumed"),
    "close": Said("已停用", "Closed"),
    "reopen": Said(
        "已重新启用；每扇门换了新码，请打印新海报，重新登记设备",
        "Open again; every door has a new code: print new posters and enrol devices anew",
    ),
    "take_back": Said(
        "迁址已撤回，旧地址的码和设备照旧有效；新地址的海报请揭下",
        "The move is taken back: codes and devices of the old address count again; take down posters at the new one",
    ),
    "move": Said(
        "已迁址；请打印新海报，重新登记设备和位置",
        "It has moved: print new posters, enrol devices and put its position on record",
    ),
    "rest": Said("休息日已保存", "The closing days are saved"),
    "naming": Said("已更正；以前的名称、地址留在下面", "It is corrected; what it was called is kept below"),
    "hygiene": Said("已记录", "It is recorded"),
    "hand_over": Said("已转让，旧海报和旧设备都已失效", "Handed over: old posters and devices are void"),
}
DEVICE_KINDS = {
    "keeper": Said("值守员的手机", "keeper's phone"),
    "screen": Said("动态码屏幕", "screen with the rotating code"),
}
EVERY_DOOR = Said("每一扇门", "every door")


def trail(*steps: tuple[Said | str, str]) -> list[tuple[Said | str, str]]:
    """The way down from one's own venues; the last step is this page."""
    return [(Said("我的场所", "My venues"), reverse("my-venues")), *steps]
