"""Files of results: uploaded, looked at, entered; each row that is not taken with its reason."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.intake.kinds import kind_of
from fangxian.ops.intake.queries import first_rows, headers_of, mapping_of, propose_mapping, refused_file, refused_rows
from fangxian.ops.intake.wire import WARNINGS
from fangxian.ops.laboratory.queries import amplified_at, batches_of_intake, laboratories
from fangxian.ops.laboratory.words import FAULTS, OUTCOMES
from fangxian.ops.pages.columns import ColumnsForm
from fangxian.ops.pages.laboratory.bench_forms import MeasuredForm, UploadForm, say_beside
from fangxian.ops.pages.laboratory.bench_tables import files_table, refused_table, suspects_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.laboratory_home import HOME
from fangxian.ops.procedures import run_laboratory
from fangxian.ops.procedures.take_results import (
    Read,
    enter_file,
    enter_file_again,
    is_open,
    laboratory_of,
    read_file,
    require_files,
    result_file,
    result_files,
    source_of,
    upload_results,
)
from fangxian.ops.realm.current import county_now

A_PAGE = 50
FILES = Said("结果文件", "Result files")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORM = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@never_cache
@FORM
def files(request: HttpRequest) -> HttpResponse:
    """GET lists the files that came. POST takes one in."""
    run_laboratory.require_laboratory(request.user)
    known = list(laboratories(closed=True))
    form = UploadForm(
        request.POST if request.method == "POST" else None, request.FILES if request.method == "POST" else None,
        laboratories=known,
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        told, file = form.cleaned_data, form.cleaned_data["file"]
        try:
            taken = upload_results(
                laboratory=UUID(told["laboratory"]), content=file.read(), file_name=file.name, by=request.user
            )
        except Refusal as refusal:
            say_beside(form, "file", refusal)
        else:
            again = "?again=1" if taken.is_repeat else ""
            return HttpResponseRedirect(f"{reverse('laboratory-file', args=[taken.intake.pk])}{again}")
    rows = result_files()
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    context = {
        "at": county_now(),
        "form": form,
        "has_laboratory": bool(known),
        "n": paging.total,
        "table": files_table(list(rows[paging.slice]), {source_of(it): it.name for it in known}, paging),
        "trail": [(HOME, reverse("laboratory")), (FILES, "")],
    }
    return render(request, "pages/laboratory/files.html", context, status=400 if form.errors else 200)


@login_required
@never_cache
@FORM
def file(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """GET shows what a file would put on record, or what came of it. POST looks again, enters it, or reads it again."""
    require_files(request.user)
    intake = result_file(intake_id)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    columns = _columns(intake, request, do)
    measured = MeasuredForm(request.POST if do else None, initial={"measured_at": _measured_at(intake)})
    seen, refused = None, None
    try:
        if do and measured.is_valid() and (columns is None or columns.is_valid()):
            at = measured.cleaned_data["measured_at"]
            if do == "enter" and columns is not None:
                told = enter_file(intake=intake, mapping=columns.mapping, measured_at=at, by=request.user)
                return _told(intake, told)
            if do == "again":
                told, _ = enter_file_again(intake=intake, measured_at=at, by=request.user)
                return _told(intake, told)
            seen = read_file(intake=intake, mapping=columns.mapping, measured_at=at) if columns else None
        elif not do and is_open(intake):
            seen = read_file(intake=intake, mapping=_proposed(intake), measured_at=_measured_at(intake))
    except Refusal as refusal:
        if refusal.code.startswith("accounts."):
            raise
        refused = refusal.said
    context = _context(request, intake, seen) | {"columns": columns, "measured": measured, "refused": refused}
    is_wrong = bool(do and (refused or measured.errors or (columns is not None and columns.errors)))
    return render(request, "pages/laboratory/file.html", context, status=400 if is_wrong else 200)


def _told(intake, told) -> HttpResponse:
    query = urlencode({"new": told.n_new, "known": told.n_repeats})
    return HttpResponseRedirect(f"{reverse('laboratory-file', args=[intake.pk])}?{query}")


def _measured_at(intake):
    """When its run ended: as it was entered, or as its tubes' plate says, so that another export of the run is known
    for the same; else when the file came.
    """
    batch = batches_of_intake(intake.pk).first()
    ended = batch.measured_at if batch else None
    if ended is None and is_open(intake):
        cells = {cell.strip() for row in first_rows(intake) for cell in row}
        ended = amplified_at(laboratory_of(intake), cells)
    return localtime(ended or intake.received_at).replace(second=0, microsecond=0)


def _proposed(intake) -> dict[str, str]:
    return mapping_of(intake) or propose_mapping(headers_of(intake), kind=intake.kind, source=intake.source)


def _columns(intake, request: HttpRequest, do: str) -> ColumnsForm | None:
    if not is_open(intake):
        return None
    return ColumnsForm(
        request.POST if do else None,
        headers=headers_of(intake),
        fields={field.name: field.said for field in kind_of(intake.kind).fields},
        proposed=_proposed(intake),
        samples=first_rows(intake),
    )


def _context(request: HttpRequest, intake, seen: Read | None) -> dict[str, object]:
    laboratory = laboratory_of(intake)
    number = {it: request.GET.get(it, "") for it in ("new", "known")}
    rows = seen.refused if seen else [(it.row_number, _Kept(it)) for it in refused_rows(intake)]
    paging = Paging.of(request, total=len(rows), size=A_PAGE)
    return {
        "at": county_now(),
        "intake": intake,
        "laboratory": laboratory,
        "seen": seen,
        "n_seen": len(seen.results) if seen else 0,
        "outcomes": [(OUTCOMES[it], n) for it, n in sorted(seen.by_outcome.items())] if seen else [],
        "failed": [(it, [FAULTS[each] for each in faults]) for it, faults in sorted(seen.failed.items())]
        if seen
        else [],
        "is_all_failed": bool(seen and len(seen.failed) == seen.n_plates),
        "suspects": suspects_table(seen.suspects[:A_PAGE]) if seen and seen.suspects else None,
        "rows": refused_table(rows[paging.slice], paging) if rows else None,
        "n_refused": len(rows),
        "batches": list(batches_of_intake(intake.pk)),
        "is_closed": intake.state == "closed",
        "is_refused": intake.state == "refused",
        "why_refused": Said(intake.refusal_zh, intake.refusal_en),
        "warnings": [WARNINGS[it] for it in intake.warnings],
        "is_again": "again" in request.GET,
        "told": {it: int(text) for it, text in number.items() if text.isdecimal() and len(text) < 8},
        "trail": [(HOME, reverse("laboratory")), (FILES, reverse("laboratory-files")), (laboratory.name, "")],
    }


class _Kept:
    """A row that was refused when the file was entered, as it is on record."""

    def __init__(self, row) -> None:
        self.said = Said(row.zh, row.en)


@login_required
@never_cache
@require_POST
def file_refused(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """The rows that were not taken, as a workbook with the reason in each."""
    require_files(request.user)
    intake = result_file(intake_id)
    answer = HttpResponse(refused_file(intake), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="returned-{intake.pk.hex[:8]}.xlsx"'
    return answer
