"""What each field of a scan should be, in words for whoever writes a program that sends scans."""

from typing import Final

from fangxian.core.refusal import Said

_MOMENT: Final = Said(
    "带时区的时间，例如 2022-04-19T12:00:00+08:00", "a moment with its zone, such as 2022-04-19T12:00:00+08:00"
)
EXPECTED: Final[dict[str, Said]] = {
    "": Said("一个 JSON 对象", "a JSON object"),
    "id": Said(
        "一个 UUID，例如 0d2d9f1e-7a43-4c1e-9d0a-6f5b8c1e2a37",
        "a UUID such as 0d2d9f1e-7a43-4c1e-9d0a-6f5b8c1e2a37",
    ),
    "venue": Said(
        "场所码的文字，以 FX 开头，或海报下方的 9 位短码",
        "the text of a venue code, beginning with FX, or the 9 characters printed under it",
    ),
    "scanned_at": _MOMENT,
    "sent_at": _MOMENT,
    "at": _MOMENT,
    "code": Said(
        "健康码或纸质卡的文字，以 FX 开头；有「document」时不填",
        "the text of a health code or card, beginning with FX; left out beside “document”",
    ),
    "document": Said(
        "证件号码，最多 64 个字符；有「code」时不填",
        "an identity number of at most 64 characters; left out beside “code”",
    ),
    "presence": Said("staffed、rotating、located、none 之一", "one of staffed, rotating, located, none"),
    "direction": Said("in 或 out", "in or out"),
    "temperature_c": Said("20 到 50 之间的摄氏度", "degrees Celsius from 20 to 50"),
    "companions": Said("最多 5 个同行人的列表", "a list of at most 5 companions"),
    "decided": Said("含 outcome 和 at 的对象", "an object with outcome and at"),
    "outcome": Said("admit、verify、refuse 之一", "one of admit, verify, refuse"),
    "scans": Said("最多 500 次扫码的列表", "a list of at most 500 scans"),
}
# What these say is a person's, and stays out of sentences.
PERSONAL: Final = frozenset({"code", "document", "companions", ""})
