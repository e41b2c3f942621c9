"""Lists coming in and going out: upload, what each column is, the job as it goes, what came of it; exports."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.intake.kinds import kind_of
from fangxian.ops.intake.queries import Intake, first_rows, headers_of, propose_mapping, refused_file
from fangxian.ops.intake.wire import WARNINGS, outcome
from fangxian.ops.jobs.queries import latest_with_key
from fangxian.ops.jobs.wire import in_words as job_said
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.pages.handover.forms import ExportForm, MappingForm, UploadForm, say_beside
from fangxian.ops.pages.handover.tables import lists_table
from fangxian.ops.pages.handover.words import KINDS
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.words import language
from fangxian.ops.procedures.export_lists import export_list
from fangxian.ops.procedures.import_list import (
    JOB,
    begin_import,
    list_for,
    lists_for,
    require_importing,
    source_name,
    upload_list,
)
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.list_disease import disease_of_list

LISTS_A_PAGE = 50
REFRESH_S = "2"  # a header, so that a reader who has no scripts sees the job go on
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_FIELD = "file"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def imports(request) -> HttpResponse:
    """GET shows the lists that came, and forms to bring one in or send one out. POST takes a file."""
    require_importing(request.user)
    if request.method != "POST":
        return _page(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        told, file = form.cleaned_data, form.cleaned_data[FILE_FIELD]
        try:
            taken = upload_list(
                content=file.read(), file_name=file.name, kind=told["kind"], source=told["source"], by=request.user
            )
        except Refusal as refusal:
            say_beside(form, FILE_FIELD, refusal)
        else:
            again = "?again=1" if taken.is_repeat else ""
            return HttpResponseRedirect(reverse("imports-list", args=[taken.intake.pk]) + again)
    return _page(request, form, status=400)


def _page(request, form: UploadForm, status: int = 200) -> HttpResponse:
    lists = lists_for(request.user)
    paging = Paging.of(request, total=lists.count(), size=LISTS_A_PAGE)
    context = {
        "form": form,
        "export_form": ExportForm(diseases=_diseases()),
        "may_export": may(request.user, "contacts.exchange"),
        "lists": lists_table(list(lists[paging.slice]), paging),
        "n_lists": paging.total,
        "at": county_now(),
    }
    return render(request, "pages/handover/imports.html", context, status=status)


def _diseases() -> dict[str, Said]:
    return {key: book.disease.name for key, book in rulebooks_by_disease(county_now()).items()}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def one_list(request, intake_id: UUID) -> HttpResponse:
    """GET shows a list: its columns to be confirmed, the job as it goes, or what came of it. POST confirms them."""
    intake = list_for(request.user, intake_id)
    job = latest_with_key(kind=JOB, unique_key=f"intake:{intake.pk}")
    is_running = job is not None and job.state in ("queued", "running")
    is_open = intake.state in ("received", "mapped") and not is_running
    form = _mapping_form(intake, request.POST if request.method == "POST" else None) if is_open else None
    is_confirmed = request.method == "POST" and form is not None
    if is_confirmed and form.is_valid():
        try:
            begin_import(intake=intake, mapping=form.mapping, disease=form.cleaned_data["disease"], by=request.user)
        except Refusal as refusal:
            say_beside(form, None, refusal)
        else:
            return HttpResponseRedirect(reverse("imports-list", args=[intake.pk]))
    response = render(
        request, "pages/handover/import.html", _context(request, intake, job, form), status=400 if is_confirmed else 200
    )
    if is_running:
        response["Refresh"] = REFRESH_S
    return response


def _context(request, intake: Intake, job, form: MappingForm | None) -> dict:
    kind, source = KINDS[intake.kind], source_name(intake.source)
    return {
        "intake": intake,
        "kind": kind,
        "source": source,
        "form": form,
        "job": job,
        "job_said": job and job_said(job),
        "job_tells": job and Said(job.said_zh, job.said_en),
        "is_running": job is not None and job.state in ("queued", "running"),
        "result": (job.result or {}) if job and job.state == "done" else {},
        "outcome": outcome(intake),
        "refused_said": Said(intake.refusal_zh, intake.refusal_en),
        "warnings": [WARNINGS[name] for name in intake.warnings],
        "is_repeat": "again" in request.GET,
        "turns_codes": job is not None and _turns_codes(job.arguments.get("disease", "")),
        "trail": [(Said("导入导出", "Import and export"), reverse("imports")), (kind, "")],
        "at": county_now(),
    }


def _turns_codes(disease: str) -> bool:
    book = rulebooks_by_disease(county_now()).get(disease)
    return book is not None and book.has_gate


def _mapping_form(intake: Intake, data) -> MappingForm:
    headers, kind, samples = headers_of(intake), kind_of(intake.kind), first_rows(intake)
    proposed = propose_mapping(headers, kind=intake.kind, source=intake.source)
    rows = [dict(zip(headers, cells, strict=False)) for cells in samples]
    return MappingForm(
        data,
        headers=headers,
        fields={field.name: field.said for field in kind.fields},
        proposed=proposed,
        samples=samples,
        diseases=_diseases(),
        disease=disease_of_list(intake, mapping=proposed, rows=rows, job=JOB, at=county_now()),
    )


@login_required
@never_cache
@require_POST
@sensitive_variables()
def refused_rows(request, intake_id: UUID) -> HttpResponse:
    """The rows that were not taken, as a workbook with the reason in each. Asked for, so that it is no link to send."""
    intake = list_for(request.user, intake_id)
    response = HttpResponse(refused_file(intake), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="returned-{intake.pk.hex[:8]}.xlsx"'
    return response


@login_required
@never_cache
@require_POST
def export(request) -> HttpResponse:
    """A list as a file of any length, sent as it is read. Asked for, so that it is no link to send."""
    require(request.user, "contacts.exchange")
    form = ExportForm(request.POST, diseases=_diseases())
    if not form.is_valid():  # chosen from lists, so there is nothing to say beside a field
        return HttpResponseRedirect(reverse("imports"))
    exported = export_list(**form.cleaned_data, by=request.user, language=language()[:2])
    answer = StreamingHttpResponse(exported.pieces, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{exported.file_name}"'
    return answer
