"""A round from its preparing to its reconciliation, each thing when it is due; stopped, it goes on where it was.

1. the dispatcher prepares it: samplers, sites, roster, begin            preparing
2. phones at tables, carriers and the reception send what they did       phones
3. the laboratory lays plates, runs them, uploads files, releases        laboratory
4. what does not go together is settled, people, tubes and boxes are counted, the round is closed      counting
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from fangxian.core.drill.rounds.adding_up import Counted
from fangxian.core.drill.rounds.bench import Act, acts
from fangxian.core.drill.rounds.mishaps import Mishaps
from fangxian.core.drill.rounds.scene import HOURS, Somebody
from fangxian.core.drill.rounds.script import Script, Sending, sendings
from fangxian.core.refusal import Said

from . import counting, preparing
from .laboratory import Laboratory
from .pace import Clock
from .phones import Phones, Told
from .preparing import Step
from .web import Asker, Desk

OPENS_BEFORE = timedelta(minutes=10)
ONLINE_AGAIN_MIN = 18 * 60 + 45.0  # when whoever was offline all day is back
READ_AGAIN_AFTER = 10.0
LASTS_AT_LEAST, SPARE = timedelta(days=2), timedelta(days=1)  # whoever plans a round gives it some time more
BECAUSE = Said(
    "{n} 人多次上门、打电话找不到，名单已交各网格继续找；空管、漏液已作废重采。",
    "{n} people could not be found by calls and visits; the grids go on with the list. Leaking tubes are void.",
)
PLAYING = Said("采样、转运、检测", "Sampling, transport, testing")
ADDING_UP = Said(
    "对账：核对对不上的，逐人、逐管、逐箱清点", "Adding up: what does not agree, every person, tube and box"
)
RELEASED = Said("最后一个结果发布在", "the last result was released")
RECEIVED = Said("最后一箱送到实验室在", "the last box was received")


@dataclass(slots=True)
class Kept:
    """What a stopped run needs to go on; in a file of the data folder, nobody's name in it."""

    path: Path
    told: dict = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path, key: dict) -> "Kept":
        """What was kept of the same round; nothing where another one was played last, or it came to its end."""
        try:
            told = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            told = {}
        is_same = all(told.get(name) == value for name, value in key.items()) and not told.get("is_over")
        return cls(path, told if is_same else dict(key))

    def keep(self, **more: object) -> None:
        self.told |= more
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(self.told, ensure_ascii=False), "utf-8")
        os.replace(draft, self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How it went; `closed_at` None where the round could not be closed: `left` says why.

    Attributes
    ----------
    done_stage : how far a person is whose tube is through
    ended_said, ended_at : the last that was done with tubes, and when
    first_day_at : when the last result was out of who was sampled on the first day; None where none was
    """

    address: str
    lists: dict[str, tuple[int, int]]
    told: Told
    counted: Counted
    n_settled: int
    left: Sequence[tuple[str, int]]
    done_stage: str
    ended_said: Said
    ended_at: datetime
    first_day_at: datetime | None
    problems: Sequence[str]
    closed_at: datetime | None
    n_slowed: int


@dataclass(slots=True, kw_only=True)
class Player:
    """Plays one round.

    Attributes
    ----------
    script : what is done, minutes from `midnight`
    number : of the round, as in the script's labels
    new_asker : a browser that nobody has used yet
    """

    script: Script
    name: str
    number: int
    midnight: datetime
    kept: Kept
    clock: Clock
    new_asker: Callable[[], Asker]
    step: Step
    mended_after: float = Mishaps().stop_min
    desks: dict[str, Desk] = field(default_factory=dict)
    phones: Phones | None = None

    def desk(self, role: str) -> Desk:
        if role not in self.desks:
            self.desks[role] = Desk(self.new_asker(), role)
        return self.desks[role]

    def play(self) -> Played:
        """The whole of it, or what was left of it."""
        planner = self.desk("dispatcher")
        address, sites, lists = self._prepared(planner)
        self.clock.begin(self.midnight + timedelta(minutes=HOURS[0][0]) - OPENS_BEFORE)
        preparing.begin(planner, address)
        phones, bench = self._phones(address, sites), self._laboratory(address)
        self.phones = phones
        self._through(phones, bench)
        ended_at = self.clock.now()
        self.step(ADDING_UP, 0, 1)
        n_settled = counting.settle(planner, address)
        n_due = counting.counted(planner, planner, address).stages.get("due", 0)
        left = counting.differences(planner, address)
        closed_at = None
        if not [it for it in left if it[0] not in counting.MAY_BE_EXPLAINED]:
            because = BECAUSE.with_facts(n=n_due).zh if left else ""
            counting.close(planner, address, because=because)
            closed_at = self.clock.now()
        found = counting.counted(planner, planner, address)
        if bench:
            found.results, found.called_back = bench.results(), bench.called_back()
            found.n_confirmed = bench.confirmed.count("confirmed")
        self.step(ADDING_UP, 1, 1)
        self.kept.keep(is_over=True)
        return Played(
            address=address, lists=lists, told=phones.told, counted=found, n_settled=n_settled, left=left,
            done_stage="resulted" if found.stages.get("resulted") else "received",
            ended_said=RELEASED if bench else RECEIVED, ended_at=ended_at, closed_at=closed_at,
            first_day_at=bench.out_at(self.script.plates_of_first_day()) if bench else None,
            problems=bench.problems if bench else (), n_slowed=self.clock.n_slowed,
        )  # fmt: skip

    def _prepared(self, planner: Desk) -> tuple[str, list[str], dict[str, tuple[int, int]]]:
        scene = self.script.scene
        if not self.kept.told.get("address"):
            preparing.appoint_samplers(self.desk("security_administrator"), scene.towns, self.step)
            begins_at = self.midnight + timedelta(minutes=HOURS[0][0])
            lasts = max(LASTS_AT_LEAST, timedelta(minutes=self.script.ends_min) + SPARE)
            address = preparing.prepare(
                planner, scene, name=self.name, begins_at=begins_at, ends_at=begins_at + lasts
            )  # fmt: skip
            self.kept.keep(address=address)
        address = self.kept.told["address"]
        if self.kept.told.get("sites"):
            return address, self.kept.told["sites"], self.kept.told["lists"]
        sites = preparing.put_up_sites(planner, address, scene.stands, self.step)
        lists: dict[str, tuple[int, int]] = {}
        if scene.has_lists:
            lists = preparing.upload_lists(planner, address, scene.stands, self.step)
        else:
            preparing.take_register(planner, address)
        if scene.n_alone:
            preparing.say_alone(planner, address, scene.n_alone)
        self.kept.keep(sites=sites, lists=lists)
        return address, sites, lists

    def _phones(self, address: str, sites: Sequence[str]) -> Phones:
        return Phones(
            number=self.number, round_id=address.rstrip("/").rpartition("/")[2], sites=sites, midnight=self.midnight,
            new_asker=self.new_asker, desk_of=self.desk, ids=dict(self.kept.told.get("phones", {})),
        )  # fmt: skip

    def _laboratory(self, address: str) -> Laboratory | None:
        """None where the county has no laboratory of its own: the round then ends when it is received."""
        bench = Laboratory(
            desk=self.desk("laboratory"), second=self.desk("laboratory/2"), now=self.clock.now,
            seed=(self.number,), plates=dict(self.kept.told.get("plates", {})),
            batches=dict(self.kept.told.get("batches", {})), awaited=dict(self.kept.told.get("awaited", {})),
            released=dict(self.kept.told.get("released", {})), planner=self.desk("dispatcher"), address=address,
            held=self._held(), confirmed=list(self.kept.told.get("confirmed", [])),
        )  # fmt: skip
        return bench if bench.is_there() else None

    def _held(self) -> dict[int, list[tuple[Somebody, datetime]]]:
        at = self.midnight
        return {
            plate: [(who, at + timedelta(minutes=minute)) for who, minute in held]
            for plate, held in self.script.held_by_plate().items()
        }

    def _through(self, phones: Phones, bench: Laboratory | None) -> None:
        """Everything that phones send and the laboratory does, each when it is due, from where it was left."""
        every = self.timeline(with_laboratory=bench is not None)
        n_before = self.kept.told.get("n_done", 0)
        for nth, (at_min, it) in enumerate(every):
            if nth < n_before:
                continue
            self.clock.until(self.midnight + timedelta(minutes=at_min))
            self.step(PLAYING, nth, len(every))
            if isinstance(it, Sending):
                phones.send(it)
            elif bench:
                bench.do(it, is_again=bool(n_before) and nth == n_before)
            self.kept.keep(n_done=nth + 1, phones=phones.ids, **(bench.kept if bench else {}))
        self.step(PLAYING, len(every), len(every))

    def timeline(self, *, with_laboratory: bool) -> list[tuple[float, Sending | Act]]:
        """(minute, what) in order; of one moment what phones send first, so that a tube is there before its plate."""
        played = self.script
        sent = sendings(played.deeds, offline=played.offline, online_min=ONLINE_AGAIN_MIN)
        found: list[tuple[float, Sending | Act]] = [(it.at_min, it) for it in sent]
        if with_laboratory:
            again_min = ONLINE_AGAIN_MIN + READ_AGAIN_AFTER
            done = acts(
                played.plates, mended_after=self.mended_after, offline=played.unsent, again_min=again_min
            )  # fmt: skip
            found += [(it.at_min, it) for it in done]
        return sorted(found, key=lambda it: (it[0], isinstance(it[1], Act)))
