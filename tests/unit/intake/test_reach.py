"""How far a sheet's cells reach, looked at all at once: as the definition says, cell by cell."""

import random

import pytest

from fangxian.ops.intake.workbooks import reach_anyhow, reach_of_cells

PLACES = [
    b' r="A1"', b' r="b20"', b'\tr="AB300"', b' r="XFD1048576"', b'\nr="7"', b' r="ZZZZZZZ9"', b' r="ZZZZZZZZ99"',
    b' r="A1234567890"', b' r="Z"', b' r=""', b' r="C9x"', b'xr="D77"', b' r="E88', b'\x0br="F66"', b"\xa0r=\"G55\"",
    b' r="A\xc1B7"', b' pr="H44"', b" r='I33'", b' r ="J55"', b' r= "K66"', b" r\n=\n'L77'", b"r=",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_read_as_the_definition_reads_it(place):
    assert reach_of_cells(b"<c" + place + b' s="1">') == reach_anyhow(b"<c" + place + b' s="1">')


def test_of_many_cells_the_farthest_row_and_column_count():
    dice = random.Random(3)
    for _ in range(50):
        some = b"<c".join(dice.choices(PLACES[:5] + PLACES[7:11], k=30))
        assert reach_of_cells(some) == reach_anyhow(some)


@pytest.mark.parametrize("some", [b"", b"r", b'r="A1"', b' r="', b' r="A1'])
def test_a_part_that_ends_anywhere_is_read_to_there(some):
    assert reach_of_cells(some) == reach_anyhow(some)


def test_any_bytes_that_look_like_places_are_read_as_the_definition_reads_them():
    dice = random.Random(5)
    for _ in range(2000):
        some = bytes(dice.choices(b"r=\"A7 <\t'", k=40))
        assert reach_of_cells(some) == reach_anyhow(some)
