"""A household, masked until its address is shown with a reason; opening it is on record for each of its people."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Said
from fangxian.ops.audit.actions import log_views
from fangxian.ops.pages.county.forms import ReasonForm
from fangxian.ops.pages.county.person_tables import looks_table, members_table
from fangxian.ops.pages.county.trails import trail_to, whereabouts
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.households import ADDRESS_SHOWN, card_number, household_file
from fangxian.ops.situation.looks import looks_at


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def household(request, household_id: UUID) -> HttpResponse:
    """GET shows the address masked. POST with a reason shows it in full, once, to whoever may open records."""
    found = household_file(household_id, request.user, at=county_now())
    subject = f"household:{found.household.pk}"
    members = [f"person:{member.pk}" for member in found.members]
    form = ReasonForm(request.POST if request.method == "POST" else None)
    is_shown = found.may_open and form.is_bound and form.is_valid()
    why = f"{ADDRESS_SHOWN}.{form.cleaned_data['reason']}" if is_shown else "people.household_page"
    log_views(viewer=request.user.pk, subjects=[subject, *members], why=why)
    here = (Said(f"第 {found.household.number} 户", f"Household {found.household.number}"), "")
    context = {
        "found": found,
        "form": form,
        "is_shown": is_shown,
        "here": request.path,
        "title": here[0],
        "card_number": card_number(found.household),
        "lead": whereabouts(found.trail),
        "trail": trail_to(found.trail, request.user, here),
        "members": members_table(found.members, at=found.at, may_open=found.may_open),
        "looks": looks_table(looks_at(subject)),
    }
    return render(request, "pages/county/household.html", context)
