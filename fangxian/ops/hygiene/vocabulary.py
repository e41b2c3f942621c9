"""Which venues, as the county's register of venues classes them, may be on the register of priority places as what."""

from collections.abc import Mapping
from typing import Final

VENUE_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "cold-chain": ("market", "shop", "restaurant", "factory"),
    "market": ("market",),
    "supermarket": ("market", "shop"),  # a supermarket's door is a market's in Fushan's rulebook
    "pharmacy": ("pharmacy",),
    "fever-clinic": ("hospital", "health-centre"),
    "health-care": ("hospital", "health-centre"),
    "quarantine-site": ("quarantine-site", "hotel"),
    "sampling-site": ("sampling-site",),
    "school": ("school", "kindergarten"),
    "care-home": ("care-home",),
    "courier-depot": ("courier-depot",),
    "station": ("station",),
    "hotel": ("hotel",),
    "catering": ("restaurant",),
    "entertainment": ("entertainment",),
    "worship": ("worship",),
}
