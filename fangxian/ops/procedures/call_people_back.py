"""Whoever calls people back says whom they reached (通知复采); whoever is at a table has a slip of a result printed.

1. who knows the people of an area, and who is called back there       accounts, results
2. that they were reached is on record                                 results
3. whoever nobody can fetch any more is fetched no more, with a reason  results, call_back_tasks
4. a slip of whatever somebody was told, for those without a phone     print_result
"""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.lab.barcodes import plain_number, token_of
from fangxian.ops.lab.queries import PLAN, RosterPlace, ScreeningRound, place_by_token, roster_of
from fangxian.ops.people.queries import persons_with_documents
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.sealed import index_of
from fangxian.ops.results import actions as results_room
from fangxian.ops.results.queries import call_backs_of_round

from .call_back_tasks import follow_tasks
from .sample_at_table import may_excuse
from .take_table_events import KEEP_PEOPLE

KNOWS, REPORTS = "households.view", "lab.report"


def say_called(*, row: ScreeningRound, call_backs: Collection[UUID], by: Account) -> int:
    """These people were told to come; how many were not known to have been. Of others' areas nobody is touched."""
    rows = within_scope(call_backs_of_round(row.pk), by, KNOWS).filter(pk__in=list(call_backs))
    return results_room.note_called(call_backs=list(rows.values_list("pk", flat=True)), by=f"account:{by.pk}")


@transaction.atomic
def end_call_backs(*, row: ScreeningRound, call_backs: Collection[UUID], why: str, by: Account) -> int:
    """These people are fetched no more: they moved away, died, are somebody else's record; how many were. What holds
    them stands until it lapses or a negative ends it. Of others' areas nobody is touched.

    Refuses
    -------
    approvals.own_matter, results.ended_without_words
    """
    some = call_backs_of_round(row.pk)
    if not may(by, PLAN, the_realm().division_code):
        some = within_scope(some, by, KEEP_PEOPLE)
    found = list(some.filter(pk__in=list(call_backs)))
    refuse_own_matters(by, [it.person for it in found if it.person])
    actor = f"account:{by.pk}"
    ended = results_room.end_call_backs(call_backs=[it.pk for it in found], why=why, by=actor)
    follow_tasks(ended, by=actor)
    return len(ended)


def may_end(by: Account) -> bool:
    """Whether somebody keeps a register of people, or plans the rounds."""
    return may(by, KEEP_PEOPLE) or may(by, PLAN, the_realm().division_code)


def place_asked_for(*, row: ScreeningRound, text: str, by: Account) -> RosterPlace | None:
    """Whoever a slip or a document names, on this round's roster, if the account may see to them; None else."""
    token = token_of(text)
    place = place_by_token(row, token) if token else _by_document(row, text)
    if place is None or not (may(by, REPORTS) or may_excuse(by, place.area_path)):
        return None
    return place


def _by_document(row: ScreeningRound, text: str) -> RosterPlace | None:
    number = plain_number(text)
    if not number:
        return None
    person = persons_with_documents([number]).get(number)
    who = {"person": person} if person else {"document_index": index_of("document_number", number)}
    return roster_of(row).filter(**who).select_related("person").first()
