"""The three published editions of Fushan's divisions, as the bureau's pages give them."""

from pathlib import Path

import pytest

from fangxian.core.divisions import Divisions, differences, read_divisions, read_village_list
from fangxian.core.migration import Migration, read_migration

ROOT = Path(__file__).resolve().parents[2]
COUNTY = ROOT / "counties" / "fushan"
EDITIONS = ("2021", "2022", "2023")


def shipped(edition: str) -> Divisions:
    return read_divisions((COUNTY / "divisions" / f"{edition}.csv").read_bytes(), edition=edition)


def published(shared_data: Path, edition: str) -> Divisions:
    ours = shipped(edition)
    return read_village_list(
        (shared_data / "divisions" / f"villages_fushan_141027_{edition}.csv").read_bytes(),
        edition=edition,
        county=ours.county,
        township_names={t.code: t.name_zh for t in ours.townships},
    )


def migration(old: str, new: str) -> Migration:
    data = (COUNTY / "migrations" / f"{old}-{new}.toml").read_bytes()
    return read_migration(data, old=shipped(old), new=shipped(new))


@pytest.mark.parametrize("edition", EDITIONS)
def test_each_published_edition_has_seven_townships_and_127_units(shared_data, edition):
    divisions = published(shared_data, edition)
    assert (len(divisions.townships), len(divisions.units)) == (7, 127)


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_we_ship_says_what_was_published(shared_data, edition):
    def facts(divisions: Divisions) -> list[tuple[str, ...]]:
        return [(d.code, d.name_zh, d.kind, d.parent_code) for d in divisions.rows]

    assert facts(shipped(edition)) == facts(published(shared_data, edition))


def test_the_list_of_all_linfen_gives_the_same_county(shared_data):
    ours = shipped("2021")
    linfen = read_village_list(
        (shared_data / "divisions" / "villages_linfen_1410_2021.csv").read_bytes(),
        edition="2021",
        county=ours.county,
        township_names={t.code: t.name_zh for t in ours.townships},
    )
    assert [d.code for d in linfen.rows] == [d.code for d in ours.rows]


@pytest.mark.parametrize("edition", EDITIONS)
def test_each_shipped_edition_has_seven_townships_and_127_units(edition):
    divisions = shipped(edition)
    assert (len(divisions.townships), len(divisions.units)) == (7, 127)


@pytest.mark.parametrize("edition", EDITIONS)
def test_dongzhang_has_twelve_villages_and_nanwei_is_one(edition):
    villages = shipped(edition).units_of("141027201")
    assert len(villages) == 12
    assert "南卫村" in [v.short_zh for v in villages]


@pytest.mark.parametrize("edition", EDITIONS)
def test_two_villages_share_their_names_with_two_others(edition):
    names = [d.name_zh for d in shipped(edition).units]
    assert sorted({n for n in names if names.count(n) > 1}) == ["南庄村委会", "高村村委会"]


def test_six_units_are_renamed_between_2021_and_2022():
    found = differences(shipped("2021"), shipped("2022"))
    assert [d.code for d, _ in found.changed] == ["141027100001", "141027100002"]
    assert [d.name_zh for d in found.removed] == ["北关村委会", "东关村委会", "西关村委会", "南关村委会"]
    assert [d.kind for d in found.added] == ["community"] * 4


def test_nothing_changes_between_2022_and_2023():
    assert not differences(shipped("2022"), shipped("2023"))
    assert migration("2022", "2023").moves == ()


def test_the_migration_carries_the_six_along_and_every_area_of_2021_lands_in_2022():
    moved = migration("2021", "2022")
    assert len(moved.moves) == 6
    after = {moved.migrate(d.code) for d in shipped("2021").rows}
    assert after == {d.code for d in shipped("2022").rows}


def test_the_four_inferred_moves_ask_for_the_countys_word():
    assert [m.old_code[-3:] for m in migration("2021", "2022").to_confirm] == ["200", "201", "202", "203"]
