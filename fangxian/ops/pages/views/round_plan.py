"""Planning a screening round before there is one: when it ends, what would move the end, what it takes."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import areas_of, require
from fangxian.ops.lab.queries import PLAN
from fangxian.ops.pages.round_plans.forms import PlanForm, usual
from fangxian.ops.pages.round_plans.tables import alone_table, hours_table, kits_table, ways_table, worths_table
from fangxian.ops.pages.words import in_words
from fangxian.ops.people.queries import n_in_use
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.situation.round_mode import mode_in_county
from fangxian.ops.situation.round_plan import Answered, round_plan


def require_planning(account: Account) -> None:
    """Whoever may plan rounds somewhere."""
    if not areas_of(account, PLAN):
        require(account, PLAN, the_realm().division_code)


@login_required
@never_cache
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """The form, and below it what comes of it once it was asked."""
    require_planning(request.user)
    at = county_now()
    mode = mode_in_county(at)
    initial = usual(n_in_use(), mode.largest)
    form = PlanForm(request.GET) if "n_people" in request.GET else PlanForm(initial=initial)
    answered = _answered(form)
    context = {"at": at, "form": form, "answered": answered, "mode": mode}
    if answered:
        context |= _tables(answered)
    return render(request, "pages/round_plans/plan.html", context, status=400 if form.errors else 200)


def _answered(form: PlanForm) -> Answered | None:
    if not form.is_bound or not form.is_valid():
        return None
    try:
        return round_plan(form.asked())
    except Refusal as refusal:
        form.add_error("size", in_words(refusal.said))
        return None


def _tables(answered: Answered) -> dict[str, object]:
    found = answered.reached
    return {
        "days": round(answered.least_days, 1),
        "ways": ways_table(found.ways),
        "alone": alone_table(found),
        "worths": worths_table(found.worths) if found.worths else None,
        "hours": hours_table(found.as_planned.hours),
        "kits": kits_table(answered.kits),
    }
