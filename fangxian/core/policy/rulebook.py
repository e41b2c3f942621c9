"""A rulebook as the program holds it: frozen rows, nothing computed, nothing decided.

One class is one kind of row of the file; `shapes` says how each field is written there. Times are
aware datetimes, periods are half-open `[begins_at, until_at)`, lengths are `timedelta`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from fangxian.core.policy.hygiene import HygieneRule
from fangxian.core.policy.row import Document as Document
from fangxian.core.policy.row import Row as Row
from fangxian.core.policy.vocabulary import Colour, Outcome, Place, Presence, Transmission, Travel
from fangxian.core.refusal import Said

Conditions = Mapping[str, tuple[str, ...]]  # name -> the values it may have; all names must agree


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A value that rules may use, with its name for people."""

    key: str
    name: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskState(Named):
    """Where a risk state holds: as far around a place listed at one of `levels` as `reach` says (vocabulary.REACHES;
    "" is not said, of older files), and in divisions that a dispatcher names from a day on, if `by_hand`."""

    reach: str
    levels: tuple[str, ...]
    by_hand: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKind(Row):
    """What may be evidence: who may give it, which attributes it has, what it needs to count.

    `attributes` maps a name to its allowed values; an empty tuple means a date. `presence` lists what
    may corroborate it (empty: it does not come from a scan). `longest` ends it by itself. `pushed`
    marks what another jurisdiction says: shown apart, with its issuer.
    """

    kind: str
    name: Said
    sources: tuple[str, ...]
    attributes: Conditions
    presence: tuple[Presence, ...]
    longest: timedelta | None
    needs_ruling: bool
    pushed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One colour for some time; `lasts` None means until releasing evidence."""

    colour: Colour
    lasts: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourRule(Row):
    """A kind of evidence gives these colours, one after another, then nothing.

    `anchor` is "from" (the moment the evidence begins) or the name of a date attribute, which is day 0:
    the phases are counted from the midnight that ends it.
    """

    evidence: str
    when: Conditions
    anchor: str
    phases: tuple[Phase, ...]
    ended_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelRule(Row):
    evidence: str
    when: Conditions
    state: Travel
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeBand(Named):
    """Tests younger than `up_to` (and not younger than the band before)."""

    up_to: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureBand(Named):
    """Temperatures from `from_c` (inclusive) to the next band."""

    from_c: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueClass(Named):
    emergency_care: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorInput(Named):
    """A further input of door decisions that this rulebook declares.

    The first of its values is "not known"; the others follow from best to worst.
    """

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorRule(Row):
    """One reason: at these venue classes, these values of one input give this outcome.

    `outcome` ADMIT is a direction ("by the side entrance"). `ease` 1 (cannot be changed) to 9 (done on
    the spot) ranks reasons of one outcome. `venues` "*" means every class without emergency care.
    """

    input: str
    values: tuple[str, ...]
    venues: tuple[str, ...]
    except_venues: tuple[str, ...]
    outcome: Outcome
    ease: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherRule(Row):
    """A declared cross-term: when all inputs have these values it adds its reason, or lifts others'."""

    when: Conditions
    venues: tuple[str, ...]
    except_venues: tuple[str, ...]
    outcome: Outcome | None
    ease: int
    lifts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption(Row):
    """People to whom some door rules do not apply. The n-th row is bit n of a person's exemptions."""

    key: str
    name: Said
    lifts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    place: Place
    lasts_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a person is asked: stages one after another, tests, papers. Day 0 is before day 1.

    `test_days` are counted like the stages; `n_tests` within `tests_within` of arriving are those that
    have no day of their own; `landing_test` is taken where the person first sets foot.
    """

    stages: tuple[Stage, ...]
    test_days: tuple[int, ...]
    n_tests: int
    tests_within: timedelta | None
    landing_test: bool
    undertaking: bool

    @property
    def isolation_days(self) -> int:
        """Days at which the person may not move freely."""
        kept_in = (Place.HOSPITAL, Place.CENTRAL, Place.HOME)
        return sum(s.lasts_days for s in self.stages if s.place in kept_in)

    @property
    def central_days(self) -> int:
        return sum(s.lasts_days for s in self.stages if s.place in (Place.HOSPITAL, Place.CENTRAL))

    @property
    def lasts_days(self) -> int:
        return sum(s.lasts_days for s in self.stages)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalRule(Row):
    """Whoever stayed in one of these risk states within `within` before arriving."""

    risk: tuple[str, ...]
    within: timedelta
    day_zero: str  # "arrival" or "last_stay"
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRule(Row):
    """A ring of contacts: who belongs to it, how far back, what is asked. Day 0 is the last exposure
    (`day_zero` "last_exposure") or the day the person is placed ("placement")."""

    ring: str
    name: Said
    definition: Said
    evidence: str
    lookback: timedelta
    day_zero: str
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartureRule(Row):
    """One requirement for leaving: a colour, tests on consecutive days, or the approval of a level."""

    requirement: str  # "colour" | "tests" | "approval" | "declaration"
    colour: Colour | None
    consecutive_test_days: int
    approvals: tuple[str, ...]
    when_risk: tuple[str, ...]
    ahead: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceRule(Row):
    """Who belongs to such venues in such roles (empty: any): tested on `n_test_days` of each `n_days` days (N天M检)."""

    key: str
    name: Said
    venue_classes: tuple[str, ...]
    roles: tuple[str, ...]
    n_days: int
    n_test_days: int
    required: bool  # 应检尽检; else 愿检尽检


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRule(Row):
    """How many share a tube at most where a risk area of these levels is; no levels: where none is (混检比例)."""

    levels: tuple[str, ...]
    largest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportClock(Row):
    """From one event to another at most this long, by whom."""

    clock: str
    starts: Said
    ends: Said
    owner: Said
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling(Row):
    """The strictest that a level allows: rules of lower levels beyond it need their own clause."""

    on: str  # the section it limits: doors, colours, arrivals, contacts
    subject: str  # "travel=risk", an evidence kind, a risk state, a ring
    at_most_outcome: Outcome | None
    at_most_colour: Colour | None
    at_most_days: int | None
    at_most_central_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionTerm(Row):
    what: str
    keep: timedelta
    counted_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseasePeriod(Row):
    """A number of the disease with its range, such as the incubation."""

    key: str
    low: timedelta
    usual: timedelta
    high: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDefinition(Row):
    case_class: str
    definition: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen(Row):
    key: str
    name: Said
    test: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class PermittedMeasure(Row):
    """A measure that an order may turn on for this disease; nothing else may be ordered."""

    key: str
    name: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Disease:
    key: str
    name: Said
    transmission: tuple[Transmission, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """A numbered rulebook, read and not yet judged: `checking.check` says whether it may be published."""

    id: str
    version: int
    title: Said
    document: Document
    legal_basis: Said
    ask: Said
    begins_at: datetime
    until_at: datetime
    utc_offset: timezone
    stale_after: timedelta | None
    tests_count_from: str  # "sampled" or "reported"
    disease: Disease
    documents: tuple[Document, ...]
    periods: tuple[DiseasePeriod, ...]
    case_definitions: tuple[CaseDefinition, ...]
    specimens: tuple[Specimen, ...]
    contacts: tuple[ContactRule, ...]
    measures: tuple[PermittedMeasure, ...]
    evidence: tuple[EvidenceKind, ...]
    colours: tuple[ColourRule, ...]
    travel: tuple[TravelRule, ...]
    test_bands: tuple[AgeBand, ...]
    temperature_bands: tuple[TemperatureBand, ...]
    venue_classes: tuple[VenueClass, ...]
    door_inputs: tuple[DoorInput, ...]
    doors: tuple[DoorRule, ...]
    together: tuple[TogetherRule, ...]
    exemptions: tuple[Exemption, ...]
    risk_states: tuple[RiskState, ...]
    arrivals: tuple[ArrivalRule, ...]
    departures: tuple[DepartureRule, ...]
    test_classes: tuple[CadenceRule, ...]
    hygiene: tuple[HygieneRule, ...]
    pools: tuple[PoolRule, ...]
    clocks: tuple[ReportClock, ...]
    ceilings: tuple[Ceiling, ...]
    retention: tuple[RetentionTerm, ...]
    digest: str  # SHA-256 of the text with plain line ends, lower-case hexadecimal
    encoding: str = "utf-8"

    @property
    def has_gate(self) -> bool:
        return bool(self.doors or self.together)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every numbered row, in the order of the sections."""
        return (
            *self.periods, *self.case_definitions, *self.specimens, *self.contacts, *self.measures,
            *self.evidence, *self.colours, *self.travel, *self.doors, *self.together, *self.exemptions,
            *self.arrivals, *self.departures, *self.test_classes, *self.hygiene, *self.pools, *self.clocks,
            *self.ceilings, *self.retention,
        )  # fmt: skip

    def row(self, number: str) -> Row | None:
        return next((row for row in self.rows if row.number == number), None)

    def in_force(self, at: datetime) -> bool:
        return self.begins_at <= at < self.until_at

    def midnight_ending(self, day: date) -> datetime:
        """The end of a calendar day where the rulebook holds: where day 0 stops and day 1 begins."""
        return datetime.combine(day + timedelta(days=1), time(), self.utc_offset)
