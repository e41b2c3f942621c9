"""What the field app's answers and the list of phones say beside the page itself."""

from fangxian.core.refusal import Said

APP = Said("防线外勤", "Fangxian in the field")
APP_SHORT = Said("外勤", "Field")
THIS_PHONE = "外勤手机"  # a name on record, so in the county's language
CUT_OFF = Said(
    "已停用。那部手机下次连上网时会清除里面的资料；在那之前，里面的资料是加密的。",
    "Cut off. The next time that phone is online it erases what it holds; until then that is encrypted.",
)
