"""Small things components are given: a need, an event, a step of the trail."""

from dataclasses import dataclass
from datetime import datetime

from fangxian.core.refusal import Said

HEALTH_CODES = {
    "green": Said("绿码", "Green"),
    "yellow": Said("黄码", "Yellow"),
    "red": Said("红码", "Red"),
    "unknown": Said("未知", "Unknown"),
}
OUTCOMES = {
    "admit": ("green", "admits", Said("通行", "Pass")),
    "verify": ("yellow", "verifies", Said("核验", "Verify")),
    "refuse": ("red", "refuses", Said("止步", "Stop")),
    "unknown": ("unknown", "cannot-say", Said("不明", "Unsure")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One line of what needs a hand.

    Attributes
    ----------
    what : the sentence, without the number
    count : how many, ≥ 1
    href : where it is done
    who : whose it is, or where
    due_at : aware datetime, or None
    late : the caller has found it late
    """

    what: Said | str
    href: str
    count: int = 1
    who: Said | str = ""
    due_at: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One point of a timeline.

    Attributes
    ----------
    at : aware datetime
    what : the sentence; `more` follows it in a softer hand
    turn : something changed here; the point is filled
    """

    at: datetime
    what: Said | str
    more: Said | str = ""
    href: str = ""
    turn: bool = False
