"""What is recorded at tables, on the way and at reception while a round is played. (scene, mishaps, dice → deeds)

Moments are minutes after the midnight before the round, as in core.screening. A deed is what a phone tells; who is in
which tube, and where each is in the end, follows from the deeds alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import ceil
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from fangxian.core.screening.rounds import AT_A_TABLE, BETWEEN_PICK_UPS, DAY_MIN, ON_THE_ROAD

from .mishaps import COMES, EXCUSED, LATER, MISSING, REASONS, REFUSES, Mishaps, some_of, who_comes
from .scene import HOURS, Scene, Somebody

Minutes = npt.NDArray[np.float64]
CARRIER, RECEPTION = "carrier", "reception"
FIRST, AGAIN, RECALLED = "first", "again", "recalled"
MIN_A_PERSON: Final = 60 / AT_A_TABLE.value
SPREAD: Final = 4.0  # the shape of a gamma: a table is now quicker, now slower
EXCUSED_AT: Final = 17 * 60.0
MAKE_UP_FROM, MAKE_UP_UNTIL = DAY_MIN + 8 * 60.0, DAY_MIN + 12 * 60.0
LEAK_SEEN_AFTER: Final = 15.0
LEAKED, TORN = "到实验室发现漏液 leaked on the way", "条码破损，换新码 label torn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing done; `stand`: the site's position in the scene, -1: none."""

    at_min: float
    device: str
    kind: str
    stand: int = -1
    tube: str = ""
    box: str = ""
    renamed: str = ""
    whom: Somebody | None = None
    size: int = 0
    why: str = ""
    said: str = ""


@dataclass(slots=True, kw_only=True)
class Filled:
    """A tube as it is filled; `label` is the one it bears in the end, `why` FIRST, AGAIN or RECALLED."""

    first_label: str
    label: str
    stand: int
    size: int
    device: str
    why: str
    opened_min: float
    sealed_min: float
    members: list[Somebody]
    box: str = ""
    received_min: float = 0.0
    is_void: bool = False


@dataclass(slots=True, kw_only=True)
class Carried:
    """A box; moments as they are recorded."""

    label: str
    stand: int
    sealed_min: float
    handed_min: float
    received_min: float


@dataclass(slots=True)
class Tables:
    """A round being played; `number` stands in every label, so that two rounds share none."""

    scene: Scene
    given: Mishaps
    rng: np.random.Generator
    number: int
    laboratory: str
    deeds: list[Deed] = field(default_factory=list)
    tubes: list[Filled] = field(default_factory=list)
    boxes: list[Carried] = field(default_factory=list)
    strangers: list[Somebody] = field(default_factory=list)
    n_labels: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))

    def label(self, kind: str, stand: int) -> str:
        """A new label of a tube ("") or box ("B"): the round's number, the site's, a running one."""
        self.n_labels[kind, stand] += 1
        return f"{kind}{self.number:05}{stand + 1:02}{self.n_labels[kind, stand]:04}"

    def tell(self, at_min: float, device: str, kind: str, **what: Any) -> None:
        self.deeds.append(Deed(at_min=at_min, device=device, kind=kind, **what))


def first_day(on: Tables) -> list[list[Somebody]]:
    """Everybody who comes is sampled, in boxes to the laboratory; who is to come again the next morning, by site."""
    later: list[list[Somebody]] = []
    over_full = _tables_for(on, on.given.n_over_full)
    for stand, site in enumerate(on.scene.stands):
        kinds = who_comes(len(site.people), on.given, on.rng)
        by_kind: dict[str, list[Somebody]] = {it: [] for it in (COMES, LATER, EXCUSED, REFUSES, MISSING)}
        for who, kind in zip(site.people, kinds, strict=True):
            by_kind[kind].append(who)
        _excuse(on, stand, by_kind[EXCUSED], by_kind[REFUSES])
        for table, mine in enumerate(_shared(_with_strangers(on, by_kind[COMES]), site.n_tables)):
            _at_table(on, stand, f"{stand + 1}-{table + 1}", mine, is_over_full=(stand, table) in over_full)
        later.append(by_kind[LATER])
    _scan_wrongly(on)
    _tear_labels(on)
    _carry(on, [it for it in on.tubes if not it.box])
    _be_late(on)
    return later


def _excuse(on: Tables, stand: int, excused: Iterable[Somebody], refusing: Iterable[Somebody]) -> None:
    device = f"{stand + 1}-1"
    for who in excused:
        why = REASONS[int(on.rng.integers(len(REASONS)))]
        on.tell(EXCUSED_AT, device, "exempt", stand=stand, whom=who, why=why)
    for who in refusing:
        on.tell(EXCUSED_AT, device, "refuse", stand=stand, whom=who, why="own_wish")


def _with_strangers(on: Tables, people: Sequence[Somebody]) -> list[Somebody]:
    """Among those who come a few who are on no roster, as a visitor or who has just moved in."""
    found = list(people)
    for _ in range(int(on.rng.binomial(len(people), on.given.strangers)) if people else 0):
        one, other = (people[int(it)] for it in on.rng.integers(len(people), size=2))
        number = f"{stranger_number(on.number)}{len(on.strangers) + 1:010}"
        stranger = Somebody(name=f"{one.name[0]}{other.name[1:] or other.name}", document_number=number)
        on.strangers.append(stranger)
        found.insert(int(on.rng.integers(len(found) + 1)), stranger)
    return sorted(found, key=lambda it: not it.alone)


def stranger_number(number: int) -> str:
    """How the document numbers begin of those who come to a round without being on its roster."""
    return f"999{number:05}"


def _shared(people: Sequence[Somebody], n_tables: int) -> list[list[Somebody]]:
    """People in their order to tables of nearly as many each."""
    least, more = divmod(len(people), n_tables)
    parts, at = [], 0
    for table in range(n_tables):
        n = least + (table < more)
        parts.append(list(people[at : at + n]))
        at += n
    return parts


def _tables_for(on: Tables, n: int) -> set[tuple[int, int]]:
    enough = [
        (stand, table)
        for stand, site in enumerate(on.scene.stands)
        for table in range(site.n_tables)
        if sum(not it.alone for it in site.people) // site.n_tables > 2 * on.scene.size
    ]
    return {enough[it] for it in some_of(range(len(enough)), n, on.rng)}


def at_work(worked: Minutes, hours: Sequence[tuple[int, int]] = HOURS) -> tuple[Minutes, npt.NDArray[np.int64]]:
    """When so many minutes of working hours are over, and in which session: their number from the first day's first."""
    lengths = np.array([end - begin for begin, end in hours], float)
    ends = np.cumsum(lengths)
    day, left = np.divmod(worked, ends[-1])
    session = np.searchsorted(ends, left, side="right")
    begins = np.array([begin for begin, _ in hours], float)
    moment = day * DAY_MIN + begins[session] + left - (ends - lengths)[session]
    return moment, (day * len(hours) + session).astype(np.int64)


def _at_table(on: Tables, stand: int, device: str, people: Sequence[Somebody], *, is_over_full: bool) -> None:
    """One after the other; a tube is sealed when it is full, and what is open when the session ends."""
    if not people:
        return
    worked = np.cumsum(on.rng.gamma(SPREAD, MIN_A_PERSON / SPREAD, len(people)))
    moments, sessions = at_work(worked)
    queue = list(zip(people, moments.tolist(), sessions.tolist(), strict=True))
    for _, of_session in groupby(queue, key=lambda it: it[2]):
        for _, of_kind in groupby(of_session, key=lambda it: it[0].alone):
            waiting = [(who, at) for who, at, _ in of_kind]
            while waiting:
                size = 1 if waiting[0][0].alone else on.scene.size
                n = size + 1 if is_over_full and size > 1 and len(waiting) > size else size
                is_over_full = is_over_full and n == size
                fill(on, stand, device, waiting[:n], size=size, why=FIRST)
                waiting = waiting[n:]


def fill(
    on: Tables, stand: int, device: str, people: Sequence[tuple[Somebody, float]], *, size: int, why: str
) -> Filled:
    """One tube, from its opening until it is full; it is sealed when it is put into its box."""
    label, begins = on.label("", stand), people[0][1]
    tube = Filled(
        first_label=label, label=label, stand=stand, size=size, device=device, why=why, opened_min=begins - 0.3,
        sealed_min=people[-1][1] + 0.3, members=[who for who, _ in people],
    )  # fmt: skip
    on.tell(tube.opened_min, device, "open_tube", stand=stand, tube=label, size=size)
    for who, at_min in people:
        on.tell(at_min, device, "swab", stand=stand, tube=label, whom=who)
    on.tubes.append(tube)
    return tube


def _scan_wrongly(on: Tables) -> None:
    """A slip of somebody who is not there is scanned, and taken out again before the tube is sealed."""
    sampled = {who.document_number for it in on.tubes for who in it.members}
    absent = [
        [who for who in site.people if who.document_number not in sampled and not who.alone]
        for site in on.scene.stands
    ]  # fmt: skip
    tubes = [it for it, tube in enumerate(on.tubes) if tube.size > 1 and absent[tube.stand]]
    for it in some_of(tubes, on.given.n_wrong_scans, on.rng):
        tube = on.tubes[it]
        who = absent[tube.stand][0]
        for kind, at_min in (("swab", tube.opened_min + 0.1), ("unswab", tube.opened_min + 0.2)):
            on.tell(at_min, tube.device, kind, stand=tube.stand, tube=tube.first_label, whom=who)


def _tear_labels(on: Tables) -> None:
    pooled = [it for it, tube in enumerate(on.tubes) if tube.size > 1]
    for it in some_of(pooled, on.given.n_relabelled, on.rng):
        tube = on.tubes[it]
        tube.label = on.label("", tube.stand)
        # Before it goes into the box: what comes after is said of the new label.
        at_min = tube.sealed_min - 0.1
        what = {"tube": tube.first_label, "renamed": tube.label, "said": TORN}
        on.tell(at_min, tube.device, "rename_tube", stand=tube.stand, **what)


def pick_ups(day: int) -> list[float]:
    """When boxes are fetched: every so often from opening, at the latest when a site closes."""
    opens, closes = HOURS[0][0], HOURS[-1][1]
    n = ceil((closes - opens) / BETWEEN_PICK_UPS.value)
    return [day * DAY_MIN + min(opens + (k + 1) * BETWEEN_PICK_UPS.value, closes) for k in range(n)]


def _carry(on: Tables, tubes: Sequence[Filled]) -> None:
    """Each tube goes into the box that is fetched next."""
    of_box: dict[tuple[int, float], list[Filled]] = defaultdict(list)
    for tube in tubes:
        of_box[tube.stand, _next_pick_up(tube.sealed_min)].append(tube)
    for (stand, fetched_min), mine in sorted(of_box.items()):
        carry(on, stand, mine, fetched_min=fetched_min)


def _next_pick_up(sealed_min: float) -> float:
    day = int(sealed_min // DAY_MIN)
    # Who comes for the box waits for a tube that is just being sealed.
    due: Iterator[float] = (it for days in (day, day + 1) for it in pick_ups(days) if it + 0.9 >= sealed_min)
    return next(due)


def carry(on: Tables, stand: int, tubes: Sequence[Filled], *, fetched_min: float) -> Carried:
    """One box from its opening to its reception; its tubes are sealed into it one after the other."""
    device, label = f"{stand + 1}-1", on.label("B", stand)
    on.tell(min(it.sealed_min for it in tubes) - 0.1, device, "open_box", stand=stand, box=label)
    for tube in tubes:
        on.tell(tube.sealed_min, tube.device, "seal_tube", stand=stand, tube=tube.label, box=label)
    handed = fetched_min + float(on.rng.uniform(2, 6))
    road = float(on.rng.uniform(0.6, 1.4)) * ON_THE_ROAD.value
    box = Carried(label=label, stand=stand, sealed_min=fetched_min + 1, handed_min=handed, received_min=handed + road)
    on.tell(box.sealed_min, device, "seal_box", stand=stand, box=label)
    on.tell(box.handed_min, CARRIER, "hand_box", box=label)
    on.tell(box.received_min, RECEPTION, "receive_box", box=label, said=on.laboratory)
    on.boxes.append(box)
    for tube in tubes:
        tube.box, tube.received_min = label, box.received_min
    return box


def _be_late(on: Tables) -> None:
    """One box of the morning arrives hours late: the van broke down."""
    if not on.given.box_late_min or not on.boxes:
        return
    box = on.boxes[some_of([it for it, box in enumerate(on.boxes) if box.handed_min < 14 * 60] or [0], 1, on.rng)[0]]
    late_min = box.received_min + on.given.box_late_min
    at = next(it for it, deed in enumerate(on.deeds) if deed.kind == "receive_box" and deed.box == box.label)
    on.deeds[at] = Deed(at_min=late_min, device=RECEPTION, kind="receive_box", box=box.label, said=on.laboratory)
    box.received_min = late_min
    for tube in on.tubes:
        if tube.box == box.label:
            tube.received_min = late_min


def leak(on: Tables, later: list[list[Somebody]]) -> None:
    """Some tubes turn out to leak: they are void, and their people are to come again; of each one has left."""
    whole = [it for it, tube in enumerate(on.tubes) if tube.size > 1 and tube.label == tube.first_label
             and len(tube.members) <= tube.size]  # fmt: skip
    for it in some_of(whole, on.given.n_leaks, on.rng):
        tube = on.tubes[it]
        tube.is_void = True
        device = f"{tube.stand + 1}-1"
        on.tell(
            tube.received_min + LEAK_SEEN_AFTER, device, "void_tube", stand=tube.stand, tube=tube.label, said=LEAKED
        )
        *again, gone = tube.members
        later[tube.stand] += again
        on.tell(MAKE_UP_UNTIL, device, "exempt", stand=tube.stand, whom=gone, why="away")


def next_morning(on: Tables, later: Sequence[Sequence[Somebody]]) -> None:
    """Whoever did not come, or whose tube leaked, is sampled at their site."""
    for stand, people in enumerate(later):
        made: list[Filled] = []
        at_min = MAKE_UP_FROM
        for _, of_kind in groupby(sorted(people, key=lambda it: not it.alone), key=lambda it: it.alone):
            waiting = list(of_kind)
            while waiting:
                size = 1 if waiting[0].alone else on.scene.size
                mine = [(who, at_min + (k + 1) * MIN_A_PERSON) for k, who in enumerate(waiting[:size])]
                made.append(fill(on, stand, f"{stand + 1}-1", mine, size=size, why=AGAIN))
                at_min, waiting = mine[-1][1] + 0.4, waiting[size:]
        if made:
            carry(on, stand, made, fetched_min=_next_pick_up(made[-1].sealed_min))


def recall(on: Tables, tube: Filled, *, from_min: float) -> list[Filled]:
    """Everybody of a pool is sampled anew, each in a tube of their own, and the box goes at once."""
    device = f"{tube.stand + 1}-1"
    made = [
        fill(on, tube.stand, device, [(who, from_min + 2.0 * k)], size=1, why=RECALLED)
        for k, who in enumerate(tube.members)
    ]
    carry(on, tube.stand, made, fetched_min=made[-1].sealed_min)
    return made
