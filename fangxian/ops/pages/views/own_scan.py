"""Scanning a venue with one's own phone. The page only carries codes to the gate; the answer comes from there."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from fangxian.core.refusal import Refusal
from fangxian.ops.pages.gate_line import gate_address, let_ask_gate
from fangxian.ops.pages.views.own_code import code_ends
from fangxian.ops.pages.words import masked, said
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.issue_codes import person_qr
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.own_household import carried_by, own_person
from fangxian.ops.situation.own_visits import venue_named

OWN = "own"


@login_required
@never_cache
@sensitive_variables()
def scan(request) -> HttpResponse:
    person = own_person(request.user)
    context = {
        "gate": gate_address(request),
        "name": masked(person.name, "name"),
        "carried": [{"id": it.pk, "name": masked(it.name, "name")} for it in carried_by(person, at=county_now())],
    }
    return let_ask_gate(render(request, "pages/resident/scan.html", context), request)


@login_required
@never_cache
@require_GET
@sensitive_variables()
def codes(request) -> JsonResponse:
    """One's own code and those one carries, each with its end, as the page's script sends them to the gate."""
    person, at = own_person(request.user), county_now()
    shown = [(OWN, person), *((str(it.pk), it) for it in carried_by(person, at=at))]
    return JsonResponse(
        {
            "at": localtime(at).isoformat(timespec="milliseconds"),
            "rate": the_realm().clock.rate,
            "carried": [_code(id_, it) for id_, it in shown if _has_code(it)],
        }
    )


@login_required
@require_GET
def venue_name(request, venue_number: int, door: int) -> JsonResponse:
    """What is written over a door, for whoever has just scanned it; 404 where there is none."""
    found = venue_named(venue_number, door)
    if found is None:
        return JsonResponse({}, status=404)
    name, door_name = found
    return JsonResponse({"said": said(f"{name} · {door} 号门 {door_name}", f"{name} · door {door} {door_name}")})


def _has_code(person: Person) -> bool:
    try:
        person_qr(person.pk)
    except Refusal:  # movement.no_code_yet
        return False
    return True


def _code(id_: str, person: Person) -> dict[str, str]:
    text = person_qr(person.pk)
    return {"id": id_, "text": text, "until": code_ends(text).isoformat()}
