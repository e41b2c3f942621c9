"""The daily figures of contacts add up, whatever was counted, and nobody is in two of them or in none."""

from hypothesis import given
from hypothesis import strategies as st

from fangxian.ops.contacts.counting import scheme_of, sums
from fangxian.ops.contacts.wire import DECIDED, Belongs, Mode, Origin

rows = st.tuples(
    st.sampled_from(list(Origin)),
    st.sampled_from(list(Belongs)),
    st.sampled_from(list(DECIDED)),
    st.sampled_from(["", *Mode]),
    st.integers(1, 500),
)


@given(st.lists(rows, max_size=60))
def test_the_parts_of_each_figure_make_it(counted):
    for _, whole, parts in sums(scheme_of(counted)):
        assert whole == parts


@given(st.lists(rows, max_size=60))
def test_every_decided_contact_is_found_here_or_pushed_to_us(counted):
    figures = scheme_of(counted)
    assert figures.n_own + figures.n_in == sum(n for *_, n in counted)


@given(st.lists(rows, max_size=60))
def test_ours_are_those_that_belong_here(counted):
    assert scheme_of(counted).n_ours == sum(n for _, belongs, _, _, n in counted if belongs == "here")


@given(st.lists(rows, max_size=60))
def test_the_managed_are_ours_who_were_found_and_are_not_through(counted):
    managed = {"traced", "transferred", "in_quarantine"}
    expected = sum(n for _, belongs, state, _, n in counted if belongs == "here" and state in managed)
    assert scheme_of(counted).n_managed == expected
