"""Priority people (重点人员): who has to be tested how often, who is due today, who is late."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.pages.priority.forms import PriorityFilter
from fangxian.ops.pages.priority.tables import classes_table, people_table
from fangxian.ops.pages.tables import Paging
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.priority_people import (
    VIEW,
    cadence_rules,
    counts_by_class,
    names_beside,
    priority_people,
)
from fangxian.ops.situation.venues import names_down_to_units

A_PAGE = 50


@login_required
@never_cache
def priority(request) -> HttpResponse:
    """The classes with their counts, and those who are late or due, within what the account looks after."""
    at = county_now()
    rules = cadence_rules(at)
    narrow = PriorityFilter(request.GET, rules=rules, townships=_townships(request.user))
    people = priority_people(request.user, at, rules=rules, area_path=narrow.area_path)
    lines = counts_by_class(people, rules)
    chosen = narrow.of(people)
    paging = Paging.of(request, total=len(chosen), size=A_PAGE)
    shown = chosen[paging.slice]
    context = {
        "at": at,
        "narrow": narrow,
        "n_late": sum(it.n_late for it in lines if it.rule.required),
        "classes": classes_table(lines),
        "table": people_table(shown, *names_beside(shown), paging, opens=may(request.user, "people.view")),
    }
    return render(request, "pages/priority/priority.html", context)


def _townships(account) -> dict:
    """Those that touch what the account looks after."""
    own = areas_of(account, VIEW)
    return {
        path: it
        for path, it in names_down_to_units().items()
        if len(path) == TOWNSHIP_DIGITS and any(path.startswith(area) or area.startswith(path) for area in own)
    }
