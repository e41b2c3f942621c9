"""A ruling on a health code (人工裁定): by two people of two units, on a stated basis, with a sunset.

1. somebody who may proposes it: to turn a code, or to release one      approvals, movement
2. two people of two units, one of them in health, approve what they saw  approvals
3. with the second the approval is spent, and the ruling is evidence    approvals, movement
4. the code is computed by the rulebook, and gates are told             recolour

Nobody can turn a code otherwise: the rulebook lets such evidence count only with both names and the basis.
"""

from dataclasses import asdict, replace
from datetime import UTC
from uuid import UUID

from django.db import transaction

from fangxian.core.policy.evidence import Ruling
from fangxian.core.policy.explain import COLOUR_NAMES
from fangxian.core.policy.rulebook import EvidenceKind
from fangxian.core.policy.vocabulary import Colour
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.approvals.actions import approve, request_approval, use
from fangxian.ops.approvals.wire import digest_of
from fangxian.ops.movement.actions.appeals import RulingDraft, note_ruled, put_ruling
from fangxian.ops.movement.actions.evidence import record_evidence
from fangxian.ops.movement.queries import ruling_proposed
from fangxian.ops.movement.wire import NewEvidence, reference
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now, the_realm

from .recolour import Rules, recolour, rules_of_codes

KIND = "codes.rule"
RELEASE = ""
NAMES = {colour.word: COLOUR_NAMES[colour] for colour in (Colour.YELLOW, Colour.RED)}


@transaction.atomic
def propose_ruling(
    *, person: UUID, colour: str, about: UUID | None = None, basis: str, reason: str, by: Account
) -> RulingDraft:
    """Ask two people to rule on a person's code; what they will be shown, with its `digest`.

    Parameters
    ----------
    colour : "red" or "yellow"; RELEASE lifts what turned the code, only evidence `about` where it is given
    basis : the law or order it rests on

    Refuses
    -------
    movement.ruling_impossible, approvals.no_basis, and whatever `approvals.request_approval` refuses
    """
    at, found = county_now(), Person.objects.get(pk=person)
    rules = rules_of_codes(at)
    kind = _kind(rules, colour)
    if rules is None or kind is None or kind.longest is None:
        raise _impossible(colour, rules)
    draft = RulingDraft(
        person=found.pk,
        kind=kind.kind,
        disease=rules.rulebook.disease.key,
        colour=colour,
        about=about,
        from_at=at,
        until_at=min(at + kind.longest, rules.rulebook.until_at),
        basis=basis,
        reason=reason,
        digest="",
    )
    draft = _with_digest(draft)
    request = request_approval(
        kind=KIND, subject=f"person:{found.pk}", digest=draft.digest, title=_title(draft), basis=basis,
        area_path=found.area_path, applicant=by,
    )  # fmt: skip
    put_ruling(draft=draft, approval=request.pk, by=f"account:{by.pk}")
    return draft


@transaction.atomic
def approve_ruling(*, approval: UUID, by: Account, digest: str, reason: str = "") -> bool:
    """One person approves; whether it is ruled now. With the second one the code is computed before this returns.

    Refuses
    -------
    approvals.*
    """
    request = approve(request=approval, approver=by, digest=digest, reason=reason)
    if str(request.state) != "approved":
        return False
    row, at, actor = ruling_proposed(approval), county_now(), f"account:{by.pk}"
    if row is None:
        raise ValueError("an approval of kind codes.rule without its ruling")
    use(request=approval, kind=KIND, digest=digest, area_path=row.person.area_path, by=actor)
    first, second = request.decisions.select_related("unit").order_by("decided_at", "id")
    pseudonym = the_realm().keys.pseudonym
    piece = NewEvidence(
        person=row.person_id,
        kind=row.kind,
        disease=row.disease,
        from_at=at,
        until_at=row.until_at,
        source="ruling",
        issuer=f"{first.unit.name_zh}、{second.unit.name_zh}",
        attributes={"colour": row.colour} if row.colour else {},
        ruling=Ruling(
            first=pseudonym(f"account:{first.approver_id}"),
            first_unit=first.unit.name_zh,
            second=pseudonym(f"account:{second.approver_id}"),
            second_unit=second.unit.name_zh,
            basis=row.basis,
        ),
        about=row.about_id,
    )
    evidence = record_evidence(pieces=[piece], by=actor)[0]
    note_ruled(ruling=row.pk, evidence=evidence, by=actor)
    recolour([row.person_id], at, by=actor)
    return True


def _kind(rules: Rules | None, colour: str) -> EvidenceKind | None:
    """The rulebook's kind of evidence for a ruling: one with this colour, or one that releases."""
    needing = [kind for kind in rules.rulebook.evidence if kind.needs_ruling] if rules else []
    fits = (
        k for k in needing if (colour in k.attributes.get("colour", ()) if colour else "colour" not in k.attributes)
    )
    return next(fits, None)


def _impossible(colour: str, rules: Rules | None) -> Refusal:
    return Refusal(
        "movement.ruling_impossible",
        zh="现行规则（{rulebook}）没有“{what}”的人工裁定，没有提出。规则手册须有这种证据并写明最长期限；请选别的裁定。",
        en="The rulebook in force ({rulebook}) has no ruling “{what}”, so nothing was proposed. It must have such "
        "evidence with a longest time: choose another ruling.",
        rulebook=f"{rules.rulebook.id} v{rules.rulebook.version}" if rules else "—",
        what=colour or "release",
    )


def _title(draft: RulingDraft) -> Said:
    if draft.colour:
        name = NAMES[draft.colour]
        return Said(f"裁定一个人的健康码为{name.zh}", f"Rule that one person's health code is {name.en}")
    if draft.about:
        named = reference(draft.about)
        return Said(f"裁定解除证据 {named} 的转码", f"Rule that evidence {named} turns a code no longer")
    return Said("裁定解除一个人的转码", "Rule that one person's health code is released")


def _with_digest(draft: RulingDraft) -> RulingDraft:
    content = asdict(draft) | {
        "person": str(draft.person),
        "about": str(draft.about or ""),
        "from_at": "",  # it begins when the second approves
        "until_at": draft.until_at.astimezone(UTC).isoformat(timespec="minutes"),
    }
    return replace(draft, digest=digest_of(content))
