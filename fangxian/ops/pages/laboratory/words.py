"""The words of a result, and of what came of it."""

from collections.abc import Mapping

from fangxian.core.refusal import Said
from fangxian.ops.procedures.positive_result import Came, Found

FOUND: Mapping[str, Said] = {
    Found.POSITIVE: Said("阳性", "positive"),
    Found.GREY: Said("灰区", "grey zone"),
    Found.SINGLE_TARGET: Said("单靶标阳性", "positive in one target only"),
    Found.NEGATIVE: Said("阴性", "negative"),
}
# What came of a result: the answer first, then what happens now.
CAME: Mapping[str, tuple[str, Said, Said]] = {
    Came.HELD: (
        "warn",
        Said("已暂控，待另一家实验室复核", "Held until another laboratory has tested"),
        Said(
            "健康码已转，门岗两秒内知道。复核任务已派出；请把标本或复采安排给另一家实验室。",
            "The code has turned, and doors know within two seconds. The second test is a task now: see that the "
            "specimen, or a new one, goes to another laboratory.",
        ),
    ),
    Came.CONFIRMED: (
        "warn",
        Said("两家实验室均为阳性，病例已确认", "Positive at two laboratories: the case is confirmed"),
        Said(
            "流调和转运按时限进行，这里不用再做什么。",
            "Tracing and transfer go by their clocks; nothing more is to be done here.",
        ),
    ),
    Came.RELEASED: (
        "info",
        Said("复核阴性，已解除", "Negative at the second laboratory: released"),
        Said(
            "健康码已转回，门岗两秒内知道；相关接触者一并解除。",
            "The code has turned back, and doors know within two seconds; so have those of the contacts.",
        ),
    ),
    Came.REPORTED: (
        "warn",
        Said("已报告，待流调人员按病例定义确认", "Reported; an investigator confirms it by the case definition"),
        Said("报告时限已开始，流调人员已能看到。", "The clocks of its report run, and investigators see it."),
    ),
    Came.NOTED: (
        "info",
        Said("结果已登记", "The result is on record"),
        Said("没有因此采取措施，也没有解除。", "Nothing was done because of it, and nobody was released."),
    ),
    Came.OLDER: (
        "warn",
        Said("结果已登记，暂控没有解除", "The result is on record; the hold stands"),
        Said(
            "这份样本采得比阳性的那份早，不能作为复核。请检测同一份或之后采的样本；采样时间填错的，改正后再报。",
            "This sample was taken before the positive one and cannot be its second test. Test the same sample or a "
            "later one; if the time of sampling was mistyped, report it again with the right one.",
        ),
    ),
}
