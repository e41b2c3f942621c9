"""What the resident's pages say: colours, results, travel, sources, what an appeal has come to."""

from fangxian.core.policy.vocabulary import Colour, Outcome, Presence, Travel
from fangxian.core.policy.words import LastResult
from fangxian.core.refusal import Said

COLOUR_WORDS = {
    Colour.GREEN: Said("绿码", "Green"),
    Colour.YELLOW: Said("黄码", "Yellow"),
    Colour.RED: Said("红码", "Red"),
    Colour.UNKNOWN: Said("未知", "Unknown"),
}
TRAVEL_WORDS = {
    Travel.CLEAR: Said("无风险", "no journey at risk"),
    Travel.RISK: Said("有风险", "a journey at risk"),
    Travel.UNKNOWN: Said("不明", "not known"),
}
RESULT_WORDS = {
    LastResult.NEGATIVE: Said("阴性", "negative"),
    LastResult.POSITIVE: Said("阳性", "positive"),
    LastResult.UNCLEAR: Said("待复检", "to be tested again"),
}
OUTCOME_WORDS = {
    Outcome.ADMIT: Said("通行", "passed"),
    Outcome.VERIFY: Said("核验", "to be checked"),
    Outcome.REFUSE: Said("止步", "stopped"),
}
PRESENCE_WORDS = {
    Presence.STAFFED: Said("值守员扫码", "scanned by a keeper"),
    Presence.ROTATING: Said("扫动态码", "rotating code"),
    Presence.LOCATED: Said("按位置（手机自己比对）", "by position, as the phone says"),
    Presence.NONE: Said("扫海报，不能证明本人在场", "poster; proves no presence"),
}
APPEAL_STATES = {
    "waiting": Said("等待答复", "waiting"),
    "upheld": Said("申诉成立", "upheld"),
    "dismissed": Said("不成立", "dismissed"),
}
DONE = {
    "renew": Said("健康码已换新，以前的码立即失效", "The code is renewed; every earlier one is void"),
    "appeal": Said("申诉已提交", "The appeal is sent"),
    "answer": Said("申诉已答复，本人会看到", "The appeal is answered; the person will see it"),
    "declare": Said("申报已收到", "The declaration is on record"),
}
OUT = Said("出", "out")
IN = Said("进", "in")
