"""The numbers of the world that stays and weights stand on, each with where it comes from.

Keys of venue classes are those of the shipped rulebooks. A class that is not listed counts as `STAY_UNKNOWN_CLASS`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from fangxian.core.exposure.columns import UNKNOWN, Column, Context, Venues
from fangxian.core.parameters import Parameter

_BY_GUESS: Final = (
    "a guess, after the synthetic day of core.drill.day.habits: no county publishes how long people stay. Where many "
    "are scanned on the way out, a county can measure it"
)


def _stay(shortest: int, usual: int, longest: int, where: str) -> Parameter:
    return Parameter(
        value=usual,
        unit="min",
        low=shortest,
        high=longest,
        meaning=f"How long a stay lasts {where}, when no further scan ends it; the range is surely to possibly",
        source=_BY_GUESS,
    )


STAY_VILLAGE_POST = _stay(1, 2, 10, "at a village's post")
STAY_COMMUNITY_GATE = _stay(1, 2, 10, "at a community's gate")
STAY_CONTROLLED_GATE = _stay(1, 3, 15, "at the gate of a closed or controlled zone")
STAY_HIGHWAY_POST = _stay(2, 10, 90, "at a checkpoint of a road")
STAY_STATION = _stay(5, 30, 120, "at a coach station, or in a bus or taxi that bears its class")
STAY_HOTEL = _stay(60, 600, 1440, "in a hotel, its night included")
STAY_MARKET = _stay(5, 30, 90, "in a market, supermarket or mall")
STAY_SHOP = _stay(2, 15, 60, "in a shop")
STAY_RESTAURANT = _stay(10, 45, 150, "in a restaurant")
STAY_ENTERTAINMENT = _stay(20, 90, 240, "in a place of entertainment")
STAY_PHARMACY = _stay(2, 10, 40, "in a pharmacy")
STAY_FUEL_STATION = _stay(2, 6, 20, "at a fuel station")
STAY_BANK = _stay(5, 25, 90, "in a bank")
STAY_OFFICE = _stay(5, 40, 540, "in an office or service hall; the longest is a working day")
STAY_FACTORY = _stay(60, 480, 720, "in a factory or on a building site: a shift")
STAY_COURIER_DEPOT = _stay(3, 30, 600, "in a courier's depot; the longest is a shift")
STAY_SCHOOL = _stay(30, 480, 720, "in a school: a day of lessons")
STAY_KINDERGARTEN = _stay(15, 480, 600, "in a kindergarten")
STAY_CARE_HOME = _stay(15, 60, 720, "in a care home; the longest is a shift")
STAY_WORSHIP = _stay(10, 60, 180, "in a place of worship")
STAY_SAMPLING_SITE = _stay(2, 15, 60, "in the queue of a sampling site")
STAY_QUARANTINE_SITE = _stay(30, 480, 1440, "in a quarantine site; the longest is a day")
STAY_HOSPITAL = _stay(15, 120, 720, "in a hospital; the longest is a shift")
STAY_HEALTH_CENTRE = _stay(5, 45, 300, "in a township health centre or clinic")
STAY_UNKNOWN_CLASS = _stay(1, 30, 240, "at a venue of a class that is not listed here")

ROOM = Parameter(
    value=1, unit="of a closed room", low=1, high=1,
    meaning="How much a minute in a closed room counts", source="the measure of the two others",
)  # fmt: skip
HALL = Parameter(
    value=0.5, unit="of a closed room", low=0.1, high=1,
    meaning="How much a minute in a large or aired hall counts",
    source="a guess between a closed room and the open air",
)  # fmt: skip
OPEN_AIR = Parameter(
    value=0.053, unit="of a closed room", low=0.017, high=0.167,
    meaning="How much a minute in the open air counts",
    source="Nishiura et al. 2020 (medRxiv 2020.02.28.20029272): transmission in closed places 18.7 times (6.0 to "
    "57.9) that in the open; recalled",
)  # fmt: skip

CO_PRESENT = Parameter(
    value=10, unit="min", low=1, high=60,
    meaning="From how many likely minutes in one venue, or one cell of the map, somebody is proposed as co-present",
    source="explanation of 时空伴随者: 10 minutes in one cell of 800 m by 800 m (reprinted, weak)",
)  # fmt: skip
CELL_M = Parameter(
    value=800, unit="m", low=100, high=2000, meaning="Side of a cell of the map",
    source="explanation of 时空伴随者 (reprinted, weak)",
)  # fmt: skip
NEAR_ROWS = Parameter(
    value=1, unit="rows of seats", low=0, high=3,
    meaning="How many rows before and behind are near in a vehicle",
    source="criteria for close contacts: the same vehicle within 1 m; a row takes about 0.8 m. Aircraft: 3 rows",
)  # fmt: skip
NEAR_SEATS = Parameter(
    value=2, unit="seats", low=0, high=6, meaning="How many seats to either side are near in a vehicle",
    source="criteria for close contacts: within 1 m; a seat is about 0.45 m wide",
)  # fmt: skip
PARCEL_LASTS = Parameter(
    value=24, unit="h", low=4, high=72,
    meaning="For how long after a case whoever handles the same parcel is listed",
    source="van Doremalen et al. 2020 (NEJM 382:1564): viable virus up to 24 h on cardboard, 72 h on plastic",
)  # fmt: skip
HOUSEHOLD_SHARE = Parameter(
    value=0.5, unit="of all hours", low=0.2, high=1, meaning="How much of the time a household spends together",
    source="a guess: twelve hours a day, the night included",
)  # fmt: skip
CLASS_SHARE = Parameter(
    value=0.2, unit="of all hours", low=0.1, high=0.5, meaning="How much of the time a class spends together",
    source="a guess: five days of seven hours a week",
)  # fmt: skip
WORKROOM_SHARE = Parameter(
    value=0.24, unit="of all hours", low=0.1, high=0.5, meaning="How much of the time a room at work is shared",
    source="a guess: five days of eight hours a week",
)  # fmt: skip
WARD_SHARE = Parameter(
    value=0.9, unit="of all hours", low=0.2, high=1, meaning="How much of the time a ward's patients are in it",
    source="a guess: all but examinations",
)  # fmt: skip

SHARES: Final[Mapping[Context, float]] = {
    Context.HOUSEHOLD: HOUSEHOLD_SHARE.value,
    Context.CLASS: CLASS_SHARE.value,
    Context.WORKROOM: WORKROOM_SHARE.value,
    Context.WARD: WARD_SHARE.value,
}

BY_CLASS: Final[Mapping[str, tuple[Parameter, Parameter]]] = {
    "village-post": (STAY_VILLAGE_POST, OPEN_AIR),
    "community-gate": (STAY_COMMUNITY_GATE, OPEN_AIR),
    "controlled-gate": (STAY_CONTROLLED_GATE, OPEN_AIR),
    "highway-post": (STAY_HIGHWAY_POST, OPEN_AIR),
    "station": (STAY_STATION, HALL),
    "hotel": (STAY_HOTEL, ROOM),
    "market": (STAY_MARKET, HALL),
    "shop": (STAY_SHOP, ROOM),
    "restaurant": (STAY_RESTAURANT, ROOM),
    "entertainment": (STAY_ENTERTAINMENT, ROOM),
    "pharmacy": (STAY_PHARMACY, ROOM),
    "fuel-station": (STAY_FUEL_STATION, OPEN_AIR),
    "bank": (STAY_BANK, ROOM),
    "office": (STAY_OFFICE, ROOM),
    "factory": (STAY_FACTORY, HALL),
    "courier-depot": (STAY_COURIER_DEPOT, HALL),
    "school": (STAY_SCHOOL, ROOM),
    "kindergarten": (STAY_KINDERGARTEN, ROOM),
    "care-home": (STAY_CARE_HOME, ROOM),
    "worship": (STAY_WORSHIP, ROOM),
    "sampling-site": (STAY_SAMPLING_SITE, OPEN_AIR),
    "quarantine-site": (STAY_QUARANTINE_SITE, ROOM),
    "hospital": (STAY_HOSPITAL, HALL),
    "health-centre": (STAY_HEALTH_CENTRE, ROOM),
}
_OF_NO_CLASS: Final = (STAY_UNKNOWN_CLASS, ROOM)


def venues_of(number: Column, venue_class: Sequence[str], cell: Column | None = None) -> Venues:
    """The venues with the stays and the air of their classes. (numbers and classes → `Venues`)

    Parameters
    ----------
    number : (n,) venue numbers, each once
    venue_class : (n,) keys of the rulebook's venue classes; one that is not listed counts as of no class
    cell : (n,) from `cells_of`; None where no position is known
    """
    known = [BY_CLASS.get(key, _OF_NO_CLASS) for key in venue_class]
    stays = np.array([(s.low, s.value, s.high) for s, _ in known], dtype=np.float64).reshape(-1, 3) * 60
    return Venues(
        number=np.asarray(number, np.int64),
        shortest_s=stays[:, 0].astype(np.int64),
        usual_s=stays[:, 1].astype(np.int64),
        longest_s=stays[:, 2].astype(np.int64),
        air=np.array([air.value for _, air in known], dtype=np.float64),
        cell=np.full(len(known), UNKNOWN, np.int64) if cell is None else np.asarray(cell, np.int64),
    )


def cells_of(latitude: Column, longitude: Column, side_m: float = CELL_M.value) -> Column:
    """The cell of the map each position lies in; UNKNOWN where it is not a number. ((n,) degrees → (n,) int64)

    Cells are bands of equal height; within a band they are as wide as high at the band's own latitude.
    """
    metres_a_degree = 111_320.0
    known = ~(np.isnan(latitude) | np.isnan(longitude))
    band = np.floor(np.where(known, latitude, 0) * metres_a_degree / side_m)
    width = side_m / (metres_a_degree * np.cos(np.radians(band * side_m / metres_a_degree)))
    along = np.floor((np.where(known, longitude, 0) + 180) / width)
    found: Column = np.where(known, ((band + 2**20) * 2**20 + along).astype(np.int64), UNKNOWN)
    return found
