"""Approvals: what waits for me, what I asked for; one request with its content, and the decision on it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.actions import reject, withdraw
from fangxian.ops.approvals.queries import of_applicant, waiting_for
from fangxian.ops.approvals.wire import STATES
from fangxian.ops.audit.actions import log_views
from fangxian.ops.measures.queries import read_once
from fangxian.ops.pages.approvals.forms import DecisionForm
from fangxian.ops.pages.approvals.tables import decisions_table, needs_of, requests_table, title
from fangxian.ops.pages.approvals.words import DONE, RULINGS, lacks
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.orders.words import meaning_of
from fangxian.ops.pages.rulebook.changes import change_entries
from fangxian.ops.pages.words import masked
from fangxian.ops.people.queries import n_living_in
from fangxian.ops.places.queries import place_at
from fangxian.ops.procedures.order_measures import approve_order
from fangxian.ops.procedures.propose_rulebook import approve_rulebook
from fangxian.ops.procedures.rule_on_code import approve_ruling
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.requests import RULING, RequestFile, request_file
from fangxian.ops.situation.rulebook_names import rulebook_names

LOOKED = "people.ruling_page"
MINE_SHOWN = 50


@login_required
@never_cache
@require_safe
def approvals(request) -> HttpResponse:
    if not may(request.user, "approvals.propose"):
        require(request.user, "approvals.decide")
    at = county_now()
    waiting = list(waiting_for(request.user, at).select_related("applicant_unit"))
    context = {
        "waiting": needs_of(waiting),
        "n_waiting": len(waiting),
        "mine": requests_table(list(of_applicant(request.user)[:MINE_SHOWN])),
        "at": at,
    }
    return render(request, "pages/approvals/approvals.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def approval(request, request_id: UUID) -> HttpResponse:
    """GET shows the content; the look goes on the person's record. POST decides (`do=approve|reject|withdraw`)."""
    found = request_file(request_id, request.user, at=county_now())
    if found.ruling:
        log_views(viewer=request.user.pk, subjects=[f"person:{found.ruling.person_id}"], why=LOOKED)
    if request.method != "POST":
        return _page(request, found, DecisionForm(initial={"digest": found.request.digest}))
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            done = _decide(request, found, form.cleaned_data)
        except Refusal as refusal:
            # The request may have been settled meanwhile: read it anew, and say beside it why nothing was done.
            found = request_file(request_id, request.user, at=county_now())
            return _page(request, found, form, refused=refusal.said, status=400)
        return HttpResponseRedirect(f"{reverse('approval', args=[request_id])}?done={done}")
    return _page(request, found, form, status=400)


def _decide(request, found: RequestFile, given: dict) -> str:
    """What came of it, as a key of DONE. Anything but an approval or a withdrawal is a rejection: it harms least."""
    pk, do = found.request.pk, request.POST.get("do")
    if do == "withdraw":
        withdraw(request=pk, applicant=request.user, reason=given["reason"])
        return "withdrawn"
    if do == "approve" and found.request.kind == RULING:
        is_ruled = approve_ruling(approval=pk, by=request.user, digest=given["digest"], reason=given["reason"])
        return "ruled" if is_ruled else "approved"
    if do == "approve" and found.rulebook:
        is_out = approve_rulebook(approval=pk, by=request.user, digest=given["digest"], reason=given["reason"])
        return "published" if is_out else "approved"
    if do == "approve" and found.order:
        is_in_force = approve_order(approval=pk, by=request.user, digest=given["digest"], reason=given["reason"])
        return "signed" if is_in_force else "approved"
    reject(request=pk, approver=request.user, digest=given["digest"], reason=given["reason"])
    return "rejected"


def _page(
    request, found: RequestFile, form: DecisionForm, *, refused: Said | None = None, status: int = 200
) -> HttpResponse:
    row, ruling = found.request, found.ruling
    place = place_at(row.area_path)
    context = {
        "found": found,
        "form": form,
        "refused": refused,
        "title": title(row),
        "unit": Said(row.applicant_unit.name_zh, row.applicant_unit.name_en),
        "state": STATES[row.state],
        "is_waiting": row.state == "pending",
        "may_withdraw": found.is_mine and row.state in ("pending", "approved"),
        "may_approve": found.is_decidable and bool(ruling or found.rulebook or found.order),
        "lacks": lacks(found.needed),
        "area": place_name(place) if place else row.area_path,
        "decisions": decisions_table(found.decisions),
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "at": found.at,
    }
    if ruling and found.code:
        may_open = may(request.user, "people.view", ruling.person.area_path)
        context |= {
            "person": masked(ruling.person.name, "name"),
            "person_href": reverse("person", args=[ruling.person_id]) if may_open else "",
            "colour_now": found.code.colour.word,
            "why_now": found.code.explanation,
            "ruling_said": RULINGS[ruling.colour],
            "about": found.code.kinds.get(ruling.about.kind, ruling.about.kind) if ruling.about else None,
        }
    if found.order:
        names, order = rulebook_names(found.at).measures, found.order
        context |= {"order": order, "measure": names.get((order.disease, order.measure)) or order.measure}
        context |= {"meaning": meaning_of(order.measure), "n_people": n_living_in(order.area_path)}
    if found.rulebook:
        new, old = read_once(found.rulebook.text), found.followed and read_once(found.followed.text)
        context |= {"rulebook": new, "old": old, "entries": change_entries(old, new) if old else []}
    return render(request, "pages/approvals/approval.html", context, status=status)
