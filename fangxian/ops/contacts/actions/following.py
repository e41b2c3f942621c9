"""The daily symptom follow-up (随访): the day's rows become due, are done on a phone, or are missed."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from ..models import OBSERVED, Belongs, Contact, FollowUp, State
from ..quality import checked, faults_of
from ..wire import FOLLOW_UP_BY, OneDay
from .rows import BATCH, with_workplace

PAGE = 2000
LATEST_SENT = timedelta(days=7)  # a phone without a network keeps no record longer; what is older is a wrong clock


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of one follow-up; `is_new` is False where the same was on record already."""

    follow_up: UUID
    is_symptomatic: bool
    is_new: bool


def open_follow_ups(*, at: datetime, by: str) -> int:
    """A chore of the worker: today's follow-ups become due, those of days gone by are missed; how many are new.

    A page at a time, each a short transaction with its line. Whoever has today's already gets no second.
    """
    day = localtime(at).date()
    _miss(day, by)
    n_new = 0
    while n := _open_some(day, by):
        n_new += n
    return n_new


def to_be_followed(day: date) -> Q:
    """Contacts whom somebody must ask on a day: ours, and until the last day of all stages of their ring."""
    lasts = Q(watched_until_on__gte=day) & Q(last_exposure_on__lte=day)
    return lasts & Q(belongs=Belongs.HERE, state__in=(*OBSERVED, State.RELEASED))


def due_at_of(day: date, *, at: datetime) -> datetime:
    """Until when a day's follow-up is to be done, in the county's zone."""
    return datetime.combine(day, time(int(FOLLOW_UP_BY.value)), tzinfo=localtime(at).tzinfo)


def _open_some(day: date, by: str) -> int:
    todays = FollowUp.objects.filter(whose=OuterRef("pk"), on=day)
    missing = Contact.objects.filter(to_be_followed(day), ~Exists(todays)).order_by("pk")
    found = list(missing.values_list("pk", "area_path")[:PAGE])
    if not found:
        return 0
    due_at = due_at_of(day, at=county_now())
    rows = [FollowUp(whose_id=pk, area_path=area_path, on=day, due_at=due_at) for pk, area_path in found]
    with transaction.atomic():
        FollowUp.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
        for start in range(0, len(found), BATCH):
            chunk = [pk for pk, _ in found[start : start + BATCH]]
            Contact.objects.filter(pk__in=chunk).update(follow_up_due_at=due_at)
        record("contacts.follow_ups_opened", by=by, facts={"on": day.isoformat(), "n": len(found)})
    return len(found)


def _miss(day: date, by: str) -> None:
    gone = FollowUp.objects.filter(on__lt=day, state=FollowUp.State.DUE)
    while found := list(gone.order_by("pk").values_list("pk", "whose_id")[:BATCH]):
        ids = [pk for pk, _ in found]
        with transaction.atomic():
            FollowUp.objects.filter(pk__in=ids, state=FollowUp.State.DUE).update(state=FollowUp.State.MISSED)
            Contact.objects.filter(pk__in=[whose for _, whose in found]).update(follow_up_due_at=None)
            record("contacts.follow_ups_missed", by=by, facts={"before": day.isoformat(), "n": len(ids)})


@transaction.atomic
def note_follow_up(*, contact: UUID, on: date, how: OneDay, asked_at: datetime | None = None, by: str) -> Followed:
    """How a contact was on a day. The same again changes nothing; something else corrects what was written.

    Parameters
    ----------
    asked_at : when they were asked, where that is not now: a phone without a network sends it days later

    Refuses
    -------
    contacts.unknown, contacts.not_followed, contacts.day_to_come
    """
    at = county_now()
    row = Contact.objects.select_for_update().filter(pk=contact).first()
    done_at = min(asked_at or at, at)
    _refuse(row, on, localtime(at).date(), localtime(done_at).date())
    found, _ = FollowUp.objects.select_for_update().get_or_create(
        whose=row, on=on, defaults={"area_path": row.area_path, "due_at": due_at_of(on, at=at)}
    )
    said = (how.found, how.temperature_c, sorted(how.symptoms), how.note)
    if found.state == FollowUp.State.DONE and said == (
        found.found, found.temperature_c, sorted(found.symptoms), found.note
    ):  # fmt: skip
        return Followed(found.pk, found.is_symptomatic, is_new=False)
    found.found, found.temperature_c, found.symptoms, found.note = said
    found.is_symptomatic, found.state = how.is_symptomatic, FollowUp.State.DONE
    found.done_at, found.done_by = done_at, by
    found.save()
    if on == localtime(at).date():
        Contact.objects.filter(pk=row.pk).update(follow_up_due_at=None)
    about = [f"contact:{row.pk}"] + ([f"person:{row.person_id}"] if row.person_id else [])
    record("contacts.followed_up", by=by, about=about, details={"on": on.isoformat(), "found": how.found})
    return Followed(found.pk, found.is_symptomatic, is_new=True)


def _refuse(row: Contact | None, on: date, today: date, asked_on: date) -> None:
    """A day is told on it or the day after; what was asked in time may be sent for a week."""
    if row is None or row.state not in (*OBSERVED, State.RELEASED):
        raise Refusal(
            "contacts.not_followed",
            zh="这个人现在不在观察中（可能已排除、已推送外地或已转为病例），{on} 的随访没有记下。请回到今天的名单，从"
            "那里选人。",
            en="This person is not under observation now (rejected, handed over or a case), so the follow-up of {on} "
            "was not recorded. Go back to today's list and choose from there.",
            on=on.isoformat(),
        )
    if on > today or on < asked_on - timedelta(days=1) or on < today - LATEST_SENT:
        raise Refusal(
            "contacts.day_to_come",
            zh="随访日期写的是 {on}，今天是 {today}，没有记下。只能记今天的，或补记昨天的；请改成其中一天。",
            en="The follow-up is dated {on} and today is {today}, so it was not recorded. Only today's, or yesterday's "
            "after the event, can be: choose one of the two.",
            on=on.isoformat(),
            today=today.isoformat(),
        )


def recheck_quality(*, at: datetime, by: str) -> int:
    """A chore of the worker: judge every row anew, since an upgrade may have changed a rule and an order of divisions
    an area; how many had other faults on record. What is wrong with a row does not depend on `at`.
    """
    n_changed, last = 0, None
    while True:
        with transaction.atomic():
            rows = list((with_workplace().filter(pk__gt=last) if last else with_workplace()).order_by("pk")[:PAGE])
            wrong = [row for row in rows if _rejudge(row)]
            Contact.objects.bulk_update(wrong, ["faults"], batch_size=BATCH)
            if wrong:
                record("contacts.rechecked", by=by, facts={"n": len(wrong)})
        n_changed += len(wrong)
        if len(rows) < PAGE:
            return n_changed
        last = rows[-1].pk


def _rejudge(row: Contact) -> bool:
    before, row.faults = row.faults, int(faults_of(checked(row, has_workplace=row.has_workplace)))
    return row.faults != before
