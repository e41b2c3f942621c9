"""References such as $C$5 or C5:C24 in formulas and ranges, once rows were put into the table they speak of."""

import re
from dataclasses import dataclass

CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})")
# Strings are passed over; a reference may have a sheet before it and a second corner behind it.
IN_FORMULA = re.compile(
    r'("(?:[^"]|"")*")'
    r"|((?:'(?:[^']|'')+'|[A-Za-z_\u0080-\uffff][\w.\u0080-\uffff]*)!)?"
    r"(?<![\w.$])(\$?[A-Za-z]{1,3}\$?\d{1,7})(?::(\$?[A-Za-z]{1,3}\$?\d{1,7}))?(?![\w(.!])"
)
LAST_ROW = 1_048_576


@dataclass(frozen=True, slots=True)
class Move:
    """Rows `first` to `last` of a form became `n` rows (`n` not less than they were); `last` < `first`: had none."""

    first: int
    last: int
    n: int

    @property
    def shift(self) -> int:
        return self.n - (self.last - self.first + 1)

    @property
    def new_last(self) -> int:
        return self.first + self.n - 1

    def row(self, row: int) -> int:
        """Where a row of the form stands now; the last row of a sheet stays what it is."""
        return min(row + self.shift, LAST_ROW) if self.last < row < LAST_ROW else row

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where a range of rows stands now: one that has the table's first or last rows has all that came."""
        begins_with_table = first == self.first and self.first <= last <= self.last
        ends_with_table = first <= self.last <= last
        if self.first <= self.last and last <= self.last and (begins_with_table or ends_with_table):
            return first, self.new_last
        return self.row(first), self.row(last)


def moved_area(area: str, move: Move) -> str:
    """A cell or a range without a sheet, such as that of a merged cell; several with spaces between them."""
    return " ".join(_moved_one(it, move) for it in area.split(" "))


def _moved_one(area: str, move: Move) -> str:
    corners = [CELL.fullmatch(it) for it in area.split(":")]
    if not all(corners) or len(corners) > 2:
        return area
    rows = [int(it[4]) for it in corners if it]
    rows = list(move.span(*rows)) if len(rows) == 2 else [move.row(rows[0])]
    return ":".join(f"{it[1]}{it[2]}{it[3]}{row}" for it, row in zip(corners, rows, strict=True) if it)


def moved_formula(formula: str, move: Move, *, sheet: str, is_on_sheet: bool, row: int = 0, step: int = 0) -> str:
    """A formula that says the same after the rows came.

    Parameters
    ----------
    sheet : the one whose rows moved; `is_on_sheet` whether the formula stands on it
    row : the row of the table the formula stands in; 0 for one outside the table
    step : how many rows below `row` a copy of it stands
    """

    def said(found: re.Match) -> str:
        text, on, begins, ends = found.groups()
        if text or not (_names(on, sheet) if on else is_on_sheet):
            return found[0]
        return (on or "") + _moved_reference(begins, ends, move, row, step)

    return IN_FORMULA.sub(said, formula)


def _names(on: str, sheet: str) -> bool:
    name = on[:-1]
    name = name[1:-1].replace("''", "'") if name.startswith("'") else name
    return name.casefold() == sheet.casefold()


def _moved_reference(begins: str, ends: str | None, move: Move, row: int, step: int) -> str:
    corners = [found for it in (begins, ends) if it and (found := CELL.fullmatch(it))]
    rows = [int(it[4]) for it in corners]
    if row and all(it == row for it in rows):  # along its own row
        rows = [it if corner[3] else it + step for it, corner in zip(rows, corners, strict=True)]
    elif len(rows) == 2:
        rows = list(move.span(*rows))
    elif row and not corners[0][3] and move.first <= rows[0] <= move.last:
        rows = [rows[0] + step]
    else:
        rows = [move.row(rows[0])]
    return ":".join(f"{it[1]}{it[2]}{it[3]}{at}" for it, at in zip(corners, rows, strict=True))


def column_number(letters: str) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def letters_of(number: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def copied_formula(formula: str, rows: int, columns: int) -> str:
    """A formula as it reads when it is copied so many rows down and columns to the right."""

    def corner(text: str) -> str:
        it = CELL.fullmatch(text)
        if it is None:
            return text
        letters = it[2] if it[1] else letters_of(max(1, column_number(it[2]) + columns))
        return f"{it[1]}{letters}{it[3]}{it[4] if it[3] else max(1, int(it[4]) + rows)}"

    def said(found: re.Match) -> str:
        text, on, begins, ends = found.groups()
        return found[0] if text else (on or "") + ":".join(corner(it) for it in (begins, ends) if it)

    return IN_FORMULA.sub(said, formula)
