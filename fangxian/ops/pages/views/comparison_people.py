"""Whom a comparison is about: the list and its file, one person, and the pairs that a person decides."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.matching.clusters import Why
from fangxian.core.matching.explaining import FIELD_NAMES, WHYS, explain
from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.comparisons import refusals
from fangxian.ops.comparisons.queries import VERDICTS, comparison_for, doubts_for, findings_for, rows_of
from fangxian.ops.comparisons.wire import read_levels
from fangxian.ops.intake.writing import csv_pieces
from fangxian.ops.pages.comparisons.forms import PeopleFilter
from fangxian.ops.pages.comparisons.tables import area_said, facts_of, people_table, place_said, rows_table
from fangxian.ops.pages.comparisons.words import CONFLICTS, DONE, EXPLAINED, OUTCOMES, ROLES, VERDICTS_SAID, listed
from fangxian.ops.pages.county.showing import log, showing
from fangxian.ops.pages.county.words import word
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.comparisons import trail
from fangxian.ops.pages.views.errors import apologise
from fangxian.ops.pages.words import language
from fangxian.ops.places.queries import places_at
from fangxian.ops.procedures.compare_deciding import decide, first_to_decide
from fangxian.ops.realm.areas import below

A_PAGE = 50
TOWNSHIP_DIGITS = 9
OF = "comparisons"
PEOPLE = Said("比对的人", "People compared")
UNDO = "0"  # in the place of a verdict
LIKELIEST = 20  # of which one is shown: nobody has more pairs of their own household
HEADS = (
    Said("姓名", "name"),
    Said("结果", "outcome"),
    Said("哪些来源有", "sources"),
    Said("不一致", "conflicting"),
    Said("哪里", "where"),
    Said("区划", "division"),
    Said("行数", "rows"),
)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request, comparison_id: UUID) -> HttpResponse:
    """GET shows whom a comparison is about. POST states why they are shown in full, or takes the list out as a file."""
    row = comparison_for(request.user, comparison_id)
    shows = showing(request, row.pk)
    if shows.is_settled:
        return HttpResponseRedirect(request.get_full_path())
    everybody = findings_for(request.user, row)
    areas = {area[:TOWNSHIP_DIGITS] for area in everybody.order_by().values_list("area_path", flat=True).distinct()}
    places = places_at(areas)
    form = PeopleFilter(request.GET, areas={area: area_said(area, places) for area in sorted(areas)})
    rows = _chosen(everybody, form)
    if request.method == "POST":
        return _file(request, row, rows, shows)
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    shown = list(rows[paging.slice])
    log(request, shows, [it.person_id for it in shown if it.person_id], of=OF)
    title = OUTCOMES.get(form.chosen("outcome"), PEOPLE)
    context = {
        "row": row,
        "title": title,
        "lead": EXPLAINED.get(form.chosen("outcome"), ""),
        "form": form,
        "showing": shows,
        "table": people_table(row, shown, _places(shown), paging, shows),
        "total": paging.total,
        "trail": trail(row, (title, "")),
        "at": row.compared_at,
    }
    return render(request, "pages/comparisons/people.html", context)


def _chosen(rows, form: PeopleFilter):
    if outcome := form.chosen("outcome"):
        rows = rows.filter(outcome=outcome)
    area = form.chosen("area")
    return rows.filter(below(area)) if area else rows


def _places(rows) -> dict:
    return places_at({row.area_path[:digits] for row in rows for digits in (9, 12)})


def _file(request, row, rows, shows) -> HttpResponse:
    """The list as a file, in full: only whoever has stated a reason takes it out."""
    if not shows.reason:
        return apologise(request, 403)
    found, chinese = list(rows), not language().startswith("en")
    log(request, shows, [it.person_id for it in found if it.person_id], of=OF)
    places = _places(found)

    def say(said: Said) -> str:
        return said.zh if chinese else said.en

    heads = [*map(say, HEADS)]
    cells = (
        [
            it.name,
            say(word(OUTCOMES, it.outcome)),
            say(listed(ROLES, it.roles)),
            say(listed(CONFLICTS, it.conflicts)),
            say(place_said(it.area_path, places)),
            it.area_path,
            str(it.n_rows),
        ]
        for it in found
    )
    pieces = csv_pieces(heads, cells)
    answer = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    day = f"{localtime(row.compared_at):%Y%m%d-%H%M}" if row.compared_at else ""
    answer["Content-Disposition"] = f'attachment; filename="compared-{day}-{row.pk.hex[:8]}.csv"'
    return answer


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request, comparison_id: UUID, finding_id: UUID) -> HttpResponse:
    """One person: what each source says of them, and what came of it."""
    row = comparison_for(request.user, comparison_id)
    found = findings_for(request.user, row).filter(pk=finding_id).first()
    if found is None:
        raise refusals.unknown()
    shows = showing(request, row.pk)
    if shows.is_settled:
        return HttpResponseRedirect(request.get_full_path())
    log(request, shows, [found.person_id] if found.person_id else [], of=OF)
    called = shows.masked(found.name, "name") or "—"
    is_known = found.person_id and may(request.user, "people.view", found.area_path)
    context = {
        "row": row,
        "found": found,
        "name": called,
        "outcome": word(OUTCOMES, found.outcome),
        "explained": EXPLAINED[found.outcome],
        "roles": listed(ROLES, found.roles),
        "conflicts": listed(CONFLICTS, found.conflicts),
        "place": place_said(found.area_path, _places([found])),
        "table": rows_table(rows_of([found.pk]).get(found.pk, []), shows),
        "showing": shows,
        "person_href": reverse("person", args=[found.person_id]) if is_known else "",
        "trail": trail(row, (PEOPLE, reverse("comparison-people", args=[row.pk])), (Said(called, called), "")),
        "at": row.compared_at,
    }
    return render(request, "pages/comparisons/person.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def doubtful(request, comparison_id: UUID) -> HttpResponse:
    """GET shows the likeliest pair that waits, side by side. POST says what it is, or takes that back."""
    row = comparison_for(request.user, comparison_id)
    shows = showing(request, row.pk)
    if shows.is_settled:
        return HttpResponseRedirect(request.get_full_path())
    if request.method == "POST":
        return _decide(request, row)
    doubts = doubts_for(request.user, row)
    waiting = doubts.filter(verdict="")
    one = first_to_decide(waiting[:LIKELIEST], request.user)
    persons = [it.finding.person_id for it in (one.one, one.other) if it.finding] if one else []
    log(request, shows, [it for it in persons if it], of=OF)
    context = {
        "row": row,
        "pair": one,
        "total": waiting.count(),
        "n_decided": doubts.exclude(verdict="").count(),
        "showing": shows,
        "why": one and WHYS[Why(one.why)],
        "sides": [facts_of(it, shows) for it in (one.one, one.other)] if one else [],
        "compared": [(FIELD_NAMES[field], is_for, said) for field, is_for, said in explain(read_levels(one.levels))]
        if one
        else [],
        "verdicts": [(key, VERDICTS_SAID[key], number) for number, key in enumerate(VERDICTS.values, start=1)],
        "last": request.GET.get("last", ""),
        "done": DONE.get(request.GET.get("done", "")),
        "trail": trail(row, (Said("拿不准的", "Doubtful pairs"), "")),
        "at": row.compared_at,
    }
    return render(request, "pages/comparisons/doubtful.html", context)


def _decide(request, row) -> HttpResponse:
    verdict, pair = request.POST.get("verdict", ""), request.POST.get("pair", "")
    try:
        key = UUID(pair)
    except ValueError:
        return apologise(request, 400)
    if verdict not in (*VERDICTS.values, UNDO):
        return apologise(request, 400)
    here = reverse("comparison-doubtful", args=[row.pk])
    decide(comparison=row.pk, pair=key, verdict="" if verdict == UNDO else verdict, by=request.user)
    if verdict == UNDO:
        return HttpResponseRedirect(f"{here}?done=reopened")
    return HttpResponseRedirect(f"{here}?done=decided&last={key}")
