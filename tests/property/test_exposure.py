"""Every engine finds what the plain definition finds: stays, what meetings sum to, and each meeting."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fangxian.core.exposure.case_stays import case_stays
from fangxian.core.exposure.co_presence import co_presence
from fangxian.core.exposure.columns import Cases, Context, Venues, Visits
from fangxian.core.exposure.disease import Rules
from fangxian.core.exposure.index import index_visits
from fangxian.core.exposure.matter import visits_that_matter
from fangxian.core.exposure.meetings import find_meetings
from fangxian.core.exposure.one_pass import find_exposed_in_one_pass
from fangxian.core.exposure.search import find_exposed
from fangxian.core.exposure.stays import coded, stays_of
from tests.property import exposure_plain as plain

START = 1_650_000_000
USUAL = {3: (60, 300, 900), 10: (30, 60, 120), 17: (60, 600, 3000)}
UNLISTED = (60, 1800, 14400)  # usual.STAY_UNKNOWN_CLASS
AIR = {3: 1.0, 10: 0.5, 17: 0.05}
VENUES = Venues(
    number=np.array([17, 3, 10]), shortest_s=np.array([60, 60, 30]), usual_s=np.array([600, 300, 60]),
    longest_s=np.array([3000, 900, 120]), air=np.array([0.05, 1.0, 0.5]), cell=np.array([2, -1, 2]),
)  # fmt: skip
CURVE = (0.25, 0.5, 1.0, 0.75, 0.1)
ENGINES = ("numpy", "numba")
WAYS = (("numpy", ""), ("numba", "beside"), ("numba", "sweep"))

# Moments on a coarse grid, so that much falls together: at one moment, at an end, at a beginning.
moments = st.integers(0, 80).flatmap(lambda n: st.sampled_from([30, 60, 300]).map(lambda step: START + n * step))
visit = st.tuples(
    st.integers(1, 5),
    st.sampled_from([3, 10, 17, 99]),
    moments,
    st.sampled_from([0, 1, 1, 2, 3]),
    st.sampled_from([False] * 6 + [True]),
)
visit_rows = st.lists(visit, max_size=40)
case = st.builds(
    plain.CaseRow, st.integers(1, 6), st.integers(START - 1000, START + 3000),
    st.integers(START, START + 24_000), st.integers(START - 90_000, START + 90_000),
)  # fmt: skip
case_rows = st.lists(case, max_size=3)
lingering = st.sampled_from([0, 0, 300])


def usual(venue):
    return USUAL.get(venue, UNLISTED)


def visits_of(rows):
    person, venue, at, presence, leaves = np.array(rows, np.int64).reshape(-1, 5).T
    return Visits(person=person, venue=venue, at_s=at, presence=presence.astype(np.int8), leaves=leaves.astype(bool))


def cases_of(rows):
    person, begins, ends, onset = np.array(rows, np.int64).reshape(-1, 4).T
    return Cases(person=person, begins_s=begins, near_begins_s=begins, ends_s=ends, onset_s=onset)


def rules_with(linger):
    return Rules(first_day=-2, curve=np.array(CURVE), linger_s=linger)


def met_by_definition(rows, cases, linger):
    curve = dict(enumerate(CURVE, -2))
    return plain.meetings(
        plain.stays(rows, usual), cases, curve=lambda day: curve.get(day, 0.0), linger=linger,
        air=lambda venue: AIR.get(venue, 1.0),
    )  # fmt: skip


def rounded(totals):
    return {person: one._replace(weight=round(one.weight, 6)) for person, one in totals.items()}


@pytest.mark.parametrize("engine", ENGINES)
@settings(deadline=None)  # the first example compiles
@given(visit_rows)
def test_stays_are_those_of_the_definition(engine, rows):
    scans = coded(visits_of(rows), VENUES, engine)
    found = stays_of(scans, engine)
    begins = found.begins_s
    columns = (
        scans.people[found.person], scans.places[found.place], begins, begins + found.sure_s, begins + found.likely_s,
        begins + found.possible_s, found.presence,
    )  # fmt: skip
    assert sorted(plain.Stay(*map(int, row)) for row in zip(*columns, strict=True)) == plain.stays(rows, usual)


@pytest.mark.parametrize(("engine", "way"), WAYS)
@settings(deadline=None)
@given(visit_rows, case_rows, lingering)
def test_what_meetings_sum_to_is_what_the_definition_says(engine, way, rows, cases, linger):
    index = index_visits(visits_of(rows), VENUES, engine=engine)
    totals = co_presence(index, case_stays(index, cases_of(cases), rules_with(linger)), engine, way)
    columns = list(totals.columns().values())
    found = {}
    for person, sure, likely, possible, weight, *counts in zip(*columns, strict=True):
        seconds = (int(sure), int(likely), int(possible))
        found[int(index.people[person])] = plain.Total(*seconds, float(weight), *map(int, counts))
    assert rounded(found) == rounded(plain.totals(met_by_definition(rows, cases, linger)))


@settings(deadline=None)
@given(visit_rows, case_rows, lingering, st.none() | st.lists(st.integers(1, 7), unique=True))
def test_meetings_are_those_of_the_definition(rows, cases, linger, people):
    index = index_visits(visits_of(rows), VENUES)
    asked = None if people is None else np.array(people, np.int64)
    met = find_meetings(index, cases_of(cases), rules=rules_with(linger), people=asked)
    names = ("case", "person", "place", "begins_s", "ends_s", "sure_s", "likely_s", "possible_s", "weight")
    columns = [getattr(met, name).tolist() for name in (*names, "case_presence", "presence")]
    found = [plain.Meeting(*row) for row in zip(*columns, strict=True)]
    expected = [one for one in met_by_definition(rows, cases, linger) if people is None or one.person in people]
    assert sorted(one._replace(weight=round(one.weight, 6)) for one in found) == sorted(
        one._replace(weight=round(one.weight, 6)) for one in expected
    )


@settings(deadline=None)
@given(visit_rows, case_rows, lingering, st.booleans())
def test_the_visits_that_matter_give_the_same_answer_as_all(rows, cases, linger, by_cell):
    visits, asked, rules = visits_of(rows), cases_of(cases), rules_with(linger)
    some = visits_that_matter(visits, VENUES, asked, rules=rules, by_cell=by_cell)
    answers = []
    for part in (visits, some):
        cells = index_visits(part, VENUES, by_cell=True) if by_cell else None
        answers.append(find_exposed(index_visits(part, VENUES), asked, rules=rules, cells=cells))
    assert len(some) <= len(visits)
    for name, column in answers[0].columns().items():
        assert np.array_equal(column, getattr(answers[1], name)), name


@settings(deadline=None)
@given(visit_rows, case_rows)
def test_a_cell_is_searched_as_one_place_would_be(rows, cases):
    """Venues 17 and 10 stand in one cell: the search by cell is the definition with stays moved to one venue."""
    found = find_exposed(
        index_visits(visits_of(rows), VENUES), cases_of(cases), rules=rules_with(0),
        cells=index_visits(visits_of(rows), VENUES, by_cell=True),
    )  # fmt: skip
    moved = [one._replace(venue=2) for one in plain.stays(rows, usual) if one.venue in (10, 17)]
    expected = plain.totals(plain.meetings(moved, cases, curve=lambda day: 1.0))
    in_cells = np.flatnonzero(found.contexts & int(Context.CELL) > 0)
    assert dict(zip(found.person[in_cells].tolist(), found.cell_s[in_cells].tolist(), strict=True)) == {
        person: one.likely for person, one in expected.items()
    }


@settings(deadline=None)
@given(visit_rows, case_rows, lingering)
def test_a_search_by_numba_is_the_search_by_numpy(rows, cases, linger):
    answers = []
    for engine in ENGINES:
        index = index_visits(visits_of(rows), VENUES, engine=engine)
        answers.append(find_exposed(index, cases_of(cases), rules=rules_with(linger), engine=engine))
    for name, column in answers[0].columns().items():
        other = getattr(answers[1], name)
        assert np.allclose(column, other, atol=1e-6) if name == "weight" else np.array_equal(column, other), name


def by_person_and_time(rows):
    """As an archive has them, and of each moment of a person one scan only, so that nobody is odd."""
    return [
        *{
            (person, at): (person, venue, at, *rest) for person, venue, at, *rest in sorted(rows, key=lambda r: r[2])
        }.values()
    ]


@pytest.mark.parametrize("of", [list, by_person_and_time], ids=["in any order", "as an archive has them"])
@settings(deadline=None)
@given(visit_rows, case_rows, lingering, st.integers(1, 6))
def test_a_search_in_one_pass_finds_what_one_over_an_index_finds(of, rows, cases, linger, n):
    asked, rules, visits = cases_of(cases), rules_with(linger), visits_of(of(rows))
    whole = find_exposed(index_visits(visits, VENUES), asked, rules=rules)
    found = find_exposed_in_one_pass(visits, VENUES, asked, rules=rules, people_at_once=n, n_threads=1 + n % 2)
    for name, column in whole.columns().items():
        other = getattr(found, name)
        assert np.allclose(column, other, atol=1e-6) if name == "weight" else np.array_equal(column, other), name


@given(visit_rows)
def test_the_order_of_the_scans_changes_nothing(rows):
    one, other = (index_visits(visits_of(part), VENUES) for part in (rows, rows[::-1] + rows))
    for name, column in one.columns().items():
        assert np.array_equal(column, other.columns()[name]), name
