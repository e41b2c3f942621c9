"""One case: who, where it stands, its clocks; and the deeds of whoever investigates it."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.queries import may
from fangxian.ops.audit.actions import log_views
from fangxian.ops.cases import actions
from fangxian.ops.cases.queries import stampable
from fangxian.ops.cases.rules import STEPS
from fangxian.ops.cases.wire import Changes, NewResult
from fangxian.ops.pages.cases.forms import (
    CloseForm,
    ConfirmForm,
    CorrectForm,
    MergeForm,
    ReasonForm,
    ResultForm,
    StampForm,
    TreatForm,
    say_beside,
)
from fangxian.ops.pages.cases.merged import leads_on, merged_said
from fangxian.ops.pages.cases.page import case_context
from fangxian.ops.pages.cases.words import DONE, case_href
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.people.queries import person_with_document
from fangxian.ops.procedures.case_clocks import stamp_clock
from fangxian.ops.procedures.propose_contacts import last_search, search_given_up
from fangxian.ops.procedures.same_case import same_case
from fangxian.ops.procedures.settle_case import confirm_case, exclude_case
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.case_files import OPENED, SHOWN, CaseFile, case_file, worked_case

# The deed, where it leads to, and from where it is offered.
LEADS_TO = {"hold": "held", "confirm": "confirmed", "exclude": "excluded", "treat": "in_treatment", "close": "closed"}


@login_required
@never_cache
@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@leads_on
def case(request, case_id: UUID) -> HttpResponse:
    """GET shows the case. POST does one deed, named by `do`, and shows the case again."""
    file = case_file(case_id, request.user, at=county_now())
    if request.method != "POST":
        return _page(request, file, {})
    named = request.POST.get("do", "")
    if named not in DEEDS:
        return apologise(request, 400)
    worked_case(case_id, request.user)
    make_form, field, carry_out = DEEDS[named]
    form = make_form(request.POST, file)
    if form.is_valid():
        try:
            goes_on = carry_out(request, file, form.cleaned_data)
        except Refusal as refusal:
            say_beside(form, field, refusal)
        else:
            return HttpResponseRedirect(f"{case_href(goes_on or case_id)}?done={named}")
    return _page(request, file, {named: form}, status=400)


@login_required
@never_cache
@require_POST
def clock(request, clock_id: UUID) -> HttpResponse:
    """Stamp a step of a report: whoever investigates there, or the clinic or hospital whose step it is."""
    row = stampable(request.user).select_related("of_case").filter(pk=clock_id).first()
    if row is None:
        return apologise(request, 404)
    form = StampForm(request.POST)
    if not form.is_valid():
        return apologise(request, 400)
    told = form.cleaned_data
    stamp_clock(clock=clock_id, by=_by(request), met_at=told["met_at"], remark=told["remark"])
    sees_case = may(request.user, "cases.view", row.area_path)
    address = case_href(row.of_case_id) if sees_case else _report_href(request.POST.get("report", ""))
    return HttpResponseRedirect(f"{address}?done=stamp")


def _report_href(report: str) -> str:
    """The card from which a clinic stamped its step; the list of its cards where none is named."""
    try:
        return reverse("case-report", args=[UUID(report)])
    except ValueError:
        return reverse("case-reports")


def _page(request, file: CaseFile, tried: Mapping[str, forms.Form], status: int = 200) -> HttpResponse:
    subjects = [f"case:{file.case.pk}"]
    subjects += [f"person:{file.case.person_id}"] if file.case.person_id else []
    log_views(viewer=request.user.pk, subjects=subjects, why=SHOWN if file.may_investigate else OPENED)
    searched = last_search(file.case.pk) if file.may_investigate else None
    context = case_context(file, request.user) | {
        "n_waiting": searched[0].n_waiting if searched else 0,
        "is_given_up": file.may_investigate and search_given_up(file.case.pk) is not None,
        "deeds": _forms(file, tried) if file.may_investigate and not file.case.same_as_id else {},
        "done": DONE.get(request.GET.get("done", "")),
        "merged": merged_said(request.GET.get("merged", ""), file.case),
        "refused": next((form.non_field_errors() for form in tried.values() if form.non_field_errors()), ()),
    }
    return render(request, "pages/cases/case.html", context, status=status)


def _forms(file: CaseFile, tried: Mapping[str, forms.Form]) -> dict[str, forms.Form]:
    """The deeds that may be done now, each as its form: what was typed and refused stays in it."""
    steps = [deed for deed, state in LEADS_TO.items() if state in STEPS[file.case.state]]
    if "hold" in steps and not any(it.found == "positive" for it in file.results):
        steps.remove("hold")
    offered = [*steps, "result", "correct", *(["merge"] if file.likely else [])]
    return {name: tried.get(name) or DEEDS[name][0](None, file) for name in offered}


def _by(request) -> str:
    return f"account:{request.user.pk}"


def _hold(request, file: CaseFile, told: Mapping) -> None:
    actions.hold(cases=[file.case.pk], reason=told["reason"], by=_by(request))


def _confirm(request, file: CaseFile, told: Mapping) -> None:
    confirm_case(case=file.case.pk, reason=told["reason"], case_class=told["case_class"], by=request.user)


def _exclude(request, file: CaseFile, told: Mapping) -> None:
    exclude_case(case=file.case.pk, reason=told["reason"], by=request.user)


def _treat(request, file: CaseFile, told: Mapping) -> None:
    actions.begin_treatment(cases=[file.case.pk], hospital=told["hospital"], by=_by(request))


def _close(request, file: CaseFile, told: Mapping) -> None:
    actions.close(cases=[file.case.pk], by=_by(request), **told)


def _result(request, file: CaseFile, told: Mapping) -> None:
    actions.note_results(case=file.case.pk, results=[NewResult(**told)], by=_by(request))


def _correct(request, file: CaseFile, told: Mapping) -> None:
    columns = {name: value for name, value in told.items() if name not in ("version", "reason")}
    if file.case.person_id is None and (person := person_with_document(told["document_number"])):
        columns["person"] = person.pk
    changes = Changes(columns=columns, version=told["version"], reason=told["reason"])
    actions.correct_case(case=file.case.pk, changes=changes, by=_by(request))


def _merge(request, file: CaseFile, told: Mapping) -> UUID:
    worked_case(told["other"], request.user)
    same_case(kept=file.case.pk, merged=told["other"], reason=told["reason"], by=request.user)
    return file.case.pk


def _correct_form(told, file: CaseFile) -> CorrectForm:
    names = [name for name in CorrectForm.base_fields if name != "reason"]
    return CorrectForm(told, auto_id="correct_%s", initial={name: getattr(file.case, name) for name in names})


def _merge_form(told, file: CaseFile) -> MergeForm:
    return MergeForm(told, auto_id="merge_%s", initial={"other": file.likely[0].pk if file.likely else None})


def _named(name: str, make: type[forms.Form], **of_file: str) -> Callable[[object, CaseFile], forms.Form]:
    """How a deed's form is made, its fields' ids its own; `of_file`: what it takes of the case's file."""

    def made(told, file: CaseFile) -> forms.Form:
        given = {key: getattr(file, attribute) for key, attribute in of_file.items()}
        return make(told, auto_id=f"{name}_%s", **given)

    return made


# What each deed reads, the field beside which a refusal is said, and what it does.
DEEDS: dict[str, tuple[Callable[[object, CaseFile], forms.Form], str | None, Callable]] = {
    "hold": (_named("hold", ReasonForm), "reason", _hold),
    "confirm": (_named("confirm", ConfirmForm, classes="case_classes"), "reason", _confirm),
    "exclude": (_named("exclude", ReasonForm), "reason", _exclude),
    "treat": (_named("treat", TreatForm), "hospital", _treat),
    "close": (_named("close", CloseForm), "died_on", _close),
    "result": (_named("result", ResultForm, specimens="specimens"), "sampled_at", _result),
    "correct": (_correct_form, None, _correct),
    "merge": (_merge_form, "reason", _merge),
}
