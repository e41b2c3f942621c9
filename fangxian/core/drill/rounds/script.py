"""A whole round as it is played, in its order: tables, mishaps, laboratory, call-backs. (scene, dice → `Script`)"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf
from operator import itemgetter
from typing import Any
from uuid import UUID, uuid5

import numpy as np

from fangxian.core.laboratory.judging import SUSPECT, Outcome
from fangxian.core.screening.laboratory import Laboratory, fushan
from fangxian.core.screening.rounds import DAY_MIN, Round, Site

from .bench import Bench, Coming, PlateWork
from .mishaps import Mishaps, some_of
from .outside import sent_out
from .scene import HOURS, Scene, Somebody
from .tables import FIRST, Deed, Filled, Tables, first_day, leak, next_morning, recall

ROUNDS = UUID("5f2d1c1e-6f0b-5a35-9d9e-2c6c3d7a1b10")
CALLED_BACK_AFTER = 60.0  # from the release of a pool to the first of its members at the table
FROM_HOUR, UNTIL_HOUR = 7 * 60.0, 21 * 60.0  # nobody is called at night


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All that is done in a round.

    Attributes
    ----------
    deeds : what phones tell, in the order in which it is done
    tubes, plates : as they are filled and tested
    outcomes : what the runs of each tube amount to that was tested, by label
    positive : who really is positive, by document number
    strangers : who came without being on the roster
    offline : phones that have no network on the first day
    """

    scene: Scene
    deeds: tuple[Deed, ...]
    tubes: tuple[Filled, ...]
    plates: tuple[PlateWork, ...]
    outcomes: Mapping[str, Outcome]
    positive: frozenset[str]
    strangers: tuple[Somebody, ...]
    offline: frozenset[str] = frozenset()

    @property
    def unsent(self) -> frozenset[str]:
        """Tubes of which nobody knows before the phones that are offline are back."""
        return frozenset(it.label for it in self.tubes if it.device in self.offline and it.why == FIRST)

    def plates_of_first_day(self) -> list[int]:
        """Numbers of the plates with tubes that were filled when everybody was asked to come, not afterwards."""
        first = {it.label for it in self.tubes if it.why == FIRST}
        return [it.number for it in self.plates if not first.isdisjoint(it.tubes)]

    def held_by_plate(self) -> dict[int, list[tuple[Somebody, float]]]:
        """Who is positive in a tube of their own, with when they were sampled, by the plate that said so."""
        of_label = {it.label: it for it in self.tubes}
        found: dict[int, list[tuple[Somebody, float]]] = {}
        for plate in self.plates:
            for label, says in zip(plate.tubes, plate.says, strict=True):
                if says in SUSPECT and (tube := of_label[label]).size == 1:
                    found.setdefault(plate.number, []).append((tube.members[0], tube.opened_min))
        return found

    @property
    def called_back(self) -> dict[str, str]:
        """Whoever was in a pool that was not negative, by document: free, or held by a result of their own."""
        pools = (it for it in self.tubes if it.size > 1 and self.outcomes.get(it.label) in SUSPECT)
        who = {each.document_number for it in pools for each in it.members}
        return {it: "held" if it in self.positive else "free" for it in sorted(who)}

    @property
    def ends_min(self) -> float:
        """When the last result is released."""
        return max((it.released_min for it in self.plates), default=0.0)

    @property
    def sampled_until(self) -> float:
        return max((it.sealed_min for it in self.tubes), default=0.0)


def play(
    scene: Scene,
    given: Mishaps,
    rng: np.random.Generator,
    *,
    number: int,
    laboratory: Laboratory | None = None,
    other: Laboratory | None = None,
    share_outside: float = 0.0,
) -> Script:
    """Play a round. The same arguments and state of `rng` give the same round.

    Parameters
    ----------
    number : of the round, below 100,000; it stands in every label
    laboratory : Fushan's own unless another is given
    other : one outside, which gets the boxes that the own would be longer about
    share_outside : of all tubes so many at least, 0..1
    """
    with_what = laboratory or fushan()
    on = Tables(scene, given, rng, number, with_what.name)
    later = first_day(on)
    leak(on, later)
    next_morning(on, later)
    tables = sorted({it.device for it in on.tubes})
    offline = frozenset(tables[-1:]) if len(tables) > 1 else frozenset[str]()
    positive, says = _truth(on, offline)
    called: list[Filled] = []
    bench = Bench(with_what, stops_from_min=given.stop_from_min, stops_for_min=given.stop_min)
    of_label = {it.label: it for it in on.tubes}

    def told(plate: PlateWork, tubes: Sequence[Coming]) -> None:
        for label, outcome in zip(plate.tubes, plate.says, strict=True):
            tube = of_label[label]
            if outcome in SUSPECT and tube.size > 1:
                for anew in recall(on, tube, from_min=_by_day(plate.released_min + CALLED_BACK_AFTER)):
                    of_label[anew.label] = anew
                    called.append(anew)
                    is_so = anew.members[0].document_number in positive
                    found = (Outcome.POSITIVE if is_so else Outcome.NEGATIVE,)
                    bench.comes(Coming(anew.label, anew.received_min, found, True))

    lots = sent_out(on.tubes, with_what, other, says, kept_here=offline, share=share_outside) if other else []
    elsewhere = {label for lot in lots for label in lot.tubes}
    for tube in on.tubes:
        if not tube.is_void and tube.label not in elsewhere:
            bench.comes(Coming(tube.label, tube.received_min, says.get(tube.label, (Outcome.NEGATIVE,))))
    for lot in lots:
        told(lot, ())
    plates = [*bench.work(told), *lots]
    outcomes = {label: outcome for plate in plates for label, outcome in zip(plate.tubes, plate.says, strict=True)}
    deeds = sorted(on.deeds, key=lambda it: (it.at_min, it.device))
    return Script(
        scene=scene, deeds=tuple(deeds), tubes=tuple(on.tubes), plates=tuple(plates), outcomes=outcomes,
        positive=frozenset(positive), strangers=tuple(on.strangers), offline=offline,
    )  # fmt: skip


def _truth(on: Tables, offline: frozenset[str]) -> tuple[set[str], dict[str, tuple[Outcome, ...]]]:
    """Who is positive, and what is to be found in whose tube: of several pools the last was only spoilt."""
    pools = [it for it, tube in enumerate(on.tubes) if _is_plain(tube, on.scene.size) and tube.device not in offline]
    drawn = some_of(pools, on.given.n_positive + on.given.n_invalid, on.rng)
    spoilt, positive = drawn[: on.given.n_positive], set[str]()
    for it in spoilt[: max(1, len(spoilt) - 1)]:
        members = on.tubes[it].members
        positive.add(members[int(on.rng.integers(len(members)))].document_number)
    says: dict[str, tuple[Outcome, ...]] = {on.tubes[it].label: (Outcome.POSITIVE,) for it in spoilt}
    says |= {on.tubes[it].label: (Outcome.INVALID, Outcome.NEGATIVE) for it in drawn[on.given.n_positive :]}
    return positive, says


def _is_plain(tube: Filled, size: int) -> bool:
    """A pool of the first day with which nothing else is the matter."""
    is_whole = len(tube.members) == size == tube.size and tube.label == tube.first_label
    return size > 1 and is_whole and not tube.is_void and tube.why == FIRST


def _by_day(at_min: float) -> float:
    day, minute = divmod(at_min, DAY_MIN)
    if minute < FROM_HOUR:
        return day * DAY_MIN + FROM_HOUR
    return at_min if minute < UNTIL_HOUR else (day + 1) * DAY_MIN + FROM_HOUR


def planned(
    scene: Scene, *, size: int | None = None, laboratory: Laboratory | None = None, other: Laboratory | None = None
) -> Round:
    """The same round as whoever plans it reckons it: everybody comes, nothing breaks."""
    pool = size or scene.size
    sites = []
    for stand in scene.stands:
        n_alone = sum(it.alone for it in stand.people)
        sites.append(Site(n_people=len(stand.people) - n_alone, n_tables=stand.n_tables, hours=HOURS))
        if n_alone:
            # A round has one size of pools: so many people at so many tables fill one tube each in the same time.
            sites.append(Site(n_people=n_alone * pool, n_tables=pool, hours=HOURS))
    return Round(sites=sites, laboratories=[laboratory or fushan(), *([other] if other else [])], size=pool)


# ---- what phones send ----


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What one phone sends at once, and when: records as `POST /field/table-events` takes them."""

    at_min: float
    device: str
    deeds: tuple[Deed, ...]
    first_nth: int


def sendings(
    deeds: Sequence[Deed], *, every_min: float = 30.0, offline: frozenset[str] = frozenset(), online_min: float = 0.0,
    most: int = 500,
) -> list[Sending]:  # fmt: skip
    """Each phone sends what it has every so often, and as it seals a box; carriers and reception at once.

    Parameters
    ----------
    offline : phones that have no network until `online_min`, when they send everything
    """
    of_device: dict[str, list[Deed]] = {}
    for deed in deeds:
        of_device.setdefault(deed.device, []).append(deed)
    found = []
    for device, mine in of_device.items():
        moments = _sent_at(mine, every_min, online_min if device in offline else 0.0)
        at = 0
        for until, of_moment in groupby(zip(moments, mine, strict=True), key=itemgetter(0)):
            together = [deed for _, deed in of_moment]
            for first in range(0, len(together), most):
                part = tuple(together[first : first + most])
                found.append(Sending(at_min=until, device=device, deeds=part, first_nth=at + 1))
                at += len(part)
    return sorted(found, key=lambda it: (it.at_min, it.device, it.first_nth))


def _sent_at(deeds: Sequence[Deed], every_min: float, online_min: float) -> list[float]:
    """When each of a phone's deeds is sent, in their order."""
    moments, sealed_min = list[float](), inf
    for deed in reversed(deeds):
        if deed.kind == "seal_box":
            sealed_min = deed.at_min
        # Whoever carries or receives a box is asked where it is: it is scanned with a network.
        due = deed.at_min if deed.stand < 0 else -(-deed.at_min // every_min) * every_min
        moments.append(max(min(due, sealed_min), online_min if deed.at_min < online_min else 0.0))
    return moments[::-1]


def record(deed: Deed, *, nth: int, id: UUID, site: str, at: str, slip: str = "") -> dict[str, Any]:
    """One deed as `POST /field/table-events` takes it; who it is of by their slip, else as their card was read."""
    told: dict[str, Any] = {"id": str(id), "kind": deed.kind, "at": at, "nth": nth}
    if deed.stand >= 0:
        told["site"] = site
    told |= {it: value for it in ("tube", "box", "renamed", "size", "why", "said") if (value := getattr(deed, it))}
    if slip:
        told["token"] = slip
    elif (who := deed.whom) is not None:
        told["person"] = {"name": who.name, "document_number": who.document_number, "phone": who.phone}
    return told


def id_of(number: int, device: str, nth: int) -> UUID:
    """A deed's id: told again, it is known for the same."""
    return uuid5(ROUNDS, f"{number}:{device}:{nth}")
