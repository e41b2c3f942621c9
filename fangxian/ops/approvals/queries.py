"""What others may ask of the approvals room."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope

from .models import ApprovalRequest, State
from .requirements import REQUIREMENTS
from .rules import Needed, still_needed


def find(request_id: UUID) -> ApprovalRequest | None:
    return ApprovalRequest.objects.filter(pk=request_id).select_related("applicant_unit").first()


def waiting_for(account: Account, at: datetime) -> QuerySet[ApprovalRequest]:
    """Pending requests this account is appointed to decide, its own and those it has decided on left out.

    The list is by appointment; `actions.approve` refuses the finer cases (a unit joined yesterday, a unit
    that has approved) in words.
    """
    pending = ApprovalRequest.objects.filter(state=State.PENDING, expires_at__gt=at)
    pending = pending.exclude(applicant=account).exclude(decisions__approver=account)
    mine = Q(pk__in=[])
    for kind, requirement in REQUIREMENTS.items():
        of_kind = within_scope(pending.filter(kind=kind), account, requirement.permission)
        mine |= Q(pk__in=of_kind.values("pk"))
    return pending.filter(mine).order_by("expires_at", "id")


def of_applicant(account: Account) -> QuerySet[ApprovalRequest]:
    """What an account has asked for, newest first."""
    return ApprovalRequest.objects.filter(applicant=account)


def pending_among(requests: Collection[UUID], at: datetime) -> QuerySet[ApprovalRequest]:
    """Those of some requests that still wait, newest first."""
    return ApprovalRequest.objects.filter(pk__in=requests, state=State.PENDING, expires_at__gt=at)


def pending_of(kind: str, at: datetime) -> QuerySet[ApprovalRequest]:
    """Every request of a kind that still waits, the newest first."""
    return ApprovalRequest.objects.filter(kind=kind, state=State.PENDING, expires_at__gt=at).order_by("-asked_at", "pk")


def of_subject(kind: str, subject: str) -> QuerySet[ApprovalRequest]:
    """Every request about one subject, newest first."""
    return ApprovalRequest.objects.filter(kind=kind, subject=subject)


def needed(request: ApprovalRequest) -> Needed:
    """What a request still lacks."""
    units = request.decisions.filter(verdict="approve").values_list("unit_id", "unit_kind")
    return still_needed(REQUIREMENTS[request.kind], units)
