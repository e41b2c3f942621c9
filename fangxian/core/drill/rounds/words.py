"""What a reconciliation calls stages of people and states of tubes and boxes, as the pages do."""

from typing import Final

from fangxian.core.laboratory.judging import Outcome
from fangxian.core.refusal import Said

STAGES: Final = {
    "due": Said("应采未采", "missing"),
    "refused": Said("不配合", "refused"),
    "exempt": Said("免采", "exempt"),
    "sampled": Said("已采，管未封", "sampled, tube open"),
    "tube": Said("已封管", "in a sealed tube"),
    "box": Said("已装箱", "in a box"),
    "transit": Said("转运中", "on the way"),
    "received": Said("实验室已接收", "received"),
    "resulted": Said("已出结果", "resulted"),
}
STATES: Final = {
    "open": Said("未封", "open"),
    "sealed": Said("已封", "sealed"),
    "carried": Said("转运中", "on the way"),
    "received": Said("已接收", "received"),
    "void": Said("作废", "void"),
}
RESULTS: Final = {
    Outcome.NEGATIVE: Said("阴性", "negative"),
    Outcome.POSITIVE: Said("阳性", "positive"),
    Outcome.SINGLE_TARGET: Said("单靶标阳性", "one target only"),
    Outcome.GREY: Said("灰区", "grey zone"),
    Outcome.INVALID: Said("无效", "invalid"),
    Outcome.RE_TEST: Said("重测", "to be tested again"),
}
CALLED_BACK: Final = {
    "awaited": Said("待复采", "to be sampled"),
    "sampled": Said("已复采，等结果", "sampled, result awaited"),
    "free": Said("单管阴性，已解除", "own tube negative, free"),
    "held": Said("单管异常，待第二家", "own tube not negative, second laboratory"),
}
