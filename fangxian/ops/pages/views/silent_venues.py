"""Venues without a scan for a day, for whoever goes and looks: a card each, an answer a tap."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.pages.county.words import trade
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.venue_owner.silence import ANSWERS, AnswerForm
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.places.models import Venue
from fangxian.ops.places.refusals import venue_not_found
from fangxian.ops.procedures.silent_tasks import Answer, answer_silence
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.silent_for_grid import silence_seen, silence_to_do, silent_lines
from fangxian.ops.visits.silence import SILENT_DAYS

VENUES_A_PAGE = 30
VIEW = "tasks.view"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def silent_venues(request: HttpRequest) -> HttpResponse:
    """GET shows those that wait for the reader; others of the area are shown to be read. POST answers for one."""
    if not areas_of(request.user, VIEW):  # one's own venue's tasks are another list
        require(request.user, VIEW, the_realm().division_code)
    if request.method != "POST":
        return _page(request)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return apologise(request, 400)
    told = form.cleaned_data
    venue = Venue.objects.filter(pk=told["venue"]).first()
    if venue is None:
        raise venue_not_found()
    try:
        answer_silence(venue=venue, answer=Answer(told["answer"]), note=told["note"], by=request.user)
    except Refusal as refusal:
        return _page(request, refusal=refusal, status=400)
    return HttpResponseRedirect(f"{reverse('silent-venues')}?done={told['answer']}")


def _page(request: HttpRequest, *, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    at = county_now()
    own, seen = silence_to_do(request.user), silence_seen(request.user)
    n_own = own.count()
    rows, total = (own, n_own) if n_own else (seen, seen.count())
    paging = Paging.of(request, total=total, size=VENUES_A_PAGE)
    done = request.GET.get("done", "")
    context = {
        "lines": [
            {"it": line, "trade": trade(line.venue.trade)} for line in silent_lines(list(rows[paging.slice]), at)
        ],
        "is_own": n_own > 0,
        "total": total,
        "paging": paging,
        "answers": [(key.value, said) for key, said in ANSWERS.items()],
        "note": AnswerForm()["note"],
        "refusal": refusal,
        "done": ANSWERS.get(done) if request.method != "POST" else None,
        "days": int(SILENT_DAYS.value),
        "trail": [(Said("我的任务", "My tasks"), reverse("my-tasks")), (Said("没有扫码的场所", "Silent venues"), "")],
        "at": at,
    }
    return render(request, "pages/venue_owner/silent.html", context, status=status)
