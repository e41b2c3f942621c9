"""The only writers of the enquiries room. Each takes a set, is one transaction and leaves one audit line."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.as_before import Return, Stays, put_back
from fangxian.ops.realm.bulk import insert_rows, update_rows
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import CLOSING, MERGED, TELLING, Answer, Enquiry, Rescreening, State
from .wire import Asked, NewAnswer, NewEnquiry

AT_ONCE = 500
CARRIED = (
    "rescreening", "person", "household", "area_path", "why", "rests_on", "division_code", "begins_on", "ends_on",
    "at_stake", "stake_ends_on", "asked_now", "urgency", "among", "met", "route",
)  # fmt: skip
PUT_RIGHT = (
    "household", "area_path", "areas", "at_stake", "stake_ends_on", "asked_now", "urgency", "route", "why", "among",
    "met",
)  # fmt: skip


@transaction.atomic
def begin_rescreening(
    *, because: str, about: str, rulebook: str, n_people: int, n_by_hand: int, n_judged: int, by: str,
    job: UUID | None = None,
) -> Rescreening:  # fmt: skip
    """Write down that everybody is judged anew, and because of what. One that was broken off is the same one, and what
    it brought about so far counts.

    Parameters
    ----------
    job : what does it; the row has its id, so that a job has one row however often it is begun
    """
    of_everybody = {"rulebook": rulebook, "n_people": n_people, "n_by_hand": n_by_hand, "n_judged": n_judged}
    broken_off = Rescreening.objects.filter(because=because, about=about[:80], ended_at=None, is_overtaken=False)
    row = broken_off.order_by("began_at", "id").last()
    if row is None:
        given = {"pk": job} if job else {}
        row = Rescreening.objects.create(
            because=because, about=about[:80], began_at=county_now(), **given, **of_everybody
        )
    else:
        Rescreening.objects.filter(pk=row.pk).update(**of_everybody)
    details = {"because": because, "about": about[:80], "n_judged": n_judged}
    record("enquiries.rescreening_began", by=by, details=details)
    return row


@transaction.atomic
def say_lists_stand(*, rescreening: UUID, lists_ms: int, by: str) -> None:
    """Write down that every grid's list stands, and after how long; what follows from measures comes after it."""
    n_opened = Enquiry.objects.filter(rescreening=rescreening).count()
    rows = Rescreening.objects.filter(pk=rescreening)
    rows.update(n_opened=n_opened)
    rows.filter(lists_ms=None).update(lists_ms=lists_ms)  # one that was broken off may have said so before
    values = {"n_opened": n_opened, "lists_ms": lists_ms}
    record("enquiries.lists_stand", by=by, details={"rescreening": str(rescreening), **values})


@transaction.atomic
def count_steps(*, rescreening: UUID, n_stricter: int, n_milder: int, by: str) -> None:
    """Of so many people more is asked now, and of so many less: said with each step, so that it holds at any time."""
    if n_stricter or n_milder:
        values = {"n_stricter": n_stricter, "n_milder": n_milder}
        Rescreening.objects.filter(pk=rescreening).update(**{name: F(name) + n for name, n in values.items()})
        record("enquiries.steps_counted", by=by, details={"rescreening": str(rescreening), **values})


@transaction.atomic
def end_rescreening(*, rescreening: UUID, cost_ms: int, is_overtaken: bool, by: str) -> None:
    """Write down that a re-screening came to its end, or was overtaken, and what it cost of the processor."""
    ended_at = None if is_overtaken else county_now()
    rows = Rescreening.objects.filter(pk=rescreening)
    rows.update(ended_at=ended_at, is_overtaken=is_overtaken, cost_ms=F("cost_ms") + cost_ms)
    details = {"rescreening": str(rescreening), "is_overtaken": is_overtaken, "cost_ms": cost_ms}
    record("enquiries.rescreening_ended", by=by, details=details)


@transaction.atomic
def open_enquiries(
    *, rescreening: UUID, enquiries: Sequence[NewEnquiry], by: str, judged_at: datetime | None = None
) -> int:
    """Open enquiries, some hundred at a time; one that is open already has what is asked put right. How many are new.

    What was tried and noted of an open one stays. Whoever answered since `judged_at` is asked of the rest alone.
    """
    if not enquiries:
        return 0
    known = {_about(row): row for row in Enquiry.objects.select_for_update().filter(
        state=State.OPEN, rests_on__in={it.about.rests_on for it in enquiries}
    )}  # fmt: skip
    changed = [_put_right(known[it.about], it) for it in enquiries if it.about in known]
    update_rows(Enquiry, ({"id": row.pk, **{it: getattr(row, it) for it in PUT_RIGHT}} for row in changed if row))
    fresh = list({it.about: it for it in enquiries if it.about not in known}.values())
    fresh = _unanswered(fresh, judged_at) if judged_at else fresh
    at = county_now()
    insert_rows(Enquiry, ({**_columns(it), "rescreening_id": rescreening, "opened_at": at} for it in fresh))
    if fresh:
        record("enquiries.opened", by=by, details={"rescreening": str(rescreening), "n_enquiries": len(fresh)})
    return len(fresh)


@transaction.atomic
def let_go(*, enquiries: Collection[UUID], by: str, rescreening: UUID | None = None) -> int:
    """These people need not be asked any more; how many were still open. `rescreening` is what that follows from."""
    rows = Enquiry.objects.filter(pk__in=enquiries, state=State.OPEN)
    n = rows.update(state=State.LET_GO, closed_at=county_now())
    if n:
        Rescreening.objects.filter(pk=rescreening).update(n_let_go=F("n_let_go") + n)
        record("enquiries.let_go", by=by, details={"n_enquiries": n})
    return n


@transaction.atomic
def record_answers(*, answers: Sequence[NewAnswer], by: str) -> list[Enquiry]:
    """Record what came of asking; the rows that this closed or noted. An answer recorded already changes nothing.

    Refuses
    -------
    enquiries.unknown.not_found, enquiries.closed, enquiries.no_place, enquiries.place_not_asked
    """
    wanted = {it.enquiry: it for it in answers}
    rows = {row.pk: row for row in Enquiry.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    if len(rows) < len(wanted):
        raise refusals.unknown()
    were = {key: list(row.areas) for key, row in rows.items()}
    changed = [row for key, row in rows.items() if _answer(row, wanted[key], by)]
    fields = ["state", "answer", "was_in", "areas", "note", "n_tries", "answered_at", "answered_by", "closed_at"]
    Enquiry.objects.bulk_update(changed, fields, batch_size=AT_ONCE)
    _ask_the_rest(changed, were)
    if changed:
        about = sorted({f"person:{row.person_id}" for row in changed})
        record("enquiries.answered", by=by, about=about, details={"n_enquiries": len(changed)})
    return changed


@transaction.atomic
def carry_enquiries_over(*, kept: UUID, merged: UUID, by: str) -> None:
    """Of a merged record it is the one that goes on who is asked."""
    if n := Enquiry.objects.filter(person=merged).update(person_id=kept):
        about = [f"person:{kept}", f"person:{merged}"]
        record("enquiries.carried_over", by=by, about=about, details={"n_enquiries": n})


@transaction.atomic
def undo_merge(*, back: Return, by: str) -> list[Stays]:
    """The enquiries that came with a record are its own again; what stays."""
    stays = put_back(back, MERGED)
    if back.returning:
        record("enquiries.merge_undone", by=by, details={"n_rows": len(back.returning)})
    return stays


def _about(row: Enquiry) -> Asked:
    return Asked(row.rests_on, row.division_code, row.begins_on, row.ends_on)


def _columns(new: NewEnquiry) -> dict[str, object]:
    return {
        "person_id": new.person, "household": new.household, "area_path": new.area_path, "rests_on": new.about.rests_on,
        "division_code": new.about.division, "begins_on": new.about.begins_on, "ends_on": new.about.ends_on,
        "areas": list(new.areas), "at_stake": new.at_stake, "stake_ends_on": new.stake_ends_on,
        "asked_now": new.asked_now, "urgency": new.urgency, "route": new.route, "why": str(new.why),
        "among": new.among, "met": dict(new.met),
    }  # fmt: skip


def _put_right(row: Enquiry, new: NewEnquiry) -> Enquiry | None:
    """The row as it is to be; None where nothing changes."""
    values = {name: value for name, value in _columns(new).items() if getattr(row, name) != value}
    for name, value in values.items():
        setattr(row, name, value)
    return row if values else None


def _unanswered(enquiries: Sequence[NewEnquiry], judged_at: datetime) -> list[NewEnquiry]:
    """What is left to ask after what was answered since everybody was judged."""
    since = Enquiry.objects.filter(
        state=State.ANSWERED, answered_at__gte=judged_at, rests_on__in={it.about.rests_on for it in enquiries}
    )
    answered: dict[Asked, set[str]] = {}
    for row in since:
        answered.setdefault(_about(row), set()).update(row.areas)
    gone = {row.rests_on for row in since if row.answer == Answer.GONE}
    left = []
    for it in enquiries:
        areas = tuple(area for area in it.areas if area not in answered.get(it.about, ()))
        if it.about.rests_on not in gone and (areas or it.about not in answered):
            left.append(replace(it, areas=areas))
    return left


def _ask_the_rest(rows: Sequence[Enquiry], were: Mapping[UUID, Sequence[str]]) -> None:
    """Of places that came to an enquiry while somebody was on the phone they are asked in another."""
    for row in rows:
        if left := [area for area in were[row.pk] if area not in row.areas]:
            more = {it.attname: getattr(row, it.attname) for it in Enquiry._meta.concrete_fields if it.name in CARRIED}
            Enquiry.objects.create(**more, areas=left, opened_at=county_now())


def _answer(row: Enquiry, new: NewAnswer, by: str) -> bool:
    """Write an answer into its row; whether it says anything new."""
    answer, was_in = Answer(new.answer), sorted(new.was_in) if new.answer == Answer.WAS_THERE else []
    if row.state != State.OPEN:
        if (row.answer, row.was_in) == (answer, was_in):
            return False
        raise refusals.closed(row.closed_at)
    if answer == Answer.WAS_THERE and not was_in:
        raise refusals.no_place()
    if strange := set(was_in) - set(row.areas):
        raise refusals.place_not_asked(len(strange))
    if answer in TELLING and new.asked is not None:
        row.areas = [area for area in row.areas if area in new.asked or area in was_in] or row.areas
    at = county_now()
    row.answer, row.was_in, row.answered_at, row.answered_by = answer, was_in, at, by
    row.note = new.note.strip() or row.note
    if answer in CLOSING:
        row.state, row.closed_at = State.ANSWERED, at
    else:
        row.n_tries += 1
    return True
