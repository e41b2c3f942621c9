"""Area paths."""

import pytest

from fangxian.ops.realm.areas import end_of


@pytest.mark.parametrize(
    ("path", "end"),
    [("141027", "141028"), ("141027199", "141027200"), ("099", "100"), ("141027100001999", "141027100002000")],
)
def test_the_end_of_an_area_is_its_next_sibling(path, end):
    assert end_of(path) == end


@pytest.mark.parametrize("inside", ["141027100", "141027100001", "141027100001003", "1410271009"])
def test_everything_in_an_area_sorts_between_it_and_its_end(inside):
    assert "141027100" <= inside < end_of("141027100")


@pytest.mark.parametrize("path", ["", "999", "14102a", "141027/100", "−1"])
def test_what_is_no_area_path_is_refused(path):
    with pytest.raises(ValueError, match="digits"):
        end_of(path)
