"""A column's cells of some hundred rows at once, each read as `cells.read_cell` does: most need no step of their own.

Of a list of 100,000 rows a step for each cell took a tenth of the import.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from fangxian.core.refusal import Refusal

from .cells import LONGEST_CELL, NUMBERS, read_cell
from .fields import Field, Form

# Words and days, of which a long list has few; each is read once.
FEW_DIFFERENT = frozenset({Form.CHOICE, Form.DATE, Form.MOMENT, Form.AGE})
MOST_DIFFERENT = 10_000
Column = tuple[Sequence[str], dict[int, Refusal]]


def reader_of(field: Field) -> Callable[[Sequence[object]], Column]:
    """How cells of a column are read: the text of each, and by its place why one is refused, whose text is then ""."""
    if field.form in NUMBERS:
        return partial(_numbers, field)
    return partial(_few_different, field, {"": ""}) if field.form in FEW_DIFFERENT else partial(_texts, field)


def read_one_by_one(field: Field, cells: Iterable[object]) -> Column:
    """What a column is: the definition."""
    texts, refused = [], {}
    for place, cell in enumerate(cells):
        try:
            texts.append(read_cell(cell, field))
        except Refusal as refusal:
            refused[place] = refusal
            texts.append("")
    return texts, refused


def _few_different(field: Field, known: dict[object, str], cells: Sequence[object]) -> Column:
    try:
        return [known[cell] for cell in cells], {}
    except (KeyError, TypeError):  # of what hashes to a known text's place nothing but that text is equal to it
        pass
    if {*map(type, cells)} != {str}:
        return read_one_by_one(field, cells)
    if len(known) > MOST_DIFFERENT:
        known.clear()
        known[""] = ""
    new = [cell for cell in dict.fromkeys(cells) if cell not in known]
    texts, refused = read_one_by_one(field, new)
    known.update(
        (cell, text) for place, (cell, text) in enumerate(zip(new, texts, strict=True)) if place not in refused
    )
    return ([known[cell] for cell in cells], {}) if not refused else read_one_by_one(field, cells)


def _texts(field: Field, cells: Sequence[object]) -> Column:
    """Text in which every character can be seen, and no mark of a spreadsheet's, is as it stands."""
    if {*map(type, cells)} == {str}:
        texts = [*map(str.strip, cells)]
        joined = "".join(texts)
        is_short = len(joined) <= LONGEST_CELL or max(map(len, texts)) <= LONGEST_CELL
        if is_short and joined.isprintable() and "'" not in joined and "=" not in joined:
            return texts, {}
    return read_one_by_one(field, cells)


def _numbers(field: Field, cells: Sequence[object]) -> Column:
    """Digits that a spreadsheet has not rounded are as they stand."""
    texts: list[str] = []
    refused: dict[int, Refusal] = {}
    for place, cell in enumerate(cells):
        if type(cell) is str and (not cell or (cell.isdecimal() and cell[-3:] != "000")):
            texts.append(cell)
            continue
        try:
            texts.append(read_cell(cell, field))
        except Refusal as refusal:
            refused[place] = refusal
            texts.append("")
    return texts, refused
