"""Lists of people for a round: upload, what each column is, what came of it, the rows that go back."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.intake.kinds import kind_of
from fangxian.ops.intake.queries import first_rows, headers_of, refused_file
from fangxian.ops.intake.wire import WARNINGS, outcome
from fangxian.ops.jobs.queries import latest_with_key
from fangxian.ops.jobs.wire import in_words as job_said
from fangxian.ops.lab.queries import ScreeningRound, round_with
from fangxian.ops.pages.columns import ColumnsForm
from fangxian.ops.pages.rounds.forms import ListForm, say_beside
from fangxian.ops.pages.rounds.tables import lists_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.rounds import HOME
from fangxian.ops.procedures.import_roster import (
    JOB,
    KIND,
    begin_roster,
    key_of,
    proposed,
    require_rosters,
    roster_list,
    roster_lists,
    sender_of,
    upload_roster,
)
from fangxian.ops.realm.current import county_now

A_PAGE = 50
REFRESH_S = "2"  # a header, so that a reader who has no scripts sees the job go on
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LISTS = Said("名册名单", "Lists for the roster")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def lists(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """GET shows the lists that came for the round. POST takes one in."""
    require_rosters(request.user)
    row = round_with(round_id)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if form.is_bound and form.is_valid():
        told, file = form.cleaned_data, form.cleaned_data["file"]
        try:
            taken = upload_roster(
                row=row, content=file.read(), file_name=file.name, sender=told["sender"], by=request.user
            )
        except Refusal as refusal:
            say_beside(form, "file", refusal)
        else:
            return HttpResponseRedirect(reverse("round-list", args=[row.pk, taken.intake.pk]))
    rows = roster_lists(row)
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    context = {
        "at": county_now(),
        "round": row,
        "form": form,
        "n_lists": paging.total,
        "table": lists_table(list(rows[paging.slice]), row, paging, sender_of),
        "trail": [*_trail(row), (LISTS, "")],
    }
    return render(request, "pages/rounds/lists.html", context, status=400 if form.errors else 200)


def _trail(row: ScreeningRound) -> list[tuple]:
    return [(HOME, reverse("rounds")), (row.name, reverse("round", args=[row.pk]))]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def one_list(request: HttpRequest, round_id: UUID, intake_id: UUID) -> HttpResponse:
    """GET shows a list: its columns, the job as it goes, or what came of it. POST confirms the columns."""
    require_rosters(request.user)
    row = round_with(round_id)
    intake = roster_list(row, intake_id)
    job = latest_with_key(kind=JOB, unique_key=key_of(intake))
    is_running = job is not None and job.state in ("queued", "running")
    is_open = intake.state in ("received", "mapped") and not is_running
    form = _columns(intake, request) if is_open else None
    if request.method == "POST" and form and form.is_valid():
        try:
            begin_roster(row=row, intake=intake, mapping=form.mapping, by=request.user)
        except Refusal as refusal:
            say_beside(form, None, refusal)
        else:
            return HttpResponseRedirect(reverse("round-list", args=[row.pk, intake.pk]))
    context = {
        "at": county_now(),
        "round": row,
        "intake": intake,
        "sender": sender_of(intake),
        "form": form,
        "job": job,
        "job_said": job and job_said(job),
        "job_tells": job and Said(job.said_zh, job.said_en),
        "is_running": is_running,
        "result": (job.result or {}) if job and job.state == "done" else {},
        "outcome": outcome(intake),
        "warnings": [WARNINGS[name] for name in intake.warnings],
        "refused_said": Said(intake.refusal_zh, intake.refusal_en),
        "trail": [*_trail(row), (LISTS, reverse("round-lists", args=[row.pk])), (sender_of(intake), "")],
    }
    status = 400 if form is not None and form.errors else 200
    response = render(request, "pages/rounds/list.html", context, status=status)
    if is_running:
        response["Refresh"] = REFRESH_S
    return response


def _columns(intake, request: HttpRequest) -> ColumnsForm:
    # Cells name people: whoever uploaded the file has them already, others see nobody in full without a reason.
    is_uploader = intake.received_by == f"account:{request.user.pk}"
    return ColumnsForm(
        request.POST if request.method == "POST" else None,
        headers=headers_of(intake),
        fields={field.name: field.said for field in kind_of(KIND).fields},
        proposed=proposed(intake),
        samples=first_rows(intake) if is_uploader else None,
    )


@login_required
@never_cache
@require_POST
@sensitive_variables()
def refused_rows(request: HttpRequest, round_id: UUID, intake_id: UUID) -> HttpResponse:
    """The rows that were not taken, as a workbook with the reason in each. Asked for, so that it is no link to send."""
    require_rosters(request.user)
    intake = roster_list(round_with(round_id), intake_id)
    response = HttpResponse(refused_file(intake), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="returned-{intake.pk.hex[:8]}.xlsx"'
    return response
