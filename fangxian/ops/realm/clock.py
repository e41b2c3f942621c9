"""County time: what the rules run on. Freshness and durations of machines run on wall time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyClock:
    """A clock that may stand elsewhere than the wall's and run faster.

    County time is `county_anchor + rate × (wall − wall_anchor)`. A live realm's clock is the wall's
    (rate 1, equal anchors); a drill's may run at ×600; the demo county lives in April 2022.

    Attributes
    ----------
    wall_anchor, county_anchor : aware datetimes
    rate : county seconds per wall second, > 0
    zone : IANA name of the county's time zone
    """

    wall_anchor: datetime
    county_anchor: datetime
    rate: float
    zone: str

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise ValueError(f"a county clock runs forwards: rate must be above 0, not {self.rate}")

    @classmethod
    def of_the_wall(cls, zone: str) -> "CountyClock":
        start = datetime(2000, 1, 1, tzinfo=UTC)
        return cls(wall_anchor=start, county_anchor=start, rate=1.0, zone=zone)

    @classmethod
    def starting(
        cls, county_at: datetime, *, rate: float = 1.0, zone: str, wall_at: datetime | None = None
    ) -> "CountyClock":
        """A clock that shows `county_at` now and runs `rate` times as fast as the wall."""
        return cls(wall_anchor=wall_at or datetime.now(UTC), county_anchor=county_at, rate=rate, zone=zone)

    def at(self, wall: datetime) -> datetime:
        """County time, in the county's zone, at a moment of wall time."""
        moment = self.county_anchor + (wall - self.wall_anchor) * self.rate
        return moment.astimezone(ZoneInfo(self.zone))

    def wall_at(self, county: datetime) -> datetime:
        """The moment of wall time (UTC) at which this clock shows, or would have shown, a county time."""
        return (self.wall_anchor + (county - self.county_anchor) / self.rate).astimezone(UTC)

    def now(self) -> datetime:
        return self.at(datetime.now(UTC))

    def as_card(self) -> dict:
        return {
            "wall_anchor": self.wall_anchor.isoformat(),
            "county_anchor": self.county_anchor.isoformat(),
            "rate": self.rate,
            "zone": self.zone,
        }

    @classmethod
    def from_card(cls, card: dict) -> "CountyClock":
        return cls(
            wall_anchor=datetime.fromisoformat(card["wall_anchor"]),
            county_anchor=datetime.fromisoformat(card["county_anchor"]),
            rate=card["rate"],
            zone=card["zone"],
        )
