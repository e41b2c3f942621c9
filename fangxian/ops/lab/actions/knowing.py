"""Whoever a list knew, and the register did not, is on the register by now: their place is theirs."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from fangxian.ops.audit.actions import record
from fangxian.ops.lab.models import RosterPlace
from fangxian.ops.people.models import Person

from .taking import locked

AT_ONCE = 500


def know_registered(*, by: str) -> int:
    """Give places that only a document names to whoever the register knows by it; how many. Harmless to repeat.

    Whoever has another place in the same round keeps both, as they were: which one is right, a person says.
    """
    same = Person.objects.filter(document_index=OuterRef("document_index"), merged_into=None)
    listed = RosterPlace.objects.filter(person=None, document_index__isnull=False).filter(Exists(same))
    found = listed.annotate(now=Subquery(same.order_by("pk").values("pk")[:1]))
    rows = list(found.order_by("round", "pk").values_list("round", "pk", "now")[:AT_ONCE])
    by_round: dict[UUID, dict[UUID, UUID]] = {}
    for round, place, person in rows:
        by_round.setdefault(round, {})[place] = person
    return sum(_know(round, places, by) for round, places in by_round.items())


@transaction.atomic
def _know(round: UUID, places: dict[UUID, UUID], by: str) -> int:
    locked(round)
    taken = set(RosterPlace.objects.filter(round=round, person__in=places.values()).values_list("person", flat=True))
    known = {place: person for place, person in places.items() if person not in taken}
    for place, person in known.items():
        told = {"person": person, "name": "", "document_number": "", "document_index": None, "phone": ""}
        RosterPlace.objects.filter(pk=place, person=None).update(**told)
    if known:
        about = [f"round:{round}", *(f"person:{it}" for it in sorted(known.values()))]
        record("lab.known_by_now", by=by, about=about, facts={"n": len(known)})
    return len(known)
