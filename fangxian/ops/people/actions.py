"""The only writers of the people room. Each is one transaction and one line in the audit trail."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.places.actions import take_numbers
from fangxian.ops.places.models import SchoolClass, Venue
from fangxian.ops.realm.as_before import Return, Stays, put_back
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.sealed import index_of

from .models import MERGED, Attachment, GateAlias, Household, Person, TemporaryIdentity
from .tails import index_of_tail

BATCH = 2000
GATE_NUMBER_BITS = 32
TOKEN_BYTES = 24
VISITOR_TOKEN = "visitor_token"
AS_TOLD = {Person.Standing.DECLARED: "known", Person.Standing.VISITOR: "unknown_again"}  # audit: people.visitors_…
Step = Callable[[int, int], None]


def _no_step(done: int, total: int) -> None:
    pass


@transaction.atomic
def register_households(*, households: Sequence[Household], by: str) -> None:
    """Put households on record."""
    Household.objects.bulk_create(households, batch_size=BATCH)
    record("people.households_registered", by=by, details={"n_households": len(households)})


@transaction.atomic
def register_persons(*, persons: Sequence[Person], by: str, step: Step = _no_step) -> None:
    """Put people on record: each gets a gate number and the blind indexes of document and phone.

    Document and phone numbers must be normalised already (core.identity).

    Refuses
    -------
    people.document_taken
        Somebody on record has one of these document numbers already.
    """
    for person, number in zip(persons, take_numbers("gate", len(persons), bits=GATE_NUMBER_BITS), strict=True):
        person.gate_number = number
        person.document_index = index_of("document_number", person.document_number)
        person.phone_index = index_of("phone", person.phone)
        person.document_tail, person.phone_tail = index_of_tail(person.document_number), index_of_tail(person.phone)
    _refuse_taken_documents(persons)
    for start in range(0, len(persons), BATCH):
        Person.objects.bulk_create(persons[start : start + BATCH])
        step(min(start + BATCH, len(persons)), len(persons))
    record("people.persons_registered", by=by, details={"n_persons": len(persons)})


@transaction.atomic
def attach(*, attachments: Sequence[Attachment], by: str) -> None:
    """Tie people to venues."""
    Attachment.objects.bulk_create(attachments, batch_size=BATCH)
    record("people.attached", by=by, details={"n_attachments": len(attachments)})


@transaction.atomic
def carry_attachments(
    *, old: Venue, new: Venue, classes: Mapping[SchoolClass, SchoolClass], from_on: date, by: str
) -> int:
    """People belong to the new venue from a day on, and to the old one until then; how many ties.

    `classes` says which class of the new venue stands for each of the old.
    """
    class_there = {before.pk: after for before, after in classes.items()}
    lasting = Attachment.objects.select_for_update(of=("self",)).filter(venue=old, ends_on__isnull=True)
    ties = list(lasting.select_related("person"))
    begun_since = [it for it in ties if it.begins_on >= from_on]
    for it in begun_since:  # they never belonged to the old one for a whole day
        it.venue, it.school_class, it.area_path = new, class_there.get(it.school_class_id), new.area_path
    Attachment.objects.bulk_update(begun_since, ["venue", "school_class", "area_path"], batch_size=BATCH)
    before = [it for it in ties if it.begins_on < from_on]
    Attachment.objects.filter(pk__in=[it.pk for it in before]).update(ends_on=from_on)
    Attachment.objects.bulk_create(
        (
            Attachment(
                person=it.person, venue=new, school_class=class_there.get(it.school_class_id), role=it.role,
                title=it.title, area_path=new.area_path, begins_on=from_on,
            )
            for it in before
        ),
        batch_size=BATCH,
    )  # fmt: skip
    if ties:
        about = [f"venue:{old.pk}", f"venue:{new.pk}"]
        record("people.attachments_carried", by=by, about=about, details={"n_attachments": len(ties)})
    return len(ties)


@transaction.atomic
def note_document_seen(*, identity: TemporaryIdentity, seen_at: datetime, venue_number: int, by: str) -> None:
    """A keeper of a road post has had a visitor's document in hand."""
    identity.seen_at = seen_at
    identity.save(update_fields=["seen_at"])
    about = [f"person:{identity.person_id}"]
    record("people.visitor_document_seen", by=by, about=about, details={"venue_number": venue_number})


@transaction.atomic
def settle_standing(*, persons: Collection[UUID], by: str) -> list[UUID]:
    """Know visitors while an identity lasts with which they declared and showed a document; whose standing changed."""
    lasting = TemporaryIdentity.objects.filter(person__in=persons, ends_at__gt=county_now())
    known = lasting.filter(declared_at__isnull=False, seen_at__isnull=False).values("person")
    visitors = Person.objects.select_for_update().exclude(standing=Person.Standing.RESIDENT).filter(pk__in=persons)
    changed = []
    for standing, which in ((Person.Standing.DECLARED, Q(pk__in=known)), (Person.Standing.VISITOR, ~Q(pk__in=known))):
        found = list(visitors.filter(which).exclude(standing=standing).values_list("pk", flat=True))
        if found:
            Person.objects.filter(pk__in=found).update(standing=standing)
            about = [f"person:{person}" for person in found]
            record(f"people.visitors_{AS_TOLD[standing]}", by=by, about=about, details={"n_persons": len(found)})
        changed += found
    return changed


@transaction.atomic
def give_temporary_identity(
    *, person: Person, from_place: str, to_place: str, hours: int, by: str
) -> tuple[TemporaryIdentity, str]:
    """Let a visitor show a code for some hours; the token of the address they are given is kept nowhere in clear."""
    at, token = county_now(), secrets.token_urlsafe(TOKEN_BYTES)
    row = TemporaryIdentity.objects.create(
        person=person,
        token_index=index_of(VISITOR_TOKEN, token),
        from_place=from_place,
        to_place=to_place,
        begins_at=at,
        ends_at=at + timedelta(hours=hours),
    )
    record("people.temporary_identity_given", by=by, about=[f"person:{person.pk}"], details={"hours": hours})
    return row, token


@transaction.atomic
def put_declaration(*, identity: TemporaryIdentity, text: str, by: str) -> None:
    """Keep what a visitor declares; whoever declared before replaces their own words."""
    identity.declaration, identity.declared_at = text, county_now()
    identity.save(update_fields=["declaration", "declared_at"])
    record("people.visitor_declaration", by=by, about=[f"person:{identity.person_id}"])


@transaction.atomic
def merge(*, kept: Person, merged: Person, reason: str, by: str) -> None:
    """Let one record go on for two: the merged one's gate number becomes an alias of the kept one.

    Refuses
    -------
    people.merge_with_itself, people.already_merged
    """
    if kept.pk == merged.pk:
        raise Refusal(
            "people.merge_with_itself",
            zh="选中的两份记录是同一份。合并需要同一个人的两份不同记录；请重新选择其中一份。",
            en="The two records chosen are one and the same. Merging takes two different records of one person: "
            "choose one of them again.",
        )
    kept, merged = (Person.objects.select_for_update().get(pk=person.pk) for person in (kept, merged))
    if kept.merged_into_id or merged.merged_into_id:
        raise Refusal(
            "people.already_merged",
            zh="其中一份记录已经并入另一份记录。只能合并仍在使用的记录；请打开仍在使用的那一份再合并。",
            en="One of these records has been merged already. Only records still in use can be merged: "
            "open the one that is in use and merge that.",
        )
    Person.objects.filter(merged_into=merged).update(merged_into=kept)
    GateAlias.objects.filter(person=merged).update(person=kept)
    GateAlias.objects.create(gate_number=merged.gate_number, person=kept)
    Attachment.objects.filter(person=merged).exclude(venue__in=_venues_of(kept)).update(person=kept)
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    record("people.merged", by=by, about=[f"person:{kept.pk}", f"person:{merged.pk}"], details={"reason": reason})


@transaction.atomic
def undo_merge(*, back: Return, persons: Collection[UUID], by: str) -> list[Stays]:
    """Two records that were taken for one person's are two again: each with its own number at gates; what stays."""
    stays = put_back(back, MERGED)
    about = [f"person:{person}" for person in persons]
    record("people.merge_undone", by=by, about=about, details={"n_rows": len(back.returning)})
    return stays


def _venues_of(person: Person):
    return Attachment.objects.filter(person=person).values("venue")


def _refuse_taken_documents(persons: Sequence[Person]) -> None:
    indexes = [person.document_index for person in persons if person.document_index]
    n_taken = len(indexes) - len(set(indexes))
    for start in range(0, len(indexes), 500):
        n_taken += Person.objects.filter(document_index__in=indexes[start : start + 500]).count()
    if n_taken:
        raise Refusal(
            "people.document_taken",
            zh="有 {n_taken} 个证件号码已经在册，或在这批人里重复。每个证件号码只能属于一个人；请核对后再登记，其"
            "余的人尚未登记。",
            en="{n_taken} document numbers are on record already, or occur twice in this batch. A number belongs "
            "to one "
            "person: check them and register again; nobody of this batch was registered.",
            n_taken=n_taken,
        )
