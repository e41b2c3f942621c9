"""A hospital's fever clinic: who stands there, what fever counts, and that no infection was found.

No number of a person is in an address.
"""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.identity import check_identity_number
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.scope import require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.movement.queries import health_of, test_of
from fangxian.ops.pages.clinic.forms import ClearForm, MistakeForm, WhoForm
from fangxian.ops.pages.clinic.tables import cleared_table, running_table
from fangxian.ops.pages.clinic.words import DONE
from fangxian.ops.pages.words import in_words, masked
from fangxian.ops.people.queries import person_with, person_with_document
from fangxian.ops.procedures.clear_fever import MAY, clear_fever, cleared_at, course_of, hospital_of, take_clearing_back
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.ages import age_on
from fangxian.ops.situation.persons import kind_of_number

LOOKED = "fevers.clinic_page"
FORM = require_http_methods(["GET", "HEAD", "POST"])
NOT_ON_RECORD = Said(
    "居民登记里没有这个证件号码，号码本身没有错。没有健康码的人不用登记排除；要报病例请填报告卡。",
    "The register has nobody with this document number; the number itself is sound. Whoever has no code needs no "
    "clearing; a case is reported by its card.",
)


@login_required
@never_cache
@FORM
@sensitive_variables()
def fevers(request) -> HttpResponse:
    """GET asks who stands there. POST goes on with that person."""
    require(request.user, MAY)
    try:
        hospital = hospital_of(request.user)
    except Refusal as refusal:
        return _only_hospitals(request, refusal)
    form = WhoForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            text = form.cleaned_data["number"]
            known = check_identity_number(text, demo=the_realm().is_synthetic, kind=kind_of_number(text))
        except Refusal as refusal:
            form.add_error("number", in_words(refusal.said))
        else:
            if person := person_with_document(known.text):
                return redirect("fever-of-person", person.pk)
            form.add_error("number", in_words(NOT_ON_RECORD))
    context = {"form": form, "hospital": hospital.name, "at": county_now()}
    return render(request, "pages/clinic/fevers.html", context, status=400 if form.errors else 200)


@login_required
@never_cache
@FORM
@sensitive_variables()
def fever_of(request, person_id: UUID) -> HttpResponse:
    """GET shows what counts. POST clears it, or takes a clearing of this hospital's back (`do=take-back`)."""
    require(request.user, MAY)
    try:
        hospital = hospital_of(request.user)
    except Refusal as refusal:
        return _only_hospitals(request, refusal)
    person = person_with(person_id)
    if person is None:
        return redirect("fevers")
    log_views(viewer=request.user.pk, subjects=[f"person:{person.pk}"], why=LOOKED)
    at, is_mistake = county_now(), request.POST.get("do") == "take-back"
    told = request.POST if request.method == "POST" else None
    clear = ClearForm(None if is_mistake else told, initial={"seen_at": localtime(at)})
    mistake = MistakeForm(told if is_mistake else None)
    if told is not None and (done := _done(request, person.pk, mistake if is_mistake else clear, is_mistake)):
        return HttpResponseRedirect(f"{reverse('fever-of-person', args=[person.pk])}?done={done}")
    course, code = course_of(person.pk, at), health_of(person.pk)
    context = {
        "who": {
            "name": masked(person.name, "name"),
            "number": masked(person.document_number, "identity"),
            "age": age_on(person.born_on, at.date()),
        },
        "code": code,
        "test": test_of(person.pk),
        "running": running_table(course.running) if course.running else None,
        "cleared": cleared_table(course.cleared) if course.cleared else None,
        "may_take_back": bool(cleared_at(hospital, course.cleared)),
        "clear": clear,
        "mistake": mistake,
        "done": DONE.get(request.GET.get("done", "")) if told is None else None,
        "at": at,
    }
    return render(request, "pages/clinic/fever.html", context, status=400 if told is not None else 200)


def _only_hospitals(request, refusal: Refusal) -> HttpResponse:
    """A pharmacy or a small clinic reads where to send the person."""
    status = 200 if request.method in ("GET", "HEAD") else 409
    context = {"only_hospitals": refusal.said, "at": county_now()}
    return render(request, "pages/clinic/fevers.html", context, status=status)


def _done(request, person: UUID, form, is_mistake: bool) -> str:
    """What was done; "" when the form says beside its field why nothing was."""
    if not form.is_valid():
        return ""
    try:
        if is_mistake:
            take_clearing_back(person=person, why=form.cleaned_data["why"], by=request.user)
        else:
            clear_fever(person=person, seen_at=form.cleaned_data["seen_at"], by=request.user)
    except Refusal as refusal:
        form.add_error(None if is_mistake else "seen_at", in_words(refusal.said))
        return ""
    return "taken-back" if is_mistake else "cleared"
