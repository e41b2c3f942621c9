"""溯源: what the cases share before they fell ill, ranked by how surprising that is."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.scope import require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.pages.transmission.forms import SourcesForm
from fangxian.ops.pages.transmission.sources import candidates_shown, looked_at_said
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.sources import SourcesFound, find_sources
from fangxian.ops.situation.transmission import diseases_seen_by
from fangxian.ops.situation.venues import divisions_down_to_units

VIEW = "cases.view"


@login_required
@never_cache
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Without a disease in the address the form alone: every answer reads weeks of scans."""
    require(request.user, VIEW)
    at = county_now()
    form = SourcesForm(request.GET, diseases=diseases_seen_by(request.user, at))
    found, refusal = _found(request, form, at) if form.is_valid() else (None, None)
    context = {
        "form": form,
        "at": at,
        "found": found,
        "refusal": refusal,
        "candidates": candidates_shown(found, divisions_down_to_units()) if found else [],
        "looked_at": looked_at_said(found) if found else [],
    }
    return render(request, "pages/transmission/sources.html", context)


def _found(request: HttpRequest, form: SourcesForm, at) -> tuple[SourcesFound | None, Refusal | None]:
    asked = form.cleaned_data
    try:
        found = find_sources(request.user, asked["disease"], only_first=asked["cases"] == "first", at=at)
    except Refusal as refusal:
        return None, refusal
    shown = {f"case:{it.case.id}" for candidate in found.candidates for it in candidate.evidence}
    log_views(viewer=request.user.pk, subjects=sorted(shown), why="sources.evidence")
    return found, None
