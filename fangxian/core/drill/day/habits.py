"""What a trade's day looks like: when people come, how long they stay, who stands at the door.

Assumed throughout, and plausible for a county town in spring; no county publishes such figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

Span = tuple[float, float, int]
"""(from hour, to hour, weight of an hour in it); nobody comes outside of all spans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """One trade's day.

    Attributes
    ----------
    weight : share of all errands, per ten thousand; 0 for places where only those who belong there go
    spans : when errands are run
    stay_min : shortest and longest stay
    ages : of those who come
    with_others_per_mille : of errands on which somebody of the household comes along
    out_per_mille : of visits whose end is scanned too
    near_per_mille : of errands within one's own village or community, and within one's own township
    shifts : hours at which those who work there begin
    has_keeper : 0 always somebody at the door, 1 mostly, 2 now and then, 3 hardly ever
    takes_temperature : whether that somebody has a thermometer
    """

    weight: int = 20
    spans: tuple[Span, ...] = ((8, 12, 3), (14, 19, 2))
    stay_min: tuple[int, int] = (5, 25)
    ages: tuple[int, int] = (10, 95)
    with_others_per_mille: int = 60
    out_per_mille: int = 0
    near_per_mille: tuple[int, int] = (550, 300)
    shifts: tuple[float, ...] = (8.0,)
    has_keeper: int = 3
    takes_temperature: bool = False


SHOP: Final = Habits(weight=60, shifts=(8.0, 8.5, 9.0, 9.5))
OFFICE: Final = Habits(
    weight=70, spans=((8, 11.5, 4), (14.5, 17.5, 3)), stay_min=(10, 60), ages=(18, 85), has_keeper=1,
    near_per_mille=(350, 350), with_others_per_mille=20, shifts=(8.0, 8.5),
)  # fmt: skip
MEAL: Final = Habits(
    weight=300, spans=((6.5, 8.5, 3), (11, 13.5, 8), (17, 20.5, 7)), stay_min=(20, 70), ages=(6, 85),
    with_others_per_mille=220, has_keeper=2, near_per_mille=(450, 300), shifts=(6.5, 9.5, 10.0),
)  # fmt: skip
MEDICAL: Final = Habits(
    weight=130, spans=((7.5, 11.5, 5), (14, 17.5, 3), (17.5, 21, 1)), stay_min=(20, 80), ages=(6, 99),
    with_others_per_mille=160, has_keeper=1, takes_temperature=True, near_per_mille=(600, 350),
)  # fmt: skip
WORK: Final = Habits(
    weight=12, ages=(18, 65), has_keeper=1, out_per_mille=120, near_per_mille=(150, 300), shifts=(7.0, 7.5, 8.0)
)
LEISURE: Final = Habits(
    weight=25, spans=((10, 12, 1), (14, 17, 2), (19, 22, 4)), stay_min=(45, 150), ages=(14, 60), has_keeper=1,
    near_per_mille=(300, 200), with_others_per_mille=80, shifts=(9.5, 13.0),
)  # fmt: skip
GATEWAY: Final = Habits(
    weight=800, spans=((6, 9, 5), (9, 16, 2), (16, 21, 4), (21, 22.5, 1)), stay_min=(2, 6), ages=(8, 95),
    has_keeper=0, takes_temperature=True, near_per_mille=(930, 60), with_others_per_mille=90,
)  # fmt: skip

BY_TRADE: Final[Mapping[str, Habits]] = {
    "hospital": replace(
        MEDICAL, weight=520, has_keeper=0, out_per_mille=250, stay_min=(30, 150), near_per_mille=(100, 200),
        shifts=(7.5, 15.5), spans=((0, 6, 1), (6, 7.5, 2), (7.5, 11.5, 14), (14, 17.5, 9), (17.5, 24, 2)),
    ),
    "health_centre": replace(MEDICAL, weight=180, has_keeper=0, shifts=(7.5, 15.5)),
    "village_clinic": replace(MEDICAL, weight=150, has_keeper=2, takes_temperature=False),
    "private_clinic": replace(MEDICAL, weight=90, has_keeper=2),
    "pharmacy": replace(SHOP, weight=280, has_keeper=1, takes_temperature=True),
    "school": replace(OFFICE, weight=10, has_keeper=0, takes_temperature=True, shifts=(7.2,), out_per_mille=30),
    "kindergarten": replace(OFFICE, weight=10, has_keeper=0, takes_temperature=True, shifts=(7.5,)),
    "training_school": replace(LEISURE, weight=30, ages=(6, 17), spans=((17, 20.5, 1),)),
    "government_office": replace(OFFICE, has_keeper=0, takes_temperature=True, out_per_mille=60),
    "township_government": replace(OFFICE, has_keeper=0, near_per_mille=(200, 780)),
    "village_committee": replace(OFFICE, weight=80, has_keeper=2, near_per_mille=(960, 30)),
    "community_committee": replace(OFFICE, weight=60, near_per_mille=(800, 150)),
    "police_station": replace(OFFICE, weight=40, has_keeper=0),
    "service_hall": replace(OFFICE, weight=160, has_keeper=0, takes_temperature=True),
    "bank": replace(OFFICE, weight=210, has_keeper=0, takes_temperature=True),
    "telecom_shop": replace(SHOP, weight=50),
    "post_office": replace(SHOP, weight=40, has_keeper=1),
    "courier_depot": replace(WORK, weight=15, shifts=(6.5,)),
    "parcel_station": replace(SHOP, weight=420, stay_min=(3, 8), has_keeper=2, spans=((9, 13, 2), (16, 20.5, 5))),
    "supermarket": replace(
        SHOP, weight=1150, has_keeper=0, takes_temperature=True, stay_min=(15, 50), with_others_per_mille=190,
        spans=((8, 11, 4), (11, 16, 2), (16, 20.5, 6)), near_per_mille=(420, 330),
    ),
    "convenience_shop": replace(SHOP, weight=620, stay_min=(3, 10), spans=((7, 21, 1),), near_per_mille=(820, 130)),
    "farmers_market": replace(
        SHOP, weight=700, has_keeper=0, stay_min=(15, 45), spans=((6, 7, 5), (7, 10, 9), (10, 12, 3), (16, 18.5, 3)),
        near_per_mille=(350, 450), shifts=(5.5,), with_others_per_mille=110,
    ),
    "grain_oil_shop": SHOP,
    "butcher_greengrocer": replace(SHOP, weight=210, spans=((7, 11, 4), (16, 19, 3))),
    "clothing_shop": replace(SHOP, weight=110, spans=((10, 20, 1),), stay_min=(10, 40)),
    "building_materials": replace(SHOP, weight=50),
    "farm_supplies": replace(SHOP, weight=80, spans=((7, 11, 3), (14, 18, 2))),
    "appliance_shop": SHOP,
    "bakery": replace(SHOP, weight=110, spans=((6.5, 9, 4), (15, 19, 2)), stay_min=(3, 10)),
    "restaurant": replace(MEAL, weight=760, spans=((11, 13.5, 6), (17.5, 21, 7))),
    "snack_bar": replace(MEAL, weight=480, stay_min=(10, 30), with_others_per_mille=120, has_keeper=3),
    "drinks_shop": replace(MEAL, weight=70, spans=((13, 21, 1),), stay_min=(3, 30), ages=(12, 40), has_keeper=3),
    "hotel": replace(LEISURE, weight=60, spans=((12, 18, 2), (18, 23.5, 4)), stay_min=(300, 600), has_keeper=0),
    "barber": replace(SHOP, weight=120, stay_min=(20, 60), spans=((9, 20, 1),)),
    "bathhouse": LEISURE,
    "internet_cafe": replace(LEISURE, weight=30, ages=(18, 35), spans=((0, 2, 1), (12, 24, 2))),
    "karaoke": replace(LEISURE, weight=20, ages=(18, 45), spans=((19, 24, 1),)),
    "gym": replace(LEISURE, weight=20, ages=(18, 50), spans=((6.5, 8.5, 1), (18, 21.5, 3))),
    "cinema": replace(LEISURE, weight=20),
    "public_culture": replace(LEISURE, weight=35, spans=((9, 11.5, 2), (14, 17, 2)), ages=(10, 85)),
    "scenic_spot": replace(LEISURE, weight=20, spans=((9, 16, 1),), with_others_per_mille=300),
    "worship": replace(LEISURE, weight=12, spans=((7, 11, 2), (14, 16, 1)), ages=(40, 90)),
    "care_home": replace(OFFICE, weight=30, has_keeper=0, takes_temperature=True, out_per_mille=400),
    "fuel_station": replace(
        SHOP, weight=190, ages=(20, 65), stay_min=(4, 9), spans=((0, 6, 1), (6, 22, 8), (22, 24, 2))
    ),
    "vehicle_repair": replace(SHOP, weight=50, ages=(20, 65)),
    "coach_station": replace(
        GATEWAY, weight=240, stay_min=(15, 50), near_per_mille=(200, 200),
        spans=((5.5, 9, 4), (9, 17, 3), (17, 19.5, 1)),
    ),
    "bus": replace(GATEWAY, weight=430, stay_min=(10, 30), has_keeper=2, takes_temperature=False,
                   spans=((6.5, 9, 5), (9, 16, 2), (16, 19, 4)), near_per_mille=(150, 400)),
    "taxi": replace(GATEWAY, weight=130, stay_min=(8, 25), has_keeper=3, takes_temperature=False,
                    spans=((0, 5, 1), (5, 23, 3), (23, 24, 1)), ages=(16, 75), near_per_mille=(150, 300)),
    "factory": replace(WORK, shifts=(7.5, 8.0, 15.5), has_keeper=0),
    "coal_mine": replace(WORK, shifts=(7.0, 15.0, 22.5), has_keeper=0),
    "cooperative": replace(WORK, shifts=(7.0,), has_keeper=3, out_per_mille=0),
    "livestock_farm": replace(WORK, shifts=(6.5,), has_keeper=3, out_per_mille=0),
    "worksite": replace(WORK, shifts=(6.8,), has_keeper=0),
    "logistics_yard": replace(WORK, weight=40, spans=((4, 20, 1),), shifts=(6.5, 14.0)),
    "cold_store": replace(WORK, has_keeper=0),
    "residential_compound": replace(GATEWAY, weight=1450, out_per_mille=0),
    "funeral_hall": replace(OFFICE, weight=6),
    "village_post": replace(GATEWAY, weight=1250),
    "county_checkpoint": replace(
        GATEWAY, weight=330, ages=(18, 70), near_per_mille=(0, 0), with_others_per_mille=150, stay_min=(30, 120),
        spans=((0, 5, 2), (5, 8, 5), (8, 19, 6), (19, 24, 3)),
    ),
    "office_company": replace(OFFICE, weight=20, has_keeper=2),
}  # fmt: skip


def habits_of(trade: str) -> Habits:
    """The habits of a trade; those of any shop for one that is not listed."""
    return BY_TRADE.get(trade, SHOP)
