"""The only writers of the measures room. Each is one transaction and one line in the audit trail."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, timedelta
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from fangxian.core.parameters import Parameter
from fangxian.core.policy.checking import check
from fangxian.core.policy.findings import Finding, refusal_of
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.approvals.actions import use
from fangxian.ops.audit.actions import record
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.realm.current import county_now, the_realm

from .models import Order, ProposedOrder, ProposedRulebook, PublishedRulebook
from .queries import emergency_classes, permitted_measures, read_once, versions_followed
from .wire import OrderDraft

PUBLISHING, SIGNING = "rulebook.publish", "measures.sign"
LONGEST_TITLE = 160
RESCREENING = "procedures.rescreen"  # everybody is judged anew by rules that changed
LONGEST_ORDER = Parameter(
    value=90,
    unit="days",
    low=1,
    high=366,
    meaning="How long an order for a measure may last before it must be signed anew",
    source="a guess: a season; the law asks that measures end when they are no longer needed (传染病防治法 §42, §43)",
)
ORDER_REFUSALS = {
    "measures.order_too_long": Said(
        "命令 {number} 超过 {n_days} 天。限制措施到期可以再签，不能一签到底；请缩短期限。",
        "Order {number} lasts longer than {n_days} days. A restriction may be signed anew at its sunset, not for good: "
        "make it shorter.",
    ),
    "measures.order_elsewhere": Said(
        "命令 {number} 的范围 {area_path} 不在本县。本县的命令只在本县有效；请改正范围。",
        "Order {number} is for {area_path}, outside this county. The county's orders hold in the county: correct "
        "the area.",
    ),
    "measures.order_number_taken": Said(
        "文号 {number} 已经用过。一个文号只能有一份命令；请换一个文号。",
        "The number {number} is taken. A number belongs to one order: give it another.",
    ),
    "measures.order_of_no_measure": Said(
        "命令 {number} 的措施“{measure}”不在该病种现行规则手册允许的措施里（{known}）。请改用其中一种。",
        "The measure “{measure}” of order {number} is none that the disease's rulebook in force permits ({known}). "
        "Use one of them.",
    ),
}


def publishable(text: bytes) -> Rulebook:
    """The rulebook in a file, if nothing in it forbids publishing in this county after what is published already.

    Refuses
    -------
    rulebook.not_publishable
        With every finding that blocks, each naming its row and the mend; also whatever reading refuses.
    """
    rulebook = read_once(text)
    before = tuple(row.text for row in versions_followed(rulebook, county_now()))
    if blocking := _blocking(text, emergency_classes(), before):
        raise refusal_of("rulebook.not_publishable", blocking)
    return rulebook


@lru_cache(maxsize=16)
def _blocking(text: bytes, emergency: frozenset[str], before: tuple[str, ...]) -> tuple[Finding, ...]:
    """Looked for once for each text and what it follows: it is looked at when asked for, decided and published."""
    findings = check(read_once(text), emergency_classes=emergency, against=[read_once(other) for other in before])
    return tuple(finding for finding in findings if finding.blocks)


@transaction.atomic
def keep_proposal(*, text: bytes, approval: UUID, by: str) -> ProposedRulebook:
    """Keep the text of which a request asks that it be published. Kept already, nothing changes.

    Refuses
    -------
    rulebook.not_publishable, rulebook.version_exists, and whatever reading refuses
    """
    known = ProposedRulebook.objects.filter(approval=approval).first()
    if known is not None:
        return known
    book = publishable(text)
    _refuse_published_versions([(book, text)])
    row = ProposedRulebook.objects.create(
        approval=approval, text=text.decode(book.encoding), encoding=book.encoding, digest=book.digest,
        proposed_at=county_now(), proposed_by=by,
    )  # fmt: skip
    record("measures.rulebook_proposed", by=by, facts={"book": f"{book.id} v{book.version}", "digest": book.digest})
    return row


@transaction.atomic
def publish_rulebook(*, text: bytes, approval: UUID, by: str) -> PublishedRulebook:
    """Publish a version that two people of two units have approved, exactly the text they saw.

    Refuses
    -------
    rulebook.not_publishable, rulebook.version_exists, and whatever `approvals.use` refuses
    """
    rulebook = publishable(text)
    use(request=approval, kind=PUBLISHING, digest=rulebook.digest, by=by)
    row = _publish([(rulebook, text)], approval=str(approval), by=by)[0]
    if rulebook.in_force(county_now()):  # one that comes into force later is noticed then, by a chore
        enqueue(
            kind=RESCREENING, arguments={"because": "rulebook", "about": rulebook.digest}, by=by,
            unique_key=f"rulebook:{rulebook.digest}",
        )  # fmt: skip
    return row


@transaction.atomic
def found_rulebooks(*, texts: Sequence[bytes], by: str) -> list[PublishedRulebook]:
    """Put shipped rulebooks in force where invented people live, before anybody is there to approve them.

    Refuses
    -------
    measures.founding_is_over
        In a live realm, or when any rulebook has been published: from then on two people publish.
    """
    if not the_realm().is_synthetic or PublishedRulebook.objects.exists():
        raise Refusal(
            "measures.founding_is_over",
            zh="不经两人批准放入规则手册，只能在新建的演示或演练数据域里做一次。请提交发布申请，由两个单位的两人批准。",
            en="Rulebooks are put in force without two approvals only once, in a new demo or drill realm. Ask for "
            "publication, and let two people of two units approve it.",
        )
    return _publish([(publishable(text), text) for text in texts], approval="", by=by)


def _publish(books: Sequence[tuple[Rulebook, bytes]], *, approval: str, by: str) -> list[PublishedRulebook]:
    _refuse_published_versions(books)
    rows = [
        PublishedRulebook(
            book=rulebook.id,
            version=rulebook.version,
            disease=rulebook.disease.key,
            title_zh=rulebook.title.zh[:LONGEST_TITLE],
            title_en=rulebook.title.en[:LONGEST_TITLE],
            text=text.decode(rulebook.encoding),
            digest=rulebook.digest,
            effective_from=rulebook.begins_at,
            effective_until=rulebook.until_at,
            published_at=county_now(),
            approval=approval,
            published_by=by,
        )
        for rulebook, text in books
    ]
    PublishedRulebook.objects.bulk_create(rows)
    published = {f"{row.book} v{row.version}": row.digest for row in rows}
    record("measures.rulebooks_published", by=by, facts={"digests": published}, details={"approval": approval})
    return rows


def _refuse_published_versions(books: Sequence[tuple[Rulebook, bytes]]) -> None:
    for rulebook, _ in books:
        newest = PublishedRulebook.objects.filter(book=rulebook.id).order_by("-version").first()
        if newest and newest.version >= rulebook.version:
            raise Refusal(
                "rulebook.version_exists",
                zh="规则手册 {book} 已发布到第 {newest} 版，这份是第 {version} 版。版本只增不改；请把版本号改为 "
                "{next} 后重新提交。",
                en="Rulebook {book} is published up to version {newest}; this is version {version}. Versions "
                "only grow and "
                "are never overwritten: number it {next} and submit it again.",
                book=rulebook.id,
                newest=newest.version,
                version=rulebook.version,
                next=newest.version + 1,
            )


def digest_of(order: OrderDraft) -> str:
    """SHA-256 of what an order says: what its signers are shown and what is then issued are the same."""
    said = [order.number, order.disease, order.measure, order.area_path, order.issuer, order.basis, order.reason]
    said += [moment.astimezone(UTC).isoformat() for moment in (order.begins_at, order.ends_at)]
    return sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def keep_order(*, draft: OrderDraft, approval: UUID, by: str) -> ProposedOrder:
    """Keep the order of which a request asks that it be signed. Kept already, nothing changes.

    Refuses
    -------
    what `issue_order` does, before anybody is asked
    """
    if known := ProposedOrder.objects.filter(approval=approval).first():
        return known
    check_order(draft)
    row = ProposedOrder.objects.create(**asdict(draft), approval=approval, proposed_at=county_now(), proposed_by=by)
    record("measures.order_proposed", by=by, facts={"number": draft.number, "digest": digest_of(draft)})
    return row


@transaction.atomic
def issue_order(*, draft: OrderDraft, approval: UUID | None = None, by: str) -> Order:
    """Put a signed order on record: from then to its sunset its measure is allowed in its area.

    A demonstration's order, where everybody is invented, needs no approval; every other is signed by two
    people of two units, who saw exactly this order.

    Refuses
    -------
    measures.order_without_basis, measures.order_already_over, measures.order_not_approved
    """
    check_order(draft)
    if approval is not None:
        use(request=approval, kind=SIGNING, digest=digest_of(draft), area_path=draft.area_path, by=by)
    elif not (draft.is_demonstration and the_realm().is_synthetic):
        raise Refusal(
            "measures.order_not_approved",
            zh="命令 {number} 没有经过审批，未发布。限制措施须由两个单位的两人签发；请先提出签发申请。",
            en="Order {number} has no approval and was not issued. A restriction is signed by two people of two "
            "units: ask for their signatures first.",
            number=draft.number,
        )
    order = Order.objects.create(**asdict(draft), signed_by=by)
    record(
        "measures.order_issued",
        by=by,
        facts={"number": draft.number, "measure": draft.measure, "area_path": draft.area_path},
        details={"basis": draft.basis, "ends_at": draft.ends_at.isoformat()},
    )
    return order


def check_order(draft: OrderDraft) -> None:
    """Refuses `measures.order_…` for an order that could not be issued as it is written."""
    if not draft.basis.strip() or not draft.issuer.strip():
        raise Refusal(
            "measures.order_without_basis",
            zh="命令 {number} 没有写明发布机关或法律依据。限制措施必须有机关、依据、范围和期限；请补上后再发布。",
            en="Order {number} names no issuer or no legal basis. A restriction needs an issuer, a basis, a "
            "scope and a sunset: "
            "add them and issue it again.",
            number=draft.number,
        )
    if draft.begins_at.tzinfo is None or draft.ends_at.tzinfo is None or draft.ends_at <= draft.begins_at:
        raise Refusal(
            "measures.order_period",
            zh="命令 {number} 的起止时间（{begins_at} 至 {ends_at}）不对。应为带时区的时间，且截止在起始之后；请改正。",
            en="The period of order {number} ({begins_at} to {ends_at}) is wrong. It should be two times with their "
            "zone, the end after the beginning: correct it.",
            number=draft.number,
            begins_at=draft.begins_at,
            ends_at=draft.ends_at,
        )
    if draft.ends_at <= county_now():
        raise Refusal(
            "measures.order_already_over",
            zh="命令 {number} 的截止时间 {ends_at} 已经过去。截止时间应在现在之后；请改正后再发布。",
            en="Order {number} would end at {ends_at}, which is past. It should end after now: correct it and "
            "issue it again.",
            number=draft.number,
            ends_at=draft.ends_at.isoformat(timespec="minutes"),
        )
    _check_reach(draft)


def _check_reach(draft: OrderDraft) -> None:
    """Whether the order is short enough, of this county, new, and of a measure the disease's rulebook permits."""
    longest = timedelta(days=LONGEST_ORDER.value)
    is_too_long = draft.ends_at - draft.begins_at > longest
    known = set() if is_too_long else permitted_measures(draft.disease, draft.begins_at)  # no database asks of year 1
    wrong = {
        "measures.order_too_long": is_too_long,
        "measures.order_elsewhere": not draft.area_path.startswith(the_realm().division_code),
        "measures.order_number_taken": Order.objects.filter(number=draft.number).exists(),
        "measures.order_of_no_measure": draft.measure not in known,
    }
    for code, is_wrong in wrong.items():
        if is_wrong:
            facts = {"number": draft.number, "n_days": int(LONGEST_ORDER.value), "area_path": draft.area_path}
            facts |= {"measure": draft.measure, "known": ", ".join(sorted(known)) or "—"}
            said = ORDER_REFUSALS[code]
            raise Refusal(code, zh=said.zh, en=said.en, **facts)


@transaction.atomic
def lift_order(*, order: Order, reason: str, by: str) -> None:
    """End an order now, before its sunset; of one that is over or lifted already nothing changes.

    Refuses
    -------
    measures.lift_without_reason
    """
    if not reason.strip():
        raise Refusal(
            "measures.lift_without_reason",
            zh="没有写为什么解除，命令 {number} 仍然有效。解除要写明理由，群众会看到；请写明后再解除。",
            en="No reason was given, so order {number} holds as before. Whoever lifts an order says why, and everybody "
            "reads it: write it and lift the order again.",
            number=order.number,
        )
    now = county_now()
    running = Order.objects.filter(pk=order.pk, lifted_at__isnull=True, ends_at__gt=now)
    if running.update(lifted_at=now, lifted_why=reason.strip()):
        record("measures.order_lifted", by=by, facts={"number": order.number}, details={"reason": reason})
