"""County time at a gate, from the card that stands in keys.json; integers, since each scan asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fangxian.core.policy.byte_time import EPOCH_UNIX_S

FASTEST = 1_000_000  # a year in half a minute; past that no moment is one that can be written


@dataclass(frozen=True, slots=True)
class GateClock:
    """`county = county_anchor + rate × (wall − wall_anchor)`; anchors in Unix milliseconds."""

    wall_anchor_ms: float
    county_anchor_ms: float
    rate: float

    @classmethod
    def from_card(cls, card: Mapping[str, Any]) -> "GateClock":
        """The clock of a card as the realm writes it; raises ValueError for one that is no clock."""
        anchors = [datetime.fromisoformat(card[name]) for name in ("wall_anchor", "county_anchor")]
        if any(anchor.utcoffset() is None for anchor in anchors) or not 0 < card["rate"] <= FASTEST:
            raise ValueError("clock")
        wall, county = (anchor.timestamp() * 1000 for anchor in anchors)
        return cls(wall, county, float(card["rate"]))

    def county_ms(self, wall_ms: float) -> int:
        """County time in Unix milliseconds at that wall time."""
        return int(self.county_anchor_ms + (wall_ms - self.wall_anchor_ms) * self.rate)


def minute_of_ms(county_ms: int) -> int:
    """Minutes since the epoch of our bytes."""
    return (county_ms // 1000 - EPOCH_UNIX_S) // 60
