"""When a round will really end: planned anew from what has happened, beside the plan of its beginning."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Refusal, Said
from fangxian.core.screening.words import STEPS_SAID
from fangxian.ops.lab.queries import ScreeningRound, round_with, tubes_of
from fangxian.ops.lab.words import POOLS
from fangxian.ops.laboratory.queries import laboratories
from fangxian.ops.laboratory.round_queries import asked_for
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.pages.round_plans.forms import AloneForm, OutsideForm
from fangxian.ops.pages.round_plans.live_tables import (
    in_time_table,
    moves_table,
    outside_table,
    so_far_table,
    spans_table,
)
from fangxian.ops.pages.rounds.forms import say_beside
from fangxian.ops.pages.views.rounds import HOME, require_sight
from fangxian.ops.procedures.keep_round_plan import ask_outside, say_alone
from fangxian.ops.procedures.run_rounds import may_plan
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_plans.box_times import n_late
from fangxian.ops.round_plans.queries import KeptPlan, n_alone_in, plan_kept_of
from fangxian.ops.situation.live_plan import LivePlan, live_plan, what_would_move_it
from fangxian.ops.situation.round_mode import above_risk, mode_of_round
from fangxian.ops.situation.rounds_played import last_result_at

PLAN = Said("何时完成", "When it ends")
QUARTER = timedelta(minutes=15)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def live(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """When it ends at its own pace; with `?move=1`, what would bring it in time, which takes longer to work out. POST
    says how many people have a tube of their own, or which outside laboratory tests its tubes.
    """
    require_sight(request.user)
    row, at = round_with(round_id), county_now()
    plans = row.state != "closed" and may_plan(request.user)
    data, is_outside = (request.POST if request.method == "POST" else None), request.POST.get("do") == "outside"
    form = AloneForm(None if is_outside else data, initial={"n": n_alone_in(row.pk)})
    others = [(str(it.pk), it.name) for it in laboratories(is_own=False)] if plans or is_outside else []
    outside = OutsideForm(data if is_outside else None, laboratories=others)
    if _said(request, row, outside if is_outside else form):
        return HttpResponseRedirect(reverse("round-live-plan", args=[row.pk]) + ("#outside" if is_outside else ""))
    plan = live_plan(row, at) if row.state != "closed" else None
    context = {
        "at": plan.at if plan else at,
        "round": row,
        "plan": plan,
        "above_risk": above_risk(row, at),
        "pool": POOLS[row.pool_size],
        "alone": form if plans and row.pool_size > 1 else None,
        "outside": outside if plans and others else None,
        "asked": outside_table(list(asked_for(row.pk))),
        "plans": plans,
        "kept": plan.kept if plan else plan_kept_of(row.pk),
        "trail": [(HOME, reverse("rounds")), (row.name, reverse("round", args=[row.pk])), (PLAN, "")],
    }
    if plan:
        context |= _tables(plan)
        context["n_late"] = n_late(row, rulebooks_by_disease(at), at)
        if request.GET.get("move"):
            context |= _moves(row, plan)
    elif row.closed_at:
        context |= _over(row, context["kept"])
    return render(request, "pages/round_plans/live.html", context, status=400 if form.errors or outside.errors else 200)


def _said(request: HttpRequest, row: ScreeningRound, form: AloneForm | OutsideForm) -> bool:
    """Whether what a form says was recorded; what is refused stands beside it."""
    if not form.is_bound or not form.is_valid():
        return False
    told = form.cleaned_data
    try:
        if isinstance(form, AloneForm):
            say_alone(round=row.pk, n=told["n"], by=request.user)
        else:
            ask_outside(
                round=row.pk, laboratory=UUID(told["laboratory"]), tubes_a_day=told["tubes_a_day"],
                further_min=told["further_min"], by=request.user,
            )  # fmt: skip
    except Refusal as refusal:
        if refusal.code.startswith("accounts."):
            raise
        say_beside(form, "n" if isinstance(form, AloneForm) else "tubes_a_day", refusal)
        return False
    return True


def _over(row: ScreeningRound, kept: KeptPlan | None) -> dict[str, object]:
    """What came of a round that is over, beside its plan."""
    last = last_result_at(row)
    later = _later(last - kept.ends_at) if last and kept else None
    return {"last_at": last, "later": later, "n_tubes": tubes_of(row).exclude(state="void").count()}


def _tables(plan: LivePlan) -> dict[str, object]:
    return {
        "is_over": not plan.told.n_tubes and not plan.n_left,
        "step": STEPS_SAID[plan.told.held_up_by] if plan.told.held_up_by else None,
        "tables_pace": round(plan.pace.tables * 100),
        "laboratories_pace": round(plan.pace.laboratories * 100),
        "later": _later(plan.later_by) if plan.later_by is not None else None,
        "so_far": so_far_table(plan.so_far),
        "spans": spans_table(plan.told.hours, plan.moment),
    }


def _moves(row: ScreeningRound, plan: LivePlan) -> dict[str, object]:
    found = what_would_move_it(row, plan.at)
    if found is None:
        return {}
    mode = mode_of_round(row, plan.at).said
    return {"mode": mode, "moves": moves_table(found, plan.moment), "ways": in_time_table(found, plan.moment)}


def _later(by: timedelta) -> Said:
    hours = round(abs(by) / timedelta(hours=1), 1)
    if abs(by) < QUARTER:
        return Said("与预案一致", "as planned")
    if by > timedelta():
        return Said(f"比预案晚 {hours} 小时", f"{hours} h later than planned")
    return Said(f"比预案早 {hours} 小时", f"{hours} h sooner than planned")
