"""What crosses the boundary of the sheets room: fields that may be filled in, where a form's table is, its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from fangxian.core.refusal import Said
from fangxian.ops.intake.fields import Field, Form
from fangxian.ops.intake.fields import Kind as Vocabulary


class Kind(StrEnum):
    """How a value is written into a cell."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    EXACT = "exact"  # digits that are no number: identity numbers, phones; the cell is text for good


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetField:
    """One thing that a column may hold; `aliases` are further heads that mean it, as people write them."""

    name: str
    said: Said
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()


def vocabulary_of(name: str, said: Said, fields: Sequence[SheetField]) -> Vocabulary:
    """The fields as intake knows those of a list, so that heads are held against them in the same way."""
    return Vocabulary(name, said, tuple(Field(it.name, it.said, Form.TEXT, aliases=it.aliases) for it in fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the table of a form stands; rows from 1.

    Attributes
    ----------
    heads : one a column from A on, of a head of several storeys joined by "/"; "" where there is none
    body_last : the last row that is there to be filled in; `head_last` where the form has none
    formulas : columns (from 1) that reckon for themselves in the rows to fill in; they go on to
    order : what stands in the rows of the first column that is filled in with a place, where the form has it printed
    """

    sheet: str
    head_first: int
    head_last: int
    body_last: int
    heads: tuple[str, ...]
    order: tuple[str, ...] = ()
    formulas: tuple[int, ...] = ()

    @property
    def body_first(self) -> int:
        return self.head_last + 1

    @property
    def n_body(self) -> int:
        return max(0, self.body_last - self.head_last)

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def read_layout(stored: Mapping) -> Layout:
    lists = {name: tuple(stored[name]) for name in ("heads", "order", "formulas")}
    return Layout(**{**stored, **lists})


@dataclass(frozen=True, slots=True)
class ColumnMeaning:
    """What one column is filled in with: a field, or always the same text, or with neither nothing."""

    field: str = ""
    text: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def read_columns(stored: Sequence[Mapping[str, str]]) -> tuple[ColumnMeaning, ...]:
    return tuple(ColumnMeaning(**it) for it in stored)
