import pytest

from fangxian.ops.changes.wire import first_missing


def deltas(*numbers):
    return [{"number": number} for number in numbers]


@pytest.mark.parametrize(
    ("after", "numbers", "missing"),
    [
        (0, (), None),
        (0, (1, 2, 3), None),
        (7, (8, 9), None),
        (0, (2, 3), 1),
        (4, (5, 7), 6),
        (4, (5, 6, 6), 7),
        (4, (4, 5), 5),
    ],
)
def test_a_reader_finds_the_first_number_it_was_not_given(after, numbers, missing):
    assert first_missing(after, deltas(*numbers)) == missing
