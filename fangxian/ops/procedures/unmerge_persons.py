"""Two that were taken for one person are two again (撤销合并): records of the register, cases, or both.

1. whoever may work on both, and has no part in it                               accounts, approvals
2. the last merge of either only, both still on record, what moved still kept    merges
3. what came with the one goes back to it, with what was done about it since     people, cases, contacts, parcels,
                                                                                 rides, arrivals, departures,
                                                                                 enquiries, tasks, tracing, movement
4. what was changed since so that it cannot be told apart stays, and is listed   merges
5. codes of both are computed, and gates know that they are two                  recolour, movement
6. contacts of both cases are looked for anew                                    propose_contacts

What was put on record since the merge stays with the one that went on, but for what a round's tube says: whose swab is
in it is known. Nothing is guessed, nothing dropped.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.arrivals import actions as arrivals_room
from fangxian.ops.arrivals import queries as arrivals
from fangxian.ops.cases import actions as cases_room
from fangxian.ops.cases import queries as cases
from fangxian.ops.comparisons import actions as comparisons_room
from fangxian.ops.comparisons import queries as comparisons
from fangxian.ops.contacts import actions as contacts_room
from fangxian.ops.contacts import parting as contacts
from fangxian.ops.departures import actions as departures_room
from fangxian.ops.departures import queries as departures
from fangxian.ops.enquiries import actions as enquiries_room
from fangxian.ops.enquiries import queries as enquiries
from fangxian.ops.lab import actions as lab_room
from fangxian.ops.lab import queries as lab
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.merges import queries as merges
from fangxian.ops.merges import refusals
from fangxian.ops.merges.actions import locked_merge, note_undone
from fangxian.ops.merges.wire import Two, read_united, two_of
from fangxian.ops.movement import queries as movement
from fangxian.ops.movement.actions import unmerging as movement_room
from fangxian.ops.movement.queries import Generations
from fangxian.ops.parcels import queries as parcels
from fangxian.ops.parcels.actions import tracing as parcels_room
from fangxian.ops.people import actions as people_room
from fangxian.ops.people import queries as people
from fangxian.ops.posts import actions as posts_room
from fangxian.ops.posts import queries as posts
from fangxian.ops.realm.as_before import Return, RowChange, Stays
from fangxian.ops.realm.current import county_now
from fangxian.ops.returnees import actions as returnees_room
from fangxian.ops.returnees import queries as returnees
from fangxian.ops.rides import actions as rides_room
from fangxian.ops.rides import queries as rides
from fangxian.ops.tasks import actions as tasks_room
from fangxian.ops.tasks import queries as tasks
from fangxian.ops.tracing import actions as tracing_room
from fangxian.ops.tracing import queries as tracing
from fangxian.ops.vaccination import actions as vaccination_room
from fangxian.ops.vaccination import queries as vaccination

from .propose_contacts import ask_for_contacts
from .recolour import recolour
from .result_tests import part_tests

EVIDENCE, SINCE = "movement.evidence", "since"
INVESTIGATE, REGISTER = "cases.investigate", "people.register"


@dataclass(frozen=True, slots=True)
class Plan:
    """How a merge would be undone as things stand, room by room."""

    people: Return
    cases: Return
    contacts: contacts.Parting
    parcels: Return
    rides: Return
    posts: Return
    arrivals: Return
    departures: Return
    enquiries: Return
    vaccination: Return
    returnees: Return
    lab: Return
    comparisons: Return
    tasks: Return
    tracing: Return
    movement: Return

    @property
    def _all(self) -> list[Return]:
        of_journeys = (self.rides, self.posts, self.arrivals, self.departures, self.enquiries, self.comparisons)
        of_grids = (self.vaccination, self.returnees, self.lab)
        rooms = (self.people, self.cases, self.parcels, *of_journeys, *of_grids, self.tasks, self.tracing)
        return [self.contacts.back, *rooms, self.movement]

    @property
    def returning(self) -> list[RowChange]:
        return [change for room in self._all for change in room.returning]

    @property
    def stays(self) -> list[Stays]:
        return [row for room in self._all for row in room.stays]


def unmerge_persons(*, merge: UUID, reason: str, by: Account) -> list[Stays]:
    """Undo a merge; what stays as it is, for a person to settle.

    Refuses
    -------
    merges.unknown, merges.undone_already, merges.merged_on, merges.erased, merges.forgotten, merges.no_reason,
    accounts.not_yours, approvals.own_matter
    """
    if not reason.strip():
        raise refusals.no_reason()
    return _undo(merge, reason.strip(), by)


@transaction.atomic
def _undo(merge: UUID, reason: str, by: Account) -> list[Stays]:
    row, actor = locked_merge(merge=merge), f"account:{by.pk}"
    refuse_undoing(row, by)
    two, changes = two_of(row), merges.changes_of(merge)
    plan = plan_of(row, changes)
    n_returned = len(plan.returning)
    why = f"撤销合并：{reason}"
    stays = people_room.undo_merge(back=plan.people, persons=two.persons, by=actor) if two.persons else []
    stays += cases_room.undo_merge(back=plan.cases, cases=two.cases, by=actor)
    rulebooks = rulebooks_by_disease(county_now())
    stays += contacts_room.undo_merge(parting=plan.contacts, rulebooks=rulebooks, reason=why, by=actor)
    stays += parcels_room.undo_merge(back=plan.parcels, persons=two.persons, by=actor)
    stays += rides_room.undo_merge(back=plan.rides, by=actor)
    stays += posts_room.undo_merge(back=plan.posts, by=actor)
    stays += arrivals_room.undo_merge(back=plan.arrivals, by=actor)
    stays += enquiries_room.undo_merge(back=plan.enquiries, by=actor)
    stays += vaccination_room.undo_merge(back=plan.vaccination, persons=two.persons, by=actor)
    stays += returnees_room.undo_merge(back=plan.returnees, by=actor)
    stays += lab_room.undo_merge(back=plan.lab, persons=two.persons, by=actor)
    stays += departures_room.undo_merge(back=plan.departures, by=actor)
    stays += comparisons_room.undo_merge(back=plan.comparisons, by=actor)
    stays += tasks_room.undo_merge(back=plan.tasks, reason=why, by=actor)
    stays += tracing_room.undo_merge(back=plan.tracing, by=actor)
    stays += _part_codes(two, plan.movement, changes, why, actor)
    part_tests(persons=two.persons, by=actor)
    note_undone(merge=merge, left=stays, n_returned=n_returned, reason=reason, by=actor)
    for case in two.cases:
        ask_for_contacts(case=case, by=actor)
    return stays


def plan_of(row, changes: list[RowChange] | None = None) -> Plan:
    """How a merge would be undone now. Writes nothing: this is what is shown before anybody confirms."""
    two = two_of(row)
    changes = merges.changes_of(row.pk) if changes is None else changes
    whose = contacts.Whose(str(two.merged_case or ""), str(two.merged_person or ""))
    parting = contacts.return_of_merge(changes, united=read_united(row.united), is_merged=whose, since=row.merged_at)
    of_cases = cases.return_of_merge(changes)
    of_movement = movement.return_of_merge(changes, united=parting.whole)
    of_movement.stays += _recorded_since(row, of_cases)
    return Plan(
        people=people.return_of_merge(changes),
        cases=of_cases,
        contacts=parting,
        parcels=parcels.return_of_merge(changes),
        rides=rides.return_of_merge(changes),
        posts=posts.return_of_merge(changes),
        arrivals=arrivals.return_of_merge(changes),
        enquiries=enquiries.return_of_merge(changes),
        vaccination=vaccination.return_of_merge(changes),
        returnees=returnees.return_of_merge(changes),
        lab=lab.return_of_merge(changes),
        departures=departures.return_of_merge(changes),
        comparisons=comparisons.return_of_merge(changes),
        tasks=tasks.return_of_merge(changes),
        tracing=tracing.return_of_merge(changes),
        movement=of_movement,
    )


def _recorded_since(row, of_cases: Return) -> list[Stays]:
    """What was recorded since for the case that went on, of somebody who now is the merged one's again.

    It holds them, and may not be theirs: whoever settles it looks at it, and withdraws it or not.
    """
    key = str(row.kept_case)
    back = [it for it, names in of_cases.columns if it.key == key and "person_id" in names]
    persons = [UUID(str(it.after["person_id"])) for it in back if it.after and it.after["person_id"]]
    if not persons:
        return []
    found = movement.recorded_since(things=[row.kept_case], persons=persons, at=row.merged_at)
    return [Stays(EVIDENCE, str(pk), SINCE) for pk in found]


def refuse_undoing(row, by: Account) -> None:
    """Refuse whoever may not undo a merge, and what cannot be undone (any more).

    Refuses
    -------
    merges.merged_on, merges.erased, merges.forgotten, merges.undone_already, accounts.not_yours, approvals.own_matter
    """
    if row.undone_at is not None:
        raise refusals.undone_already(row.undone_at)
    two = two_of(row)
    of_cases, of_persons = cases.cases_with(two.cases), people.on_record(two.persons)
    if len(of_cases) < len(two.cases) or len(of_persons) < len(two.persons):
        raise refusals.erased()
    for permission, found in ((INVESTIGATE, of_cases), (REGISTER, of_persons)):
        for it in found.values():
            require(by, permission, it.area_path)
    concerned = {*two.persons, *(it.person_id for it in of_cases.values() if it.person_id)}
    refuse_own_matters(by, sorted(concerned))
    if (later := merges.standing_after(row)) is not None:
        raise refusals.merged_on(later.merged_at)
    if row.n_moved and not merges.is_kept(row.pk):
        raise refusals.forgotten(row.merged_at, merges.KEPT_DAYS)


def _part_codes(two: Two, back: Return, changes: list[RowChange], why: str, by: str) -> list[Stays]:
    """Evidence goes back to whom it was of, codes are computed, and gates know each by its own number."""
    stays, concerned = movement_room.undo_merge(
        back=back, persons=two.persons, renewed=_renewed(two, changes), why=why, by=by
    )
    recolour(concerned, county_now(), by=by)
    if two.merged_person:
        movement_room.part_codes(merged=two.merged_person, by=by)
    return stays


def _renewed(two: Two, changes: list[RowChange]) -> dict[UUID, Generations]:
    """In which generations the QR and card of the merged record are again: nothing that was revoked counts again.

    Where somebody revoked a QR or card since the merge, nobody can say whose it was: then both stay revoked.
    """
    if not two.merged_person or not two.kept_person:
        return {}
    own = movement.generations_at_merge(changes, two.merged_person, after=False)
    then = movement.generations_at_merge(changes, two.kept_person, after=True)
    now = movement.health_of(two.kept_person)
    if own is None:
        return {}
    if then is None or now is None or (now.qr_generation, now.card_generation) == then:
        return {two.merged_person: own}
    return {two.merged_person: Generations(max(own.qr, now.qr_generation), max(own.card, now.card_generation))}
