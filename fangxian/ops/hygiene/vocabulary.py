"""Which venues, as the county's register of venues classes them, may be on the register of priority places as what;
and what the kinds of tasks are called that a positive environmental sample leaves to whoever looks after a place."""

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
# By kind of work, the kind of task.
AFTER_A_POSITIVE: Final[Mapping[str, str]] = {
    "disinfection": "hygiene.disinfect_again",
    "sampling": "hygiene.sample_again",
}
