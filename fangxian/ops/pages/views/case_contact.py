"""Somebody whom the patient names becomes a contact on record, by hand."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.contacts.quality import RINGS_THROUGH_A_CONTACT
from fangxian.ops.pages.cases.forms import say_beside
from fangxian.ops.pages.cases.merged import leads_on
from fangxian.ops.pages.cases.named import NamedForm
from fangxian.ops.pages.cases.words import case_trail
from fangxian.ops.pages.contacts.forms import areas_by_township
from fangxian.ops.procedures.name_contact import name_contact
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.case_files import worked_case
from fangxian.ops.situation.contact_lists import words_in_force
from fangxian.ops.situation.venues import names_down_to_units


@login_required
@never_cache
@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@leads_on
def contact_new(request, case_id: UUID) -> HttpResponse:
    """The form, for whoever investigates the case; what was typed is kept until it is taken."""
    case, at = worked_case(case_id, request.user), county_now()
    words = words_in_force(at)
    rings = words.rings_of(case.disease)
    # Contacts of a contact come from the search, which knows through whom.
    direct = {ring: name for ring, name in rings.items() if ring not in RINGS_THROUGH_A_CONTACT}
    told = request.POST if request.method == "POST" else None
    areas = areas_by_township(list(names_down_to_units().values()))
    form = NamedForm(told, rings=direct, areas=areas)
    known = ""
    if form.is_bound and form.is_valid():
        try:
            contact = name_contact(case=case, named=form.named, by=request.user)
            return HttpResponseRedirect(f"{reverse('contact', args=[contact])}?done=named")
        except Refusal as refusal:
            say_beside(form, None, refusal)
            known = refusal.facts.get("contact", "")
    context = {
        "form": form,
        "case": case,
        "at": at,
        "turns_codes": case.disease in words.rulebooks and words.rulebooks[case.disease].has_gate,
        "known_href": reverse("contact", args=[known]) if known else "",
        "trail": case_trail(case, Said("登记接触者", "Put a contact on record")),
    }
    return render(request, "pages/cases/contact_new.html", context, status=400 if form.is_bound else 200)
