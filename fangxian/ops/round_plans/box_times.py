"""Boxes beside their clocks: which of a round's boxes is late, and by which clock of the rulebook."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from fangxian.core.policy.box_clocks import BoxClocks, BoxMoments, Late, box_clocks, late
from fangxian.core.policy.rulebook import Rulebook
from fangxian.ops.lab.queries import Box, ScreeningRound, Tube, boxes_of


def clocks_of(row: ScreeningRound, books: Mapping[str, Rulebook], at: datetime) -> BoxClocks:
    """The clocks of a round's boxes, by the rulebook of its disease."""
    return box_clocks(books.get(row.disease), at)


def boxes_with_results(row: ScreeningRound) -> QuerySet[Box]:
    """A round's boxes, each with whether somebody in it waits for a result (`waits`), and whether a tube is in it
    (`is_full`).
    """
    tubes = Tube.objects.filter(box=OuterRef("pk"), same_as=None).exclude(state="void")
    waits = tubes.filter(swabs__place__stage="received")
    return boxes_of(row).annotate(waits=Exists(waits), is_full=Exists(tubes))


def late_by(box: Box, clocks: BoxClocks, at: datetime) -> Late | None:
    """The clock that a box of `boxes_with_results` is late by; None: it is in time, or nothing is in it."""
    if not box.is_full:
        return None
    moments = BoxMoments(
        opened_at=box.opened_at,
        sealed_at=box.sealed_at,
        handed_at=box.handed_at,
        received_at=box.received_at,
        has_results=not box.waits,
    )
    return late(clocks, moments, at)


def n_late(row: ScreeningRound, books: Mapping[str, Rulebook], at: datetime) -> int:
    """How many of a round's boxes are late by any clock."""
    clocks = clocks_of(row, books, at)
    return sum(late_by(box, clocks, at) is not None for box in boxes_with_results(row).order_by())
