"""What a post says to somebody (值守点查验): the same compiled table as every door, with what only a post can ask.

1. the door tables in force                                        measures, compiled by core.policy
2. colour, travel and test of the person, from the two words       movement
3. where they come from, by the lists valid today                  risk_on_days, core.policy
4. what they came in; their temperature; their permit              as told at the post
5. one mask of reasons, the closest first                          core.policy.doors

A vehicle on the way to a doctor is answered as the door of a hospital would: it refuses nobody.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from fangxian.core.policy.arrivals import ArrivalDecision, Stay, decide_arrival
from fangxian.core.policy.byte_time import minute_of
from fangxian.core.policy.doors import DoorInputs, compile_doors, door_moments, find_door_mask
from fangxian.core.policy.further_inputs import NOWHERE_AT_RISK, ORIGIN, VEHICLE, further_inputs
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.policy.tables import DoorReason, DoorTables
from fangxian.core.policy.vocabulary import Colour, Outcome, Permit, Presence, Travel, VenueStatus
from fangxian.core.policy.words import words_at_door
from fangxian.ops.measures.queries import emergency_classes, rulebooks_in_force
from fangxian.ops.movement.wire import StoredCode
from fangxian.ops.posts.path import FEVER_FROM
from fangxian.ops.posts.wire import Told

from .risk_on_days import risk_on_days

RiskStates = Callable[[str, date], Collection[str]]


@dataclass(frozen=True, slots=True)
class PostRules:
    """What a post decides by, for everybody it looks at in one go. `tables` is None where no rulebook has doors."""

    at: datetime
    rulebook: Rulebook | None
    tables: DoorTables | None
    risk_on: RiskStates
    fever_tenths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AtPost:
    """What a post says to one person. `arrival` is what declaring the journey would ask; None where nothing is told.

    `has_rules` is False where nobody has put door rules into force: then everybody is registered and nobody stopped.
    """

    outcome: Outcome
    reasons: tuple[DoorReason, ...] = ()
    colour: Colour = Colour.UNKNOWN
    travel: Travel = Travel.UNKNOWN
    test_age_min: int = -1
    is_fever: bool = False
    arrival: ArrivalDecision | None = None
    has_rules: bool = True

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(reason.rule for reason in self.reasons)

    @property
    def needs_path(self) -> str:
        """Why they are led to the emergency path; "" if they are not."""
        return "fever" if self.is_fever else "red" if self.colour == Colour.RED else ""


def post_rules(at: datetime) -> PostRules:
    """The rules by which posts decide at a moment. Four queries, however many pass."""
    text = next((it.text for it in rulebooks_in_force(at) if _read(it.text).has_gate), None)
    found = _read(text) if text else None
    fever = next((it.from_c for it in found.temperature_bands if it.key == "fever"), None) if found else None
    tables = _compiled(text, _period(found, at), emergency_classes()) if text and found else None
    today = at.astimezone(found.utc_offset).date() if found else at.date()
    risk_on = risk_on_days(found, today, today + timedelta(days=1)) if found else _nothing
    return PostRules(at, found, tables, risk_on, round((fever or FEVER_FROM.value) * 10))


class Facts(NamedTuple):
    """What the two words say of somebody at a moment; `test_age_min` −1 is no test."""

    colour: Colour = Colour.UNKNOWN
    travel: Travel = Travel.UNKNOWN
    test_age_min: int = -1
    exemptions: int = 0


def facts_of(rules: PostRules, code: StoredCode | None) -> Facts:
    """What is known of somebody now; nothing of whoever is on no register, or has no code. (two words → facts)"""
    if code is None or rules.rulebook is None:
        return Facts()
    from_sample = rules.rulebook.tests_count_from == "sampled"
    colour, exemptions, travel, age_min = words_at_door(code.safety, code.recent, minute_of(rules.at), from_sample)
    return Facts(Colour(colour), Travel(travel), age_min, exemptions)


def decide_at_post(
    rules: PostRules, told: Told, facts: Facts, *, venue_class: str, has_permit: bool | None = None
) -> AtPost:
    """What a post says to one person. (what is told, what is known, rules → outcome with reasons)

    Parameters
    ----------
    has_permit : whether the permit they showed is good; None if they showed none

    On the way out nothing is asked: a permit is looked at by whoever records the exit.
    """
    is_fever = told.temperature_tenths is not None and told.temperature_tenths >= rules.fever_tenths
    rulebook, tables = rules.rulebook, rules.tables
    if rulebook is None or tables is None:
        outcome = Outcome.VERIFY if is_fever and not told.to_hospital else Outcome.ADMIT
        return AtPost(outcome=outcome, is_fever=is_fever, has_rules=False)
    colour = facts.colour
    known = {"is_fever": is_fever, "colour": colour, "travel": facts.travel, "test_age_min": facts.test_age_min}
    # Whoever is led to the emergency path is not waved through, not even where the table has no rule of it.
    held = (is_fever or colour == Colour.RED) and not told.to_hospital
    least = Outcome.VERIFY if held else Outcome.ADMIT
    if told.is_out:
        return AtPost(outcome=least, **known)
    mask = find_door_mask(tables, _inputs(rules, tables, told, facts, venue_class, has_permit))
    reasons = tuple(reason for bit, reason in enumerate(tables.reasons) if mask >> bit & 1)
    outcome = max(least, tables.outcome_of(mask))
    return AtPost(outcome=outcome, reasons=reasons, arrival=_arrival(rules, told), **known)


def _inputs(
    rules: PostRules, tables: DoorTables, told: Told, facts: Facts, venue_class: str, has_permit: bool | None
) -> DoorInputs:
    return DoorInputs(
        venue_class=_hospital(tables) if told.to_hospital else tables.venue_class(venue_class),
        colour=facts.colour,
        travel=facts.travel,
        test_age_min=facts.test_age_min,
        temperature_tenths=-1 if told.temperature_tenths is None else told.temperature_tenths,
        permit=Permit.UNKNOWN if has_permit is None else Permit.VALID if has_permit else Permit.NONE,
        presence=Presence.STAFFED,
        venue_status=VenueStatus.OPEN,
        knowledge_age_s=0,
        exempt=facts.exemptions & (1 << len(tables.exemptions)) - 1,
        also=further_inputs(tables, _further(rules, told)),
    )


def _further(rules: PostRules, told: Told) -> dict[str, Collection[str]]:
    known: dict[str, Collection[str]] = {}
    if told.vehicle:
        known[VEHICLE] = {told.vehicle}
    if told.origin and rules.rulebook:
        known[ORIGIN] = {NOWHERE_AT_RISK, *rules.risk_on(told.origin, _today(rules))}
    return known


def _arrival(rules: PostRules, told: Told) -> ArrivalDecision | None:
    """What the table of arrivals asks of somebody who comes from there today; the whole journey is for declaring."""
    if not told.origin or rules.rulebook is None:
        return None
    today = _today(rules)
    stay = Stay(told.origin, today, today + timedelta(days=1))
    return decide_arrival(rules.rulebook, [stay], rules.risk_on, arrived_at=rules.at)


def _today(rules: PostRules) -> date:
    assert rules.rulebook is not None
    return rules.at.astimezone(rules.rulebook.utc_offset).date()


def _hospital(tables: DoorTables) -> int:
    """A class with emergency care. A rulebook with doors lists one, or it does not compile."""
    return next(place for place, cares in enumerate(tables.emergency_care) if cares)


def _nothing(_division: str, _day: date) -> Collection[str]:
    return ()


def _period(rulebook: Rulebook, at: datetime) -> datetime:
    return max((it for it in door_moments(rulebook) if it <= at), default=rulebook.begins_at)


@lru_cache(maxsize=8)
def _read(text: str) -> Rulebook:
    """Published text never changes."""
    return read_rulebook(text)


@lru_cache(maxsize=8)
def _compiled(text: str, since: datetime, classes: frozenset[str]) -> DoorTables:
    return compile_doors(_read(text), since, emergency_classes=classes)
