"""What the county's laboratory would be too long about goes to another: whole boxes, by a courier of every hour.

Who gets a box is decided as a plan decides it (screening.playing): whichever laboratory would be through with it first.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import ceil
from typing import Final

from fangxian.core.laboratory.judging import Outcome
from fangxian.core.screening.laboratory import DAY_MIN, Laboratory
from fangxian.core.screening.rounds import REPORTED_AFTER

from .bench import PlateWork, Run
from .tables import FIRST, Filled

COURIER_EVERY: Final = 60.0  # minutes
NUMBERED_FROM: Final = 50_001  # lots beside plates


def sent_out(
    tubes: Sequence[Filled],
    own: Laboratory,
    other: Laboratory,
    says: Mapping[str, tuple[Outcome, ...]],
    *,
    kept_here: Collection[str],
    share: float = 0.0,
) -> list[PlateWork]:
    """The lots that go outside, in the order in which they go; of each tube what the other laboratory finds in the end.

    Parameters
    ----------
    kept_here : phones that tell later what they did: a result would come before its sample
    share : of the tubes so many go at least, 0..1, as far as they may
    """  # fmt: skip
    boxes: dict[str, list[Filled]] = defaultdict(list)
    for it in tubes:
        if not it.is_void:
            boxes[it.box].append(it)
    lots: dict[float, list[str]] = defaultdict(list)
    until, n_seen, n_sent = {own: 0.0, other: 0.0}, 0, 0
    for label, inside in sorted(boxes.items(), key=lambda it: (it[1][0].received_min, it[0])):
        received = inside[0].received_min
        leaves = ceil((received + 1) / COURIER_EVERY) * COURIER_EVERY
        from_min = {own: received, other: leaves + other.further_min}
        ends = {it: max(until[it], from_min[it]) + len(inside) * DAY_MIN / it.tubes_a_day for it in until}
        is_kept = any(it.device in kept_here or it.why != FIRST for it in inside)
        n_seen += len(inside)
        is_sooner_here = ends[own] <= ends[other] and n_sent >= share * n_seen
        whose = own if is_kept or is_sooner_here else other
        until[whose] = ends[whose]
        if whose is other:
            n_sent += len(inside)
            lots[leaves].append(label)
    ordered = enumerate(sorted(lots.items()), start=NUMBERED_FROM)
    return [_lot(number, leaves, labels, boxes, other, says) for number, (leaves, labels) in ordered]


def _lot(
    number: int, leaves: float, labels: Sequence[str], boxes: Mapping[str, Sequence[Filled]], other: Laboratory,
    says: Mapping[str, tuple[Outcome, ...]],
) -> PlateWork:  # fmt: skip
    mine = [it.label for label in labels for it in boxes[label]]
    begins = leaves + other.further_min
    run_min = other.extractors[0].run_min + other.amplifiers[0].run_min
    back = begins + len(mine) * DAY_MIN / other.tubes_a_day + run_min
    return PlateWork(
        number=number, tubes=tuple(mine), says=tuple(says.get(it, (Outcome.NEGATIVE,))[-1] for it in mine),
        extractor="", extracted_from=leaves, extracted_until=begins, runs=(Run(other.name, begins, back),),
        released_min=back + REPORTED_AFTER.value, boxes=tuple(labels), laboratory=other.name,
    )  # fmt: skip
