"""What of tracing is stuck, and who must act: nobody has it, it is overdue, or nothing is done about it.

Late things first, then whatever has waited longest. Every line names the one who can move it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from fangxian.core.refusal import Said
from fangxian.ops.accounts.roles import the_roles
from fangxian.ops.tracing.clocks import ASSIGNED_WITHIN
from fangxian.ops.tracing.queries import Held
from fangxian.ops.tracing.wire import CASE, CONTACT

from .tracing_lines import Stuck, TeamLine, Unassigned

LEAD_ROLE = "tracing_lead"


def find_stuck(
    *,
    at: datetime,
    running: Sequence,
    holding: Mapping,
    numbers: Mapping[UUID, str],
    teams: Mapping[UUID, TeamLine],
    held: Sequence[Held],
    unassigned: Sequence[Unassigned],
) -> list[Stuck]:
    """Everything that is stuck at a moment.

    Parameters
    ----------
    running : clocks that run; `holding` : by case the assignment of the team that has it
    held : what teams hold; `unassigned` : contacts that no team has
    """
    lead = the_roles().roles[LEAD_ROLE].said
    found = [
        *_cases_unassigned(at, running, holding, numbers, lead),
        *_contacts_unassigned(at, unassigned, numbers, lead),
        *_clocks_overdue(at, running, holding, numbers, teams, lead),
        *_of_contacts(held, teams, lead),
        *_without_movement(held, teams, lead),
        *_off_duty(teams, lead),
    ]
    return sorted(found, key=lambda it: (not it.is_late, it.due_at or it.since or at, it.kind))


def _cases_unassigned(at: datetime, running: Sequence, holding: Mapping, numbers: Mapping, lead: Said):
    """Cases that no team has been sent to, once each."""
    seen: dict[UUID, datetime] = {}
    for row in running:
        if row.case_id not in holding:
            seen.setdefault(row.case_id, row.starts_at)
    for case, starts_at in seen.items():
        due_at = starts_at + timedelta(minutes=ASSIGNED_WITHIN.value)
        yield Stuck(
            kind="case_unassigned",
            who=lead,
            since=starts_at,
            due_at=due_at,
            is_late=due_at <= at,
            case_id=case,
            case_number=numbers.get(case, ""),
        )


def _contacts_unassigned(at: datetime, unassigned: Sequence[Unassigned], numbers: Mapping, lead: Said):
    for it in unassigned:
        due_at = it.since and it.since + timedelta(minutes=ASSIGNED_WITHIN.value)
        yield Stuck(
            kind="contacts_unassigned",
            who=lead,
            n=it.n,
            since=it.since,
            due_at=due_at,
            is_late=due_at is not None and due_at <= at,
            case_id=it.case_id,
            case_number=numbers.get(it.case_id, ""),
        )


def _clocks_overdue(
    at: datetime, running: Sequence, holding: Mapping, numbers: Mapping, teams: Mapping[UUID, TeamLine], lead: Said
):
    for row in running:
        if row.due_at > at:
            continue
        team = teams.get(holding[row.case_id].team_id) if row.case_id in holding else None
        yield Stuck(
            kind="clock_overdue",
            who=lead_of(team, lead),
            since=row.due_at,
            due_at=row.due_at,
            is_late=True,
            case_id=row.case_id,
            case_number=numbers.get(row.case_id, ""),
            clock=row.clock,
            team=team,
        )


def _of_contacts(held: Sequence[Held], teams: Mapping[UUID, TeamLine], lead: Said) -> Iterator[Stuck]:
    """Contacts that should have been found by now, team by team."""
    for it in held:
        if it.work == CONTACT and it.n_overdue:
            team = teams.get(it.team)
            yield Stuck(
                kind="contacts_overdue",
                who=lead_of(team, lead),
                n=it.n_overdue,
                since=it.first_due_at,
                due_at=it.first_due_at,
                is_late=True,
                team=team,
            )


def _without_movement(held: Sequence[Held], teams: Mapping[UUID, TeamLine], lead: Said) -> Iterator[Stuck]:
    for it in held:
        if it.n_stuck:
            team, kind = teams.get(it.team), "case_still" if it.work == CASE else "contacts_still"
            yield Stuck(kind=kind, who=lead_of(team, lead), n=it.n_stuck, since=it.oldest_stuck_at, team=team)


def _off_duty(teams: Mapping[UUID, TeamLine], lead: Said) -> Iterator[Stuck]:
    """Teams that went off duty with work in hand: somebody has to take it over, or say that it can wait."""
    for team in teams.values():
        if team.duty_until is None and team.n_cases + team.n_contacts:
            yield Stuck(kind="off_duty", who=lead, n=team.n_cases + team.n_contacts, since=team.moved_at, team=team)


def lead_of(team: TeamLine | None, lead: Said) -> Said:
    """Whose it is: the team's lead by post, and where there is no team or no lead the county's."""
    if team is None or not team.lead:
        return lead
    return Said(f"{team.name.zh}组长 {team.lead}", f"lead of {team.name.en}, {team.lead}")
