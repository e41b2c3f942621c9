"""How many people may share a tube in a round (混检比例), by the risk there is where it is held.

1. the listed risk areas of this county that the round reaches into       risk_areas
2. the levels of risk that the rulebook of its disease counts             measures
3. what may be shared there                                               core.screening

A round that reaches into a risk area and elsewhere is two: what is allowed is allowed everywhere in it.
"""

from collections.abc import Collection
from datetime import datetime

from fangxian.core.refusal import Refusal
from fangxian.core.screening.modes import LEVELS_SAID, Mode, mode_of
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.current import the_realm
from fangxian.ops.risk_areas.queries import levels_touching


def mode_for(disease: str, areas: Collection[str], at: datetime) -> Mode:
    """How many may share a tube in these areas now."""
    return mode_of(rulebooks_by_disease(at).get(disease), levels_touching(areas))


def mode_in_county(at: datetime) -> Mode:
    """How many may share a tube in a round of the whole county, of whichever disease, the strictest."""
    levels, books = levels_touching([the_realm().division_code]), rulebooks_by_disease(at).values()
    modes = (mode_of(it, levels) for it in books if it.has_gate)
    return min(modes, key=lambda it: it.largest, default=mode_of(None, levels))


def refuse_too_many_to_a_tube(disease: str, areas: Collection[str], pool_size: int, at: datetime) -> None:
    """Refuses lab.pool_above_risk."""
    mode = mode_for(disease, areas, at)
    if pool_size <= mode.largest:
        return
    level = LEVELS_SAID[mode.level]
    raise Refusal(
        "lab.pool_above_risk",
        zh="范围内有{level}，{found} 合 1 不行，没有建立。那里最多 {most} 人一管；请改比例，"
        "或把风险区单独作为一轮，其余的另建一轮。",
        en="There is {level_en} within the scope, where {found} people may not share a tube, so the round was not "
        "made. There it is {most} to a tube at most: choose fewer, or make the risk area a round of its own and the "
        "rest another.",
        level=level.zh,
        level_en=level.en,
        found=pool_size,
        most=mode.largest,
    )
