"""A list of contacts came before the list of their cases, and called a case by its number, or one that we had already
under another name: they wait for an id that stands in for it. When the case comes, they are its contacts.

1. the contacts of the id that stood in are the case's              contacts
2. what rested on a row that is gone rests on what stays            movement
3. whoever is named so from now on is the case                      handover
"""

from collections.abc import Mapping
from uuid import UUID

from fangxian.ops.cases.queries import cases_with
from fangxian.ops.contacts.actions import gather_contacts
from fangxian.ops.handover.actions import turn_outer_ids
from fangxian.ops.handover.queries import outer_case, subjects
from fangxian.ops.handover.words import Subject
from fangxian.ops.movement.actions.evidence import rest_on_others
from fangxian.ops.procedures.contact_tasks import cancel_contact_tasks
from fangxian.ops.procedures.listed_people import Lists
from fangxian.ops.procedures.merge_persons import follow_later_exposure

SAME = "同一病例的同一接触者 · the same contact of one case"


def stand_ins(named: Mapping[str, UUID], lists: Lists) -> dict[UUID, UUID]:
    """Each id that stood in for one of these cases of ours, by what the list calls each, and that case."""
    known = subjects(lists.source, Subject.CASE, named)
    waiting = {
        pk: named[name]
        for name, pk in known.items()
        if pk != named[name] and pk == outer_case(lists.source, name)  # of another case it may be the number
    }
    come = cases_with(set(waiting), only=("id",))
    return {pk: case for pk, case in waiting.items() if pk not in come}


def bring_contacts(*, waiting: Mapping[UUID, UUID], lists: Lists, by: str) -> None:
    """Bring the contacts of ids that stood in to their cases; within the transaction that wrote these."""
    for pk, case in waiting.items():
        gathered = gather_contacts(kept=case, merged=pk, rulebook=lists.rulebook, by=by)
        rest_on_others(things={pk: case, **gathered.joined}, by=by)
        if gathered.joined:
            follow_later_exposure(gathered.joined.values(), by)
            cancel_contact_tasks(contacts=gathered.joined, reason=SAME, by=by)
        turn_outer_ids(subject=pk, to=case, by=by)
