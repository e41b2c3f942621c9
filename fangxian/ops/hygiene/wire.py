"""What crosses the hygiene room's boundary: a place to be listed, and what was done at one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from fangxian.ops.accounts.models import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """A venue or process for the register. Without a venue it is a process of an area. `since` is when it came to the
    county's list, where that is longer ago than it is written down here.
    """

    of_class: str
    name: str
    area_path: str
    venue: UUID | None = None
    unit: Unit | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What is to be done about one item that is not in order, and by which day."""

    what: str
    by_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRound:
    """What was done at a place. `id` is made where it is told, so that telling it twice is harmless.

    Attributes
    ----------
    answers : item → ok, fault or not_here; of an inspection
    remedies : item → remedy, of each fault
    concentration_mg_l : available chlorine or active substance, mg/L; of a disinfection
    """

    id: UUID
    place: UUID
    kind: str
    done_at: datetime
    done_by: str = ""
    note: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    remedies: Mapping[str, Remedy] = field(default_factory=dict)
    agent: str = ""
    concentration_mg_l: int | None = None
    area_m2: int | None = None
    n_samples: int | None = None
    spots: str = ""
