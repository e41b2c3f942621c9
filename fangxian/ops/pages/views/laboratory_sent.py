"""What is sent to outside laboratories: box by box, with the list that goes along."""

import csv
from io import StringIO
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.laboratory.queries import (
    boxes_to_send,
    consignment_with,
    consignments,
    laboratories,
    own_laboratory,
    tubes_sent,
)
from fangxian.ops.laboratory.round_queries import asked_now
from fangxian.ops.pages.laboratory.bench_forms import SendForm, say_beside
from fangxian.ops.pages.laboratory.bench_tables import boxes_to_send_table, consignments_table, sent_tubes_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.laboratory_home import HOME, the_bench
from fangxian.ops.procedures import run_laboratory
from fangxian.ops.realm.current import county_now

A_PAGE, MOST_BOXES = 50, 100
SENT = Said("外送", "Sent out")
CSV = "text/csv; charset=utf-8"
FORM = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@never_cache
@FORM
def sent(request: HttpRequest) -> HttpResponse:
    """GET lists what was sent out, and the boxes that may be. POST sends those ticked."""
    run_laboratory.require_laboratory(request.user)
    outside = list(laboratories(is_own=False))
    form = SendForm(request.POST if request.method == "POST" else None, laboratories=outside)
    if form.is_bound and form.is_valid():
        try:
            made = run_laboratory.send(
                laboratory=UUID(form.cleaned_data["laboratory"]), sender=the_bench().pk, boxes=_ticked(request),
                by=request.user,
            )  # fmt: skip
        except Refusal as refusal:
            say_beside(form, None, refusal)
        else:
            return HttpResponseRedirect(reverse("laboratory-consignment", args=[made.pk]))
    here = own_laboratory()
    rows = consignments()
    paging = Paging.of(request, total=rows.order_by().count(), size=A_PAGE)
    boxes = list(boxes_to_send(here)[:MOST_BOXES]) if here else []
    context = {
        "at": county_now(),
        "form": form,
        "outside": outside,
        "asked": asked_now(),
        "boxes": boxes_to_send_table(boxes),
        "has_boxes": bool(boxes),
        "n_open": rows.filter(closed_at=None).order_by().count(),
        "table": consignments_table(list(rows[paging.slice]), paging),
        "trail": [(HOME, reverse("laboratory")), (SENT, "")],
    }
    return render(request, "pages/laboratory/sent.html", context, status=400 if form.errors else 200)


def _ticked(request: HttpRequest) -> list[UUID]:
    found = []
    for text in request.POST.getlist("box")[:MOST_BOXES]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@login_required
@never_cache
@FORM
def consignment(request: HttpRequest, consignment_id: UUID) -> HttpResponse:
    """GET shows a consignment and its tubes. POST calls back what has no result yet."""
    run_laboratory.require_laboratory(request.user)
    row = consignment_with(consignment_id)
    if request.method == "POST":
        run_laboratory.call_back(consignment=row.pk, by=request.user)
        return HttpResponseRedirect(request.path)
    rows = tubes_sent(row)
    paging = Paging.of(request, total=rows.order_by().count(), size=A_PAGE)
    context = {
        "at": county_now(),
        "consignment": row,
        "table": sent_tubes_table(list(rows[paging.slice]), paging),
        "trail": [(HOME, reverse("laboratory")), (SENT, reverse("laboratory-sent")), (f"{row.number:04}", "")],
    }
    return render(request, "pages/laboratory/consignment.html", context)


@login_required
@never_cache
@require_safe
def consignment_list(request: HttpRequest, consignment_id: UUID) -> HttpResponse:
    """The list of tubes that goes along, by box, as CSV; with a result in each row it is what comes back."""
    run_laboratory.require_laboratory(request.user)
    row = consignment_with(consignment_id)
    target = StringIO(newline="")
    lines = csv.writer(target)
    lines.writerow(["箱", "试管条码", "封管时间", "结果", "检测时间"])
    for it in tubes_sent(row).iterator(chunk_size=2000):
        tube = it.tube
        sealed = f"{localtime(tube.sealed_at):%Y-%m-%d %H:%M}" if tube.sealed_at else ""
        lines.writerow([tube.box.label if tube.box else "", tube.label, sealed, "", ""])
    answer = HttpResponse("﻿" + target.getvalue(), content_type=CSV)
    answer["Content-Disposition"] = f'attachment; filename="sent-{row.number:04}.csv"'
    return answer
