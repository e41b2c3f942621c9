"""Declaring a ride: of a resident, signed in; of a visitor, by the address only they were given; and for somebody
else, by whoever keeps the register where they live."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.pages.rides.forms import RideForm, say_beside
from fangxian.ops.pages.rides.tables import rides_table
from fangxian.ops.pages.words import masked
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.register_visitor import visitor_of
from fangxian.ops.rides.actions import declare_ride
from fangxian.ops.rides.queries import rides_of
from fangxian.ops.rides.wire import NewRide
from fangxian.ops.situation.own_household import own_person
from fangxian.ops.situation.persons import somebody_registered

SHOWN = 50
DONE = {
    "declared": Said(
        "已记下。如有同车的人确诊，流调人员会联系您。",
        "Noted. If somebody aboard is found ill, an investigator will call.",
    ),
    "again": Said("这次乘车已经申报过了。", "This ride had been declared already."),
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def own(request) -> HttpResponse:
    """GET shows the rides I have declared, and the form for one more; POST declares it."""
    person = own_person(request.user)
    return _answer(request, person, f"account:{request.user.pk}", "own", reverse("my-rides"), template="own")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def of_visitor(request, token: str) -> HttpResponse:
    identity = visitor_of(token)
    more = {"code_href": reverse("visitor-code", args=[token])}
    address, by = reverse("visitor-rides", args=[token]), f"visitor:{identity.person_id}"
    return _answer(request, identity.person, by, "own", address, template="visitor", **more)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def for_somebody(request, person_id: UUID) -> HttpResponse:
    """The same for somebody who cannot do it themselves, by a grid worker."""
    person = somebody_registered(person_id, request.user)
    address, by = reverse("person-rides", args=[person.pk]), f"account:{request.user.pk}"
    return _answer(request, person, by, "grid_worker", address, template="somebody", whose=masked(person.name, "name"))


def _answer(request, person: Person, by: str, source: str, address: str, *, template: str, **more: str) -> HttpResponse:
    form, status = RideForm(), 200
    if request.method == "POST":
        form, status = RideForm(request.POST), 400
        if form.is_valid():
            try:
                _, is_new = declare_ride(person=person, ride=NewRide(**form.cleaned_data), source=source, by=by)
            except Refusal as refusal:
                say_beside(form, "vehicle" if refusal.code == "rides.no_vehicle" else "begins_at", refusal)
            else:
                return HttpResponseRedirect(f"{address}?done={'declared' if is_new else 'again'}")
    rows = list(rides_of(person.pk)[:SHOWN])
    context = {"form": form, "table": rides_table(rows), "n": len(rows), "action": address, "person": person, **more}
    context["done"] = DONE.get(request.GET.get("done", "")) if request.method != "POST" else None
    return render(request, f"pages/rides/{template}.html", context, status=status)
