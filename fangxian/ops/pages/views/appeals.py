"""Answering appeals: the list with its clocks, and one appeal with what the code rests on."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import log_views
from fangxian.ops.pages.county.person_tables import evidence_table
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.county.words import word
from fangxian.ops.pages.resident.forms import AnswerForm, say_beside
from fangxian.ops.pages.resident.tables import answered_table, appeals_table
from fangxian.ops.pages.resident.words import APPEAL_STATES, COLOUR_WORDS, DONE
from fangxian.ops.pages.words import masked
from fangxian.ops.places.queries import path_down_to
from fangxian.ops.procedures.appeal_code import answer as answer_appeal
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.appeals import answered_lately, appeal_for, is_overdue, waiting_for
from fangxian.ops.situation.code_files import code_file

LOOKED = "people.appeal_page"


@login_required
@never_cache
def appeals(request) -> HttpResponse:
    at = county_now()
    waiting = list(waiting_for(request.user))
    context = {
        "waiting": appeals_table(waiting, at=at),
        "n_waiting": len(waiting),
        "answered": answered_table(answered_lately(request.user)),
        "done": DONE.get(request.GET.get("done", "")),
        "at": at,
    }
    return render(request, "pages/resident/appeals_waiting.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def appeal(request, appeal_id: UUID) -> HttpResponse:
    """GET shows one appeal; the look goes on the person's record. POST answers it."""
    found = appeal_for(request.user, appeal_id)
    log_views(viewer=request.user.pk, subjects=[f"person:{found.person_id}"], why=LOOKED)
    if request.method != "POST":
        return _page(request, found, AnswerForm())
    form = AnswerForm(request.POST)
    if form.is_valid():
        is_upheld = form.cleaned_data["verdict"] == "upheld"
        try:
            answer_appeal(appeal_id=found.pk, is_upheld=is_upheld, text=form.cleaned_data["answer"], by=request.user)
        except Refusal as refusal:
            say_beside(form, "answer", refusal)
        else:
            return HttpResponseRedirect(f"{reverse('appeals')}?done=answer")
    return _page(request, found, form, status=400)


def _page(request, found, form: AnswerForm, status: int = 200) -> HttpResponse:
    at = county_now()
    code = code_file(found.person, at=at)
    context = {
        "appeal": found,
        "name": masked(found.person.name, "name"),
        "where": whereabouts(path_down_to(found.area_path)),
        "colour_then": COLOUR_WORDS[found.colour],
        "colour_now": code.colour.word,
        "evidence": evidence_table(code, is_brief=True),
        "about": found.evidence and code.kind_said(found.evidence.kind),
        "state": word(APPEAL_STATES, found.state),
        "is_waiting": found.state == "waiting",
        "is_late": is_overdue(found, at=at),
        "form": form,
        "at": at,
    }
    return render(request, "pages/resident/appeal.html", context, status=status)
