"""What crosses the posts room's boundary: somebody who passes, as the post tells it, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from fangxian.core.refusal import Refusal

from .refusals import nobody_said, origin_unknown, post_unknown, temperature_impossible, vehicle_unknown

VEHICLES: Final = ("foot", "bicycle", "car", "coach", "goods")
LOWEST_TENTHS, HIGHEST_TENTHS = 340, 429
MOST_LETTERS = 200
LONGEST_SAID = 10  # as its column is: no word that a phone may say should keep a shift's records back


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Somebody at a post, as whoever stands there tells it. An empty text is not told; None is not taken.

    Attributes
    ----------
    shown : the text of a code or card that was scanned
    group : the same for all in one vehicle
    origin : six digits, where they come from (or go to, on the way out)
    permit : the text of a permit that was scanned
    said : what the phone answered by itself without a network
    to_hospital : on the way to a doctor; such a vehicle is never held
    """

    post: UUID
    shown: str = ""
    document: str = ""
    name: str = ""
    phone: str = ""
    is_out: bool = False
    group: UUID | None = None
    vehicle: str = ""
    plate: str = ""
    origin: str = ""
    destination: str = ""
    temperature_tenths: int | None = None
    permit: str = ""
    said: str = ""
    to_hospital: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassing:
    """One passing to be kept: what was told, and what was decided."""

    device: UUID
    number: int
    passed_at: datetime
    told: Told
    outcome: str
    rules: tuple[str, ...] = ()
    person: UUID | None = None
    colour: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExit:
    """One way through a post; a locked one has somebody with the key."""

    name: str
    is_locked: bool = False
    key_holder: str = ""
    key_phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost:
    """A post to be set up at a venue. Hours are minutes of the county's day, `[begins_min, ends_min)`."""

    venue: UUID
    name: str
    venue_class: str
    area_path: str
    begins_min: int = 0
    ends_min: int = 1440
    n_a_shift: int = 4
    phone: str = ""
    exits: tuple[NewExit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKeeper:
    """Somebody who is to keep at a post."""

    name: str
    phone: str = ""
    is_volunteer: bool = False
    account: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShift:
    """A shift to be set: who keeps the post over `[begins_at, ends_at)`."""

    post: UUID
    begins_at: datetime
    ends_at: datetime
    keepers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time in which fewer keep a post than should; `n_missing` of them at the least, for all of it."""

    post: UUID
    begins_at: datetime
    ends_at: datetime
    n_missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of one passing. `passing` is the row that is on record; None where it was refused."""

    device: UUID
    number: int
    state: str  # taken, repeat or refused, as the field app's outcomes
    passing: UUID | None = None
    refusal: Refusal | None = None


def read_told(body: Mapping) -> Told:
    """What a phone sends as the body of a passing. (JSON object → `Told`)

    Refuses
    -------
    posts.unknown, posts.nobody_said, posts.temperature_impossible, posts.vehicle_unknown, posts.origin_unknown
    """
    texts = {name: _text(body, name) for name in _TEXTS}
    texts["said"] = texts["said"][:LONGEST_SAID]
    tenths = body.get("temperature_tenths")
    return checked(
        Told(
            post=_uuid(body.get("post")) or _no_post(),
            group=_uuid(body.get("group")),
            is_out=body.get("is_out") is True,
            to_hospital=body.get("to_hospital") is True,
            temperature_tenths=tenths if isinstance(tenths, int) and not isinstance(tenths, bool) else None,
            **texts,
        )
    )


def checked(told: Told) -> Told:
    """The same, if it can be right."""
    tenths = told.temperature_tenths
    if tenths is not None and not LOWEST_TENTHS <= tenths <= HIGHEST_TENTHS:
        raise temperature_impossible(tenths / 10)
    if told.vehicle and told.vehicle not in VEHICLES:
        raise vehicle_unknown(told.vehicle)
    if told.origin and not (len(told.origin) == 6 and told.origin.isascii() and told.origin.isdecimal()):
        raise origin_unknown(told.origin)
    if not (told.shown or told.document or told.name):
        raise nobody_said()
    return told


_TEXTS: Final = (
    "shown", "document", "name", "phone", "vehicle", "plate", "origin", "destination", "permit", "said",
)  # fmt: skip


def _text(body: Mapping, name: str) -> str:
    value = body.get(name)
    return value.strip()[:MOST_LETTERS] if isinstance(value, str) else ""


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _no_post() -> UUID:
    raise post_unknown()
