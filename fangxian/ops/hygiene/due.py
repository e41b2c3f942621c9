"""What is due at the places of the register, once the rules are told: they come from rulebooks, which this room does
not know.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from fangxian.core.policy.hygiene import CLASSES, KINDS, HygieneRule, HygieneStanding, hygiene_standing, strictest
from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.places.models import Venue

from .models import PriorityPlace
from .queries import with_last_days


@dataclass(frozen=True, slots=True)
class HygieneRules:
    """The rules that hold at a moment. `of` is by class and kind of work; what is not in it is not asked.

    at_risk_since : since when the county itself has a risk area; None: it has none
    """

    at_risk_since: datetime | None
    of: Mapping[tuple[str, str], HygieneRule]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """One kind of work at one place."""

    place: PriorityPlace
    kind: str
    rule: HygieneRule
    standing: HygieneStanding


def rules_of(books: Iterable[Rulebook], at: datetime, *, at_risk_since: datetime | None) -> HygieneRules:
    """Of several diseases' rulebooks the strictest row in force for each class and kind; of none, nothing."""
    rows = [row for book in books for row in book.hygiene if row.in_force(at)]
    found = {
        (of_class, kind): strictest(rows, of_class=of_class, kind=kind, at_risk=at_risk_since is not None)
        for of_class in CLASSES
        for kind in KINDS
    }
    return HygieneRules(at_risk_since, {key: rule for key, rule in found.items() if rule is not None})


def due_lines(places: QuerySet[PriorityPlace], rules: HygieneRules, at: datetime) -> list[DueLine]:
    """Every kind of work that is asked of these places; the latest first, then those due soonest. One query."""
    if not rules.of:
        return []
    wanted = {(kind, n) for (_, kind), rule in rules.of.items() for n in {1, rule.n_times}}
    rows = with_last_days(_in_use(places), wanted).select_related("venue", "unit")
    today = localtime(at).date()
    lines = [
        DueLine(place=row, kind=kind, rule=rule, standing=_standing(row, kind, rule, rules, today))
        for row in rows
        for kind in KINDS
        if (rule := rules.of.get((row.of_class, kind))) is not None
    ]
    return sorted(lines, key=lambda it: (it.standing.due_on, it.place.area_path, it.place.name, it.place.pk, it.kind))


def _in_use(places: QuerySet[PriorityPlace]) -> QuerySet[PriorityPlace]:
    return places.filter(Q(venue__isnull=True) | Q(venue__status=Venue.Status.VERIFIED))


def _standing(row: PriorityPlace, kind: str, rule: HygieneRule, rules: HygieneRules, today: date) -> HygieneStanding:
    last, nth = getattr(row, f"{kind}_1"), getattr(row, f"{kind}_{rule.n_times}")
    # Only the last and the n-th last day are asked for: those between lie between them.
    days = [last, *([nth] * (rule.n_times - 1))] if nth else [last]
    since = _since(row, rule, rules)
    if last is None and row.carried_from_id is not None:
        return HygieneStanding(
            None, since, today
        )  # it moved: nothing was ever done at this address, so it is due at once
    return hygiene_standing(rule, days, belongs_since=since, today=today)


def _since(row: PriorityPlace, rule: HygieneRule, rules: HygieneRules) -> date:
    """A rule asks nothing of the days before it held, nor of those in which the venue was closed."""
    moments = [row.listed_at, rule.begins_at, row.venue.status_since if row.venue else None]
    if rule.only_at_risk:
        moments.append(rules.at_risk_since)
    return max(localtime(it).date() for it in moments if it is not None)
