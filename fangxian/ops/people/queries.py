"""What others may ask of the people room. Rows are not limited here: accounts.scope does that."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from fangxian.ops.realm.areas import GRID_DIGITS, below
from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return
from fangxian.ops.realm.bulk import rows_with
from fangxian.ops.realm.sealed import index_of, indexes_of
from fangxian.ops.realm.wholesale import among

from .models import MERGED, Attachment, GateAlias, Household, Person, TemporaryIdentity

# The register's kinds of document that legal cards and lists know by another word.
_ON_CARDS = {"resident_18": "resident", "resident_15": "resident"}


def kind_on_cards(document_kind: str) -> str:
    """A kind of document as legal cards and lists name it; one of theirs stays as it is."""
    return _ON_CARDS.get(document_kind, document_kind)


def person_with_document(number: str) -> Person | None:
    """Who has this (normalised) document number; the record that goes on, when records were merged."""
    person = Person.objects.filter(document_index=index_of("document_number", number)).first()
    return person and (person.merged_into or person)


def persons_with_documents(numbers: Collection[str]) -> dict[str, Person]:
    """Who has each of these (normalised) document numbers; the record that goes on, when records were merged."""
    asked = [number for number in numbers if number]
    by_index = dict(zip(indexes_of("document_number", asked), asked, strict=True))
    ids, found = [pk for (pk,) in rows_with(Person, ("document_index",), ((it,) for it in by_index), ("id",))], {}
    for start in range(0, len(ids), 500):
        rows = Person.objects.filter(pk__in=ids[start : start + 500]).select_related("merged_into")
        found |= {by_index[bytes(row.document_index)]: row.merged_into or row for row in rows}
    return found


def phone_of_account(account: UUID) -> str:
    """The phone of whoever is on the register as an account's holder; "": nobody is, or they have none."""
    found = Person.objects.filter(account=account).first()
    return found.phone if found else ""


def person_with(person: UUID) -> Person | None:
    """The person of this id; the record that goes on, when it was merged."""
    found = Person.objects.select_related("merged_into__household", "household").filter(pk=person).first()
    return found and (found.merged_into or found)


def persons_with_phone(phone: str) -> list[Person]:
    """Everybody who gave this phone: a family of six may share one."""
    return list(Person.objects.filter(phone_index=index_of("phone", phone), merged_into__isnull=True))


def persons_with_phones(phones: Collection[str]) -> dict[str, list[Person]]:
    """Everybody who gave each of these phones."""
    asked = [phone for phone in phones if phone]
    by_index = dict(zip(indexes_of("phone", asked), asked, strict=True))
    ids = [pk for (pk,) in rows_with(Person, ("phone_index",), ((it,) for it in by_index), ("id",))]
    found: dict[str, list[Person]] = {}
    for start in range(0, len(ids), 500):
        for row in Person.objects.filter(pk__in=ids[start : start + 500], merged_into__isnull=True).order_by("id"):
            found.setdefault(by_index[bytes(row.phone_index)], []).append(row)
    return found


def person_at_gate(gate_number: int) -> Person | None:
    """Who a gate number stands for, alias or not."""
    person = Person.objects.filter(gate_number=gate_number).select_related("merged_into").first()
    if person is None:
        alias = GateAlias.objects.filter(gate_number=gate_number).select_related("person").first()
        return alias and alias.person
    return person.merged_into or person


def persons_at_gate(gate_numbers: Collection[int]) -> dict[int, Person]:
    """The same of several; a number that stands for nobody is left out."""
    rows = Person.objects.filter(gate_number__in=gate_numbers).select_related("merged_into")
    found = {row.gate_number: row.merged_into or row for row in rows}
    others = GateAlias.objects.filter(gate_number__in=set(gate_numbers) - set(found)).select_related("person")
    return found | {row.gate_number: row.person for row in others}


def temporary_identity(token: str) -> TemporaryIdentity | None:
    """The temporary identity whose address has this token, over or not."""
    rows = TemporaryIdentity.objects.select_related("person__household")
    return rows.filter(token_index=index_of("visitor_token", token)).first() if token else None


def identities_unseen(at: datetime) -> QuerySet[TemporaryIdentity]:
    """The temporary identities that last at a moment and whose document nobody has seen yet."""
    return TemporaryIdentity.objects.filter(seen_at=None, ends_at__gt=at).select_related("person")


def visitors_known() -> list[UUID]:
    """The visitors whom the county knows, whether or not their day is over."""
    return list(Person.objects.filter(standing=Person.Standing.DECLARED).values_list("pk", flat=True))


def households_in(area_path: str) -> QuerySet[Household]:
    return Household.objects.filter(below(area_path))


def records_of(persons: Collection[UUID]) -> list[UUID]:
    """These people, and the records merged into theirs, of which tasks may still speak."""
    return [*persons, *Person.objects.filter(merged_into__in=persons).values_list("pk", flat=True)]


def members_of(household: Household) -> QuerySet[Person]:
    """The household's people, the head first."""
    return household.members.filter(merged_into__isnull=True).order_by("place_in_household")


def members_of_all(households: Sequence[UUID]) -> dict[UUID, list[Person]]:
    """The people of each of many households, its head first."""
    found: dict[UUID, list[Person]] = {}
    for start in range(0, len(households), 500):
        rows = Person.objects.filter(household__in=households[start : start + 500], merged_into__isnull=True)
        for row in rows.order_by("household", "place_in_household"):
            found.setdefault(row.household_id, []).append(row)
    return found


def attachments_of(person: Person) -> QuerySet[Attachment]:
    """The venues and classes a person belongs to, with their names at hand."""
    return person.attachments.select_related("venue", "school_class").order_by("begins_on", "venue__name")


def staff_of(venue) -> QuerySet[Attachment]:
    """The people of a venue, pupils left out."""
    return Attachment.objects.filter(venue=venue).exclude(role="pupil").select_related("person")


def households_in_order() -> QuerySet[Household]:
    return Household.objects.order_by("area_path", "number")


def persons_in_order() -> QuerySet[Person]:
    """Household by household in the order of `households_in_order`, the head first."""
    in_order = ("household__area_path", "household__number", "place_in_household")
    return Person.objects.filter(merged_into__isnull=True, household__isnull=False).order_by(*in_order)


def attachments_in_order() -> QuerySet[Attachment]:
    return Attachment.objects.select_related("person", "venue", "school_class").order_by("pk")


class Home(NamedTuple):
    """Where somebody lives: the household, its grid cell or area, and its running number there."""

    household: UUID
    area_path: str
    number: int


def homes_of(persons: Collection[UUID]) -> dict[UUID, Home]:
    """The households of these people; those who have none are left out."""
    rows = Person.objects.filter(pk__in=persons, household__isnull=False).order_by()
    columns = ("pk", "household_id", "household__area_path", "household__number")
    return {pk: Home(*home) for pk, *home in rows.values_list(*columns)}


class Standing(NamedTuple):
    """Where in the county somebody is on record, and by which number gates know them."""

    area_path: str
    gate_number: int


def standings_of(persons: Collection[UUID]) -> dict[UUID, Standing]:
    """Of some hundred people where they are on record; merged records are left out."""
    rows = Person.objects.filter(pk__in=persons, merged_into__isnull=True).order_by()
    return {pk: Standing(*it) for pk, *it in rows.values_list("pk", "area_path", "gate_number")}


class Tie(NamedTuple):
    """Somebody who works or learns at a venue."""

    person: UUID
    venue: UUID
    venue_number: int


def ties_of(persons: Collection[UUID], day: date) -> list[Tie]:
    """At which venues some hundred people work or learn on a day."""
    rows = _ties_on(day).filter(person__in=persons).order_by("person_id", "venue_id")
    return [Tie(*it) for it in rows.values_list("person_id", "venue_id", "venue__venue_number").distinct()]


def n_tied_to(venues: Collection[UUID], day: date) -> dict[UUID, int]:
    """How many people work or learn on a day at each of these venues."""
    rows = _ties_on(day).filter(venue__in=venues).order_by()
    return dict(rows.values_list("venue_id").annotate(n=Count("person", distinct=True)))


def _ties_on(day: date) -> QuerySet[Attachment]:
    return Attachment.objects.filter(begins_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gt=day))


def n_by_grid() -> dict[str, int]:
    """How many people each grid cell looks after, by its path; merged records and visitors left out."""
    rows = Person.objects.filter(merged_into__isnull=True, standing=Person.Standing.RESIDENT).order_by()
    counted = rows.values_list("area_path").annotate(n=Count("pk"))
    return {area_path: n for area_path, n in counted if len(area_path) == GRID_DIGITS}


class Registered(NamedTuple):
    """What a health code needs of the register. `is_known` is False for a visitor who has declared nothing."""

    person: UUID
    gate_number: int
    is_known: bool
    born_on: date
    has_phone: bool
    has_document: bool


def registered(persons: Sequence[UUID]) -> list[Registered]:
    """These people, merged records left out."""
    if not persons:
        return []
    which, values = among(persons)
    return _in_use(_registered(f"id {which}", values))


def everybody(*, page: int) -> Iterator[list[Registered]]:
    """Everybody in use, by id, up to `page` at a time; whoever is registered meanwhile may be missed."""
    after = _as_key(UUID(int=0))
    # Merged records are left out here and not there: the database would sort everybody anew for each page.
    while found := _registered("id > %s ORDER BY id LIMIT %s", [after, page]):
        after = found[-1][0]
        if people := _in_use(found):
            yield people


def everybody_in_order(*, page: int) -> Iterator[list[Registered]]:
    """The same, household by household, then those of none as they came: in a county that is built again from the same
    seed the same order, which that of the ids, drawn anew each time, is not."""
    of_none = Person.objects.filter(merged_into__isnull=True, household__isnull=True).order_by("on_record_since", "id")
    ids = [pk for rows in (persons_in_order(), of_none) for pk in rows.values_list("pk", flat=True)]
    for start in range(0, len(ids), page):
        part = ids[start : start + page]
        found = {it.person: it for it in registered(part)}
        if people := [found[pk] for pk in part if pk in found]:
            yield people


def _registered(where: str, values: Sequence[object]) -> list[tuple]:
    """Rows as they lie: whoever reads a whole county does not wait for a field's turns of each value."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, merged_into_id, gate_number, standing, born_on, phone_index IS NOT NULL, "
            f"document_index IS NOT NULL FROM people_person WHERE {where}",
            values,
        )
        return cursor.fetchall()


def _as_key(person: UUID) -> object:
    return Person._meta.pk.get_db_prep_value(person, connection)


def _in_use(rows: Iterable[tuple]) -> list[Registered]:
    visitor = Person.Standing.VISITOR.value
    return [
        Registered(
            id_ if isinstance(id_, UUID) else UUID(id_),
            number,
            standing != visitor,
            born_on,
            bool(has_phone),
            bool(has_document),
        )
        for id_, merged_into, number, standing, born_on, has_phone, has_document in rows
        if merged_into is None
    ]


def n_living_in(area_path: str) -> int:
    """How many residents an area has; merged records and visitors left out."""
    rows = Person.objects.filter(below(area_path), merged_into__isnull=True, standing=Person.Standing.RESIDENT)
    return rows.count()


def document_numbers(persons: Sequence[UUID]) -> dict[UUID, str]:
    """The document numbers of people who have one, unsealed: for whoever makes something else of them at once."""
    rows = Person.objects.filter(pk__in=persons, document_index__isnull=False)
    return dict(rows.values_list("pk", "document_number"))


def areas_of(persons: Collection[UUID]) -> dict[UUID, str]:
    """The area path of each that is on record."""
    return dict(Person.objects.filter(pk__in=persons).values_list("pk", "area_path"))


def on_record(persons: Collection[UUID]) -> dict[UUID, Person]:
    """These people with their households, by id; whoever is not on record is left out."""
    return {it.pk: it for it in Person.objects.filter(pk__in=persons).select_related("household")}


def aliases_of(persons: Sequence[UUID]) -> dict[UUID, list[int]]:
    """The gate numbers of records merged into these people's; most people have none."""
    found: dict[UUID, list[int]] = {}
    for person, number in rows_with(GateAlias, ("person_id",), [(it,) for it in persons], ("person_id", "gate_number")):
        found.setdefault(person, []).append(number)
    return found


def gate_aliases() -> list[tuple[int, int]]:
    """Every (gate number of a merged record, gate number of the record that goes on)."""
    return list(GateAlias.objects.values_list("gate_number", "person__gate_number"))


def merged_documents() -> list[tuple[str, int]]:
    """The document numbers of merged records, each with the gate number of the record that goes on."""
    merged = Person.objects.filter(merged_into__isnull=False, document_index__isnull=False)
    return list(merged.values_list("document_number", "merged_into__gate_number"))


def n_in_use() -> int:
    """How many people are on the register, merged records left out."""
    return Person.objects.filter(merged_into__isnull=True).count()


def rows_of_merge(persons: Collection[UUID]) -> list[QuerySet]:
    """The rows that merging these records may change."""
    return [
        Person.objects.filter(Q(pk__in=persons) | Q(merged_into__in=persons)),
        GateAlias.objects.filter(person__in=persons),
        Attachment.objects.filter(person__in=persons),
    ]


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what merging records changed here would be put back now."""
    return how_rows_return(changes, MERGED)
