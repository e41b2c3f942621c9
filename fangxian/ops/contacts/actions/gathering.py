"""The contacts of two cases that turn out to be one come together; somebody who is a contact of both is one row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.realm.bulk import rows_with, update_rows

from ..models import OBSERVED, Contact, ContactFile, FollowUp, State, StateChange
from ..wire import read_why, why_text
from .deciding import date_by_rulebook
from .rows import chunks, judge, locked, note_line, with_workplace, write

# Of two rows of one person the one further on stays; a proposal is open, so it goes before a rejection.
FURTHER = (
    State.REJECTED, State.PROPOSED, State.RELEASED, State.HANDED_OVER, State.CONFIRMED, State.TRACED,
    State.TRANSFERRED, State.IN_QUARANTINE, State.BECAME_CASE,
)  # fmt: skip
EXPOSURE = ("minutes", "n_meetings", "weight", "first_exposure_at", "last_exposure_at", "last_exposure_on", "via")
DATES = ("release_on", "release_computed_on", "watched_until_on")
JOINED = ("id", *EXPOSURE, *DATES, "faults")
FILE = (
    "name", "document_kind", "document_number", "document_index", "phone", "phone_index", "address", "nationality",
    "workplace", "whereabouts", "key_place", "note",
)  # fmt: skip
IN_FILE = (*FILE, "why")


@dataclass(frozen=True, slots=True)
class Gathered:
    """`moved`: how many contacts are the other case's now; `joined`: of two rows of one person the one that is gone,
    and the one that stays, to which what rested on the first is to be carried."""

    n_moved: int
    joined: Mapping[UUID, UUID]


@transaction.atomic
def gather_contacts(*, kept: UUID, merged: UUID, rulebook: Rulebook | None, by: str) -> Gathered:
    """The contacts of a merged case are those of the one that goes on, with their follow-ups and their history.

    Parameters
    ----------
    rulebook : of the disease; the days of whoever was exposed later than was known are computed anew
    """
    theirs, ours = (list(with_workplace().filter(case_id=case).order_by("id")) for case in (merged, kept))
    by_key = {bytes(row.who_key): row for row in ours}
    pairs = [(by_key[bytes(row.who_key)], row) for row in theirs if bytes(row.who_key) in by_key]
    joined = _unite(pairs, ours + theirs, {} if rulebook is None else {rulebook.disease.key: rulebook})
    note_line(
        "contacts.gathered", rows=[*theirs, *ours], by=by, kept=str(kept), merged=str(merged), n_joined=len(joined)
    )
    Contact.objects.filter(pk__in=list(joined)).only("pk").delete()
    for chunk in chunks([row.pk for row in theirs if row.pk not in joined]):
        Contact.objects.filter(pk__in=chunk).update(case_id=kept)
    return Gathered(len(theirs) - len(pairs), joined)


@transaction.atomic
def unite_contacts(*, kept: UUID, merged: UUID, rulebooks: Mapping[str, Rulebook], by: str) -> Mapping[UUID, UUID]:
    """Of each case that two records of one person were contacts of, one row; which is gone → which stays.

    Parameters
    ----------
    rulebooks : by disease; the days of whoever was exposed later than was known are computed anew
    """
    theirs = locked(Contact.objects.filter(person=merged).values_list("pk", flat=True))
    ours = locked(Contact.objects.filter(person=kept).values_list("pk", flat=True))
    by_case = {row.case_id: row for row in ours}
    pairs = [(by_case[row.case_id], row) for row in theirs if row.case_id in by_case]
    lines = [row.pk for pair in pairs for row in pair]
    through = locked(Contact.objects.filter(via__in=lines).values_list("pk", flat=True))
    joined = _unite(pairs, through, rulebooks)
    note_line("contacts.united", rows=[row for pair in pairs for row in pair], by=by, n_joined=len(joined))
    Contact.objects.filter(pk__in=list(joined)).only("pk").delete()
    return joined


def _unite(
    pairs: Sequence[tuple[Contact, Contact]], through: Sequence[Contact], rulebooks: Mapping[str, Rulebook]
) -> dict[UUID, UUID]:
    """Make one of each two, and lead to it whoever is a contact through the one that is to go; that one → the other.

    Some hundred at once: of a thousand pairs each pair alone took the database's lock for many seconds.
    """
    two = [(_further(*pair), _behind(*pair)) for pair in pairs]
    joined = {gone.pk: stays.pk for stays, gone in two}
    for some in chunks(two):
        for stays, gone in some:
            _join(stays, gone, rulebooks.get(stays.disease))
        _join_files(some)
        _join_days(some)
        _join_changes(some)
        rows = [stays for stays, _ in some]
        judge(rows)
        update_rows(Contact, ({name: getattr(row, name) for name in JOINED} for row in rows))
    _through(through, joined)
    return joined


def _further(one: Contact, other: Contact) -> Contact:
    return other if FURTHER.index(State(other.state)) > FURTHER.index(State(one.state)) else one


def _behind(one: Contact, other: Contact) -> Contact:
    return one if _further(one, other) is other else other


def _join(stays: Contact, gone: Contact, rulebook: Rulebook | None) -> None:
    """What is known of the exposure of the one that goes is known of the one that stays."""
    stays.minutes, stays.n_meetings = stays.minutes + gone.minutes, stays.n_meetings + gone.n_meetings
    stays.weight = stays.weight + gone.weight
    stays.first_exposure_at = min(stays.first_exposure_at, gone.first_exposure_at)
    if gone.last_exposure_at > stays.last_exposure_at:
        stays.last_exposure_at, stays.last_exposure_on = gone.last_exposure_at, gone.last_exposure_on
    stays.via = stays.via or gone.via
    if rulebook is not None and stays.state in OBSERVED:
        date_by_rulebook(stays, rulebook=rulebook)


def _join_files(two: Sequence[tuple[Contact, Contact]]) -> None:
    """What the file of the one that goes says, and the other's does not; the evidence of both."""
    ids = ((row.pk,) for pair in two for row in pair)
    found = rows_with(ContactFile, ("contact_row_id",), ids, ("contact_row_id", *IN_FILE))
    files = {pk: dict(zip(IN_FILE, told, strict=True)) for pk, *told in found}
    alike: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for stays, gone in two:
        mine, other = files[stays.pk], files[gone.pk]
        new = {name: value for name in FILE if not mine[name] and (value := other[name])}
        if other["why"]:
            new["why"] = _evidence_of_both(mine["why"], other["why"])
        stays.has_workplace = bool(mine["workplace"] or other["workplace"])
        if new:
            alike.setdefault(tuple(new), []).append({"contact_row_id": stays.pk, **new})
    for rows in alike.values():  # a statement a row took half of the time that a merge holds the database's lock
        update_rows(ContactFile, rows)


@lru_cache(maxsize=1024)  # many met both in the same way
def _evidence_of_both(mine: str, other: str) -> str:
    return why_text((*read_why(mine), *read_why(other)))


def _join_changes(two: Sequence[tuple[Contact, Contact]]) -> None:
    stays_of = {gone.pk: stays.pk for stays, gone in two}
    changes = StateChange.objects.filter(whose__in=list(stays_of)).order_by("pk").values_list("pk", "whose_id")
    update_rows(StateChange, [{"whose_id": stays_of[whose], "id": pk} for pk, whose in changes])


def _join_days(two: Sequence[tuple[Contact, Contact]]) -> None:
    """The follow-ups of both; of two of one day the one that was done."""
    stays_of = {gone.pk: stays for stays, gone in two}
    mine = {(row.whose_id, row.on): row for row in FollowUp.objects.filter(whose__in=[row for row, _ in two])}
    moved, over = [], []
    for row in FollowUp.objects.filter(whose__in=list(stays_of)):
        stays = stays_of[row.whose_id]
        known = mine.get((stays.pk, row.on))
        if known is not None and (known.state == FollowUp.State.DONE or row.state != FollowUp.State.DONE):
            continue
        if known is not None:
            over.append(known.pk)
        moved.append({"whose_id": stays.pk, "area_path": stays.area_path, "id": row.pk})
    FollowUp.objects.filter(pk__in=over).delete()
    update_rows(FollowUp, moved)


def _through(rows: Sequence[Contact], joined: Mapping[UUID, UUID]) -> None:
    """Whoever is a contact through a row that goes is one through the row that stays."""
    changed: Iterable[Contact] = [row for row in rows if row.via in joined and row.pk not in joined]
    for row in changed:
        via = joined[row.via]
        row.via = None if via == row.pk else via
    write(list(changed), "via")
