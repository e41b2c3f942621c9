"""A visitor who passes through: registering, the code for a day, declaring. No session; the address is the key."""

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from fangxian.core.identity import IdentityKind
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.limits import count_failure, count_visitor, refuse_busy_address, refuse_crowded_address
from fangxian.ops.pages.resident.forms import DeclarationForm, VisitorForm, say_beside
from fangxian.ops.pages.resident.words import DONE
from fangxian.ops.pages.venue_owner.codes import qr_address
from fangxian.ops.pages.views.own_code import code_context, code_now
from fangxian.ops.people.models import TemporaryIdentity
from fangxian.ops.procedures.register_visitor import (
    HOURS,
    Visitor,
    declare_journey,
    register_visitor,
    visitor_of,
)
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.code_files import code_file

BIRTH_MISSING = "people.visitor_birth_missing"
CROWDED = "people.visitors_too_many"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("name", "phone", "number", "from_place", "to_place")
@sensitive_variables()
def register(request) -> HttpResponse:
    if request.method != "POST":
        return _register_page(request, VisitorForm(initial={"kind": IdentityKind.RESIDENT.value}))
    form = VisitorForm(request.POST)
    if form.is_valid():
        try:
            # Trying other people's numbers here is counted like trying passwords.
            refuse_busy_address(request)
            refuse_crowded_address(request)
            _, token = register_visitor(visitor=_told(form))
        except Refusal as refusal:
            if refusal.code != CROWDED:
                count_failure(request)
            say_beside(form, "born_on" if refusal.code == BIRTH_MISSING else "number", refusal)
        else:
            count_visitor(request)
            return HttpResponseRedirect(reverse("visitor-code", args=[token]))
    return _register_page(request, form, status=400)


def _register_page(request, form: VisitorForm, status: int = 200) -> HttpResponse:
    return render(request, "pages/resident/visitor.html", {"form": form, "hours": HOURS.value}, status=status)


def _told(form: VisitorForm) -> Visitor:
    told = form.cleaned_data
    return Visitor(
        name=told["name"].strip(),
        phone=told["phone"],
        kind=IdentityKind(told["kind"]),
        number=told["number"],
        from_place=told["from_place"].strip(),
        to_place=told["to_place"].strip(),
        born_on=told["born_on"],
        is_male=told["sex"] != "female",
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def code(request, token: str) -> HttpResponse:
    """GET shows the temporary code; POST takes the declaration."""
    identity = visitor_of(token)
    if request.method != "POST":
        return _code_page(request, identity, token, DeclarationForm())
    form = DeclarationForm(request.POST)
    if form.is_valid():
        try:
            declare_journey(identity=identity, text=form.cleaned_data["text"])
        except Refusal as refusal:
            say_beside(form, "text", refusal)
        else:
            return HttpResponseRedirect(f"{reverse('visitor-code', args=[token])}?done=declare")
    return _code_page(request, identity, token, form, status=400)


@never_cache
@require_GET
def code_now_of_visitor(request, token: str) -> JsonResponse:
    return JsonResponse(code_now(visitor_of(token).person, at=county_now()))


def _code_page(
    request, identity: TemporaryIdentity, token: str, form: DeclarationForm, status: int = 200
) -> HttpResponse:
    found = code_file(identity.person, at=county_now())
    own_address = request.build_absolute_uri(reverse("visitor-code", args=[token]))
    context = code_context(identity.person, found) | {
        "identity": identity,
        "address": reverse("visitor-code-now", args=[token]),
        "parcels_href": reverse("visitor-parcels", args=[token]),
        "rides_href": reverse("visitor-rides", args=[token]),
        "keep": qr_address(own_address),
        "form": form,
        "has_declared": identity.declared_at is not None,
        "done": DONE.get(request.GET.get("done", "")),
    }
    return render(request, "pages/resident/visitor_code.html", context, status=status)
