"""Headquarters' situation page, the wall in its hall, and the one file that both are kept alive by."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fangxian.ops.accounts.scope import require
from fangxian.ops.pages.situation.alarms import alarms_shown
from fangxian.ops.pages.situation.figures import (
    SHADES,
    document_of,
    figures_of,
    map_of,
    minutes_chart,
    presence_rows,
    reason_rows,
    silent_rows,
    township_rows,
)
from fangxian.ops.pages.situation.serving import answer, give_ticket, live_file
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.areas import townships_drawn


@login_required
@never_cache
@require_safe
def situation(request: HttpRequest) -> HttpResponse:
    return _page(request, "pages/situation/situation.html")


@login_required
@never_cache
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    return _page(request, "pages/situation/wall.html")


@login_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The live file for somebody without a ticket: asked of the database, and a ticket for the next minute."""
    require(request.user, "situation.view", the_realm().division_code)
    return give_ticket(request, answer(request))


def _page(request: HttpRequest, template: str) -> HttpResponse:
    require(request.user, "situation.view", the_realm().division_code)
    found = live_file()
    document, age_s = document_of(found), found.age_s() if found else 0
    context = {
        "figures": figures_of(document, age_s),
        "alarms": alarms_shown(document),
        "age_s": age_s,
        "cuts": ",".join(f"{shade.low:g}" for shade in SHADES),
        "at": county_now(),
        "document": document,
    }
    return give_ticket(request, render(request, template, context | _pictures(document)))


def _pictures(document: dict | None) -> dict:
    if document is None or document["minutes"] is None:
        return {"is_counted": False}
    drawn = townships_drawn(the_realm().division_code)
    return {
        "is_counted": True,
        "is_schematic": not drawn.is_own,
        "map": map_of(document["townships"], drawn),
        "townships": township_rows(document["townships"]),
        "reasons": reason_rows(document["reasons"]),
        "chart": minutes_chart(document["minutes"]),
        "presences": presence_rows(document["presences"]),
        "silent": document["silent"],
        "silent_rows": silent_rows(document["silent"]) if document["silent"] else [],
    }
