"""The fixed words of the policy room: what a colour, an outcome, a presence can be.

Everything a county or a disease may choose is in a rulebook. What is here is what gates, phones and
records must agree on for ever, so each carries the small number that is stored for it.
Zero always means "not known": a record that was never written must not read as permission.
"""

from enum import IntEnum, StrEnum

__all__ = [
    "BEST_TO_WORST",
    "COLOUR_SEVERITY",
    "DOOR_VALUES",
    "EMERGENCY_CLASSES",
    "REACHES",
    "RISK_LEVELS",
    "TRAVEL_SEVERITY",
    "Colour",
    "Freshness",
    "Level",
    "Outcome",
    "Permit",
    "Place",
    "Presence",
    "Strength",
    "Transmission",
    "Travel",
    "VenueStatus",
]


class Colour(IntEnum):
    """The colour of a person's health code 健康码."""

    UNKNOWN = 0
    GREEN = 1
    YELLOW = 2
    RED = 3

    @property
    def word(self) -> str:
        return self.name.lower()


# Indexed by Colour. Unknown is worse than green (nobody may take it for green) and better than a
# colour that a piece of evidence stands behind.
COLOUR_SEVERITY = (1, 0, 2, 3)


class Travel(IntEnum):
    """What the itinerary card or the declared journey says 行程码."""

    UNKNOWN = 0
    CLEAR = 1
    RISK = 2

    @property
    def word(self) -> str:
        return self.name.lower()


TRAVEL_SEVERITY = (1, 0, 2)  # indexed by Travel


class Permit(IntEnum):
    """Whether the person holds a permit for this door."""

    UNKNOWN = 0
    VALID = 1
    EXPIRED = 2
    NONE = 3


class Presence(IntEnum):
    """What proves that the person stood at the door: nothing, a keeper, a changing code, a position."""

    NONE = 0
    STAFFED = 1
    ROTATING = 2
    LOCATED = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class VenueStatus(IntEnum):
    UNKNOWN = 0
    OPEN = 1
    SUSPENDED = 2
    CLOSED = 3


class Freshness(IntEnum):
    """How old the door's knowledge is, against the rulebook's `stale_after`."""

    UNKNOWN = 0
    FRESH = 1
    STALE = 2


class Outcome(IntEnum):
    """A door's answer. The worst of several reasons decides, so the numbers are in that order."""

    ADMIT = 0
    VERIFY = 1
    REFUSE = 2

    @property
    def word(self) -> str:
        return self.name.lower()


class Level(IntEnum):
    """Who issued a document; the smaller number stands above the larger."""

    NATIONAL = 0
    PROVINCE = 1
    CITY = 2
    COUNTY = 3


class Strength(StrEnum):
    """How well a rule's text is known to whoever wrote it into the rulebook."""

    STATED = "stated"  # read in the county's own account
    FOUND = "found"  # read in a public document
    WEAK = "weak"  # the only copy is a poor one
    RECALLED = "recalled"  # general knowledge, not verified
    INFERRED = "inferred"  # follows from other facts
    GUESS = "guess"  # nobody knows; a county must decide


class Transmission(StrEnum):
    AIR = "air"
    CONTACT = "contact"
    FOOD = "food"
    WATER = "water"
    VECTOR = "vector"
    ANIMAL = "animal"


class Place(StrEnum):
    """Where a stage of a measure is spent, the most restricting first."""

    HOSPITAL = "hospital"
    CENTRAL = "central"
    HOME = "home"
    MONITORING = "monitoring"  # at home, health watched, may go out where the rule says so
    COMMUNITY = "community"


def _words(values: type[IntEnum]) -> tuple[str, ...]:
    return tuple(value.name.lower() for value in values)


# Every input a gate can know, with its values in stored order. The bands of a test's age and of a
# temperature are the rulebook's own, between a first value "not known" and a last one.
DOOR_VALUES: dict[str, tuple[str, ...]] = {
    "colour": _words(Colour),
    "travel": _words(Travel),
    "test_age": ("none",),
    "temperature": ("not-taken",),
    "permit": _words(Permit),
    "presence": _words(Presence),
    "venue_status": _words(VenueStatus),
    "freshness": _words(Freshness),
}

# The known values of an input from best to worst; every one after the first is plainly worse than the
# best. Bands of tests and temperatures and a rulebook's own inputs bring their order with them (the file
# lists them so); `presence` is absent, since none of its known values is worse than another.
BEST_TO_WORST: dict[str, tuple[str, ...]] = {
    "colour": ("green", "yellow", "red"),
    "travel": ("clear", "risk"),
    "permit": ("valid", "expired", "none"),
    "venue_status": ("open", "suspended", "closed"),
    "freshness": ("fresh", "stale"),
}

# Keys of venue classes that give emergency care wherever they are: what a rulebook says of itself cannot
# make their doors refuse. Source: Law on Basic Medical and Health Care 2019 art. 27 and Law on Doctors 2021
# art. 27 (no institution or doctor may refuse emergency treatment); township health centres give it in a
# county. A county whose classes bear other keys passes its own to `check` and `compile_doors`.
EMERGENCY_CLASSES = frozenset({"hospital", "health-centre"})

# How far around a listed place a risk state holds: the place itself; the county it lies in; the other counties of its
# prefecture; and, whatever is listed, outside the county's own province; or only where somebody names a division.
REACHES = ("place", "county", "other-counties", "other-province", "named")
RISK_LEVELS = ("high", "medium", "low")  # of the national list, the graver first
