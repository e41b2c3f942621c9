"""A later edition of the divisions carries every record along."""

from pathlib import Path

import pytest

from fangxian.core.divisions import read_divisions
from fangxian.core.migration import Migration, read_migration
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.people.models import Person
from fangxian.ops.places.models import Division, GridCell
from fangxian.ops.places.queries import current_divisions, edition_in_use
from fangxian.ops.procedures.migrate_divisions import migrate_divisions
from fangxian.ops.realm.areas import below

FUSHAN = Path(__file__).resolve().parents[2] / "counties" / "fushan"


def edition(year: str):
    return read_divisions((FUSHAN / "divisions" / f"{year}.csv").read_bytes(), edition=year)


def step(old: str, new: str) -> Migration:
    data = (FUSHAN / "migrations" / f"{old}-{new}.toml").read_bytes()
    return read_migration(data, old=edition(old), new=edition(new))


@pytest.fixture
def carried(small_county):
    """The county after 2021 → 2022, with how many people lived in each moved unit before."""
    for old in ("141027100200", "141027100201", "141027100202", "141027100203"):
        _move_a_household_to(old)
    before = {move.old_code: _n_people(move.old_code) for move in step("2021", "2022").moves}
    migrate_divisions(
        new=edition("2022"), migration=step("2021", "2022"), inferred_is_confirmed=True, by="program:test"
    )
    return before


def _n_people(code: str) -> int:
    return Person.objects.filter(below(code)).count()


def _move_a_household_to(unit: str) -> None:
    """A small county has no cell there, so one is made and people put in it."""
    cell = f"{unit}001"
    if not GridCell.objects.filter(area_path=cell).exists():
        GridCell.objects.create(area_path=cell, kind="community", name_zh="试", name_en="Trial")
    chosen = Person.objects.filter(below("141027100001")).order_by("pk").values_list("pk", flat=True)[:5]
    Person.objects.filter(pk__in=list(chosen)).update(area_path=cell)


def test_the_residents_of_the_six_renamed_units_are_carried_along(carried):
    assert len(carried) == 6
    assert all(carried[old] for old in carried if old != "141027100002" or carried[old])
    for move in step("2021", "2022").moves:
        assert _n_people(move.new_code) == carried[move.old_code]
        if move.new_code != move.old_code:
            assert _n_people(move.old_code) == 0


def test_the_new_edition_has_its_units_and_old_codes_name_their_successors(carried):
    assert edition_in_use() == "2022"
    units = [division for division in current_divisions() if len(division.area_path) == 12]
    assert len(units) == 127
    assert Division.objects.get(area_path="141027100200").successor == "141027100004"
    assert Division.objects.get(area_path="141027100001").name_zh == "东街社区居民委员会"


def test_grid_cells_move_with_their_unit(carried):
    assert GridCell.objects.filter(below("141027100004")).exists()
    assert not GridCell.objects.filter(below("141027100200")).exists()


def test_the_migration_is_on_record(carried):
    assert AuditLine.objects.filter(action="places.areas_carried_over").count() == 1


def test_an_edition_without_moves_changes_only_the_edition(carried):
    paths = set(Person.objects.values_list("area_path", flat=True))
    migrate_divisions(
        new=edition("2023"), migration=step("2022", "2023"), inferred_is_confirmed=False, by="program:test"
    )
    assert edition_in_use() == "2023"
    assert set(Person.objects.values_list("area_path", flat=True)) == paths


def test_inferred_moves_wait_for_the_countys_word(small_county):
    with pytest.raises(Refusal, match=r"migration\.not_confirmed"):
        migrate_divisions(
            new=edition("2022"), migration=step("2021", "2022"), inferred_is_confirmed=False, by="program:test"
        )
    assert edition_in_use() == "2021"


def test_a_migration_from_another_edition_is_refused(carried):
    with pytest.raises(Refusal, match=r"migration\.not_from_here"):
        migrate_divisions(
            new=edition("2022"), migration=step("2021", "2022"), inferred_is_confirmed=True, by="program:test"
        )
