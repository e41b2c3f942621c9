"""What can be pulled to end a round sooner, by how much at most, and what each costs.

Costs are of one round, in yuan, and only there to put sets of levers in an order: a county sets its own. A machine
costs its price, since it stays. More people to a tube costs no money; what it misses is told beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from fangxian.core.parameters import Parameter

from .laboratory import DAY_MIN, Laboratory, Machines
from .rounds import Round

EXTRACTOR_YUAN: Final = Parameter(
    value=250_000, unit="yuan", low=0, high=2_000_000,
    meaning="Price of one more extractor of 96 channels", source="guess: a county sets its own",
)  # fmt: skip
AMPLIFIER_YUAN: Final = Parameter(
    value=180_000, unit="yuan", low=0, high=2_000_000,
    meaning="Price of one more amplifier of 96 wells", source="guess: a county sets its own",
)  # fmt: skip
TABLE_DAY_YUAN: Final = Parameter(
    value=900, unit="yuan a day", low=0, high=10_000,
    meaning="What one more sampling table costs: a sampler, a helper and their suits", source="guess",
)  # fmt: skip
PICK_UP_YUAN: Final = Parameter(
    value=60, unit="yuan", low=0, high=1_000,
    meaning="What it costs to fetch the boxes of one site once more", source="guess: half an hour of a vehicle and two",
)  # fmt: skip
SHIFT_YUAN: Final = Parameter(
    value=3_200, unit="yuan a day", low=0, high=50_000,
    meaning="One more shift of eight people in the laboratory", source="guess",
)  # fmt: skip
SHIFT_TUBES: Final = Parameter(
    value=500, unit="tubes a day", low=50, high=5_000,
    meaning="Tubes that one more shift opens, pipettes and reports", source="guess: three shifts do the county's 1,504",
)  # fmt: skip
SHIFT_MIN: Final = Parameter(
    value=480, unit="minutes", low=240, high=720,
    meaning="How much longer a laboratory is open with one more shift", source="a shift of eight hours",
)  # fmt: skip
OUTSIDE_TUBE_YUAN: Final = Parameter(
    value=60, unit="yuan a tube", low=0, high=500,
    meaning="What a laboratory outside the county takes for a tube",
    source="guess, of pooled tests at a few yuan a person in spring 2022",
)  # fmt: skip
LARGEST_POOL: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """One thing that can be changed, in whole steps.

    Attributes
    ----------
    most : steps
    pull : the round with so many steps
    yuan : what so many steps cost the round as it is
    """

    name: str
    most: int
    pull: Callable[[Round, int], Round]
    yuan: Callable[[Round, int], float]


def levers(
    planned: Round,
    *,
    outside: Sequence[Laboratory] = (),
    extractors: int = 4,
    amplifiers: int = 2,
    shifts: int = 2,
    tables: int = 2,
    pick_ups: int = 2,
    may_pool_20: bool = True,
) -> list[Lever]:
    """What could be pulled for a round.

    Parameters
    ----------
    outside : laboratories that could be asked, the one to ask first first
    extractors, amplifiers, shifts, tables, pick_ups : steps at most; a step of tables is one more at every site, one of
        pick-ups halves the time between two, one of shifts is for the county's own laboratory
    may_pool_20 : whether the rulebook allows twenty to a tube where the round is
    """
    own = planned.laboratories[0]
    is_short_of_hands = own.hands_a_day is not None or own.open_min < DAY_MIN
    given = [
        Lever(name="extractor", most=extractors, pull=_extractors, yuan=_each(EXTRACTOR_YUAN)),
        Lever(name="amplifier", most=amplifiers, pull=_amplifiers, yuan=_each(AMPLIFIER_YUAN)),
        Lever(name="shift", most=shifts if is_short_of_hands else 0, pull=_shifts, yuan=_each(SHIFT_YUAN)),
        Lever(name="tables", most=tables, pull=_tables, yuan=_yuan_of_tables),
        Lever(name="pick_ups", most=pick_ups, pull=_pick_ups, yuan=_yuan_of_pick_ups),
        Lever(name="pool_20", most=int(may_pool_20 and planned.size < LARGEST_POOL), pull=_pool_20, yuan=_nothing),
    ]
    if outside:
        given.append(_outside(outside))
    return [lever for lever in given if lever.most]


def pulled(planned: Round, steps: Mapping[str, int], of: Sequence[Lever]) -> Round:
    """The round with all of these pulled so far."""
    for lever in of:
        if n := steps.get(lever.name, 0):
            planned = lever.pull(planned, n)
    return planned


def yuan_of(planned: Round, steps: Mapping[str, int], of: Sequence[Lever]) -> float:
    """What they cost together. An outside laboratory is paid for the tubes that it gets of the round as it then is."""
    as_pulled = pulled(planned, {name: n for name, n in steps.items() if name == "pool_20"}, of)
    return sum(lever.yuan(as_pulled, steps.get(lever.name, 0)) for lever in of)


def _each(price: Parameter) -> Callable[[Round, int], float]:
    return lambda _, n: price.value * n


def _nothing(planned: Round, n: int) -> float:
    return 0.0


def _own(planned: Round, **changed: object) -> Round:
    first, *others = planned.laboratories
    return replace(planned, laboratories=[replace(first, **changed), *others])  # type: ignore[arg-type]


def _more(machines: Sequence[Machines], n: int) -> list[Machines]:
    """More of the largest."""
    return [*machines, replace(max(machines, key=lambda each: each.wells), n=n)]


def _extractors(planned: Round, n: int) -> Round:
    return _own(planned, extractors=_more(planned.laboratories[0].extractors, n))


def _amplifiers(planned: Round, n: int) -> Round:
    return _own(planned, amplifiers=_more(planned.laboratories[0].amplifiers, n))


def _shifts(planned: Round, n: int) -> Round:
    own = planned.laboratories[0]
    hands = None if own.hands_a_day is None else own.hands_a_day + n * int(SHIFT_TUBES.value)
    return _own(planned, open_min=min(own.open_min + n * int(SHIFT_MIN.value), DAY_MIN), hands_a_day=hands)


def _tables(planned: Round, n: int) -> Round:
    return replace(planned, sites=[replace(site, n_tables=site.n_tables + n) for site in planned.sites])


def _pick_ups(planned: Round, n: int) -> Round:
    return replace(planned, between_pick_ups_min=planned.between_pick_ups_min / 2**n)


def _pool_20(planned: Round, n: int) -> Round:
    return replace(planned, size=LARGEST_POOL)


def _yuan_of_tables(planned: Round, n: int) -> float:
    return TABLE_DAY_YUAN.value * n * sum(site.n_people > 0 for site in planned.sites)


def _yuan_of_pick_ups(planned: Round, n: int) -> float:
    """Of a day: as often again as now, at every site."""
    open_min = sum(site.hours[-1][1] - site.hours[0][0] for site in planned.sites if site.n_people)
    return PICK_UP_YUAN.value * float(2**n - 1) * open_min / planned.between_pick_ups_min


def _outside(laboratories: Sequence[Laboratory]) -> Lever:
    def pull(planned: Round, n: int) -> Round:
        return replace(planned, laboratories=[*planned.laboratories, *laboratories[:n]])

    def yuan(planned: Round, n: int) -> float:
        asked = sum(each.tubes_a_day for each in laboratories[:n])
        share = asked / (asked + planned.laboratories[0].tubes_a_day) if asked else 0.0
        return float(OUTSIDE_TUBE_YUAN.value * planned.n_tubes * share)

    return Lever(name="outside", most=len(laboratories), pull=pull, yuan=yuan)
