"""The words of the returnees room, wherever they are said."""

from typing import Final

from fangxian.core.refusal import Said

WHYS: Final = {
    "work": Said("务工", "work"),
    "study": Said("上学", "study"),
    "family": Said("随亲属或就医", "family or treatment"),
    "other": Said("其他", "other"),
}
WHATS: Final = {
    "noted": Said("登记外出", "put on the register"),
    "back": Said("已经回来", "is back"),
    "not_coming": Said("不回来了", "is not coming"),
    "new_date": Said("改了日子", "another day"),
    "not_reached": Said("没联系上", "not reached"),
}
