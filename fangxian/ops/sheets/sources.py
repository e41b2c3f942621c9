"""What a source of a sheet is: a name, columns with their words, and rows as an account may see them.

The sources themselves are the situation's (`situation.sheet_sources`), which sees all rooms; whoever fills a form in is
handed one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account

from .wire import Kind, SheetField, vocabulary_of

# What any form may have beside its source's own: the row's number, of which area, of which day.
NUMBER, AREA, DAY = "row_number", "report_area", "report_day"
COMMON = (
    SheetField(name=NUMBER, said=Said("序号", "number"), kind=Kind.NUMBER, aliases=("no", "行号")),
    SheetField(
        name=AREA,
        said=Said("填报单位", "reporting area"),
        aliases=("填报地区", "上报单位", "填报县区", "县区"),
    ),
    SheetField(
        name=DAY,
        said=Said("填报日期", "reporting day"),
        kind=Kind.DATE,
        aliases=("日期", "上报日期", "填表日期", "报告日期"),
    ),
)
PLACE = "place"  # the field of rows that are areas, whose order is kept where a form has it printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What rows are wanted: whose view, of which area, of the `n_days` whole county days up to `last_on`.

    `begins_at` and `ends_at` are those days as moments, half-open; `at` is now. All are county time.
    """

    account: Account
    area_path: str
    last_on: date
    n_days: int
    begins_at: datetime
    ends_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A field, and its value in a row: text, `Said`, number, date, moment, or None."""

    field: SheetField
    read: Callable[[Any], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where rows of a sheet come from.

    Attributes
    ----------
    permission : what it takes over some area to fill a sheet from it; `rows` keep to the areas in which it holds
    n_days : how many days it is of, unless somebody says otherwise; 0: of now, whatever the days
    of_whom : the subjects a row tells of ("person:<id>"), noted as looked at; None where rows are of no person
    """

    key: str
    said: Said
    permission: str
    columns: tuple[SourceColumn, ...]
    rows: Callable[[Asked], Iterator[Any]]
    n_days: int = 0
    of_whom: Callable[[Any], Sequence[str]] | None = None

    @property
    def is_personal(self) -> bool:
        return self.of_whom is not None

    @property
    def by_name(self) -> Mapping[str, SourceColumn]:
        return {it.field.name: it for it in self.columns}

    @property
    def fields(self) -> tuple[SheetField, ...]:
        """What a column of a form may be filled in with: the source's own, then the common ones."""
        own = tuple(it.field for it in self.columns)
        return (*own, *(it for it in COMMON if it.name not in {field.name for field in own}))

    @property
    def by_header(self) -> dict[str, str]:
        """Each plain head that means something to it → the field."""
        return {head: it.name for head, it in vocabulary_of(self.key, self.said, self.fields).by_header.items()}


def column(
    name: str, zh: str, en: str, read: Callable[[Any], object], kind: Kind = Kind.TEXT, aliases: str = ""
) -> SourceColumn:
    """A column by its field's name and words; `aliases` with spaces between them."""
    return SourceColumn(SheetField(name=name, said=Said(zh, en), kind=kind, aliases=tuple(aliases.split())), read)


def masked(name: str) -> str:
    """The first character, and a mark for the rest."""
    return name[:1] + "*" * min(2, max(1, len(name) - 1)) if name else ""
