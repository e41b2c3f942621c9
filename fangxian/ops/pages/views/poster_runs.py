"""The posters of a whole area as one print job: asking for it, how far it is, and its files."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.documents.actions import note_taken
from fangxian.ops.documents.queries import parts_of
from fangxian.ops.jobs.queries import find as find_job
from fangxian.ops.jobs.wire import in_words
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.venue_owner.forms import say_beside
from fangxian.ops.pages.venue_owner.picker import unit_choices
from fangxian.ops.pages.venue_owner.printing import LAYOUTS, WHICH, RunForm, part_shown, runs_table, where_said
from fangxian.ops.pages.words import both
from fangxian.ops.places.models import Division, GridCell
from fangxian.ops.places.queries import place_at, places_at
from fangxian.ops.procedures.print_all_posters import (
    MOST_SHEETS,
    PRINT,
    area_not_yours,
    ask_for_posters,
    go_on_with,
    may_print,
    run_for,
    runs_seen_by,
)
from fangxian.ops.realm.areas import COUNTY_DIGITS, GRID_DIGITS, TOWNSHIP_DIGITS
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.venues import divisions_down_to_units

RUNS_A_PAGE = 20
REFRESH_S = "2"  # a header, so that a reader who has no scripts sees the job go on


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def poster_runs(request: HttpRequest) -> HttpResponse:
    """GET shows the runs of one's area and asks for another. POST has the worker print."""
    if not may_print(request.user):
        raise area_not_yours(the_realm().division_code)
    form = RunForm(
        request.POST if request.method == "POST" else None,
        choices=_choices(request),
        initial={"area": request.GET.get("area", "")},
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            run = ask_for_posters(
                area_path=told["area"], layout=told["layout"], is_changed_only=told["which"] == "changed",
                by=request.user,
            )  # fmt: skip
        except Refusal as refusal:
            say_beside(form, "area", refusal)
        else:
            return HttpResponseRedirect(reverse("poster-run", args=[run.pk]))
    runs = runs_seen_by(request.user)
    paging = Paging.of(request, total=runs.count(), size=RUNS_A_PAGE)
    page = list(runs[paging.slice])
    context = {
        "form": form,
        "table": runs_table(page, places_at({it.area_path for it in page}), paging),
        "total": paging.total,
        "most": int(MOST_SHEETS.value),
        "at": county_now(),
    }
    return render(request, "pages/venue_owner/poster_runs.html", context, status=400 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def poster_run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """GET shows how far a run is, and its files. POST has one that was given up go on."""
    run = run_for(request.user, run_id)
    if request.method == "POST":
        go_on_with(run=run, by=request.user)
        return HttpResponseRedirect(reverse("poster-run", args=[run.pk]))
    job = find_job(run.job) if run.job else None
    is_running = run.ended_at is None and job is not None and job.state in ("queued", "running")
    name = where_said(run, places_at([run.area_path]))
    context = {
        "run": run,
        "name": name,
        "layout": LAYOUTS[run.layout],
        "which": WHICH[run.is_changed_only],
        "parts": [part_shown(it) for it in parts_of(run)],
        "job": job,
        "job_said": job and in_words(job),
        "job_tells": job and Said(job.said_zh, job.said_en),
        "is_running": is_running,
        "has_stopped": run.ended_at is None and not is_running,
        "trail": [(Said("场所", "Venues"), reverse("venues")), (Said("印制场所码", "Posters"), reverse("poster-runs")),
                  (name, "")],
        "at": county_now(),
    }  # fmt: skip
    response = render(request, "pages/venue_owner/poster_run.html", context)
    if is_running:
        response["Refresh"] = REFRESH_S
    return response


@login_required
@never_cache
@require_POST
def poster_part(request: HttpRequest, run_id: UUID, number: int) -> HttpResponse:
    """One part's file. That it was taken out is put on record first."""
    run = run_for(request.user, run_id)
    part = next((it for it in parts_of(run) if it.number == number and it.file), None)
    pdf = the_realm().files.get(part.file if part else "0" * 64)
    note_taken(run=run, part=number, by=f"account:{request.user.pk}")
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="posters-{run.area_path}-{number:02d}.pdf"'
    return answer


def _choices(request: HttpRequest) -> list:
    """The county, townships and units of one's areas, and a grid that the address names."""
    own = {area for permission in PRINT for area in areas_of(request.user, permission)}

    def is_mine(place: Division | GridCell) -> bool:
        return any(place.area_path.startswith(area) for area in own)

    county = place_at(the_realm().division_code)
    asked = request.POST.get("area", "") or request.GET.get("area", "")
    cell = place_at(asked) if len(asked) == GRID_DIGITS else None
    whole = [(it.area_path, _named(it)) for it in (county, cell) if it is not None and is_mine(it)]
    places = divisions_down_to_units()
    towns = [it for path, it in places.items() if len(path) == TOWNSHIP_DIGITS and is_mine(it)]
    units = unit_choices(places, [it for path, it in places.items() if len(path) > TOWNSHIP_DIGITS and is_mine(it)])
    groups = [(both("乡镇", "Townships"), [(it.area_path, _named(it)) for it in towns])] if towns else []
    return [*whole, *groups, *units]


def _named(place: Division | GridCell) -> str:
    name = place_name(place)
    if len(place.area_path) == COUNTY_DIGITS:
        return both(f"{name.zh}（全县）", f"{name.en} (the whole county)")
    return both(name.zh, name.en)
