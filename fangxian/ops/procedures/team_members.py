"""Who is in a tracing team, and what they may therefore see (流调小组编组).

1. the team is founded, changed, joined, left, stood down or up       tracing
2. whoever is lent to it sees its township and what it is given       accounts

Whoever sees the whole county's cases already is appointed to nothing more. Whoever leaves loses what came with the
team, and with it the work they could see.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Said
from fangxian.ops.accounts.actions import appoint, dismiss
from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.accounts.queries import appointments_to_team, may
from fangxian.ops.accounts.scope import require
from fangxian.ops.realm.current import the_realm
from fangxian.ops.tracing import actions as tracing
from fangxian.ops.tracing.queries import member_with, team_with
from fangxian.ops.tracing.refusals import member_unknown, team_unknown
from fangxian.ops.tracing.wire import NewMember, NewTeam

DIRECT, VIEW = "cases.direct", "cases.view"
ROLE = "tracing_member"


@transaction.atomic
def found_team(*, team: NewTeam, by: Account) -> UUID:
    """Put a new team on the roll, with its members.

    Refuses
    -------
    accounts.not_yours, and what `tracing.found_teams` and `accounts.appoint` refuse
    """
    actor = _actor(by)
    row = tracing.found_teams(teams=[team], by=actor)[0]
    _appoint(row.pk, row.area_path, [it.account for it in team.members], actor)
    return row.pk


@transaction.atomic
def change_team(*, team: UUID, name: Said, area_path: str, load_max: int, by: Account) -> None:
    """Change a team's name, load or township; its members see the township it sets out from now.

    Refuses
    -------
    accounts.not_yours, and what `tracing.change_team` refuses
    """
    actor, before = _actor(by), _team(team).area_path
    tracing.change_team(team=team, name=name, area_path=area_path, load_max=load_max, by=actor)
    if area_path != before:
        members = _dismiss(team, None, actor)
        _appoint(team, area_path, members, actor)


@transaction.atomic
def join_team(*, team: UUID, member: NewMember, by: Account) -> None:
    """Somebody joins a team; one who is to lead takes the lead over.

    Refuses
    -------
    accounts.not_yours, and what `tracing.join_team` and `accounts.appoint` refuse
    """
    actor = _actor(by)
    tracing.join_team(team=team, members=[member], by=actor)
    _appoint(team, _team(team).area_path, [member.account], actor)


@transaction.atomic
def leave_team(*, team: UUID, member: UUID, by: Account) -> None:
    """A member leaves; what they saw by the team they see no more.

    Refuses
    -------
    accounts.not_yours, and what `tracing.leave_team` refuses
    """
    actor, row = _actor(by), _member(team, member)
    tracing.leave_team(members=[member], by=actor)
    if row.account_id:
        _dismiss(team, row.account_id, actor)


@transaction.atomic
def name_lead(*, team: UUID, member: UUID, by: Account) -> None:
    """A member leads from now on.

    Refuses
    -------
    accounts.not_yours, and what `tracing.name_lead` refuses
    """
    _member(team, member)
    tracing.name_lead(member=member, by=_actor(by))


@transaction.atomic
def stand_down(*, team: UUID, by: Account) -> None:
    """A team that holds nothing is taken off the roll; its members see nothing by it any more.

    Refuses
    -------
    accounts.not_yours, and what `tracing.stand_down` refuses
    """
    actor = _actor(by)
    tracing.stand_down(teams=[team], by=actor)
    _dismiss(team, None, actor)


@transaction.atomic
def stand_up(*, team: UUID, by: Account) -> None:
    """A team that stood down is back, with the members it had. Twice is harmless.

    Refuses
    -------
    accounts.not_yours, tracing.team_unknown, and what `accounts.appoint` refuses
    """
    actor = _actor(by)
    tracing.stand_up(teams=[team], by=actor)
    row = _team(team)
    _appoint(team, row.area_path, [it.account for it in row.members.all()], actor)


def _actor(by: Account) -> str:
    require(by, DIRECT, the_realm().division_code)
    return f"account:{by.pk}"


def _team(team: UUID):
    row = team_with(team)
    if row is None:
        raise team_unknown(1)
    return row


def _member(team: UUID, member: UUID):
    row = member_with(member)
    if row is None or row.team_id != team:
        raise member_unknown()
    return row


def _appoint(team: UUID, area_path: str, accounts: Iterable[Account | None], by: str) -> None:
    known = {it.account_id for it in appointments_to_team(team)}
    county = the_realm().division_code
    fresh = [it for it in accounts if it and it.pk not in known and not may(it, VIEW, county)]
    if fresh:
        rows = [Appointment(account=it, role=ROLE, area_path=area_path, team=team) for it in fresh]
        appoint(appointments=rows, by=by)


def _dismiss(team: UUID, account: UUID | None, by: str) -> list[Account]:
    """End what was given by a team, of one account or of all; whose it was."""
    rows = [it for it in appointments_to_team(team) if account in (None, it.account_id)]
    if rows:
        dismiss(appointments=rows, by=by, reason="离开流调小组 · left the tracing team")
    return [it.account for it in rows]
