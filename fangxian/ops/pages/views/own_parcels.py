"""Declaring a parcel: of a resident, signed in; of a visitor, by the address only they were given; for somebody else,
by whoever keeps the register where they live."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.parcels.forms import DeclareForm, say_beside
from fangxian.ops.pages.parcels.tables import own_table
from fangxian.ops.pages.parcels.words import DONE
from fangxian.ops.pages.words import both, masked
from fangxian.ops.parcels.actions.declaring import declare_parcel
from fangxian.ops.parcels.queries import declarations_of, depots
from fangxian.ops.people.models import Person
from fangxian.ops.places.queries import places_at
from fangxian.ops.procedures.register_visitor import visitor_of
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.own_household import own_person
from fangxian.ops.situation.persons import somebody_registered

DECLARED_SHOWN = 50


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("number")
@sensitive_variables()
def own(request) -> HttpResponse:
    """GET shows what I have declared, and the form for one more; POST declares it."""
    person = own_person(request.user)
    return _answer(request, person, f"account:{request.user.pk}", reverse("my-parcels"), template="own")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("number")
@sensitive_variables()
def of_visitor(request, token: str) -> HttpResponse:
    identity = visitor_of(token)
    address = reverse("visitor-parcels", args=[token])
    more = {"code_href": reverse("visitor-code", args=[token])}
    return _answer(request, identity.person, f"visitor:{identity.person_id}", address, template="visitor", **more)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("number")
@sensitive_variables()
def for_somebody(request, person_id: UUID) -> HttpResponse:
    """The same for somebody who cannot do it themselves, by whoever keeps the register where they live."""
    person = somebody_registered(person_id, request.user)
    address, by = reverse("person-parcels", args=[person.pk]), f"account:{request.user.pk}"
    return _answer(request, person, by, address, template="somebody", whose=masked(person.name, "name"))


def _answer(request, person: Person, by: str, address: str, *, template: str, **more: str) -> HttpResponse:
    at = county_now()
    choices = _depots()
    by_id = {str(it.pk): it for it, _ in choices}
    named = [(str(it.pk), name) for it, name in choices]
    form, status = DeclareForm(initial={"touched_on": at.date().isoformat()}, depots=named), 200
    if request.method == "POST":
        form, status = DeclareForm(request.POST, depots=named), 400
        if form.is_valid():
            told = form.cleaned_data
            try:
                _, is_new = declare_parcel(
                    person=person, how=told["how"], touched_on=told["touched_on"], depot=by_id.get(told["depot"]),
                    number=told["number"], by=by,
                )  # fmt: skip
            except Refusal as refusal:
                say_beside(form, "touched_on", refusal)
            else:
                return HttpResponseRedirect(f"{address}?done={'declared' if is_new else 'again'}")
    rows = list(declarations_of(person.pk)[:DECLARED_SHOWN])
    context = {"form": form, "table": own_table(rows), "n": len(rows), "at": at, "action": address, "person": person}
    context |= more
    context["done"] = DONE.get(request.GET.get("done", "")) if request.method != "POST" else None
    return render(request, f"pages/parcels/{template}.html", context, status=status)


def _depots() -> list[tuple]:
    found = list(depots())
    places = places_at({it.area_path[:9] for it in found})

    def named(it):
        place = places.get(it.area_path[:9])
        where = place_name(place) if place else Said("", "")
        return both(f"{it.name}（{where.zh}）", f"{it.name} ({where.en})")

    return [(it, named(it)) for it in found]
