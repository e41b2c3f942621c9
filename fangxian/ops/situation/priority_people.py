"""Who has to be tested how often (应检尽检、愿检尽检), and who is due or late: from what is on record already.

1. which classes, how often               the rulebooks in force (`[[test_classes]]`)
2. who belongs to them, and since when    people: ties to venues of those classes, in those roles
3. on which days each was sampled         movement

Nobody keeps a list by hand: whoever begins to work at a courier depot is on it that day, and whoever leaves is not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.policy.cadence import CadenceStanding, standing_under
from fangxian.core.policy.rulebook import CadenceRule
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import areas_of, require, within_scope
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.queries import sampling_days
from fangxian.ops.people.models import Attachment, Person
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.areas import below
from fangxian.ops.realm.current import the_realm

VIEW = "households.view"
LOOKED_BACK = Parameter(
    value=60,
    unit="days",
    low=30,
    high=90,
    meaning="How far back samples are looked for to say since when somebody is late; later than that reads as at least",
    source="a guess: twice the longest cadence that a rulebook may ask for (30 days)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityPerson:
    """One person under one rule, at the venue where they belong to it the longest."""

    person: UUID
    rule: CadenceRule
    venue: UUID
    area_path: str
    since: date
    standing: CadenceStanding

    @property
    def state(self) -> str:
        """`late`, `today` (the last day on which a test is in time) or `fine`."""
        left = (self.standing.due_on - self.standing.today).days
        return "late" if left < 0 else "today" if left == 0 else "fine"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCounts:
    """How one class stands, in people."""

    rule: CadenceRule
    n: int
    n_today: int
    n_late: int


def cadence_rules(at: datetime) -> list[CadenceRule]:
    """The rules in force, those of required tests first."""
    rules = [row for book in rulebooks_by_disease(at).values() for row in book.test_classes if row.in_force(at)]
    return sorted(rules, key=lambda rule: (not rule.required, rule.number))


def priority_people(
    account: Account, at: datetime, *, rules: Sequence[CadenceRule], area_path: str = ""
) -> list[PriorityPerson]:
    """Everybody whom these rules ask, within the account's scope; the latest first, then those due soonest.

    Refuses `accounts.not_yours` where the account sees no area's people.
    """
    own = areas_of(account, VIEW)
    require(account, VIEW, own[0] if own else the_realm().division_code)
    today = localtime(at).date()
    ties = within_scope(Attachment.objects.all(), account, VIEW).filter(below(area_path) if area_path else Q())
    found = list(_belonging(ties, rules, today))
    back_to = today - timedelta(days=LOOKED_BACK.value)
    sampled = sampling_days({tie[0] for tie, _ in found}, back_to)
    people = (_person(tie, rule, sampled, today) for tie, rule in found)
    return sorted(people, key=lambda it: (it.standing.due_on, it.area_path, it.venue, it.person))


Tie = tuple[UUID, UUID, str, str, str, date]


def _belonging(ties, rules: Sequence[CadenceRule], today: date) -> Iterator[tuple[Tie, CadenceRule]]:
    """Each person once a rule, by the tie that began first."""
    classes = {key for rule in rules for key in rule.venue_classes}
    own = Q(person__merged_into=None)  # a merged record's tests stand under the one that goes on
    rows = (
        ties.filter(own, Q(ends_on=None) | Q(ends_on__gt=today), begins_on__lte=today)
        .filter(venue__venue_class__in=classes)
        .order_by("begins_on", "id")
    )
    seen: set[tuple[UUID, str]] = set()
    for tie in rows.values_list("person_id", "venue_id", "venue__venue_class", "role", "area_path", "begins_on"):
        for rule in rules:
            is_asked = tie[2] in rule.venue_classes and (not rule.roles or tie[3] in rule.roles)
            if is_asked and (tie[0], rule.number) not in seen:
                seen.add((tie[0], rule.number))
                yield tie, rule


def _person(tie: Tie, rule: CadenceRule, sampled: Mapping[UUID, frozenset[date]], today: date) -> PriorityPerson:
    person, venue, _, _, area_path, begins_on = tie
    # A rule asks nothing of the days before it was in force.
    since = max(begins_on, localtime(rule.begins_at).date())
    standing = standing_under(rule, sampled.get(person, ()), belongs_since=since, today=today)
    return PriorityPerson(person=person, rule=rule, venue=venue, area_path=area_path, since=since, standing=standing)


def counts_by_class(people: Iterable[PriorityPerson], rules: Sequence[CadenceRule]) -> list[ClassCounts]:
    """A line for each rule, in their order."""
    of: dict[str, list[str]] = {rule.number: [] for rule in rules}
    for it in people:
        of[it.rule.number].append(it.state)
    return [
        ClassCounts(
            rule=rule,
            n=len(of[rule.number]),
            n_today=of[rule.number].count("today"),
            n_late=of[rule.number].count("late"),
        )
        for rule in rules
    ]


def names_beside(people: Sequence[PriorityPerson]) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """What the people of one page, and the venues they belong to, are called."""
    persons = Person.objects.filter(pk__in={it.person for it in people})
    venues = Venue.objects.filter(pk__in={it.venue for it in people})
    return {it.pk: it.name for it in persons.only("name")}, dict(venues.order_by().values_list("pk", "name"))
