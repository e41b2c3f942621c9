"""Results on their way out: lots of them, what another person does with them, and one tube's own."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.laboratory.judging import Outcome
from fangxian.core.laboratory.reviewing import STEPS_SAID, Step
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.lab.barcodes import barcode_of
from fangxian.ops.laboratory.queries import (
    Result,
    ResultBatch,
    batch_with,
    batches,
    batches_to_review,
    n_to_review,
    results_of,
    results_of_tube,
    standing_of,
    to_release,
    tube_with_id,
    tubes_by_barcode,
)
from fangxian.ops.laboratory.refusals import no_result, nothing_chosen
from fangxian.ops.laboratory.words import FAULTS, OUTCOMES
from fangxian.ops.pages.laboratory.bench_forms import StateFilter, TypedForm, say_beside
from fangxian.ops.pages.laboratory.bench_tables import batches_table, history_table, number_of, order_of, results_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.laboratory_home import HOME
from fangxian.ops.procedures import run_laboratory
from fangxian.ops.procedures.release_results import release_results, require_withdrawing, withdraw_result
from fangxian.ops.realm.current import county_now, the_realm

A_PAGE = 100
LOTS_BY = {it: it for it in ("entered_at", "n_results", "n_suspect")}
RESULTS_BY = {"tube": "tube__label", "grave": "grave"}
REVIEW = Said("复核发布", "Review")
FORM = require_http_methods(["GET", "HEAD", "POST"])
FILTERS = {
    "suspect": Said("阳性或可疑", "positive or unclear"),
    "invalid": Said("无效、重测", "invalid, again"),
    "negative": Said("阴性", "negative"),
}
OUTCOMES_OF = {
    "suspect": ("positive", "grey", "single_target"),
    "invalid": ("invalid", "re_test"),
    "negative": ("negative",),
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def review(request: HttpRequest) -> HttpResponse:
    """Lots of results that wait for another person, or all; and a tube that is asked for by its barcode."""
    run_laboratory.require_laboratory(request.user)
    asked, is_unknown = request.GET.get("tube", "").strip()[:60], False
    if asked:
        tube = _tube(asked)
        if tube is not None:
            return HttpResponseRedirect(reverse("laboratory-tube", args=[tube]))
        is_unknown = True
    show = "all" if request.GET.get("show") == "all" else "waiting"
    sort = request.GET.get("sort", "")
    rows = batches() if show == "all" else batches_to_review()
    rows = rows.order_by(*order_of(sort, LOTS_BY, ("-entered_at", "id")))
    paging = Paging.of(request, total=rows.count(), size=50)
    context = {
        "at": county_now(),
        "show": show,
        "n": n_to_review(),
        "asked": asked,
        "is_unknown": is_unknown,
        "table": batches_table(list(rows[paging.slice]), paging, sorted_by=sort or "-entered_at"),
        "trail": [(HOME, reverse("laboratory")), (REVIEW, "")],
    }
    return render(request, "pages/laboratory/review.html", context)


def _tube(text: str) -> UUID | None:
    try:
        label = barcode_of(text)
    except Refusal:
        return None
    tube = tubes_by_barcode({label}).get(label)
    return tube.pk if tube else None


@login_required
@never_cache
@FORM
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """GET shows a lot of results, the gravest first. POST does what `do` says: release all, some, or send some back."""
    run_laboratory.require_laboratory(request.user)
    row, refused = batch_with(batch_id), None
    if request.method == "POST":
        try:
            query = _do(request, row)
            return HttpResponseRedirect(f"{request.path}?{urlencode(query)}")
        except Refusal as refusal:
            if refusal.code.startswith("accounts."):
                raise
            refused = refusal.said
    rows = results_of(row)
    show = request.GET.get("state", "")
    if show in OUTCOMES_OF:
        rows = rows.filter(outcome__in=OUTCOMES_OF[show])
    paging, sort = Paging.of(request, total=rows.order_by().count(), size=A_PAGE), request.GET.get("sort", "")
    rows = rows.order_by(*order_of(sort, RESULTS_BY, ("grave", "tube__label", "id")))
    ready = to_release(row)
    is_theirs = f"account:{request.user.pk}" == row.entered_by
    context = {
        "at": county_now(),
        "batch": row,
        "number": number_of(row.plate),
        "faults": [FAULTS[it] for it in row.faults],
        "n_ready": len(ready),
        "n_held": row.n_checked - len(ready),
        "is_theirs": is_theirs,
        "may_type": row.n_entered and not is_theirs,
        "filter": StateFilter({"state": show}, states=FILTERS.items(), label=Said("结果", "Result")),
        "table": results_table(
            list(rows[paging.slice]), paging, may_tick=bool(row.n_checked or row.n_entered), sorted_by=sort or "grave"
        ),
        "refused": refused,
        "n_done": _number(request, "released"),
        "n_told": _number(request, "told"),
        "n_held_people": _number(request, "held"),
        "n_back": _number(request, "back"),
        "trail": [(HOME, reverse("laboratory")), (REVIEW, reverse("laboratory-review")), (BATCH, "")],
    }
    return render(request, "pages/laboratory/batch.html", context, status=400 if refused else 200)


BATCH = Said("一批结果", "A lot of results")


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 8 else None


def _do(request: HttpRequest, row: ResultBatch) -> dict[str, int]:
    """What was done to how many, for the address."""
    by = request.user
    if request.POST.get("do") in ("back", "back_all"):
        chosen = _ticked(request) if request.POST.get("do") == "back" else None
        reason = request.POST.get("reason", "")[:300]
        return {"back": run_laboratory.send_back(batch=row.pk, results=chosen, reason=reason, by=by)}
    ready = to_release(row)
    if request.POST.get("do") == "some":
        ready = sorted(set(ready) & set(_ticked(request)))
    if not ready:
        raise nothing_chosen()
    told = release_results(results=ready, account=by)
    return {"released": len(ready), "told": told.n_told, "held": len(told.held)}


def _ticked(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(it) for it in request.POST.getlist("result")[:A_PAGE]]
    except ValueError:
        raise no_result() from None


@login_required
@never_cache
@FORM
def typed_again(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """GET asks a second person for the results of a lot, without the first one's. POST compares them."""
    run_laboratory.require_laboratory(request.user)
    row = batch_with(batch_id)
    waiting = results_of(row).filter(step=Step.ENTERED).order_by("tube__label", "id")
    tubes = [(str(it.tube_id), "", it.tube.label) for it in waiting]
    if not tubes:
        return HttpResponseRedirect(reverse("laboratory-batch", args=[row.pk]))
    data = request.POST if request.method == "POST" else None
    form = TypedForm(data, tubes=tubes, at=None, asks_controls=False)
    if form.is_bound and form.is_valid():
        try:
            outcomes = {UUID(key): outcome for key, outcome in form.outcomes.items()}
            run_laboratory.type_again(batch=row.pk, outcomes=outcomes, by=request.user)
        except Refusal as refusal:
            say_beside(form, None, refusal)
        else:
            return HttpResponseRedirect(reverse("laboratory-batch", args=[row.pk]))
    context = {
        "at": county_now(),
        "form": form,
        "title": Said("第二人录入", "Typed by a second person"),
        "lead": Said(
            "请照仪器再录一遍，看不到第一人录的；不一致的退回重录。",
            "Type them from the instrument again, without seeing the first; what differs goes back.",
        ),
        "trail": [
            (HOME, reverse("laboratory")), (REVIEW, reverse("laboratory-review")),
            (BATCH, reverse("laboratory-batch", args=[row.pk])), (AGAIN, ""),
        ],
    }  # fmt: skip
    return render(request, "pages/laboratory/typed.html", context, status=400 if form.errors else 200)


AGAIN = Said("第二人录入", "A second time")


@login_required
@never_cache
@FORM
def tube(request: HttpRequest, tube_id: UUID) -> HttpResponse:
    """GET shows every result of a tube, and what holds of it. POST withdraws one that is out."""
    require_withdrawing(request.user)
    row, refused = tube_with_id(tube_id), None
    if request.method == "POST":
        try:
            reason = request.POST.get("reason", "")[:300]
            withdraw_result(result=_of_tube(request, row.pk), reason=reason, account=request.user)
            return HttpResponseRedirect(f"{request.path}?done=withdrawn")
        except Refusal as refusal:
            if refusal.code.startswith("accounts."):
                raise
            refused = refusal.said
    results = results_of_tube(row.pk)
    known = standing_of({row.pk, *(it.tube_id for it in results)})  # a result may be of its other label
    now = known.get(row.pk) or next(iter(known.values()), None)
    context = {
        "at": county_now(),
        "tube": row,
        "outcome": OUTCOMES[now[0].outcome] if now else None,
        "is_disputed": bool(now and now[0].is_disputed),
        "table": history_table(results),
        "out": [(it, OUTCOMES[Outcome(it.outcome)]) for it in results if it.step == Step.RELEASED],
        "steps": STEPS_SAID,
        "refused": refused,
        "is_withdrawn": request.GET.get("done") == "withdrawn",
        "trail": _trail_of(request, row.label),
    }
    return render(request, "pages/laboratory/tube.html", context, status=400 if refused else 200)


def _trail_of(request: HttpRequest, label: str) -> list[tuple[Said, str] | tuple[str, str]]:
    if may(request.user, run_laboratory.MAY, the_realm().division_code):
        return [(HOME, reverse("laboratory")), (REVIEW, reverse("laboratory-review")), (label, "")]
    return [(TO_WITHDRAW, reverse("laboratory-withdraw")), (label, "")]


TO_WITHDRAW = Said("撤回检测结果", "Withdraw a result")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def find_to_withdraw(request: HttpRequest) -> HttpResponse:
    """Asks whoever withdraws for a laboratory that is too small for the barcode of the tube."""
    require_withdrawing(request.user)
    asked = request.GET.get("tube", "").strip()[:60]
    tube = _tube(asked) if asked else None
    if tube is not None:
        return HttpResponseRedirect(reverse("laboratory-tube", args=[tube]))
    context = {"at": county_now(), "asked": asked, "is_unknown": bool(asked), "trail": [(TO_WITHDRAW, "")]}
    return render(request, "pages/laboratory/find_to_withdraw.html", context)


def _of_tube(request: HttpRequest, tube: UUID) -> UUID:
    """The result that is asked for, if it is this tube's."""
    asked = request.POST.get("result", "")
    found: Sequence[Result] = [it for it in results_of_tube(tube) if str(it.pk) == asked]
    if not found:
        raise no_result()
    return found[0].pk
