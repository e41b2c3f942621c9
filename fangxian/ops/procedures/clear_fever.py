"""A hospital's fever clinic saw somebody and found no infection (发热门诊排除).

1. whoever reports for a hospital, and has no part in it       accounts, approvals, places
2. what is a fever by the rulebooks in force, and what ends it  measures
3. the fevers that count now                                    movement
4. evidence of the hospital; the code follows                   movement, recolour

5. whoever has one that counts, or is on the path of a post, does not leave with a permit    posts, leave_county

A fever measured afterwards counts anew. A clearing that was a mistake is taken back by the same hospital: the fever
then counts on as if nobody had cleared it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.policy.rulebook import EvidenceKind, Rulebook
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import appointments_with, bys_of_venue
from fangxian.ops.approvals.rules import refuse_own_matter
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.actions.evidence import record_evidence, withdraw_evidence
from fangxian.ops.movement.queries import evidence_of, persons_with
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.people.queries import person_with
from fangxian.ops.places.models import Venue
from fangxian.ops.posts.queries import who_wait
from fangxian.ops.realm.current import county_now

from .fevers import KIND, RETAKEN_WITHIN
from .recolour import recolour

MAY = "clinics.report"
HOSPITAL = "hospital"  # a class of venue, and a source of evidence
HELD_FOR = Parameter(
    value=24, unit="h", low=6, high=72,
    meaning="For how long after a fever at a post or a door nobody leaves with a permit, unless it was none",
    source="a guess: a day, by when whoever looks after them has seen to it",
)  # fmt: skip


class Ending(NamedTuple):
    """By a disease's rules in force: what a fever is, and the kind by which a hospital ends it."""

    fever: EvidenceKind
    cleared: EvidenceKind


class Running(NamedTuple):
    """A fever that counts now, until `until_at` (None: until it is cleared); `row` is its evidence."""

    row: Any
    until_at: datetime | None


class Course(NamedTuple):
    """What is on record of somebody's fevers: those that count, newest first, and the clearings that stand."""

    running: Sequence[Running]
    cleared: Sequence[Any]


def hospital_of(by: Account) -> Venue:
    """The hospital an account reports for.

    Refuses
    -------
    fevers.no_hospital
    """
    own = [it.venue for it in appointments_with(by, MAY) if it.venue is not None]
    found = Venue.objects.filter(pk__in=own, venue_class=HOSPITAL).order_by("name", "pk").first()
    if found is None:
        raise Refusal(
            "fevers.no_hospital",
            zh="只有医院的发热门诊能排除发热，您的账号不属于医院，没有登记。请让本人到医院发热门诊就诊。",
            en="Only a hospital's fever clinic can clear a fever, and your account is of none: nothing was recorded. "
            "Send the person to the fever clinic of a hospital.",
        )
    return found


def course_of(person: UUID, at: datetime) -> Course:
    """What is on record of a person's fevers at a moment. Two queries."""
    rules = _rules(rulebooks_by_disease(at))
    kinds = {it.fever.kind for it in rules.values()} | {it.cleared.kind for it in rules.values()}
    rows = evidence_of(person).filter(kind__in=kinds, disease__in=rules, withdrawn_at=None)
    rows = list(rows.order_by("-from_at", "id"))
    cleared = [it for it in rows if it.kind == rules[it.disease].cleared.kind]
    running = [
        Running(it, until)
        for it in rows
        if it.kind == rules[it.disease].fever.kind
        and not any(end.disease == it.disease and end.from_at >= it.from_at for end in cleared)
        and ((until := _until(it, rules[it.disease].fever)) is None or until > at)
    ]
    return Course(running, cleared)


def held_with_fever(persons: Collection[UUID], at: datetime) -> set[UUID]:
    """Of these people those who at that moment had a fever that was not found to be none, or waited at a post.

    Phones tell in any order and their clocks are not one: what was measured some minutes later counts too.
    """
    since, until = at - timedelta(hours=HELD_FOR.value), at + timedelta(minutes=RETAKEN_WITHIN.value)
    warm = persons_with(KIND, persons=persons, since=since, until=until)
    courses = {it: course_of(it, at) for it in warm}
    held = {it for it, course in courses.items() if course.running or not course.cleared}
    return held | who_wait(persons, since=since, until=until)


@transaction.atomic
def clear_fever(*, person: UUID, seen_at: datetime, by: Account) -> int:
    """The fevers of somebody whom the clinic saw count no more; for how many diseases. The code follows.

    Refuses
    -------
    fevers.no_hospital, fevers.nobody, approvals.own_matter, fevers.none_counts, fevers.seen_in_future,
    fevers.seen_too_early
    """
    hospital, at = hospital_of(by), county_now()
    found = person_with(person)
    if found is None:
        raise _nobody()
    refuse_own_matter(by, f"person:{found.pk}")
    running = course_of(found.pk, at).running
    if not running:
        raise _none_counts()
    last = max(it.row.from_at for it in running)
    if seen_at > at:
        raise _in_future(seen_at)
    if seen_at < last:
        raise _too_early(last)
    rules, actor = _rules(rulebooks_by_disease(at)), f"account:{by.pk}"
    pieces = [
        NewEvidence(
            person=found.pk,
            kind=rules[disease].cleared.kind,
            disease=disease,
            from_at=seen_at,
            source=HOSPITAL,
            issuer=hospital.name,
        )
        for disease in sorted({it.row.disease for it in running})
    ]
    record_evidence(pieces=pieces, by=actor)
    recolour([found.pk], county_now(), by=actor)
    return len(pieces)


@transaction.atomic
def take_clearing_back(*, person: UUID, why: str, by: Account) -> int:
    """The newest clearing of this hospital's was a mistake: the fever counts again; how many were taken back.

    Refuses
    -------
    fevers.no_hospital, approvals.own_matter, fevers.not_cleared_here, movement.no_reason
    """
    hospital = hospital_of(by)
    refuse_own_matter(by, f"person:{person}")
    cleared = cleared_at(hospital, course_of(person, county_now()).cleared)
    if not cleared:
        raise _not_cleared_here()
    actor, newest = f"account:{by.pk}", cleared[0].from_at
    wrong = [it for it in cleared if it.from_at == newest]
    for row in wrong:
        withdraw_evidence(evidence=row.pk, why=why, by=actor)
    recolour([person], county_now(), by=actor)
    return len(wrong)


def cleared_at(hospital: Venue, cleared: Sequence[Any]) -> list[Any]:
    """Of these clearings those that somebody of this hospital recorded, whatever it was called then."""
    own = bys_of_venue(hospital.pk)
    return [it for it in cleared if it.recorded_by in own]


def _rules(books: Mapping[str, Rulebook]) -> dict[str, Ending]:
    """By disease; only those whose rules know a fever, and a hospital's word that ends it."""
    found = {}
    for disease, book in books.items():
        fever = next((it for it in book.evidence if it.kind == KIND), None)
        ends = {word for rule in book.colours if rule.evidence == KIND for word in rule.ended_by}
        cleared = next((it for it in book.evidence if it.kind in ends and HOSPITAL in it.sources), None)
        if fever and cleared:
            found[disease] = Ending(fever, cleared)
    return found


def _until(row: Any, kind: EvidenceKind) -> datetime | None:
    longest = row.from_at + kind.longest if kind.longest is not None else None
    return min((it for it in (row.until_at, longest) if it is not None), default=None)


def minute(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}"


def _nobody() -> Refusal:
    return Refusal(
        "fevers.nobody",
        zh="居民登记里已经没有这个人，没有登记。请按证件号码重新查找。",
        en="The register no longer has this person, so nothing was recorded. Look them up again by document number.",
    )


def _none_counts() -> Refusal:
    return Refusal(
        "fevers.none_counts",
        zh="这个人现在没有在算的发热：可能已经排除，或已到期。没有登记；请刷新页面核对。",
        en="No fever of this person counts now: it may have been cleared already, or be over. Nothing was recorded; "
        "load the page again and look.",
    )


def _in_future(seen_at: datetime) -> Refusal:
    return Refusal(
        "fevers.seen_in_future",
        zh="就诊时间 {at} 还没有到，没有登记。请填实际就诊的时间。",
        en="{at}, when the person is said to have been seen, is still to come; nothing was recorded. Give the time at "
        "which they were seen.",
        at=minute(seen_at),
    )


def _too_early(last: datetime) -> Refusal:
    return Refusal(
        "fevers.seen_too_early",
        zh="就诊时间比量出发热（{at}）还早，排除不了那次发热，没有登记。请填之后的就诊时间。",
        en="The person was seen before the fever was measured ({at}), which clears nothing; nothing was recorded. Give "
        "the time of a visit after it.",
        at=minute(last),
    )


def _not_cleared_here() -> Refusal:
    return Refusal(
        "fevers.not_cleared_here",
        zh="本院没有这个人的发热排除记录，没有撤回。别的医院的排除由那家医院撤回。",
        en="This hospital has cleared no fever of this person, so nothing was taken back. Another hospital's clearing "
        "is taken back by that hospital.",
    )
