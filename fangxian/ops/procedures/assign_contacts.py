"""Contacts are handed to tracing teams (密接派单), and what has become of them frees the teams again.

Handing out (`assign_contacts`), by the lead's decision:

1. only those confirmed, ours, and not found yet       contacts
2. the team has them                                   tracing, contacts
3. a task for each, which the team's lead passes on    tasks

Settling (`settle_contacts`, whenever somebody says so and every few minutes):

4. who has been found, handed over or let go is nobody's work any more    contacts → tracing, tasks
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.cases.queries import cases_with
from fangxian.ops.contacts.actions.noting import give_to_team
from fangxian.ops.contacts.queries import contacts_with
from fangxian.ops.contacts.wire import who_of
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.tasks.actions import cancel, finish, hand_over, open_tasks
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask, Rung
from fangxian.ops.tracing.actions import end_work, give
from fangxian.ops.tracing.clocks import CONTACT_WITHIN
from fangxian.ops.tracing.queries import leads_of, work_held
from fangxian.ops.tracing.wire import CONTACT, NewWork, Why

FIND = "tracing.find_contact"
LEAD = "tracing_lead"
LADDER = (Rung(after_min=0, role=LEAD), Rung(after_min=120, role="commander"))
AT_ONCE = 500
FOUND_STATES = ("traced", "transferred", "in_quarantine", "released", "became_case")


@dataclass(frozen=True, slots=True)
class HandedOut:
    """How many contacts teams have now that they did not have, and how many need nobody to find them any more."""

    n_given: int
    n_not_waiting: int


def assign_contacts(*, to_teams: Mapping[UUID, UUID], by: Account) -> HandedOut:
    """Give contacts to teams, as the lead has decided; one that another team has goes over with its task.

    In sets, each all or nothing; again, it goes on with what is not given yet.

    Parameters
    ----------
    to_teams : contact → team

    Refuses
    -------
    accounts.not_yours, tracing.team_unknown, tracing.team_stood_down
    """
    require(by, "cases.direct", the_realm().division_code)
    wanted, n_given, n_waiting = list(to_teams), 0, 0
    for start in range(0, len(wanted), AT_ONCE):
        some = {contact: to_teams[contact] for contact in wanted[start : start + AT_ONCE]}
        rows = [row for row in contacts_with(list(some)) if row.state == "confirmed" and row.belongs == "here"]
        n_waiting += len(rows)
        n_given += _assign(rows, some, f"account:{by.pk}")
    return HandedOut(n_given, len(wanted) - n_waiting)


@transaction.atomic
def _assign(rows: Sequence, to_teams: Mapping[UUID, UUID], by: str) -> int:
    works = [
        NewWork(
            work=CONTACT,
            about=row.pk,
            team=to_teams[row.pk],
            disease=row.disease,
            area_path=row.area_path,
            due_at=contact_due_at(row.decided_at),
        )
        for row in rows
    ]
    given = give(works=works, by=by)
    fresh = {row.about: row.team_id for row in given.rows}
    by_team: dict[UUID, list[UUID]] = {}
    for contact, team in fresh.items():
        by_team.setdefault(team, []).append(contact)
    for team, contacts in by_team.items():
        give_to_team(contacts=contacts, team=team, by=by)
    _open_or_hand_over([row for row in rows if row.pk in fresh], fresh, by)
    return len(fresh)


def contact_due_at(decided_at: datetime | None) -> datetime:
    """Until when a contact who was confirmed then is to be found."""
    return (decided_at or county_now()) + timedelta(hours=CONTACT_WITHIN.value)


def _open_or_hand_over(rows: Sequence, to_teams: Mapping[UUID, UUID], by: str) -> None:
    leads = leads_of(set(to_teams.values()))
    accounts = {team: member.account for team, member in leads.items()}
    numbers = {case: found.number for case, found in cases_with({row.case_id for row in rows}).items()}
    opened = open_tasks(tasks=[_task(row, numbers, accounts.get(to_teams[row.pk])) for row in rows], by=by)
    if not opened.n_repeated:
        return
    known: dict[UUID, list[UUID]] = {}
    for pk, about in _tasks(row.pk for row in rows).exclude(pk__in=opened.ids).values_list("pk", "about"):
        known.setdefault(to_teams[UUID(about.removeprefix("contact:"))], []).append(pk)
    for team, tasks in known.items():
        if accounts.get(team):
            hand_over(tasks=tasks, to=accounts[team], reason="改派小组 · given to another team", by=by)


def _task(row, numbers: Mapping[UUID, str], lead: Account | None) -> NewTask:
    name, number = who_of(row, row.file).name or "—", numbers.get(row.case_id, "—")
    return NewTask(
        kind=FIND,
        unique_key=str(row.pk),
        title=Said(
            f"找到接触者 {name}，说明情况、落实管控（病例 {number}）",
            f"Find contact {name}, speak to them and see them placed (case {number})",
        ),
        area_path=row.area_path,
        due_at=contact_due_at(row.decided_at),
        owner=lead,
        role="" if lead else LEAD,
        about=f"contact:{row.pk}",
        ladder=LADDER,
    )


def settle_contacts(*, contacts: Sequence[UUID] | None = None, by: str) -> int:
    """Free teams of contacts who need not be found any more; how many. Repeating it is harmless.

    Parameters
    ----------
    contacts : only these; None for whatever teams hold
    """
    held = work_held().filter(work=CONTACT)
    held = held if contacts is None else held.filter(about__in=contacts)
    ids, n_settled = list(held.values_list("about", flat=True)), 0
    for start in range(0, len(ids), AT_ONCE):
        n_settled += _settle(ids[start : start + AT_ONCE], by)
    return n_settled


@transaction.atomic
def _settle(ids: Sequence[UUID], by: str) -> int:
    states = {row.pk: row.state for row in contacts_with(ids)}
    found = [pk for pk in ids if states.get(pk) in FOUND_STATES]
    gone = [pk for pk in ids if pk not in found and states.get(pk) != "confirmed"]
    if found:
        finish(tasks=_ids(found), outcome="found", by=by)
        end_work(works=[(CONTACT, pk) for pk in found], why=Why.DONE, by=by)
    if gone:
        cancel(tasks=_ids(gone), reason="不再需要寻找 · need not be found any more", by=by)
        end_work(works=[(CONTACT, pk) for pk in gone], why=Why.NOT_NEEDED, by=by)
    return len(found) + len(gone)


def _ids(contacts: Iterable[UUID]) -> list[UUID]:
    return list(_tasks(contacts).values_list("pk", flat=True))


def _tasks(contacts: Iterable[UUID]):
    return unfinished().filter(kind=FIND, about__in=[f"contact:{contact}" for contact in contacts])
