"""The county's grid cells (网格) on a map, township by township and village by village; the people of one of them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.pages.county.area_tables import team_table
from fangxian.ops.pages.county.showing import Showing, log, showing
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.county.words import area_kind, place_name
from fangxian.ops.pages.grids.figures import MEASURES, MapForm, grid_href, map_of
from fangxian.ops.pages.grids.map_tables import all_table, figure_table, undrawn_table
from fangxian.ops.pages.grids.people import PeopleFilter, households_table, people_table, sort_of
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.words import when
from fangxian.ops.procedures.draw_grids import DRAW
from fangxian.ops.procedures.print_all_posters import may_print
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, TOWNSHIP_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.areas import Area, Tally
from fangxian.ops.situation.grid_people import GridFile, grid_file, people_of, waiting_in
from fangxian.ops.situation.grids import FIGURES, VIEW, GridMap, grid_map
from fangxian.ops.situation.households import ADDRESSES_SHOWN, households_counted, members_in
from fangxian.ops.situation.team import workers_by_cell

A_PAGE = 50


@login_required
@never_cache
@require_safe
def grids(request) -> HttpResponse:
    """The whole county; whoever looks after one smaller area is taken there."""
    own = areas_of(request.user, VIEW)
    if len(own) == 1 and len(own[0]) > COUNTY_DIGITS:
        return redirect("grids-area", own[0])
    require(request.user, VIEW)
    return _map(request, the_realm().division_code)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def area(request, area_path: str) -> HttpResponse:
    """A township or a village as a map of its grid cells; a grid cell with its people. POST states a reason there."""
    if area_path == the_realm().division_code:
        return redirect("grids")
    return _cell(request, area_path) if len(area_path) == GRID_DIGITS else _map(request, area_path)


def _map(request, area_path: str) -> HttpResponse:
    at = county_now()
    figures = [name for name, permission in FIGURES.items() if areas_of(request.user, permission)]
    require(request.user, VIEW)
    form = MapForm(request.GET, area_path=area_path, figures=figures)
    by, level = form.chosen("by"), int(form.chosen("level"))
    found = grid_map(request.user, area_path, digits=level, at=at, schematic=form.chosen("map") == "schematic")
    undrawn = [it for it in found.lines if not it.rings]
    context = {
        "at": at,
        "applied_at": found.drawing and when(found.drawing.applied_at),
        "found": found,
        "form": _kept(form, by=by, level=level),
        "by": by,
        "trail": _trail(found.trail, request.user),
        "title": place_name(found.trail[-1]),
        "where": whereabouts(found.trail) if len(found.trail) > 2 else None,
        "figure": found.totals[by],
        "figure_label": MEASURES[by][0],
        "figure_unit": MEASURES[by][1],
        "map": map_of(found, by),
        "table": figure_table(request, found, by),
        "all": all_table(request, found),
        "n_undrawn": len(undrawn),
        "undrawn": undrawn and level == GRID_DIGITS and undrawn_table(undrawn, by, workers_by_cell(area_path, at=at)),
        "elsewhere": _elsewhere(found),
        "may_draw": may(request.user, DRAW, the_realm().division_code),
    }
    return render(request, "pages/grids/map.html", context)


def _kept(form: MapForm, **chosen) -> MapForm:
    """The form with what is shown chosen in it, whatever the address said."""
    form.data = {**form.data.dict(), **{name: str(value) for name, value in chosen.items()}}
    return form


def _elsewhere(found: GridMap) -> list[tuple[Said, int]]:
    return [(MEASURES[name][0], n) for name, n in found.elsewhere.items() if n]


def _trail(places, account) -> list:
    """Down to this page, leaving out areas above the reader's own."""
    steps = [
        (Said("网格", "Grid cells") if len(it.area_path) == COUNTY_DIGITS else place_name(it), grid_href(it.area_path))
        for it in places
        if may(account, VIEW, it.area_path)
    ]
    return [*steps[:-1], (steps[-1][0], "")] if steps else []


def _cell(request, area_path: str) -> HttpResponse:
    found = grid_file(area_path, request.user, at=county_now())
    # Before anything is shown: whoever only states a reason, or takes it back, is sent to the page anew.
    shown = showing(request, found.cell.pk)
    if shown.is_settled:
        return redirect(request.get_full_path())
    of_households = not found.may_see_people or request.GET.get("show") == "households"
    areas = [
        Area(area_path=it.area_path, kind=it.kind, name=place_name(it), shape=[], tally=Tally()) for it in found.trail
    ]
    near = [it for it in found.team if len(it.area_path) > TOWNSHIP_DIGITS]  # of the whole township there are dozens
    context = {
        "at": found.at,
        "found": found,
        "trail": _trail(found.trail, request.user),
        "lead": whereabouts(found.trail),
        "kind": area_kind(found.cell),
        "host": found.cell.host_unit and place_name(found.cell.host_unit),
        "figures": [(MEASURES[name], n, _href_of(name, found)) for name, n in found.values.items()],
        "team": team_table(near, areas, may_name=found.may_see_people),
        "n_wide": len(found.team) - len(near),
        "of_households": of_households,
        "showing": shown,
        "may_show": found.may_see_people,
        "area_href": reverse("area", args=[area_path]),
        "may_print": may_print(request.user, area_path),
    }
    if of_households and found.may_see_households:
        context |= _households(request, found, shown, areas)
    elif found.may_see_people:
        context |= _people(request, found, shown)
    return render(request, "pages/grids/cell.html", context)


def _href_of(figure: str, found: GridFile) -> str:
    """Where the rows of a figure stand on this page; "" where they do not, or are not for the reader."""
    if figure == "n_households":
        return "?show=households#list" if found.may_see_households else ""
    kinds = {
        "n_persons": "?#list",
        "n_due": "?kind=due#list",
        "n_to_ask": "?kind=to_ask#list",
        "n_came": "?kind=came#list",
    }
    return kinds.get(figure, "") if found.may_see_people else ""


def _people(request, found: GridFile, shown: Showing) -> dict:
    path, account = found.cell.area_path, request.user
    form, sort = PeopleFilter(request.GET, of_households=False), sort_of(request)
    waiting = waiting_in(path, account, at=found.at)
    rows = people_of(path, account, waiting, on=found.at.date(), kind=form.chosen, sort=sort)
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    page = list(rows[paging.slice])
    log(request, shown, [it.pk for it in page], of="grids")
    table = people_table(page, paging, waiting, shown, cell=path, sort=sort, at=found.at, is_filtered=bool(form.chosen))
    return {"narrow": form, "table": table}


def _households(request, found: GridFile, shown: Showing, areas: list[Area]) -> dict:
    path, account = found.cell.area_path, request.user
    form = PeopleFilter(request.GET, of_households=True)
    rows = households_counted(path, account, on=found.at.date(), kind=form.chosen)
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    page = list(rows[paging.slice])
    is_shown = bool(shown.reason) and found.may_see_people
    subjects, why = [f"area:{path}"], "people.households_listed"
    if is_shown:
        subjects += [*(f"household:{it.pk}" for it in page), *(f"person:{one}" for one in members_in(page))]
        why = f"{ADDRESSES_SHOWN}.{shown.reason}"
    log_views(viewer=account.pk, subjects=subjects, why=why)
    table = households_table(page, paging, areas, is_shown=is_shown, is_filtered=bool(form.chosen))
    return {"narrow": form, "table": table}
