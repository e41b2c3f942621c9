"""What leaving takes of these people (离境条件), as things stand now.

1. the rulebooks in force that limit leaving               measures
2. what the newest lists say of the destination            risk_areas
3. everybody's colour, and the days of negative tests      movement
4. orders that close the area where somebody lives         departure_orders
5. requirements, and who has to agree                      core.policy.departures
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from fangxian.core.policy.departures import DepartureCheck, Requirement, check_departure, join_checks
from fangxian.core.policy.risk_on import RiskOn
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.policy.vocabulary import Colour
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.queries import health_of_many, sampling_days

from .departure_orders import Closing, closed_there, orders_that_close
from .risk_on_days import risk_on_days

LONGEST_RUN = timedelta(days=14)  # the most days that a rulebook may ask for (shapes: 1 to 14)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Looked:
    """What leaving takes: of each person, and of all together; `colour_of` as the codes are now.

    `is_limited`: there is a rulebook by which whoever leaves applies.
    """

    of_person: Mapping[UUID, DepartureCheck]
    check: DepartureCheck
    risk: frozenset[str]
    colour_of: Mapping[UUID, Colour]
    is_limited: bool

    @property
    def unmet(self) -> list[tuple[UUID, Requirement]]:
        return [(person, it) for person, check in self.of_person.items() for it in check.unmet]

    @property
    def not_met(self) -> list[tuple[UUID, Requirement]]:
        """What is not met yet, open or not, of each."""
        return [(person, it) for person, check in self.of_person.items() for it in (*check.unmet, *check.open)]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some people and of every place, for looking at several departures at once."""

    rulebooks: Sequence[Rulebook]
    risk_on: Sequence[RiskOn]
    colour_of: Mapping[UUID, Colour]
    negative_on: Mapping[UUID, Collection[date]]
    closing: Mapping[UUID, Sequence[Closing]]
    at: datetime


def what_is_known(persons: Sequence[UUID], *, at: datetime) -> Known:
    """All that departures of these people are judged by; some queries, whatever their number."""
    rulebooks, closing = rulebooks_that_limit(at), orders_that_close(persons, at=at)
    if not rulebooks:
        return Known([], [], {}, {}, closing, at)
    codes = health_of_many(persons)
    colour_of = {person: codes[person].colour if person in codes else Colour.UNKNOWN for person in persons}
    negative = sampling_days(persons, at.date() - LONGEST_RUN - ONE_DAY, only_negative=True)
    days = [at.astimezone(book.utc_offset).date() for book in rulebooks]
    risk_on = [risk_on_days(book, day, day + ONE_DAY) for book, day in zip(rulebooks, days, strict=True)]
    return Known(rulebooks, risk_on, colour_of, negative, closing, at)


def look_at_departure(
    persons: Sequence[UUID],
    *,
    destination: str,
    leaves_on: date | None,
    returns_on: date | None,
    at: datetime,
    known: Known | None = None,
) -> Looked:
    """What leaving for a county takes of these people, the applicant first.

    An order that closes where somebody lives holds them also where no rulebook has anybody apply.

    Parameters
    ----------
    destination : "" while nobody has said where to: then what holds for every destination is said
    leaves_on : None while nobody has said when: then it is judged as of today
    known : of these people and others, where several departures are looked at
    """
    known = known or what_is_known(persons, at=at)
    risks = [
        _risk(book, risk_on, destination, at) for book, risk_on in zip(known.rulebooks, known.risk_on, strict=True)
    ]
    of_person = {
        person: join_checks(
            [
                check_departure(
                    rulebook, colour=known.colour_of[person], negative_on=known.negative_on.get(person, ()), risk=risk,
                    leaves_on=leaves_on or at.date(), returns_on=returns_on, at=at,
                )
                for rulebook, risk in zip(known.rulebooks, risks, strict=True)
            ]
            + [closed_there(known.closing.get(person, ()), leaves_on=leaves_on or at.date(), at=at)]
        )
        for person in persons
        if known.rulebooks or known.closing
    }  # fmt: skip
    colour_of = {person: known.colour_of[person] for person in of_person if person in known.colour_of}
    joined = join_checks([*of_person.values()])
    return Looked(of_person, joined, frozenset().union(*risks), colour_of, is_limited=bool(known.rulebooks))


def rulebooks_that_limit(at: datetime) -> list[Rulebook]:
    """The rulebooks in force that say anything of leaving; none, and nobody need apply."""
    return [it for it in rulebooks_by_disease(at).values() if any(row.in_force(at) for row in it.departures)]


def _risk(rulebook: Rulebook, risk_on: RiskOn, destination: str, at: datetime) -> frozenset[str]:
    """What a county is today. Which part of it somebody will be in nobody knows: any of them counts."""
    if not destination:
        return frozenset()
    return frozenset(risk_on(destination, at.astimezone(rulebook.utc_offset).date(), None))
