"""What crosses this room's boundary."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from fangxian.core.laboratory.following import Next
from fangxian.core.laboratory.judging import Outcome, Standing
from fangxian.core.refusal import Said


class Out(Protocol):
    """What a laboratory lets out of one tube. `n_runs`: how often it was tested; `laboratory`: as people are shown."""

    tube_id: UUID
    round_id: UUID
    standing: Standing
    n_runs: int
    measured_at: datetime
    laboratory: str


@dataclass(frozen=True, slots=True)
class PlainOut:
    """An `Out`, for whoever has no laboratory room behind it."""

    tube_id: UUID
    round_id: UUID
    standing: Standing
    n_runs: int
    measured_at: datetime
    laboratory: str


class NewTold(NamedTuple):
    """What one person is to be told of one tube. `person`: None where only a list knows them."""

    result: UUID
    tube: UUID
    place: UUID
    person: UUID | None
    sampled_at: datetime
    next: Next


class NewCallBack(NamedTuple):
    """Somebody to be sampled anew. `is_held`: whether a hold belongs to it."""

    result: UUID
    tube: UUID
    round: UUID
    place: UUID
    person: UUID | None
    area_path: str
    sampled_at: datetime
    is_held: bool
    due_at: datetime


OUTCOMES: Mapping[str, Said] = {
    Outcome.NEGATIVE: Said("阴性", "negative"),
    Outcome.POSITIVE: Said("阳性", "positive"),
    Outcome.SINGLE_TARGET: Said("单靶标阳性", "positive in one target only"),
    Outcome.GREY: Said("灰区", "grey zone"),
    Outcome.INVALID: Said("无效", "invalid"),
    Outcome.RE_TEST: Said("须重测", "to be run again"),
}
STATES: Mapping[str, Said] = {
    "awaited": Said("待复采", "to be sampled"),
    "sampled": Said("已复采，等结果", "sampled, result awaited"),
    "free": Said("单管阴性，已解除", "own tube negative, free"),
    "held": Said("单管异常，待第二家", "own tube not negative, second laboratory"),
    "dropped": Said("混管结果已撤回", "the pool's result was taken back"),
}
