"""The first page: for whoever is not signed in what this is, for whoever is the place they work in."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.measures.queries import orders_running
from fangxian.ops.pages.county.area_tables import links_table
from fangxian.ops.pages.county.trails import Step, area_href
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.places.queries import area_names, place_at
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.county_file import county_file
from fangxian.ops.situation.persons import own_record
from fangxian.ops.situation.rulebook_names import rulebook_names
from fangxian.ops.situation.venues import venues_seen_by
from fangxian.ops.situation.without_codes import uses_codes
from fangxian.ops.tracing.queries import teams_of

VENUES_SHOWN = 12
NAME, OWN = Said("名称", "Name"), Said("我的", "Mine")
ROOMS = (
    ("accounts.view", "accounts", Said("账号与任命", "Accounts")),
    ("audit.view", "audit", Said("审计记录", "Audit trail")),
    ("rulebook.view", "rulebook", Said("现行规则", "Rulebook in force")),
)


def home(request) -> HttpResponse:
    if not request.user.is_authenticated:
        return _public(request)
    own, rooms = list(_own_places(request.user)), list(_rooms(request.user))
    if len(own) == 1:
        return redirect(own[0][1])
    context = {
        "own": own and links_table(Said("我负责的地方", "What I look after"), own, NAME),
        "rooms": rooms and links_table(Said("我可以查看的", "What I may read"), rooms, NAME),
        "at": county_now(),
    }
    return render(request, "pages/home.html", context)


def _public(request) -> HttpResponse:
    now = county_now()
    names = rulebook_names(now).measures
    orders = [order for order in orders_running(now) if order.begins_at <= now]
    places = area_names({order.area_path for order in orders})
    context = {
        "county_name": county_file().name,
        "orders": [
            {
                "order": order,
                "measure": names.get((order.disease, order.measure)) or order.measure,
                "place": places.get(order.area_path) or order.area_path,
            }
            for order in orders
        ],
        "at": now,
    }
    return render(request, "pages/home_public.html", context)


def _own_places(account: Account) -> Iterator[Step]:
    """Where an account works: its areas; without one its venues; without those its own record."""
    if at_work := _in_tracing(account):
        yield at_work
        return
    areas = areas_of(account, "area.view")
    for area_path in areas:
        if place := place_at(area_path):
            yield place_name(place), area_href(area_path)
    if not areas and may(account, "venues.view"):
        for venue in venues_seen_by(account).order_by("name")[:VENUES_SHOWN]:
            yield venue.name, reverse("venue", args=[venue.pk])
    elif not areas and own_record(account):
        yield Said("我的健康码", "My health code") if uses_codes(county_now()) else OWN, reverse("my-code")
    if not areas and may(account, "doors.scan"):
        yield Said("门口查验", "Checking at the door"), reverse("door")


def _in_tracing(account: Account) -> Step | None:
    """Whoever directs the tracing teams begins at their board, whoever is in one of them with what is to be done."""
    if may(account, "cases.direct", the_realm().division_code):
        return Said("流调调度", "Tracing"), reverse("tracing")
    if may(account, "tasks.do") and teams_of(account).exists():
        return Said("我的任务", "My tasks"), reverse("my-tasks")
    return None


def _rooms(account: Account) -> Iterator[Step]:
    for permission, route, label in ROOMS:
        try:
            if may(account, permission):
                yield label, reverse(route)
        except NoReverseMatch:  # an install without that room
            continue
