"""Carriers' lists of passengers: upload, what each column is, the job as it goes; who is on no register; returns."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.actions import log_views
from fangxian.ops.intake.kinds import kind_of
from fangxian.ops.intake.queries import Intake, first_rows, headers_of, propose_mapping, refused_file
from fangxian.ops.intake.wire import WARNINGS, outcome
from fangxian.ops.jobs.queries import latest_with_key
from fangxian.ops.jobs.wire import in_words as job_said
from fangxian.ops.pages.columns import ColumnsForm
from fangxian.ops.pages.rides.forms import PassengersForm, RideOfListForm, say_beside
from fangxian.ops.pages.rides.tables import passenger_lists_table, unmatched_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.procedures.import_list import require_importing
from fangxian.ops.procedures.import_passengers import (
    JOB,
    begin_passengers,
    carrier_of,
    match_again,
    passenger_list_for,
    passenger_lists_for,
    unmatched_file,
    upload_passengers,
)
from fangxian.ops.procedures.ride_of_list import ride_proposed
from fangxian.ops.realm.current import county_now
from fangxian.ops.rides.queries import n_unmatched, unmatched_of
from fangxian.ops.situation.without_codes import uses_codes

LISTS_A_PAGE, PASSENGERS_A_PAGE = 50, 50
REFRESH_S = "2"  # a header, so that a reader who has no scripts sees the job go on
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_FIELD = "file"
SEEN, TAKEN = "rides.passengers_page", "rides.passengers_taken_out"
TITLE = Said("同乘名单", "Passenger lists")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def lists(request) -> HttpResponse:
    """GET shows the lists that came and a form for one more. POST takes a file."""
    require_importing(request.user)
    form, status = PassengersForm(), 200
    if request.method == "POST":
        form, status = PassengersForm(request.POST, request.FILES), 400
        if form.is_valid():
            carrier, file = form.cleaned_data["carrier"], form.cleaned_data[FILE_FIELD]
            try:
                taken = upload_passengers(content=file.read(), file_name=file.name, carrier=carrier, by=request.user)
            except Refusal as refusal:
                say_beside(form, FILE_FIELD, refusal)
            else:
                again = "?again=1" if taken.is_repeat else ""
                return HttpResponseRedirect(reverse("ride-list", args=[taken.intake.pk]) + again)
    rows = passenger_lists_for(request.user)
    paging = Paging.of(request, total=rows.count(), size=LISTS_A_PAGE)
    shown = list(rows[paging.slice])
    table = passenger_lists_table(shown, n_unmatched([it.pk for it in shown]), paging)
    at = county_now()
    context = {"form": form, "lists": table, "n_lists": paging.total, "has_codes": uses_codes(at), "at": at}
    return render(request, "pages/rides/lists.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def one_list(request, intake_id: UUID) -> HttpResponse:
    """GET shows a list: its columns to be confirmed, the job as it goes, or what came of it. POST confirms them."""
    intake = passenger_list_for(request.user, intake_id)
    job = latest_with_key(kind=JOB, unique_key=f"intake:{intake.pk}")
    is_running = job is not None and job.state in ("queued", "running")
    is_open = intake.state in ("received", "mapped") and not is_running
    form, whole = _forms(intake, request.POST if request.method == "POST" else None) if is_open else (None, None)
    status = 200
    if request.method == "POST" and form and whole and all([form.is_valid(), whole.is_valid()]):
        try:
            begin_passengers(intake=intake, mapping=form.mapping, ride=whole.ride, by=request.user)
        except Refusal as refusal:
            say_beside(form, None, refusal)
            status = 400
        else:
            return HttpResponseRedirect(reverse("ride-list", args=[intake.pk]))
    context = _context(intake, job, form, is_running) | {"whole": whole} | _unmatched(request, intake) | _done(request)
    response = render(request, "pages/rides/list.html", context, status=status)
    if is_running:
        response["Refresh"] = REFRESH_S
    return response


def _done(request) -> dict:
    """What was just done, as the address says: the list had come before, or so many were found on the register."""
    found = request.GET.get("found", "")
    is_number = found.isascii() and found.isdecimal() and len(found) < 10
    return {"again": "again" in request.GET, "is_compared": is_number, "n_found": int(found) if is_number else 0}


def _context(intake: Intake, job, form: ColumnsForm | None, is_running: bool) -> dict:
    return {
        "intake": intake,
        "carrier": carrier_of(intake),
        "form": form,
        "job": job,
        "job_said": job and job_said(job),
        "job_tells": job and Said(job.said_zh, job.said_en),
        "is_running": is_running,
        "result": (job.result or {}) if job and job.state == "done" else {},
        "outcome": outcome(intake),
        "refused_said": Said(intake.refusal_zh, intake.refusal_en),
        "warnings": [WARNINGS[name] for name in intake.warnings],
        "title": TITLE,
        "trail": [(TITLE, reverse("ride-lists")), (Said("一份名单", "One list"), "")],
        "at": county_now(),
    }


def _unmatched(request, intake: Intake) -> dict:
    """Whoever is on no register, a page of them, masked; that they were shown is noted."""
    if intake.state != "closed":
        return {}
    rows = unmatched_of(intake.pk)
    paging = Paging.of(request, total=rows.count(), size=PASSENGERS_A_PAGE)
    shown = list(rows[paging.slice])
    log_views(viewer=request.user.pk, subjects=[f"passenger:{it.pk}" for it in shown], why=SEEN)
    return {"unmatched": unmatched_table(shown, paging), "n_unmatched": paging.total}


def _forms(intake: Intake, data) -> tuple[ColumnsForm, RideOfListForm]:
    """What each column is, and of what no column is known to say, what the title and the file's name say."""
    columns, said = _columns(intake, data), ride_proposed(intake)
    known = set(propose_mapping(headers_of(intake), kind=intake.kind, source=intake.source).values())
    is_needed = not known >= {"vehicle", "on"}
    # Where each row says its own ride, a time in the title is none of theirs: nothing is filled in behind a fold.
    proposed = {name: text for name, text in said.cells().items() if name not in known} if is_needed else {}
    return columns, RideOfListForm(data, auto_id="whole_%s", initial=proposed, is_needed=is_needed)


def _columns(intake: Intake, data) -> ColumnsForm:
    headers, kind = headers_of(intake), kind_of(intake.kind)
    return ColumnsForm(
        data,
        headers=headers,
        fields={field.name: field.said for field in kind.fields},
        proposed=propose_mapping(headers, kind=intake.kind, source=intake.source),
        samples=first_rows(intake),
    )


@login_required
@never_cache
@require_POST
@sensitive_variables()
def again(request, intake_id: UUID) -> HttpResponse:
    """Compare those who were on no register with the register of today."""
    intake = passenger_list_for(request.user, intake_id)
    n_found = match_again(intake=intake, by=request.user)
    return HttpResponseRedirect(f"{reverse('ride-list', args=[intake.pk])}?found={n_found}")


@login_required
@never_cache
@require_POST
@sensitive_variables()
def returned(request, intake_id: UUID) -> HttpResponse:
    """The rows that were not taken, as a workbook with the reason in each. Asked for, so that it is no link to send."""
    intake = passenger_list_for(request.user, intake_id)
    return _file(refused_file(intake), f"returned-{intake.pk.hex[:8]}.xlsx")


@login_required
@never_cache
@require_POST
@sensitive_variables()
def unmatched(request, intake_id: UUID) -> HttpResponse:
    """Whoever is on no register here, in full, for the counties they live in. That it was taken is on record."""
    intake = passenger_list_for(request.user, intake_id)
    content = unmatched_file(intake=intake, by=request.user)
    subjects = [f"passenger:{pk}" for pk in unmatched_of(intake.pk).values_list("pk", flat=True)]
    log_views(viewer=request.user.pk, subjects=subjects, why=TAKEN)
    return _file(content, f"passengers-{intake.pk.hex[:8]}.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
