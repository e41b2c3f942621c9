"""The laboratories of a demo county (演示数据：检测实验室).

1. the county's own with its machines of April 2022: an extractor, amplifiers of 32 and 96 wells    laboratory
2. the city's and a mobile one, which it may ask                                                    laboratory

The machines are the article's (domain.md §4.3), their minutes a run and what the others take a day a guess.
"""

from itertools import count

from fangxian.core.screening.laboratory import Machines, fushan, outside
from fangxian.ops.laboratory.actions import add_laboratory
from fangxian.ops.laboratory.queries import laboratories
from fangxian.ops.laboratory.wire import NewInstrument
from fangxian.ops.realm.current import the_realm

NAMES = {"extractor": "提取仪", "amplifier": "扩增仪"}


def seed_laboratory(*, by: str) -> int:
    """Add a demo's laboratories; how many. None where there are some already."""
    if not the_realm().is_synthetic or laboratories(closed=True).exists():
        return 0
    own = fushan()
    machines = [*_named("extractor", own.extractors), *_named("amplifier", own.amplifiers)]
    add_laboratory(name=own.name, is_own=True, open_min=own.open_min, instruments=machines, by=by)
    others = outside()
    for it in others:
        add_laboratory(name=it.name, is_own=False, tubes_a_day=it.tubes_a_day, by=by)
    return 1 + len(others)


def _named(kind: str, machines: tuple[Machines, ...] | list[Machines]) -> list[NewInstrument]:
    """Machines as they are told, each with a number of its own."""
    numbers = count(1)
    return [
        NewInstrument(kind=kind, name=f"{NAMES[kind]} {next(numbers)}", n_wells=it.wells, run_min=it.run_min)
        for it in machines
        for _ in range(it.n)
    ]
