"""Whom to ask, in the order of urgency and of the way through a grid (核实名单). Part of rescreen.

1. where they live, and in which household     people
2. how urgent it is                            core.rescreening.asking
3. the order of a round                        households as they are numbered, door by door
"""

from collections.abc import Sequence
from uuid import UUID

from fangxian.core.policy.vocabulary import Place
from fangxian.core.rescreening.asking import urgency_of
from fangxian.ops.enquiries.wire import NewEnquiry
from fangxian.ops.people.queries import Home, homes_of

from .rescreen_judging import Judged

ELSEWHERE = 1_000_000  # whoever stays elsewhere in the grid than at home comes after its households


def enquiries_of(judged: Sequence[Judged]) -> list[NewEnquiry]:
    """The enquiries that these people's doubts are. One query."""
    homes = homes_of([it.person for it in judged])
    return [
        NewEnquiry(
            about=doubt.about,
            person=it.person,
            household=_household(it, homes),
            area_path=it.area_path,
            areas=doubt.areas,
            at_stake=_place(it),
            stake_ends_on=it.stake_plan.ends_on if it.stake_plan else None,
            asked_now=it.measure.stages[0].place.value if it.measure.stages else "",
            urgency=urgency_of(it.at_stake),
            route=_route(it, homes),
        )
        for it in judged
        for doubt in it.doubts
    ]


def _place(it: Judged) -> str:
    return it.at_stake.stages[0].place.value if it.at_stake.stages else Place.COMMUNITY.value


def _household(it: Judged, homes: dict[UUID, Home]) -> UUID | None:
    """The household one call asks: only of whoever stays where it is."""
    home = homes.get(it.person)
    return home.household if home and home.area_path == it.area_path else None


def _route(it: Judged, homes: dict[UUID, Home]) -> int:
    home = homes.get(it.person)
    return home.number if home and home.area_path == it.area_path else ELSEWHERE
