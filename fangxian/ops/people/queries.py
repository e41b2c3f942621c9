"""What others may ask of the people room. Rows are not limited here: accounts.scope does that."""

from django.db.models import QuerySet

from fangxian.ops.realm.areas import below
from fangxian.ops.realm.sealed import index_of

from .models import Attachment, GateAlias, Household, Person


def person_with_document(number: str) -> Person | None:
    """Who has this (normalised) document number; the record that goes on, when records were merged."""
    person = Person.objects.filter(document_index=index_of("document_number", number)).first()
    return person and (person.merged_into or person)


def persons_with_phone(phone: str) -> list[Person]:
    """Everybody who gave this phone: a family of six may share one."""
    return list(Person.objects.filter(phone_index=index_of("phone", phone), merged_into__isnull=True))


def person_at_gate(gate_number: int) -> Person | None:
    """Who a gate number stands for, alias or not."""
    person = Person.objects.filter(gate_number=gate_number).select_related("merged_into").first()
    if person is None:
        alias = GateAlias.objects.filter(gate_number=gate_number).select_related("person").first()
        return alias and alias.person
    return person.merged_into or person


def households_in(area_path: str) -> QuerySet[Household]:
    return Household.objects.filter(below(area_path))


def members_of(household: Household) -> QuerySet[Person]:
    """The household's people, the head first."""
    return household.members.filter(merged_into__isnull=True).order_by("place_in_household")


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
