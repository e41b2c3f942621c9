"""Posts: all that are in sight, and the officer's page at one."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.audit.actions import log_views
from fangxian.ops.pages.gate_line import let_read_codes
from fangxian.ops.pages.posts.answers import answers_of
from fangxian.ops.pages.posts.looking_up import choices_again, look_up
from fangxian.ops.pages.posts.officer import MOST_PEOPLE, OfficerForm, Row, origins_offered
from fangxian.ops.pages.posts.tables import openings_table, passings_table, posts_table
from fangxian.ops.pages.posts.words import DONE, VEHICLES, emergency_need, gap_need, hours_said, minute_said
from fangxian.ops.pages.tables import Paging
from fangxian.ops.posts import actions
from fangxian.ops.posts.queries import (
    KEEP,
    SEE,
    Post,
    kept_by,
    openings_of,
    passings_at,
    posts_with,
    running_emergencies,
    within,
)
from fangxian.ops.posts.refusals import exit_unknown, post_not_found, post_not_yours
from fangxian.ops.procedures.pass_post import AtThePost, pass_post
from fangxian.ops.procedures.post_emergency import lead_to_path
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.risk_areas.wire import the_nation
from fangxian.ops.situation.posts_board import posts_board

FORM = require_http_methods(["GET", "HEAD", "POST"])
MANAGE, REVIEW = "tasks.assign", "movement.review"
RECENT, SHOWN_GAPS = 12, 12
LOOKED = "posts.register"


def post_of(account: Account, post_id: UUID) -> Post:
    """An open post in sight of an account.

    Refuses
    -------
    posts.post.not_found, posts.post.not_yours
    """
    row = within(account).filter(pk=post_id, closed_at__isnull=True).first()
    if row is None:
        other = posts_with([post_id]).get(post_id)
        raise post_not_yours(other.name) if other else post_not_found()
    return row


def may_manage(account: Account, post: Post) -> bool:
    """Whether the account sets its roster, signs off its keepers and closes it: whoever hands out work there."""
    return within_scope(Post.objects.filter(pk=post.pk), account, MANAGE, venue_field="venue").exists()


def may_keep(account: Account, post: Post) -> bool:
    return kept_by(account).filter(pk=post.pk).exists()


@login_required
@never_cache
@require_GET
def posts(request) -> HttpResponse:
    """The posts in sight: who keeps each now, where people are missing, what runs."""
    if not may(request.user, KEEP):
        require(request.user, SEE)
    at = county_now()
    board = posts_board(request.user, at)
    needs = [emergency_need(it) for it in board.emergencies]
    needs += [gap_need(line.post, gap, at) for line in board.lines for gap in line.gaps[:1]][:SHOWN_GAPS]
    context = {"board": board, "table": posts_table(board.lines), "needs": needs, "at": at}
    context |= {"may_set_up": may(request.user, MANAGE) and may(request.user, REVIEW)}
    context |= {"done": DONE.get(request.GET.get("done", ""))}
    return render(request, "pages/posts/posts.html", context)


@login_required
@never_cache
@FORM
@sensitive_post_parameters()
@sensitive_variables()
def post(request, post_id: UUID) -> HttpResponse:
    """The officer's page. POST registers those in the form and answers; the form below is for whoever comes next."""
    row = post_of(request.user, post_id)
    if request.method != "POST":
        return _page(request, row, OfficerForm())
    if not may_keep(request.user, row):
        raise post_not_yours(row.name)
    if request.POST.get("do") == "ill":
        made = lead_to_path(post=row, passing=None, why="ill", to_hospital=False, by=request.user)
        return HttpResponseRedirect(reverse("post-emergency", args=[made]))
    form = OfficerForm.of(request.POST)
    look_up(form, row, request.user)
    told = form.told(row.pk)
    if not told:
        choices_again(form)
        return _page(request, row, form, status=400)
    at = county_now()
    those = [AtThePost(device=form.device, number=n, passed_at=at, told=it) for n, it in enumerate(told, start=1)]
    passed = pass_post(those=those, by=request.user)
    refused = [it.kept.refusal for it in passed if it.kept.refusal]
    for filled, it in zip([one for one in form.rows if not one.is_empty], passed, strict=False):
        filled.fault = it.kept.refusal and it.kept.refusal.said
    if len(refused) == len(passed):
        choices_again(form)
        return _page(request, row, form, status=400)
    return _page(request, row, form.next_one(), answers=answers_of(passed), asked=form)


def _page(request, row: Post, form: OfficerForm, *, status: int = 200, answers=(), asked=None):
    recent = list(passings_at(row).select_related("person")[:RECENT])
    n_filled = len(form.rows)
    nation = the_nation()
    context = {
        "post": row,
        "form": form,
        "asked": asked,
        "rows": form.rows + [Row() for _ in range(MOST_PEOPLE - n_filled)],
        "has_several": n_filled > 1 or any(it.fault for it in form.rows[1:]),
        "answers": answers,
        "worst": answers[0] if answers else None,
        "origins": origins_offered(the_realm().division_code, [it.origin for it in recent if not it.is_out]),
        "origin_name": nation.name_of.get(form.origin, ""),
        "vehicles": VEHICLES.items(),
        "emergencies": list(running_emergencies([row.pk])),
        "may_keep": may_keep(request.user, row),
        "may_manage": may_manage(request.user, row),
        "hours": hours_said(row),
        "at": county_now(),
    }
    return let_read_codes(render(request, "pages/posts/post.html", context, status=status))


@login_required
@never_cache
@FORM
@sensitive_variables()
def register(request, post_id: UUID) -> HttpResponse:
    """Who passed, the latest first; and the post's exits, its hours, its end. POST does what `do` says."""
    row = post_of(request.user, post_id)
    refused = None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(f"{reverse('post-register', args=[row.pk])}?done={_change(request, row)}")
        except Refusal as refusal:
            refused = refusal.said
    paging = Paging.of(request, total=passings_at(row).count(), size=50)
    rows = list(passings_at(row).select_related("person")[paging.slice])
    seen = [f"person:{it.person_id}" for it in rows if it.person_id]
    log_views(viewer=request.user.pk, subjects=seen, why=LOOKED)
    nation = the_nation()
    context = {
        "post": row,
        "table": passings_table(rows, paging, lambda code: nation.name_of.get(code, "")),
        "exits": _exits(row),
        "may_close": may_manage(request.user, row) and may(request.user, REVIEW, row.area_path),
        "openings": openings_table(list(openings_of(row)[:20])),
        "may_keep": may_keep(request.user, row),
        "may_manage": may_manage(request.user, row),
        "hours": hours_said(row),
        "hours_told": _hours_told(request, row),
        "refused": refused,
        "done": DONE.get(request.GET.get("done", "")),
        "at": county_now(),
    }
    return render(request, "pages/posts/register.html", context, status=400 if refused else 200)


def _hours_told(request, row: Post) -> dict[str, object]:
    """What stands in the form of hours: what was just typed there and refused, else what holds."""
    if request.POST.get("do") == "hours":
        return {name: request.POST.get(name, "")[:5] for name in ("begins", "ends", "n")}
    return {"begins": minute_said(row.begins_min), "ends": minute_said(row.ends_min), "n": row.n_a_shift}


def _change(request, row: Post) -> str:
    """What `do` says about exits, hours or the post itself; a key of DONE."""
    asked, by = request.POST, f"account:{request.user.pk}"
    do, is_manager = asked.get("do", ""), may_manage(request.user, row)
    if do in ("open", "lock") and may_keep(request.user, row):
        exit_id = _exit_of(row, asked.get("exit", ""))
        if do == "open":
            actions.open_exit(exit=exit_id, why=asked.get("why", "")[:200], by=by)
        else:
            actions.lock_exit(exit=exit_id, by=by)
        return "opened" if do == "open" else "locked"
    if not is_manager:
        raise post_not_yours(row.name)
    if do == "key":
        holder, phone = asked.get("holder", "")[:40], asked.get("phone", "")[:40]
        actions.keep_key(exit=_exit_of(row, asked.get("exit", "")), holder=holder, phone=phone, by=by)
        return "key"
    if do == "hours":
        begins, ends = minutes_of(asked.get("begins", "")), minutes_of(asked.get("ends", ""))
        n = asked.get("n", "")
        n_a_shift = int(n) if n.isdecimal() and len(n) < 4 else 0
        actions.change_hours(post=row.pk, begins_min=begins, ends_min=ends, n_a_shift=n_a_shift, by=by)
        return "hours"
    raise post_not_yours(row.name)


def _exit_of(row: Post, text: str) -> UUID:
    found = {str(pk): pk for pk in row.exits.values_list("pk", flat=True)}
    if text not in found:
        raise exit_unknown()
    return found[text]


def minutes_of(text: str) -> int:
    """24:00 is 1440; anything that is no time of a day is −1."""
    hour, _, minute = text.partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and len(text) <= 5 and int(minute) < 60):
        return -1
    return int(hour) * 60 + int(minute)


def _exits(row: Post) -> list[dict[str, object]]:
    """Each way with whether it stands open now; the opening that is not locked again is the latest one."""
    running = {it.exit_id: it for it in openings_of(row).filter(locked_at__isnull=True)}
    return [{"exit": it, "opening": running.get(it.pk)} for it in row.exits.all()]
