"""The address of a case that was merged leads to the one that goes on, and says so there."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.cases.queries import case_numbered, goes_on_in


def leads_on(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Of a case that was merged, show the same page of the one that goes on, to whoever may see the merged one."""

    @wraps(view)
    def seen(request, case_id: UUID) -> HttpResponse:
        reads = request.method in ("GET", "HEAD") and request.user.is_authenticated
        merged = goes_on_in(case_id, request.user) if reads else None
        if merged is None:
            return view(request, case_id)
        address = reverse(request.resolver_match.view_name, args=[merged.same_as_id])
        return HttpResponseRedirect(f"{address}?merged={merged.number}")

    return seen


def merged_said(number: str, case) -> Said | None:
    """That the number somebody came by is now this case's; None where it is not."""
    row = case_numbered(number) if number else None
    if row is None or row.same_as_id != case.pk:
        return None
    return Said(
        f"您打开的 {row.number} 已并入本例 {case.number}，资料、接触者和任务都在这里。",
        f"{row.number}, which you opened, was merged into {case.number}: its file, contacts and tasks are here.",
    )
