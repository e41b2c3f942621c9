"""Reads of the lab room that others may use."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return
from fangxian.ops.realm.sealed import indexes_of

from .aliases import place_by_alias
from .folding import CHANGES, CHANGES_OF_BOX
from .models import (
    MERGED,
    Box,
    Discrepancy,
    RosterPlace,
    RoundGroup,
    SamplingSite,
    ScreeningRound,
    Swab,
    TableEvent,
    Tube,
)
from .reconciling import Difference, differences, unsettled
from .refusals import no_round

__all__ = [
    "Box",
    "Difference",
    "RosterPlace",
    "RoundGroup",
    "SamplingSite",
    "ScreeningRound",
    "Tube",
    "differences",
    "place_by_alias",
    "unsettled",
]

PLAN, SAMPLE, CARRY, REPORT = "screening.plan", "screening.sample", "transport.carry", "lab.report"
STATES = ScreeningRound.State


def rounds() -> QuerySet[ScreeningRound]:
    """Every round, the newest first."""
    return ScreeningRound.objects.all()


def rounds_listed() -> QuerySet[ScreeningRound]:
    """Every round but those that were called off and of which nothing came, the newest first."""
    is_off = Q(state=STATES.CLOSED, opened_at=None)
    return ScreeningRound.objects.exclude(is_off & ~Exists(TableEvent.objects.filter(round=OuterRef("pk"))))


def round_with(round: UUID) -> ScreeningRound:
    """One round.

    Refuses
    -------
    lab.round.not_found
    """
    row = ScreeningRound.objects.filter(pk=round).first()
    if row is None:
        raise no_round()
    return row


def areas_covered(row: ScreeningRound) -> list[str]:
    return list(row.areas.values_list("area_path", flat=True))


def areas_on_roster(row: ScreeningRound) -> list[str]:
    """Where those on it live, as far as that is known, each place once."""
    return list(
        roster_of(row).exclude(area_path="").order_by("area_path").values_list("area_path", flat=True).distinct()
    )


def sites_of(row: ScreeningRound) -> list[SamplingSite]:
    """The round's sites, those taken down too, in the order of their numbers."""
    return list(row.sites.all())


def served_by(row: ScreeningRound) -> dict[UUID, list[str]]:
    """The areas each site of the round serves."""
    found: dict[UUID, list[str]] = {}
    for site, area_path in row.sites.order_by("number", "serves__area_path").values_list("pk", "serves__area_path"):
        found.setdefault(site, []).extend([area_path] if area_path else [])
    return found


def roster_of(row: ScreeningRound) -> QuerySet[RosterPlace]:
    return RosterPlace.objects.filter(round=row)


class Counted(NamedTuple):
    """How many of a roster live in one grid cell, are to come to one site, and are at one stage."""

    area_path: str
    site: UUID | None
    stage: str
    n: int


def counted(row: ScreeningRound) -> list[Counted]:
    """The whole roster, counted at once."""
    rows = roster_of(row).order_by().values_list("area_path", "site", "stage")
    return [Counted(*it) for it in rows.annotate(n=Count("*"))]


def counted_by_site(row: ScreeningRound) -> list[tuple[UUID | None, str, int]]:
    """(site they are to come to, stage, how many)."""
    found: Counter[tuple[UUID | None, str]] = Counter()
    for it in counted(row):
        found[it.site, it.stage] += it.n
    return [(site, stage, n) for (site, stage), n in found.items()]


def tubes_of(row: ScreeningRound) -> QuerySet[Tube]:
    """The round's tubes, each once, whatever labels it had."""
    return Tube.objects.filter(round=row, same_as=None).select_related("site", "box")


def boxes_of(row: ScreeningRound) -> QuerySet[Box]:
    """The round's boxes with how many tubes are in each, each once."""
    return Box.objects.filter(round=row, same_as=None).select_related("site").annotate(n_tubes=Count("tubes"))


def tubes_by_site(row: ScreeningRound) -> dict[UUID | None, dict[str, int]]:
    """How many tubes of each state each site has."""
    found: dict[UUID | None, dict[str, int]] = {}
    for site, state, n in tubes_of(row).order_by().values_list("site", "state").annotate(n=Count("*")):
        found.setdefault(site, {})[state] = n
    return found


def n_swabs(row: ScreeningRound) -> int:
    """How many swabs were taken in the round, those in tubes that are void now too."""
    return Swab.objects.filter(tube__round=row).count()


def tables_by_day(row: ScreeningRound) -> dict[tuple[UUID | None, date], int]:
    """By site and day how many tables worked at once: a phone that took another's place is at the same table."""
    rows = events_of(row).filter(kind="swab", said="").annotate(day=TruncDate("at")).order_by()
    times: dict[tuple[UUID | None, date], list[tuple[datetime, datetime]]] = defaultdict(list)
    for site, day, _, first, last in rows.values_list("site", "day", "device").annotate(
        first=Min("at"), last=Max("at")
    ):
        times[site, day].append((first, last))
    return {
        at_site: max(sum(first <= moment <= last for first, last in spans) for moment, _ in spans)
        for at_site, spans in times.items()
    }


def tube_with(row: ScreeningRound, barcode: str) -> Tube | None:
    """The tube that has, or once had, this label in the round."""
    found = Tube.objects.filter(round=row, barcode=barcode).select_related("same_as__site", "site", "box").first()
    return found and (found.same_as or found)


def box_with(row: ScreeningRound, barcode: str) -> Box | None:
    """The box that has, or once had, this label in the round."""
    found = Box.objects.filter(round=row, barcode=barcode).select_related("same_as__site", "site").first()
    return found and (found.same_as or found)


def swabs_in(tube: Tube) -> list[Swab]:
    """Who is in a tube, in the order in which they came."""
    return list(tube.swabs.select_related("place__person").order_by("taken_at", "id"))


def swabs_of(place: UUID) -> list[Swab]:
    """The tubes somebody is in, the first first."""
    return list(Swab.objects.filter(place=place).select_related("tube__site").order_by("taken_at", "id"))


def place_by_token(row: ScreeningRound, token: str) -> RosterPlace | None:
    return roster_of(row).filter(token=token).select_related("person").first() if token else None


def names_by_document(row: ScreeningRound, numbers: Collection[str]) -> dict[str, str]:
    """What those are called who stand on a round's roster by one of these documents, and not on the register."""
    asked = sorted(set(numbers) - {""})
    number_of = dict(zip(indexes_of("document_number", asked), asked, strict=True))
    rows = RosterPlace.objects.filter(round=row, document_index__in=list(number_of)).order_by()
    return {number_of[bytes(it)]: name for it, name in rows.values_list("document_index", "name") if name}


def places_of_persons(row: ScreeningRound, persons: Sequence[UUID]) -> QuerySet[RosterPlace]:
    return roster_of(row).filter(person__in=persons).select_related("person")


def discrepancies_of(row: ScreeningRound) -> QuerySet[Discrepancy]:
    """What does not go together, unsettled first, then what was settled; what is so no more is left out."""
    rows = Discrepancy.objects.filter(round=row, gone_at=None)
    return rows.select_related("tube__site", "box__site", "place__person", "event__site").order_by(
        "settled_at", "-found_at", "id"
    )


def n_waiting(row: ScreeningRound) -> dict[str, int]:
    """How many events came "late" or "early" and wait for a person or for the round to begin."""
    rows = unsettled(row).filter(kind__in=("late", "early")).order_by()
    return dict(rows.values_list("kind").annotate(n=Count("*")))


def n_late(rounds: Sequence[UUID]) -> dict[UUID, int]:
    """How many events came after each of these rounds was closed, and wait for a person."""
    rows = Discrepancy.objects.filter(round__in=rounds, kind="late", gone_at=None, settled_at=None).order_by()
    return dict(rows.values_list("round").annotate(n=Count("*")))


def groups_on(row: ScreeningRound) -> list[str]:
    """The schools, classes and units that the round covers or that stand on its roster, by name."""
    kinds = RoundGroup.Kind
    named = [it.name_zh.partition("：")[2] for it in row.groups.filter(kind__in=(kinds.SCHOOL, kinds.CLASS))]
    listed = roster_of(row).exclude(group="").order_by("group").values_list("group", flat=True).distinct()
    return sorted({*named, *listed})


def groups_of(row: ScreeningRound) -> list[RoundGroup]:
    """What the round covers besides its areas."""
    return list(row.groups.all())


def tried_by_others(row: ScreeningRound, doubts: Sequence[Discrepancy]) -> dict[UUID, TableEvent]:
    """Of what somebody of another site would have changed: the last such event, by the discrepancy's id."""
    asked = [it for it in doubts if it.kind == "not_theirs"]
    labels = {label for it in asked for thing in (it.tube, it.box) if thing for label in (thing.barcode, thing.label)}
    if not labels:
        return {}
    told = events_of(row).filter(Q(tube__in=labels) | Q(box__in=labels), kind__in=(*CHANGES, *CHANGES_OF_BOX), fault="")
    last = list(told.exclude(reach="").select_related("site").order_by("at", "nth", "id"))
    found = {}
    for it in asked:
        thing = it.tube or it.box
        for event in last:
            if thing and event.site_id != thing.site_id and {event.tube, event.box} & {thing.barcode, thing.label}:
                found[it.pk] = event
    return found


def events_of(row: ScreeningRound) -> QuerySet[TableEvent]:
    return TableEvent.objects.filter(round=row)


def rows_of_merge(persons: Collection[UUID]) -> list[QuerySet]:
    """The rows that merging these records may change."""
    return [RosterPlace.objects.filter(person__in=persons)]


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what merging records changed here would be put back now."""
    derived = frozenset({"stage", "why"})
    return how_rows_return(changes, MERGED, derived={RosterPlace._meta.label_lower: derived})
