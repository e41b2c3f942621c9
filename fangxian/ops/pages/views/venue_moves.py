"""A venue moves to another address: first the village or community, then the grid and the address there."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.hygiene.queries import PriorityPlace
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.venue_owner.forms import MoveForm, UnitForm, say_beside
from fangxian.ops.pages.words import both
from fangxian.ops.places.models import Venue
from fangxian.ops.places.queries import children_of, path_down_to
from fangxian.ops.places.refusals import venue_not_found, venue_not_yours
from fangxian.ops.posts.queries import post_of_venue, running_emergencies
from fangxian.ops.procedures.hygiene_moves import positive_at
from fangxian.ops.procedures.move_venue import may_move, move_venue
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.venues import divisions_down_to_units, venues_seen_by

NO_CELLS = both(
    "这个村（社区）还没有划分网格，不能迁入。请联系乡镇；也请核对有没有选错。",
    "This village or community has no grid cell on record, so nothing can move there. Check the choice, or ask the "
    "township.",
)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, venue_id: UUID) -> HttpResponse:
    """GET asks where to; with `unit` for the grid and the address there. POST carries it out."""
    venue = _movable(request, venue_id)
    where = _unit_form(request, venue)
    if not where.is_bound or not where.is_valid():
        return _page(request, venue, where)
    unit = where.cleaned_data["unit"]
    cells = children_of(unit)
    if not cells:
        where.add_error("unit", NO_CELLS)
        return _page(request, venue, where, status=400)
    if request.method != "POST":
        return _page(request, venue, where, MoveForm(cells=cells))
    form = MoveForm(request.POST, cells=cells)
    if form.is_valid():
        cell = next(it for it in cells if it.area_path == form.cleaned_data["cell"])
        try:
            moved = move_venue(venue=venue, cell=cell, address=form.cleaned_data["address"], by=request.user)
        except Refusal as refusal:
            say_beside(form, "address", refusal)
        else:
            done = f"?done=move&devices={moved.n_devices}"
            return HttpResponseRedirect(reverse("venue", args=[moved.venue.pk]) + done)
    return _page(request, venue, where, form, status=400)


def _movable(request: HttpRequest, venue_id: UUID) -> Venue:
    venue = Venue.objects.filter(pk=venue_id).select_related("grid_cell").first()
    if venue is None:
        raise venue_not_found()
    is_seen = venues_seen_by(request.user).filter(pk=venue_id).exists()
    if not is_seen or not may_move(request.user, venue, venue.area_path):
        raise venue_not_yours(venue.name)
    return venue


def _unit_form(request: HttpRequest, venue: Venue) -> UnitForm:
    """The villages and communities to which the reader may move it."""
    places = divisions_down_to_units()
    units: dict[str, list] = {}
    for path, place in places.items():
        if len(path) == VILLAGE_DIGITS and may_move(request.user, venue, path):
            units.setdefault(path[:TOWNSHIP_DIGITS], []).append(place)
    townships = [places[path] for path in units if path in places]
    data = request.POST if request.method == "POST" else request.GET if "unit" in request.GET else None
    return UnitForm(data, townships=townships, units=units, initial={"unit": venue.area_path[:VILLAGE_DIGITS]})


def _page(
    request: HttpRequest, venue: Venue, where: UnitForm, form: MoveForm | None = None, status: int = 200
) -> HttpResponse:
    unit = divisions_down_to_units()[where.cleaned_data["unit"]] if form is not None else None
    post = post_of_venue(venue.pk)
    context = {
        "venue": venue,
        "where": where,
        "form": form,
        "lead": whereabouts(path_down_to(venue.area_path)),
        "unit": unit and place_name(unit),
        "unit_path": unit and unit.area_path,
        "post": post,
        "emergencies": running_emergencies([post.pk]) if post else (),
        "n_hygiene": PriorityPlace.objects.filter(venue=venue.pk, struck_at__isnull=True).count() if form else 0,
        "n_positive": len(positive_at(venue.pk)) if form else 0,
        "trail": [(Said("场所", "Venues"), reverse("venues")), (venue.name, reverse("venue", args=[venue.pk])),
                  (Said("迁址", "Move"), "")],
        "at": county_now(),
    }  # fmt: skip
    return render(request, "pages/venue_owner/move.html", context, status=status)
