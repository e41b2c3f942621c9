"""Somebody whom a contact names becomes a contact of a contact on record, by hand."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.scope import require
from fangxian.ops.pages.cases.forms import say_beside
from fangxian.ops.pages.cases.named import NamedForm
from fangxian.ops.pages.contacts.forms import areas_by_township
from fangxian.ops.pages.words import masked
from fangxian.ops.procedures.manage_contacts import MAY
from fangxian.ops.procedures.name_second_contact import between_of, may_have_contacts, name_second_contact, second_ring
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.contact_files import contact_file
from fangxian.ops.situation.venues import names_down_to_units


@login_required
@never_cache
@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def contact_of_contact_new(request, contact_id: UUID) -> HttpResponse:
    """The form, for whoever investigates where the contact is followed; what was typed is kept until it is taken."""
    at = county_now()
    found = contact_file(contact_id, request.user, at=at)
    row = found.row
    require(request.user, MAY, row.area_path)
    rulebook = found.around.rulebooks.get(row.disease)
    rule, may_be = second_ring(rulebook, at), may_have_contacts(row, rulebook, at)
    form = NamedForm(
        request.POST if request.method == "POST" else None,
        rings={rule.ring: rule.name} if rule else {},
        areas=areas_by_township(list(names_down_to_units().values())),
        by_contact=True,
    )
    known = ""
    if form.is_bound and form.is_valid():
        try:
            named = name_second_contact(via=row.pk, named=form.named, by=request.user)
            return HttpResponseRedirect(f"{reverse('contact', args=[named])}?done=named")
        except Refusal as refusal:
            say_beside(form, None, refusal)
            known = str(refusal.facts.get("contact", ""))
    context = {
        "form": form,
        "row": row,
        "at": at,
        "name": masked(found.who.name, "name") or "—",
        "number": found.around.numbers.get(row.case_id),
        "between": between_of(row, rulebook, at) if rulebook and may_be else None,
        "turns_codes": found.around.turns_codes(row.disease),
        "known_href": reverse("contact", args=[known]) if known else "",
    }
    return render(request, "pages/contacts/contact_new.html", context, status=400 if form.is_bound else 200)
