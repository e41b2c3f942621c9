"""Rulings on a code as they are proposed, and appeals against one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from ..models import Appeal, ProposedRuling

LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingDraft:
    """A ruling as its approvers are shown it. `colour` is "" for a release; `about` a piece of evidence or None."""

    person: UUID
    kind: str
    disease: str
    colour: str
    about: UUID | None
    from_at: datetime
    until_at: datetime
    basis: str
    reason: str
    digest: str


@transaction.atomic
def put_ruling(*, draft: RulingDraft, approval: UUID, by: str) -> ProposedRuling:
    """Keep a proposed ruling beside its request for approval; asked for again, it is the same."""
    row, is_new = ProposedRuling.objects.get_or_create(
        approval=approval,
        defaults={
            "person_id": draft.person,
            "kind": draft.kind,
            "disease": draft.disease,
            "colour": draft.colour,
            "about_id": draft.about,
            "from_at": draft.from_at,
            "until_at": draft.until_at,
            "basis": draft.basis,
            "reason": draft.reason,
            "digest": draft.digest,
            "proposed_at": county_now(),
            "proposed_by": by,
        },
    )
    if is_new:
        details = {"kind": draft.kind, "colour": draft.colour, "approval": str(approval)}
        record("movement.ruling_proposed", by=by, about=[f"person:{draft.person}"], details=details)
    return row


@transaction.atomic
def note_ruled(*, ruling: UUID, evidence: UUID, by: str) -> None:
    """Name the evidence that a ruling, approved by its two persons, has become."""
    row = ProposedRuling.objects.get(pk=ruling)
    ProposedRuling.objects.filter(pk=ruling).update(evidence_id=evidence)
    record("movement.ruled", by=by, about=[f"person:{row.person_id}"], details={"evidence": str(evidence)})


@transaction.atomic
def appeal(
    *,
    person: UUID,
    area_path: str,
    text: str,
    colour: Colour,
    rule: str,
    evidence: UUID | None,
    due_at: datetime,
    by: str,
) -> Appeal:
    """Put a person's appeal against the colour of their code on record.

    Refuses
    -------
    movement.appeal_empty, movement.appeal_waiting
    """
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise Refusal(
            "movement.appeal_empty",
            zh="申诉理由有 {n} 个字，没有提交。请用 1 到 {most} 个字写明哪里不对，例如“我没有去过那里”。",
            en="The appeal has {n} characters, so it was not sent. Say in 1 to {most} characters what is wrong, such "
            "as “I was never there”.",
            n=len(text.strip()),
            most=LONGEST_TEXT,
        )
    waiting = Appeal.objects.filter(person_id=person, state=Appeal.State.WAITING).first()
    if waiting:
        raise Refusal(
            "movement.appeal_waiting",
            zh="您的申诉已经提交，应在 {due} 前答复，不必再提。答复前可以补充材料给网格员。",
            en="Your appeal is with us already and is to be answered by {due}; there is no need for another. Until "
            "then you may bring the grid worker what supports it.",
            due=waiting.due_at.isoformat(sep=" ", timespec="minutes"),
        )
    row = Appeal.objects.create(
        person_id=person, area_path=area_path, text=text.strip(), colour=colour, rule=rule, evidence_id=evidence,
        asked_at=county_now(), due_at=due_at,
    )  # fmt: skip
    record("movement.appealed", by=by, about=[f"person:{person}"], details={"appeal": str(row.pk), "rule": rule})
    return row


@transaction.atomic
def answer_appeal(*, appeal: UUID, is_upheld: bool, answer: str, by: str) -> Appeal:
    """Answer an appeal. Upholding it turns no colour: withdraw the evidence, or rule.

    Refuses
    -------
    movement.appeal_settled, movement.no_answer
    """
    if not answer.strip():
        raise Refusal(
            "movement.no_answer",
            zh="没有写答复，没有办结。本人要看到理由：请写明查了什么、为什么。",
            en="No answer is written, so the appeal was not closed. The person is to read why: say what was looked "
            "into and what follows.",
        )
    row = Appeal.objects.select_for_update().filter(pk=appeal, state=Appeal.State.WAITING).first()
    if row is None:
        raise Refusal(
            "movement.appeal_settled",
            zh="这件申诉已经答复，或已按期清除，没有改动。每件申诉只答复一次；请从待办列表重新打开。",
            en="This appeal has been answered, or was erased at its term; nothing was changed. Each is answered once: "
            "open the list of those waiting again.",
        )
    row.state = Appeal.State.UPHELD if is_upheld else Appeal.State.DISMISSED
    row.answer, row.answered_at, row.answered_by = answer.strip(), county_now(), by
    row.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    record("movement.appeal_answered", by=by, about=[f"person:{row.person_id}"], details={"upheld": is_upheld})
    return row
