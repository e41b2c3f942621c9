"""What a spreadsheet may have done to a list that can be seen only in many rows of it: warned of, not refused."""

from collections.abc import Mapping, Sequence
from typing import Any

from .fields import Field, Form

OLD_CELL = 255  # characters at which old spreadsheets and drivers cut a cell without a word
LANDLINE_DIGITS = (9, 10, 11)  # of a phone with its area code, whose 0 is gone
NO_AREA_CODE = ("0", "1", "")  # how most phones begin, mobiles and those whose 0 is there: no such landline
CELLS_OF_255, ZEROS_LOST = "cells_of_255", "leading_zeros_lost"
MERGED_ROWS = "merged_rows"


class Watch:
    """Looks at each record once; `warnings` then names what was seen."""

    def __init__(self, headers: Sequence[str], by_header: Mapping[str, Field]) -> None:
        """`by_header` : the field of each header that is known."""
        fields = [(index, by_header.get(header)) for index, header in enumerate(headers)]
        self._phones = [index for index, field in fields if field and field.form is Form.PHONE]
        self._n_cut = self._n_longer = self._n_phones = 0

    def look(self, cells: Sequence[Any]) -> None:
        try:
            n_characters = len(
                "".join(cells)
            )  # hardly any row has so many, and to ask each cell takes three times that
        except TypeError:  # numbers and days among them
            n_characters = OLD_CELL
        if n_characters >= OLD_CELL:
            lengths = [len(cell) for cell in cells if isinstance(cell, str)]
            self._n_longer += max(lengths, default=0) > OLD_CELL
            self._n_cut += OLD_CELL in lengths
        for index in self._phones:
            if index < len(cells) and (type(cell := cells[index]) is not str or cell[:1] not in NO_AREA_CODE):
                self._n_phones += _lost_its_zero(cell)

    @property
    def warnings(self) -> tuple[str, ...]:
        cut = (CELLS_OF_255,) if self._n_cut and not self._n_longer else ()
        return cut + ((ZEROS_LOST,) if self._n_phones else ())


def _lost_its_zero(cell: object) -> bool:
    """Whether a phone looks like a landline without the 0 of its area code: a mobile begins with 1."""
    if isinstance(cell, float) and cell == cell // 1:
        cell = str(int(cell))
    text = str(cell).strip()
    return text.isdecimal() and len(text) in LANDLINE_DIGITS and text[0] in "23456789"
