"""Columns read some hundred cells at once: each cell is what it is when it is read alone."""

import random
from datetime import date, datetime, time

import pytest

from fangxian.ops.intake.columns import MOST_DIFFERENT, read_one_by_one, reader_of
from fangxian.ops.intake.fields import Field, Form
from fangxian.ops.intake.kinds import KINDS

PLAIN = ["", "测甲", "天坛镇", "15400000001", "2022-04-08", "35", "男"]
HOSTILE = [
    " ", " 测甲 ", "\u200b测甲", "'=1+1", "'测", '="00123"', "=1", "1.4E+17", "999027199001010000", "１５４",
    "x" * 4001, "2022/4/8", "20220408", "44659", "2022-04-08 09:30", "2022-13-01", "11个月", "200", "不知道", "男性",
    "\ud800",
    1.0, 154.5, 15400000001, True, False, None, date(2022, 4, 8), time(9, 30), float("nan"),
    datetime(2022, 4, 8, 9, 30),  # noqa: DTZ001  as a workbook has it
]  # fmt: skip
CHOICE = next(field for kind in KINDS.values() for field in kind.fields if field.name == "sex")
FIELDS = [CHOICE, *(Field(name=str(form), said=CHOICE.said, form=form) for form in Form if form is not Form.CHOICE)]


def told(column):
    texts, refused = column
    return [refused[n].said.zh if n in refused else text for n, text in enumerate(texts)]


@pytest.mark.parametrize("field", FIELDS, ids=lambda it: str(it.form))
def test_a_column_is_what_its_cells_are_one_by_one(field):
    dice, read = random.Random(7), reader_of(field)
    for n_hostile in (0, 0, 1, 2, 20, 200, 0):
        cells = dice.choices(PLAIN, k=50) + dice.choices(HOSTILE, k=n_hostile)
        dice.shuffle(cells)
        assert told(read(cells)) == told(read_one_by_one(field, cells))


def test_a_column_of_very_many_different_days_is_read_to_its_end():
    field = Field(name="on", said=CHOICE.said, form=Form.DATE)
    read, days = reader_of(field), [date.fromordinal(700_000 + n).isoformat() for n in range(MOST_DIFFERENT + 1200)]
    assert [text for at in range(0, len(days), 400) for text in read(days[at : at + 400])[0]] == days


def test_no_cells_are_no_texts():
    assert [reader_of(field)([]) for field in FIELDS] == [([], {})] * len(FIELDS)
