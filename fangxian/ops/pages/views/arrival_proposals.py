"""What relatives and hosts told of arrivals, as the grid worker of where they stay sees it: to ask, and to answer."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from fangxian.core.identity import IdentityKind
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.arrivals.queries import REVIEW, proposal_with, proposals_for, told_by
from fangxian.ops.arrivals.refusals import no_proposal
from fangxian.ops.audit.actions import log_views
from fangxian.ops.pages.arrivals.proposals import (
    DONE,
    TIES,
    DenyForm,
    FoundForm,
    ProposalFilter,
    is_waiting,
    proposals_table,
    state_said,
)
from fangxian.ops.pages.arrivals.showing import code_said, place_name, stays_said
from fangxian.ops.pages.arrivals.words import MEASURES, TRANSPORTS
from fangxian.ops.pages.county.words import place_name as area_name
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.words import in_words
from fangxian.ops.places.queries import path_down_to, places_at
from fangxian.ops.procedures.arrival_people import Newcomer
from fangxian.ops.procedures.print_arrival import print_receipt
from fangxian.ops.procedures.propose_arrival import confirm_as_grid, deny_as_grid, rules_would_ask
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.arrival_files import areas_named, who_told

from .arrivals import BESIDE_BIRTH, BESIDE_NUMBER

A_PAGE = 50
READ, CALL = "arrivals.proposal_read", "people.view"
HOME = Said("亲友代报", "Told by relatives")


@login_required
@never_cache
@require_GET
def proposals(request) -> HttpResponse:
    """What was told of people who stay in the reader's areas; what waits first."""
    require(request.user, REVIEW)
    narrow = ProposalFilter(request.GET)
    rows = narrow.of(proposals_for(request.user))
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    shown = list(rows[paging.slice])
    places = {path: area_name(it) for path, it in places_at({it.area_path for it in shown}).items()}
    context = {
        "table": proposals_table(shown, places, paging),
        "narrow": narrow,
        "n_waiting": proposals_for(request.user).filter(state="waiting").order_by().count(),
        "done": DONE.get(request.GET.get("done", "")),
        "trail": [(Said("来返申报", "Arrivals"), reverse("arrivals")), (HOME, "")],
        "at": county_now(),
    }
    return render(request, "pages/arrivals/proposals.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def proposal(request, proposal_id: UUID) -> HttpResponse:
    """GET shows what was told and of whom; POST says that it is so (`do`: found, new) or not (`do=deny`)."""
    row = proposal_with(proposal_id)
    if row is None or not proposals_for(request.user).filter(pk=row.pk).exists():
        require(request.user, REVIEW)
        raise no_proposal()
    do = request.POST.get("do", "") if request.method == "POST" else ""
    who = FoundForm(request.POST if do == "new" else None, initial={"name": row.name, "lives_here": "no"})
    deny, refused = DenyForm(request.POST if do == "deny" else None), ""
    try:
        if do == "deny" and deny.is_valid():
            deny_as_grid(proposal=row.pk, why=deny.cleaned_data["why"], by=request.user)
            return HttpResponseRedirect(f"{reverse('arrival-proposals')}?done=denied")
        if do == "found" or (do == "new" and who.is_valid()):
            newcomer = _newcomer(who, row) if do == "new" else None
            return _declared(request, *confirm_as_grid(proposal=row.pk, newcomer=newcomer, by=request.user))
    except Refusal as refusal:
        if refusal.code.startswith("accounts."):
            raise
        refused = _say(who if do == "new" else None, refusal)
    is_wrong = bool(refused or who.errors or deny.errors)
    if row.person_id:
        log_views(viewer=request.user.pk, subjects=[f"person:{row.person_id}"], why=READ)
    context = _shown(request, row) | {"who": who, "deny": deny, "refused": refused, "asks_who": do == "new"}
    return render(request, "pages/arrivals/proposal.html", context, status=400 if is_wrong else 200)


def _shown(request, row) -> dict[str, object]:
    told, decided = told_by(row), rules_would_ask(row)
    return {
        "row": row,
        "told": told,
        "is_waiting": is_waiting(row),
        "state": state_said(row),
        "would_ask": MEASURES[decided.measure] if decided.asks_something else None,
        "tie": TIES[row.tie],
        "teller": who_told(row),
        "where": [area_name(it) for it in path_down_to(row.area_path)],
        "stays": list(stays_said(told, areas_named(told))),
        "legs": [(TRANSPORTS[it.transport], it) for it in told.legs],
        "may_open": row.person_id is not None and may(request.user, CALL, row.person.area_path),
        "trail": [
            (Said("来返申报", "Arrivals"), reverse("arrivals")),
            (HOME, reverse("arrival-proposals")),
            (Said("一条代报", "One report"), ""),
        ],
        "at": county_now(),
    }


def _newcomer(who: FoundForm, row) -> Newcomer:
    said, told = who.cleaned_data, told_by(row)
    return Newcomer(
        name=said["name"].strip(), number=said["number"], kind=IdentityKind(said["kind"]), phone=told.phone,
        born_on=said["born_on"], is_male=said["sex"] != "female", lives_here=said.get("lives_here") == "yes",
        from_place="、".join(place_name(it.division) for it in told.stays)[:200], to_place=told.stays_at,
    )  # fmt: skip


def _declared(request, kept, token: str) -> HttpResponse:
    """The declaration that it became. A new visitor's code is shown this once, as when one is declared for."""
    if kept.is_new:
        print_receipt(arrival=kept.row, by=f"account:{request.user.pk}")
    if not token:
        done = "declared" if kept.is_new else "again"
        return HttpResponseRedirect(f"{reverse('arrival', args=[kept.row.pk])}?done={done}")
    address = request.build_absolute_uri(reverse("visitor-code", args=[token]))
    context = {"address": address, "svg": code_said(address), "arrival": kept.row.pk, "at": county_now()}
    return render(request, "pages/arrivals/proposal_code.html", context)


def _say(who: FoundForm | None, refusal: Refusal) -> str:
    """Beside the field it is of, where there is one; else the words, for the top of the page."""
    if who is not None and refusal.code.startswith(BESIDE_NUMBER):
        who.add_error("number", in_words(refusal.said))
    elif who is not None and refusal.code in BESIDE_BIRTH:
        who.add_error("born_on", in_words(refusal.said))
    else:
        return in_words(refusal.said)
    return ""
