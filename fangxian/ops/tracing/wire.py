"""What comes into the tracing room: teams with their members, shifts, work given out, clocks that start."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account, Unit

from .models import Assignment, Member

CASE, CONTACT = Assignment.Work.CASE, Assignment.Work.CONTACT
Why = Assignment.Why
MEMBER_KINDS = tuple(Member.Kind.values)
KIND_NAMES: dict[str, Said] = {
    "cdc": Said("疾控", "CDC"),
    "police": Said("公安", "police"),
    "telecom": Said("通信", "telecom"),
    "township": Said("乡镇", "township"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """Somebody who joins a team; without an account they work on paper."""

    kind: str
    name: str
    phone: str = ""
    account: Account | None = None
    unit: Unit | None = None
    is_lead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTeam:
    """A team to be founded; `area_path` is the township it sets out from, `load_max` in contacts to trace.

    `id` is for whoever must name the team before it stands.
    """

    number: int
    name: Said
    area_path: str
    load_max: int
    members: Sequence[NewMember]
    id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShift:
    """A team's duty for [begins_at, ends_at), both aware."""

    team: UUID
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWork:
    """One case or one contact for one team, to be done by `due_at`. `work` is CASE or CONTACT."""

    work: str
    about: UUID
    team: UUID
    disease: str
    area_path: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClock:
    """One clock of one case; its key is the rulebook's or one of `clocks.py`."""

    case_id: UUID
    clock: str
    disease: str
    area_path: str
    starts_at: datetime
    due_at: datetime


def subject(work: str, about: UUID) -> str:
    """What audit lines and tasks name a piece of work by: "case:<uuid>" or "contact:<uuid>"."""
    return f"{work}:{about}"
