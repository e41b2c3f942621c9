"""When a screening round would end and what would bring it in time, as somebody asks it: thought, not record.

The same question has the same answer, and somebody who plans asks it again and again: answers are kept for a while.
"""

from dataclasses import dataclass
from functools import lru_cache

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Refusal
from fangxian.core.screening.laboratory import fushan, least_days, outside, tubes_for
from fangxian.core.screening.levers import levers
from fangxian.core.screening.pools import Assay
from fangxian.core.screening.reaching import Reached, reached
from fangxian.core.screening.rounds import evenly
from fangxian.core.screening.staffing import Staffing, kits_of, staffing

OPENS_MIN = 8 * 60
MOST_TUBES = Parameter(
    value=30_000, unit="tubes", low=1_000, high=1_000_000,
    meaning="The largest round that is planned on a page, so that nobody waits longer than some seconds",
    source="choice: three times the county at ten to a tube",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A round somebody thinks about.

    Attributes
    ----------
    within_h : wanted from eight o'clock to the last result
    may_ask_outside, may_pool_20 : whether these levers are there at all
    """

    n_people: int
    n_sites: int
    n_tables: int
    size: int
    within_h: int
    may_ask_outside: bool = True
    may_pool_20: bool = True


@dataclass(frozen=True, slots=True)
class Answered:
    """What comes of it.

    Attributes
    ----------
    n_tubes : at least; with the last of each site not full it is some more
    tubes_a_day : of the county's own laboratory
    least_days : in which that does them, if all were there at once
    kits : by kit, what the round takes
    missed, missed_at_20 : of 1,000 positive people, in tubes of this size and of twenty
    """

    n_tubes: int
    tubes_a_day: int
    least_days: float
    reached: Reached
    staffing: Staffing
    kits: dict[str, int]
    missed: int
    missed_at_20: int


@lru_cache(maxsize=64)
def round_plan(asked: Asked) -> Answered:
    """What comes of a round, and what brings it in time. Some seconds of a processor for the whole county.

    Refuses
    -------
    screening.plan_too_large
    """
    own = fushan()
    planned = evenly(asked.n_people, asked.n_sites, asked.n_tables, asked.size, [own])
    _refuse_too_large(planned.n_tubes)
    given = levers(planned, outside=outside() if asked.may_ask_outside else (), may_pool_20=asked.may_pool_20)
    found = reached(planned, given, by_min=OPENS_MIN + asked.within_h * 60)
    needs, n_tubes = staffing(asked.n_people, asked.n_sites), tubes_for(asked.n_people, asked.size)
    kits = kits_of(asked.n_people, planned.n_tubes, n_samplers=needs.samplers)
    missed, missed_at_20 = (round(1000 * Assay().missed(size)) for size in (asked.size, 20))
    return Answered(
        n_tubes, own.tubes_a_day, least_days(n_tubes, [own]), found, needs, kits, missed, missed_at_20
    )  # fmt: skip


def _refuse_too_large(n_tubes: int) -> None:
    if n_tubes > MOST_TUBES.value:
        raise Refusal(
            "screening.plan_too_large",
            zh="这一轮要 {n_tubes:,} 管，网页上最多算 {most:,} 管。请增加每管人数，或分几轮来算；"
            "更大的可用命令 fangxian plan round。",
            en="This round takes {n_tubes:,} tubes, and a page plans {most:,} at most. Put more people into a tube or "
            "plan it in several rounds; larger ones are for the command fangxian plan round.",
            n_tubes=n_tubes,
            most=int(MOST_TUBES.value),
        )
