"""What of a round does not add up (对账): people, tubes, boxes, receipts. Reads; one count a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from fangxian.core.refusal import Said

from .models import Box, Discrepancy, RosterPlace, ScreeningRound, Thing, Tube

# Each line that should be nought: what it counts, and what to do about it.
LINES: Final[Mapping[str, tuple[Said, Said]]] = {
    "due": (
        Said("应采未采的人", "people missing"),
        Said(
            "按网格名单逐户找到；不能采的登记原因。",
            "Find them by the grid's list; of whoever cannot be sampled record why.",
        ),
    ),
    "tubes_open": (
        Said("没有封的管", "tubes not sealed"),
        Said("找到管封好；没用过的作废。", "Find and seal them; void what was not used."),
    ),
    "tubes_loose": (
        Said("封了没有装箱的管", "sealed tubes in no box"),
        Said("装进箱，或作废并写明原因。", "Put them into a box, or void them with the reason."),
    ),
    "boxes_open": (
        Said("没有封的箱", "boxes not sealed"),
        Said("找到箱封好并交转运。", "Find and seal them, and hand them over."),
    ),
    "boxes_waiting": (
        Said("封了没有交转运的箱", "sealed boxes not handed over"),
        Said("请转运员扫箱取走；已经取走的补扫。", "Have a carrier take them; record late what is gone already."),
    ),
    "boxes_on_the_way": (
        Said("没有签收的箱", "boxes not received"),
        Said("问实验室；收到了请补扫，没收到马上找。", "Ask the laboratory: record what came, look for what did not."),
    ),
    "boxes_empty": (
        Said("没有签收、记着没有管的箱", "boxes not received in which no tube is on record"),
        Said(
            "先确认没有手机还没上传；扫错的、没用的、遗失后管已作废的箱，结束时写明。",
            "Be sure first that no phone has yet to upload. Of what was scanned wrongly, not used, or lost and its "
            "tubes made void, say so when you close.",
        ),
    ),
    "boxes_untold": (
        Said("签收了、采样点还没上传的箱", "boxes received whose site has not uploaded"),
        Said(
            "请采样点连网上传，管就对上；确是空箱的写明。",
            "Have the site upload, and its tubes are found; say so of one that was empty.",
        ),
    ),
    "not_handed": (
        Said("签收了却没有交接记录的箱", "boxes received and never handed over"),
        Said("请送箱的人补扫，或写明是谁送的。", "Have whoever brought them record it late, or say who it was."),
    ),
    "called_back": (
        Said("召回复采、还没有定的人", "people called back and not decided"),
        Said(
            "等单管结果，或催本人来采；结束后召回照旧，写明由谁跟。",
            "Wait for their own tubes, or fetch them. Calling back goes on after the round: say who sees to it.",
        ),
    ),
    "unsettled": (
        Said("没有处理的差异", "things unsettled"),
        Said("在“对不上的”里逐项核对，改正或写明。", "See to each under “What does not go together”."),
    ),
}
MAY_BE_EXPLAINED = frozenset({"due", "boxes_empty", "boxes_untold", "not_handed", "called_back"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the reconciliation: what, how many, what to do, and whether the round may not be closed with it."""

    kind: str
    n: int

    @property
    def said(self) -> Said:
        return LINES[self.kind][0]

    @property
    def to_do(self) -> Said:
        return LINES[self.kind][1]

    @property
    def must_go(self) -> bool:
        return self.kind not in MAY_BE_EXPLAINED


def differences(row: ScreeningRound, *, n_called_back: int = 0, n_due: int | None = None) -> list[Difference]:
    """Every line of the reconciliation, those that are nought too.

    A person who is missing may be given up with a reason; what is physically somewhere may not be left open.

    Parameters
    ----------
    n_called_back : how many people are called back in the round of whom nothing is decided; this room does not know
    n_due : how many people are missing, where the caller has counted the roster
    """
    known = {} if n_due is None else {"due": n_due}
    lines = rows_of_lines(row).items()
    found = [Difference(kind, known[kind] if kind in known else rows.count()) for kind, rows in lines]
    return [*found, Difference("called_back", n_called_back)]


def rows_of_lines(row: ScreeningRound) -> dict[str, QuerySet]:
    """The people, tubes, boxes and discrepancies that each line counts."""
    tubes = Tube.objects.filter(round=row, same_as=None)
    boxes = Box.objects.filter(round=row, same_as=None)
    held = Exists(Tube.objects.filter(box=OuterRef("pk"), same_as=None).exclude(state=Thing.VOID))
    full = boxes.filter(held)
    return {
        "due": RosterPlace.objects.filter(round=row, stage="due"),
        "tubes_open": tubes.filter(state=Thing.OPEN),
        "tubes_loose": tubes.filter(state=Thing.SEALED, box=None),
        "boxes_open": full.filter(state=Thing.OPEN),
        "boxes_waiting": full.filter(state=Thing.SEALED),
        "boxes_on_the_way": full.filter(state=Thing.CARRIED),
        # Nothing is in it, so nothing is lost with it; a tube that moved to another box may leave one behind.
        "boxes_empty": boxes.filter(~held).exclude(state=Thing.RECEIVED),
        "boxes_untold": boxes.filter(~Exists(Tube.objects.filter(box=OuterRef("pk"))), state=Thing.RECEIVED),
        "not_handed": boxes.filter(state=Thing.RECEIVED, handed_at=None),
        "unsettled": unsettled(row),
    }


def unsettled(row: ScreeningRound) -> QuerySet[Discrepancy]:
    """What does not go together and nobody has settled."""
    return Discrepancy.objects.filter(round=row, gone_at=None, settled_at=None)
