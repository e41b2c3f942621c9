"""What the field app's answers and the list of phones say beside the page itself."""

from fangxian.core.refusal import Said

APP = Said("防线外勤", "Fangxian in the field")
APP_SHORT = Said("外勤", "Field")
# As posts know them: `posts.wire.VEHICLES`.
VEHICLES = {
    "foot": Said("步行", "foot"),
    "bicycle": Said("自行车、电动车", "bicycle"),
    "car": Said("小客车", "car"),
    "coach": Said("大客车", "coach"),
    "goods": Said("货车", "goods vehicle"),
}
THIS_PHONE = "外勤手机"  # a name on record, so in the county's language
CUT_OFF = Said(
    "已停用。那部手机下次连上网时会清除里面的资料；在那之前，里面的资料是加密的。",
    "Cut off. The next time that phone is online it erases what it holds; until then that is encrypted.",
)
