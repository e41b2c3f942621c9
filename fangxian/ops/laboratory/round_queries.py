"""Reads of the outside laboratories that test tubes of a round (外送实验室), for others."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.timezone import localtime

from fangxian.core.screening.laboratory import Laboratory as Reckoned
from fangxian.core.screening.laboratory import with_machines
from fangxian.ops.realm.current import county_now

from .models import ConsignedTube, RoundLaboratory

__all__ = ["RoundLaboratory", "asked_for", "asked_now", "reckoned_for"]


@dataclass(frozen=True, slots=True)
class AskedNow:
    """What an outside laboratory takes a day of an open round, and how much of it went there today."""

    of: RoundLaboratory
    n_today: int


def asked_for(round: UUID) -> QuerySet[RoundLaboratory]:
    """The outside laboratories that test tubes of a round, but for those that are used no more."""
    rows = RoundLaboratory.objects.filter(round=round, laboratory__closed_at=None)
    return rows.select_related("laboratory").order_by("laboratory__name")


def reckoned_for(round: UUID) -> tuple[Reckoned, ...]:
    """They, as the plan reckons with them."""
    return tuple(
        with_machines(
            Reckoned(
                name=it.laboratory.name, extractors=(), amplifiers=(), open_min=it.laboratory.open_min,
                hands_a_day=it.tubes_a_day, further_min=it.further_min,
            )
        )
        for it in asked_for(round)
    )  # fmt: skip


def asked_now() -> list[AskedNow]:
    """Of rounds that run: the outside laboratories, and how many tubes of each went there today."""
    rows = RoundLaboratory.objects.filter(round__state="open", laboratory__closed_at=None)
    found = list(rows.select_related("laboratory", "round").order_by("laboratory__name", "round__begins_at", "id"))
    sent = _sent_today({it.laboratory_id for it in found}) if found else {}
    return [AskedNow(it, sent.get((it.laboratory_id, it.round_id), 0)) for it in found]


def _sent_today(laboratories: Collection[UUID]) -> dict[tuple[UUID, UUID], int]:
    midnight = localtime(county_now()).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = ConsignedTube.objects.filter(consignment__laboratory__in=laboratories, consignment__sent_at__gte=midnight)
    counts = rows.order_by().values_list("consignment__laboratory", "tube__round").annotate(n=Count("pk"))
    return {(laboratory, round): n for laboratory, round, n in counts}
