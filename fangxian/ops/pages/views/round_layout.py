"""The areas of a round's sites: where people wait, are registered and sampled, where samplers change."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.core.screening.words import ZONES_SAID
from fangxian.ops.lab.queries import round_with
from fangxian.ops.pages.round_plans.layout_parts import LayoutForm, layouts_table
from fangxian.ops.pages.views.rounds import HOME, require_sight
from fangxian.ops.procedures.lay_out_site import lay_out_site
from fangxian.ops.procedures.take_table_events import may_sample_at
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.site_layouts import site_layouts

LAYOUT = Said("采样点分区", "Areas of the sites")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def layout(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """GET shows how each site is laid out, `site` one with its form. POST records it."""
    require_sight(request.user)
    row, refused = round_with(round_id), None
    layouts = site_layouts(row)
    chosen = next((it for it in layouts if str(it.site.pk) == request.GET.get("site", "")), None)
    may_say = bool(chosen) and row.state != "closed" and may_sample_at(request.user, chosen.site.area_path)
    form = LayoutForm(request.POST if request.method == "POST" else None, chosen) if chosen else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            site = chosen.site.pk if chosen else row.pk  # of a site that is none it is refused
            lay_out_site(round=row.pk, site=site, zones=form.zones if form else {}, by=request.user)
            return HttpResponseRedirect(f"{reverse('round-layout', args=[row.pk])}?done=1")
        except Refusal as refusal:
            refused = refusal.said
    context = {
        "at": county_now(),
        "round": row,
        "table": layouts_table(layouts),
        "n_missing": sum(bool(it.missing) for it in layouts),
        "chosen": chosen,
        "missing": [ZONES_SAID[it] for it in chosen.missing] if chosen else [],
        "form": form if may_say else None,
        "is_done": request.GET.get("done") == "1",
        "refused": refused,
        "trail": [(HOME, reverse("rounds")), (row.name, reverse("round", args=[row.pk])), (LAYOUT, "")],
    }
    is_wrong = refused is not None or bool(form and form.errors)
    return render(request, "pages/round_plans/layout.html", context, status=400 if is_wrong else 200)
