"""The search for a case's contacts: what the last one came to, what it could not know, who waits to be proposed, and
buttons to look again and to have the next of them."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Said
from fangxian.ops.accounts.scope import require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.cases.queries import within
from fangxian.ops.jobs.wire import in_words as job_said
from fangxian.ops.pages.cases.merged import leads_on
from fangxian.ops.pages.navigation import address_of
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.procedures.confirm_contacts import MAY
from fangxian.ops.procedures.propose_contacts import (
    Put,
    ask_for_contacts,
    last_search,
    leave_after,
    search_given_up,
    search_under_way,
)
from fangxian.ops.procedures.propose_first import FIRST_OF_A_PLACE
from fangxian.ops.realm.current import county_now

ALL_PLACES = "*"
LOOKED = "cases.exposure_page"
OVER = ("excluded", "closed")
REFRESH_S = "3"  # a header, so that a reader who has no scripts sees the search go on


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@leads_on
def exposure(request, case_id: UUID) -> HttpResponse:
    """GET shows what is known of the search. POST has the worker look, or propose the next of those who wait."""
    require(request.user, MAY)
    row = within(request.user).filter(pk=case_id).first()
    if row is None:
        return apologise(request, 404)
    require(request.user, MAY, row.area_path)
    if request.method == "POST":
        return _ask(request, row)
    log_views(viewer=request.user.pk, subjects=[f"case:{row.pk}"], why=LOOKED)
    found, at = last_search(row.pk) or (None, None)
    job, given_up = search_under_way(row.pk), search_given_up(row.pk)
    context = {
        "row": row,
        "found": found,
        "n_step": round(FIRST_OF_A_PLACE.value),
        "is_busy": request.GET.get("busy") == "1",
        "gaps": [(gap | {"n_files": len(gap["files"])}) for gap in found.gaps] if found else [],
        "notes": [Said(note["zh"], note["en"]) for note in found.notes] if found else [],
        "found_at": at,
        "at": county_now(),
        "job": job,
        "given_up": job_said(given_up) if given_up else None,
        "may_look": row.state not in OVER,
        "contacts_href": f"{address_of('contacts')}?case={row.pk}",
        "trail": (
            (Said("病例", "Cases"), address_of("cases")),
            (row.number, reverse("case", args=[row.pk])),
            (HERE, ""),
        ),
    }
    response = render(request, "pages/exposure/search.html", context)
    if job:
        response["Refresh"] = REFRESH_S
    return response


def _ask(request, row) -> HttpResponseRedirect:
    """`next` names a place, or all with "*"; `rest` as well, and asks for everybody there. Neither: look again."""
    here = reverse("case-exposure", args=[row.pk])
    if row.state in OVER:
        return HttpResponseRedirect(here)
    asked = request.POST.get("rest") or request.POST.get("next") or ""
    if asked and search_under_way(row.pk):
        return HttpResponseRedirect(f"{here}?busy=1")
    leave = _leave(last_search(row.pk), asked, everybody="rest" in request.POST) if asked else None
    ask_for_contacts(case=row.pk, by=f"account:{request.user.pk}", leave=leave)
    return HttpResponseRedirect(here)


def _leave(last: tuple[Put, datetime] | None, asked: str, *, everybody: bool) -> dict[str, int]:
    return leave_after(last[0], place="" if asked == ALL_PLACES else asked, everybody=everybody) if last else {}


HERE = Said("查找接触者", "Looking for contacts")
