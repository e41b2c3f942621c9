"""The county, a township, a village or community, a grid cell: what stands in it, on a map and in a table."""

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.audit.actions import log_views
from fangxian.ops.pages.county.area_tables import (
    HOUSEHOLD_COLUMNS,
    cells_table,
    household_rows,
    kinds_table,
    needs_in_words,
    parts_table,
    parts_title,
    team_table,
    venue_rows,
)
from fangxian.ops.pages.county.figures import MEASURES, census_rows, map_of, shade_form, sizes_chart
from fangxian.ops.pages.county.forms import HouseholdFilter, ReasonForm
from fangxian.ops.pages.county.trails import trail_to, whereabouts
from fangxian.ops.pages.county.words import area_kind, place_name
from fangxian.ops.pages.tables import Paging, Table
from fangxian.ops.people.models import Household
from fangxian.ops.places.queries import grid_cells_in_order, town_paths, venues_in
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS, below
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.areas import AreaSituation, area_situation, census_of
from fangxian.ops.situation.county_file import county_file
from fangxian.ops.situation.households import (
    ADDRESSES_SHOWN,
    heads_of,
    households_by_size,
    households_counted,
    members_in,
)
from fangxian.ops.situation.needs import needs_of
from fangxian.ops.situation.team import cells_by_kind, team_of, workers_by_cell

HOUSEHOLDS_A_PAGE = 50
VENUES_SHOWN = 8


@login_required
@never_cache
def county(request) -> HttpResponse:
    found = area_situation(the_realm().division_code, request.user, at=county_now())
    told = county_file()
    census = census_of(found.cells, n_households=found.area.tally.n_households, town_paths=town_paths())
    context = _of_area(request, found) | {
        "census": census_rows(census, told.census) if told.census else (),
        "census_source": told.census_source,
        "kinds": kinds_table(cells_by_kind(grid_cells_in_order().filter(below(found.area.area_path)), at=found.at)),
    }
    return render(request, "pages/county/county.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def area(request, area_path: str) -> HttpResponse:
    """POST with a reason shows the addresses of a grid cell's households in full, once."""
    if len(area_path) == COUNTY_DIGITS:
        return redirect("county")
    found = area_situation(area_path, request.user, at=county_now())
    context = _of_area(request, found) | {"lead": whereabouts(found.trail), "kind": area_kind(found.area)}
    context |= _team(request, found)
    if len(area_path) == GRID_DIGITS:
        return render(request, "pages/county/grid_cell.html", context | _cell(request, found))
    if len(area_path) == VILLAGE_DIGITS:
        context |= _unit(request, found)
    return render(request, "pages/county/area.html", context)


def _of_area(request, found: AreaSituation) -> dict:
    shade = shade_form(request)
    waiting = needs_of(found.area.area_path, request.user, at=found.at)
    return {
        "found": found,
        "tally": found.area.tally,
        "trail": trail_to(found.trail, request.user),
        "needs": needs_in_words(waiting, [*found.parts, found.area]),
        "map": map_of(found, shade.chosen),
        "is_schematic": not found.is_own,
        "map_title": MEASURES[shade.chosen].label,
        "shade": shade,
        "parts": parts_table(request, found),
        "parts_title": parts_title(found),
        "venues_href": f"{reverse('venues')}?area={found.area.area_path}",
        "may_see_venues": may(request.user, "venues.view", found.area.area_path),
        "may_see_households": may(request.user, "households.view", found.area.area_path),
    }


def _team(request, found: AreaSituation) -> dict:
    """Who looks after an area: those of the area and its unit, and apart from them those of the whole township."""
    path = found.area.area_path
    may_name = may(request.user, "people.view", path)
    team = team_of(path, at=found.at)
    near = [it for it in team if len(it.area_path) > TOWNSHIP_DIGITS or len(path) == TOWNSHIP_DIGITS]
    wide = [it for it in team if it not in near]
    return {
        "team": team_table(near, found.trail, may_name=may_name),
        "wide_team": wide and team_table(wide, found.trail, may_name=may_name),
        "n_wide": len(wide),
    }


def _unit(request, found: AreaSituation) -> dict:
    """Of a village or community: its cells with their workers, its households by size."""
    path = found.area.area_path
    cells = grid_cells_in_order().filter(below(path), host_unit__isnull=False)
    hosts = {cell.area_path: place_name(cell.host_unit) for cell in cells}
    context = {"cells": cells_table(found, workers_by_cell(path, at=found.at), hosts)}
    if may(request.user, "households.view", path):
        context["sizes"] = sizes_chart(households_by_size(path, request.user), at=found.at)
    return context


def _cell(request, found: AreaSituation) -> dict:
    """Of a grid cell: its households, its venues."""
    path = found.area.area_path
    context = _households(request, found) if may(request.user, "households.view", path) else {}
    if may(request.user, "venues.view", path):
        context["venues"] = venue_rows(venues_in(path).order_by("trade", "name")[:VENUES_SHOWN])
    return context


def _households(request, found: AreaSituation) -> dict:
    path, account = found.area.area_path, request.user
    form = HouseholdFilter(request.GET or None)
    rows = households_counted(path, account, on=found.at.date(), kind=form.chosen)
    total = rows.count() if form.chosen else found.area.tally.n_households
    paging = Paging.of(request, total=total, size=HOUSEHOLDS_A_PAGE)
    page = list(rows[paging.slice])
    reason = ReasonForm(request.POST if request.method == "POST" else None)
    may_show = may(account, "people.view", path)
    is_shown = may_show and reason.is_bound and reason.is_valid()
    _log_list(account, path, page, reason.cleaned_data["reason"] if is_shown else "")
    table = Table(
        caption=Said("住户", "Households"),
        columns=HOUSEHOLD_COLUMNS,
        rows=household_rows(page, heads_of(page), found.trail, is_shown=is_shown),
        href=lambda row: reverse("household", args=[row["id"]]),
        paging=paging,
        empty=Said("没有符合条件的住户。", "No household is of this kind."),
        empty_next=Said("看全部住户", "See all households"),
        empty_href=request.path,
    )
    shows = {"may_show": may_show, "is_shown": is_shown, "reason": reason, "masked_again": request.get_full_path()}
    return {"households": table, "household_filter": form, **shows}


def _log_list(account: Account, path: str, page: Sequence[Household], reason: str) -> None:
    """That the list was seen; with a reason its addresses were, which is said to each who lives there."""
    subjects, why = [f"area:{path}"], "people.households_listed"
    if reason:
        subjects += [*(f"household:{it.pk}" for it in page), *(f"person:{one}" for one in members_in(page))]
        why = f"{ADDRESSES_SHOWN}.{reason}"
    log_views(viewer=account.pk, subjects=subjects, why=why)
