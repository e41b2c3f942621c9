"""A post's checklist, its practice, and an emergency step by step; the sheets for its wall."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.pages.posts.words import ANSWERS, DONE, RESPONSES, STRENGTHS, hours_said
from fangxian.ops.pages.views.posts import FORM, may_keep, may_manage, post_of
from fangxian.ops.pages.views.posts_roster import DAYS_SHOWN, midnight_of
from fangxian.ops.posts import actions
from fangxian.ops.posts.checklist import checklist as groups_of_county
from fangxian.ops.posts.checklist import items
from fangxian.ops.posts.path import ENDS, WHY, steps_of
from fangxian.ops.posts.queries import Post, emergency_with, keepers_of, open_findings, shifts_between
from fangxian.ops.posts.refusals import emergency_unknown, post_not_yours
from fangxian.ops.procedures.post_emergency import do_step, end_path
from fangxian.ops.procedures.practise_post import lessons, practise
from fangxian.ops.realm.current import county_now

INSPECT = "inspections.inspect"
LATEST = 5


@login_required
@never_cache
@FORM
@sensitive_variables()
def checklist(request, post_id: UUID) -> HttpResponse:
    """The checklist as it was answered last, and what is to be mended. POST records another look, or a second one."""
    row, refused = post_of(request.user, post_id), None
    may_inspect = may_manage(request.user, row) or _inspects(request.user, row)
    if request.method == "POST":
        if not may_inspect:
            raise post_not_yours(row.name)
        try:
            done = _looked(request, row)
        except Refusal as refusal:
            refused = refusal.said
        else:
            return HttpResponseRedirect(f"{reverse('post-checklist', args=[row.pk])}?done={done}")
    latest = list(row.inspections.all()[:LATEST])
    answers = request.POST if refused else {}
    known = items()
    context = {
        "post": row,
        "groups": _groups(latest[0].answers if latest else {}, answers),
        "answers": ANSWERS.items(),
        "findings": [(it, known.get(it.item)) for it in open_findings([row.pk])],
        "latest": latest,
        "may_inspect": may_inspect,
        "refused": refused,
        "done": DONE.get(request.GET.get("done", "")),
        "at": county_now(),
    }
    return render(request, "pages/posts/checklist.html", context, status=400 if refused else 200)


def _groups(latest: dict, typed) -> list:
    return [
        (
            group.said,
            [
                {
                    "item": it,
                    "strength": STRENGTHS[it.strength],
                    "before": ANSWERS.get(latest.get(it.key, "")),
                    "chosen": typed.get(f"answer-{it.key}", ""),
                    "note": typed.get(f"note-{it.key}", ""),
                }
                for it in group.items
            ],
        )
        for group in groups_of_county()
    ]


def _looked(request, row: Post) -> str:
    by = f"account:{request.user.pk}"
    if request.POST.get("do") == "mended":
        found = {str(it.pk): it.pk for it in open_findings([row.pk])}
        actions.mend_findings(findings=[found[it] for it in request.POST.getlist("finding") if it in found], by=by)
        return "mended"
    known = items()
    answers = {key: request.POST.get(f"answer-{key}", "") for key in known}
    notes = {key: request.POST.get(f"note-{key}", "")[:200] for key in known}
    actions.record_inspection(post=row.pk, answers=answers, notes=notes, by=by)
    return "inspected"


def _inspects(account, row: Post) -> bool:
    return within_scope(Post.objects.filter(pk=row.pk), account, INSPECT, venue_field="venue").exists()


@login_required
@never_cache
@FORM
@sensitive_variables()
def practice(request, post_id: UUID) -> HttpResponse:
    """Invented people one under the other; POST scores the round and says what was right for each."""
    row, at = post_of(request.user, post_id), county_now()
    asked, keepers = lessons(row), list(keepers_of(row))
    scored, refused = None, None
    if request.method == "POST":
        if not (may_keep(request.user, row) or may_manage(request.user, row)):
            raise post_not_yours(row.name)
        chosen = {it.who.key: request.POST.get(f"answer-{it.who.key}", "") for it in asked}
        keeper = next((it.pk for it in keepers if str(it.pk) == request.POST.get("keeper", "")), UUID(int=0))
        try:
            scored = practise(
                post=row, keeper=keeper, answers=chosen, seconds=_seconds(request.POST, at), by=request.user
            )
        except Refusal as refusal:
            refused = refusal.said
    context = {
        "post": row,
        "lessons": [_shown(it, request.POST, scored) for it in asked],
        "responses": RESPONSES.items(),
        "keepers": keepers,
        "chosen": request.POST.get("keeper", ""),
        "scored": scored,
        "refused": refused,
        "begun": f"{at.timestamp():.0f}",
        "at": at,
    }
    return render(request, "pages/posts/practice.html", context, status=400 if refused else 200)


def _shown(lesson, posted, scored) -> dict:
    chosen = posted.get(f"answer-{lesson.who.key}", "")
    reason = lesson.said.reasons[0].reason if lesson.said.reasons else None
    return {
        "key": lesson.who.key,
        "said": lesson.who.said,
        "chosen": chosen,
        "right": RESPONSES[lesson.right] if scored else None,
        "is_right": chosen == lesson.right,
        "reason": reason if scored else None,
    }


def _seconds(posted, at) -> int:
    begun = posted.get("begun", "")
    return int(at.timestamp()) - int(begun) if begun.isdecimal() and len(begun) < 12 else 0


@login_required
@never_cache
@FORM
@sensitive_variables()
def emergency(request, emergency_id: UUID) -> HttpResponse:
    """One emergency: the next step large, the others with their times. POST does a step, or ends the path."""
    row, refused, at = emergency_with(emergency_id), None, county_now()
    if row is None:
        raise emergency_unknown()
    post = post_of(request.user, row.post_id)
    if request.method == "POST":
        try:
            done = _stepped(request, row.pk)
        except Refusal as refusal:
            refused = refusal.said
        else:
            return HttpResponseRedirect(f"{reverse('post-emergency', args=[row.pk])}?done={done}")
    done_at = {it.step: it for it in row.steps.all()}
    path = steps_of(to_hospital=row.to_hospital)
    steps = [_step(name, it, done_at.get(name), row.opened_at, at) for name, it in path.items()]
    context = {
        "row": row,
        "post": post,
        "why": WHY[row.why],
        "steps": steps,
        "next": next((it for it in steps if it["done"] is None), None),
        "ends": ENDS.items(),
        "end": ENDS.get(row.end),
        "may_keep": may_keep(request.user, post),
        "refused": refused,
        "done": DONE.get(request.GET.get("done", "")),
        "at": at,
    }
    return render(request, "pages/posts/emergency.html", context, status=400 if refused else 200)


def _stepped(request, emergency_id: UUID) -> str:
    asked = request.POST
    if asked.get("do") == "end":
        end_path(emergency=emergency_id, end=asked.get("end", ""), by=request.user)
        return "ended"
    do_step(emergency=emergency_id, step=asked.get("step", ""), note=asked.get("note", "")[:200], by=request.user)
    return "stepped"


def _step(name: str, step, done, opened_at, at) -> dict:
    minutes = round((at - opened_at).total_seconds() / 60)
    took = round((done.done_at - opened_at).total_seconds() / 60) if done else None
    return {
        "name": name,
        "said": step.said,
        "how": step.how,
        "within": round(step.within.value),
        "done": done,
        "took": took,
        "is_late": (took if done else minutes) > step.within.value,
    }


@login_required
@never_cache
@require_GET
@sensitive_variables()
def sheets(request, post_id: UUID) -> HttpResponse:
    """The roster of three days and the checklist, to be printed and hung on the wall."""
    row, at = post_of(request.user, post_id), county_now()
    midnight = midnight_of(at)
    context = {
        "post": row,
        "hours": hours_said(row),
        "exits": list(row.exits.all()),
        "shifts": [(it, [duty.keeper for duty in it.duties.all()]) for it in
                   shifts_between([row.pk], midnight, midnight + DAYS_SHOWN)],
        "groups": groups_of_county(),
        "day": localtime(at).date(),
        "at": at,
    }  # fmt: skip
    return render(request, "pages/posts/sheets.html", context)
