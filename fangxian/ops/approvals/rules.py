"""Whether one more person may decide: the refusals, and nothing else. Reads rows, writes none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import accounts_by_id, has_administered_since, may, roles_of
from fangxian.ops.accounts.roles import Role
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import the_realm

from .models import ApprovalRequest, Decision
from .requirements import ADMINISTERED_WITHIN, MEMBER_FOR, Requirement
from .wire import InBoth

PERSON = "person"  # the kind of a subject: "person:<uuid>"
MARKED = ("id", "merged_into_id", "document_index")


@dataclass(frozen=True, slots=True)
class Needed:
    """What is still missing: persons, units beyond those there are, and whether a unit of a certain kind."""

    n_persons: int
    n_units: int
    needs_kind: bool

    @property
    def is_met(self) -> bool:
        return self.n_persons <= 0 and self.n_units <= 0 and not self.needs_kind

    @property
    def is_reachable(self) -> bool:
        """Whether the persons still to come can bring all that is missing: one may bring unit and kind at once."""
        return self.n_persons >= max(self.n_units, int(self.needs_kind))


def still_needed(requirement: Requirement, units: Iterable[tuple[object, str]]) -> Needed:
    """What is missing after approvals for these units, one (unit id, unit kind) for each person."""
    units = list(units)
    has_kind = not requirement.one_of or any(kind in requirement.one_of for _, kind in units)
    return Needed(
        n_persons=max(0, requirement.n_persons - len(units)),
        n_units=max(0, requirement.n_units - len({unit for unit, _ in units})),
        needs_kind=not has_kind,
    )


def refuse_wrong_person(request: ApprovalRequest, approver: Account, requirement: Requirement, at: datetime) -> None:
    """Refuse whoever may never decide on this request, whatever the others have said.

    Refuses
    -------
    approvals.applicant, approvals.own_matter, approvals.administrator, approvals.administrator_lately,
    approvals.account_closed, approvals.not_verified, approvals.identity_unknown, approvals.not_appointed,
    approvals.unit_too_new
    """
    refuse_own_matter(approver, request.subject)
    if is_one_person(approver.pk, request.applicant_id):
        raise Refusal(
            "approvals.applicant",
            zh="这件审批是您自己提出的，您不能作决定。应由另外 {n} 位不同单位的人员审批；请等待他们办理。",
            en="You made this request yourself, so you cannot decide on it. {n} other persons of different units "
            "should: wait for them.",
            n=requirement.n_persons,
        )
    _refuse_administrator(approver)
    if has_administered_since(approver, at - timedelta(hours=ADMINISTERED_WITHIN.value)):
        raise Refusal(
            "approvals.administrator_lately",
            zh="您在最近 {hours} 小时内担任过系统、安全或审计管理员，还不能审批。卸任满 {hours} 小时后才可以；"
            "请由其他业务人员审批。",
            en="You were system, security or audit administrator within the last {hours} hours, so you cannot approve "
            "yet. That takes {hours} hours since leaving: leave it to somebody else in charge of the matter.",
            hours=f"{ADMINISTERED_WITHIN.value:g}",
        )
    _refuse_unfit_account(approver, at)
    if not may(approver, requirement.permission, request.area_path):
        raise Refusal(
            "approvals.not_appointed",
            zh="您没有在 {area} 范围内“{what:zh}”的任命，不能审批这一件。请联系安全管理员，或由有任命的同事审批。",
            en="You hold no appointment to {what:en} over {area}, so you cannot decide on this. Ask the security "
            "administrator, or leave it to a colleague who holds one.",
            area=request.area_path,
            what=InBoth(requirement.said),
        )


def refuse_wrong_applicant(applicant: Account, requirement: Requirement, area_path: str, at: datetime) -> None:
    """Refuse a request of somebody who has no part in such matters, or of whom it is unknown who they are.

    Refuses
    -------
    approvals.area_missing, approvals.administrator, approvals.account_closed, approvals.not_verified,
    approvals.identity_unknown, approvals.not_yours_to_ask
    """
    if not area_path:
        raise Refusal(
            "approvals.area_missing",
            zh="没有写明区域，审批没有提出。每件审批须写明它管到哪里，例如县 6 位区划编号；请补上区域再提交。",
            en="No area is given, so nothing was requested. Each request says over which area it holds, such as a "
            "county's six digits: add it and submit again.",
        )
    _refuse_administrator(applicant)
    _refuse_unverified(applicant, at)
    if not any(may(applicant, permission, area_path) for permission in requirement.asked_with):
        raise Refusal(
            "approvals.not_yours_to_ask",
            zh="您没有在 {area} 范围内提出“{what:zh}”的任命，审批没有提出。请由在该处有提交或起草权限的同事提出。",
            en="You hold no appointment to ask over {area} to {what:en}, so nothing was requested. Let a colleague ask "
            "who may propose or draft there.",
            area=area_path,
            what=InBoth(requirement.said),
        )


def refuse_lost_approvers(request: ApprovalRequest, requirement: Requirement) -> None:
    """Refuse to use an approval of which an approver's account has been closed or appointment ended since.

    Refuses
    -------
    approvals.approver_gone
    """
    decided = [decision.approver_id for decision in request.decisions.all()]
    approvers = accounts_by_id(decided).values()
    gone = [one for one in approvers if not (one.is_active and may(one, requirement.permission, request.area_path))]
    if gone:
        raise Refusal(
            "approvals.approver_gone",
            zh="批准这件审批的 {n_all} 人中，有 {n} 人的账号此后已停用、须改密码或不再有相应任命，不能据以办理。"
            "批准人在使用时须仍在任；请重新提出审批。",
            en="Of the {n_all} persons who approved this, {n} have since had the account closed, the password set by "
            "somebody else or the appointment ended, so nothing can rest on it. Approvers must still hold office when "
            "it is used: request anew.",
            n=len(gone),
            n_all=len(decided),
        )


def _refuse_administrator(account: Account) -> None:
    administrations: list[Role] = [role for role in roles_of(account) if role.is_administration]
    if administrations:
        raise Refusal(
            "approvals.administrator",
            zh="您担任{role:zh}。系统、安全和审计管理员不参与任何审批，以免自己监督自己；请由业务人员审批。",
            en="You are {role:en}. System, security and audit administrators approve nothing, so that nobody oversees "
            "their own doing: leave it to those in charge of the matter.",
            role=administrations[0],
        )


def _refuse_unverified(approver: Account, at: datetime) -> None:
    """Whoever takes part is a known person; where everybody is invented, posts have no documents to be seen."""
    if not approver.is_active:
        raise Refusal(
            "approvals.account_closed",
            zh="这个账号已停用，不能审批。审批须用在用的账号；请联系安全管理员。",
            en="This account is closed and cannot approve. Approving takes an open account: ask the security "
            "administrator.",
        )
    if approver.verified_at is None or approver.verified_at > at:
        raise Refusal(
            "approvals.not_verified",
            zh="您的身份尚未核验，不能审批。审批须由核验过身份的人员作出；请先到安全管理员处核验。",
            en="Your identity has not been verified, so you cannot approve. Only verified persons decide: have it "
            "verified by the security administrator first.",
        )
    if approver.identity_index is None and not the_realm().is_synthetic:
        raise Refusal(
            "approvals.identity_unknown",
            zh="您的账号核验时没有登记证件，无法确认您与其他审批人不是同一个人，不能参与审批。请持证件到安全管理员处重新核验。",
            en="Your account was verified without a document on record, so it cannot be told that you and the others "
            "are different people, and you cannot take part. Have it verified again with your papers.",
        )


def _refuse_unfit_account(approver: Account, at: datetime) -> None:
    _refuse_unverified(approver, at)
    ready_at = approver.unit_since + timedelta(hours=MEMBER_FOR.value)
    if ready_at > at:
        raise Refusal(
            "approvals.unit_too_new",
            zh="您于 {since} 才到现单位，未满 {hours} 小时，不能代表它审批。请在 {ready} 之后再来，"
            "或由单位里的老同事审批。",
            en="You have belonged to your unit only since {since}, less than {hours} hours, and cannot decide for it "
            "yet. Come back after {ready}, or leave it to a colleague of longer standing.",
            since=f"{localtime(approver.unit_since):%Y-%m-%d %H:%M}",
            hours=f"{MEMBER_FOR.value:g}",
            ready=f"{localtime(ready_at):%Y-%m-%d %H:%M}",
        )


def refuse_useless_approval(requirement: Requirement, approver: Account, so_far: Sequence[Decision]) -> None:
    """Refuse an approval after which the others could no longer bring the units that are missing.

    So a request is approved by exactly as many persons as it needs, and nobody signs in vain.

    Refuses
    -------
    approvals.decided_already, approvals.same_unit, approvals.kind_missing
    """
    if _has_decided(approver, so_far):
        raise Refusal(
            "approvals.decided_already",
            zh="您已经就这一件作过决定，每人只算一次。还差其他人员的审批；请等待他们办理。",
            en="You have decided on this already, and each person counts once. It waits for others: nothing more is "
            "needed from you.",
        )
    units = [(decision.unit_id, decision.unit_kind) for decision in so_far]
    needed = still_needed(requirement, [*units, (approver.unit_id, approver.unit.kind)])
    if needed.is_reachable:
        return
    if needed.needs_kind and needed.n_units <= needed.n_persons:
        raise Refusal(
            "approvals.kind_missing",
            zh="最后一位审批人须来自卫生健康类单位（{kinds}），您的单位是“{unit}”。请由这类单位的人员审批。",
            en="The last approval must come from a health unit ({kinds}); yours is “{unit}”. Leave it to somebody of "
            "such a unit.",
            kinds=", ".join(sorted(requirement.one_of)),
            unit=approver.unit.name_zh,
        )
    raise Refusal(
        "approvals.same_unit",
        zh="“{unit}”已有人审批过，还须来自另外 {n} 个单位的人员。请由其他单位的人员审批。",
        en="Somebody of “{unit}” has approved already; persons of {n} other unit(s) are still needed. Leave it to "
        "them.",
        unit=approver.unit.name_zh,
        n=still_needed(requirement, units).n_units,
    )


def _has_decided(approver: Account, so_far: Sequence[Decision]) -> bool:
    return any(is_one_person(approver.pk, decision.approver_id) for decision in so_far)


def refuse_own_matter(account: Account, subject: str) -> None:
    """Refuse whoever a matter is about, or who lives with them: nobody rules on their own days.

    Parameters
    ----------
    subject : as of a request; one that is not of a person is nobody's own

    Refuses
    -------
    approvals.own_matter
    """
    kind, _, key = subject.partition(":")
    if kind == PERSON:
        refuse_own_matters(account, [UUID(key)])


def refuse_own_matters(account: Account, persons: Sequence[UUID]) -> None:
    """Refuse whoever is one of these people, or lives with one of them: `refuse_own_matter` of a set.

    Refuses
    -------
    approvals.own_matter
    """
    records = _records_of(persons)
    homes = {household for _, _, _, household in records if household}
    concerned = [*records, *Person.objects.filter(household__in=homes).values_list(*MARKED, "household_id")]
    theirs = _marks_of_people(row[:3] for row in concerned)
    theirs |= set(Account.objects.filter(person__in=[row[0] for row in concerned]).values_list("pk", flat=True))
    if not _marks_of(account.pk).isdisjoint(theirs):
        raise Refusal(
            "approvals.own_matter",
            zh="这件事关于您本人或与您同住的人，您不能提出，也不能作决定。应由与当事人无关的人员办理；请交给同事。",
            en="This is about yourself or somebody you live with, so you can neither ask for it nor decide on it. "
            "Somebody with no part in it should: leave it to a colleague.",
        )


def is_one_person(account_id: UUID, other_id: UUID) -> bool:
    """Whether anything known of two accounts says that one person is behind both.

    Of invented people nothing need be known, and two posts are then two persons. In a live realm nobody without
    a document seen takes part (`_refuse_unverified`), so there it is always decided by documents.
    """
    return not _marks_of(account_id).isdisjoint(_marks_of(other_id))


def _marks_of(account_id: UUID) -> set[object]:
    """What tells who is behind an account: itself, the document seen at its verification, and the register's
    people it is tied to or who have that document, merged records being one.
    """
    seen = Account.objects.values_list("identity_index", flat=True).get(pk=account_id)
    document = None if seen is None else bytes(seen)
    known = Q(account_id=account_id) if document is None else Q(account_id=account_id) | Q(document_index=document)
    return (_marks_of_people(Person.objects.filter(known).values_list(*MARKED)) | {account_id, document}) - {None}


def _records_of(persons: Sequence[UUID]) -> list[tuple]:
    """The records of these people, merged ones too."""
    merged = dict(Person.objects.filter(pk__in=persons).values_list("pk", "merged_into_id"))
    go_on = {merged.get(person) or person for person in persons}
    found = Person.objects.filter(Q(pk__in=go_on) | Q(merged_into__in=go_on))
    return list(found.values_list(*MARKED, "household_id"))


def _marks_of_people(rows: Iterable[tuple[UUID, UUID | None, bytes | None]]) -> set[object]:
    rows = list(rows)
    return {merged or own for own, merged, _ in rows} | {bytes(index) for _, _, index in rows if index is not None}
