"""Lists of sampling and testing staff: upload, what each column is, what came of it, the rows that go back."""

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
from fangxian.ops.intake.queries import Intake, first_rows, headers_of, refused_file
from fangxian.ops.intake.wire import WARNINGS, outcome
from fangxian.ops.jobs.queries import latest_with_key
from fangxian.ops.jobs.wire import in_words as job_said
from fangxian.ops.pages.columns import ColumnsForm
from fangxian.ops.pages.round_plans.staff_forms import StaffListForm, say_beside
from fangxian.ops.pages.round_plans.staff_tables import staff_lists_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.rounds import HOME
from fangxian.ops.procedures.import_round_staff import (
    JOB,
    KIND,
    begin_staff,
    key_of,
    proposed,
    require_staff_lists,
    sender_of,
    staff_list,
    staff_lists,
    upload_staff,
)
from fangxian.ops.realm.current import county_now

A_PAGE = 50
REFRESH_S = "2"  # a header, so that a reader who has no scripts sees the job go on
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TRAIL = [
    (HOME, "rounds"),
    (Said("采样检测人员", "Staff"), "rounds-staff"),
    (Said("人员名单导入", "Lists of staff that came"), "rounds-staff-lists"),
]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def lists(request: HttpRequest) -> HttpResponse:
    """GET shows the lists that came. POST takes one in."""
    require_staff_lists(request.user)
    form = StaffListForm(request.POST, request.FILES) if request.method == "POST" else StaffListForm()
    if form.is_bound and form.is_valid():
        told, file = form.cleaned_data, form.cleaned_data["file"]
        try:
            taken = upload_staff(content=file.read(), file_name=file.name, sender=told["sender"], by=request.user)
        except Refusal as refusal:
            say_beside(form, "file", refusal)
        else:
            return HttpResponseRedirect(reverse("rounds-staff-list", args=[taken.intake.pk]))
    rows = staff_lists()
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    context = {
        "at": county_now(),
        "form": form,
        "n_lists": paging.total,
        "table": staff_lists_table(list(rows[paging.slice]), paging, sender_of),
        "trail": [*_trail(2), (TRAIL[2][0], "")],
    }
    return render(request, "pages/round_plans/staff_lists.html", context, status=400 if form.errors else 200)


def _trail(n: int) -> list[tuple]:
    return [(said, reverse(route)) for said, route in TRAIL[:n]]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def one_list(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """GET shows a list: its columns, the job as it goes, or what came of it. POST confirms the columns."""
    require_staff_lists(request.user)
    intake = staff_list(intake_id)
    job = latest_with_key(kind=JOB, unique_key=key_of(intake))
    is_running = job is not None and job.state in ("queued", "running")
    is_open = intake.state in ("received", "mapped") and not is_running
    form = _columns(intake, request) if is_open else None
    if request.method == "POST" and form and form.is_valid():
        try:
            begin_staff(intake=intake, mapping=form.mapping, by=request.user)
        except Refusal as refusal:
            say_beside(form, None, refusal)
        else:
            return HttpResponseRedirect(reverse("rounds-staff-list", args=[intake.pk]))
    context = {
        "at": county_now(),
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
        "trail": [*_trail(3), (sender_of(intake), "")],
    }
    status = 400 if form is not None and form.errors else 200
    response = render(request, "pages/round_plans/staff_list.html", context, status=status)
    if is_running:
        response["Refresh"] = REFRESH_S
    return response


def _columns(intake: Intake, request: HttpRequest) -> ColumnsForm:
    # The columns name people: whoever uploaded the file has them already.
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
def refused_rows(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """The rows that were not taken, as a workbook with the reason in each. Asked for, so that it is no link to send."""
    require_staff_lists(request.user)
    intake = staff_list(intake_id)
    response = HttpResponse(refused_file(intake), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="returned-{intake.pk.hex[:8]}.xlsx"'
    return response
