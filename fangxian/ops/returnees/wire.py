"""What crosses the returnees room's boundary: somebody away, and what is heard of them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAway:
    """Somebody who is elsewhere; fields as `models.Away`."""

    person: UUID
    why: str
    area_path: str = ""
    division: str = ""
    place: str = ""
    phone: str = ""
    returns_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHeard:
    """What was heard of somebody; `seen` is how many things were known to whoever writes, None: all there are."""

    person: UUID
    what: str
    returns_on: date | None = None
    note: str = ""
    seen: int | None = None
