"""Whom a screening round is for besides its areas (筛查范围): schools, classes, parcel lists, priority classes.

1. what may be chosen                                                    places, parcels, rulebooks
2. who belongs to it on the day: pupils and staff, whom a trace found    people, parcels
   of a priority class, whose next test falls due before the round ends  movement
3. who stays here without being a resident, and who is out of the county arrivals, departures, returnees
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.policy.cadence import cadence_said, standing_under
from fangxian.core.policy.rulebook import CadenceRule
from fangxian.core.refusal import Said
from fangxian.ops.arrivals.queries import arrivals
from fangxian.ops.departures.queries import away_now
from fangxian.ops.lab.queries import RoundGroup, ScreeningRound, groups_of
from fangxian.ops.lab.ties import (
    Member,
    members_of_class,
    members_of_school,
    members_of_venues,
    schools_with_classes,
)
from fangxian.ops.lab.wire import NewGroup, NewPlace
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.queries import sampling_days
from fangxian.ops.parcels.queries import open_traces, traced_of
from fangxian.ops.returnees.queries import STATES, away_since

KINDS = RoundGroup.Kind
VOLUNTARY = NewGroup(kind=KINDS.VOLUNTARY, name=Said("愿检尽检：谁来给谁采", "voluntary: whoever comes"))
LOOKED_BACK_DAYS = 60
STAYING = Parameter(
    value=30, unit="days", low=7, high=90,
    meaning="How long after their arrival somebody from elsewhere is taken to be staying in the county",
    source="a guess, as long as a temporary identity is kept; a county must decide",
)  # fmt: skip


def groups_to_choose(at: datetime) -> list[NewGroup]:
    """Every school and class, every open trace of parcels, every priority class in force, and whoever comes."""
    found = [VOLUNTARY]
    for rule in _rules(at).values():
        said = cadence_said(rule)
        name = Said(f"重点人群：{rule.name.zh} {said.zh}", f"priority: {rule.name.en}, {said.en}")
        found.append(NewGroup(kind=KINDS.PRIORITY, which=rule.number, name=name))
    for trace in open_traces():
        told = f"{trace.depot_name} {trace.since_on:%m-%d}"
        name = Said(f"快递名单：{told} 起", f"parcel list: {told} on")
        found.append(NewGroup(kind=KINDS.PARCELS, which=str(trace.id), name=name))
    for school, classes in schools_with_classes():
        name = Said(f"学校：{school.name}", f"school: {school.name}")
        found.append(NewGroup(kind=KINDS.SCHOOL, which=str(school.pk), name=name))
        for it in classes:
            name = Said(f"班级：{school.name} {it.name}", f"class: {school.name} {it.name}")
            found.append(NewGroup(kind=KINDS.CLASS, which=str(it.pk), name=name))
    return found


def places_of_groups(row: ScreeningRound, at: datetime) -> list[NewPlace]:
    """Whoever belongs to the round's groups on its first day, group by group."""
    day, found = localtime(row.begins_at).date(), dict[UUID, NewPlace]()
    for group in groups_of(row):
        for it in _members(group, day, row, at):
            found.setdefault(it.person, NewPlace(person=it.person, group=it.group, area_path=it.area_path))
    return list(found.values())


def _members(group: RoundGroup, day: date, row: ScreeningRound, at: datetime) -> Iterable[Member]:
    match group.kind:
        case KINDS.SCHOOL:
            return members_of_school(UUID(group.which), day)
        case KINDS.CLASS:
            return members_of_class(UUID(group.which), day)
        case KINDS.PARCELS:
            return _traced(UUID(group.which), group.name_zh)
        case KINDS.PRIORITY:
            rule = _rules(at).get(group.which)
            return _falling_due(rule, day, localtime(row.ends_at).date()) if rule else ()
    return ()


def _rules(at: datetime) -> dict[str, CadenceRule]:
    books = rulebooks_by_disease(at).values()
    return {rule.number: rule for book in books for rule in book.test_classes if rule.in_force(at)}


def _traced(trace: UUID, name: str) -> list[Member]:
    """Whom the trace found and nobody set aside or released."""
    rows = traced_of(trace).filter(state__in=("found", "confirmed"), person__merged_into=None)
    return [Member(it.person_id, it.area_path, name[:60], it.first_on) for it in rows]


def _falling_due(rule: CadenceRule, day: date, last: date) -> list[Member]:
    """Whose next test is due on the round's last day or before: others were tested often enough."""
    members = members_of_venues(rule.venue_classes, rule.roles, day)
    sampled = sampling_days([it.person for it in members], day - timedelta(days=LOOKED_BACK_DAYS))
    begins_on = localtime(rule.begins_at).date()
    return [it for it in members if _due_on(rule, it, sampled, begins_on, day) <= last]


def _due_on(rule: CadenceRule, it: Member, sampled, begins_on: date, day: date) -> date:
    belongs_since = max(it.since, begins_on)
    return standing_under(rule, sampled.get(it.person, ()), belongs_since=belongs_since, today=day).due_on


# ---- who is here ----


def staying(at: datetime) -> dict[UUID, str]:
    """Of whoever arrived lately where in the county they stay, residents or not."""
    since = at - timedelta(days=STAYING.value)
    rows = arrivals().filter(state="landed", landed_at__gte=since, landed_at__lte=at).order_by("landed_at", "id")
    return dict(rows.values_list("person", "area_path"))


def out_of_the_county(at: datetime) -> set[UUID]:
    """Who left and is not back, or is on the register of people away; not whoever was seen to come since."""
    since = {it.person: it.left_on for it in away_now()}
    for row in away_since(at).filter(state=STATES.AWAY):
        since[row.person_id] = localtime(row.heard_at).date()
    came = arrivals().filter(state="landed", landed_at__lte=at).order_by("landed_at", "id")
    last = {person: localtime(landed).date() for person, landed in came.values_list("person", "landed_at")}
    return {person for person, day in since.items() if person not in last or last[person] < day}


def chosen(values: Sequence[str], at: datetime) -> list[NewGroup]:
    """The groups that a form names by `kind:which`."""
    every = {f"{it.kind}:{it.which}": it for it in groups_to_choose(at)}
    return [every[it] for it in values if it in every]
