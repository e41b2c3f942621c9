"""One's own venues, and applying for one more."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import account_named, may
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.venue_owner.forms import ApplicationForm, OwnerForm, UnitForm, say_beside
from fangxian.ops.pages.venue_owner.tables import own_venues
from fangxian.ops.pages.venue_owner.words import trail
from fangxian.ops.pages.words import both
from fangxian.ops.places.actions import apply_for_venue
from fangxian.ops.places.models import GridCell, Venue
from fangxian.ops.places.queries import children_of, venues_kept_by
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.county_file import county_file
from fangxian.ops.situation.hygiene_due import late_by_venue
from fangxian.ops.situation.persons import own_record
from fangxian.ops.situation.venues import divisions_down_to_units

APPLY = "venues.apply"
REGISTER = "venues.register"
NO_CELLS = both(
    "这个村（社区）还没有划分网格，不能登记场所。请联系乡镇；也请核对有没有选错。",
    "This village or community has no grid cell on record, so no venue can be registered. Check the choice, or ask the "
    "township.",
)
FRONT_DOOR = Said("正门", "正门")  # a name on record, so in the county's language


@login_required
@never_cache
def own(request) -> HttpResponse:
    require(request.user, APPLY)
    at, venues = county_now(), list(venues_kept_by(request.user).order_by("status", "name")[:200])
    late = late_by_venue(request.user, [it.pk for it in venues], at) if venues else {}
    table = own_venues(venues, late, may_apply=True)
    return render(request, "pages/venue_owner/venues.html", {"table": table, "total": len(venues), "at": at})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request) -> HttpResponse:
    """First the village or community, then the rest: only its own grid cells are then to choose from."""
    require(request.user, APPLY)
    where = _unit_form(request)
    if not where.is_bound or not where.is_valid():
        return _page(request, where)
    cells = children_of(where.cleaned_data["unit"])
    if not cells:
        where.add_error("unit", NO_CELLS)
        return _page(request, where, status=400)
    owner = OwnerForm(request.POST or None) if _registers(request) else None
    if request.method != "POST":
        return _page(request, where, ApplicationForm(cells=cells, initial={"doors": FRONT_DOOR.zh}), owner)
    form = ApplicationForm(request.POST, cells=cells)
    if form.is_valid() and (owner is None or owner.is_valid()) and (sent := _send(request, form, owner, cells)):
        return HttpResponseRedirect(reverse("venue-keep", args=[sent.pk]) + "?done=apply")
    return _page(request, where, form, owner, status=400)


def _registers(request) -> bool:
    """Whether the reader registers venues for others, as a department does."""
    return bool(areas_of(request.user, REGISTER))


def _unit_form(request) -> UnitForm:
    places = divisions_down_to_units()
    townships = [it for path, it in places.items() if len(path) == TOWNSHIP_DIGITS]
    units = {
        it.area_path: [
            unit for path, unit in places.items() if len(path) == VILLAGE_DIGITS and path.startswith(it.area_path)
        ]
        for it in townships
    }
    data = request.POST if request.method == "POST" else request.GET if "unit" in request.GET else None
    return UnitForm(data, townships=townships, units=units, initial={"unit": _home_unit(request)})


def _home_unit(request) -> str:
    """A resident's own village or community, most likely the shop's too."""
    person = own_record(request.user) if may(request.user, "people.view") else None
    return person.area_path[:VILLAGE_DIGITS] if person else ""


def _send(request, form: ApplicationForm, owner: OwnerForm | None, cells: list[GridCell]) -> Venue | None:
    """Put the application on record; None with the reason beside its field."""
    told, account = form.cleaned_data, request.user
    if owner is not None and not (account := account_named(owner.cleaned_data["owner"].strip())):
        owner.add_error("owner", both("没有这个用户名。", "There is no such username."))
        return None
    venue = Venue(
        name=told["name"].strip(),
        address=told["address"].strip(),
        trade=told["trade"],
        venue_class=county_file().venue_classes[told["trade"]],
        grid_cell=next(cell for cell in cells if cell.area_path == told["cell"]),
        owner=account,
    )
    try:
        apply_for_venue(venue=venue, door_names=told["doors"], by=f"account:{request.user.pk}")
    except Refusal as refusal:
        say_beside(form, "name", refusal)
        return None
    return venue


def _page(
    request, where: UnitForm, form: ApplicationForm | None = None, owner: OwnerForm | None = None, status: int = 200
) -> HttpResponse:
    unit = divisions_down_to_units()[where.cleaned_data["unit"]] if form is not None else None
    context = {
        "where": where,
        "form": form,
        "owner": owner,
        "unit": unit and place_name(unit),
        "unit_path": unit and unit.area_path,
        "trail": trail((Said("申请", "Apply"), "")),
    }
    return render(request, "pages/venue_owner/apply.html", context, status=status)
