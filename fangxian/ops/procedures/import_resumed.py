"""What a job that was cut off had put on record already: begun again it counts that as new, which it is.

Nothing is kept for it beside the records: a case says which list it came by, and what a list calls a record is noted
as of the moment at which the list was asked for.
"""

from collections.abc import Callable, Mapping
from uuid import UUID

from fangxian.ops.cases.queries import cases_with
from fangxian.ops.contacts.queries import proposed_since
from fangxian.ops.handover.queries import first_named
from fangxian.ops.handover.words import Subject
from fangxian.ops.procedures.came import KNOWN, NEW, Came
from fangxian.ops.procedures.listed_people import Lists

Own = Callable[[set[UUID], Lists, str], set[UUID]]


def count_own(came: Came, kind: str, lists: Lists, reason: str, *, seen: set[UUID]) -> None:
    """Of the rows that are known call those new whose record this very list has made, each once.

    What a row added to somebody who was on record before is not told from what was there: such a row stays known.

    Parameters
    ----------
    reason : what the list says of why it puts something on record, with its id
    seen : the records that rows of this attempt were about before; those of these rows are added
    """
    known = {came.subject[row] for row, outcome in came.outcome.items() if outcome == KNOWN} - seen
    own = OWN[kind](known, lists, reason)
    for row in sorted(came.subject):
        subject = came.subject[row]
        if came.outcome[row] == KNOWN and subject in own and subject not in seen:
            came.outcome[row] = NEW
        seen.add(subject)


def _cases(known: set[UUID], lists: Lists, reason: str) -> set[UUID]:
    return {pk for pk, case in cases_with(known, only=("state_why",)).items() if case.state_why == reason}


def _contacts(known: set[UUID], lists: Lists, reason: str) -> set[UUID]:
    return proposed_since(first_named(Subject.CONTACT, known, at=lists.at), at=lists.at)


def _links(known: set[UUID], lists: Lists, reason: str) -> set[UUID]:
    return first_named(Subject.LINK, known, at=lists.at)


def _follow_ups(known: set[UUID], lists: Lists, reason: str) -> set[UUID]:
    return first_named(Subject.FOLLOW_UP, known, at=lists.at)


OWN: Mapping[str, Own] = {
    "cases.list": _cases,
    "contacts.list": _contacts,
    "contacts.relationships": _links,
    "contacts.follow_ups": _follow_ups,
}
