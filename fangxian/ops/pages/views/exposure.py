"""The search for a case's contacts: what the last one came to, what it could not know, and a button to look again."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Said
from fangxian.ops.accounts.scope import require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.cases.queries import within
from fangxian.ops.pages.cases.merged import leads_on
from fangxian.ops.pages.navigation import address_of
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.procedures.confirm_contacts import MAY
from fangxian.ops.procedures.propose_contacts import ask_for_contacts, last_search, search_under_way
from fangxian.ops.realm.current import county_now

LOOKED = "cases.exposure_page"
OVER = ("excluded", "closed")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@leads_on
def exposure(request, case_id: UUID) -> HttpResponse:
    """GET shows what is known of the search. POST has the worker look, now or again."""
    require(request.user, MAY)
    row = within(request.user).filter(pk=case_id).first()
    if row is None:
        return apologise(request, 404)
    require(request.user, MAY, row.area_path)
    if request.method == "POST":
        if row.state not in OVER:
            ask_for_contacts(case=row.pk, by=f"account:{request.user.pk}")
        return redirect("case-exposure", row.pk)
    log_views(viewer=request.user.pk, subjects=[f"case:{row.pk}"], why=LOOKED)
    found, at = last_search(row.pk) or (None, None)
    context = {
        "row": row,
        "found": found,
        "gaps": [(gap | {"n_files": len(gap["files"])}) for gap in found.gaps] if found else [],
        "notes": [Said(note["zh"], note["en"]) for note in found.notes] if found else [],
        "found_at": at,
        "at": county_now(),
        "job": search_under_way(row.pk),
        "may_look": row.state not in OVER,
        "contacts_href": address_of("contacts"),
        "trail": (
            (Said("病例", "Cases"), address_of("cases")),
            (row.number, reverse("case", args=[row.pk])),
            (HERE, ""),
        ),
    }
    return render(request, "pages/exposure/search.html", context)


HERE = Said("查找接触者", "Looking for contacts")
