"""Whether an answer still holds, what is urgent, and in which order a round is walked."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from fangxian.core.parameters import Parameter
from fangxian.core.policy.arrivals import Stay
from fangxian.core.policy.rulebook import Measure
from fangxian.core.policy.vocabulary import Place

# The most urgent first. By what somebody may have to do who now goes about freely; within one the latest stay first.
CENTRAL, AT_HOME, PAPERS, LATER = 1, 2, 3, 4
MANY_PLACES = Parameter(
    value=3, unit="venues", low=2, high=10,
    meaning="From how many venues visited on one day somebody is asked like one who works among many",
    source="a guess: a shop or two is anybody's day",
)  # fmt: skip
_KEPT_AWAY: Final = (Place.HOSPITAL, Place.CENTRAL)


class Listed(NamedTuple):
    """A place of a division that was listed on the days `[begins_on, ends_on)`, and since when that is known here."""

    area: str
    begins_on: date
    ends_on: date
    known_at: datetime


class Met(NamedTuple):
    """With how many others somebody has to do today: venues that scanned them, rides, a place where many work."""

    n_places: int = 0
    n_rides: int = 0
    works_among_many: bool = False


def areas_by_division(listed: Iterable[tuple[str, Listed]]) -> dict[str, list[Listed]]:
    found: defaultdict[str, list[Listed]] = defaultdict(list)
    for division, one in listed:
        found[division].append(one)
    return dict(found)


def newest_to_ask_of(stay: Stay, listed: Mapping[str, Sequence[Listed]]) -> datetime | None:
    """When the latest of the places became known that a stay would be asked of: an older answer holds no longer.

    None where there is no such place, so that an answer of any age holds.
    """
    return max((one.known_at for one in areas_to_ask_of(stay, listed)), default=None)


def areas_to_ask_of(
    stay: Stay,
    listed: Mapping[str, Sequence[Listed]],
    since: datetime | None = None,
    but: Collection[str] = frozenset(),
) -> list[Listed]:
    """The places listed where and while somebody was there, of which they did not say that they were in them.

    Parameters
    ----------
    since : only those that became known after this moment: of the others the person was asked
    but : of these they answered
    """
    around = (code for code in dict.fromkeys((stay.division, stay.division[:4])) if code in listed)
    return [
        one
        for code in around
        for one in listed[code]
        if one.begins_on < stay.ends_on and one.ends_on > stay.begins_on
        and (since is None or one.known_at > since) and one.area not in stay.risk_areas and one.area not in but
    ]  # fmt: skip


def urgency_of(possible: Measure, *, is_away: bool = False) -> int:
    """How urgent it is to know, by what would be asked of the person if they were there.

    Whoever is out of the county meets nobody in it: they come one step later.
    """
    if any(stage.place in _KEPT_AWAY for stage in possible.stages):
        return CENTRAL + is_away
    return (AT_HOME if possible.isolation_days else PAPERS) + is_away


def among_others(met: Met) -> int:
    """2: many others may have to be found if this person turns out to be ill; 1: some; 0: none known of today.

    No finer: among those alike the round goes on door by door.
    """
    if met.works_among_many or met.n_rides or met.n_places >= MANY_PLACES.value:
        return 2
    return 1 if met.n_places else 0


def order_on_foot(points: Sequence[tuple[float, float]], begins_at: int = 0) -> list[int]:
    """The order in which places are visited, each time the nearest that is left. n² steps; ties by their order."""
    if not points:
        return []
    left = set(range(len(points)))
    order = [begins_at]
    left.remove(begins_at)
    while left:
        x, y = points[order[-1]]
        nearest = min(left, key=lambda n: ((points[n][0] - x) ** 2 + (points[n][1] - y) ** 2, n))
        order.append(nearest)
        left.remove(nearest)
    return order
