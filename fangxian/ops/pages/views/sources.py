"""溯源: what the cases share before they fell ill, ranked by how surprising that is. Computed by the worker, kept."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.scope import require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.jobs.wire import in_words
from fangxian.ops.pages.transmission.forms import SourcesForm
from fangxian.ops.pages.transmission.sources import candidates_shown, looked_at_said
from fangxian.ops.procedures.ask_for_sources import ask_for_sources
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.sources import SourcesFound, incubation_of
from fangxian.ops.situation.sources_kept import KeptSources, kept_sources, last_asked, question
from fangxian.ops.situation.transmission import diseases_seen_by
from fangxian.ops.situation.venues import divisions_down_to_units

VIEW = "cases.view"
REFRESH_S = "2"  # a header, so that a reader who has no scripts sees the job go on


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sources(request: HttpRequest) -> HttpResponse:
    """GET shows what was found last. POST has the worker look; with `anew`, though there is an answer."""
    require(request.user, VIEW)
    at = county_now()
    diseases = diseases_seen_by(request.user, at)
    form = SourcesForm(request.POST if request.method == "POST" else request.GET, diseases=diseases)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            return _ask(request, form, at)
        except Refusal as refused:
            refusal = refused
    return _page(request, form, at, refusal)


def _ask(request: HttpRequest, form: SourcesForm, at) -> HttpResponseRedirect:
    """Have it looked for, unless there is an answer and nobody asked for another; then show it under its address."""
    disease, whose = form.cleaned_data["disease"], form.cleaned_data["cases"]
    incubation_of(disease, at)
    if "anew" in request.POST or kept_sources(request.user, disease, whose) is None:
        asked = question(request.user, disease, whose)
        ask_for_sources(question=asked, by=f"account:{request.user.pk}")
    shown = QueryDict(mutable=True)
    shown.update({"disease": disease, "cases": whose})
    return HttpResponseRedirect(f"{reverse('sources')}?{shown.urlencode()}")


def _page(request: HttpRequest, form: SourcesForm, at, refusal: Refusal | None) -> HttpResponse:
    kept, job = None, None
    if form.is_valid():
        asked = request.user, form.cleaned_data["disease"], form.cleaned_data["cases"]
        kept, job = kept_sources(*asked), last_asked(*asked)
    if kept:
        _note_views(request, kept.found)
    is_running = job is not None and job.state in ("queued", "running")
    context = {
        "form": form,
        "at": at,
        "kept": kept,
        "found": kept and kept.found,
        "n_since": kept and kept.n_cases_now - kept.n_cases,
        "refusal": refusal,
        "is_running": is_running,
        "has_failed": job is not None and job.state == "failed",
        "job": job,
        "job_said": job and in_words(job),
        "job_tells": job and Said(job.said_zh, job.said_en),
        **_shown(kept),
    }
    response = render(request, "pages/transmission/sources.html", context, status=400 if refusal else 200)
    if is_running:
        response["Refresh"] = REFRESH_S
    return response


def _shown(kept: KeptSources | None) -> dict:
    if kept is None:
        return {"candidates": [], "looked_at": []}
    return {
        "candidates": candidates_shown(kept.found, divisions_down_to_units()),
        "looked_at": looked_at_said(kept.found),
    }


def _note_views(request: HttpRequest, found: SourcesFound) -> None:
    shown = {f"case:{it.case.id}" for candidate in found.candidates for it in candidate.evidence}
    log_views(viewer=request.user.pk, subjects=sorted(shown), why="sources.evidence")
