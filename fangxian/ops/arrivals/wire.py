"""What crosses the arrivals room's boundary: what is declared, what the rules made of it, a version as it is kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from fangxian.ops.realm.sealed import index_of

ONCE = "arrival_digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStay:
    """Days somebody was in one county of the nation's list, `[begins_on, ends_on)`; fields as `models.Stay`."""

    division: str
    begins_on: date
    ends_on: date
    risk_areas: frozenset[str] = frozenset()
    areas_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLeg:
    """One ride of a journey; fields as `models.Leg`. `ride` is its row in the rides room, once it has one."""

    transport: str
    begins_at: datetime
    ends_at: datetime
    vehicle: str = ""
    seat: str = ""
    ride: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is declared of one arrival: when, from where, by what, and where in the county somebody will be."""

    arrives_at: datetime
    stays: tuple[ToldStay, ...]
    legs: tuple[ToldLeg, ...] = ()
    stays_at: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the rules ask of somebody for a journey; everything empty: nothing beyond declaring.

    Attributes
    ----------
    stages : place, first day, first day without it
    tests : from which day until which, both included, one test is due
    """

    disease: str = ""
    rulebook: str = ""
    rules: tuple[str, ...] = ()
    measure: str = ""
    stages: tuple[tuple[str, date, date], ...] = ()
    tests: tuple[tuple[date, date], ...] = ()
    measure_ends_on: date | None = None
    has_landing_test: bool = False
    needs_undertaking: bool = False

    @property
    def asks_something(self) -> bool:
        return bool(self.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArrival:
    """One person's arrival to be kept. `token` is of the form it came by, so that the form sent again is known."""

    person: UUID
    area_path: str
    declared_as: str
    has_landed: bool
    told: Told
    decided: Decided = field(default_factory=Decided)
    token: UUID | None = None
    venue: UUID | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProposal:
    """What somebody tells of an arrival in another household; fields as `models.Proposal`, name and tail tidied."""

    name: str
    tail: str
    tie: str
    area_path: str
    told: Told
    person: UUID | None = None
    token: UUID | None = None


def plain_told(told: Told) -> dict[str, Any]:
    """What is declared as JSON has it; the rides it became are no part of what was said."""
    return {
        "arrives_at": _moment(told.arrives_at),
        "stays_at": told.stays_at,
        "phone": told.phone,
        "stays": [
            [it.division, it.begins_on.isoformat(), it.ends_on.isoformat(), sorted(it.risk_areas), it.areas_known]
            for it in sorted(told.stays, key=lambda it: (it.begins_on, it.ends_on, it.division))
        ],
        "legs": [
            [it.transport, it.vehicle, it.seat, _moment(it.begins_at), _moment(it.ends_at)]
            for it in sorted(told.legs, key=lambda it: (it.begins_at, it.vehicle))
        ],
    }


def _moment(at: datetime) -> str:
    """The same moment is written alike whatever zone it was said in, or it would be another declaration."""
    return at.astimezone(UTC).isoformat()


def told_json(told: Told) -> str:
    return json.dumps(plain_told(told), ensure_ascii=False, separators=(",", ":"))


def read_told(text: str) -> Told:
    """What `told_json` wrote."""
    said = json.loads(text)
    return Told(
        arrives_at=datetime.fromisoformat(said["arrives_at"]),
        stays_at=said["stays_at"],
        phone=said["phone"],
        stays=tuple(
            ToldStay(
                division=it[0],
                begins_on=date.fromisoformat(it[1]),
                ends_on=date.fromisoformat(it[2]),
                risk_areas=frozenset(it[3]),
                areas_known=it[4],
            )
            for it in said["stays"]
        ),
        legs=tuple(
            ToldLeg(
                transport=it[0],
                vehicle=it[1],
                seat=it[2],
                begins_at=datetime.fromisoformat(it[3]),
                ends_at=datetime.fromisoformat(it[4]),
            )
            for it in said["legs"]
        ),
    )


def digest_of(person: UUID, said: str) -> bytes:
    """What makes two declarations of one person the same; `said` is of `told_json`."""
    return index_of(ONCE, f"{person}|{said}") or b""


def with_rides(told: Told, rides: Sequence[UUID | None]) -> Told:
    """What was told, each leg with the row it has in the rides room."""
    return replace(told, legs=tuple(replace(leg, ride=it) for leg, it in zip(told.legs, rides, strict=True)))


def plain_stages(stages: Sequence[tuple[str, date, date]]) -> list[list[str]]:
    return [[place, begins.isoformat(), ends.isoformat()] for place, begins, ends in stages]


def plain_tests(tests: Sequence[tuple[date, date]]) -> list[list[str]]:
    return [[begins.isoformat(), due.isoformat()] for begins, due in tests]


def read_stages(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, date, date], ...]:
    return tuple((place, date.fromisoformat(begins), date.fromisoformat(ends)) for place, begins, ends in rows)


def read_tests(rows: Sequence[Sequence[str]]) -> tuple[tuple[date, date], ...]:
    return tuple((date.fromisoformat(begins), date.fromisoformat(due)) for begins, due in rows)
