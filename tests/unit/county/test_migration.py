"""Carrying areas from one edition to the next."""

import pytest

from fangxian.core.divisions import read_divisions
from fangxian.core.migration import read_migration
from fangxian.core.refusal import Refusal

HEAD = "code,name,kind,parent_code\n990001,甲县,county,9900\n990001100,乙镇,township,990001\n"


def edition(name: str, *villages: str):
    rows = "".join(f"990001100{number},第{number}村委会,village,990001100\n" for number in villages)
    return read_divisions((HEAD + rows).encode(), edition=name)


OLD, NEW = edition("2021", "200", "201", "202"), edition("2022", "202", "300")


def move(old: str, new: str, **extra: object) -> str:
    lines = {"old": f"990001100{old}", "new": f"990001100{new}", "strength": "inferred", "note_zh": "", "note_en": ""}
    entries = {**lines, **extra}.items()
    return "[[moved]]\n" + "".join(f"{k} = {v if isinstance(v, int) else repr(v)}\n" for k, v in entries)


def read(*moves: str, editions: tuple[str, str] = ("2021", "2022")):
    head = f"from_edition = '{editions[0]}'\nto_edition = '{editions[1]}'\nsource = 'a test'\n"
    return read_migration((head + "".join(moves)).encode(), old=OLD, new=NEW)


def code_of(*moves: str, **options) -> str:
    with pytest.raises(Refusal) as raised:
        read(*moves, **options)
    return raised.value.code


BOTH = (move("200", "300"), move("201", "300", cell_offset=100))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("990001", "990001"),
        ("990001100", "990001100"),
        ("990001100202", "990001100202"),
        ("990001100200", "990001100300"),
        ("990001100200007", "990001100300007"),
        ("990001100201007", "990001100300107"),
        ("990001100202007", "990001100202007"),
    ],
)
def test_an_area_goes_where_the_longest_part_of_it_goes(before, after):
    assert read(*BOTH).migrate(before) == after


def test_inferred_moves_ask_to_be_confirmed():
    moves = (move("200", "300", strength="published"), BOTH[1])
    assert [m.old_code for m in read(*moves).to_confirm] == ["990001100201"]


def test_nobody_is_left_behind():
    assert code_of(BOTH[0]) == "migration.left_behind"


def test_units_that_merge_must_keep_their_cells_apart():
    assert code_of(BOTH[0], move("201", "300")) == "migration.cells_collide"


@pytest.mark.parametrize(
    "wrong",
    [move("299", "300"), move("201", "299"), move("201", "300", strength="guessed"), BOTH[0]],
)
def test_a_move_from_nowhere_to_nowhere_of_no_strength_or_twice_is_refused(wrong):
    assert code_of(*BOTH, wrong) == "migration.wrong_move"


def test_a_migration_of_other_editions_is_refused():
    assert code_of(*BOTH, editions=("2022", "2023")) == "migration.other_editions"


def test_what_is_not_a_migration_is_refused():
    with pytest.raises(Refusal, match="unreadable"):
        read_migration(b"moved = 3", old=OLD, new=NEW)
