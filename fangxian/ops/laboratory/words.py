"""The words of the laboratory: outcomes, how far plates and results are, machines, what was wrong with controls."""

from typing import Final

from fangxian.core.laboratory.judging import Fault, Outcome
from fangxian.core.laboratory.plates import Control
from fangxian.core.refusal import Said

OUTCOMES: Final = {
    Outcome.NEGATIVE: Said("阴性", "negative"),
    Outcome.POSITIVE: Said("阳性", "positive"),
    Outcome.SINGLE_TARGET: Said("单靶标阳性", "one target only"),
    Outcome.GREY: Said("灰区", "grey zone"),
    Outcome.INVALID: Said("无效", "invalid"),
    Outcome.RE_TEST: Said("重测", "to be tested again"),
}
KINDS: Final = {"extractor": Said("提取仪", "extractor"), "amplifier": Said("扩增仪", "amplifier")}
PLATES: Final = {
    "laid": Said("已布板", "laid out"),
    "extracting": Said("提取中", "being extracted"),
    "extracted": Said("已提取", "extracted"),
    "amplifying": Said("扩增中", "being amplified"),
    "amplified": Said("已扩增，待结果", "amplified, results awaited"),
    "read": Said("已出结果", "read"),
    "failed": Said("质控失败，全部重测", "controls failed: all again"),
    "void": Said("作废", "given up"),
}
FAULTS: Final = {
    Fault.NEGATIVE_FOUND: Said("阴性质控检出", "the negative control was found"),
    Fault.POSITIVE_MISSED: Said("阳性质控未按时检出", "the positive control was missed or late"),
    Fault.CONTROL_ABSENT: Said("缺少质控孔", "a control is missing"),
}
CONTROLS: Final = {
    Control.NEGATIVE: Said("阴性质控", "negative control"),
    Control.POSITIVE: Said("阳性质控", "positive control"),
}
CONTROLS_FAILED: Final = Said("质控失败：{faults}", "controls failed: {faults}")
