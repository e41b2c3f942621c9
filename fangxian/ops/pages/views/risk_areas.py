"""Risk areas: what is one now, the lists that came, what each changed; bringing a list, settling names."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.enquiries.queries import rescreenings_about
from fangxian.ops.jobs.queries import latest_with_key
from fangxian.ops.jobs.wire import in_words as job_said
from fangxian.ops.pages.enquiries.tables import rescreenings_table
from fangxian.ops.pages.risk_areas.forms import AskForm, ListForm, NameForm, SettleForm, say_beside
from fangxian.ops.pages.risk_areas.tables import areas_table, changes_table, lists_table, named_table
from fangxian.ops.pages.risk_areas.words import coverage_of
from fangxian.ops.pages.tables import Paging, Table
from fangxian.ops.procedures.rescreen import JOB as RESCREENING
from fangxian.ops.procedures.rescreen import LIST
from fangxian.ops.procedures.take_risk_list import (
    JOB,
    KEEP,
    end_risk_naming,
    name_risk_division,
    require_keeping,
    settle_risk_names,
    states_to_name,
    upload_risk_list,
)
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.risk_areas.queries import (
    RiskList,
    Unsettled,
    counts_now,
    differences_of,
    is_old,
    list_with,
    lists,
    matching,
    n_missing_now,
    named_divisions,
    newest_list,
    spans_now,
    unsettled,
)
from fangxian.ops.risk_areas.wire import the_nation

VIEW = "rulebook.view"
AREAS_A_PAGE, LISTS_A_PAGE = 50, 20
REFUSED_BESIDE = {
    "risk_areas.no_division_named": "code", "risk_areas.no_reason": "reason", "risk_areas.named_backwards": "ends_on",
    "risk_areas.state_not_by_hand": "state",
}  # fmt: skip
UNDER_WAY = ("queued", "running")
REFRESH_S = "2"  # a header, so that a reader who has no scripts sees the job go on


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def now(request: HttpRequest) -> HttpResponse:
    """GET shows the risk areas now, names to be settled, and the lists that came. POST brings a list."""
    require(request.user, VIEW)
    if request.method != "POST":
        return _page(request)
    require_keeping(request.user)
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form=form, status=400)
    told, file = form.cleaned_data, form.cleaned_data["file"]
    try:
        taken = upload_risk_list(
            content=file.read(), file_name=file.name, by=request.user, covers=told["covers"], as_of=told["as_of"]
        )
    except Refusal as refusal:
        say_beside(form, "as_of" if refusal.code == "risk_areas.no_moment" else "file", refusal)
        return _page(request, form=form, status=400)
    again = "?again=1" if taken.is_repeat else ""
    return HttpResponseRedirect(reverse("risk-areas-list", args=[taken.row.pk]) + again)


@login_required
@never_cache
@require_POST
def settle(request: HttpRequest, names_id: UUID) -> HttpResponse:
    """Decide which division some names mean."""
    require_keeping(request.user)
    names = next((it for it in unsettled() if it.id == names_id), None)
    if names is None:  # somebody was quicker
        return HttpResponseRedirect(reverse("risk-areas"))
    form = SettleForm(request.POST, names=names)
    if form.is_valid():
        try:
            settle_risk_names(names=names.id, code=form.chosen.strip(), by=request.user)
        except Refusal as refusal:
            say_beside(form, "other", refusal)
        else:
            return HttpResponseRedirect(reverse("risk-areas") + "#names")
    return _page(request, settling=(names_id, form), status=400)


@login_required
@never_cache
@require_POST
def name(request: HttpRequest) -> HttpResponse:
    """Name a division by hand."""
    require_keeping(request.user)
    form = NameForm(request.POST, states=states_to_name(county_now()))
    if form.is_valid():
        try:
            name_risk_division(**form.cleaned_data, by=request.user)
        except Refusal as refusal:
            say_beside(form, REFUSED_BESIDE.get(refusal.code), refusal)
        else:
            return HttpResponseRedirect(reverse("risk-areas") + "#named")
    return _page(request, naming=form, status=400)


@login_required
@never_cache
@require_POST
def end_name(request: HttpRequest, named_id: UUID) -> HttpResponse:
    """From today on a division is not named any more."""
    require_keeping(request.user)
    end_risk_naming(named=named_id, ends_on=localtime(county_now()).date(), by=request.user)
    return HttpResponseRedirect(reverse("risk-areas") + "#named")


@login_required
@never_cache
@require_safe
def one_list(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """One list: how far it is in taking effect, and what it changed."""
    require(request.user, VIEW)
    row = list_with(list_id)
    if row is None:
        raise Http404
    job = latest_with_key(kind=JOB, unique_key=f"risk_list:{row.pk}")
    is_running = row.applied_at is None and job is not None and job.state in UNDER_WAY
    judging = latest_with_key(kind=RESCREENING, unique_key=f"{LIST}:{row.pk}") if row.applied_at else None
    is_judging = judging is not None and judging.state in UNDER_WAY
    context = {
        "row": row,
        "coverage": coverage_of(row),
        "at": row.as_of,
        "is_repeat": "again" in request.GET,
        "is_running": is_running,
        "judging": judging if is_judging else None,
        "judging_tells": judging and Said(judging.said_zh, judging.said_en),
        "has_failed": row.applied_at is None and job is not None and job.state == "failed",
        "job": job,
        "job_said": job and job_said(job),
        "job_tells": job and Said(job.said_zh, job.said_en),
        "trail": [(Said("风险地区", "Risk areas"), reverse("risk-areas")), (Said("一份名单", "One list"), "")],
        "changes": _changes(request, row) if row.applied_at else [],
        "brought_about": rescreenings_table(list(rescreenings_about(str(row.pk)))) if row.applied_at else None,
    }
    response = render(request, "pages/risk_areas/list.html", context)
    if is_running or is_judging:
        response["Refresh"] = REFRESH_S
    return response


def _page(
    request: HttpRequest,
    *,
    form: ListForm | None = None,
    settling: tuple[UUID, SettleForm] | None = None,
    naming: NameForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at, newest, ask = county_now(), newest_list(), AskForm(request.GET)
    found, came = matching(spans_now(), **ask.asked), lists()
    areas_paging = Paging.of(request, total=found.count(), size=AREAS_A_PAGE)
    lists_paging = Paging.of(request, total=came.count(), size=LISTS_A_PAGE, asks="lists")
    may_keep = may(request.user, KEEP, the_realm().division_code)
    context = {
        "at": newest.as_of if newest else at,
        "newest": newest,
        "is_old": newest is not None and is_old(newest, at),
        "counts": counts_now(),
        "n_missing": n_missing_now(),
        "ask": ask,
        "areas": areas_table(list(found[areas_paging.slice]), areas_paging, has_lists=newest is not None),
        "names": _names(settling) if may_keep else [],
        "may_keep": may_keep,
        "form": (form or ListForm()) if may_keep else None,
        "lists": lists_table(list(came[lists_paging.slice]), lists_paging),
        **_named(naming, may_keep),
    }
    return render(request, "pages/risk_areas/now.html", context, status=status)


def _named(naming: NameForm | None, may_keep: bool) -> dict[str, object]:
    """What is named by hand, and the form to name more where the rules know a state for it."""
    states = states_to_name(county_now())
    rows = list(named_divisions()[:AREAS_A_PAGE])
    today = localtime(county_now()).date()
    return {
        "named": named_table(rows, {it.key: it.name for it in states}, the_nation().path),
        "to_end": [(it, the_nation().path(it.division_code)) for it in rows if it.ends_on is None] if may_keep else [],
        "naming": (naming or NameForm(states=states, initial={"begins_on": today})) if may_keep and states else None,
    }


def _names(settling: tuple[UUID, SettleForm] | None) -> list[tuple[Unsettled, SettleForm]]:
    asked, form = settling or (None, None)
    return [(it, form if form and it.id == asked else SettleForm(names=it)) for it in unsettled()]


def _changes(request: HttpRequest, row: RiskList) -> Sequence[tuple[Said, int, Table]]:
    """What a list changed, a table for each kind of change."""
    differences = differences_of(row)
    kinds = (
        ("begun", Said("新增", "Begun"), differences.begun, Said("没有新增。", "None began.")),
        ("ended", Said("解除", "Ended"), differences.ended, Said("没有解除。", "None ended.")),
        ("missing", Said("这份没有列出", "Left out"), differences.missing, Said("没有漏列。", "None was left out.")),
    )
    tables = []
    for name, caption, spans, empty in kinds:
        paging = Paging.of(request, total=spans.count(), size=AREAS_A_PAGE, asks=name)
        table = changes_table(list(spans[paging.slice]), caption, empty, paging)
        tables.append((caption, paging.total, table))
    return tables
