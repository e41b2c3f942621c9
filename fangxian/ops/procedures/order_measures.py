"""An order for a measure (措施命令) comes into force: one person asks, two of two units sign; one of them lifts it.

1. the draft is checked as if it were to be issued now                      measures
2. headquarters, or the township for itself, asks for the signatures        approvals
3. with the second signature exactly that order is issued                   measures
4. permits to leave an area that it closes are looked at anew, at once      settle_departures
5. whoever may sign there lifts it before its sunset, and says why          measures

What an order means follows from its measure: departures ask `departure_orders`, posters and doors `is_ordered`.
"""

from uuid import UUID

from django.db import transaction

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.actions import approve, request_approval
from fangxian.ops.approvals.queries import pending_among
from fangxian.ops.measures.actions import SIGNING, check_order, digest_of, issue_order, keep_order, lift_order
from fangxian.ops.measures.queries import order_proposed, order_with, proposals_of
from fangxian.ops.measures.wire import OrderDraft
from fangxian.ops.realm.current import county_now

from .departure_orders import CLOSURE
from .settle_departures import reconsider_permits

SIGN, VIEW, DRAFT = "measures.sign", "measures.view", "measures.draft"
FIELDS = ("number", "disease", "measure", "area_path", "issuer", "basis", "begins_at", "ends_at", "reason")


@transaction.atomic
def propose_order(*, draft: OrderDraft, measure: Said, place: Said, by: Account) -> UUID:
    """Ask that an order be signed; the id of the request. The same order again is the same request while it waits.

    Parameters
    ----------
    measure, place : what the rulebook calls the measure, and the area's name, for whoever is asked to sign

    Refuses
    -------
    accounts.not_yours, measures.order_…, approvals.*
    """
    require(by, DRAFT, draft.area_path)
    check_order(draft)
    title = Said(
        f"签发命令 {draft.number}：{place.zh}，{measure.zh}", f"Sign order {draft.number}: {place.en}, {measure.en}"
    )
    request = request_approval(
        kind=SIGNING, subject=f"order:{draft.number}"[:80], digest=digest_of(draft), title=title, basis=draft.basis,
        area_path=draft.area_path, applicant=by,
    )  # fmt: skip
    _refuse_number_asked_for(draft.number, request.pk)
    keep_order(draft=draft, approval=request.pk, by=f"account:{by.pk}")
    return request.pk


def _refuse_number_asked_for(number: str, request: UUID) -> None:
    """An order of this number that waits already is signed or taken back first: two would be told apart by nobody."""
    others = [it for it in proposals_of(number) if it != request]
    if pending_among(others, county_now()).exists():
        raise Refusal(
            "measures.order_number_asked_for",
            zh="编号 {number} 的命令已经提交签发、还没有签完，这次没有提交。一个编号只能是一道命令；请换一个编号，"
            "或先到审批里撤回那一件。",
            en="An order numbered {number} waits for its signatures already, so this one was not submitted. A number "
            "belongs to one order: give it another, or withdraw that request first.",
            number=number,
        )


def approve_order(*, approval: UUID, by: Account, digest: str, reason: str = "") -> bool:
    """One person signs; whether the order is issued now. With the second one it is, and permits follow.

    Refuses
    -------
    approvals.*, measures.order_…
    """
    issued = _signed(approval, by, digest, reason)
    if issued == CLOSURE:
        reconsider_permits(by=f"account:{by.pk}")
    return bool(issued)


@transaction.atomic
def _signed(approval: UUID, by: Account, digest: str, reason: str) -> str:
    """The measure of the order that is issued now; "" while another signature is missing."""
    request = approve(request=approval, approver=by, digest=digest, reason=reason)
    if str(request.state) != "approved":
        return ""
    row = order_proposed(approval)
    if row is None:
        raise ValueError("an approval of kind measures.sign without its order")
    draft = OrderDraft(**{name: getattr(row, name) for name in FIELDS}, is_demonstration=row.is_demonstration)
    return issue_order(draft=draft, approval=approval, by=f"account:{by.pk}").measure


@transaction.atomic
def lift(*, order: UUID, reason: str, by: Account) -> None:
    """Lift an order now. One that is over already stays as it is: a repeat is harmless.

    Refuses
    -------
    measures.order_not_found, accounts.not_yours, measures.lift_without_reason
    """
    row = order_with(order)
    if row is None:
        raise order_not_found()
    require(by, SIGN, row.area_path)
    lift_order(order=row, reason=reason, by=f"account:{by.pk}")


def order_not_found() -> Refusal:
    return Refusal(
        "measures.order_not_found",
        zh="没有这道命令。请从“措施命令”列表打开。",
        en="There is no such order. Open it from the list of orders.",
    )
