"""The venues and one venue, with what an approver or a registrar decides about it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of, within_scope
from fangxian.ops.hygiene.queries import within
from fangxian.ops.pages.county.area_tables import venue_rows
from fangxian.ops.pages.county.forms import VenueFilter
from fangxian.ops.pages.county.trails import area_href, trail_to, whereabouts
from fangxian.ops.pages.county.venue_tables import classes_table, doors_table, roles_table
from fangxian.ops.pages.county.words import VENUE_STATUS, place_name, trade, word
from fangxian.ops.pages.hygiene.words import class_said
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.venue_owner.forms import DecisionForm, say_beside
from fangxian.ops.pages.venue_owner.tables import applications, namings_table, rests_on, state_said
from fangxian.ops.pages.venue_owner.words import DONE
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.pages.words import in_words, said
from fangxian.ops.places.actions import refuse_venue, resume_venue, suspend_venue
from fangxian.ops.places.models import Division, Venue
from fangxian.ops.places.queries import is_in_scope, namesakes_of, place_at
from fangxian.ops.places.refusals import venue_not_yours
from fangxian.ops.places.wire import place_told
from fangxian.ops.procedures.close_venue import close_venue, may_reopen, reopen_venue
from fangxian.ops.procedures.move_venue import may_move, take_move_back
from fangxian.ops.procedures.name_venue import LIVING, doors_to_reprint
from fangxian.ops.procedures.open_venue import may_open, open_venue
from fangxian.ops.procedures.print_all_posters import may_print
from fangxian.ops.realm.areas import GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.rulebook_names import rulebook_names
from fangxian.ops.situation.silent_for_grid import silence_seen
from fangxian.ops.situation.venues import (
    VenueFile,
    divisions_down_to_units,
    trades_of,
    venue_file,
    venues_filtered,
    venues_seen_by,
)
from fangxian.ops.situation.without_codes import uses_codes

VENUES_A_PAGE, NAMINGS_SHOWN = 50, 20
APPROVE, REGISTER = "approvals.decide", "venues.register"
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
    applied = within_scope(seen, request.user, APPROVE).filter(status=Venue.Status.APPLIED).order_by("status_since")
    waiting = [it for it in applied[:VENUES_A_PAGE] if may_open(request.user, it.area_path)]
    has_codes = uses_codes(county_now())
    context = {
        "table": table,
        "form": form,
        "has_codes": has_codes,
        "total": paging.total,
        "n_applied": n_applied,
        "waiting": may_open(request.user) and applications(waiting, places),
        "may_print": has_codes and may_print(request.user),
        "n_silent": silence_seen(request.user).count() if has_codes and may(request.user, "tasks.view") else 0,
        "at": county_now(),
    }
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
@require_http_methods(["GET", "HEAD", "POST"])
def venue(request, venue_id: UUID) -> HttpResponse:
    """GET shows the venue. POST is the decision named by `do`; the venue's page then shows how it stands."""
    found = venue_file(venue_id, request.user, at=county_now())
    if request.method != "POST":
        return _venue_page(request, found, DecisionForm())
    return _decide(request, found)


def _decisions(account: Account, it: Venue) -> tuple[str, ...]:
    """What this account may decide about the venue as it stands."""
    approves = is_in_scope(account, APPROVE, it)
    if it.status == Venue.Status.CLOSED:
        is_gone = it.opened_at is None or it.moved_to.exclude(status=Venue.Status.CLOSED).exists()
        return ("reopen",) if may_reopen(account, it) and not is_gone else ()
    if it.status == Venue.Status.APPLIED:
        return ("verify", "refuse") if may_open(account, it.area_path) else ()
    if not approves and not is_in_scope(account, REGISTER, it):
        return ()
    back = ("take_back",) if it.moved_from_id is not None and may_move(account, it, it.area_path) else ()
    standing = {Venue.Status.VERIFIED: ("suspend", "close"), Venue.Status.SUSPENDED: ("resume", "close")}
    return (*standing.get(Venue.Status(it.status), ()), *back)


def _decide(request, found: VenueFile) -> HttpResponse:
    decision, it, by = request.POST.get("do", ""), found.venue, f"account:{request.user.pk}"
    if decision not in CARRY_OUT and decision not in WITH_ACCOUNT:
        return apologise(request, 400)
    if not any(is_in_scope(request.user, permission, it) for permission in (APPROVE, REGISTER)):
        raise venue_not_yours(it.name)
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            if decision in ("verify", "refuse") and not may_open(request.user, it.area_path):
                raise venue_not_yours(it.name)
            if decision in WITH_ACCOUNT:
                it = WITH_ACCOUNT[decision](it, form.cleaned_data["because"], request.user)
            else:
                CARRY_OUT[decision](it, form.cleaned_data["because"], by)
        except Refusal as refusal:
            say_beside(form, "because", refusal)
        else:
            return HttpResponseRedirect(f"{reverse('venue', args=[it.pk])}?done={decision}")
    return _venue_page(request, found, form, status=400)


CARRY_OUT: dict[str, Callable[[Venue, str, str], None]] = {
    "verify": lambda it, because, by: open_venue(venue=it, by=by),
    "refuse": lambda it, because, by: refuse_venue(venue=it, because=because, by=by),
    "suspend": lambda it, because, by: suspend_venue(venue=it, because=because, by=by),
    "resume": lambda it, because, by: resume_venue(venue=it, by=by),
    "close": lambda it, because, by: close_venue(venue=it, because=because, by=by),
}


def _reopen(it: Venue, because: str, by: Account) -> Venue:
    reopen_venue(venue=it, because=because, by=by)
    return it


# Decisions that ask what the account may do at both ends; each gives the venue to be shown then.
WITH_ACCOUNT: dict[str, Callable[[Venue, str, Account], Venue]] = {
    "reopen": _reopen,
    "take_back": lambda it, because, by: take_move_back(venue=it, by=by),
}
MOST_NAMESAKES = 5


def _application(it: Venue) -> dict[str, object]:
    """What whoever decides on an application has to know beside it: who applies, and who has the name already."""
    return {
        "applicant": it.owner and f"{it.owner.username} · {in_words(place_name(it.owner.unit))}",
        "namesakes": [
            {"name": other.name, "trade": trade(other.trade), "cell": place_name(other.grid_cell)}
            for other in namesakes_of(it)[:MOST_NAMESAKES]
        ],
    }


def _position(it: Venue) -> str:
    """Where the owner says it stands, for whoever goes there to see; empty if that is not on record."""
    told = place_told(it)
    if told is None:
        return ""
    at, radius_m = f"{told['latitude']}, {told['longitude']}", told["radius_m"]
    return said(f"{at} · 半径 {radius_m} 米", f"{at} · radius {radius_m} m")


def _venue_page(request, found: VenueFile, form: DecisionForm, status: int = 200) -> HttpResponse:
    it = found.venue
    namings = list(it.namings.all()[:NAMINGS_SHOWN])
    context = {
        "found": found,
        "trade": trade(it.trade),
        "venue_class": word(rulebook_names(found.at).venue_classes, it.venue_class),
        "status": word(VENUE_STATUS, it.status),
        "lead": whereabouts(found.trail),
        "trail": trail_to(found.trail, request.user, (Said(it.name, it.name), "")),
        "number": f"{it.venue_number:08d}",
        "position": _position(it),
        "cell": place_name(it.grid_cell),
        "cell_href": area_href(it.area_path) if may(request.user, "area.view", it.area_path) else "",
        "doors": doors_table(found.doors),
        "roles": roles_table(found.roles, found.n_persons),
        "classes": classes_table(found.classes),
        "state": state_said(it),
        "form": form,
        "decisions": _decisions(request.user, it),
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "may_move": it.status in (Venue.Status.VERIFIED, Venue.Status.SUSPENDED)
        and may_move(request.user, it, it.area_path),
        "may_print": it.status == Venue.Status.VERIFIED and may_print(request.user, it.area_path),
        "may_name": it.status in LIVING and may_move(request.user, it, it.area_path),
        "namings": namings and namings_table(namings),
        "reprint": namings and doors_to_reprint(it),
        "hygiene": [(row, class_said(row.of_class)) for row in within(request.user).filter(venue=it.pk)],
        "moved_from": it.moved_from,
        "moved_to": it.moved_to.exclude(status=Venue.Status.CLOSED).first(),
        "rests_on": rests_on(it),
        **(_application(it) if it.status == Venue.Status.APPLIED else {}),
        "may_keep": any(is_in_scope(request.user, permission, it) for permission in ("venues.keep", REGISTER)),
    }
    return render(request, "pages/county/venue.html", context, status=status)
