"""How what a merge did to contacts would be put back now. Reads, writes nothing: `actions.parting` does.

A contact that went over goes back, with what was decided on it since. Of two lines that were united into one each is
there again as it was, unless the one line was decided on or changed since: what that decision rested on cannot be told
apart. Then the line stays whole where it is, and the other gets its own line back as a proposal, to be decided on.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet

from fangxian.ops.realm.as_before import Return, RowChange, Stays, how_rows_return, plain
from fangxian.ops.realm.ids import any_of

from .models import MERGED, Contact, ContactFile, FollowUp, State, StateChange

CONTACT, FILE, CHANGE, FOLLOW_UP = (it._meta.label_lower for it in MERGED)
DERIVED = {CONTACT: frozenset({"faults"})}
DECISION = frozenset(
    {
        "state", "state_since", "decided_at", "decided_by", "release_on", "release_computed_on", "watched_until_on",
        "mode", "home_reason", "site", "checked_in_on", "is_traced", "follow_up_due_at", "team",
    }
)  # fmt: skip
UNITED = "united"  # why a line stays: two were made of it, and it was decided on since


@dataclass(frozen=True, slots=True)
class Line:
    """One contact's row and file, as somebody else's line is to be made of them again."""

    contact: Mapping[str, object]
    file: Mapping[str, object]


@dataclass(slots=True)
class Parting:
    """`back`: what goes back; `proposals`: lines to be made as proposals; `whole`: ids of lines that stay united."""

    back: Return
    proposals: list[Line] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)


def rows_of_merge(persons: Collection[UUID], cases: Sequence[UUID], in_full: Collection[UUID] = ()) -> list[QuerySet]:
    """The rows that merging these records, or these cases, may change; of a line of one of them alone, its row.

    Parameters
    ----------
    in_full : lines of which everything was read before, and is to be read again, whatever became of them
    """
    rows = Contact.objects.filter(Q(case_id__in=cases) | Q(person__in=persons))
    told = list(rows.order_by().values_list("pk", "who_key", "person_id"))
    keys = [bytes(key) for _, key, _ in told]
    twice = {key for key, n in Counter(keys).items() if n > 1}
    whole = [*{*in_full, *(pk for pk, key, person in told if bytes(key) in twice or person in persons)}]
    if not whole:
        return [rows]
    found = [rows, Contact.objects.filter(via__in=any_of(whole)), ContactFile.objects.filter(pk__in=any_of(whole))]
    return [*found, *(model.objects.filter(whose__in=any_of(whole)) for model in (StateChange, FollowUp))]


def ids_in(rows: Iterable[tuple[str, str]], *, in_full: bool = False) -> list[UUID]:
    """The contacts among rows that were read, or those of which everything was."""
    return [UUID(key) for table, key in rows if table == (FILE if in_full else CONTACT)]


def ids_through(lines: Sequence[UUID]) -> list[UUID]:
    """Those who are contacts through these, and are not among them."""
    if not lines:
        return []
    rows = Contact.objects.filter(via__in=any_of(lines)).order_by()
    return sorted(set(rows.values_list("pk", flat=True)) - set(lines))


def return_of_merge(
    changes: Sequence[RowChange], *, united: Mapping[str, str], is_merged: "Whose", since: datetime
) -> Parting:
    """How what a merge changed here would be put back now.

    Parameters
    ----------
    united : of two lines that became one the one that is gone → the one that stayed
    is_merged : whose lines get one back as a proposal: those of the merged case, or of the merged record
    since : when it was
    """
    here = [it for it in changes if it.table in (CONTACT, FILE, CHANGE, FOLLOW_UP)]
    by_key = {(it.table, it.key): it for it in here}
    whole = _decided_since(here, united, since)
    proposals = [_line(by_key, gone, stays, is_merged) for gone, stays in united.items() if stays in whole]
    left = {*whole, *(gone for gone, stays in united.items() if stays in whole)}
    going = [it for it in here if not _belongs_to(it, left)]
    going = [it for it in going if not (it.table == CHANGE and it.before is None)]  # what was decided stays on record
    together = {CONTACT: [DECISION]}
    back = how_rows_return(going, MERGED, derived=DERIVED, together=together)
    back.stays += [Stays(CONTACT, stays, UNITED) for stays in sorted(whole)]
    return Parting(back, [it for it in proposals if it is not None], whole)


@dataclass(frozen=True, slots=True)
class Whose:
    """The merged case, and the merged record: either may have had a line."""

    case: str = ""
    person: str = ""

    def was(self, said: Mapping[str, object]) -> bool:
        return bool(self.case and said.get("case_id") == self.case) or bool(
            self.person and said.get("person_id") == self.person
        )


def _decided_since(changes: Sequence[RowChange], united: Mapping[str, str], since: datetime) -> set[str]:
    """The united lines that were decided on, or whose exposure or file was changed, after they were united."""
    lines = set(united.values())
    known = [it.key for it in changes if it.table == CHANGE]
    rows = StateChange.objects.filter(whose__in=lines, at__gte=since).exclude(pk__in=known)
    found = {str(pk) for pk in rows.values_list("whose", flat=True)}
    of_lines = [it for it in changes if it.table in (CONTACT, FILE) and it.key in lines]
    now = how_rows_return(of_lines, (Contact, ContactFile), derived=DERIVED)
    return found | {it.key for it in now.stays}


def _belongs_to(change: RowChange, lines: set[str]) -> bool:
    """Whether a row is of one of these lines, or became one's."""
    if change.table in (CONTACT, FILE):
        through = (change.before or {}).get("via")
        return change.key in lines or through in lines
    return any(said is not None and said.get("whose_id") in lines for said in (change.before, change.after))


def _line(by_key: Mapping[tuple[str, str], RowChange], gone: str, stays: str, is_merged: Whose) -> Line | None:
    """What the merged one's line said before the two were united; None where it is not known any more."""
    was, file = by_key.get((CONTACT, gone)), by_key.get((FILE, gone))
    if was is None or was.before is None or file is None or file.before is None:
        return None
    if is_merged.was(was.before):
        return Line(was.before, file.before)
    row = Contact.objects.select_related("file").filter(pk=stays).first()
    if row is None:
        return None
    key = str(uuid4())
    said = plain(row) | dict(_before(by_key, CONTACT, stays)) | {"id": key}
    return Line(said, plain(row.file) | dict(_before(by_key, FILE, stays)) | {"contact_row_id": key})


def _before(by_key: Mapping[tuple[str, str], RowChange], table: str, key: str) -> Mapping[str, object]:
    change = by_key.get((table, key))
    return (change.before if change else None) or {}


UNDECIDED = {
    "state": str(State.PROPOSED), "decided_at": None, "decided_by": "", "release_on": None,
    "release_computed_on": None, "watched_until_on": None, "follow_up_due_at": None, "team": None,
}  # fmt: skip
