"""A post's roster and its hand-over."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.posts.tables import keepers_table, shifts_table
from fangxian.ops.pages.posts.words import DONE, gap_need
from fangxian.ops.pages.views.posts import FORM, may_keep, may_manage, minutes_of, post_of
from fangxian.ops.pages.words import masked
from fangxian.ops.posts import actions
from fangxian.ops.posts.queries import Post, Shift, gaps_of, keepers_of, on_duty, shift_before, shifts_between
from fangxian.ops.posts.refusals import post_not_yours
from fangxian.ops.posts.wire import NewKeeper, NewShift
from fangxian.ops.realm.current import county_now

DAYS_SHOWN = timedelta(days=3)
ONE_DAY = timedelta(days=1)


@login_required
@never_cache
@FORM
@sensitive_variables()
def roster(request, post_id: UUID) -> HttpResponse:
    """Who keeps it in the next three days, and who is on its list. POST does what `do` says."""
    row, at = post_of(request.user, post_id), county_now()
    if request.method == "POST" and not may_manage(request.user, row):
        raise post_not_yours(row.name)
    refused, answer = _done(request, row, "post-roster", _set)
    if answer is not None:
        return answer
    midnight = midnight_of(at)
    shifts = list(shifts_between([row.pk], midnight, midnight + DAYS_SHOWN))
    gaps = [gap for gap in gaps_of([row], at, midnight + DAYS_SHOWN)[row.pk] if gap.ends_at > at]
    keepers, manages = list(keepers_of(row)), may_manage(request.user, row)
    context = {
        "post": row,
        "shifts": shifts_table(shifts),
        "to_come": [(it.pk, f"{localtime(it.begins_at):%m-%d %H:%M}") for it in shifts if it.begins_at > at],
        "needs": [gap_need(row, gap, at) for gap in gaps],
        "keepers": keepers_table(keepers, shows_phones=manages or may_keep(request.user, row)),
        "people": keepers,
        "may_manage": manages,
        "refused": refused,
        "typed": request.POST if refused else {},
        "done": DONE.get(request.GET.get("done", "")),
        "tomorrow": (midnight + ONE_DAY).date(),
        "at": at,
    }
    return render(request, "pages/posts/roster.html", context, status=400 if refused else 200)


@login_required
@never_cache
@FORM
@sensitive_variables()
def handover(request, post_id: UUID) -> HttpResponse:
    """The shift of now: who is there, what the one before has left, what this one leaves. POST signs."""
    row, at = post_of(request.user, post_id), county_now()
    if request.method == "POST" and not may_keep(request.user, row):
        raise post_not_yours(row.name)
    refused, answer = _done(request, row, "post-handover", _sign)
    if answer is not None:
        return answer
    now = on_duty([row.pk], at).get(row.pk)
    before = shift_before(now) if now else shifts_between([row.pk], at - ONE_DAY, at).last()
    keepers = list(keepers_of(row))
    context = {
        "post": row,
        "now": now,
        "duties": list(now.duties.all()) if now else [],
        "n_missing": sum(1 for it in now.duties.all() if it.came_at is None) if now else 0,
        "before": before,
        "before_signed": _signed(before, keepers),
        "now_signed": _signed(now, keepers),
        "keepers": keepers,
        "nobody_signed_off": bool(now) and not any(it.keeper.signed_off_at for it in now.duties.all()),
        "may_keep": may_keep(request.user, row),
        "refused": refused,
        "typed": request.POST if refused else {},
        "done": DONE.get(request.GET.get("done", "")),
        "at": at,
    }
    return render(request, "pages/posts/handover.html", context, status=400 if refused else 200)


def _signed(shift: Shift | None, keepers) -> dict[str, str]:
    """Who signed a shift's hand-over, by their number on the list."""
    by = {f"keeper:{it.pk}": f"{it.number} {masked(it.name, 'name')}" for it in keepers}
    return {"handed": by.get(shift.handed_by, ""), "taken": by.get(shift.taken_by, "")} if shift else {}


def _done(request, row: Post, route: str, change: Callable[..., str]):
    """What came of a POST: why not, or where to go on. Both None for a GET."""
    if request.method != "POST":
        return None, None
    try:
        done = change(request, row, f"account:{request.user.pk}")
    except Refusal as refusal:
        return refusal.said, None
    return None, HttpResponseRedirect(f"{reverse(route, args=[row.pk])}?done={done}")


def _set(request, row: Post, by: str) -> str:
    asked = request.POST
    do = asked.get("do", "")
    if do == "shift":
        on, ends = asked.get("on", ""), asked.get("ends", "")
        begins_at, ends_at = _moment(on, asked.get("begins", "")), _moment(on, ends)
        shift = NewShift(
            post=row.pk,
            begins_at=begins_at,
            # A night's shift ends on the next day.
            ends_at=ends_at + ONE_DAY if ends_at < begins_at and minutes_of(ends) >= 0 else ends_at,
            keepers=tuple(_ids(asked.getlist("keeper"))),
        )
        actions.set_shifts(shifts=[shift], by=by)
        return "set"
    if do == "copy":
        actions.set_shifts(shifts=_as_today(row, county_now()), by=by)
        return "copied"
    if do == "off":
        actions.call_off_shift(shift=_shift_of(row, asked.get("shift", "")), by=by)
        return "off"
    if do == "add":
        keeper = NewKeeper(
            name=asked.get("name", "")[:40], phone=asked.get("phone", "")[:20], is_volunteer="volunteer" in asked
        )
        actions.add_keepers(post=row.pk, keepers=[keeper], by=by)
        return "added"
    if do in ("go", "sign"):
        keeper_id = _keeper_of(row, asked.get("keeper", ""))
        (actions.let_keeper_go if do == "go" else actions.sign_off)(keeper=keeper_id, by=by)
        return "gone" if do == "go" else "signed"
    raise post_not_yours(row.name)


def _as_today(row: Post, at: datetime) -> list[NewShift]:
    """Tomorrow's shifts as today's."""
    midnight = midnight_of(at)
    today = shifts_between([row.pk], midnight, midnight + ONE_DAY).filter(begins_at__gte=midnight)
    return [
        NewShift(
            post=row.pk,
            begins_at=it.begins_at + ONE_DAY,
            ends_at=it.ends_at + ONE_DAY,
            keepers=tuple(duty.keeper_id for duty in it.duties.all() if duty.keeper.left_at is None),
        )
        for it in today
    ]


def _sign(request, row: Post, by: str) -> str:
    asked = request.POST
    do, shift = asked.get("do", ""), _shift_of(row, asked.get("shift", ""))
    if do == "came":
        actions.come_on_duty(shift=shift, keepers=_ids(asked.getlist("keeper")), by=by)
        return "came"
    keeper = _keeper_of(row, asked.get("keeper", ""))
    if do == "hand":
        actions.hand_shift(shift=shift, keeper=keeper, note=asked.get("note", "")[:1000], by=by)
        return "handed"
    if do == "take":
        actions.take_shift(shift=shift, keeper=keeper, by=by)
        return "taken"
    raise post_not_yours(row.name)


def _keeper_of(row: Post, text: str) -> UUID:
    """One of this post's keepers; the room refuses an id that is nobody's."""
    found = _id(text)
    return found if keepers_of(row).filter(pk=found).exists() else UUID(int=0)


def _shift_of(row: Post, text: str) -> UUID:
    found = _id(text)
    return found if row.shifts.filter(pk=found).exists() else UUID(int=0)


def _ids(texts) -> list[UUID]:
    return [found for text in texts if (found := _id(text)).int]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _moment(on: str, at: str) -> datetime:
    """A day and a time of it in the county's zone; 24:00 is the next day's beginning. The far past if it is none."""
    zone = county_now().tzinfo
    try:
        day = datetime.strptime(on, "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=zone)
    return day + timedelta(minutes=max(0, minutes_of(at)))


def midnight_of(at: datetime) -> datetime:
    return localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
