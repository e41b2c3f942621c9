"""The investigator's desk: what needs a hand, and the list of cases, narrowed and sorted by its address."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fangxian.core.refusal import Said
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.audit.actions import log_views
from fangxian.ops.cases.queries import INVESTIGATE, VIEW
from fangxian.ops.pages.cases.forms import CaseFilterForm, FindCaseForm
from fangxian.ops.pages.cases.tables import cases_table
from fangxian.ops.pages.parts import Need
from fangxian.ops.pages.tables import Paging
from fangxian.ops.pages.words import said
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.case_desk import (
    NEWEST,
    CaseDesk,
    CaseFilter,
    case_desk,
    case_page,
    cases_found,
    n_listed,
)
from fangxian.ops.situation.venues import names_down_to_units

A_PAGE = 50
LISTED = "cases.listed"


@login_required
@never_cache
@sensitive_post_parameters("number")
@require_http_methods(["GET", "HEAD", "POST"])
def cases(request) -> HttpResponse:
    """GET shows the desk. POST finds a case by a number, which stands in no address."""
    at = county_now()
    desk, find = case_desk(request.user, at=at), FindCaseForm(request.POST if request.method == "POST" else None)
    if find.is_bound and find.is_valid():
        found = cases_found(find.cleaned_data["number"], request.user)
        if len(found) == 1:
            return redirect("case", found[0].pk)
        if not found:
            find.add_error("number", said(*NOTHING_FOUND))
        else:
            find.add_error(
                "number", said(f"有 {len(found)} 个病例，请填病例编号。", f"{len(found)} cases: give a number.")
            )
    return render(request, "pages/cases/cases.html", _context(request, desk, find))


NOTHING_FOUND = (
    "您的辖区里没有这个编号、证件号码或电话的病例。请核对号码，或从列表里找。",
    "No case of your area has this number, document or phone. Check it, or look in the list.",
)


def _context(request, desk: CaseDesk, find: FindCaseForm) -> dict:
    places = names_down_to_units()
    own = areas_of(request.user, VIEW)
    townships = [
        it
        for path, it in places.items()
        if len(path) == TOWNSHIP_DIGITS and any(path.startswith(area) or area.startswith(path) for area in own)
    ]
    form = CaseFilterForm(request.GET or None, diseases=desk.diseases, townships=townships)
    wanted, sort = CaseFilter(**form.chosen), request.GET.get("sort", NEWEST)
    paging = Paging.of(request, total=n_listed(request.user, wanted, desk), size=A_PAGE)
    page = case_page(request.user, wanted, desk, sort=sort, which=paging.slice, total=paging.total)
    log_views(viewer=request.user.pk, subjects=[f"case:{it.case.pk}" for it in page], why=LISTED)
    is_filtered = any(form.chosen.values())
    return {
        "desk": desk,
        "at": desk.at,
        "form": form,
        "find": find,
        "needs": list(_needs(desk)),
        "table": cases_table(page, places, paging=paging, sorted_by=sort, at=desk.at, is_filtered=is_filtered),
        "may_report": may(request.user, "cases.report"),
        "may_investigate": may(request.user, INVESTIGATE),
    }


def _needs(desk: CaseDesk) -> Iterator[Need]:
    """What waits: late clocks first, then held positives, clocks that run, interviews."""
    here = reverse("cases")
    if desk.n_overdue:
        what = Said("例的报告时限已过", "overdue by a clock of the report")
        yield Need(what=what, count=desk.n_overdue, href=f"{here}?clock=overdue#list", due_at=desk.first_due, late=True)
    if desk.held.n_cases:
        what = Said("例阳性等第二家实验室复核", "positive, waiting for a second laboratory")
        since = Said("等得最久的排在后页", "the longest last") if desk.held.n_cases > A_PAGE else ""
        yield Need(what=what, count=desk.held.n_cases, href=f"{here}?state=held#list", who=since)
    if desk.n_in_time:
        what = Said("例的报告时限在走，还没到期", "with a clock of the report running, none overdue")
        due = None if desk.n_overdue else desk.first_due
        yield Need(what=what, count=desk.n_in_time, href=f"{here}?clock=in_time#list", due_at=due)
    if desk.n_uninvestigated:
        what = Said("例的个案调查未完成", "with an interview not finished")
        yield Need(what=what, count=desk.n_uninvestigated, href=f"{here}?interview=unfinished#list")
