"""Who is missing in a round, and whoever is not sampled with a reason; what does not go together."""

import re
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.audit.actions import log_views
from fangxian.ops.lab.doubts import told_at
from fangxian.ops.lab.elsewhere import TWICE_ELSEWHERE, same_in_others, swabs_elsewhere
from fangxian.ops.lab.queries import RosterPlace, ScreeningRound, discrepancies_of, round_with, tried_by_others
from fangxian.ops.lab.refusals import no_discrepancy
from fangxian.ops.lab.words import CHANGES, DISCREPANCIES, FAULTS, REASONS, STAGES
from fangxian.ops.pages.county.trails import whereabouts
from fangxian.ops.pages.rounds.forms import StageFilter
from fangxian.ops.pages.rounds.tables import NOWHERE, ON_BOARD, people_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.rounds import HOME, require_sight
from fangxian.ops.places.queries import path_down_to
from fangxian.ops.procedures.print_slips import MOST, print_slips
from fangxian.ops.procedures.run_rounds import may_plan, settle
from fangxian.ops.procedures.sample_at_table import excuse, may_excuse
from fangxian.ops.procedures.take_table_events import may_sample_at
from fangxian.ops.realm.areas import GRID_DIGITS
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.round_board import NAMES, UNKNOWN, groups_seen, people_of

SCANNED = re.compile(r'"(?:tube|box|renamed)": "([^"]{1,60})"')
A_PAGE, DOUBTS_A_PAGE = 50, 20
WHY = "rounds.people"
EXCUSES = {
    "exempt": Said("登记免采", "Exempt"),
    "refuse": Said("登记不配合", "Refused"),
    "due": Said("改回应采", "Due after all"),
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def people(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """GET lists the people at one stage in an area. POST says of those ticked why they are not sampled."""
    require(request.user, NAMES, next(iter(areas_of(request.user, NAMES)), None))
    row, refused = round_with(round_id), None
    asked = request.GET.get("stage", "due")
    stage = asked if asked in STAGES else "due"
    if request.method == "POST":
        try:
            _excuse_those_ticked(request, row)
            return HttpResponseRedirect(request.get_full_path())
        except Refusal as refusal:
            refused = refusal.said
    area, group = _area(request.GET), _group(request.GET)
    rows = people_of(row, request.user, area=area, stage=stage, group=group)
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    shown = list(rows[paging.slice])
    log_views(viewer=request.user.pk, subjects=[subject_of(it) for it in shown], why=WHY)
    may_say = row.state == "open" and stage in ("due", "exempt", "refused")
    may_say = may_say and may_excuse(request.user, area or next(iter(areas_of(request.user, NAMES)), ""))
    context = {
        "at": county_now(),
        "round": row,
        "stage": STAGES[stage],
        "where": (NOWHERE if area == UNKNOWN else whereabouts(path_down_to(area))) if area else None,
        "n": paging.total,
        "area": area,
        "group": group,
        "parts": _parts(people_of(row, request.user, area=area, stage="", group=group).count()),
        "filter": StageFilter(
            {"stage": stage, "area": area, "group": group},
            stages=[(key, STAGES[key]) for key in ON_BOARD],
            groups=groups_seen(row, request.user),
        ),
        "table": people_table(shown, paging, may_tick=may_say),
        "may_say": may_say,
        "reasons": REASONS.items(),
        "excuses": [it for it in EXCUSES.items() if (it[0] == "due") == (stage != "due")],
        "refused": refused,
        "trail": [(HOME, reverse("rounds")), (row.name, reverse("round", args=[row.pk])), (STAGES[stage], "")],
    }
    return render(request, "pages/rounds/people.html", context, status=400 if refused else 200)


def _area(told: QueryDict) -> str:
    """The area asked for, `UNKNOWN`, or "" for all that the account sees."""
    text = told.get("area", "")
    return text if text == UNKNOWN or (text.isdecimal() and 6 <= len(text) <= GRID_DIGITS) else ""


def _group(told: QueryDict) -> str:
    """The class or unit asked for; a sign that no text has is in none's name."""
    return told.get("group", "").replace("\0", "")[:60]


def subject_of(place: RosterPlace) -> str:
    """As whom it is noted that somebody was looked at: a person on the register, else a place on the roster."""
    return f"person:{place.person_id}" if place.person_id else f"place:{place.pk}"


def _parts(n: int) -> list[dict[str, int]]:
    """The prints of which everybody's slips are made up, each with the numbers it is from and to."""
    starts = range(0, n, MOST)
    return [{"part": part, "first": at + 1, "last": min(at + MOST, n)} for part, at in enumerate(starts)]


def _excuse_those_ticked(request: HttpRequest, row: ScreeningRound) -> None:
    kind, why = request.POST.get("do", ""), request.POST.get("why", "")
    for place in _ticked(request):
        excuse(row=row, place=place, kind=kind, why=why, by=request.user)


def _ticked(request: HttpRequest) -> list[UUID]:
    found = []
    for text in request.POST.getlist("place")[:A_PAGE]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@login_required
@never_cache
@require_POST
@sensitive_variables()
def slips(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """A part of the slips of an area, a class or all that the account sees, as a PDF. Asked for, so that it is no link
    to send.
    """
    require(request.user, NAMES, next(iter(areas_of(request.user, NAMES)), None))
    row, part = round_with(round_id), request.POST.get("part", "")
    first = MOST * int(part) if part.isdecimal() and len(part) < 4 else 0
    rows = people_of(row, request.user, area=_area(request.POST), stage="", group=_group(request.POST))
    places = list(rows[first : first + MOST])
    pdf = print_slips(row=row, places=places, by=f"account:{request.user.pk}")
    log_views(viewer=request.user.pk, subjects=[subject_of(it) for it in places], why=WHY)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="slips.pdf"'
    return answer


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def doubts(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """GET shows what does not go together. POST says of one thing how it was settled."""
    require_sight(request.user)
    row, refused = round_with(round_id), None
    if request.method == "POST":
        try:
            _settle(request, row)
            return HttpResponseRedirect(request.get_full_path())
        except Refusal as refusal:
            refused = refusal.said
    rows = discrepancies_of(row)
    kind = request.GET.get("kind", "")
    rows = rows.filter(kind=kind) if kind in DISCREPANCIES else rows
    paging = Paging.of(request, total=rows.count(), size=DOUBTS_A_PAGE)
    # Ordered without what they point at, which the database would fetch of every one before it orders.
    page = rows.filter(pk__in=list(rows.values_list("pk", flat=True)[paging.slice]))
    shown = [it for it in page if _may_see(request, it)]
    tried = tried_by_others(row, shown)
    same = same_in_others(row, {it.place_id for it in shown if it.kind == TWICE_ELSEWHERE and it.place_id})
    elsewhere = swabs_elsewhere(same)
    subjects = sorted({subject_of(it.place) for it in shown if it.place})
    log_views(viewer=request.user.pk, subjects=subjects, why=WHY)
    context = {
        "at": county_now(),
        "round": row,
        "n_open": rows.filter(settled_at=None).count(),
        "doubts": [_told(it, tried.get(it.pk), elsewhere.get(it.place_id, ())) for it in shown],
        "n_hidden": len(page) - len(shown),
        "paging": paging,
        "refused": refused,
        "trail": [(HOME, reverse("rounds")), (row.name, reverse("round", args=[row.pk])), (DOUBTS, "")],
    }
    return render(request, "pages/rounds/doubts.html", context, status=400 if refused else 200)


DOUBTS = Said("对不上的", "What does not go together")


def _area_of(it) -> str:
    """Where it is settled: at its site, or where the person lives."""
    site = (it.tube and it.tube.site) or (it.box and it.box.site) or (it.event and it.event.site)
    return site.area_path if site else it.place.area_path if it.place else ""


def _may_see(request: HttpRequest, it) -> bool:
    area = _area_of(it)
    sees = may(request.user, "lab.report") or may(request.user, "situation.view") or may_plan(request.user)
    return sees or bool(area and (may_sample_at(request.user, area) or may(request.user, NAMES, area)))


def _told(it, tried=None, elsewhere=()) -> dict[str, object]:
    title, to_do = DISCREPANCIES[it.kind]
    place, event = it.place, it.event if it.kind in ("refused", "late", "early") else None
    return {
        "row": it,
        "title": title,
        "to_do": to_do,
        "told_at": told_at(it.event) if it.kind == "clock_behind" else None,
        "tube": it.tube.label if it.tube else (event.tube if event else ""),
        "box": it.box.label if it.box else (event.box if event else ""),
        "site": it.tube.site if it.tube else it.box.site if it.box else it.event.site if it.event else None,
        "person": (place.person.name if place.person else place.name) if place else "",
        "person_id": place.person_id if place else None,
        "event": event,
        "tried": tried,
        "elsewhere": elsewhere,
        "tried_what": CHANGES[tried.kind] if tried else None,
        "fault": FAULTS.get(event.fault.removeprefix("lab.")) if event else None,
        "scanned": SCANNED.findall(event.said) if event else [],
    }


def _settle(request: HttpRequest, row: ScreeningRound) -> None:
    try:
        which = UUID(request.POST.get("doubt", ""))
    except ValueError:
        raise no_discrepancy() from None
    it = discrepancies_of(row).filter(pk=which).first()
    if it is None:
        raise no_discrepancy()
    how = request.POST.get("how", "")[:300]
    # What came while the round was not open is settled by whoever may open it.
    area_path = "" if it.kind in ("late", "early") else _area_of(it)
    settle(row=row, discrepancy=it.pk, area_path=area_path, how=how, by=request.user)
