"""The county's own outlines of its grid cells: bringing a file, what it would change, applying it; taking them out."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.grids.drawing import (
    KINDS,
    TO_SETTLE_A_PAGE,
    DrawingForm,
    WhoseForm,
    changes_table,
    counts_of,
    drawings_table,
    picture_of,
    say_beside,
)
from fangxian.ops.pages.tables import Paging
from fangxian.ops.places.outlines import by_cell, drawing_with, drawings, unsettled
from fangxian.ops.places.queries import grid_cells_in_order, place_at, places_at
from fangxian.ops.procedures.draw_grids import (
    apply_outlines,
    as_geojson,
    bring_drawing,
    changes_by,
    require_drawing,
    require_size,
    settle_whose,
    state_now,
)
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.grids import VIEW

FILES_A_PAGE = 20


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outlines(request: HttpRequest) -> HttpResponse:
    """GET shows the files that came. POST brings one."""
    require_drawing(request.user)
    if request.method != "POST":
        return _page(request, DrawingForm())
    form = DrawingForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=400)
    file = form.cleaned_data["file"]
    try:
        require_size(file.size)  # before a large one is held in memory
        kept = bring_drawing(
            content=file.read(), file_name=file.name, datum=form.cleaned_data["datum"], by=request.user
        )
    except Refusal as refusal:
        say_beside(form, "datum" if refusal.code == "outlines.shifted" else "file", refusal)
        return _page(request, form, status=400)
    return HttpResponseRedirect(reverse("grid-drawing", args=[kept.row.pk]) + ("?again=1" if kept.is_repeat else ""))


@login_required
@never_cache
@require_safe
def drawing(request: HttpRequest, drawing_id: UUID) -> HttpResponse:
    """One file: whose its outlines are, what it would change."""
    require_drawing(request.user)
    return _one(request, drawing_id)


@login_required
@never_cache
@require_POST
def settle(request: HttpRequest, drawing_id: UUID) -> HttpResponse:
    """Say which grid cell an outline is of; `do=none` says it is of none."""
    require_drawing(request.user)
    form = WhoseForm(request.POST, nth=_nth(request))
    if form.is_valid():
        of_none = request.POST.get("do") == "none"
        try:
            settle_whose(
                drawing=drawing_id,
                nth=form.cleaned_data["nth"],
                area_path="" if of_none else form.area_path or "?",
                by=request.user,
            )
        except Refusal as refusal:
            say_beside(form, "cell", refusal)
        else:
            return HttpResponseRedirect(reverse("grid-drawing", args=[drawing_id]) + "#whose")
    return _one(request, drawing_id, settling=form, status=400)


@login_required
@never_cache
@require_POST
def apply(request: HttpRequest, drawing_id: UUID) -> HttpResponse:
    """Let a file take effect."""
    require_drawing(request.user)
    try:
        apply_outlines(drawing=drawing_id, seen=request.POST.get("seen", ""), by=request.user)
    except Refusal as refusal:
        if refusal.code.startswith("accounts.") or refusal.code == "places.drawing_not_found":
            raise
        return _one(request, drawing_id, refused=refusal, status=400)
    return redirect(reverse("grid-drawing", args=[drawing_id]) + "?applied=1")


@login_required
@never_cache
@require_safe
def geojson(request: HttpRequest) -> HttpResponse:
    """The grid cells of the reader's areas as GeoJSON, with the county's own outlines where there are any."""
    require(request.user, VIEW)
    cells = within_scope(grid_cells_in_order().defer("shape"), request.user, VIEW)
    response = HttpResponse(as_geojson(list(cells)), content_type="application/geo+json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="grids-{the_realm().division_code}.geojson"'
    return response


def _nth(request: HttpRequest) -> int:
    asked = request.POST.get("nth", "")
    return int(asked) if asked.isdecimal() and len(asked) < 6 else 0


def _page(request: HttpRequest, form: DrawingForm, *, status: int = 200) -> HttpResponse:
    found = drawings()
    paging = Paging.of(request, total=found.count(), size=FILES_A_PAGE)
    context = {
        "at": county_now(),
        "form": form,
        "trail": [(Said("网格", "Grid cells"), reverse("grids")), (Said("网格边界", "Outlines"), "")],
        "table": drawings_table(list(found[paging.slice]), paging),
    }
    return render(request, "pages/grids/outlines.html", context, status=status)


def _one(
    request: HttpRequest,
    drawing_id: UUID,
    *,
    settling: WhoseForm | None = None,
    refused: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    row = drawing_with(drawing_id)
    changes, left = changes_by(row), unsettled(row)
    paging = Paging.of(request, total=len(left), size=TO_SETTLE_A_PAGE, asks="whose")
    shown = left[paging.slice]
    likely = places_at(path for it in shown for path in it["likely"])
    county = place_at(the_realm().division_code)
    counts = counts_of(changes)
    cells = {it.cell.area_path: it.cell for it in changes}
    towns = places_at({path[:TOWNSHIP_DIGITS] for path in cells})
    taken = by_cell(row)
    context = {
        "at": county_now(),
        "row": row,
        "trail": [
            (Said("网格", "Grid cells"), reverse("grids")),
            (Said("网格边界", "Outlines"), reverse("grid-outlines")),
            (row.file_name or Said("一份文件", "One file"), ""),
        ],
        "is_repeat": "again" in request.GET,
        "is_applied": "applied" in request.GET,
        "refused": refused and refused.said,
        "counts": [(KINDS[kind], n, f"?what={kind}#changes") for kind, n in counts.items()],
        "n_changes": counts["new"] + counts["changed"],
        "n_left": len(left),
        "whose": [(it, *_whose(it, settling, likely)) for it in shown],
        "paging": paging,
        "cells": [(path, place_name(cell)) for path, cell in cells.items() if path not in taken] if shown else [],
        "table": changes_table(request, changes, {path: place_name(it) for path, it in towns.items()}),
        "map_title": Said("文件里的边界", "The outlines of the file"),
        "map": picture_of(row, county.shape if county else ()),
        "seen": state_now(),
    }
    return render(request, "pages/grids/drawing.html", context, status=status)


def _whose(outline: dict, settling: WhoseForm | None, names: dict) -> tuple[WhoseForm, list]:
    """The form of one outline, with what was typed where it was refused; the cells it may be."""
    nth = outline["nth"]
    is_this = settling is not None and settling.data.get("nth") == str(nth)
    return (
        settling if is_this and settling else WhoseForm(nth=nth),
        [(path, place_name(names[path])) for path in outline["likely"] if path in names],
    )
