"""Plates: filled, run, read; their map, their worklist for the instrument, their results by hand."""

import csv
from io import StringIO
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from fangxian.core.laboratory.plates import LAYOUTS, Control
from fangxian.core.laboratory.plates import Plate as Layout
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.laboratory.queries import (
    BEFORE_RESULTS,
    READABLE,
    Plate,
    batches,
    instruments_of,
    own_laboratory,
    plate_with,
    plates_of,
    running_in,
    runs_of,
    waiting,
    wells_of,
    wells_to_type,
)
from fangxian.ops.laboratory.refusals import no_instrument
from fangxian.ops.laboratory.words import CONTROLS, KINDS, PLATES
from fangxian.ops.pages.laboratory.bench_forms import PlateForm, StateFilter, TypedForm, say_beside
from fangxian.ops.pages.laboratory.bench_tables import number_of, order_of, plates_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.laboratory_home import HOME
from fangxian.ops.pages.words import in_words
from fangxian.ops.procedures import run_laboratory
from fangxian.ops.realm.current import county_now

A_PAGE = 50
PLATES_SAID = Said("布板", "Plates")
CSV = "text/csv; charset=utf-8"
SORTED = {it: it for it in ("number", "laid_at", "n_tubes")}
DONE = {
    "begin": Said("已开始运行。", "The run has begun."),
    "end": Said("这一批已结束。", "The run is through."),
    "break": Said("已中断，板退回上一步。", "It was broken off; the plate stands where it stood before."),
    "void": Said("这块板已作废，管重新排队。", "The plate was given up; its tubes wait again."),
    "typed": Said("已录入，请另一人再录一遍。", "Entered; another person types them again."),
}
FORM = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@never_cache
@FORM
def plates(request: HttpRequest) -> HttpResponse:
    """GET lists the plates. POST fills one."""
    run_laboratory.require_laboratory(request.user)
    if (row := own_laboratory()) is None:
        return redirect("laboratory")
    is_all = request.POST.get("do") == "all"
    form = PlateForm(request.POST if request.method == "POST" and not is_all else None)
    if is_all:
        try:
            run_laboratory.lay_all(laboratory=row.pk, by=request.user)
        except Refusal as refusal:
            form = PlateForm({"n_wells": 96})
            say_beside(form, None, refusal)
        else:
            return HttpResponseRedirect(f"{request.path}#list")
    elif form.is_bound and form.is_valid():
        try:
            made = run_laboratory.lay(
                laboratory=row.pk, n_wells=form.cleaned_data["n_wells"], barcodes=form.scanned, by=request.user
            )
        except Refusal as refusal:
            say_beside(form, "barcodes" if form.scanned else None, refusal)
        else:
            return HttpResponseRedirect(reverse("laboratory-plate", args=[made.pk]))
    state = request.GET.get("state", "open")
    rows = plates_of(row)
    if state == "open":
        rows = rows.filter(state__in=BEFORE_RESULTS)
    elif state in PLATES:
        rows = rows.filter(state=state)
    paging, asked = Paging.of(request, total=rows.count(), size=A_PAGE), request.GET.get("sort", "")
    rows = rows.order_by(*order_of(asked, SORTED, ("-number",)))
    context = {
        "at": county_now(),
        "form": form,
        "n_waiting": waiting(row).order_by().count(),
        "filter": StateFilter({"state": state}, states=[("open", OPEN), *PLATES.items()]),
        "table": plates_table(list(rows[paging.slice]), paging, sorted_by=asked or "-number"),
        "trail": [(HOME, reverse("laboratory")), (PLATES_SAID, "")],
    }
    return render(request, "pages/laboratory/plates.html", context, status=400 if form.errors else 200)


OPEN = Said("还没出结果的", "not read yet")


@login_required
@never_cache
@FORM
def plate(request: HttpRequest, plate_id: UUID) -> HttpResponse:
    """GET shows a plate: its map, its runs, its results. POST does what `do` says: begin, end, break, void."""
    run_laboratory.require_laboratory(request.user)
    row, refused = plate_with(plate_id), None
    if request.method == "POST":
        try:
            done = _do(request, row)
            return HttpResponseRedirect(f"{request.path}?done={done}")
        except Refusal as refusal:
            refused = refusal.said
    at = county_now()
    context = _context(row, at) | {"refused": refused, "done": DONE.get(request.GET.get("done", ""))}
    return render(request, "pages/laboratory/plate.html", context, status=400 if refused else 200)


def _do(request: HttpRequest, row: Plate) -> str:
    do, why, by = request.POST.get("do", ""), request.POST.get("why", "")[:200], request.user
    match do:
        case "begin":
            run_laboratory.begin(plate=row.pk, instrument=_machine(request.POST.get("instrument", "")), by=by)
        case "break":
            run_laboratory.break_off(plate=row.pk, why=why, by=by)
        case "void":
            run_laboratory.give_up(plate=row.pk, why=why, by=by)
        case _:
            run_laboratory.end(plate=row.pk, by=by)
            return "end"
    return do


def _machine(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise no_instrument() from None


def _context(row: Plate, at) -> dict[str, object]:
    wells, runs = wells_of(row), runs_of(row)
    running = next((it for it in runs if it.ended_at is None), None)
    machines = [it for it in instruments_of(row.laboratory) if it.stopped_at is None and it.n_wells >= row.n_wells]
    busy, kind = running_in(row.laboratory), _next_kind(row, machines)
    return {
        "at": at,
        "plate": row,
        "number": number_of(row),
        "state": PLATES[row.state],
        "grid": _grid(row, wells),
        "columns": range(1, LAYOUTS[row.n_wells].columns + 1),
        "wells": wells,
        "strangers": [it.barcode for it in wells if it.tube_id is None],
        "runs": [(KINDS[it.instrument.kind], it) for it in runs],
        "running": running,
        "is_through": running is not None and running.due_at <= at,
        "kind": KINDS[kind] if kind else None,
        "free": [it for it in machines if it.kind == kind and it.pk not in busy],
        "batches": list(batches().filter(plate=row).order_by("entered_at", "id")),
        "may_type": row.state in READABLE and bool(wells_to_type(row)),
        "may_void": row.state in ("laid", "extracted", "amplified"),
        "trail": [(HOME, reverse("laboratory")), (PLATES_SAID, reverse("laboratory-plates")), (number_of(row), "")],
    }


def _next_kind(row: Plate, machines: list) -> str:
    """Which kind of machine the plate goes into next; "": none."""
    has_extractor = any(it.kind == "extractor" for it in machines)
    return {"laid": "extractor" if has_extractor else "amplifier", "extracted": "amplifier"}.get(row.state, "")


def _grid(row: Plate, wells: list) -> list[tuple[str, list[tuple[str, object, bool]]]]:
    """(letter, [(position, what stands there, whether it is a control)]) row by row."""
    layout = LAYOUTS[row.n_wells]
    used: dict[str, object] = {it.position: it.barcode for it in wells}
    controls = {position: CONTROLS[control] for position, control in layout.controls.items()}
    letters = [chr(65 + nth) for nth in range(layout.rows)]
    positions = [(letter, [f"{letter}{n}" for n in range(1, layout.columns + 1)]) for letter in letters]
    return [
        (letter, [(at, controls.get(at) or used.get(at, ""), at in controls) for at in of]) for letter, of in positions
    ]


@login_required
@never_cache
@require_safe
def worklist(request: HttpRequest, plate_id: UUID) -> HttpResponse:
    """What stands in which well, as CSV for the instrument: the names that its result file will have."""
    run_laboratory.require_laboratory(request.user)
    row = plate_with(plate_id)
    layout = Layout(LAYOUTS[row.n_wells], tuple(it.barcode for it in wells_of(row)))
    names = {str(Control.NEGATIVE): "NC", str(Control.POSITIVE): "PC"}
    target = StringIO(newline="")
    lines = csv.writer(target)
    lines.writerow(["Well", "Sample Name", "Task"])
    for position, what in layout.worklist():
        lines.writerow([position, names.get(what, what), names.get(what, "UNKN")])
    answer = HttpResponse("﻿" + target.getvalue(), content_type=CSV)
    answer["Content-Disposition"] = f'attachment; filename="P{row.number:04}.csv"'
    return answer


@login_required
@never_cache
@FORM
def typed(request: HttpRequest, plate_id: UUID) -> HttpResponse:
    """GET asks for the result of each tube of a plate. POST puts them on record, for another person to type again."""
    run_laboratory.require_laboratory(request.user)
    row, at = plate_with(plate_id), county_now()
    wells = wells_to_type(row) if row.state in READABLE else []
    if not wells:
        return HttpResponseRedirect(reverse("laboratory-plate", args=[row.pk]))
    tubes = [(it.barcode, it.position, it.barcode) for it in wells]
    form = TypedForm(request.POST if request.method == "POST" else None, tubes=tubes, at=at, asks_controls=True)
    if form.is_bound and form.is_valid():
        try:
            told = run_laboratory.type_plate(
                plate=row.pk, outcomes=form.outcomes, faults=form.faults, measured_at=form.cleaned_data["measured_at"],
                by=request.user,
            )  # fmt: skip
        except Refusal as refusal:
            say_beside(form, "measured_at" if "measured" in refusal.code else None, refusal)
        else:
            if told.refused:
                form.add_error(None, in_words(next(iter(told.refused.values())).said))
            else:
                return HttpResponseRedirect(f"{reverse('laboratory-plate', args=[row.pk])}?done=typed")
    context = {
        "at": at,
        "form": form,
        "title": Said(f"录入 {number_of(row)} 的结果", f"Type in the results of {number_of(row)}"),
        "lead": Said("照仪器逐管录入；另一人会再录一遍，两次一致才算。",
                     "Type them as the instrument shows them; another person types them again, and both must agree."),
        "trail": [
            (HOME, reverse("laboratory")), (PLATES_SAID, reverse("laboratory-plates")),
            (number_of(row), reverse("laboratory-plate", args=[row.pk])), (BY_HAND, ""),
        ],
    }  # fmt: skip
    return render(request, "pages/laboratory/typed.html", context, status=400 if form.errors else 200)


BY_HAND = Said("手工录入", "By hand")
