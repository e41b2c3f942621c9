"""Telling of a relative's or guest's arrival on a phone; and what others told of me, to say whether it is so."""

from functools import partial
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal
from fangxian.ops.arrivals.queries import proposals_about, proposals_by, told_by
from fangxian.ops.arrivals.refusals import no_proposal
from fangxian.ops.arrivals.wire import NewProposal
from fangxian.ops.pages.arrivals.filters import areas_to_choose
from fangxian.ops.pages.arrivals.journey import Journey, asks_for_a_row
from fangxian.ops.pages.arrivals.proposals import AT_HOME, DONE, TIES, DenyForm, ProposalForm, is_waiting, told_table
from fangxian.ops.pages.arrivals.showing import stays_said
from fangxian.ops.pages.arrivals.words import TRANSPORTS
from fangxian.ops.pages.words import in_words
from fangxian.ops.procedures.arrival_decision import look_back
from fangxian.ops.procedures.propose_arrival import (
    confirm_for_oneself,
    deny_for_oneself,
    propose_arrival,
    take_proposal_back,
)
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.arrival_files import areas_named, who_told
from fangxian.ops.situation.own_household import household_of, own_person
from fangxian.ops.situation.venues import names_down_to_units

from .own_arrivals import areas_there

SHOWN = 30


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def others(request) -> HttpResponse:
    """GET shows the form and what I told; POST tells of somebody, or with `do=withdraw` takes it back."""
    person, at = own_person(request.user), county_now()
    here, listed = reverse("my-arrivals-others"), partial(areas_there, at=at)
    if request.method != "POST":
        return _page(request, ProposalForm(areas=_areas()), Journey.begun(at, phone="", listed=listed))
    if request.POST.get("do") == "withdraw":
        take_proposal_back(proposal=_id(request.POST.get("proposal", "")), by=request.user)
        return HttpResponseRedirect(f"{here}?done=withdrawn#told")
    who, journey = ProposalForm(request.POST, areas=_areas()), Journey.sent(request.POST, listed=listed)
    is_valid = all([who.is_valid(), journey.is_valid()])
    if asks_for_a_row(request.POST) or (is_valid and journey.asks):
        return _page(request, who, journey)
    if is_valid:
        try:
            new = _new(who, journey, person)
            is_new = propose_arrival(new=new, household=household_of(person, at=at), by=request.user)
        except Refusal as refusal:
            if not who.say(refusal):
                journey.say(refusal)
        else:
            return HttpResponseRedirect(f"{here}?done={'told' if is_new else 'again'}")
    return _page(request, who, journey, status=400)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("why")
@sensitive_variables()
def told(request, proposal_id: UUID) -> HttpResponse:
    """GET shows what somebody told of me or my household; POST says that it is so, or with `do=deny` that it is not."""
    person, at = own_person(request.user), county_now()
    household = household_of(person, at=at)
    row = next((it for it in proposals_about([it.pk for it in household]) if it.pk == proposal_id), None)
    if row is None:
        raise no_proposal()
    is_denied = request.method == "POST" and request.POST.get("do") == "deny"
    form, refused = DenyForm(request.POST if is_denied else None), None
    if is_denied and form.is_valid():
        deny_for_oneself(proposal=row.pk, household=household, why=form.cleaned_data["why"], by=request.user)
        return HttpResponseRedirect(f"{reverse('my-arrivals')}?done=denied")
    if request.method == "POST" and not is_denied:
        try:
            kept = confirm_for_oneself(proposal=row.pk, household=household, by=request.user)
            return HttpResponseRedirect(f"{reverse('arrival', args=[kept.row.pk])}?done=declared")
        except Refusal as refusal:
            refused = in_words(refusal.said)
    heard = told_by(row)
    context = {
        "row": row, "told": heard, "stays": list(stays_said(heard, areas_named(heard))), "tie": TIES[row.tie],
        "legs": [(TRANSPORTS[it.transport], it) for it in heard.legs], "teller": who_told(row), "refused": refused,
        "is_me": row.person_id == person.pk, "form": form, "at": at,
    }  # fmt: skip
    return render(request, "pages/arrivals/told_of_me.html", context, status=400 if refused or form.errors else 200)


def _new(who: ProposalForm, journey: Journey, person) -> NewProposal:
    told = who.cleaned_data
    area = person.area_path if told["area"] == AT_HOME else told["area"]
    return NewProposal(
        name=told["name"], tail=told["tail"], tie=told["tie"], area_path=area, told=journey.told,
        token=journey.main.sent_with,
    )  # fmt: skip


def _areas() -> list[tuple]:
    return areas_to_choose(names_down_to_units(), [""], whole=False)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise no_proposal() from None


def _page(request, who: ProposalForm, journey: Journey, status: int = 200) -> HttpResponse:
    at, rows = county_now(), list(proposals_by(request.user)[:SHOWN])
    context = {
        "who": who, "journey": journey, "look_back": look_back(at).days, "table": told_table(rows), "n": len(rows),
        "waiting": [it for it in rows if is_waiting(it)], "done": DONE.get(request.GET.get("done", "")),
        "action": reverse("my-arrivals-others"), "at": at,
    }  # fmt: skip
    return render(request, "pages/arrivals/others.html", context, status=status)
