"""The desk at the way out of the county: a permit is scanned or typed; an emergency goes at once."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.identity import check_identity_number
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.scope import require
from fangxian.ops.departures.wire import Wanted
from fangxian.ops.pages.departures.forms import ExitEmergencyForm, ExitForm, meant_by
from fangxian.ops.pages.departures.showing import facts_of
from fangxian.ops.pages.gate_line import let_read_codes
from fangxian.ops.pages.words import in_words
from fangxian.ops.people.queries import person_with_document
from fangxian.ops.procedures.leave_county import SCAN, leave_in_emergency, record_exit
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.persons import kind_of_number

OTHERS_LEAVE, SOME_MAY = "others", {"departures.companion_may_not", "departures.fever_on_permit"}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("permit", "document", "emergency_why", "emergency_document", "emergency_going")
@sensitive_variables()
def desk(request) -> HttpResponse:
    """GET shows the desk. POST records who leaves, and says in one word whether they may."""
    require(request.user, SCAN)
    form, emergency, answer, status = ExitForm(), ExitEmergencyForm(), {}, 200
    if request.method == "POST" and request.POST.get("do") == "emergency":
        emergency = ExitEmergencyForm(request.POST)
        answer = _let_go(request, emergency) if emergency.is_valid() else {}
        status, emergency = (200, ExitEmergencyForm()) if answer else (400, emergency)
    elif request.method == "POST":
        form = ExitForm(request.POST)
        answer = _let_out(request, form) if form.is_valid() else {}
        status = 200 if answer.get("leaves") else 409 if answer else 400
        form = ExitForm() if answer else form
    context = {"form": form, "emergency": emergency, "answer": answer, "at": county_now()}
    return let_read_codes(render(request, "pages/departures/exit.html", context, status=status))


def _let_out(request, form: ExitForm) -> dict[str, object]:
    told = form.cleaned_data
    try:
        left = record_exit(
            permit_text=told["permit"], document_number=_number(told["document"]), at=county_now(), by=request.user,
            others_leave=request.POST.get("do") == OTHERS_LEAVE,
        )  # fmt: skip
    except Refusal as refusal:
        others = told if refusal.code in SOME_MAY else None
        return {"leaves": False, "sentence": in_words(refusal.said), "others": others}
    return {"leaves": True, "is_repeat": left.is_repeat, **facts_of(left.application, masks=True)}


def _let_go(request, form: ExitEmergencyForm) -> dict[str, object]:
    """An emergency goes, whoever it is; on record where the county knows them."""
    told = form.cleaned_data
    person = person_with_document(_number(told["emergency_document"]))
    if person is None:
        return {"leaves": True, "is_emergency": True, "is_unknown": True}
    destination, _ = meant_by(told["emergency_going"], "")
    wants = Wanted(
        person=person.pk, area_path=person.area_path, destination=destination, place=told["emergency_going"],
        why=told["emergency_why"],
    )  # fmt: skip
    leave_in_emergency(wants=wants, at=county_now(), by=f"account:{request.user.pk}")
    return {"leaves": True, "is_emergency": True}


def _number(text: str) -> str:
    """A document's number as it is on record, typed full-width, with spaces or with the 15 digits of before."""
    try:
        return check_identity_number(text, demo=the_realm().is_synthetic, kind=kind_of_number(text)).text
    except Refusal:
        return text.strip().upper()
