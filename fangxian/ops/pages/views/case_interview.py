"""The questionnaire of a case, saved as one types, and its itinerary. Without scripts each section has its button."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.actions import log_views
from fangxian.ops.cases import actions, queries
from fangxian.ops.cases.questionnaire import Kind, Questionnaire, questionnaire_of
from fangxian.ops.cases.wire import NewEntry
from fangxian.ops.pages.cases.forms import EntryForm, say_beside
from fangxian.ops.pages.cases.interview import SectionForm, answer_of, clock_said, conflict_told
from fangxian.ops.pages.cases.merged import leads_on
from fangxian.ops.pages.cases.words import DONE, case_href, case_trail
from fangxian.ops.pages.refusals import refused_json
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.places.queries import venue_named
from fangxian.ops.procedures.case_clocks import finish_case_interview
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.case_files import worked_case

READ = "cases.interview_read"


@login_required
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
@leads_on
def interview(request, case_id: UUID) -> HttpResponse:
    """GET shows the questionnaire. POST saves a section, an entry of the itinerary, or says that it is finished."""
    case = worked_case(case_id, request.user)
    if request.method != "POST":
        log_views(viewer=request.user.pk, subjects=[f"case:{case_id}"], why=READ)
        return _page(request, case)
    named = request.POST.get("do", "")
    if named not in SAVES:
        return apologise(request, 400)
    return SAVES[named](request, case)


@login_required
@never_cache
@sensitive_post_parameters()
@require_POST
def answer(request, case_id: UUID) -> JsonResponse:
    """One answer, as it is typed: 200 with its version, 409 with what somebody else has saved, 422 with why not."""
    case = worked_case(case_id, request.user)
    questionnaire = questionnaire_of(case.disease)
    key = request.POST.get("question", "")
    question = questionnaire.questions.get(key)
    values = request.POST.getlist("value")
    value = values if question and question.kind is Kind.MANY else (values or [""])[0]
    new = answer_of(
        key, [it for it in value if it] if isinstance(value, list) else value, request.POST.get("version", "")
    )
    try:
        row = actions.save_answers(case=case_id, answers=[new], by=_by(request))[0]
    except Refusal as refusal:
        if refusal.code != "cases.answer_conflict":
            return refused_json(refusal, 422)
        theirs = conflict_told(queries.answers_of(case_id)[key], questionnaire)
        told = {"refusal": refusal.code, "zh": refusal.said.zh, "en": refusal.said.en}
        return JsonResponse(told | theirs, status=409)
    return JsonResponse({"question": key, "version": row.version, "saved": clock_said(row.saved_at)})


def _page(
    request, case, *, tried: Mapping[str, SectionForm] | None = None, entry: EntryForm | None = None, refused=None
) -> HttpResponse:
    questionnaire = questionnaire_of(case.disease)
    answers = queries.answers_of(case.pk)
    values = queries.values_of(answers.values())
    sections = [
        (tried or {}).get(section.key) or _section_form(None, section, questionnaire, answers, values)
        for section in questionnaire.sections
    ]
    itinerary = queries.itinerary_of(case.pk)
    context = {
        "case": case,
        "sections": sections,
        "itinerary": itinerary,
        "entry": entry or _entry_form(request, itinerary),
        "is_edited": bool(request.GET.get("entry")),
        "missing": [it.label for it in questionnaire.missing(values)],
        "n_answered": sum(form.n_answered for form in sections),
        "n_shown": sum(form.n_shown for form in sections),
        "at": county_now(),
        "trail": case_trail(case, Said("个案调查", "Interview")),
        "done": DONE.get(request.GET.get("done", "")),
        "refused": refused,
    }
    bad = refused or tried or (entry is not None and entry.errors)
    return render(request, "pages/cases/interview.html", context, status=400 if bad else 200)


def _section_form(told, section, questionnaire: Questionnaire, answers: Mapping, values: Mapping) -> SectionForm:
    return SectionForm(told, section=section, questionnaire=questionnaire, answers=answers, values=values)


def _save_section(request, case) -> HttpResponse:
    """What changed of one section. Of an answer that is refused it is said beside it; the others are saved."""
    questionnaire = questionnaire_of(case.disease)
    section = next((it for it in questionnaire.sections if it.key == request.POST.get("section")), None)
    if section is None:
        return apologise(request, 400)
    answers = queries.answers_of(case.pk)
    values = queries.values_of(answers.values())
    form = _section_form(request.POST, section, questionnaire, answers, values)
    refusals = {}
    for new in form.changed():
        try:
            actions.save_answers(case=case.pk, answers=[new], by=_by(request))
        except Refusal as refusal:
            refusals[new.question] = refusal
    if not refusals:
        return HttpResponseRedirect(f"{_here(case)}?done=saved#section-{section.key}")
    # Shown with the newest versions: whoever saves it again has seen both answers.
    answers = queries.answers_of(case.pk)
    again = _section_form(request.POST, section, questionnaire, answers, queries.values_of(answers.values()))
    for question, refusal in refusals.items():
        again.say(question, refusal)
    return _page(request, case, tried={section.key: again})


def _save_entry(request, case) -> HttpResponse:
    form = EntryForm(request.POST, auto_id="entry_%s")
    if form.is_valid():
        told = dict(form.cleaned_data)
        venue = venue_named(told["place"]) if told["kind"] == "stay" else None
        try:
            entry = NewEntry(**told, venue=venue and venue.pk)
            actions.save_entry(case=case.pk, entry=entry, by=_by(request))
        except Refusal as refusal:
            say_beside(form, _beside(refusal), refusal)
        else:
            return HttpResponseRedirect(f"{_here(case)}?done=saved#itinerary")
    return _page(request, case, entry=form)


BESIDE = {
    "cases.ends_before_it_begins": "ends_at",
    "cases.stay_too_long": "ends_at",
    "cases.stay_in_future": "begins_at",
    "cases.stay_long_ago": "begins_at",
    "cases.no_place": "place",
}


def _beside(refusal: Refusal) -> str | None:
    return BESIDE.get(refusal.code)


def _remove_entry(request, case) -> HttpResponse:
    try:
        entry, version = UUID(request.POST.get("id", "")), int(request.POST.get("version", ""))
    except ValueError:
        return apologise(request, 400)
    actions.remove_entry(case=case.pk, entry=entry, version=version, by=_by(request))
    return HttpResponseRedirect(f"{_here(case)}?done=removed#itinerary")


def _finish(request, case) -> HttpResponse:
    try:
        finish_case_interview(case=case.pk, by=_by(request))
    except Refusal as refusal:
        return _page(request, case, refused=refusal.said)
    return HttpResponseRedirect(f"{case_href(case.pk)}?done=interview")


def _entry_form(request, itinerary) -> EntryForm:
    """An empty entry with an id of its own, so that sending it twice makes one; or the one the address names."""
    wanted = request.GET.get("entry", "")
    row = next((it for it in itinerary if str(it.pk) == wanted), None)
    if row is None:
        return EntryForm(initial={"id": uuid4(), "version": 0, "kind": "stay"}, auto_id="entry_%s")
    initial = {name: getattr(row, name) for name in EntryForm.base_fields}
    for name in ("begins_at", "ends_at"):
        initial[name] = initial[name] and localtime(initial[name])
    return EntryForm(initial=initial | {"id": row.pk}, auto_id="entry_%s")


def _here(case) -> str:
    return reverse("case-interview", args=[case.pk])


def _by(request) -> str:
    return f"account:{request.user.pk}"


SAVES = {"section": _save_section, "entry": _save_entry, "remove": _remove_entry, "finish": _finish}
