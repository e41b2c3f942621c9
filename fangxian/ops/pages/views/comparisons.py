"""The three comparisons: the list of them, opening one, its figures and sources, a list's columns."""

from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.comparisons import refusals
from fangxian.ops.comparisons.actions import drop_source
from fangxian.ops.comparisons.queries import (
    UPLOAD,
    VIEW,
    Counts,
    comparison_for,
    comparisons_for,
    counts_for,
    source_of,
    sources_of,
)
from fangxian.ops.intake.kinds import kind_of
from fangxian.ops.intake.queries import find, first_rows, headers_of, refused_file
from fangxian.ops.intake.wire import WARNINGS, outcome
from fangxian.ops.jobs.queries import latest_with_key
from fangxian.ops.jobs.wire import in_words as job_said
from fangxian.ops.pages.columns import ColumnsForm
from fangxian.ops.pages.comparisons.forms import OpenForm, SourceForm, say_beside
from fangxian.ops.pages.comparisons.tables import areas_table, comparisons_table, sources_table
from fangxian.ops.pages.comparisons.words import DONE, EXPLAINED, OUTCOMES, ROLES, SENDERS
from fangxian.ops.pages.county.words import word
from fangxian.ops.pages.parts import Need
from fangxian.ops.pages.tables import Paging
from fangxian.ops.places.queries import places_at
from fangxian.ops.procedures.compare_sources import (
    JOB,
    KIND,
    begin_comparison,
    begin_run,
    confirm_columns,
    proposed_columns,
    run_key,
    take_source,
)
from fangxian.ops.realm.current import county_now

A_PAGE = 50
USUAL_DAYS = timedelta(days=14)
LAST_DAY = date(2999, 12, 31)  # the last day a calendar knows has none after it; either is refused as too long
REFRESH_S = "3"  # a header, so that a reader who has no scripts sees the job go on
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOME = Said("三比对", "Three comparisons")


@login_required
@never_cache
@require_GET
def comparisons(request) -> HttpResponse:
    require(request.user, VIEW)
    rows = comparisons_for(request.user)
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    context = {
        "table": comparisons_table(list(rows[paging.slice]), paging),
        "total": paging.total,
        "may_open": may(request.user, UPLOAD) and may(request.user, VIEW),
        "at": county_now(),
    }
    return render(request, "pages/comparisons/comparisons.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request) -> HttpResponse:
    """Open a comparison over the area for which one may upload lists."""
    require(request.user, VIEW)
    require(request.user, UPLOAD)
    if request.method != "POST":
        today = county_now().date()
        initial = {"begins_on": today - USUAL_DAYS, "last_on": today, "own": ["arrivals", "enquiries", "people"]}
        return _new_page(request, OpenForm(initial=initial))
    form = OpenForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            row = begin_comparison(
                title=told["title"], area_path=areas_of(request.user, UPLOAD)[0], begins_on=told["begins_on"],
                ends_on=min(told["last_on"], LAST_DAY) + timedelta(days=1), own=told["own"], by=request.user,
            )  # fmt: skip
        except Refusal as refusal:
            say_beside(form, "title" if refusal.code == "comparisons.no_title" else "last_on", refusal)
        else:
            return HttpResponseRedirect(f"{reverse('comparison', args=[row.pk])}?done=opened")
    return _new_page(request, form, status=400)


def _new_page(request, form: OpenForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "trail": [(HOME, reverse("comparisons")), (Said("新建比对", "New comparison"), "")]}
    return render(request, "pages/comparisons/new.html", context, status=status)


def trail(row, *further: tuple) -> list[tuple]:
    """The way from the list of comparisons down to a page of one."""
    name = Said(row.title, row.title)
    steps = [(HOME, reverse("comparisons")), (name, reverse("comparison", args=[row.pk]) if further else "")]
    return [*steps, *further]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comparison(request, comparison_id: UUID) -> HttpResponse:
    """GET shows a comparison. POST takes a list in, or, with `do=run`, compares."""
    row = comparison_for(request.user, comparison_id)
    if request.method == "POST" and request.POST.get("do") == "run":
        begin_run(comparison=row.pk, by=request.user)
        return HttpResponseRedirect(reverse("comparison", args=[row.pk]))
    if request.method != "POST":
        return _comparison_page(request, row, SourceForm())
    form = SourceForm(request.POST, request.FILES)
    if form.is_valid():
        told = form.cleaned_data
        try:
            _, source = take_source(
                comparison=row.pk, role=told["role"], sender=told["sender"], content=told["file"].read(),
                file_name=told["file"].name, by=request.user,
            )  # fmt: skip
        except Refusal as refusal:
            say_beside(form, "file", refusal)
        else:
            return HttpResponseRedirect(reverse("comparison-source", args=[row.pk, source.pk]))
    return _comparison_page(request, row, form, status=400)


def _comparison_page(request, row, form: SourceForm, status: int = 200) -> HttpResponse:
    sources, counts = sources_of(row.pk), counts_for(request.user, row)
    intakes = {it.intake: find(it.intake) for it in sources if it.intake and not it.as_of}
    job = latest_with_key(kind=JOB, unique_key=run_key(row))
    is_running = job is not None and job.state in ("queued", "running")
    people = reverse("comparison-people", args=[row.pk])
    context = {
        "row": row,
        "last_on": row.ends_on - timedelta(days=1),
        "figures": [
            (said, EXPLAINED[key], counts.by_outcome.get(key, 0), f"{people}?outcome={key}")
            for key, said in OUTCOMES.items()
        ],
        "counts": counts,
        "needs": list(_needs(row, sources, intakes, counts)),
        "areas": areas_table(counts, places_at(counts.by_area), people),
        "sources": sources_table(row, sources, intakes),
        "form": form,
        "job": job,
        "job_said": job and job_said(job),
        "job_tells": job and Said(job.said_zh, job.said_en),
        "is_running": is_running,
        "may_upload": may(request.user, UPLOAD, row.area_path),
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "people_href": people,
        "trail": trail(row),
        "at": row.compared_at or county_now(),
    }
    response = render(request, "pages/comparisons/comparison.html", context, status=status)
    if is_running and request.method != "POST":
        response["Refresh"] = REFRESH_S
    return response


def _needs(row, sources, intakes, counts: Counts):
    """What waits for a person, and where it is done."""
    for it in sources:
        intake = intakes.get(it.intake)
        if intake is not None and intake.state == "received":
            what = Said("份清单收下了，还没有确认列名", "list received, its columns to be confirmed")
            yield Need(what=what, href=reverse("comparison-source", args=[row.pk, it.pk]))
    if counts.n_undecided:
        what = Said("对像是同一人又拿不准，要人来判断", "pairs that may be one person, for somebody to decide")
        yield Need(what=what, count=counts.n_undecided, href=reverse("comparison-doubtful", args=[row.pk]))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def source(request, comparison_id: UUID, source_id: UUID) -> HttpResponse:
    """GET shows a source: of a list the columns, or what came of it. POST confirms the columns, or drops the source."""
    row = comparison_for(request.user, comparison_id)
    it = source_of(row.pk, source_id)
    here = reverse("comparison", args=[row.pk])
    if request.method == "POST" and request.POST.get("do") == "drop":
        require(request.user, UPLOAD, row.area_path)
        drop_source(comparison=row.pk, source=it.pk, by=f"account:{request.user.pk}")
        return HttpResponseRedirect(f"{here}?done=dropped")
    intake = find(it.intake) if it.intake else None
    may_upload = may(request.user, UPLOAD, row.area_path)
    is_open = intake is not None and intake.state in ("received", "mapped") and may_upload
    form = _columns_form(it, intake, request) if is_open else None
    status = 200
    if request.method == "POST" and form and form.is_valid():
        try:
            confirm_columns(comparison=row.pk, intake=intake.pk, mapping=form.mapping, by=request.user)
        except Refusal as refusal:
            say_beside(form, None, refusal)
            status = 400
        else:
            return HttpResponseRedirect(f"{here}?done=added")
    context = {
        "row": row,
        "source": it,
        "sender": word(SENDERS, it.sender),
        "role": word(ROLES, it.role),
        "intake": intake,
        "form": form,
        "n_rows": intake.n_rows if intake else it.n_rows,
        "may_upload": may_upload,
        "outcome": intake and outcome(intake),
        "warnings": [WARNINGS[name] for name in intake.warnings] if intake else [],
        "trail": trail(row, (word(SENDERS, it.sender), "")),
        "at": county_now(),
    }
    return render(request, "pages/comparisons/source.html", context, status=status)


def _columns_form(it, intake, request) -> ColumnsForm:
    # Cells name people: whoever uploaded the file has them already, others see nobody in full without a reason.
    is_uploader = intake.received_by == f"account:{request.user.pk}"
    return ColumnsForm(
        request.POST if request.method == "POST" else None,
        headers=headers_of(intake),
        fields={field.name: field.said for field in kind_of(KIND).fields},
        proposed=proposed_columns(it, intake),
        samples=first_rows(intake) if is_uploader else None,
    )


@login_required
@never_cache
@require_POST
def refused_rows(request, comparison_id: UUID, source_id: UUID) -> HttpResponse:
    """The rows that were not taken, or not wholly, as a workbook with the reason in each."""
    row = comparison_for(request.user, comparison_id)
    require(request.user, UPLOAD, row.area_path)
    it = source_of(row.pk, source_id)
    intake = find(it.intake) if it.intake else None
    if intake is None:
        raise refusals.unknown_source()
    response = HttpResponse(refused_file(intake), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="refused-{intake.pk.hex[:8]}.xlsx"'
    return response
