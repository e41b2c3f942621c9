"""What crosses the cases room's boundary. Dates and times are county time; keys are those of `vocabulary`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from fangxian.core.policy.rulebook import ReportClock, Rulebook
from fangxian.core.refusal import Said

# The steps of a report in the law's order (突发公共卫生事件应急条例 §19, §20; class B and C: one step). What a
# disease's rulebook does not name does not run.
REPORT_CHAIN = ("case-report", "institution-to-health", "health-to-government", "county-to-city")
INVESTIGATION = "case-investigation"
# A card filed here lies before the county's health department at once.
MET_BY_FILING = frozenset({"institution-to-health"})


@dataclass(slots=True, kw_only=True)
class NewCase:
    """A case to be opened. The identity is as known; document and phone numbers normalised (core.identity).

    Attributes
    ----------
    area_path : where the person lives now, at least the county
    case_class : a key of the case definitions of the disease's rulebook
    person : the resident on the register, if it is one
    reported_at : when the county was told; empty means now
    """

    disease: str
    area_path: str
    name: str
    found_by: str
    case_class: str
    person: UUID | None = None
    document_kind: str = ""
    document_number: str = ""
    phone: str = ""
    address: str = ""
    workplace: str = ""
    sex: str = ""
    born_on: date | None = None
    occupation: str = ""
    onset_on: date | None = None
    died_on: date | None = None
    first_positive_sampled_at: datetime | None = None
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResult:
    """What a laboratory found in a specimen of a case. `found`: positive, negative or unclear."""

    laboratory: str
    specimen: str
    sampled_at: datetime
    resulted_at: datetime
    found: str
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is put right in a case: only what is in `columns` changes; `version` is the one that was looked at."""

    columns: Mapping[str, object]
    version: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClock:
    """A clock to run on a case: minutes allowed and the rulebook's own words."""

    clock: str
    chain: int
    rulebook: str
    within: timedelta
    starts: Said
    ends: Said
    owner: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """One answer as it is saved; `version` is the one the writer had before them, 0 for none."""

    question: str
    value: object
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """One stay or ride of an itinerary; `id` made by whoever writes, `version` as of `NewAnswer`."""

    begins_at: datetime
    ends_at: datetime | None = None
    kind: str = "stay"
    place: str = ""
    venue: UUID | None = None
    vehicle: str = ""
    seat: str = ""
    crowd: str = ""
    ventilation: str = ""
    masked: str = ""
    remark: str = ""
    version: int = 0
    id: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """Who infected whom, as believed."""

    infector: UUID
    infected: UUID
    setting: str
    certainty: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Who infected whom, as others read it."""

    id: UUID
    infector: UUID
    infected: UUID
    setting: str
    certainty: str


def report_clocks(rulebook: Rulebook, at: datetime) -> list[NewClock]:
    """The clocks a new case starts: the steps of its report in their order, then the investigation by itself."""
    named = {row.clock: row for row in rulebook.clocks if row.in_force(at)}
    chain = [named[key] for key in REPORT_CHAIN if key in named]
    steps = [_new_clock(rulebook, row, place) for place, row in enumerate(chain, start=1)]
    alone = [_new_clock(rulebook, named[INVESTIGATION], 0)] if INVESTIGATION in named else []
    return steps + alone


def _new_clock(rulebook: Rulebook, row: ReportClock, chain: int) -> NewClock:
    return NewClock(
        clock=row.clock,
        chain=chain,
        rulebook=f"{rulebook.id} v{rulebook.version} {row.number}",
        within=row.within,
        starts=row.starts,
        ends=row.ends,
        owner=row.owner,
    )


@dataclass(slots=True, kw_only=True)
class ListedCase:
    """A case as a list has it, with the state it is in there; `id` is the one it is to have here.

    `confirmed_at` and `outcome` as the state asks: an outcome exactly when it is closed.
    """

    new: NewCase
    state: str = "reported"
    confirmed_at: datetime | None = None
    outcome: str = ""
    hospital: str = ""
    id: UUID = field(default_factory=uuid4)
