"""Somebody at a post (值守点登记): who they are, what the table says, what is kept, what follows.

1. the posts at which this account keeps, or did until they closed or moved    posts, accounts
2. whose code or document it is                                       who_is_shown
3. code and document are one person's, or each mismatch is named      core.identity_check
4. what the door table of that moment says, with origin, vehicle and temperature     decide_at_post
5. out with a permit: the exit is recorded; with a fever nobody left  leave_county
6. each is registered once                                            posts
7. a fever or a red code: the emergency path, and its tasks           post_emergency
8. a fever of whoever is on the register is evidence, the code follows   fevers
9. in, and asked something by the table of arrivals: they declare     (the page leads there)

Whoever is on no register is registered by name and phone, and nobody is sent away for having no phone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from fangxian.core.identity import IdentityKind, check_identity_number
from fangxian.core.identity_check import Told as Identity
from fangxian.core.identity_check import check_identity
from fangxian.core.policy.vocabulary import Outcome
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.people.models import Person
from fangxian.ops.places.models import Venue
from fangxian.ops.posts.actions import register_passings
from fangxian.ops.posts.queries import Post, closed_of, kept_by, kept_then
from fangxian.ops.posts.refusals import post_unknown
from fangxian.ops.posts.wire import Kept, NewPassing, Told, checked
from fangxian.ops.realm.current import county_now, the_realm

from .decide_at_post import AtPost, PostRules, decide_at_post, facts_of, post_rules
from .departure_refusals import fever_held, fever_on_permit
from .fevers import Fever, record_fevers
from .leave_county import back_from_the_post, record_exit
from .post_emergency import lead_to_path, tell_of_late
from .who_is_shown import NOBODY, Shown, who_have_documents, who_show_codes

LATE, OLDEST = timedelta(minutes=30), timedelta(days=7)
QUARTER_MIN = 15  # so that a shift's records need the rules some thirty times and not three thousand
RESIDENT_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class AtThePost:
    """One person to be registered. (`device`, `number`) names it for good."""

    device: UUID
    number: int
    passed_at: datetime
    told: Told


@dataclass(frozen=True, slots=True)
class Met:
    """Whom a post has before it, and what of code and document does not fit."""

    shown: Shown
    mismatches: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What was said to one person, and what became of the registration.

    Attributes
    ----------
    shown : who they are, nobody where they are on no register
    mismatches : what does not fit between code, document and person
    declares : they are asked to declare their arrival
    emergency : the path they were led to
    exit_refused : why their permit did not count
    """

    kept: Kept
    at_post: AtPost
    shown: Shown = NOBODY
    mismatches: tuple[Said, ...] = ()
    declares: bool = False
    emergency: UUID | None = None
    exit_refused: Refusal | None = None


def pass_post(*, those: Sequence[AtThePost], by: Account) -> list[Passed]:
    """Register those who pass, and what was said to each, in their order. A repeat changes nothing.

    Refuses (each by itself, in `kept`)
    -----------------------------------
    posts.unknown, posts.nobody_said, posts.temperature_impossible, posts.vehicle_unknown, posts.origin_unknown,
    identity.*, posts.passing_changed
    """
    at = county_now()
    posts = _posts({one.told.post for one in those}, by)
    fit, refused = _fit(those, posts)
    shown, rules = _who(fit), {then: post_rules(then) for then in {_judged_at(it, at) for it in fit}}
    decided = [_decided(rules[_judged_at(it, at)], it, shown[it.device, it.number], posts) for it in fit]
    actor = f"account:{by.pk}"
    with transaction.atomic():
        held = {it.told.permit for one, it in zip(decided, fit, strict=True) if _is_held(one, it)}
        decided = [_with_exit(one, it, by, held) for one, it in zip(decided, fit, strict=True)]
        kept = register_passings(passings=[_new(one, it) for one, it in zip(decided, fit, strict=True)], by=actor)
        found = [
            _followed(replace(one, kept=row), it, posts, at, by)
            for one, row, it in zip(decided, kept, fit, strict=True)
        ]
        record_fevers(fevers=_fevers(found, fit, posts), at=at, by=actor)
    by_key = {(it.kept.device, it.kept.number): it for it in (*found, *refused)}
    return [by_key[it.device, it.number] for it in those]


def _posts(wanted: set[UUID], by: Account) -> dict[UUID, Post]:
    """Of these posts those of the account; of a venue that moved meanwhile the old one, if it keeps the new one."""
    found = {it.pk: it for it in kept_then(by, wanted)}
    if missing := wanted - found.keys():
        old = {it.venue: it for it in closed_of(missing)}
        went = dict(Venue.objects.filter(moved_from__in=old).values_list("pk", "moved_from"))
        moved = [old[went[it.venue]] for it in kept_by(by).filter(venue__in=went)]
        found |= {it.pk: it for it in moved}
    return found


def _judged_at(it: AtThePost, at: datetime) -> datetime:
    """By the rules and lists of which moment: now, or of one sent late the quarter of an hour in which it was.

    No clock reaches further back than the time for which a gate still takes a scan. Whoever is red is looked for by
    what is known of them now.
    """
    if at - it.passed_at <= LATE:
        return at
    then = max(it.passed_at, at - OLDEST)
    return then.replace(minute=then.minute // QUARTER_MIN * QUARTER_MIN, second=0, microsecond=0)


def _fit(those: Sequence[AtThePost], posts: Mapping[UUID, Post]) -> tuple[list[AtThePost], list[Passed]]:
    """Those that can be registered with their documents as they are stored, and those that cannot."""
    fit, refused = [], []
    for it in those:
        try:
            if it.told.post not in posts or not posts[it.told.post].was_open(it.passed_at):
                raise post_unknown()
            fit.append(replace(it, told=checked(replace(it.told, document=_document(it.told.document)))))
        except Refusal as refusal:
            kept = Kept(device=it.device, number=it.number, state="refused", refusal=refusal)
            refused.append(Passed(kept=kept, at_post=AtPost(outcome=Outcome.VERIFY)))
    return fit, refused


def _document(number: str) -> str:
    """A number as it is stored: a resident's is checked, and any other kind is taken as it is written."""
    plain = number.replace(" ", "").upper()
    if not plain[:1].isdigit() or len(plain) not in (15, 18):
        return plain
    return check_identity_number(plain, demo=the_realm().is_synthetic, kind=IdentityKind.RESIDENT).text


def _who(those: Sequence[AtThePost]) -> dict[tuple[UUID, int], Met]:
    """Who each is: by the code, else by the document; by the document alone where the two are not one person's."""
    codes = who_show_codes({it.told.shown: it.passed_at for it in those if it.told.shown})
    documents = who_have_documents({it.told.document for it in those if it.told.document})
    found = {}
    for it in those:
        by_code = codes.get(it.told.shown, NOBODY)
        by_document = documents.get(it.told.document, NOBODY)
        unfit = _mismatches(it, by_code.person)
        is_by_code = by_code.person is not None and not unfit
        who = by_code if is_by_code else replace(by_document, refusal=by_code.refusal)
        found[it.device, it.number] = Met(who, unfit)
    return found


def _mismatches(it: AtThePost, holder: Person | None) -> tuple[Said, ...]:
    """What does not fit between the document in their hand, the code they show and what they say."""
    if holder is None or not it.told.document:
        return ()
    kind = IdentityKind.RESIDENT if len(it.told.document) == RESIDENT_DIGITS else IdentityKind.OTHER
    check = check_identity(
        document=Identity(document_number=it.told.document, kind=kind),
        code_holder=Identity(name=holder.name, document_number=holder.document_number or "", kind=kind),
        person=Identity(name=it.told.name),
        on=it.passed_at.date(),
        demo=the_realm().is_synthetic,
    )
    return tuple(mismatch.said for mismatch in check.mismatches if not mismatch.is_question)


def _decided(rules: PostRules, it: AtThePost, met: Met, posts: Mapping[UUID, Post]) -> Passed:
    said = decide_at_post(
        rules,
        it.told,
        facts_of(rules, met.shown.code),
        venue_class=posts[it.told.post].venue_class,
        has_permit=bool(it.told.permit) or None,
    )
    if met.mismatches and said.outcome is Outcome.ADMIT and not it.told.to_hospital:
        said = replace(said, outcome=Outcome.VERIFY)
    declares = not it.told.is_out and said.arrival is not None and bool(said.arrival.matches)
    kept = Kept(device=it.device, number=it.number, state="refused")
    return Passed(kept=kept, at_post=said, shown=met.shown, mismatches=met.mismatches, declares=declares)


def _is_held(one: Passed, it: AtThePost) -> bool:
    """Whether they wait at the post with a fever, and have not left; on the way to hospital nobody waits."""
    return one.at_post.is_fever and not it.told.to_hospital


def _with_exit(one: Passed, it: AtThePost, by: Account, held: Collection[str]) -> Passed:
    """Out with a permit: the exit is on record, once; a permit that does not count is looked at by a person.

    Of those `held` permits somebody in the same vehicle has a fever: an exit would be theirs, too.
    """
    if not (it.told.is_out and it.told.permit):
        return one
    person = one.shown.person
    try:
        if _is_held(one, it):
            raise fever_held()
        if it.told.permit in held and not it.told.to_hospital:
            raise fever_on_permit()
        if person is None and one.shown.refusal and not (it.told.document or it.told.name or it.told.to_hospital):
            raise one.shown.refusal  # a code that nobody can read is nobody's
        with transaction.atomic():
            record_exit(
                permit_text=it.told.permit,
                at=it.passed_at,
                by=by,
                person=person and person.pk,
                document_number=it.told.document,
                name="" if it.told.to_hospital else it.told.name,
                one_by_one=True,
                is_care=it.told.to_hospital,
            )
    except Refusal as refusal:
        said = replace(one.at_post, outcome=max(one.at_post.outcome, Outcome.VERIFY))
        return replace(one, exit_refused=refusal, at_post=said)
    return one


def _new(one: Passed, it: AtThePost) -> NewPassing:
    return NewPassing(
        device=it.device,
        number=it.number,
        passed_at=it.passed_at,
        told=it.told,
        outcome=one.at_post.outcome.word,
        rules=one.at_post.rules,
        person=one.shown.person and one.shown.person.pk,
        colour=one.at_post.colour.word,
    )


def _followed(one: Passed, it: AtThePost, posts: Mapping[UUID, Post], at: datetime, by: Account) -> Passed:
    """What follows from somebody who is registered now; of a repeat it has followed already."""
    if one.kept.state != "taken" or one.kept.passing is None:
        return one
    why = one.at_post.needs_path
    if not why:
        return one
    if it.told.is_out and _is_held(one, it) and one.shown.person:
        back_from_the_post(persons=[one.shown.person.pk], at=it.passed_at, by=f"account:{by.pk}")
    post = posts[it.told.post]
    if at - it.passed_at > LATE or not post.was_open(at):
        tell_of_late(post=post, passing=one.kept.passing, why=why, passed_at=it.passed_at, by=by)
        return one
    passing, to_hospital = one.kept.passing, it.told.to_hospital
    emergency = lead_to_path(post=post, passing=passing, why=why, to_hospital=to_hospital, by=by)
    return replace(one, emergency=emergency)


def _fevers(found: Sequence[Passed], fit: Sequence[AtThePost], posts: Mapping[UUID, Post]) -> list[Fever]:
    """The fevers of those who are registered now and known; of a repeat it is on record already."""
    return [
        Fever(one.shown.person.pk, one.kept.passing, it.passed_at, posts[it.told.post].name)
        for one, it in zip(found, fit, strict=True)
        if one.at_post.is_fever and one.shown.person and one.kept.state == "taken" and one.kept.passing
    ]
