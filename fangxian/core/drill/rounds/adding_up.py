"""What a round that was played must come to, beside what the system says: every person, tube and box. (→ `Line`s)"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fangxian.core.refusal import Said

from .script import Script
from .tables import Deed
from .words import CALLED_BACK, RESULTS

NOT_SAMPLED = {"exempt": "exempt", "refuse": "refused"}


@dataclass(slots=True, kw_only=True)
class Counted:
    """How many people, tubes and boxes are where.

    Attributes
    ----------
    stages : people by stage
    tubes : label → (state, people in it)
    boxes : label → (state, tubes in it)
    results : label → what is known of the tube
    called_back : how many people by how far they are: awaited, sampled, free, held
    n_confirmed : who was positive at a second laboratory, too
    """

    stages: Mapping[str, int]
    tubes: Mapping[str, tuple[str, int]]
    boxes: Mapping[str, tuple[str, int]]
    results: Mapping[str, str] = field(default_factory=dict)
    called_back: Mapping[str, int] = field(default_factory=dict)
    n_confirmed: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the reconciliation: what was played, what the system says; `named`: what of it differs."""

    said: Said
    n_played: int
    n_told: int
    named: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        return self.n_played == self.n_told and not self.named


def expected(script: Script, *, done_stage: str) -> Counted:
    """What the round must come to; `done_stage`: how far a person is whose tube is through."""
    of_tube = {it.label: it for it in script.tubes}
    sampled = {who.document_number for it in script.tubes if not it.is_void for who in it.members}
    excused = _excused(script.deeds)
    everybody = {who.document_number for stand in script.scene.stands for who in stand.people}
    everybody |= {it.document_number for it in script.strangers}
    stages = Counter(
        done_stage if number in sampled else excused.get(number, "due") for number in sorted(everybody)
    )  # fmt: skip
    in_box = Counter(it.box for it in script.tubes)
    return Counted(
        stages=stages,
        tubes={label: ("void" if it.is_void else "sealed", len(it.members)) for label, it in of_tube.items()},
        boxes={label: ("received", n) for label, n in in_box.items()},
        results={label: str(outcome) for label, outcome in script.outcomes.items()},
        called_back=Counter(script.called_back.values()),
        n_confirmed=len(script.positive),
    )


def _excused(deeds: Sequence[Deed]) -> dict[str, str]:
    return {it.whom.document_number: NOT_SAMPLED[it.kind] for it in deeds if it.whom and it.kind in NOT_SAMPLED}


def added_up(played: Counted, told: Counted, *, stages: Mapping[str, Said], states: Mapping[str, Said]) -> list[Line]:
    """The reconciliation, line by line.

    Parameters
    ----------
    stages, states : what stages of people and states of tubes are called
    """
    lines = [
        Line(Said(f"人：{said.zh}", f"people: {said.en}"), played.stages.get(key, 0), told.stages.get(key, 0))
        for key, said in stages.items()
    ]
    n_people = Said("人：合计", "people: all of them")
    lines.append(Line(n_people, sum(played.stages.values()), sum(told.stages.values())))
    lines += _of_things(Said("管", "tubes"), played.tubes, told.tubes, states)
    lines += _of_things(Said("箱", "boxes"), played.boxes, told.boxes, states)
    if told.results:
        lines += _of_results(played.results, told.results)
        for key, said in CALLED_BACK.items():
            line = Said(f"召回：{said.zh}", f"called back: {said.en}")
            lines.append(Line(line, played.called_back.get(key, 0), told.called_back.get(key, 0)))
        second = Said("两家实验室均为阳性的人", "people positive at two laboratories")
        lines.append(Line(second, played.n_confirmed, told.n_confirmed))
    return [it for it in lines if it.n_played or it.n_told]


def _of_results(played: Mapping[str, str], told: Mapping[str, str]) -> list[Line]:
    lines = []
    for outcome, said in RESULTS.items():
        mine, theirs = ({label for label, of in each.items() if of == outcome} for each in (played, told))
        line = Said(f"结果：{said.zh}", f"results: {said.en}")
        lines.append(Line(line, len(mine), len(theirs), tuple(sorted(mine ^ theirs))))
    return lines


def _of_things(
    what: Said, played: Mapping[str, tuple[str, int]], told: Mapping[str, tuple[str, int]], states: Mapping[str, Said]
) -> list[Line]:
    """By state, and what is inside them; each that differs is named by its label."""
    lines = []
    for state, said in states.items():
        mine = {label for label, (of, _) in played.items() if of == state}
        theirs = {label for label, (of, _) in told.items() if of == state}
        line = Said(f"{what.zh}：{said.zh}", f"{what.en}: {said.en}")
        lines.append(Line(line, len(mine), len(theirs), tuple(sorted(mine ^ theirs))))
    inside = Said(f"{what.zh}里的合计", f"in {what.en}")
    differ = tuple(sorted(it for it in played.keys() & told.keys() if played[it][1] != told[it][1]))
    n_played, n_told = (sum(n for _, n in of.values()) for of in (played, told))
    lines.append(Line(inside, n_played, n_told, differ))
    return lines
