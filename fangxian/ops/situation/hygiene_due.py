"""What is due and overdue at priority places (重点场所、重点环节): inspection, disinfection, environmental sampling.

1. how often, by class and kind               the rulebooks in force (`[[hygiene]]`)
2. whether the county has a risk area now     risk_areas: some rules hold only then
3. which places, and when each was last done  hygiene

A rulebook without the table asks nothing. A place whose venue is closed or suspended is asked nothing meanwhile.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from fangxian.core.policy.hygiene import CLASSES, KINDS, HygieneRule
from fangxian.ops.accounts.models import Account
from fangxian.ops.hygiene.due import DueLine, HygieneRules, due_lines, rules_of
from fangxian.ops.hygiene.queries import (
    HygieneFault,
    PriorityPlace,
    Round,
    done_by_area,
    last_positive,
    open_faults,
    pending_samples,
    rounds_at,
    within,
)
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.areas import below
from fangxian.ops.realm.current import the_realm
from fangxian.ops.risk_areas.queries import at_risk_since

ROUNDS_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLine:
    """How one class stands with one kind of work, in places."""

    of_class: str
    kind: str
    rule: HygieneRule
    n: int
    n_today: int
    n_late: int


@dataclass(frozen=True, slots=True)
class AreaHygiene:
    """By area: how many rounds were done in the days asked for; how many are due today, how many late, now."""

    n_done: Counter[str]
    n_due: Counter[str]
    n_late: Counter[str]


def hygiene_rules(at: datetime) -> HygieneRules:
    """The rules that hold in this county at a moment."""
    return rules_of(rulebooks_by_disease(at).values(), at, at_risk_since=at_risk_since(the_realm().division_code))


def lines_for(account: Account, at: datetime, *, rules: HygieneRules, area_path: str = "") -> list[DueLine]:
    """What is asked of the places in the account's sight."""
    places = within(account).filter(below(area_path) if area_path else Q())
    return due_lines(places, rules, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueHygiene:
    """What one venue is on the register as, and how it stands with each.

    Attributes
    ----------
    lines : what is asked of its places now, the latest first; nothing of a venue that is not in use
    rounds : what was done there last, of all its places together
    positive : by place, the newest sampling with a result, where that is positive
    pending : samplings whose result is to come
    """

    places: Sequence[PriorityPlace]
    lines: Sequence[DueLine]
    rounds: Sequence[Round]
    positive: Mapping[UUID, Round]
    faults: Sequence[HygieneFault]
    pending: Sequence[Round]

    @property
    def n_late(self) -> int:
        return sum(it.standing.state == "late" for it in self.lines)


def hygiene_of_venue(account: Account, venue: UUID, at: datetime) -> VenueHygiene | None:
    """What an account may see of it; None where it is on no register. Six queries and those of the rules."""
    rows = within(account).filter(venue=venue)
    places = list(rows.select_related("unit").order_by("name", "of_class"))
    if not places:
        return None
    return VenueHygiene(
        places=places,
        lines=due_lines(rows, hygiene_rules(at), at),
        rounds=rounds_at(rows)[:ROUNDS_SHOWN],
        positive={it.place_id: it for it in last_positive(rows)},
        faults=list(open_faults(rows.values("pk"))),
        pending=list(pending_samples().filter(place__in=rows.values("pk")).order_by("done_at")),
    )


def late_by_venue(account: Account, venues: Collection[UUID], at: datetime) -> Counter[UUID]:
    """Of these venues, as far as an account may see, how many things are late as a priority place; one query, and
    those of the rules."""
    lines = due_lines(within(account).filter(venue__in=venues), hygiene_rules(at), at)
    return Counter(it.place.venue_id for it in lines if it.standing.state == "late")


def counts_by_class(lines: Iterable[DueLine]) -> list[ClassLine]:
    """A line for each class and kind that some place is asked, in the order of the classes."""
    states: dict[tuple[str, str], list[str]] = {}
    rules: dict[tuple[str, str], HygieneRule] = {}
    for it in lines:
        states.setdefault((it.place.of_class, it.kind), []).append(it.standing.state)
        rules[it.place.of_class, it.kind] = it.rule
    return [
        ClassLine(
            of_class=of_class,
            kind=kind,
            rule=rules[of_class, kind],
            n=len(found),
            n_today=found.count("today"),
            n_late=found.count("late"),
        )
        for of_class in CLASSES
        for kind in KINDS
        if (found := states.get((of_class, kind)))
    ]


def hygiene_by_area(
    account: Account, area_path: str, span: tuple[datetime, datetime], at: datetime, digits: int
) -> AreaHygiene:
    """Figures for a day's or a week's report, by the areas whose path has so many digits."""
    places = within(account).filter(below(area_path))
    lines = due_lines(places, hygiene_rules(at), at)
    return AreaHygiene(
        n_done=done_by_area(places, *span, digits),
        n_due=_count(lines, ("today",), digits),
        n_late=_count(lines, ("late",), digits),
    )


def _count(lines: Sequence[DueLine], states: Sequence[str], digits: int) -> Counter[str]:
    return Counter(it.place.area_path[:digits] for it in lines if it.standing.state in states)
