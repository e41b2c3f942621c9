"""An arrival with what hangs on it, and which places at risk there were where somebody was: as pages show them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.accounts.models import Account
from fangxian.ops.arrivals import queries, refusals
from fangxian.ops.arrivals.wire import Decided, Told
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.queries import sampling_days
from fangxian.ops.people.models import Person
from fangxian.ops.risk_areas.queries import matching, place_names, spans_on

MOST_AREAS = 300
NOT_TAKEN = ("refused", "withdrawn", "overtaken")


@dataclass(frozen=True, slots=True)
class ArrivalFile:
    """One arrival: what is declared, what was decided, the days of sampling since, and every version.

    `correction` is the last that waited for somebody to ask, `corrected_to` the journey by it while it waits,
    `not_taken` those that did not come to stand. `takes_back`: the account said what waits, or it is about them.
    """

    row: object
    told: Told
    decided: Decided
    is_own: bool
    sampled: Collection[date]
    areas: dict[str, str]
    versions: Sequence
    rulebook: Rulebook | None
    correction: object | None
    corrected_to: Told | None
    not_taken: Sequence
    takes_back: bool


def arrival_file(arrival: UUID, account: Account, *, at: datetime) -> ArrivalFile:
    """An arrival as its page shows it.

    Refuses
    -------
    arrivals.unknown.not_found, arrivals.one.not_yours
    """
    row = queries.arrival_for(account, arrival)
    if row is None:
        raise refusals.not_yours() if queries.arrival_with(arrival) else refusals.unknown()
    told, corrections = queries.told_of(row), list(queries.corrections_of(row.pk))
    correction = corrections[0] if corrections else None
    corrected_to = queries.told_in(correction) if correction and correction.answered_at is None else None
    since, is_own = localtime(row.arrives_at).date(), queries.is_own(row, account)
    return ArrivalFile(
        row=row,
        told=told,
        decided=queries.decided_of(row),
        is_own=is_own,
        sampled=sampling_days([row.person_id], since).get(row.person_id, frozenset()),
        areas=areas_named(told) | (areas_named(corrected_to) if corrected_to else {}),
        versions=list(queries.versions_of(row.pk)),
        rulebook=rulebooks_by_disease(at).get(row.disease),
        correction=correction,
        corrected_to=corrected_to,
        not_taken=[it for it in corrections if it.state in NOT_TAKEN],
        takes_back=is_own or (correction is not None and correction.asked_by == f"account:{account.pk}"),
    )


def listed_there(code: str, begins_on: date, ends_on: date, *, at: datetime) -> list[tuple[str, str, str]]:
    """Places listed in a county on some days, of the levels that a rulebook in force asks about: id, place, level."""
    books = rulebooks_by_disease(at).values()
    levels = {level for book in books if book.arrivals for state in book.risk_states for level in state.levels}
    zone = localtime(at).tzinfo
    begins, ends = (datetime.combine(day, time.min, zone) for day in (begins_on, ends_on))
    found: dict[str, tuple[str, str, str]] = {}
    for span in matching(spans_on(begins, ends), code=code)[: MOST_AREAS * 2]:
        if span.level in levels:
            found.setdefault(str(span.area_id), (str(span.area_id), span.area.place, span.level))
    return list(found.values())[:MOST_AREAS]


def areas_named(told: Told) -> dict[str, str]:
    """The names of the risk areas that somebody is said to have been in, by id."""
    return place_names({id_ for stay in told.stays for id_ in stay.risk_areas})


def who_told(proposal) -> str:
    """The name of whoever told of an arrival in another household; "" where the account has no record any more."""
    account = proposal.proposed_by.removeprefix("account:")
    found = Person.objects.filter(account=account, merged_into__isnull=True).first()
    return found.name if found else ""
