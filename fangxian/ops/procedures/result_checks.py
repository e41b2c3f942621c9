"""What can be wrong with a laboratory's result before anything follows from it. Part of positive_result."""

from datetime import datetime
from typing import Protocol

from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Refusal
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.current import county_now


class OfOnePerson(Protocol):
    """A result as `positive_result.Result` has it."""

    disease: str
    specimen: str
    sampled_at: datetime
    resulted_at: datetime


def rulebook_for(result: OfOnePerson) -> Rulebook:
    """The disease's rulebook, after what can be wrong with a result has been looked at.

    Refuses
    -------
    lab.no_rulebook, lab.specimen_unknown, lab.resulted_before_sampling, lab.resulted_in_future
    """
    at = county_now()
    rulebook = rulebooks_by_disease(at).get(result.disease)
    if rulebook is None:
        raise Refusal(
            "lab.no_rulebook",
            zh="现在没有“{disease}”的规则手册有效，结果没有登记。怎样暂控、由谁复核以规则为准；请先发布规则手册，或核对病种。",
            en="No rulebook for “{disease}” is in force, so the result was not entered. Who is held and tested again "
            "follows from the rules: publish a rulebook first, or check the disease.",
            disease=result.disease,
        )
    if result.specimen not in {row.key for row in rulebook.specimens}:
        raise Refusal(
            "lab.specimen_unknown",
            zh="“{specimen}”不是这个病种的标本，结果没有登记。应为：{known}；请重新选择。",
            en="“{specimen}” is no specimen of this disease, so the result was not entered. It should be one of "
            "{known_en}: choose again.",
            specimen=result.specimen,
            known="、".join(row.name.zh for row in rulebook.specimens) or "—",
            known_en=", ".join(row.name.en for row in rulebook.specimens) or "—",
        )
    _refuse_times(result, at)
    return rulebook


def _refuse_times(result: OfOnePerson, at: datetime) -> None:
    shown = {
        name: f"{moment.astimezone(at.tzinfo):%Y-%m-%d %H:%M}"
        for name, moment in (("sampled", result.sampled_at), ("resulted", result.resulted_at), ("now", at))
    }
    if result.resulted_at < result.sampled_at:
        raise Refusal(
            "lab.resulted_before_sampling",
            zh="结果时间 {resulted} 早于采样时间 {sampled}，结果没有登记。结果应在采样之后；请核对这两个时间。",
            en="The result ({resulted}) is earlier than its sampling ({sampled}), so it was not entered. It should be "
            "later: check both times.",
            **shown,
        )
    if result.resulted_at > at:
        raise Refusal(
            "lab.resulted_in_future",
            zh="结果时间 {resulted} 在现在（{now}）之后，结果没有登记。应为已经出来的结果；请核对时间。",
            en="The result's time {resulted} lies after now ({now}), so it was not entered. It should have come "
            "already: check the time.",
            **shown,
        )
