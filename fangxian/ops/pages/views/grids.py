"""The grids' day (日报告) and week (周汇总), by area."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache

from fangxian.core.refusal import Said
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.grids.forms import DaysForm
from fangxian.ops.pages.grids.tables import days_table, quiet_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.places.queries import path_down_to, places_at
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.area_days import VIEW, days_up_to, summed
from fangxian.ops.situation.area_days import area_report as report_of
from fangxian.ops.situation.quiet_grids import QuietGrid, quiet_grids


@login_required
@never_cache
def area_report(request) -> HttpResponse:
    """What each part of an area did; the county's townships, a township's villages, a village's grids."""
    require(request.user, VIEW)
    at = county_now()
    form = DaysForm(request.GET)
    days = days_up_to(form.last_on(localtime(at).date()), form.n, at)
    area_path = _area(request)
    report = report_of(request.user, area_path, days, at)
    lines = report.lines
    paging = Paging.of(request, len(report.quiet), asks="quiet")
    quiet = quiet_grids(report.quiet[paging.slice])
    context = {
        "at": at,
        "form": form,
        "days": days,
        "where": whereabouts(path_down_to(area_path)) if len(area_path) > COUNTY_DIGITS else None,
        "area": area_path,
        "n_silent": sum(it.is_silent for it in lines),
        "has_quiet": len(area_path) < VILLAGE_DIGITS,
        "n_quiet": len(report.quiet),
        "quiet": quiet_table(quiet, _wheres(quiet), paging),
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


def _wheres(rows: Sequence[QuietGrid]) -> dict[str, Said]:
    """Of each grid cell its township, unit and name: cells of two units are called alike."""
    paths = [it.line.place.area_path for it in rows]
    places = places_at({path[:digits] for path in paths for digits in (TOWNSHIP_DIGITS, VILLAGE_DIGITS, GRID_DIGITS)})
    return {path: _where(path, places) for path in paths}


def _where(path: str, places: Mapping) -> Said:
    trail = [places[path[:d]] for d in (TOWNSHIP_DIGITS, VILLAGE_DIGITS, GRID_DIGITS) if path[:d] in places]
    return Said(" · ".join(it.name_zh for it in trail), " · ".join(it.name_en for it in trail))


def _inner(request):
    """The address of a part, for the same days."""
    kept = {name: request.GET[name] for name in ("on", "days") if request.GET.get(name)}
    return lambda it: "?" + urlencode({**kept, "area": it.place.area_path})
