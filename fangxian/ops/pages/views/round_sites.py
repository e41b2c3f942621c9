"""Where sampling sites are best put, on the map; a plan taken over into a round by one button."""

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.jobs.queries import asked_under
from fangxian.ops.lab.queries import rounds
from fangxian.ops.pages.round_plans.forms import SitesForm
from fangxian.ops.pages.round_plans.site_picture import planned_table, sites_map
from fangxian.ops.pages.views.round_plan import require_planning
from fangxian.ops.pages.views.rounds import HOME
from fangxian.ops.places.outlines import version_now
from fangxian.ops.procedures.put_up_sites import ask_for_sites, put_up_sites
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_plans.sites_wire import KIND, KeptSites, being_planned, kept_sites

SITES = Said("采样点方案", "Where sites go")
REFRESH_S = "3"  # a header, so that a reader who has no scripts sees the job go on


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sites(request: HttpRequest) -> HttpResponse:
    """GET shows the last plan. POST has one worked out (`do=plan`), or takes the one shown over into a round."""
    require_planning(request.user)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form, refused = SitesForm(request.POST if do == "plan" else None, initial={"n_sites": 52}), None
    if do:
        try:
            if done := _do(request, do, form):
                return HttpResponseRedirect(done)
        except Refusal as refusal:
            if refusal.code.startswith("accounts."):
                raise
            refused = refusal.said
    job = being_planned()
    context = _context(kept_sites(), form) | {"refused": refused, "is_running": job is not None}
    answer = render(request, "pages/round_plans/sites.html", context, status=400 if refused or form.errors else 200)
    if job:
        answer["Refresh"] = REFRESH_S
    return answer


def _do(request: HttpRequest, do: str, form: forms.Form) -> str:
    """Where to go once it is done; "" where the form is not complete."""
    if do == "plan":
        if not form.is_valid():
            return ""
        ask_for_sites(n_sites=form.cleaned_data["n_sites"], n_candidates=1000, by=request.user)
        return reverse("round-sites")
    round_id, plan = _id(request.POST.get("round", "")), _id(request.POST.get("plan", ""))
    put_up_sites(round=round_id, plan=plan, by=request.user)
    return f"{reverse('round', args=[round_id])}?done=site#sites"


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _context(kept: KeptSites | None, form: forms.Form) -> dict[str, object]:
    failed = next(iter(asked_under(KIND, "")), None)
    context = {
        "at": kept.at if kept else county_now(),
        "form": form,
        "kept": kept,
        "failed": Said(failed.said_zh, failed.said_en) if failed and failed.state == "failed" else None,
        "prepared": list(rounds().filter(state="prepared")),
        "trail": [(HOME, reverse("rounds")), (SITES, "")],
    }
    if kept:
        plan = kept.plan
        context |= {
            "map": sites_map(plan.sites),
            "table": planned_table(plan.sites),
            "walk": round(plan.mean_walk_km, 2),
            "bound": round(plan.bound_km, 2),
            "gap": round(100 * plan.gap, 1),
            "notice": Said(*plan.notice),
            "is_old": (drawn := version_now()) is not None and drawn[1] > kept.at,
        }
    return context
