"""The chief's board, the part of it that renews itself, and the wall."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.pages.navigation import address_of
from fangxian.ops.pages.tracing.tables import clocks_table, needs_of, teams_table
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.tracing_board import board
from fangxian.ops.tracing.queries import teams_of, teams_stood_down

SHOWN_ON_WALL = 5


@login_required
@never_cache
@require_safe
def tracing(request: HttpRequest) -> HttpResponse:
    """The board; whoever sees no county but is in a team is led to that team."""
    own = None if may(request.user, "cases.view", the_realm().division_code) else teams_of(request.user).first()
    if own:
        return HttpResponseRedirect(reverse("tracing-team", args=[own.pk]))
    return render(request, "pages/tracing/board.html", _told(request))


@login_required
@never_cache
@require_safe
def tracing_part(request: HttpRequest) -> HttpResponse:
    """What of the board changes, without its page around it: asked for by the page itself (`?wall` by the wall)."""
    template = "pages/tracing/wall_part.html" if "wall" in request.GET else "pages/tracing/board_part.html"
    return render(request, template, _told(request))


@login_required
@never_cache
@require_safe
def tracing_wall(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/tracing/wall.html", _told(request))


def _told(request: HttpRequest) -> dict:
    county = the_realm().division_code
    require(request.user, "cases.view", county)
    found, may_direct = board(request.user, county_now()), may(request.user, "cases.direct", county)
    needs = needs_of(found, may_direct=may_direct)
    return {
        "board": found,
        "needs": needs,
        "first_needs": needs[:SHOWN_ON_WALL],
        "n_more": max(0, len(needs) - SHOWN_ON_WALL),
        "clocks": clocks_table(found.clocks),
        "teams": teams_table(found.teams),
        "stood_down": teams_stood_down() if may_direct else (),
        "may_direct": may_direct,
        "cases_href": address_of("cases"),
        "contacts_href": address_of("contacts"),
        "hand_href": reverse("tracing-hand-out") if may_direct else "#stuck",
        "at": found.at,
    }
