"""Traces of parcels: the list of them, opening one, its figures and what needs a hand, its waybill lists."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.intake.fields import Kind
from fangxian.ops.intake.kinds import kind_of
from fangxian.ops.intake.queries import first_rows, headers_of, intakes, refused_file
from fangxian.ops.intake.wire import WARNINGS, outcome
from fangxian.ops.jobs.queries import latest_with_key
from fangxian.ops.jobs.wire import in_words as job_said
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.pages.columns import ColumnsForm
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.pages.parcels.forms import ListForm, OpenForm, say_beside
from fangxian.ops.pages.parcels.tables import lists_table, traces_table
from fangxian.ops.pages.parcels.words import DONE
from fangxian.ops.pages.parts import Need
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.words import both
from fangxian.ops.parcels import refusals
from fangxian.ops.parcels.actions.tracing import close_trace
from fangxian.ops.parcels.queries import (
    VIEW,
    Counts,
    TraceSeen,
    counts_of,
    depots,
    n_undecided,
    seen,
    trace_for,
    traces_within,
)
from fangxian.ops.places.queries import places_at
from fangxian.ops.procedures.parcels_matching import (
    JOB,
    KIND,
    begin_matching,
    proposed_mapping,
    source_of,
    take_list,
)
from fangxian.ops.procedures.parcels_opening import open_parcel_trace
from fangxian.ops.realm.current import county_now

TRACES_A_PAGE = 50
LISTS_SHOWN = 50
USUAL_LOOK_BACK = timedelta(days=14)
REFRESH_S = "3"  # a header, so that a reader who has no scripts sees the job go on
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_FIELD = "file"


@login_required
@never_cache
@require_GET
def traces(request) -> HttpResponse:
    require(request.user, VIEW)
    rows = traces_within(request.user)
    paging = Paging.of(request, total=rows.count(), size=TRACES_A_PAGE)
    shown = seen(rows[paging.slice])
    context = {
        "table": traces_table(shown, counts_of([it.id for it in shown]), paging),
        "n_open": rows.filter(closed_at=None).count(),
        "at": county_now(),
    }
    return render(request, "pages/parcels/traces.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_one(request) -> HttpResponse:
    require(request.user, VIEW)
    if request.method != "POST":
        since = (county_now() - USUAL_LOOK_BACK).date()
        return _open_page(request, _open_form(request, initial={"since_on": since.isoformat()}))
    form = _open_form(request, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            row = open_parcel_trace(
                depot=UUID(told["depot"]), disease=told["disease"], since_on=told["since_on"], why=told["why"],
                by=request.user,
            )  # fmt: skip
        except Refusal as refusal:
            say_beside(form, "since_on" if refusal.code == "parcels.since_wrong" else "depot", refusal)
        else:
            return HttpResponseRedirect(f"{reverse('parcels-trace', args=[row])}?done=opened")
    return _open_page(request, form, status=400)


def _open_form(request, data=None, **more) -> OpenForm:
    found = list(within_scope(depots(), request.user, VIEW))
    places = places_at({it.area_path[:9] for it in found})
    choices = []
    for it in found:
        place = places.get(it.area_path[:9])
        where = place_name(place) if place else Said("", "")
        choices.append((str(it.pk), both(f"{it.name}（{where.zh}）", f"{it.name} ({where.en})")))
    diseases = {key: book.disease.name for key, book in rulebooks_by_disease(county_now()).items()}
    return OpenForm(data, depots=choices, diseases=diseases, **more)


def _open_page(request, form: OpenForm, status: int = 200) -> HttpResponse:
    return render(request, "pages/parcels/open.html", {"form": form, "trail": trail()}, status=status)


def trail(trace: TraceSeen | None = None, *further: tuple) -> list[tuple]:
    """The way from the list of traces down to a page of one."""
    steps: list[tuple] = [(Said("快递追查", "Parcels"), reverse("parcels"))]
    if trace is not None:
        name = Said(trace.depot_name, trace.depot_name)
        steps.append((name, reverse("parcels-trace", args=[trace.id]) if further else ""))
    return [*steps, *further] if further or trace else [*steps, (Said("开始一个追查", "Open a trace"), "")]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def trace(request, trace_id: UUID) -> HttpResponse:
    """GET shows a trace. POST takes a list in, or, with `do=close`, ends the trace."""
    found = trace_for(request.user, trace_id)
    if request.method == "POST" and request.POST.get("do") == "close":
        close_trace(trace=found.id, by=f"account:{request.user.pk}")
        return HttpResponseRedirect(f"{reverse('parcels-trace', args=[found.id])}?done=closed")
    if request.method != "POST":
        return _trace_page(request, found, ListForm())
    form = ListForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data[FILE_FIELD]
        try:
            taken = take_list(trace=found, content=file.read(), file_name=file.name, sheet=None, by=request.user)
        except Refusal as refusal:
            say_beside(form, FILE_FIELD, refusal)
        else:
            again = "?again=1" if taken.is_repeat else ""
            return HttpResponseRedirect(reverse("parcels-list", args=[found.id, taken.intake.pk]) + again)
    return _trace_page(request, found, form, status=400)


def _trace_page(request, found: TraceSeen, form: ListForm, status: int = 200) -> HttpResponse:
    counts = counts_of([found.id])[found.id]
    books = rulebooks_by_disease(county_now())
    context = {
        "trace": found,
        "counts": counts,
        "disease": books[found.disease].disease.name if found.disease in books else found.disease,
        "needs": list(_needs(found, counts)),
        "lists": lists_table(found, list(intakes(source=source_of(found.id), kind=KIND)[:LISTS_SHOWN])),
        "form": form,
        "trail": trail(found),
        "may_upload": may(request.user, "intake.upload", found.area_path),
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "at": county_now(),
    }
    return render(request, "pages/parcels/trace.html", context, status=status)


def _needs(found: TraceSeen, counts: Counts):
    """What waits for a person, and where it is done."""
    if found.closed_at:
        return
    people, waybills = (reverse(f"parcels-{name}", args=[found.id]) for name in ("people", "waybills"))
    if found.couriers_settled_at is None:
        what = Said("网点从业人员还没有集中检测", "the depot's staff is not yet placed and tested")
        yield Need(what=what, href=reverse("parcels-couriers", args=[found.id]))
    for it in intakes(source=source_of(found.id), kind=KIND).filter(state="received")[:LISTS_SHOWN]:
        what = Said("份清单收下了，还没有确认列名", "list received, its columns to be confirmed")
        yield Need(what=what, href=reverse("parcels-list", args=[found.id, it.pk]))
    if n_waiting := n_undecided(found.id):  # who signed for somebody is decided on too, and is in no count of waybills
        what = Said("种写法要人来判断是谁", "ways of being written whose meaning a person has to tell")
        yield Need(what=what, count=n_waiting, href=reverse("parcels-undecided", args=[found.id]))
    if counts.n_waiting:
        what = Said("人找到了，等判定和派单", "people found, to be confirmed")
        yield Need(what=what, count=counts.n_waiting, href=f"{people}?state=found")
    if counts.n_unmatched:
        what = Said("件没对上，请向网点补要电话和地址", "parcels unmatched: ask the depot for phone and address")
        yield Need(what=what, count=counts.n_unmatched, href=f"{waybills}?state=unmatched")
    if n_untested := counts.n_confirmed - counts.n_tested:
        what = Said("人判定后还没有检测", "people confirmed and not tested since")
        yield Need(what=what, count=n_untested, href=f"{people}?state=untested")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def one_list(request, trace_id: UUID, intake_id: UUID) -> HttpResponse:
    """GET shows a list: the columns to be confirmed, the job as it goes, or what came of it. POST confirms them."""
    found, intake = _trace_and_list(request, trace_id, intake_id)
    job = latest_with_key(kind=JOB, unique_key=f"{found.id}:{intake.pk}")
    is_running = job is not None and job.state in ("queued", "running")
    is_open = intake.state in ("received", "mapped") and not is_running and not found.closed_at
    told = request.POST if request.method == "POST" else None
    form = _columns_form(found, intake, request.user, told) if is_open else None
    status = 200
    if request.method == "POST" and form and form.is_valid():
        try:
            begin_matching(trace=found, intake=intake.pk, mapping=form.mapping, by=request.user)
        except Refusal as refusal:
            say_beside(form, None, refusal)
            status = 400
        else:
            return HttpResponseRedirect(reverse("parcels-list", args=[found.id, intake.pk]))
    context = _list_context(request, found, intake, job, form)
    response = render(request, "pages/parcels/list.html", context, status=status)
    if is_running:
        response["Refresh"] = REFRESH_S
    return response


def _list_context(request, found: TraceSeen, intake, job, form: ColumnsForm | None) -> dict:
    return {
        "trace": found,
        "intake": intake,
        "form": form,
        "job": job,
        "job_said": job and job_said(job),
        "job_tells": job and Said(job.said_zh, job.said_en),
        "is_running": job is not None and job.state in ("queued", "running"),
        "outcome": outcome(intake),
        "refused_said": Said(intake.refusal_zh, intake.refusal_en),
        "warnings": [WARNINGS[name] for name in intake.warnings],
        "is_repeat": "again" in request.GET,
        "trail": trail(found, (Said("运单清单", "Waybill list"), "")),
        "at": county_now(),
    }


def _trace_and_list(request, trace_id: UUID, intake_id: UUID):
    found = trace_for(request.user, trace_id)
    intake = intakes(source=source_of(found.id), kind=KIND).filter(pk=intake_id).first()
    if intake is None:
        raise refusals.unknown_trace()
    return found, intake


def _columns_form(found: TraceSeen, intake, by, data) -> ColumnsForm:
    kind: Kind = kind_of(KIND)
    # Cells name people: whoever uploaded the file has them already, others see nobody in full without a reason.
    is_uploader = intake.received_by == f"account:{by.pk}"
    return ColumnsForm(
        data,
        headers=headers_of(intake),
        fields={field.name: field.said for field in kind.fields},
        proposed=proposed_mapping(found, intake),
        samples=first_rows(intake) if is_uploader else None,
    )


@login_required
@never_cache
@require_POST
def refused_rows(request, trace_id: UUID, intake_id: UUID) -> HttpResponse:
    """The rows that were not taken, as a workbook with the reason in each. Asked for, so that it is no link to send."""
    found, intake = _trace_and_list(request, trace_id, intake_id)
    require(request.user, VIEW, found.area_path)
    response = HttpResponse(refused_file(intake), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="refused-{intake.pk.hex[:8]}.xlsx"'
    return response
