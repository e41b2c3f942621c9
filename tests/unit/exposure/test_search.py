"""The exposure search at its edges: nobody, nowhere, clocks, parcels, columns that do not fit, files of loops."""

import ast
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from fangxian.core.exposure.columns import Cases, Context, Memberships, Parcels, Ring, Visits
from fangxian.core.exposure.disease import Rules, rules_of
from fangxian.core.exposure.index import StayIndex, index_visits
from fangxian.core.exposure.meetings import find_meetings, unbroken
from fangxian.core.exposure.search import find_exposed
from fangxian.core.exposure.ties import Near
from fangxian.core.exposure.usual import cells_of, venues_of
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.vocabulary import Presence

ROOT = Path(__file__).resolve().parents[3]
EXPOSURE = ROOT / "fangxian" / "core" / "exposure"
RULES = Rules(first_day=-14, curve=np.ones(42))
VENUES = venues_of(np.array([1, 2]), ["restaurant", "hotel"])
NOON = 1_649_653_200
HOUR = 3600


def visits(*rows):
    person, venue, at = np.array(rows, np.int64).reshape(-1, 3).T
    return Visits.of(person, venue, at, np.full(len(person), int(Presence.STAFFED)))


def case(person=1, begins=NOON - 48 * HOUR, ends=NOON + 48 * HOUR):
    one = {"person": person, "begins_s": begins, "near_begins_s": begins, "ends_s": ends, "onset_s": NOON}
    return Cases(**{name: np.array([value]) for name, value in one.items()})


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_without_visits_nobody_is_found(engine):
    index = index_visits(visits(), VENUES, engine=engine)
    assert len(find_exposed(index, case(), rules=RULES, engine=engine)) == 0
    assert len(find_meetings(index, case(), rules=RULES)) == 0


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_a_case_who_was_nowhere_is_still_near_the_household(engine):
    index = index_visits(visits((2, 1, NOON)), VENUES, engine=engine)
    home = Memberships.always(np.array([1, 3]), np.array([7, 7]), Context.HOUSEHOLD)
    found = find_exposed(index, case(), rules=RULES, near=Near(memberships=home), engine=engine)
    assert (found.person.tolist(), found.ring.tolist()) == ([3], [Ring.CLOSE])


def test_a_stay_over_the_night_on_which_clocks_are_set_back_is_as_long_as_it_was():
    """In Shanghai clocks went back an hour in the night to 11 September 1988: 23:30 to 01:30 were three hours."""
    zone = ZoneInfo("Asia/Shanghai")
    came = datetime(1988, 9, 10, 23, 30, tzinfo=zone).timestamp()
    left = datetime(1988, 9, 11, 1, 30, fold=1, tzinfo=zone).timestamp()
    index = index_visits(visits((1, 2, came), (2, 2, came), (1, 1, left)), VENUES)
    met = find_meetings(index, case(begins=int(came) - HOUR, ends=int(left) + HOUR), rules=RULES)
    length = datetime.fromtimestamp(left, UTC) - datetime.fromtimestamp(came, UTC)
    assert met.likely_s.tolist() == [length.total_seconds()] == [3 * HOUR]


def test_who_handles_a_parcel_after_the_case_is_listed_and_not_proposed():
    index = index_visits(visits(), VENUES)
    handled = Parcels(
        person=np.array([2, 1, 3, 4]), parcel=np.array([9, 9, 9, 9]),
        at_s=np.array([NOON - HOUR, NOON, NOON + HOUR, NOON + 25 * HOUR]),
    )  # fmt: skip
    found = find_exposed(index, case(), rules=RULES, near=Near(parcels=handled))
    rows = (found.person.tolist(), found.ring.tolist(), found.contexts.tolist())
    assert rows == ([3], [Ring.NONE], [Context.PARCEL])


def test_other_cases_are_among_the_exposed_and_no_case_is_exposed_to_itself():
    index = index_visits(visits((1, 1, NOON), (2, 1, NOON)), VENUES)
    both = case(1).joined(case(2))
    assert sorted(find_exposed(index, both, rules=RULES).person.tolist()) == [1, 2]
    assert find_exposed(index, case(1), rules=RULES).person.tolist() == [2]


def test_meetings_without_a_gap_are_one():
    rows = visits((1, 1, NOON), (2, 1, NOON), (2, 1, NOON + 1500), (1, 1, NOON + 2000), (3, 1, NOON), (3, 2, NOON))
    met = find_meetings(index_visits(rows, VENUES), case(), rules=RULES, people=np.array([2]))
    assert len(unbroken(met)) == 1
    assert unbroken(met).likely_s.sum() == met.likely_s.sum()


def test_an_index_is_the_same_from_its_columns_on_disk(tmp_path):
    index = index_visits(visits((1, 1, NOON), (2, 1, NOON + 60)), VENUES)
    for name, column in index.columns().items():
        np.save(tmp_path / f"{name}.npy", column)
    mapped = StayIndex.of({name: np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in index.columns()})
    found = [find_exposed(one, case(), rules=RULES).likely_s.tolist() for one in (index, mapped)]
    assert found[0] == found[1] == [44 * 60]


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"Visits have different lengths.*'venue': 1"):
        Visits.of(np.array([1, 2]), np.array([1]), np.array([1, 2]), np.array([1, 1]))


def test_moments_further_apart_than_a_key_holds_are_refused():
    with pytest.raises(ValueError, match="more than 68 years apart"):
        index_visits(visits((1, 1, 0), (1, 1, 2**32)), VENUES)


def test_positions_within_a_cell_share_it_and_others_do_not():
    latitude = np.array([35.9701, 35.9702, 35.9901, np.nan])
    longitude = np.array([111.8501, 111.8502, 111.8501, 111.85])
    cells = cells_of(latitude, longitude)
    assert cells[0] == cells[1] != cells[2]
    assert cells[3] == -1


@pytest.mark.parametrize("name", ["covid19-2022-04", "measles", "norovirus"])
def test_a_shipped_rulebook_weighs_the_days_around_onset_most(name):
    text = (ROOT / "counties" / "fushan" / "rulebooks" / f"{name}.toml").read_text("utf-8")
    rules = rules_of(read_rulebook(text))
    onset = -rules.first_day
    assert rules.curve[onset] == pytest.approx(1, abs=0.02)
    assert (rules.curve >= 0).all()
    assert (rules.curve <= 1).all()


@pytest.mark.parametrize("path", sorted(EXPOSURE.glob("loops_*.py")), ids=lambda path: path.stem)
def test_a_file_of_compiled_loops_uses_nothing_of_another(path):
    """What numba keeps of a loop is thrown away when its own file changes or numba does, and for nothing else."""
    imported = {
        node.module if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported - {"llvmlite", "numba.core", "numba.extending"} == {"typing", "numpy", "fangxian.core.compiled"}


def test_where_nothing_can_be_kept_loops_are_compiled_all_the_same(tmp_path):
    """A program installed where it cannot write, for a user without a home."""
    read_only = "import numba.core.caching as c; c.CacheImpl._locator_classes = []\n"
    work = (
        "import numpy as np\nfrom fangxian.core.exposure.loops_stays import found_in\n"
        "print(found_in(np.array([5, 6]), np.array([6])).tolist())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", read_only + work], env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.strip() == "[-1, 0]"
