"""How large a form may be. A form is a page or two; what is larger is a list, and belongs to the imports."""

from fangxian.core.parameters import Parameter

FORM_SIZE = Parameter(
    value=4,
    unit="MiB",
    low=1,
    high=32,
    meaning="The largest form that may be uploaded to be filled in",
    source="a guess: a form with a logo is below 1 MiB",
)
FORM_UNPACKED = Parameter(
    value=48,
    unit="MiB",
    low=8,
    high=256,
    meaning="The most a form may unpack to, so that a small file cannot fill the memory",
    source="a guess: forms unpack to some hundred KiB; pictures do not shrink",
)
FORM_XML = Parameter(
    value=8,
    unit="MiB",
    low=1,
    high=32,
    meaning="The most that a sheet, the texts or the styles of a form may unpack to",
    source="a guess: 20,000 cells are 2 MiB",
)
FORM_CELLS = Parameter(
    value=20_000,
    unit="cells",
    low=1_000,
    high=200_000,
    meaning="The most cells a form's sheet may have, styled empty ones included",
    source="a guess: 500 ruled rows of 40 columns",
)
MOST_PARTS, MOST_COLUMNS, MEBIBYTE = 500, 200, 1 << 20
