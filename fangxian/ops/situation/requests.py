"""Requests for approval as their pages show them: what is asked, about whom, what it still lacks, who may decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.approvals import queries as approvals
from fangxian.ops.approvals.requirements import REQUIREMENTS, Requirement
from fangxian.ops.approvals.rules import Needed
from fangxian.ops.measures.queries import order_proposed, read_once, rulebook_proposed, versions_followed
from fangxian.ops.movement.queries import ruling_proposed, rulings_about

from .code_files import CodeFile, code_file

RULING, PUBLISHING, SIGNING = "codes.rule", "rulebook.publish", "measures.sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFile:
    """One request.

    Attributes
    ----------
    request, decisions : rows of the approvals room
    ruling, code : of a ruling on a code, what is to be ruled and the person's code as it stands; else None
    rulebook, followed : of a rulebook to be published its text, and the version that it would follow; else None
    order : of an order to be signed what it says; else None
    is_mine : the reader asked for it
    is_decidable : it waits, and the reader is appointed to decide on such requests here and has not done so
    """

    request: Any
    requirement: Requirement
    decisions: Sequence
    needed: Needed
    ruling: Any
    code: CodeFile | None
    rulebook: Any
    followed: Any
    order: Any
    is_mine: bool
    is_decidable: bool
    at: datetime


def request_file(request_id: UUID, account: Account, *, at: datetime) -> RequestFile:
    """A request, for whoever made it or may decide on it.

    Refuses
    -------
    approvals.request.not_yours
        Also for whoever has no part in it: nothing of it is told.
    """
    row = approvals.find(request_id)
    if row is None:
        raise _not_yours()
    requirement, is_mine = REQUIREMENTS[row.kind], row.applicant_id == account.pk
    is_appointed = may(account, requirement.permission, row.area_path)
    if not (is_mine or is_appointed):
        raise _not_yours()
    decisions = list(row.decisions.select_related("unit"))
    has_decided = any(decision.approver_id == account.pk for decision in decisions)
    is_pending = row.state == "pending" and row.expires_at > at
    ruling = ruling_proposed(row.pk) if row.kind == RULING else None
    proposed = rulebook_proposed(row.pk) if row.kind == PUBLISHING else None
    followed = versions_followed(read_once(proposed.text), at) if proposed else []
    return RequestFile(
        request=row,
        requirement=requirement,
        decisions=decisions,
        needed=approvals.needed(row),
        ruling=ruling,
        code=code_file(ruling.person, at=at) if ruling else None,
        rulebook=proposed,
        followed=next((it for it in followed if it.digest != proposed.digest), None) if proposed else None,
        order=order_proposed(row.pk) if row.kind == SIGNING else None,
        is_mine=is_mine,
        is_decidable=is_pending and is_appointed and not is_mine and not has_decided,
        at=at,
    )


def pending_rulings(person: UUID, *, at: datetime) -> list:
    """The requests to rule on a person's code that still wait, the newest first."""
    asked = list(rulings_about(person).filter(evidence__isnull=True).values_list("approval", flat=True))
    return list(approvals.pending_among(asked, at))


def _not_yours() -> Refusal:
    return Refusal(
        "approvals.request.not_yours",
        zh="没有这件审批，或者它不归您提出或审批。这里只能打开您提出的和轮到您决定的；请从审批列表里打开。",
        en="There is no such request, or it is neither yours nor yours to decide. Only those you made and those that "
        "wait for you open here: start from the list of approvals.",
    )
