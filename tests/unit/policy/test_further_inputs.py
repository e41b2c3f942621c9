"""A rulebook's own further inputs of a door, from what a post was told."""

from types import SimpleNamespace

from fangxian.core.policy.further_inputs import further_inputs

TABLES = SimpleNamespace(
    inputs=("a", "b", "c", "d", "e", "f", "g", "h", "origin", "vehicle"),
    values=((),) * 8 + (("not-asked", "none", "affected", "risk-area"), ("not-asked", "foot", "goods")),
)


def test_what_nobody_was_asked_is_not_known():
    assert further_inputs(TABLES, {}) == (0, 0)


def test_of_several_words_the_one_listed_last_counts():
    assert further_inputs(TABLES, {"origin": {"risk-area", "none", "affected"}, "vehicle": {"foot"}}) == (3, 1)


def test_a_word_the_rulebook_does_not_list_is_not_known():
    assert further_inputs(TABLES, {"vehicle": {"coach"}, "origin": {"none"}}) == (1, 0)
