"""Whose swabs are in which tubes, as results are told: reads, by sets of thousands.

A tube whose label a late event found to be another's (换管补报) is that one: a result stays with the label it came for,
and its people are whoever is in the tube that both are now.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from fangxian.ops.people.models import Person
from fangxian.ops.realm.bulk import rows_with

from .models import RosterPlace, Swab, TableEvent, Thing, Tube

AT_ONCE = 500
Value = TypeVar("Value")


class Member(NamedTuple):
    """One person's swab in one tube; `person`: None where only a list knows them."""

    tube: UUID
    place: UUID
    person: UUID | None
    area_path: str
    taken_at: datetime


class OneTube(NamedTuple):
    """A tube as a result finds it; `label`: what it bears now."""

    id: UUID
    label: str
    round: UUID
    disease: str
    state: str
    n_people: int


class OwnSwab(NamedTuple):
    """One of somebody's swabs, in whichever round; alone in its tube, or one of several.

    A tube that has several labels comes once by each; `of` is the one that all of them are.
    """

    tube: UUID
    taken_at: datetime
    n_people: int
    of: UUID


def members_of(tubes: Iterable[UUID]) -> list[Member]:
    """Whose swabs are in these tubes; of each that is another by now, as of that one."""
    every = set(tubes)
    same = _same_as(every)
    asked = [(it,) for it in {same.get(it, it) for it in every}]
    found = list(rows_with(Swab, ("tube_id",), asked, ("tube_id", "place_id", "taken_at")))
    swabs = [swab for swab in found if swab[0] in every]
    for label, tube in same.items():
        swabs += [(label, *swab[1:]) for swab in found if swab[0] == tube]
    wanted = [(place,) for _, place, _ in swabs]
    merged = _merged()
    who = {
        pk: (merged.get(person, person), area_path)
        for pk, person, area_path in rows_with(RosterPlace, ("id",), wanted, ("id", "person_id", "area_path"))
    }
    return [Member(tube, place, *who[place], taken_at) for tube, place, taken_at in swabs]


def _same_as(tubes: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of those of these tubes that are another by now which one."""
    rows = rows_with(Tube, ("id",), [(it,) for it in tubes], ("id", "same_as_id"))
    return {pk: same for pk, same in rows if same}


def _with_labels(tubes: Iterable[UUID]) -> set[UUID]:
    """These tubes, and all that were found to be one of them."""
    every = set(tubes)
    return every.union(*_labels_of(every).values())


def _labels_of(tubes: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Of each of these tubes the others that were found to be it."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for some in _chunks(tubes):
        rows = Tube.objects.filter(same_as__in=some).order_by("pk").values_list("same_as", "pk")
        for tube, label in rows:
            found[tube].append(label)
    return found


def _merged() -> dict[UUID | None, UUID]:
    """Of each record that was merged the one that goes on: a place may be left with the former, where both had one."""
    into = dict(Person.objects.filter(merged_into__isnull=False).order_by().values_list("pk", "merged_into"))
    found: dict[UUID | None, UUID] = {}
    for pk, kept in into.items():
        while kept in into:
            kept = into[kept]
        found[pk] = kept
    return found


def tubes_with(tubes: Iterable[UUID]) -> dict[UUID, OneTube]:
    """These tubes by id; one that is another by now as that one is, one that is not on record is left out."""
    every = set(tubes)
    same, found = _same_as(every), {}
    columns = ("id", "label", "round", "round__disease", "state", "n_people")
    for some in _chunks({same.get(it, it) for it in every}):
        rows = Tube.objects.filter(pk__in=some).order_by().values_list(*columns)
        found |= {row[0]: OneTube(*row) for row in rows}
    return {it: found[now]._replace(id=it) for it in every if (now := same.get(it, it)) in found}


def tubes_labelled(labels: Iterable[str]) -> list[UUID]:
    """The tubes that bear, or bore, these labels."""
    found: set[UUID] = set()
    for some in _chunks(set(labels) - {""}):
        rows = Tube.objects.filter(barcode__in=some).order_by().values_list("pk", "same_as")
        found |= {same_as or pk for pk, same_as in rows}
    return sorted(_with_labels(found))


def tubes_put_right() -> list[UUID]:
    """The tubes out of which somebody was taken again: as many may be in them as before, and others."""
    rows = TableEvent.objects.filter(kind="unswab", fault="").order_by()
    return tubes_labelled(rows.values_list("tube", flat=True).distinct())


def void_tubes() -> set[UUID]:
    """Tubes that leaked, were lost or taken for another: what they say is nobody's negative."""
    rows = Tube.objects.filter(state=Thing.VOID, same_as=None).order_by()
    return _with_labels(rows.values_list("pk", flat=True))


def sizes_of(tubes: Iterable[UUID]) -> Iterator[tuple[UUID, int]]:
    """How many people are in each of these tubes; of each that is another by now, in that one."""
    rows = list(rows_with(Tube, ("id",), [(it,) for it in tubes], ("id", "same_as_id", "n_people")))
    others = [(it,) for it in {same for _, same, _ in rows if same}]
    n_in = dict(rows_with(Tube, ("id",), others, ("id", "n_people"))) if others else {}
    return ((pk, n_in.get(same, n)) for pk, same, n in rows)


def persons_at(places: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """Who stands at these places, as far as the register knows; of a record that was merged the one that goes on."""
    merged = _merged()
    rows = rows_with(RosterPlace, ("id",), [(it,) for it in places], ("id", "person_id"))
    return {pk: merged.get(person, person) for pk, person in rows}


def places_named(places: Collection[UUID]) -> dict[UUID, RosterPlace]:
    """These places with whoever stands there."""
    found: dict[UUID, RosterPlace] = {}
    for some in _chunks(places):
        found |= RosterPlace.objects.filter(pk__in=some).select_related("person", "round").in_bulk()
    return found


def places_of_person(person: UUID) -> QuerySet[RosterPlace]:
    """Every place that somebody on the register has on a roster, the newest round first; those left with a record that
    was merged into theirs too.
    """
    own = [person, *(old for old, kept in _merged().items() if kept == person)]
    return RosterPlace.objects.filter(person__in=own).select_related("round").order_by("-round__begins_at", "id")


def places_of_persons(persons: Iterable[UUID]) -> dict[UUID, UUID]:
    """Every place of these people on any roster, with whose it is; those left with a record merged into theirs too."""
    wanted, merged = set(persons), _merged()
    found: dict[UUID, UUID] = {}
    for some in _chunks(wanted | {old for old, kept in merged.items() if kept in wanted}):
        rows = RosterPlace.objects.filter(person__in=some).order_by().values_list("pk", "person")
        found |= {pk: merged.get(person, person) for pk, person in rows}
    return found


def same_people(places: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Of each place all places of that person in rounds of the same disease, by register or document; itself too."""
    columns = ("id", "person_id", "document_index", "round__disease")
    own = [row for some in _chunks(places) for row in _plain(RosterPlace.objects.filter(pk__in=some), columns)]
    by_key: dict[tuple, set[UUID]] = defaultdict(set)
    for field in ("person_id", "document_index"):
        n = columns.index(field)
        for some in _chunks({row[n] for row in own if row[n]}):
            for row in _plain(RosterPlace.objects.filter(**{f"{field}__in": some}), columns):
                for key in _keys(row):
                    by_key[key].add(row[0])
    return {row[0]: {row[0]}.union(*(by_key[key] for key in _keys(row))) for row in own}


def _plain(rows: QuerySet[RosterPlace], columns: tuple[str, ...]) -> list[tuple]:
    return [
        (pk, person, bytes(index) if index else None, disease)
        for pk, person, index, disease in rows.order_by().values_list(*columns)
    ]


def _keys(row: tuple) -> list[tuple]:
    _, person, index, disease = row
    return [(disease, key) for key in (person, index) if key]


def swabs_of_people(places: Collection[UUID]) -> Mapping[UUID, list[OwnSwab]]:
    """Of whoever stands at each of these places every swab in a tube that is not void, the first first."""
    same = same_people(places)
    every = {it for some in same.values() for it in some}
    by_place: dict[UUID, list[OwnSwab]] = defaultdict(list)
    columns = ("place", "tube", "taken_at", "tube__n_people")
    for some in _chunks(every):
        rows = Swab.objects.filter(place__in=some).exclude(tube__state=Thing.VOID).order_by()
        for place, tube, *swab in rows.values_list(*columns):
            by_place[place].append(OwnSwab(tube, *swab, tube))
    labels = _labels_of({it.tube for some in by_place.values() for it in some})
    for swabs in by_place.values():
        swabs += [it._replace(tube=label) for it in swabs for label in labels.get(it.tube, ())]
    return {
        place: sorted((it for one in some for it in by_place[one]), key=lambda it: (it.taken_at, it.tube))
        for place, some in same.items()
    }


def _chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    every = list(values)
    return (every[at : at + AT_ONCE] for at in range(0, len(every), AT_ONCE))
