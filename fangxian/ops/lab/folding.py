"""What tables recorded → where tubes, boxes and people are. Pure: the same events in any order give the same answer.

What came late from a phone that was offline takes its place by the time it was done. `tests/unit/lab` holds this to a
slow definition that asks of each thing separately.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

HOUR = timedelta(hours=1)
LABORATORY = 60  # of what was said at reception so much is a laboratory's name
NOWHERE: Mapping[UUID, str] = {}
CHANGES = frozenset({"unswab", "seal_tube", "box_tube", "rename_tube", "void_tube"})
CHANGES_OF_BOX = frozenset({"seal_box", "rename_box"})


class Told(NamedTuple):
    """One event that counts, as the fold sees it; the first four say in which order things were done."""

    at: datetime
    device: str
    nth: int
    id: UUID
    kind: str
    by: str
    site: UUID | None
    tube: str
    box: str
    renamed: str
    place: UUID | None
    size: int
    why: str
    said: str
    reach: str = ""


in_order = itemgetter(0, 1, 2, 3)


@dataclass(slots=True)
class TubeState:
    """A tube as its events leave it; `swabs`: who is in it, each with the event that put them there."""

    barcode: str
    label: str
    state: str = "open"
    site: UUID | None = None
    box: str = ""
    size: int = 0
    opened_at: datetime | None = None
    opened_by: str = ""
    sealed_at: datetime | None = None
    voided_at: datetime | None = None
    swabs: dict[UUID, Told] = field(default_factory=dict)
    doubts: set[str] = field(default_factory=set)
    not_theirs: set[UUID] = field(default_factory=set)
    n_devices: int = 0
    n_after_seal: int = 0
    n_of_others: int = 0

    def what_of(self, doubt: str) -> str:
        """By what a doubt is known for another of its kind, so that what was settled before does not settle it."""
        found = {
            "over_full": len(self.swabs), "two_phones": self.n_devices, "after_seal": self.n_after_seal,
            "two_boxes": self.box, "not_theirs": len(self.not_theirs), "two_sites": self.n_of_others,
        }  # fmt: skip
        return f":{found[doubt]}" if doubt in found else ""


@dataclass(slots=True)
class BoxState:
    """A box as its events leave it."""

    barcode: str
    label: str
    state: str = "open"
    site: UUID | None = None
    opened_at: datetime | None = None
    sealed_at: datetime | None = None
    handed_at: datetime | None = None
    handed_by: str = ""
    received_at: datetime | None = None
    received_by: str = ""
    laboratory: str = ""
    doubts: set[str] = field(default_factory=set)
    not_theirs: set[UUID] = field(default_factory=set)
    again: dict[UUID, str] = field(default_factory=dict)
    n_too_late: int = 0

    def what_of(self, doubt: str) -> str:
        found = {"box_was_gone": self.n_too_late, "not_theirs": len(self.not_theirs)}
        return f":{found[doubt]}" if doubt in found else ""


class Whose:
    """Of which site each label is, and so which changes count: by who filled it first, not by the site that is claimed.

    Parameters
    ----------
    began : kinds of events by which somebody fills a thing; without one, whoever told of it first
    area_of : the area each site stands in
    """

    def __init__(self, ordered: Sequence[Told], which: str, began: Collection[str], area_of: Mapping[UUID, str]):
        column, first, any_of = Told._fields.index(which), dict[str, UUID](), dict[str, UUID]()
        for event in ordered:
            if event.site is not None:
                any_of.setdefault(event[column], event.site)
                if event.kind in began:
                    first.setdefault(event[column], event.site)
        self.homes, self._area_of, self._known = any_of | first, area_of, dict[tuple[str, UUID], bool]()

    def is_of(self, label: str, event: Told) -> bool:
        """Whether the thing under this label is one that whoever told the event may change."""
        site = self.homes.get(label)
        if site is None or not event.reach:
            return True
        asked = event.reach, site
        if asked not in self._known:
            area = self._area_of.get(site, "")
            self._known[asked] = any(area.startswith(it) for it in event.reach.split(","))
        return self._known[asked]


@dataclass(slots=True)
class Labels:
    """Which labels are one thing's. `first`: each label's first one; `now`: what it bears, by its first label;
    `taken`: changes of a label to one that was in use, which do not count.
    """

    first: dict[str, str] = field(default_factory=dict)
    now: dict[str, str] = field(default_factory=dict)
    taken: list[Told] = field(default_factory=list)

    def of(self, label: str) -> str:
        return self.first.get(label, label)


def labels_of(events: Sequence[Told], which: str, whose: Whose) -> Labels:
    """Which labels are one thing's. (events in order; "tube" or "box" → labels)

    A new label counts unless something was done under it before, it was given to a thing before, or the thing is
    another's.
    """
    column, renaming, labels, used = Told._fields.index(which), f"rename_{which}", Labels(), set[str]()
    for event in events:
        old = event[column]
        if event.kind == renaming and event.renamed != old and whose.is_of(labels.of(old), event):
            if event.renamed in used:
                labels.taken.append(event)
            else:
                labels.first[event.renamed] = labels.of(old)
                labels.now[labels.of(old)] = event.renamed
                used.add(event.renamed)
        used.add(old)
    return labels


def fold_tubes(
    events: Iterable[Told], *, largest: int, box_of: Mapping[str, str], area_of: Mapping[UUID, str] = NOWHERE
) -> tuple[dict[str, TubeState], Labels]:
    """Tubes by their first labels, and which labels those have.

    Parameters
    ----------
    largest : how many people a tube may hold in this round
    box_of : the first label of a box by each other one it had
    area_of : the area that each site stands in
    """
    ordered = sorted((it for it in events if it.tube), key=in_order)
    whose = Whose(ordered, "tube", ("open_tube", "swab"), area_of)
    labels, tubes, devices = labels_of(ordered, "tube", whose), dict[str, TubeState](), dict[str, set[str]]()
    for event in ordered:
        first = labels.of(event.tube)
        tube = tubes.get(first)
        if tube is None:
            tube = tubes[first] = TubeState(first, labels.now.get(first, first), site=whose.homes.get(first))
        if not whose.is_of(first, event):
            if event.kind in CHANGES:
                tube.not_theirs.add(event.id)
                continue
            tube.n_of_others += event.kind == "swab" or not event.said
        _tell_tube(tube, event, devices.setdefault(first, set()), box_of)
    for event in labels.taken:
        tubes[labels.of(event.tube)].doubts.add("label_taken")
    for first, tube in tubes.items():
        _look_at_tube(tube, devices[first], largest)
    return tubes, labels


def _tell_tube(tube: TubeState, event: Told, devices: set[str], box_of: Mapping[str, str]) -> None:
    tube.site = tube.site or event.site
    match event.kind:
        case "open_tube":
            tube.size = tube.size or event.size
            _begin(tube, event)
            devices.add(event.device)
        case "swab":
            _put_person_in(tube, event, devices)
        case "unswab":
            _take_person_out(tube, event)
        case "seal_tube" | "box_tube":
            if event.kind == "seal_tube" and tube.sealed_at is None:
                tube.sealed_at, tube.state = event.at, "sealed" if tube.state == "open" else tube.state
            _put_in_box(tube, event, box_of)
        case "void_tube":
            tube.state, tube.voided_at = "void", tube.voided_at or event.at


def _put_person_in(tube: TubeState, event: Told, devices: set[str]) -> None:
    """A correction with its reason may come from another device, and after sealing."""
    if event.place is None:
        return
    _begin(tube, event)
    if not event.said:
        devices.add(event.device)
        if tube.sealed_at and event.place not in tube.swabs:
            _doubt_after_seal(tube)
    tube.swabs.setdefault(event.place, event)


def _take_person_out(tube: TubeState, event: Told) -> None:
    """After sealing it takes a reason; without one they stay in, and somebody looks into it."""
    if event.place not in tube.swabs:
        return
    if tube.sealed_at and not event.said:
        _doubt_after_seal(tube)
    else:
        del tube.swabs[event.place]


def _doubt_after_seal(tube: TubeState) -> None:
    tube.doubts.add("after_seal")
    tube.n_after_seal += 1


def _begin(tube: TubeState, event: Told) -> None:
    if tube.opened_at is None:
        tube.opened_at, tube.opened_by = event.at, event.by


def _put_in_box(tube: TubeState, event: Told, box_of: Mapping[str, str]) -> None:
    """The last box counts; that it was another before needs a reason, which whoever looked into it may give later."""
    box = box_of.get(event.box, event.box)
    if box and event.said:
        tube.doubts.discard("two_boxes")
    elif box and tube.box and tube.box != box:
        tube.doubts.add("two_boxes")
    tube.box = box or tube.box


def _look_at_tube(tube: TubeState, devices: set[str], largest: int) -> None:
    tube.size, tube.n_devices = tube.size or largest, len(devices)
    if tube.state == "void":
        tube.doubts.clear()
    elif not tube.swabs:
        if tube.sealed_at:
            tube.doubts.add("empty_tube")
    else:
        found = {"two_phones": len(devices) > 1, "over_full": len(tube.swabs) > tube.size}
        found["pool_too_big"] = tube.size > largest
        tube.doubts |= {kind for kind, is_so in found.items() if is_so}
    if tube.n_of_others:
        tube.doubts = tube.doubts - {"two_phones"} | {"two_sites"}
    if tube.not_theirs:
        tube.doubts.add("not_theirs")


def fold_boxes(events: Iterable[Told], *, area_of: Mapping[UUID, str] = NOWHERE) -> tuple[dict[str, BoxState], Labels]:
    """Boxes by their first labels, and which labels those have."""
    ordered = sorted((it for it in events if it.box), key=in_order)
    whose = Whose(ordered, "box", ("open_box", "seal_tube", "box_tube"), area_of)
    labels, boxes = labels_of(ordered, "box", whose), dict[str, BoxState]()
    for event in ordered:
        first = labels.of(event.box)
        box = boxes.get(first)
        if box is None:
            box = boxes[first] = BoxState(first, labels.now.get(first, first))
        if event.kind in CHANGES_OF_BOX and not whose.is_of(first, event):
            box.not_theirs.add(event.id)
            box.doubts.add("not_theirs")
            continue
        _tell_box(box, event)
    for event in labels.taken:
        boxes[labels.of(event.box)].doubts.add("label_taken")
    for box in boxes.values():
        moments = (("received", box.received_at), ("carried", box.handed_at), ("sealed", box.sealed_at))
        box.state = next((state for state, at in moments if at), "open")
    return boxes, labels


def _tell_box(box: BoxState, event: Told) -> None:
    """The first of each counts: a box that is handed over or received twice is as it was."""
    if event.kind not in ("hand_box", "receive_box"):
        box.site = box.site or event.site
    match event.kind:
        case "open_box" | "seal_tube" | "box_tube":
            box.opened_at = box.opened_at or event.at
            if event.tube and (box.handed_at or box.received_at) and not event.said:
                box.n_too_late += 1
                box.doubts.add("box_was_gone")
        case "seal_box":
            box.sealed_at = box.sealed_at or event.at
        case "hand_box":
            _hand_box(box, event)
        case "receive_box":
            _receive_box(box, event)


def _hand_box(box: BoxState, event: Told) -> None:
    if box.handed_at is not None:
        box.again[event.id] = "handed_before"
        return
    box.handed_at, box.handed_by = event.at, event.by
    if box.sealed_at is None:
        box.doubts.add("not_sealed")


def _receive_box(box: BoxState, event: Told) -> None:
    if box.received_at is None:
        box.received_at, box.received_by, box.laboratory = event.at, event.by, event.said[:LABORATORY]
        return
    box.again[event.id] = "received_before"
    if event.said[:LABORATORY] != box.laboratory:
        box.doubts.add("two_laboratories")


class InTube(NamedTuple):
    """One swab of a person: when, where, and how far its tube and the tube's box are ("" where it is in none)."""

    at: datetime
    site: UUID | None
    tube: UUID
    state: str
    box_state: str
    voided_at: datetime | None = None


STAGES_OF_BOX: Mapping[str, str] = {"carried": "transit", "received": "received"}
ORDER = ("sampled", "tube", "box", "transit", "received")
EXCUSED = {"exempt": "exempt", "refuse": "refused", "due": "due"}


def stage_of(swabs: Sequence[InTube], excuses: Sequence[Told]) -> tuple[str, str]:
    """How far a person is, and why they are not sampled where they are not: the furthest of their tubes counts."""
    live = [it for it in swabs if it.state != "void"]
    if live:
        return max((_stage(it) for it in live), key=ORDER.index), ""
    last = max(excuses, key=in_order, default=None)
    if last is None:
        return "due", ""
    return EXCUSED[last.kind], last.why if last.kind != "due" else ""


def _stage(swab: InTube) -> str:
    if swab.box_state in STAGES_OF_BOX:
        return STAGES_OF_BOX[swab.box_state]
    if swab.state == "open":
        return "sampled"
    return "box" if swab.box_state else "tube"


def twice(swabs: Sequence[InTube]) -> str:
    """What does not go together where somebody is in more than one tube; "": nothing."""
    live = sorted((it for it in swabs if it.state != "void"), key=itemgetter(0))
    if len({it.tube for it in live}) < 2:
        return ""
    quick = any(later.at - one.at < HOUR and later.site != one.site for one, later in pairwise(live))
    return "twice_in_an_hour" if quick else "twice"


def into_void(swabs: Sequence[InTube]) -> bool:
    """Whether somebody who is missing was swabbed into a tube that was void already."""
    if any(it.state != "void" for it in swabs):
        return False
    return any(it.voided_at is not None and it.voided_at <= it.at for it in swabs)
