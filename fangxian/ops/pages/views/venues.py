"""The venues and one venue."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.pages.county.area_tables import venue_rows
from fangxian.ops.pages.county.forms import VenueFilter
from fangxian.ops.pages.county.trails import area_href, trail_to, whereabouts
from fangxian.ops.pages.county.venue_tables import classes_table, doors_table, roles_table
from fangxian.ops.pages.county.words import VENUE_STATUS, place_name, trade, word
from fangxian.ops.pages.tables import Paging
from fangxian.ops.places.models import Division, Venue
from fangxian.ops.places.queries import place_at
from fangxian.ops.realm.areas import GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.rulebook_names import rulebook_names
from fangxian.ops.situation.venues import (
    divisions_down_to_units,
    trades_of,
    venue_file,
    venues_filtered,
    venues_seen_by,
)

VENUES_A_PAGE = 50
SORTS = {"name": "name", "trade": "trade", "area": "area_path"}


@login_required
@never_cache
def venues(request) -> HttpResponse:
    seen, places = venues_seen_by(request.user), divisions_down_to_units()
    form = _filter(request, places, trades_of(seen))
    rows = venues_filtered(seen, **_wanted(form.chosen))
    asked = request.GET.get("sort", "")
    paging = Paging.of(request, total=rows.count(), size=VENUES_A_PAGE)
    page = rows.order_by(*_order(asked))[paging.slice]
    n_applied = seen.filter(status=Venue.Status.APPLIED).count()
    table = venue_rows(page, places, paging=paging, sorted_by=asked, is_filtered=any(form.chosen.values()))
    context = {"table": table, "form": form, "total": paging.total, "n_applied": n_applied, "at": county_now()}
    return render(request, "pages/county/venues.html", context)


def _filter(request, places: dict[str, Division], trades: dict[str, int]) -> VenueFilter:
    own = areas_of(request.user, "venues.view")

    def is_mine(path: str) -> bool:
        return any(path.startswith(area) or area.startswith(path) for area in own)

    mine = [place for path, place in places.items() if is_mine(path)]
    townships = [place for place in mine if len(place.area_path) == TOWNSHIP_DIGITS]
    units = {
        it.area_path: [u for u in mine if len(u.area_path) == VILLAGE_DIGITS and u.area_path.startswith(it.area_path)]
        for it in townships
    }
    asked = request.GET.get("area", "")
    cell = place_at(asked) if len(asked) == GRID_DIGITS else None
    data = request.GET if request.GET.keys() & {"name", "area", "trade", "status"} else None
    return VenueFilter(data, townships=townships, units=units, trades=trades, cell=cell)


def _wanted(chosen: dict[str, str]) -> dict[str, str]:
    return {("area_path" if name == "area" else name): value for name, value in chosen.items()}


def _order(asked: str) -> tuple[str, ...]:
    field = SORTS.get(asked.lstrip("-"))
    descending = "-" if asked.startswith("-") else ""
    return (f"{descending}{field}", "venue_number") if field else ("area_path", "name", "venue_number")


@login_required
@never_cache
def venue(request, venue_id: UUID) -> HttpResponse:
    found = venue_file(venue_id, request.user, at=county_now())
    it = found.venue
    context = {
        "found": found,
        "trade": trade(it.trade),
        "venue_class": word(rulebook_names(found.at).venue_classes, it.venue_class),
        "status": word(VENUE_STATUS, it.status),
        "lead": whereabouts(found.trail),
        "trail": trail_to(found.trail, request.user, (Said(it.name, it.name), "")),
        "number": f"{it.venue_number:08d}",
        "cell": place_name(it.grid_cell),
        "cell_href": area_href(it.area_path) if may(request.user, "area.view", it.area_path) else "",
        "doors": doors_table(found.doors),
        "roles": roles_table(found.roles, found.n_persons),
        "classes": classes_table(found.classes),
    }
    return render(request, "pages/county/venue.html", context)
