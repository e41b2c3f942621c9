"""The picture of a tree: no two boxes touch, time reads to the right, and the same input gives the same picture."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.exposure.tree import NO_DAY, Sizes, choose_folded, lay_out

DAYS = st.one_of(st.integers(0, 40), st.sampled_from([NO_DAY, -700_000, 9_000]))


@st.composite
def forests(draw, most=40):
    """Any forest, its cases in any order, with days in any order."""
    n = draw(st.integers(0, most))
    places = draw(st.permutations(range(n)))
    infector = [-1] * n
    for nth in range(1, n):
        above = draw(st.integers(-1, nth - 1))
        infector[places[nth]] = places[above] if above >= 0 else -1
    return infector, draw(st.lists(DAYS, min_size=n, max_size=n)), draw(st.lists(st.booleans(), min_size=n, max_size=n))


def hidden(infector: list[int], folded: list[bool]) -> set[int]:
    """Whoever has a folded case somewhere above, by going up from each."""
    found = set()
    for case, above in enumerate(infector):
        while above >= 0:
            if folded[above]:
                found.add(case)
            above = infector[above]
    return found


@given(forest=forests())
def test_no_two_boxes_lie_on_one_another(forest):
    infector, day, folded = forest
    sizes = Sizes()
    found = lay_out(infector, day, folded=folded, sizes=sizes)
    boxes = sorted(zip(found.row.tolist(), found.x.tolist(), strict=True))
    for (row, x), (next_row, next_x) in pairwise(boxes):
        assert row < next_row or x + sizes.box <= next_x
    assert all(x >= 0 and x + sizes.box <= found.width for _, x in boxes)
    assert {row for row, _ in boxes} == set(range(found.n_rows))


@given(forest=forests())
def test_everybody_is_drawn_once_but_those_folded_away_who_are_counted(forest):
    infector, day, folded = forest
    found = lay_out(infector, day, folded=folded)
    away = hidden(infector, folded)
    assert sorted(found.node.tolist()) == sorted(set(range(len(infector))) - away)
    assert sum(found.n_hidden.tolist()) == len(away)


@given(forest=forests())
def test_an_infector_stands_before_whom_it_infected_unless_its_day_says_otherwise_and_that_is_marked(forest):
    infector, day, folded = forest
    found = lay_out(infector, day, folded=folded)
    place = {case: nth for nth, case in enumerate(found.node.tolist())}
    for case, nth in place.items():
        above = infector[case]
        if above < 0:
            assert not found.is_backwards[nth]
            continue
        at = place[above]
        assert at < nth
        assert found.row[at] <= found.row[nth]
        assert (found.x[at] < found.x[nth]) == (not found.is_backwards[nth])
        if NO_DAY not in (day[case], day[above]):
            assert found.is_backwards[nth] == (day[case] < day[above])


@given(forest=forests())
def test_a_later_day_stands_further_to_the_right(forest):
    infector, day, _ = forest
    found = lay_out(infector, day)
    x = dict(zip(found.node.tolist(), found.x.tolist(), strict=True))
    known = sorted((d, x[case]) for case, d in enumerate(day) if d != NO_DAY)
    for (d, at), (next_d, next_at) in pairwise(known):
        assert d == next_d or at < next_at


@given(forest=forests())
def test_rows_of_a_family_stand_together_so_that_folding_it_leaves_no_holes(forest):
    infector, day, _ = forest
    found = lay_out(infector, day)
    nodes = found.node.tolist()
    for nth, case in enumerate(nodes):
        family = [case]
        for other in nodes[nth + 1 :]:
            if infector[other] not in family:
                break
            family.append(other)
        rows = found.row[nth : nth + len(family)]
        assert set(rows.tolist()) == set(range(rows[0], rows[-1] + 1))
        assert not set(found.row[nth + len(family) :].tolist()) & (set(rows.tolist()) - {int(rows[0])})


@given(forest=forests())
def test_the_same_forest_is_the_same_picture(forest):
    infector, day, folded = forest
    one, other = lay_out(infector, day, folded=folded), lay_out(np.array(infector), np.array(day), folded=folded)
    assert one.node.tolist() == other.node.tolist()
    assert one.x.tolist() == other.x.tolist()
    assert one.row.tolist() == other.row.tolist()


@given(forest=forests(), most=st.integers(0, 45))
def test_what_is_folded_leaves_no_more_than_was_asked_for_beside_the_first_cases(forest, most):
    infector, day, _ = forest
    found = lay_out(infector, day, folded=choose_folded(infector, most))
    assert len(found.node) <= max(most, infector.count(-1))
    if most >= len(infector):
        assert len(found.node) == len(infector)


@given(forest=forests())
def test_folding_leaves_everybody_else_where_they_were_but_for_the_rows_that_went(forest):
    """A browser folds by itself: it leaves rows out and counts the others anew. The server draws the same."""
    infector, day, folded = forest
    whole, some = lay_out(infector, day), lay_out(infector, day, folded=folded)
    shown = set(some.node.tolist())
    left = [(case, x, row) for case, x, row in zip(whole.node, whole.x, whole.row, strict=True) if int(case) in shown]
    anew = {row: nth for nth, row in enumerate(dict.fromkeys(row for _, _, row in left))}
    assert some.node.tolist() == [case for case, _, _ in left]
    assert some.x.tolist() == [x for _, x, _ in left]
    assert some.row.tolist() == [anew[row] for _, _, row in left]
