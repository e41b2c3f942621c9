"""How fast scans may come from one device and at one venue: faster than any door, slower than a program."""

from typing import Final

from fangxian.core.parameters import Parameter

DEVICE_PACE = Parameter(
    value=120,
    unit="scans/min",
    low=60,
    high=6_000,
    meaning="How many scans a minute of county time a gate takes from one keeper's device",
    source="three times what one lane passes: GB 50157-2013, Code for design of metro, counts 1,800 people an hour "
    "through a ticket gate and 2,600 (43 a minute) past a person who checks by hand; the busiest door of Fushan's "
    "synthetic day with 300,000 scans has 36",
)
VENUE_PACE = Parameter(
    value=1_200,
    unit="scans/min",
    low=300,
    high=60_000,
    meaning="How many scans a minute of county time a gate takes at one venue from phones that are no keeper's device",
    source="a guess: 72,000 an hour, more than fourteen metres of passage let through one way (GB 50157-2013: 5,000 an "
    "hour and metre) and more than a full stadium lets in",
)
LATE_PACE = Parameter(
    value=1_200,
    unit="scans/min",
    low=300,
    high=60_000,
    meaning="How many scans that come more than 15 min late a gate takes a minute, from one device or at one venue",
    source="a guess: a door's whole day without a network is sent in ten minutes, while others are answered",
)
SAVED_UP_MIN: Final = 6  # minutes of a pace that may come at once: a box of 15 min without network at 43 a minute
SAVED_UP_LATE_MIN: Final = 10
