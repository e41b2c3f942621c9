"""A round by class and unit: how far each is, and how many of it are missing."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fangxian.core.refusal import Said
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.lab.queries import round_with
from fangxian.ops.pages.rounds.group_table import groups_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.views.rounds import HOME, require_sight
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.round_board import NAMES
from fangxian.ops.situation.round_groups import ORDERS, groups_of_round

GROUPS = Said("按班级、单位", "By class or unit")
A_PAGE = 50


@login_required
@never_cache
@require_safe
def groups(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """GET lists the classes and units of a round, those with most missing first; `sort`: name or due."""
    require_sight(request.user)
    row, asked = round_with(round_id), request.GET.get("sort", "")
    order = asked if asked in ORDERS else "-due"
    seen = groups_of_round(row, request.user, order=order)
    paging = Paging.of(request, total=seen.count(), size=A_PAGE)
    may_list = bool(areas_of(request.user, NAMES))
    context = {
        "at": county_now(),
        "round": row,
        "n": paging.total,
        "table": groups_table(seen[paging.slice], row, paging, sorted_by=order, may_list=may_list),
        "trail": [(HOME, reverse("rounds")), (row.name, reverse("round", args=[row.pk])), (GROUPS, "")],
    }
    return render(request, "pages/rounds/groups.html", context)
