"""A laboratory reports a result: whose sample it was, then what was found. No number of a person is in an address."""

import re
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
from fangxian.ops.cases.queries import case_numbered, case_with
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.pages.laboratory.forms import FindForm, ResultForm, SomebodyForm
from fangxian.ops.pages.laboratory.tables import retests_table
from fangxian.ops.pages.laboratory.words import CAME
from fangxian.ops.pages.words import in_words, masked
from fangxian.ops.people.queries import person_with, person_with_document
from fangxian.ops.procedures.hold_tasks import RETEST
from fangxian.ops.procedures.positive_result import MAY, Sampled, report_result
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.ages import age_on
from fangxian.ops.tasks.queries import mine

LOOKED = "laboratory.result_page"
CASE_NUMBER = re.compile(r"\d{6}-\d{4}-\d{4,}")
# Beside which field a refusal is said; every other one is about the sample or the reporter.
BESIDE = {"lab.specimen_unknown": "what", "lab.no_rulebook": "what", "lab.resulted_in_future": "resulted_at"}
FORM = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@never_cache
@FORM
@sensitive_variables()
def results(request) -> HttpResponse:
    """GET asks whose sample it was, and shows what waits for a second laboratory. POST goes on with that person."""
    require(request.user, MAY, the_realm().division_code)
    form = FindForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and (found := _found(form)) is not None:
        return found
    waiting = list(mine(request.user).filter(kind=RETEST).order_by("due_at")[:100])
    at = county_now()
    has_gate = any(book.has_gate for book in rulebooks_by_disease(at).values())
    context = {"form": form, "retests": retests_table(waiting), "has_gate": has_gate, "at": at}
    return render(request, "pages/laboratory/results.html", context, status=400 if form.errors else 200)


def _found(form: FindForm) -> HttpResponse | None:
    """Where to go on; None when the number can be none, which is then said beside the field."""
    number = form.cleaned_data["number"].strip()
    if CASE_NUMBER.fullmatch(number):
        if case := case_numbered(number):
            return redirect("result-of-case", case.pk)
        form.add_error("number", in_words(NO_SUCH_CASE))
        return None
    try:
        known = check_identity_number(number, demo=the_realm().is_synthetic, on=county_now().date())
    except Refusal as refusal:
        form.add_error("number", in_words(refusal.said))
        return None
    if person := person_with_document(known.text):
        return redirect("result-of-person", person.pk)
    form.add_error("number", in_words(NOT_ON_RECORD))
    return None


NO_SUCH_CASE = Said(
    "没有这个编号的病例。编号印在送检单上，例如 141027-2022-0001；请核对，或改填证件号码。",
    "There is no case of this number. It stands on the order, such as 141027-2022-0001: check it, or enter the "
    "document number.",
)
NOT_ON_RECORD = Said(
    "居民登记里没有这个证件号码，号码本身没有错。请在下面选“不在登记里的人”，写明姓名后报告。",
    "The register has nobody with this document number; the number itself is sound. Choose “somebody not on the "
    "register” below, and report with the name.",
)


@login_required
@never_cache
@FORM
@sensitive_variables()
def of_person(request, person_id: UUID) -> HttpResponse:
    """A result of somebody on the register."""
    require(request.user, MAY, the_realm().division_code)
    person = person_with(person_id)
    if person is None:
        return redirect("results")
    log_views(viewer=request.user.pk, subjects=[f"person:{person.pk}"], why=LOOKED)
    return _page(request, ResultForm, Sampled(person=person), reverse("result-of-person", args=[person.pk]))


@login_required
@never_cache
@FORM
@sensitive_variables()
def of_case(request, case_id: UUID) -> HttpResponse:
    """A result of somebody who is a case already: mostly the second laboratory's."""
    require(request.user, MAY, the_realm().division_code)
    case = case_with(case_id)
    if case is None:
        return redirect("results")
    log_views(viewer=request.user.pk, subjects=[f"case:{case.pk}"], why=LOOKED)
    sampled = Sampled(person=case.person, case=case.pk, name=case.name, document_number=case.document_number)
    return _page(request, ResultForm, sampled, reverse("result-of-case", args=[case.pk]), number=case.number)


@login_required
@never_cache
@FORM
@sensitive_variables()
def of_somebody(request) -> HttpResponse:
    """A result of somebody who is not on the register, or is not known to be."""
    require(request.user, MAY, the_realm().division_code)
    return _page(request, SomebodyForm, None, reverse("result-of-somebody"))


def _page(request, form_class, sampled: Sampled | None, here: str, number: str = "") -> HttpResponse:
    """GET shows the form, or what came of it; POST reports, and goes to what came of it."""
    at, books = county_now(), rulebooks_by_disease(county_now())
    status = 200
    if request.method == "POST":
        form = form_class(request.POST, rulebooks=books)
        if form.is_valid():
            try:
                told = report_result(sampled=sampled or _somebody(form), result=form.result, by=request.user)
            except Refusal as refusal:
                form.add_error(BESIDE.get(refusal.code), in_words(refusal.said))
            else:
                return HttpResponseRedirect(_told_at(told, here))
        status = 400
    else:
        form = form_class(rulebooks=books, initial={"resulted_at": localtime(at)})
    context = {
        "form": form,
        "at": at,
        "who": sampled and _shown(sampled, at),
        "number": number,
        "has_gate": any(book.has_gate for book in books.values()),
        "came": CAME.get(request.GET.get("came", "")) if request.method != "POST" else None,
    }
    return render(request, "pages/laboratory/result.html", context, status=status)


def _somebody(form: SomebodyForm) -> Sampled:
    """Whoever was typed in; of a number that is on the register after all, the resident."""
    given = form.cleaned_data
    try:
        number = check_identity_number(
            given["document_number"], demo=the_realm().is_synthetic, on=county_now().date()
        ).text
    except Refusal:
        return Sampled(name=given["name"], document_kind="other", document_number=given["document_number"].upper())
    person = person_with_document(number)
    if person is not None:
        return Sampled(person=person)
    return Sampled(
        name=given["name"], document_kind="resident", document_number=number, phone=given["phone"].replace(" ", "")
    )


def _told_at(told, here: str) -> str:
    """The page on which it is said: the case's own once there is one."""
    address = reverse("result-of-case", args=[told.case]) if told.case else here
    return f"{address}?came={told.came}"


def _shown(sampled: Sampled, at) -> dict[str, object]:
    """Enough to be sure that it is the person of the order."""
    person = sampled.person
    return {
        "name": masked(person.name if person else sampled.name, "name"),
        "number": masked(person.document_number if person else sampled.document_number, "identity"),
        "age": age_on(person.born_on, at.date()) if person else None,
    }
