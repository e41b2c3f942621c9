"""What crosses the boundary of the round_plans room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """The plan of a round as it begins; fields as `models.KeptPlan`."""

    round: UUID
    from_at: datetime
    ends_at: datetime
    n_people: int
    n_sites: int
    n_tables: int
    n_tubes: int
    tubes_a_day: int
    held_up_by: str
    so_far: Sequence[tuple[int, int, int]]
    holding: Sequence[str]


@dataclass(frozen=True, slots=True)
class NewSlot:
    """The time slot of one place on a roster; fields as `models.PlaceSlot`."""

    place: UUID
    site: UUID
    begins_at: datetime
    ends_at: datetime
    is_first: bool
