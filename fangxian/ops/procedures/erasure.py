"""Erasure at its term (到期清除), and everything at the end of an epidemic (疫情结束清除).

1. at the end of an epidemic: an order, no measure in force, and an approval by three    measures, approvals
2. the archive's files and the journal's segments whose time is over              visits
3. what stood on papers about journeys; their numbers stay, so that they verify    documents
4. of every table, what its own declaration says is due is deleted or blanked     realm.tables
   and stored files that no row names, of uploads and papers that failed
5. the details of the audit trail are erased by that order; its chain stays true          audit
6. gates take a base in which nobody is left any more                             changes
7. one line says how many rows of which table went, by whose order                audit
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from time import time
from uuid import UUID

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Refusal
from fangxian.ops.approvals.actions import use
from fangxian.ops.audit.actions import erase_details, record
from fangxian.ops.changes.actions import publish
from fangxian.ops.documents.actions import forget_contents
from fangxian.ops.measures.queries import orders_in_force
from fangxian.ops.places.wire import NEW_BASE, TOPIC
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.privacy import Fate
from fangxian.ops.realm.tables import Erased, erase_due, erase_left_over
from fangxian.ops.visits.actions.forgetting import forget_files

from .departure_permits import KIND as PERMIT
from .print_arrival import RECEIPT, UNDERTAKING
from .print_result import KIND as RESULT

FORGOTTEN = (RECEIPT, UNDERTAKING, PERMIT, RESULT)
PAPERS_KEPT = Parameter(
    value=60, unit="days", low=30, high=365,
    meaning="How long the county keeps what stands on a paper about a journey, or on a slip of a test result",
    source="as the demo rulebook's R-03 keeps declarations: 60 days; a county must decide",
)  # fmt: skip
LEFT_OVER = Parameter(
    value=2, unit="days", low=1, high=30,
    meaning="After how long a stored file that no record names is taken for left over from something that failed",
    source="a guess: no upload or printing takes a day",
)  # fmt: skip


def erase_what_is_due(*, at: datetime, by: str) -> list[Erased]:
    """Erase what has reached its own term at `at`. Safe to repeat; with nothing due it writes nothing."""
    papers = _forget_papers(issued_before=at - timedelta(days=PAPERS_KEPT.value), by=by)
    erased = [*forget_files(at=at, epidemic_ended=False, by=by), *papers, *erase_due(at, epidemic_ended=False)]
    erased += erase_left_over(before=time() - timedelta(days=LEFT_OVER.value).total_seconds())
    if erased:
        _say(erased, order="", by=by)
    return erased


def digest_of_end(order: str) -> str:
    """What the approvers of an erasure approve: this order, in this realm and no other."""
    return sha256(f"{the_realm().id} {order}".encode()).hexdigest()


def end_the_epidemic(
    *, order: str, area_path: str, at: datetime, approval: UUID | None = None, by: str
) -> list[Erased]:
    """Erase everything kept for the epidemic only. It cannot be undone.

    Where real people are on record it takes an approval (`erasure.end_epidemic`); where everybody is
    invented it may be tried without one.

    Refuses
    -------
    erasure.measures_in_force
        An order still restricts somebody: lift it first, or wait for its sunset.
    erasure.order_missing, erasure.not_approved
        No order is named, or nobody has approved it: nothing is erased without both.
    """
    if not order.strip():
        raise Refusal(
            "erasure.order_missing",
            zh="没有写明依据的命令，未清除任何内容。疫情结束清除须有命令文号；请填写文号后再运行。",
            en="No order is named, so nothing was erased. Erasure at the end of an epidemic needs an order's number: "
            "give it and run again.",
        )
    if in_force := list(orders_in_force(at, area_path=area_path).values_list("number", flat=True)[:3]):
        raise Refusal(
            "erasure.measures_in_force",
            zh="还有措施命令有效（{orders}），未清除任何内容。清除应在全部措施解除之后；请先解除它们，或等到期。",
            en="Orders for measures are still in force ({orders}), so nothing was erased. Erasure comes after "
            "every measure "
            "is lifted: lift them first, or wait for their sunset.",
            orders=", ".join(in_force),
        )
    if approval is None and not the_realm().is_synthetic:
        raise Refusal(
            "erasure.not_approved",
            zh="命令 {order} 的清除没有经过审批，未清除任何内容。须由三人（至少两个单位）批准；请先提出审批"
            "（内容摘要 {digest}），再带审批编号运行。",
            en="Nobody has approved erasing by order {order}, so nothing was erased. It takes three people of at least "
            "two units: ask for their approval (digest {digest}), then run with its id.",
            order=order,
            digest=digest_of_end(order),
        )
    if approval is not None:
        with transaction.atomic():
            use(
                request=approval,
                kind="erasure.end_epidemic",
                digest=digest_of_end(order),
                area_path=area_path,
                by=by,
            )
    erased = [*forget_files(at=at, epidemic_ended=True, by=by), *_forget_papers(issued_before=at, by=by)]
    erased += erase_due(at, epidemic_ended=True)
    erase_details(order=order, by=by)
    _say(erased, order=order, by=by)
    return erased


def _forget_papers(*, issued_before: datetime, by: str) -> list[Erased]:
    """Receipts, undertakings and permits tell journeys, slips results, and would outlive them by years."""
    n = forget_contents(kinds=FORGOTTEN, issued_before=issued_before, by=by)
    return [Erased("documents.Document", Fate.FIELD_BLANKED, n)] if n else []


def _say(erased: list[Erased], *, order: str, by: str) -> None:
    with transaction.atomic():
        if order:
            publish(topic=TOPIC, changes=NEW_BASE)  # or gates would go on knowing everybody
        record("erasure.erased", by=by, details={"order": order, "tables": [asdict(line) for line in erased]})
