"""The only writers of the returnees room. Each takes a set, is one transaction and leaves one audit line."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.ops.audit.actions import record
from fangxian.ops.people.models import Person
from fangxian.ops.realm.as_before import Return, Stays, put_back
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import MERGED, Away, Heard, State, What, Why
from .wire import NewAway, NewHeard
from .words import WHATS

A_YEAR = timedelta(days=366)
SAID = (What.BACK, What.NOT_COMING, What.NEW_DATE, What.NOT_REACHED)


@transaction.atomic
def note_away(*, people: Sequence[NewAway], by: str) -> list[Away]:
    """Put people who are elsewhere on the register; of one who is there already what is told anew counts.

    Refuses
    -------
    returnees.day_wrong
    """
    _lock(it.person for it in people)
    found = {row.person_id: row for row in Away.objects.filter(person__in=[it.person for it in people], state="away")}
    rows = []
    for new in people:
        _refuse_day(new.returns_on)
        row = found.get(new.person)
        if row is None:
            row = found[new.person] = _open(new, by)
        elif _tell_anew(row, new):
            _hear(row, What.NEW_DATE, by, returns_on=new.returns_on)
        rows.append(row)
    record("returnees.noted", by=by, about=sorted({f"person:{it.person}" for it in people}), facts={"n": len(people)})
    return rows


@transaction.atomic
def hear(*, heard: NewHeard, area_path: str, by: str, at: datetime | None = None) -> tuple[Away, bool]:
    """Write down what was heard of somebody, on the register or not; whether it says anything new.

    What was heard before something else goes into the history, and what was heard last counts.

    Parameters
    ----------
    area_path : where their home is
    at : when it was heard, where that is told later; None: now

    Refuses
    -------
    returnees.what_wrong, returnees.day_wrong, returnees.heard_by_another
    """
    if heard.what not in SAID:
        raise refusals.what_wrong()
    if heard.what == What.NEW_DATE and heard.returns_on is None:
        raise refusals.day_wrong(localtime(county_now()).date())
    at = min(at or county_now(), county_now())
    _refuse_day(heard.returns_on)
    _lock([heard.person])
    row = Away.objects.filter(person=heard.person).order_by("-opened_at", "-heard_at").first()
    if row is not None and _is_said(row, heard):
        return row, False
    if row is not None and heard.seen is not None and row.n_heard > heard.seen and row.heard_by != by:
        raise refusals.heard_by_another(WHATS[row.heard_what], localtime(row.heard_at))
    # Whoever came back since it was heard is not away again by it.
    is_overtaken = row is not None and at < row.heard_at
    if row is None or (
        row.state != State.AWAY and not is_overtaken and heard.what in (What.NEW_DATE, What.NOT_REACHED)
    ):
        new = NewAway(person=heard.person, area_path=area_path, why=Why.OTHER)
        row = _open(new, by, n_before=row.n_heard if row else 0, at=at)
    _hear(row, What(heard.what), by, returns_on=heard.returns_on, note=heard.note, at=at)
    record("returnees.heard", by=by, about=[f"person:{heard.person}"], facts={"what": heard.what})
    return row, True


@transaction.atomic
def carry_away_over(*, kept: UUID, merged: UUID, by: str) -> None:
    """Of a merged record it is the one that goes on who is away; of two open entries the one heard of last counts."""
    rows = Away.objects.filter(person__in=[kept, merged], state=State.AWAY).order_by("-heard_at", "pk")
    for row in list(rows)[1:]:
        row.state, row.closed_at = State.BACK, county_now()
        row.save(update_fields=["state", "closed_at"])
    if n := Away.objects.filter(person=merged).update(person_id=kept):
        record("returnees.carried_over", by=by, about=[f"person:{kept}", f"person:{merged}"], details={"n_rows": n})


@transaction.atomic
def undo_merge(*, back: Return, by: str) -> list[Stays]:
    """The entries that came with a record are its own again; what stays."""
    stays = put_back(back, MERGED)
    if back.returning:
        record("returnees.merge_undone", by=by, details={"n_rows": len(back.returning)})
    return stays


def _lock(persons: Iterable[UUID]) -> None:
    """Two phones with one person wait here."""
    wanted = sorted(set(persons))
    list(Person.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))


def _refuse_day(returns_on) -> None:
    today = localtime(county_now()).date()
    if returns_on is not None and not today <= returns_on <= today + A_YEAR:
        raise refusals.day_wrong(today)


def _open(new: NewAway, by: str, n_before: int = 0, at: datetime | None = None) -> Away:
    """`n_before`: of an entry before this one, so that a phone that knew it is not told of itself."""
    at = at or county_now()
    row = Away.objects.create(
        person_id=new.person, area_path=new.area_path, division_code=new.division, place=new.place.strip(),
        why=new.why, phone=new.phone.strip(), returns_on=new.returns_on, n_heard=n_before + 1, heard_at=at,
        heard_by=by, opened_at=at,
    )  # fmt: skip
    Heard.objects.create(
        away=row, number=row.n_heard, what=What.NOTED, returns_on=new.returns_on, heard_at=at, heard_by=by
    )
    return row


def _tell_anew(row: Away, new: NewAway) -> bool:
    """Put what is told anew into an open entry; whether anything is."""
    told = {
        "division_code": new.division or row.division_code, "place": new.place.strip() or row.place, "why": new.why,
        "phone": new.phone.strip() or row.phone, "returns_on": new.returns_on or row.returns_on,
    }  # fmt: skip
    changed = [name for name, value in told.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, told[name])
    row.save(update_fields=changed) if changed else None
    return bool(changed)


def _hear(row: Away, what: What, by: str, *, returns_on=None, note: str = "", at: datetime | None = None) -> None:
    at = at or county_now()
    row.n_heard += 1
    if at >= row.heard_at:
        row.heard_what, row.heard_at, row.heard_by = what, at, by
        if what == What.NEW_DATE:
            row.returns_on = returns_on or row.returns_on
        if what in (What.BACK, What.NOT_COMING):
            row.state, row.closed_at = State(what), row.closed_at or at
    row.save(update_fields=["n_heard", "heard_what", "heard_at", "heard_by", "returns_on", "state", "closed_at"])
    Heard.objects.create(
        away=row, number=row.n_heard, what=what, returns_on=returns_on, note=note.strip(), heard_at=at, heard_by=by
    )


def _is_said(row: Away, heard: NewHeard) -> bool:
    """Whether nothing is new in it: closed so already, or coming on that day already. A call more is always new."""
    if heard.what in (What.BACK, What.NOT_COMING):
        return row.state == heard.what
    is_dated = heard.what == What.NEW_DATE and row.state == State.AWAY
    return is_dated and row.returns_on == heard.returns_on and row.heard_what == What.NEW_DATE
