"""A sampling table without a phone app, and boxes on their way."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.lab.barcodes import barcode_of
from fangxian.ops.lab.queries import (
    CARRY,
    REPORT,
    SAMPLE,
    SamplingSite,
    ScreeningRound,
    Tube,
    round_with,
    sites_of,
    swabs_in,
    tube_with,
    tubes_of,
)
from fangxian.ops.lab.words import THINGS
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.pages.rounds.forms import BoxForm, LabelForm, PersonForm, TubeForm, say_beside
from fangxian.ops.pages.rounds.tables import boxes_table, clocks_said, tubes_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.round_people import subject_of
from fangxian.ops.pages.views.rounds import HOME, require_sight
from fangxian.ops.procedures.run_rounds import may_plan
from fangxian.ops.procedures.sample_at_table import may_work_at_tables, tell
from fangxian.ops.procedures.take_table_events import may_sample_at
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_plans.box_times import boxes_with_results, clocks_of

WHY = "rounds.table"
A_PAGE = 20
TABLE, BOXES = Said("采样台", "Table"), Said("转运箱", "Boxes")
CHANGES = ("unswab", "seal_tube", "box_tube", "rename_tube", "void_tube")
OF_BOX = {
    "open_box": Said("开箱", "Open"),
    "seal_box": Said("封箱", "Seal"),
    "hand_box": Said("交给转运", "Hand over"),
    "receive_box": Said("实验室签收", "Receive"),
}
MAY_BOX = {"open_box": SAMPLE, "seal_box": SAMPLE, "hand_box": CARRY, "receive_box": REPORT}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def at_table(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """GET shows the tube asked for and the last ones. POST does what `do` says: tube, swab, or one of CHANGES."""
    if not may_work_at_tables(request.user):
        require(request.user, SAMPLE)
    row = round_with(round_id)
    own = [it for it in sites_of(row) if may_sample_at(request.user, it.area_path)]
    sites = [it for it in own if it.closed_at is None]
    found = _tube(row, request.GET.get("tube", ""))
    # Whoever is in a tube is shown by name: to its own site's people only.
    is_elsewhere = found is not None and found.site_id not in (None, *(it.pk for it in own))
    tube = None if is_elsewhere else found
    do = request.POST.get("do", "") if request.method == "POST" else ""
    opening = TubeForm(request.POST if do == "tube" else None, sites=sites, initial=_as_before(request, row))
    person = PersonForm(request.POST if do == "swab" else None)
    refused = None
    if do:
        try:
            if to := _do(request, row, tube, do, opening, person):
                return HttpResponseRedirect(to)
        except Refusal as refusal:
            refused = _say(refusal, do, opening, person)
    context = _context(request, row, tube, own) | {
        "opening": opening,
        "person": person,
        "refused": refused,
        "sites": sites,
        "is_elsewhere": is_elsewhere,
    }
    is_wrong = bool(refused or opening.errors or person.errors)
    return render(request, "pages/rounds/table.html", context, status=400 if is_wrong else 200)


def _say(refusal: Refusal, do: str, opening: TubeForm, person: PersonForm) -> Said | None:
    """Beside the form that was sent where there is one; else above."""
    form = {"tube": opening, "swab": person}.get(do)
    if form is None:
        return refusal.said
    say_beside(form, {"tube": "tube", "swab": "token"}[do], refusal)
    return None


def _tube(row: ScreeningRound, text: str) -> Tube | None:
    try:
        return tube_with(row, barcode_of(text))
    except Refusal:
        return None


def _as_before(request: HttpRequest, row: ScreeningRound) -> dict[str, object]:
    return {"site": request.GET.get("site", ""), "size": row.pool_size}


def _do(
    request: HttpRequest, row: ScreeningRound, tube: Tube | None, do: str, opening: TubeForm, person: PersonForm
) -> str:
    """Where to go on once it is done; "" where a form is not complete."""
    by, asked = request.user, request.POST
    if do == "tube":
        if not opening.is_valid():
            return ""
        told = opening.cleaned_data
        tell(row, "open_tube", by, site=opening.where, tube=told["tube"], size=told["size"])
        return _at(row, barcode_of(told["tube"]), str(opening.where))
    here = {"site": tube.site_id, "tube": tube.label} if tube else {}
    if do == "swab":
        if not person.is_valid():
            return ""
        told = person.cleaned_data
        tell(row, "swab", by, **here, **person.whom, again=told["again"], said=asked.get("said", ""))
    elif do in CHANGES:
        what = {it: asked.get(it, "")[:200] for it in ("token", "box", "renamed", "said")}
        tell(row, do, by, **here, **what)
    return _at(row, tube.label if tube else "", str(tube.site_id or "") if tube else "")


def _at(row: ScreeningRound, tube: str, site: str) -> str:
    return f"{reverse('round-table', args=[row.pk])}?{urlencode({'tube': tube, 'site': site})}#tube"


def _context(
    request: HttpRequest, row: ScreeningRound, tube: Tube | None, own: Sequence[SamplingSite]
) -> dict[str, object]:
    swabs = swabs_in(tube) if tube else []
    if swabs:
        log_views(viewer=request.user.pk, subjects=[subject_of(it.place) for it in swabs], why=WHY)
    rows = tubes_of(row).filter(Q(site__in=[it.pk for it in own]) | Q(site=None)).order_by("-opened_at", "id")
    show = request.GET.get("show", "")
    if show == "open":
        rows = rows.filter(state="open")
    elif show == "loose":
        rows = rows.filter(state="sealed", box=None)
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    return {
        "at": county_now(),
        "round": row,
        "tube": tube,
        "asked": request.GET.get("tube", ""),
        "tube_state": THINGS[tube.state] if tube else None,
        "swabs": swabs,
        "is_open": tube is not None and tube.state == "open",
        "n_left": tube.size - tube.n_people if tube else 0,
        "tubes": tubes_table(list(rows[paging.slice]), row, paging),
        "trail": [(HOME, reverse("rounds")), (row.name, reverse("round", args=[row.pk])), (TABLE, "")],
    }


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def boxes(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """GET lists the round's boxes. POST opens, seals, hands over or receives the one that was scanned, or gives a tube
    or box another label (`do`: rename).
    """
    require_sight(request.user)
    row = round_with(round_id)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form = BoxForm(request.POST) if do in OF_BOX else BoxForm()
    labels = LabelForm(request.POST) if do == "rename" else LabelForm()
    asked = labels if do == "rename" else form
    if asked.is_bound and asked.is_valid():
        try:
            _do_with_box(row, do, request.user, asked.cleaned_data)
            return HttpResponseRedirect(f"{request.path}?done={do}")
        except Refusal as refusal:
            say_beside(asked, "old" if do == "rename" else "box", refusal)
    rows = boxes_with_results(row).order_by("-opened_at", "id")
    paging = Paging.of(request, total=rows.count(), size=50)
    at = county_now()
    clocks = clocks_of(row, rulebooks_by_disease(at), at)
    plans = may_plan(request.user)
    may_do = {it: may(request.user, needs) or (needs == SAMPLE and plans) for it, needs in MAY_BOX.items()}
    context = {
        "at": at,
        "round": row,
        "form": form,
        "labels": labels,
        "may_do": [(key, said) for key, said in OF_BOX.items() if may_do[key]],
        "may_rename": may_do["open_box"] or may_do["receive_box"],
        "table": boxes_table(list(rows[paging.slice]), paging, clocks, at),
        "clocks": clocks_said(clocks),
        "n_waiting": rows.exclude(state__in=("received", "void")).count(),
        "done": {**OF_BOX, "rename": Said("换条码", "New label")}.get(request.GET.get("done", "")),
        "trail": [(HOME, reverse("rounds")), (row.name, reverse("round", args=[row.pk])), (BOXES, "")],
    }
    return render(request, "pages/rounds/boxes.html", context, status=400 if asked.errors else 200)


def _do_with_box(row: ScreeningRound, do: str, by: Account, told: dict) -> None:
    """What was asked of the box, or of the tube or box that has the old label."""
    if do == "rename":
        tube = tube_with(row, barcode_of(told["old"]))
        kind, which = ("rename_tube", "tube") if tube else ("rename_box", "box")
        tell(row, kind, by, **{which: told["old"]}, renamed=told["renamed"], said=told["said"])
        return
    said = told["laboratory"] if do == "receive_box" else ""
    tell(row, do, by, box=told["box"], said=said, unknown=told["unknown"])
