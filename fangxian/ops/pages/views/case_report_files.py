"""Taking in a report card's exchange file: what it brings beside what is on record, then the filing."""

import base64
import binascii

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.scope import require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.cases.queries import REPORT
from fangxian.ops.pages.cases.arrived import CardFileForm, differences_table
from fangxian.ops.pages.cases.card_form import card_rows
from fangxian.ops.pages.cases.words import case_href, reports_trail
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.pages.words import in_words
from fangxian.ops.places.queries import place_at
from fangxian.ops.procedures.take_card import Arrived, look_at_card, take_card
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.case_desk import disease_names


@login_required
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def take(request) -> HttpResponse:
    """GET asks for the file. POST with a file shows what it brings; with `do=take` the card is filed.

    The file goes back to the browser with what it brings and comes again with the decision: nothing is kept of a card
    that nobody took in, and its signature is checked each time.
    """
    require(request.user, REPORT, the_realm().division_code)
    form = CardFileForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return _page(request, form)
    is_decided = request.POST.get("do") == "take"
    try:
        file = base64.b64decode(request.POST.get("text", ""), validate=True) if is_decided else _read(form)
    except (ValueError, binascii.Error):
        return apologise(request, 400)
    if file is None:
        return _page(request, form, status=400)
    try:
        if is_decided:
            done = take_card(file=file, by=request.user)
            return HttpResponseRedirect(f"{reverse('case-report', args=[done.report])}?done=taken")
        return _page(request, CardFileForm(), look_at_card(file=file, by=request.user), file)
    except Refusal as refusal:
        return _page(request, _refused(form if form.is_bound else CardFileForm({}), refusal), status=400)


def _read(form: CardFileForm) -> bytes | None:
    return form.cleaned_data["file"].read() if form.is_valid() else None


def _refused(form: forms.Form, refusal: Refusal) -> forms.Form:
    form.full_clean()
    form.errors.clear()
    form.add_error("file", in_words(refusal.said))
    return form


def _page(request, form: CardFileForm, found: Arrived | None = None, file: bytes = b"", status: int = 200):
    at = county_now()
    context = {"form": form, "at": at, "trail": reports_trail(Said("收交换文件", "Take in a file"))}
    if found is not None:
        place = place_at(found.card.division) if found.card.division else None
        diseases = disease_names(at)
        context |= {
            "found": found,
            "text": base64.b64encode(file).decode(),
            "groups": card_rows(found.card, diseases, place_name(place) if place else None),
            "differs": differences_table(found),
            "case_href": case_href(found.case.pk) if found.case else "",
        }
        subjects = [f"case:{found.case.pk}"] if found.case else []
        log_views(viewer=request.user.pk, subjects=subjects, why="cases.report_read")
    return render(request, "pages/cases/report_take.html", context, status=status)
