"""Four weeks of invented arrivals in a demo county (演示数据：落地申报).

1. who came back or came, from where, by what: drawn from a seed        arrivals
2. what the rules asked of each, as of the lists that are known         arrival_decision
3. evidence of those of whom a measure is asked                         movement

Every figure is an assumption of the demo and says nothing of the county.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.arrivals.actions import declare
from fangxian.ops.arrivals.queries import DECLARED_AS, TRANSPORTS
from fangxian.ops.arrivals.wire import NewArrival, Told, ToldLeg, ToldStay
from fangxian.ops.movement.actions.evidence import record_evidence
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.people.queries import persons_in_order
from fangxian.ops.realm.current import the_realm
from fangxian.ops.risk_areas.wire import the_nation

from .arrival_decision import Weighing, decide, weighing
from .arrival_evidence import evidence_of

Step = Callable[[Said, int, int], None]
ARRIVALS_SAID = Said("录入来返申报（虚构）", "Arrivals (invented)")
SEED, DAYS, AT_ONCE = 20220420, 28, 500
BACK_A_DAY = Parameter(
    value=1.5, unit="per 1,000 people a day", low=0.5, high=8,
    meaning="How many of a demo county's people come back from elsewhere on a day and declare it",
    source="a guess: about 150 a day in a county of 98,833, nearly one for each grid worker",
)  # fmt: skip
AWAY_DAYS = Parameter(
    value=3, unit="days", low=1, high=21,
    meaning="How long they had been away, in the median",
    source="a guess: a visit to the city, some from work elsewhere",
)  # fmt: skip
# From where, out of a thousand: the prefecture's city, other counties of it, the province's capital, other prefectures
# of the province, and the rest of the nation.
FROM_CITY, FROM_PREFECTURE, FROM_CAPITAL, FROM_PROVINCE = 420, 250, 120, 110
GRID_WORKER = "网格员（演示）"
ZONES_FROM = "71"  # development zones, which the statistics count beside counties
TRAINS = ("D5327", "D2502", "G2631", "K604", "K7807", "1163")


def seed_arrivals(*, at: datetime, by: str, step: Step) -> dict[str, int]:
    """Give a demo's people four weeks of arrivals until `at`; how many. With the same seed they are the same."""
    if not the_realm().is_synthetic:
        return {"n_arrivals": 0}
    rng, made = Random(SEED), 0
    origins = _Origins.of(the_realm().division_code)
    persons = list(persons_in_order().values_list("pk", "area_path"))
    n = round(len(persons) * BACK_A_DAY.value * DAYS / 1000)
    chosen = rng.sample(persons, min(n, len(persons)))
    journeys = [_journey(rng, origins, at) for _ in chosen]
    weighed = weighing(journeys, at)
    for start in range(0, len(chosen), AT_ONCE):
        some = zip(chosen[start : start + AT_ONCE], journeys[start : start + AT_ONCE], strict=True)
        new = [_new(person, told, decide(told, weighed), rng) for person, told in some]
        rows = [it.row for it in declare(arrivals=new, by=by)]
        record_evidence(pieces=list(_evidence(rows, weighed)), by=by)  # codes are computed once, of everybody
        made += len(rows)
        step(ARRIVALS_SAID, made, len(chosen))
    return {"n_arrivals": made}


class _Origins:
    """Counties of the nation, nearest first."""

    def __init__(self, city: Sequence[str], prefecture: Sequence[str], capital: Sequence[str],
                 province: Sequence[str], nation: Sequence[str]) -> None:  # fmt: skip
        self.rings = (city, prefecture, capital, province, nation)

    @classmethod
    def of(cls, home: str) -> "_Origins":
        found = (code for code in the_nation().name_of if len(code) == 6 and code != home)
        counties = [code for code in found if code[4:] < ZONES_FROM]
        prefecture = [code for code in counties if code.startswith(home[:4])] or counties
        capital = [code for code in counties if code.startswith(f"{home[:2]}01")] or counties
        province = [code for code in counties if code.startswith(home[:2])] or counties
        return cls(prefecture[:1], prefecture, capital, province, counties)

    def draw(self, rng: Random) -> str:
        drawn = rng.random() * 1000
        for ring, n in zip(self.rings, (FROM_CITY, FROM_PREFECTURE, FROM_CAPITAL, FROM_PROVINCE), strict=False):
            if drawn < n:
                return rng.choice(ring)
            drawn -= n
        return rng.choice(self.rings[-1])


def _journey(rng: Random, origins: _Origins, at: datetime) -> Told:
    arrives_at = (at - timedelta(minutes=15 * rng.randrange(1, DAYS * 96))).replace(second=0, microsecond=0)
    on = localtime(arrives_at).date()
    away = min(40, max(1, round(rng.lognormvariate(0, 0.9) * AWAY_DAYS.value)))
    first = on - timedelta(days=away)
    places = [origins.draw(rng) for _ in range(1 if away < 4 or rng.random() < 0.7 else 2)]
    return Told(arrives_at=arrives_at, stays=tuple(_stays(places, first, on)), legs=tuple(_legs(rng, arrives_at)))


def _stays(places: Sequence[str], first: date, on: date) -> Iterator[ToldStay]:
    turn = first + (on - first) // 2
    if len(places) == 1:
        yield ToldStay(division=places[0], begins_on=first, ends_on=on + timedelta(days=1))
        return
    yield ToldStay(division=places[0], begins_on=first, ends_on=turn + timedelta(days=1))
    yield ToldStay(division=places[1], begins_on=turn, ends_on=on + timedelta(days=1))


def _legs(rng: Random, arrives_at: datetime) -> Iterator[ToldLeg]:
    begins_at = arrives_at - timedelta(minutes=15 * rng.randrange(4, 24))
    if rng.random() < 0.3:
        seat = f"{rng.randrange(1, 9):02}车{rng.randrange(1, 18)}{rng.choice('ABCDF')}"
        yield ToldLeg(
            transport=TRANSPORTS.TRAIN, vehicle=rng.choice(TRAINS), seat=seat, begins_at=begins_at, ends_at=arrives_at
        )
    else:
        yield ToldLeg(transport=TRANSPORTS.CAR, begins_at=begins_at, ends_at=arrives_at)


def _evidence(rows: Sequence, weighed: Weighing | None) -> Iterator[NewEvidence]:
    for row in rows:
        piece = evidence_of(row, weighed.rulebook, GRID_WORKER) if weighed and row.measure else None
        if piece is not None:
            yield piece


def _new(person: tuple[UUID, str], told: Told, decided, rng: Random) -> NewArrival:
    declared_as = DECLARED_AS.PERSON if rng.random() < 0.6 else DECLARED_AS.GRID_WORKER
    return NewArrival(
        person=person[0], area_path=person[1], declared_as=declared_as, has_landed=True, told=told, decided=decided
    )
