"""How large a file may be, and where old spreadsheets stop without a word."""

from fangxian.core.parameters import Parameter

FILE_SIZE = Parameter(
    value=64,
    unit="MiB",
    low=1,
    high=1024,
    meaning="The largest file that is taken in",
    source="a guess: a list of 100,000 people with six columns is about 10 MiB as CSV and 6 MiB as XLSX",
)
UNPACKED_SIZE = Parameter(
    value=512,
    unit="MiB",
    low=16,
    high=4096,
    meaning="The most a workbook may unpack to, so that a small file cannot fill the memory",
    source="a guess: a list of 100,000 people unpacks to about 30 MiB",
)
SHEET_CELLS = Parameter(
    value=12_000_000,
    unit="cells",
    low=100_000,
    high=100_000_000,
    meaning="The largest rectangle of cells a sheet may span, since it is read into memory whole",
    source="a guess: 1,048,576 rows of 11 columns",
)
XLS_ROWS = Parameter(
    value=65_536,
    unit="rows",
    low=65_536,
    high=65_536,
    meaning="The most rows a sheet of an .xls workbook holds; further rows are lost without a word",
    source="Excel 97-2003 specification; 15,841 cases were lost to it in England in 2020",
)
XLSX_ROWS = Parameter(
    value=1_048_576,
    unit="rows",
    low=1_048_576,
    high=1_048_576,
    meaning="The most rows a sheet of an .xlsx workbook holds; further rows are lost without a word",
    source="ECMA-376, Excel specifications and limits",
)
MEBIBYTE = 1 << 20
