"""The grids' day (日报告) and week (周汇总), by area."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache

from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.grids.forms import DaysForm
from fangxian.ops.pages.grids.tables import days_table
from fangxian.ops.places.queries import path_down_to
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.area_days import VIEW, area_days, days_up_to, summed


@login_required
@never_cache
def area_report(request) -> HttpResponse:
    """What each part of an area did; the county's townships, a township's villages, a village's grids."""
    require(request.user, VIEW)
    at = county_now()
    form = DaysForm(request.GET)
    days = days_up_to(form.last_on(localtime(at).date()), form.n, at)
    area_path = _area(request)
    lines = area_days(request.user, area_path, days, at)
    context = {
        "at": at,
        "form": form,
        "days": days,
        "where": whereabouts(path_down_to(area_path)) if len(area_path) > COUNTY_DIGITS else None,
        "area": area_path,
        "n_silent": sum(it.is_silent for it in lines),
        "table": days_table(lines, summed(lines), _inner(request) if len(area_path) < VILLAGE_DIGITS else None),
    }
    return render(request, "pages/grids/area_report.html", context)


def _area(request) -> str:
    """The area asked for; else the reader's own, of a grid worker the village around the grid."""
    asked = request.GET.get("area", "")
    if asked.isdecimal() and len(asked) in (COUNTY_DIGITS, 9, VILLAGE_DIGITS):
        return asked
    own = areas_of(request.user, VIEW)
    only = own[0] if len(own) == 1 else the_realm().division_code
    return only[:VILLAGE_DIGITS] if len(only) == GRID_DIGITS else only


def _inner(request):
    """The address of a part, for the same days."""
    kept = {name: request.GET[name] for name in ("on", "days") if request.GET.get(name)}
    return lambda it: "?" + urlencode({**kept, "area": it.place.area_path})
