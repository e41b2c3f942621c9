"""Time slots of a round: how many people are asked to come when, site by site; one's own, on the resident's page."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.lab.queries import round_with, sites_of
from fangxian.ops.pages.round_plans.slot_tables import one_site_table, own_table, sites_table
from fangxian.ops.pages.views.rounds import HOME, require_sight
from fangxian.ops.procedures.give_slots import give_slots
from fangxian.ops.procedures.run_rounds import may_plan
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.own_household import own_person
from fangxian.ops.situation.round_slots import n_without_slot, own_slots, slots_by_site

SLOTS = Said("时段", "Time slots")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def slots(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """GET shows how many are asked to come when. POST gives everybody who is still to come a slot."""
    require_sight(request.user)
    row, refused = round_with(round_id), None
    if request.method == "POST":
        try:
            n = give_slots(round=row.pk, by=request.user)
            return HttpResponseRedirect(f"{reverse('round-slots', args=[row.pk])}?given={n}")
        except Refusal as refusal:
            if refusal.code.startswith("accounts."):
                raise
            refused = refusal.said
    by_site = slots_by_site(row)
    chosen = next((it for it in by_site if str(it.site.pk) == request.GET.get("site", "")), None)
    given = request.GET.get("given", "")
    context = {
        "at": county_now(),
        "round": row,
        "n": sum(it.n_people for it in by_site),
        "n_without": n_without_slot(row) if by_site else 0,
        "table": sites_table(by_site),
        "chosen": chosen,
        "one": one_site_table(chosen) if chosen else None,
        "has_sites": bool(sites_of(row)),
        "may_give": may_plan(request.user) and row.state != "closed",
        "given": int(given) if given.isdecimal() and len(given) < 9 else None,
        "refused": refused,
        "trail": [(HOME, reverse("rounds")), (row.name, reverse("round", args=[row.pk])), (SLOTS, "")],
    }
    return render(request, "pages/round_plans/slots.html", context, status=400 if refused else 200)


@login_required
@never_cache
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """When one's own household is asked to come, and where."""
    rows = own_slots(own_person(request.user))
    return render(request, "pages/round_plans/own.html", {"at": county_now(), "table": own_table(rows), "n": len(rows)})
