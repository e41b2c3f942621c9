"""How presence was shown at the doors today: what a day's scans can be used for, and what they cannot."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.utils.timezone import localtime

from fangxian.core.policy.vocabulary import Presence
from fangxian.ops.visits.queries import presences_since

# As strong as they are, the strongest first: the order in which a gate looks for them.
STRENGTHS = (Presence.STAFFED, Presence.ROTATING, Presence.LOCATED, Presence.NONE)


@dataclass(slots=True)
class PresencesTold:
    """Counts on from the rows it has counted; from the first again with each county day."""

    _day: date | None = None
    _last: int = 0
    _counts: Counter[int] = field(default_factory=Counter)

    def as_of(self, at: datetime) -> dict[str, int]:
        """Of the county day's scans how many showed presence how, the strongest way first."""
        now = localtime(at)
        if now.date() != self._day:
            self._day, self._last, self._counts = now.date(), 0, Counter()
        begins = datetime.combine(now.date(), time.min, now.tzinfo)
        self._last, found = presences_since(self._last, scanned_from=begins)
        self._counts.update(found)
        return {presence.word: self._counts[presence] for presence in STRENGTHS}
