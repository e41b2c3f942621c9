"""What the planner proposes now: which team for each case that has none, and for contacts that nobody looks for.

Contacts of one case that would go to one team are one line, so that a lead reads twenty lines and not two thousand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from fangxian.ops.accounts.models import Account
from fangxian.ops.cases.queries import within as cases_within
from fangxian.ops.contacts.queries import untraced
from fangxian.ops.places.queries import current_divisions
from fangxian.ops.tracing import queries as tracing
from fangxian.ops.tracing.clocks import CONTACT_WITHIN
from fangxian.ops.tracing.planning import CASE_LOAD, SPREAD, Crew, Plan, Work, plan_work
from fangxian.ops.tracing.wire import CASE, CONTACT

MOST_CONTACTS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedLine:
    """Work of one kind, of one case, for one team: `team` None when nobody has room or nobody is on duty.

    `abouts` are the case itself, or the contacts; `is_near` that all of it lies in the team's own township.
    """

    work: str
    case_id: UUID
    case_number: str
    team: UUID | None
    abouts: Sequence[UUID]
    due_at: datetime
    is_near: bool

    @property
    def key(self) -> str:
        """Names the line in a form; another set of contacts has another."""
        told = " ".join(sorted(map(str, self.abouts)))
        return sha256(f"{self.work} {self.team} {told}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is proposed at a moment, cases first, each by deadline; `n_beyond` contacts are more than are looked at."""

    at: datetime
    lines: Sequence[ProposedLine]
    n_beyond: int


def proposal(account: Account, at: datetime) -> Proposal:
    """What the planner would have the lead hand out now. Cases outside the account's area are not in it."""
    cases = _cases_without_team(account)
    contacts = list(
        untraced().filter(team__isnull=True).order_by("decided_at", "pk")
        .values_list("pk", "case_id", "area_path", "decided_at")[: MOST_CONTACTS + 1]
    )  # fmt: skip
    n_waiting = len(contacts) if len(contacts) <= MOST_CONTACTS else untraced().filter(team__isnull=True).count()
    contacts = contacts[:MOST_CONTACTS]
    plan = _plan(at, cases, contacts)
    numbers = {case: number for case, (number, _, _) in cases.items()}
    others = {case for _, case, _, _ in contacts} - numbers.keys()
    numbers |= dict(cases_within(account).filter(pk__in=others).values_list("pk", "number"))
    return Proposal(at=at, lines=_lines(plan, contacts, numbers), n_beyond=n_waiting - len(contacts))


def _cases_without_team(account: Account) -> dict[UUID, tuple[str, str, datetime]]:
    """By case its number, its place, and when its first clock is due."""
    first: dict[UUID, datetime] = {}
    for row in tracing.clocks_running():
        first.setdefault(row.case_id, row.due_at)
    free = first.keys() - tracing.holders(CASE, first).keys()
    seen = cases_within(account).filter(pk__in=free).values_list("pk", "number", "area_path")
    return {pk: (number, area_path, first[pk]) for pk, number, area_path in seen}


def _plan(at: datetime, cases: Mapping, contacts: Sequence[tuple]) -> Plan:
    weight = int(CASE_LOAD.value)
    has_case = {case: row.team_id for case, row in tracing.holders(CASE, {it[1] for it in contacts}).items()}
    works = [
        Work(key=(CASE.value, case), place=place, due_at=due_at, weight=weight)
        for case, (_, place, due_at) in cases.items()
    ]
    within = timedelta(hours=CONTACT_WITHIN.value)
    works += [
        Work(key=(CONTACT.value, pk), place=place, due_at=(decided_at or at) + within, prefers=has_case.get(case))
        for pk, case, place, decided_at in contacts
    ]
    points = {it.area_path: tuple(it.label) for it in current_divisions() if len(it.area_path) == 9 and it.label}
    return plan_work(works, _crews(at), points, spread=int(SPREAD.value))


def _crews(at: datetime) -> list[Crew]:
    on_duty, loads, weight = tracing.teams_on_duty(at), tracing.loads(), int(CASE_LOAD.value)
    return [
        Crew(
            key=team.pk,
            number=team.number,
            base=team.area_path,
            load=loads.get(team.pk, {}).get(CASE, 0) * weight + loads.get(team.pk, {}).get(CONTACT, 0),
            load_max=team.load_max,
            is_on_duty=team.pk in on_duty,
        )
        for team in tracing.teams_standing()
    ]


def _lines(plan: Plan, contacts: Sequence[tuple], numbers: Mapping[UUID, str]) -> list[ProposedLine]:
    case_of = {pk: case for pk, case, _, _ in contacts}
    grouped: dict[tuple, list[tuple[Work, bool]]] = {}
    told = [(it.work, it.crew.key, it.is_near) for it in plan.placed] + [(it, None, False) for it in plan.left_over]
    for work, team, is_near in told:
        kind, about = work.key
        grouped.setdefault((kind, case_of.get(about, about), team), []).append((work, is_near))
    lines = [
        ProposedLine(
            work=kind,
            case_id=case,
            case_number=numbers.get(case, ""),
            team=team,
            abouts=tuple(work.key[1] for work, _ in rows),
            due_at=min(work.due_at for work, _ in rows),
            is_near=all(is_near for _, is_near in rows),
        )
        for (kind, case, team), rows in grouped.items()
    ]
    return sorted(lines, key=lambda it: (it.work != CASE, it.due_at, it.case_number, str(it.team)))
