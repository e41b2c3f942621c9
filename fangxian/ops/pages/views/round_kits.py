"""Kits of rounds: what each takes, what is put aside, for how many rounds the stores last; what came and went."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.core.screening.staffing import KITS, SUITS_OF_LABORATORY, covered
from fangxian.core.screening.words import KITS_SAID
from fangxian.ops.lab.queries import round_with, rounds
from fangxian.ops.pages.round_plans.kit_tables import (
    KitLine,
    StoreLine,
    kits_of_round_table,
    movements_table,
    rounds_table,
    stores_table,
)
from fangxian.ops.pages.round_plans.staff_forms import StockForm
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.rounds import HOME
from fangxian.ops.people.queries import n_in_use
from fangxian.ops.procedures import keep_kits
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_plans.queries import in_store, kit_movements, reserved_by_round

KITS_PAGE = Said("物资", "Kits")
A_PAGE, MOST_ROUNDS = 50, 20


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stores(request: HttpRequest) -> HttpResponse:
    """GET shows the county's stores and what rounds have put aside. POST books what came in or went out."""
    keep_kits.require_kits(request.user)
    form, refused = StockForm(request.POST if request.method == "POST" else None), None
    if form.is_bound and form.is_valid():
        try:
            keep_kits.move_stock(**form.cleaned_data, by=request.user)
            return HttpResponseRedirect(reverse("rounds-kits"))
        except Refusal as refusal:
            refused = refusal.said
    there, reserved = in_store(), reserved_by_round()
    taken = {kit: sum(it.get(kit, 0) for it in reserved.values()) for kit in KITS}
    free = {kit: there.get(kit, 0) - taken[kit] for kit in KITS}
    needs = keep_kits.needs_of_county(n_in_use())
    lasts = covered(free, needs) if needs else None
    under_way = [(row, reserved.get(row.pk, {})) for row in rounds().exclude(state="closed")[:MOST_ROUNDS]]
    rows = kit_movements()
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    context = {
        "at": county_now(),
        "table": stores_table([StoreLine(kit, there.get(kit, 0), taken[kit], needs.get(kit, 0)) for kit in KITS]),
        "lasts": lasts and round(lasts.n_rounds, 1),
        "scarcest": lasts and KITS_SAID[lasts.scarcest],
        "rounds": rounds_table(under_way),
        "movements": movements_table(list(rows[paging.slice]), paging),
        "form": form,
        "refused": refused,
        "trail": [(HOME, reverse("rounds")), (KITS_PAGE, "")],
    }
    return render(request, "pages/round_plans/stores.html", context, status=400 if refused or form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def kits(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """GET shows what the round needs and has. POST: `do` is reserve, free or move (into or out of the stores)."""
    keep_kits.require_kits(request.user)
    row, refused = round_with(round_id), None
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form = StockForm(request.POST if do == "move" else None)
    if do:
        try:
            if _done(request, row.pk, do, form):
                return HttpResponseRedirect(reverse("round-kits", args=[row.pk]))
        except Refusal as refusal:
            if refusal.code.startswith("accounts."):
                raise
            refused = refusal.said
    needs, stores, reserved = keep_kits.needs_of(row), in_store(), reserved_by_round()
    mine = reserved.get(row.pk, {})
    free = {kit: stores.get(kit, 0) - sum(it.get(kit, 0) for it in reserved.values()) for kit in KITS}
    lasts = covered({kit: free[kit] + mine.get(kit, 0) for kit in KITS}, needs) if needs else None
    rows = kit_movements()
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    lines = [KitLine(kit, needs.get(kit, 0), mine.get(kit, 0), free[kit], stores.get(kit, 0)) for kit in KITS]
    context = {
        "at": county_now(),
        "round": row,
        "table": kits_of_round_table(lines),
        "lasts": lasts and round(lasts.n_rounds, 1),
        "scarcest": lasts and KITS_SAID[lasts.scarcest],
        "suits_of_laboratory": round(SUITS_OF_LABORATORY.value),
        "has_needs": bool(needs),
        "has_reserved": any(mine.values()),
        "movements": movements_table(list(rows[paging.slice]), paging),
        "form": form,
        "refused": refused,
        "is_over": row.state == "closed",
        "trail": [(HOME, reverse("rounds")), (row.name, reverse("round", args=[row.pk])), (KITS_PAGE, "")],
    }
    return render(request, "pages/round_plans/kits.html", context, status=400 if refused or form.errors else 200)


def _done(request: HttpRequest, round_id: UUID, do: str, form: StockForm) -> bool:
    match do:
        case "reserve":
            keep_kits.reserve_kits(round=round_id, by=request.user)
        case "free":
            keep_kits.free_kits(round=round_id, by=request.user)
        case "move":
            if not form.is_valid():
                return False
            keep_kits.move_stock(**form.cleaned_data, by=request.user)
        case _:
            return False
    return True
