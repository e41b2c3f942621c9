"""How many people may share a tube in a round (混检比例), by the risk there is where it is held.

1. the listed risk areas of this county that the round reaches into       risk_areas
2. the levels of risk that the rulebook of its disease counts             measures
3. what may be shared there, by the rulebook or as is usual                core.screening

It is said, and refuses nothing: the rule is the practice of 2022 and no law, and a first round may be all 10:1
(domain.md §4.1). A round that reaches into a risk area and elsewhere is better two.
"""

from collections.abc import Collection
from datetime import datetime

from fangxian.core.screening.modes import Mode, mode_of
from fangxian.ops.lab.queries import ScreeningRound, areas_covered, areas_on_roster, groups_of
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.current import the_realm
from fangxian.ops.risk_areas.queries import levels_touching


def mode_for(disease: str, areas: Collection[str], at: datetime) -> Mode:
    """How many may share a tube in these areas now."""
    return mode_of(rulebooks_by_disease(at).get(disease), levels_touching(areas), at)


def mode_in_county(at: datetime) -> Mode:
    """How many may share a tube in a round of the whole county, of whichever disease, the strictest."""
    levels, books = levels_touching([the_realm().division_code]), rulebooks_by_disease(at).values()
    modes = (mode_of(it, levels, at) for it in books if it.has_gate)
    return min(modes, key=lambda it: it.largest, default=mode_of(None, levels, at))


def mode_of_round(row: ScreeningRound, at: datetime) -> Mode:
    """How many may share a tube in this round now: by its areas, and by where those live whom its groups brought."""
    homes = areas_on_roster(row) if groups_of(row) else ()
    return mode_for(row.disease, {*areas_covered(row), *homes}, at)


def above_risk(row: ScreeningRound, at: datetime) -> Mode | None:
    """What is allowed where more share a tube in this round than the risk there now allows; None: no more do, or the
    round is over.
    """
    mode = mode_of_round(row, at) if row.pool_size > 1 and row.state != "closed" else None
    return mode if mode and row.pool_size > mode.largest else None
