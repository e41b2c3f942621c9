"""What the pages of exchange say after something was done."""

from fangxian.core.refusal import Said
from fangxian.ops.intake.kinds import kind_of

DONE = {
    "prepared": Said(
        "转出包已生成。请下载、发送给对方，然后按“已发出”。",
        "The package is made. Download it, send it, then press “sent”.",
    ),
    "sent": Said(
        "已记为发出：名单上的人已转出，回执的时钟已开始。",
        "Noted as sent: those listed are handed over, and the receipt's clock runs.",
    ),
    "withdrawn": Said("已撤回，名单上的人仍归本县管。", "Withdrawn; those listed stay ours."),
    "came": Said("已收到，签名核对无误。", "Received; its signature is right."),
    "held": Said(
        "已收到，先暂存：签名与内容相符，但签名的公钥还没有人核对过，一个人也没有收进来。",
        "Received and held: the signature fits, but nobody has compared the key yet, and nobody was taken in.",
    ),
    "again": Said(
        "这个包以前收过，没有重复办理；下面是那一次的情况。",
        "This package came before and is not taken twice; below is what came of it then.",
    ),
    "taken": Said(
        "已接收，回执已签名生成。请下载回执，发还给对方。",
        "Taken over; the receipt is signed. Download it and send it back.",
    ),
    "answered": Said("回执已收，这个包已了结。", "The receipt is here, and the package is closed."),
    "confirmed": Said("公钥已确认，它签名的包可以接收了。", "The key is confirmed; what it signed can be taken over."),
    "rejected": Said("公钥已否认，它签名的包不会接收。", "The key is rejected; what it signed will not be taken."),
}
LISTS = ("cases.list", "contacts.list", "contacts.relationships", "contacts.follow_ups")
KINDS = {name: Said(it.zh, it.en[0].upper() + it.en[1:]) for name in LISTS for it in [kind_of(name).said]}
SHAPES = {
    "plain": Said("本县名单（可以原样再导入）", "our own list, which can be imported again"),
    "godata": Said("Go.Data CSV", "Go.Data CSV"),
}
