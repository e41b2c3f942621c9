"""Staff of screening rounds: the team and the reserves with their trainings; who is where in which shift of a round."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.audit.actions import log_views
from fangxian.ops.lab.queries import ScreeningRound, round_with, sites_of
from fangxian.ops.pages.round_plans.staff_forms import DutyForm, MemberForm, TrainingForm
from fangxian.ops.pages.round_plans.staff_tables import call_up_table, missing_table, span, stations_table, team_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.rounds import HOME
from fangxian.ops.pages.words import in_words
from fangxian.ops.procedures import staff_round
from fangxian.ops.procedures.import_round_staff import UPLOAD
from fangxian.ops.procedures.run_rounds import require_plan
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.round_staff.queries import members, shifts_of, trained_until
from fangxian.ops.round_staff.words import JOBS, LABORATORY
from fangxian.ops.situation.round_staffing import call_up, staffed

TEAM, STAFF, CALL = Said("采样检测人员", "Staff"), Said("排班", "Shifts"), Said("征调名单", "Call-up list")
A_PAGE = 50
WHY = "rounds.staff"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def team(request: HttpRequest) -> HttpResponse:
    """GET lists the team. POST enters somebody (`do=member`), a training (`training`), or lets somebody go (`go`)."""
    require_plan(request.user)
    do, refused = request.POST.get("do", "") if request.method == "POST" else "", None
    form = MemberForm(request.POST if do == "member" else None)
    training = TrainingForm(request.POST if do == "training" else None)
    chosen = members().filter(pk=_id(request.POST.get("member") or request.GET.get("member", ""))).first()
    try:
        if do and _done_to_team(request, do, form, training, chosen):
            return HttpResponseRedirect(reverse("rounds-staff"))
    except Refusal as refusal:
        refused = _said(refusal)
    rows, at = members(), county_now()
    paging = Paging.of(request, total=rows.count(), size=A_PAGE)
    shown = list(rows[paging.slice])
    log_views(viewer=request.user.pk, subjects=[f"staff:{it.pk}" for it in shown], why=WHY)
    context = {
        "at": at,
        "n": paging.total,
        "table": team_table(shown, trained_until(it.pk for it in shown), localtime(at).date(), paging),
        "form": form,
        "training": training,
        "chosen": chosen,
        "may_upload": may(request.user, UPLOAD, the_realm().division_code),
        "refused": refused,
        "trail": [(HOME, reverse("rounds")), (TEAM, "")],
    }
    is_wrong = refused is not None or form.errors or training.errors
    return render(request, "pages/round_plans/team.html", context, status=400 if is_wrong else 200)


def _done_to_team(request: HttpRequest, do: str, form: MemberForm, training: TrainingForm, chosen) -> bool:
    by, member = request.user, chosen.pk if chosen else UUID(int=0)
    match do:
        case "member":
            if not form.is_valid():
                return False
            staff_round.enter_member(**form.cleaned_data, by=by)
        case "training":
            if not training.is_valid():
                return False
            staff_round.enter_training(member=member, **training.cleaned_data, by=by)
        case "go":
            staff_round.strike_member(member=member, by=by)
        case _:
            return False
    return True


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def shifts(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """GET shows who is where in one shift: the one that is on or comes next, unless `shift` names another. POST: `do`
    is shifts, fill, reserves, set or off.
    """
    require_plan(request.user)
    row, refused = round_with(round_id), None
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form = _duty_form(request, row, do)
    try:
        if do and _done_to_round(request, row, do, form):
            return HttpResponseRedirect(reverse("round-staff", args=[row.pk]))
    except Refusal as refusal:
        refused = _said(refusal)
    seen, at = staffed(row), county_now()
    to_come = [it for it in seen.shifts if it.ends_at > at]
    asked = _id(request.GET.get("shift", ""))
    shown = next((it for it in seen.shifts if it.pk == asked), next(iter(to_come or seen.shifts[-1:]), None))
    stations = [it for it in seen.stations if shown and it.shift.pk == shown.pk]
    duties = [duty for it in stations for duty in it.duties]
    log_views(viewer=request.user.pk, subjects=sorted({f"staff:{it.member_id}" for it in duties}), why=WHY)
    context = {
        "at": at,
        "round": row,
        "seen": seen,
        "shown": shown and span(shown),
        "spans": [(it.pk, span(it), it is shown) for it in seen.shifts],
        "table": stations_table(stations),
        "missing": missing_table(seen.missing),
        "form": form,
        "duties": [(it.pk, f"{span(it.shift)} {it.site.name if it.site else ''} {it.member.name}") for it in duties],
        "may_set": row.state != "closed",
        "refused": refused,
        "trail": [(HOME, reverse("rounds")), (row.name, reverse("round", args=[row.pk])), (STAFF, "")],
    }
    is_wrong = refused is not None or form.errors
    return render(request, "pages/round_plans/staff.html", context, status=400 if is_wrong else 200)


def _duty_form(request: HttpRequest, row: ScreeningRound, do: str) -> DutyForm:
    people = [(str(it.pk), f"{it.name} {it.unit} · {in_words(JOBS[it.job])}") for it in members()]
    sites = [(str(it.pk), f"{it.number} {it.name}") for it in sites_of(row) if it.closed_at is None]
    spans = [(str(it.pk), span(it)) for it in shifts_of(row.pk) if it.ends_at > county_now()]
    data = request.POST if do == "set" else None
    return DutyForm(data, shifts=spans, sites=sites, people=people, nowhere=LABORATORY)


def _done_to_round(request: HttpRequest, row: ScreeningRound, do: str, form: DutyForm) -> bool:
    by = request.user
    match do:
        case "shifts":
            staff_round.make_shifts(round=row.pk, by=by)
        case "fill" | "reserves":
            staff_round.fill_shifts(round=row.pk, with_reserves=do == "reserves", by=by)
        case "off":
            duty, why = _id(request.POST.get("duty", "")), request.POST.get("why", "")
            staff_round.take_one_off(round=row.pk, duty=duty, why=why, by=by)
        case "set":
            if not form.is_valid():
                return False
            told = {key: UUID(value) if value else None for key, value in form.cleaned_data.items()}
            staff_round.set_one(round=row.pk, **told, by=by)
        case _:
            return False
    return True


@login_required
@never_cache
@require_http_methods(["GET", "HEAD"])
@sensitive_variables()
def call_up_list(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Whom of the reserves to ring up, to be printed; and how many must be asked for elsewhere."""
    require_plan(request.user)
    row = round_with(round_id)
    seen = staffed(row)
    rows = call_up(seen)
    log_views(viewer=request.user.pk, subjects=[f"staff:{it.member.pk}" for it in rows], why=WHY)
    here = reverse("round-staff", args=[row.pk])
    context = {
        "at": county_now(),
        "round": row,
        "table": call_up_table(rows),
        "missing": missing_table(seen.missing),
        "n": len(rows),
        "trail": [(HOME, reverse("rounds")), (row.name, reverse("round", args=[row.pk])), (STAFF, here), (CALL, "")],
    }
    return render(request, "pages/round_plans/call_up.html", context)


def _said(refusal: Refusal) -> Said:
    if refusal.code.startswith("accounts."):
        raise refusal
    return refusal.said


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
