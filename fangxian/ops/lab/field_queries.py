"""What a phone at a sampling table takes along: the rounds with their sites, and who is to come to one of them; and
what is doubted meanwhile of what it told.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from .models import Box, Discrepancy, RosterPlace, SamplingSite, ScreeningRound, Swab, TableEvent, Thing, Tube

STATES = ScreeningRound.State
AT_ONCE = 500


class Expected(NamedTuple):
    """One person who is to come to a site, as the register or a list says; `stage` is a key of words.STAGES."""

    place: UUID
    token: str
    person: UUID | None
    name: str
    document_number: str
    group: str
    stage: str


class Sampled(NamedTuple):
    """When and where somebody was sampled first."""

    at: datetime
    site: str


def rounds_at_tables() -> list[ScreeningRound]:
    """The rounds for which phones prepare: those that are open, and those about to be."""
    return list(ScreeningRound.objects.filter(state__in=(STATES.PREPARED, STATES.OPEN)).order_by("begins_at", "id"))


def sites_at_tables(rounds: Collection[UUID]) -> list[SamplingSite]:
    """The sites in use of these rounds, each round's in the order of their numbers."""
    return list(SamplingSite.objects.filter(round__in=rounds, closed_at=None).order_by("round", "number"))


def site_at_tables(site: UUID) -> SamplingSite | None:
    """A site in use of a round that is not over."""
    rows = SamplingSite.objects.filter(pk=site, closed_at=None).exclude(round__state=STATES.CLOSED)
    return rows.select_related("round").first()


def expected_at(site: SamplingSite, most: int) -> list[Expected]:
    """Who is to come to a site, in the order of the roster, so many at most."""
    columns = ("pk", "token", "person_id", "name", "document_number", "group", "stage")
    of_register = ("person__name", "person__document_number")
    rows = RosterPlace.objects.filter(round=site.round_id, site=site).order_by("number")
    return [
        Expected(pk, token, person, known or name, document or number, group, stage)
        for pk, token, person, name, number, group, stage, known, document in rows.values_list(*columns, *of_register)[
            :most
        ]
    ]


def sampled_of(site: SamplingSite) -> Mapping[UUID, Sampled]:
    """Of whoever is to come to a site and was sampled, anywhere in the round: when and where, by their place."""
    rows = Swab.objects.filter(place__round=site.round_id, place__site=site).exclude(tube__state=Thing.VOID)
    found: dict[UUID, Sampled] = {}
    for place, at, name in rows.order_by("taken_at").values_list("place", "taken_at", "tube__site__name"):
        found.setdefault(place, Sampled(at, name or ""))
    return found


def doubted_of(device: str) -> dict[UUID, set[str]]:
    """Of what a device told in rounds that are not over whatever does not go together now, and nobody has settled:
    kinds of words.DISCREPANCIES by the last event in which it told of that tube, box or person.
    """
    rows = Discrepancy.objects.filter(gone_at=None, settled_at=None).exclude(round__state=STATES.CLOSED)
    found: dict[UUID, set[str]] = defaultdict(set)
    for pk, kind in rows.filter(event__device=device, event__fault="").order_by().values_list("event", "kind"):
        found[pk].add(kind)
    of_things = rows.filter(event=None).order_by()
    told = TableEvent.objects.filter(device=device, fault="").order_by("at", "nth", "id")
    for model, which in ((Tube, "tube"), (Box, "box")):
        kinds = _kinds(of_things.exclude(**{which: None}).values_list(which, "kind"))
        thing_of = _labels(model, kinds)
        last = {thing_of[label]: pk for pk, label in _told_of(told, which, thing_of)}
        for thing, pk in last.items():
            found[pk] |= kinds[thing]
    kinds = _kinds(of_things.exclude(place=None).values_list("place", "kind"))
    for place, pk in {place: pk for pk, place in _told_of(told, "place", kinds)}.items():
        found[pk] |= kinds[place]
    return dict(found)


def _kinds(rows: Iterable[tuple[UUID, str]]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = defaultdict(set)
    for thing, kind in rows:
        found[thing].add(kind)
    return found


def _labels(model: type[Tube] | type[Box], things: Collection[UUID]) -> dict[str, UUID]:
    """Which of these each label is of, those they had before too."""
    found: dict[str, UUID] = {}
    for some in _chunks(things):
        rows = model.objects.filter(Q(pk__in=some) | Q(same_as__in=some)).order_by()
        found |= {label: same_as or pk for pk, label, same_as in rows.values_list("pk", "barcode", "same_as")}
    return found


def _told_of(told: QuerySet[TableEvent], column: str, values: Collection) -> list[tuple]:
    """(event, value) of whatever a device told of these, in the order in which it was done."""
    return [
        row
        for some in _chunks(values)
        for row in told.filter(**{f"{column}__in": some}).values_list("pk", column)
    ]  # fmt: skip


def _chunks(values: Collection) -> Iterable[list]:
    every = sorted(values)
    return (every[at : at + AT_ONCE] for at in range(0, len(every), AT_ONCE))
