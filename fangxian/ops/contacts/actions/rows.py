"""How the actions of this room read, judge and write sets of contacts. For actions only."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Value, When
from django.db.models.fields import BooleanField

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import rows_with
from fangxian.ops.realm.ids import in_text

from ..models import Contact, FollowUp, StateChange
from ..quality import checked, faults_of

BATCH = 500
NAMED_AT_MOST = 500  # an audit line about more contacts than these gives their number only


def locked(ids: Iterable[UUID]) -> list[Contact]:
    """These contacts, locked in one order, each with `has_workplace`.

    Refuses
    -------
    contacts.unknown
    """
    wanted = sorted(set(ids))
    rows = [row for chunk in chunks(wanted) for row in with_workplace().filter(pk__in=chunk).order_by("id")]
    _refuse_unknown(len(wanted), len(rows))
    return rows


def locked_columns(ids: Iterable[UUID], *, columns: tuple[str, ...]) -> list[tuple]:
    """These columns of contacts, locked in one order: where a hundred thousand are asked for, some thousand at once.

    Refuses
    -------
    contacts.unknown
    """
    wanted = sorted(set(ids))
    rows = list(rows_with(Contact, ("id",), ((pk,) for pk in wanted), columns, locked=True))
    _refuse_unknown(len(wanted), len(rows))
    return rows


def _refuse_unknown(n_asked: int, n_found: int) -> None:
    if n_found != n_asked:
        raise Refusal(
            "contacts.unknown",
            zh="所选 {n_asked} 名接触者里有 {n_missing} 名不在记录里，或已按期清除。没有改动任何一名；请刷新列表后再"
            "选。",
            en="Of the {n_asked} chosen contacts {n_missing} are not on record, or were erased at their term. None was "
            "changed: reload the list and choose again.",
            n_asked=n_asked,
            n_missing=n_asked - n_found,
        )


def with_workplace():
    """Contacts to be changed: locked, and with whether a workplace is written, without opening the seal."""
    # A sealed column is empty bytes exactly when its text is empty.
    written = Case(When(file__workplace=b"", then=Value(False)), default=Value(True), output_field=BooleanField())
    return Contact.objects.select_for_update(of=("self",)).annotate(has_workplace=written)


def judge(rows: Iterable[Contact]) -> None:
    """Compute what is wrong with each row as it now stands."""
    for row in rows:
        row.faults = int(faults_of(checked(row, has_workplace=row.has_workplace)))


def write(rows: Sequence[Contact], *names: str) -> None:
    """Judge rows and write these columns of theirs, those with the same values at once."""
    judge(rows)
    names = tuple(dict.fromkeys((*names, "faults")))
    alike: dict[tuple, list[UUID]] = {}
    for row in rows:
        alike.setdefault(tuple(getattr(row, name) for name in names), []).append(row.pk)
    for values, ids in alike.items():
        for chunk in chunks(ids):
            Contact.objects.filter(pk__in=chunk).update(**dict(zip(names, values, strict=True)))


def move(rows: Sequence[Contact], *, after: Callable[[Contact], str], at: datetime, by: str, reason: str) -> None:
    """Give rows a new state (in memory) and put the change on record; what else changes, `write` writes."""
    changes = []
    for row in rows:
        before, row.state, row.state_since = row.state, after(row), at
        changes.append(
            StateChange(whose=row, before=before, after=row.state, ring=row.ring, at=at, by=by, reason=reason)
        )
    StateChange.objects.bulk_create(changes, batch_size=BATCH)


def no_more_follow_ups(rows: Sequence[Contact]) -> None:
    """Whoever is observed no longer need not be asked today: what is due is taken away, so that nobody missed it."""
    for chunk in chunks([row.pk for row in rows]):
        FollowUp.objects.filter(whose__in=chunk, state=FollowUp.State.DUE).delete()
    for row in rows:
        row.follow_up_due_at = None


def note_line(action: str, *, rows: Sequence[Contact], by: str, **details: object) -> None:
    """One audit line about a set of contacts and the people they are; none for an empty set."""
    if not rows:
        return
    about: list[str] = []
    if len(rows) <= NAMED_AT_MOST:
        about = [f"contact:{it}" for it in in_text(row.id for row in rows)]
        about += sorted({f"person:{row.person_id}" for row in rows if row.person_id})
    record(action, by=by, about=about, details={"n_contacts": len(rows), **details})


def need_reason(reason: str, *, n: int) -> None:
    """A decision on a person says why.

    Refuses
    -------
    contacts.no_reason
    """
    if not reason.strip():
        raise Refusal(
            "contacts.no_reason",
            zh="没有写理由，{n} 名接触者都没有改动。判定、排除和放回都须写明理由，本人和复核的人会看到；请补上一句。",
            en="No reason is given, so none of the {n} contacts was changed. Confirming, rejecting and putting back "
            "say "
            "why, for the person and for whoever checks: add a sentence.",
            n=n,
        )


def chunks(things: Sequence) -> Iterator[Sequence]:
    for start in range(0, len(things), BATCH):
        yield things[start : start + BATCH]
