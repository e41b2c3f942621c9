"""What the results room refuses."""

from fangxian.core.refusal import Refusal


def ended_without_words() -> Refusal:
    return Refusal(
        "results.ended_without_words",
        zh="没有写为什么，召回没有结束。应写明原因，如已迁走、已去世、两份档案是一个人；请写上。",
        en="It does not say why, so nobody's call-back was ended. A reason should be given, such as that they moved "
        "away, died, or are on record twice: write it.",
    )
