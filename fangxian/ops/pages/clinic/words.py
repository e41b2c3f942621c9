"""What a hospital is told after it cleared a fever, or took that back."""

from collections.abc import Mapping

from fangxian.core.refusal import Said

DONE: Mapping[str, tuple[Said, Said]] = {
    "cleared": (
        Said("已登记排除", "The fever is cleared"),
        Said(
            "健康码已按规则重算，门岗两秒内知道。之后再量出发热，重新计算。",
            "The code is computed anew by the rules, and doors know within two seconds. A fever measured later counts "
            "anew.",
        ),
    ),
    "taken-back": (
        Said("已撤回排除", "The clearing is taken back"),
        Said(
            "那次发热照旧计算，健康码已重算；理由本人看得到。",
            "The fever counts as before, and the code is computed anew. The person reads the reason.",
        ),
    ),
}
