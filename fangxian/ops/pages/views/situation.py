"""Headquarters' situation page, the wall in its hall, and the one file that both are kept alive by."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fangxian.ops.accounts.scope import require
from fangxian.ops.pages.situation.alarms import alarms_shown
from fangxian.ops.pages.situation.diseases import diseases_table
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
from fangxian.ops.situation.without_codes import diseases_now, uses_codes

WALL_REFRESH_S = "60"


@login_required
@never_cache
@require_safe
def situation(request: HttpRequest) -> HttpResponse:
    return _page(request, "pages/situation/situation.html", "pages/situation/diseases.html")


@login_required
@never_cache
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    page = _page(request, "pages/situation/wall.html", "pages/situation/diseases_wall.html")
    if not uses_codes(county_now()):
        page["Refresh"] = WALL_REFRESH_S  # it has no live file that would keep it fresh
    return page


@login_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The live file for somebody without a ticket: asked of the database, and a ticket for the next minute."""
    require(request.user, "situation.view", the_realm().division_code)
    return give_ticket(request, answer(request))


def _page(request: HttpRequest, template: str, without_codes: str) -> HttpResponse:
    """The page; another where the diseases in force have no codes and no doors, for there nobody scans."""
    require(request.user, "situation.view", the_realm().division_code)
    if not uses_codes(county_now()):
        return render(request, without_codes, _of_diseases())
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


def _of_diseases() -> dict:
    at = county_now()
    rows = diseases_now(the_realm().division_code, at=at)
    return {"table": diseases_table(rows), "n_cases": sum(row.n_cases for row in rows), "at": at}


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
