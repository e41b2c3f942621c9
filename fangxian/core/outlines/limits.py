"""How large a file of outlines may be, and how exact its borders have to meet."""

from fangxian.core.parameters import Parameter

A_GUESS = "a guess a county may correct; none of this is published"
MOST_BYTES = Parameter(
    value=20,
    unit="MiB",
    low=1,
    high=50,
    meaning="The largest file of grid cells' outlines that is read",
    source="184 outlines of 1,000 corners each, surveyed, take about 8 MiB",
)
MOST_OUTLINES = Parameter(
    value=1000,
    unit="outlines",
    low=184,
    high=5000,
    meaning="The most outlines in one file: a county has some hundreds of grid cells",
    source="five times the 184 grid cells of the county",
)
MOST_CORNERS = Parameter(
    value=300_000,
    unit="corners",
    low=10_000,
    high=1_000_000,
    meaning="The most corners of all outlines of a file together; looking for crossings takes time",
    source="184 outlines of 1,600 corners each: one every ten metres of a border of 16 km",
)
MOST_CORNERS_A_RING = Parameter(
    value=20_000,
    unit="corners",
    low=1_000,
    high=100_000,
    meaning="The most corners of one ring",
    source="one every metre around a grid cell of 25 square kilometres",
)
OVERLAP = Parameter(
    value=0.02,
    unit="fraction",
    low=0.0,
    high=0.2,
    meaning="How much of the smaller of two outlines may lie in the other: borders drawn by hand do not meet exactly",
    source=A_GUESS,
)
BEYOND_KM = Parameter(
    value=3.0,
    unit="km",
    low=0.0,
    high=20.0,
    meaning="How far an outline may reach beyond the county's, whose published outline is simplified",
    source="the county's outline has a corner every 1 to 4 km",
)
WITHIN = Parameter(
    value=0.5,
    unit="fraction",
    low=0.1,
    high=1.0,
    meaning="How much of an outline has to lie within the county's",
    source=A_GUESS,
)
