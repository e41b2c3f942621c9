"""The only writers of the approvals room. A request's row is locked while it changes, so two approvers queue."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from .models import ApprovalRequest, Decision, State
from .requirements import REQUIREMENTS
from .rules import (
    refuse_lost_approvers,
    refuse_own_matter,
    refuse_useless_approval,
    refuse_wrong_applicant,
    refuse_wrong_person,
    still_needed,
)
from .wire import STATES, InBoth

DIGEST_CHARACTERS = 64
BATCH = 500


@transaction.atomic
def request_approval(
    *, kind: str, subject: str, digest: str, title: Said, basis: str, area_path: str, applicant: Account
) -> ApprovalRequest:
    """Ask for an approval. Asked for again while the same is pending, it is the same request.

    Parameters
    ----------
    digest : SHA-256 of the content in hex; what approvers are shown and what the action uses must have it
    basis : the law, plan or order it rests on

    Refuses
    -------
    approvals.no_basis, approvals.own_matter, and those of `rules.refuse_wrong_applicant`

    Raises
    ------
    KeyError, ValueError
        For a kind without a requirement, or a digest that is none: bugs of the caller.
    """
    requirement = REQUIREMENTS[kind]
    if len(digest) != DIGEST_CHARACTERS or set(digest) - set("0123456789abcdef"):
        raise ValueError("a digest is 64 hex characters")
    if not basis.strip():
        raise Refusal(
            "approvals.no_basis",
            zh="没有写明依据，审批没有提出。每件审批须写明所依据的法律、预案或命令；请补上依据再提交。",
            en="No basis is given, so nothing was requested. Each request names the law, plan or order it rests on: "
            "add it and submit again.",
        )
    at = county_now()
    applicant = Account.objects.select_related("unit").get(pk=applicant.pk)
    refuse_own_matter(applicant, subject)
    refuse_wrong_applicant(applicant, requirement, area_path, at)
    same = ApprovalRequest.objects.select_for_update().filter(
        kind=kind, subject=subject, digest=digest, area_path=area_path, applicant=applicant, state=State.PENDING
    )
    if pending := same.filter(expires_at__gt=at).first():
        return pending
    request = ApprovalRequest.objects.create(
        kind=kind,
        subject=subject,
        digest=digest,
        area_path=area_path,
        title_zh=title.zh,
        title_en=title.en,
        basis=basis,
        applicant=applicant,
        applicant_unit_id=applicant.unit_id,
        asked_at=at,
        expires_at=at + timedelta(hours=requirement.valid_h),
    )
    _record("approvals.requested", request, f"account:{applicant.pk}", basis=basis)
    return request


@transaction.atomic
def approve(*, request: UUID, approver: Account, digest: str, reason: str = "") -> ApprovalRequest:
    """`approver` has seen the content with `digest` and approves it. With the last one needed, it is approved.

    Refuses
    -------
    approvals.unknown, approvals.settled, approvals.expired, approvals.other_content, and those of rules.py
    """
    row, approver, at = _decidable(request, approver, digest)
    so_far = list(row.decisions.all())
    refuse_useless_approval(REQUIREMENTS[row.kind], approver, so_far)
    made = _decide(row, approver, Decision.Verdict.APPROVE, reason, at)
    units = [(decision.unit_id, decision.unit_kind) for decision in [*so_far, made]]
    if still_needed(REQUIREMENTS[row.kind], units).is_met:
        _settle(row, State.APPROVED, at)
    _record("approvals.approved", row, f"account:{approver.pk}", state=str(row.state))
    return row


@transaction.atomic
def reject(*, request: UUID, approver: Account, digest: str, reason: str) -> ApprovalRequest:
    """One "no" of somebody who may decide ends the request. A reason is needed: the applicant reads it.

    Refuses
    -------
    approvals.no_reason, and those of `approve`
    """
    if not reason.strip():
        raise Refusal(
            "approvals.no_reason",
            zh="没有写明理由，未作决定。不同意须写明理由，申请人会看到；请补上理由。",
            en="No reason is given, so nothing was decided. A rejection says why, and the applicant reads it: add the "
            "reason.",
        )
    row, approver, at = _decidable(request, approver, digest)
    row.decisions.filter(approver=approver).delete()  # a change of mind while the request is pending
    _decide(row, approver, Decision.Verdict.REJECT, reason, at)
    _settle(row, State.REJECTED, at)
    _record("approvals.rejected", row, f"account:{approver.pk}")
    return row


@transaction.atomic
def withdraw(*, request: UUID, applicant: Account, reason: str = "") -> ApprovalRequest:
    """The applicant takes a pending or approved request back; withdrawn already, nothing changes.

    Refuses
    -------
    approvals.unknown, approvals.settled, approvals.not_yours
    """
    row = _locked(request)
    if row.applicant_id != applicant.pk:
        raise Refusal(
            "approvals.not_yours",
            zh="这件审批不是您提出的，只有申请人可以撤回。如不同意，请作“不同意”的决定并写明理由。",
            en="You did not make this request, and only its applicant can withdraw it. If you disagree, reject it and "
            "say why.",
        )
    if row.state == State.WITHDRAWN:
        return row
    if row.state not in (State.PENDING, State.APPROVED):
        raise _settled(row)
    _settle(row, State.WITHDRAWN, county_now())
    _record("approvals.withdrawn", row, f"account:{applicant.pk}", reason=reason)
    return row


@transaction.atomic
def use(*, request: UUID, kind: str, digest: str, area_path: str | None = None, by: str) -> ApprovalRequest:
    """Spend an approval on the action it licenses; call it inside that action's transaction. Once only.

    Parameters
    ----------
    area_path : over which the action is; what was approved is over exactly that. None where an action has none.

    Refuses
    -------
    approvals.unknown, approvals.other_kind, approvals.other_content, approvals.other_area, approvals.used,
    approvals.not_approved, approvals.expired, approvals.approver_gone
    """
    row, at = _locked(request), county_now()
    _refuse_other_kind(row, kind)
    _refuse_other_content(row, digest)
    if area_path is not None and row.area_path != area_path:
        raise Refusal(
            "approvals.other_area",
            zh="这件审批批准的区域是 {wanted}，不是 {found}，没有办理。审批只在所批区域内有效；请另行提出。",
            en="This approval is over {wanted}, not over {found}, so nothing was done. It holds for exactly the area "
            "that was approved: request one for {found}.",
            wanted=row.area_path,
            found=area_path or "—",
        )
    _refuse_not_ready(row)
    _refuse_expired(row, at)
    refuse_lost_approvers(row, REQUIREMENTS[row.kind])
    row.state, row.used_at, row.used_by = State.USED, at, by
    row.save(update_fields=["state", "used_at", "used_by"])
    _record("approvals.used", row, by)
    return row


def _refuse_other_kind(row: ApprovalRequest, kind: str) -> None:
    if row.kind != kind:
        raise Refusal(
            "approvals.other_kind",
            zh="这件审批批准的是“{found:zh}”，不能用于“{wanted:zh}”。请使用为此事作出的审批，或另行提出。",
            en="This approval is for “{found:en}” and cannot be used for “{wanted:en}”. Use the one made for it, or "
            "request one.",
            found=InBoth(REQUIREMENTS[row.kind].said),
            wanted=InBoth(REQUIREMENTS[kind].said),
        )


def _refuse_not_ready(row: ApprovalRequest) -> None:
    if row.state == State.USED:
        raise Refusal(
            "approvals.used",
            zh="这件审批已于 {used_at} 用过，一件审批只能用一次。如需再做一次，请重新提出审批。",
            en="This approval was used at {used_at}, and each is used once. To do it again, request a new one.",
            used_at=f"{localtime(row.used_at):%Y-%m-%d %H:%M}",
        )
    if row.state != State.APPROVED:
        raise Refusal(
            "approvals.not_approved",
            zh="这件审批的状态是“{state:zh}”，尚不能据以办理。须先由足够的人员批准；请等待，或重新提出。",
            en="This request is {state:en}, so nothing can rest on it. It must be approved by enough persons first: "
            "wait, or request anew.",
            state=InBoth(STATES[row.state]),
        )


def expire_overdue(*, at: datetime, by: str) -> int:
    """Mark what was not decided or used in time as expired; how many. It could not be decided or used anyway."""
    due = ApprovalRequest.objects.filter(state__in=(State.PENDING, State.APPROVED), expires_at__lte=at)
    if not due.exists():
        return 0
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True).order_by("id")[:BATCH])
        ApprovalRequest.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.EXPIRED, settled_at=at)
        if rows:
            record("approvals.expired", by=by, details={"requests": [str(row.pk) for row in rows]})
    return len(rows)


def _decidable(request: UUID, approver: Account, digest: str) -> tuple[ApprovalRequest, Account, datetime]:
    """The request, locked, once it and the approver (read anew, with today's unit) allow a decision."""
    row, at = _locked(request), county_now()
    if row.state != State.PENDING:
        raise _settled(row)
    _refuse_expired(row, at)
    fresh = Account.objects.select_related("unit").get(pk=approver.pk)
    refuse_wrong_person(row, fresh, REQUIREMENTS[row.kind], at)
    _refuse_other_content(row, digest)
    return row, fresh, at


def _locked(request: UUID) -> ApprovalRequest:
    row = ApprovalRequest.objects.select_for_update().filter(pk=request).first()
    if row is None:
        raise Refusal(
            "approvals.unknown",
            zh="没有这件审批，或已按期清除。请从审批列表里重新打开。",
            en="There is no such request, or it has been erased at its term. Open it again from the list.",
        )
    return row


def _settled(row: ApprovalRequest) -> Refusal:
    return Refusal(
        "approvals.settled",
        zh="这件审批已经是“{state:zh}”，不能再改。只有待决定的可以办理；如需再议，请重新提出。",
        en="This request is {state:en} already and cannot be changed. Only a pending one can be decided: to take it up "
        "again, request anew.",
        state=InBoth(STATES[row.state]),
    )


def _refuse_expired(row: ApprovalRequest, at: datetime) -> None:
    if row.expires_at <= at:
        raise Refusal(
            "approvals.expired",
            zh="这件审批已于 {expires_at} 过期。须在期限内决定并使用；请重新提出。",
            en="This request expired at {expires_at}. It must be decided and used in time: request anew.",
            expires_at=f"{localtime(row.expires_at):%Y-%m-%d %H:%M}",
        )


def _refuse_other_content(row: ApprovalRequest, digest: str) -> None:
    if row.digest != digest:
        raise Refusal(
            "approvals.other_content",
            zh="您手上的内容（{found}）与提交审批的内容（{wanted}）不一致，可能已被改过。请重新打开最新内容核对；"
            "改过的须重新提出审批。",
            en="The content in hand ({found}) is not the one that approval was requested for ({wanted}); it may have "
            "been changed since. Open it again and compare: what was changed needs a new request.",
            found=digest[:12],
            wanted=row.digest[:12],
        )


def _decide(row: ApprovalRequest, approver: Account, verdict: str, reason: str, at: datetime) -> Decision:
    return Decision.objects.create(
        request=row,
        approver=approver,
        applicant_id=row.applicant_id,
        unit=approver.unit,
        unit_kind=approver.unit.kind,
        verdict=verdict,
        digest=row.digest,
        reason=reason,
        decided_at=at,
    )


def _settle(row: ApprovalRequest, state: str, at: datetime) -> None:
    row.state, row.settled_at = state, at
    row.save(update_fields=["state", "settled_at"])


def _record(action: str, row: ApprovalRequest, by: str, **details: object) -> None:
    facts = {"request": str(row.pk), "kind": row.kind, "digest": row.digest}
    record(action, by=by, about=[row.subject], details=facts | details, unit=row.applicant_unit_id)
