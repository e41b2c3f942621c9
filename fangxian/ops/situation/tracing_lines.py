"""What stands on the chief's board of tracing, line by line: clocks, cases, teams, and what is stuck."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fangxian.core.refusal import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLine:
    """One kind of clock over the whole county: how many run, are overdue, and were reached today in time and late."""

    clock: str
    reached: Said
    n_running: int = 0
    n_overdue: int = 0
    n_in_time: int = 0
    n_late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSeen:
    """One clock of one case at a moment."""

    clock: str
    due_at: datetime
    reached_at: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCase:
    """A case that a team holds, with its clocks, the soonest due first."""

    case_id: UUID
    number: str
    given_at: datetime
    clocks: Sequence[ClockSeen]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """One team: where it stands, who leads it, until when it is on duty, what it holds and how that stands.

    `n_overdue` counts the clocks of its cases and its contacts that are late now.
    """

    team_id: UUID
    number: int
    name: Said
    base: Said
    lead: str
    duty_until: datetime | None
    n_cases: int
    n_contacts: int
    load: int
    load_max: int
    n_overdue: int
    n_stuck: int
    next_due_at: datetime | None
    moved_at: datetime | None
    cases: Sequence[HeldCase]

    @property
    def load_percent(self) -> int:
        """Its load as a share of what it can hold, 100 at most."""
        return min(100, 100 * self.load // self.load_max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """Contacts of one case that nobody looks for: how many, and since when the longest has waited."""

    case_id: UUID
    n: int
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """One thing that does not go on.

    kind : "case_unassigned", "contacts_unassigned", "clock_overdue", "contacts_overdue", "case_still",
        "contacts_still" (nothing was done for long), "off_duty"
    who : who must act
    since : since when it has been so; `due_at` until when it should have been
    """

    kind: str
    who: Said
    n: int = 1
    since: datetime | None = None
    due_at: datetime | None = None
    is_late: bool = False
    case_id: UUID | None = None
    case_number: str = ""
    clock: str = ""
    team: TeamLine | None = None
