"""What a phone at a sampling table takes along: the rounds with their sites, and who is to come to one of them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from .models import RosterPlace, SamplingSite, ScreeningRound, Swab, Thing

STATES = ScreeningRound.State


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
