"""My tasks: the list of today, and one task that is taken, done or handed over."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.scope import require
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.tasks.forms import FinishForm, HandOverForm
from fangxian.ops.pages.tasks.lists import grouped, tasks_shown
from fangxian.ops.pages.tasks.words import DONE
from fangxian.ops.procedures.do_tasks import colleagues, finish_task, hand_task_over, take_task
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.my_tasks import my_tasks, task_seen
from fangxian.ops.tracing.queries import teams_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 50


@login_required
@never_cache
@FORM
def tasks(request: HttpRequest) -> HttpResponse:
    """GET shows the list; POST takes one (`take`) or says that one is done (`finish`), with one thumb."""
    require(request.user, "tasks.do")
    at, refused = county_now(), None
    if request.method == "POST":
        try:
            return HttpResponseRedirect(f"{reverse('my-tasks')}?done={_do(request)}")
        except Refusal as refusal:
            refused = refusal.said
    midnight = localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    found = my_tasks(request.user, at, midnight=midnight)
    paging = Paging.of(request, found.n, SHOWN)
    shown = tasks_shown(found.rows.select_related("owner")[paging.slice], request.user.pk, at)
    context = {
        "found": found,
        "groups": grouped(shown, midnight),
        "team": teams_of(request.user).first(),
        "paging": paging,
        "done": DONE.get(request.GET.get("done", "")),
        "refused": refused,
        "at": at,
    }
    return render(request, "pages/tasks/tasks.html", context, status=400 if refused else 200)


@login_required
@never_cache
@FORM
@sensitive_variables()
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """GET shows one task; POST takes it, says that it is done, or hands it over (`do=take|finish|hand_over`)."""
    found, at, refused = task_seen(task_id, request.user), county_now(), None
    others = colleagues(request.user, found.task) if found.is_to_do else []
    finish, over = FinishForm(), HandOverForm(colleagues=others)
    if request.method == "POST":
        do = request.POST.get("do")
        finish = FinishForm(request.POST) if do == "finish" else finish
        over = HandOverForm(request.POST, colleagues=others) if do == "hand_over" else over
        if do == "take" or (do == "finish" and finish.is_valid()) or (do == "hand_over" and over.is_valid()):
            try:
                done = _do_one(request.user, task_id, do, finish, over)
                return HttpResponseRedirect(f"{reverse('my-tasks')}?done={done}")
            except Refusal as refusal:
                refused = refusal.said
    [shown] = tasks_shown([found.task], request.user.pk, at)
    context = {
        "shown": shown,
        "task": found.task,
        "is_to_do": found.is_to_do and found.task.state in ("open", "taken"),
        "finish": finish,
        "over": over,
        "has_colleagues": bool(others),
        "refused": refused,
        "at": at,
    }
    return render(request, "pages/tasks/task.html", context, status=400 if refused or over.errors else 200)


def _do(request: HttpRequest) -> str:
    """What came of a button in the list, as a key of DONE."""
    verb = "finish" if "finish" in request.POST else "take"
    try:
        chosen = UUID(request.POST.get(verb, ""))
    except ValueError:
        chosen = UUID(int=0)  # no task has it: refused as any that is not theirs
    if verb == "finish":
        finish_task(task=chosen, by=request.user)
        return "finished"
    take_task(task=chosen, by=request.user)
    return "taken"


def _do_one(account, task_id: UUID, do: str, finish: FinishForm, over: HandOverForm) -> str:
    if do == "take":
        take_task(task=task_id, by=account)
        return "taken"
    if do == "finish":
        finish_task(task=task_id, by=account, note=finish.cleaned_data["note"])
        return "finished"
    hand_task_over(task=task_id, to=UUID(over.cleaned_data["to"]), reason=over.cleaned_data["reason"], by=account)
    return "handed_over"
