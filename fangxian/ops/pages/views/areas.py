"""The county, a township, a village or community, a grid cell: what stands in it, on a map and in a table."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.audit.actions import log_views
from fangxian.ops.pages.area_tables import (
    HOUSEHOLD_COLUMNS,
    household_rows,
    needs_in_words,
    parts_table,
    team_table,
    venue_rows,
    workers_table,
)
from fangxian.ops.pages.county_figures import MEASURES, census_rows, map_of, shade_form, sizes_chart
from fangxian.ops.pages.county_forms import HouseholdFilter
from fangxian.ops.pages.county_words import area_kind
from fangxian.ops.pages.tables import Paging, Table
from fangxian.ops.pages.trails import trail_to, whereabouts
from fangxian.ops.places.queries import town_paths, venues_in
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.areas import AreaSituation, area_situation, census_of
from fangxian.ops.situation.county_file import county_file
from fangxian.ops.situation.households import heads_of, households_by_size, households_counted
from fangxian.ops.situation.needs import needs_of
from fangxian.ops.situation.team import team_of, workers_by_cell

HOUSEHOLDS_A_PAGE = 50
VENUES_SHOWN = 8


@login_required
@never_cache
def county(request) -> HttpResponse:
    found = area_situation(the_realm().division_code, request.user, at=county_now())
    told = county_file()
    census = census_of(found.cells, n_households=found.area.tally.n_households, town_paths=town_paths())
    context = _common(request, found) | {
        "census": census_rows(census, told.census) if told.census else (),
        "census_source": told.census_source,
    }
    return render(request, "pages/area_county.html", context)


@login_required
@never_cache
def area(request, area_path: str) -> HttpResponse:
    if len(area_path) == COUNTY_DIGITS:
        return redirect("county")
    found = area_situation(area_path, request.user, at=county_now())
    context = _common(request, found) | {"lead": whereabouts(found.trail), "kind": area_kind(found.area)}
    if len(area_path) == GRID_DIGITS:
        return render(request, "pages/area_cell.html", context | _cell(request, found))
    if len(area_path) == VILLAGE_DIGITS:
        context |= _unit(request, found)
    return render(request, "pages/area.html", context | {"team": _team(request, found)})


def _common(request, found: AreaSituation) -> dict:
    shade = shade_form(request)
    waiting = needs_of(found.area.area_path, request.user, at=found.at)
    return {
        "found": found,
        "tally": found.area.tally,
        "trail": trail_to(found.trail, request.user),
        "needs": needs_in_words(waiting, [*found.parts, found.area]),
        "map": map_of(found, shade.chosen),
        "map_title": MEASURES[shade.chosen].label,
        "shade": shade,
        "parts": parts_table(request, found),
        "venues_href": f"{reverse('venues')}?area={found.area.area_path}",
        "may_see_venues": may(request.user, "venues.view", found.area.area_path),
        "may_see_households": may(request.user, "households.view", found.area.area_path),
    }


def _team(request, found: AreaSituation) -> Table:
    may_name = may(request.user, "people.view", found.area.area_path)
    return team_table(team_of(found.area.area_path, at=found.at), found.trail, may_name=may_name)


def _unit(request, found: AreaSituation) -> dict:
    """Of a village or community: its cells with their workers, its households by size."""
    path = found.area.area_path
    context = {"parts": workers_table(request, found, workers_by_cell(path, at=found.at))}
    if may(request.user, "households.view", path):
        context["sizes"] = sizes_chart(households_by_size(path, request.user), at=found.at)
    return context


def _cell(request, found: AreaSituation) -> dict:
    """Of a grid cell: who looks after it, its households, its venues."""
    path = found.area.area_path
    context = {"team": _team(request, found)}
    if may(request.user, "households.view", path):
        context |= _households(request, found)
    if may(request.user, "venues.view", path):
        venues = venues_in(path)
        context["venues"] = venue_rows(venues.order_by("trade", "name")[:VENUES_SHOWN])
    return context


def _households(request, found: AreaSituation) -> dict:
    path, account = found.area.area_path, request.user
    form = HouseholdFilter(request.GET or None)
    rows = households_counted(path, account, on=found.at.date(), kind=form.chosen)
    paging = Paging.of(request, total=rows.count(), size=HOUSEHOLDS_A_PAGE)
    page = list(rows[paging.slice])
    # Addresses are shown: that the list was seen is on record.
    log_views(viewer=account.pk, subjects=[f"area:{path}"], why="people.households_listed")
    table = Table(
        caption=Said("住户", "Households"),
        columns=HOUSEHOLD_COLUMNS,
        rows=household_rows(page, heads_of(page), may_address=may(account, "people.view", path)),
        href=lambda row: reverse("household", args=[row["id"]]),
        paging=paging,
        empty=Said("没有符合条件的住户。", "No household is of this kind."),
        empty_next=Said("看全部住户", "See all households"),
        empty_href=request.path,
    )
    return {"households": table, "household_filter": form}
