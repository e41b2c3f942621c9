"""A later edition of the divisions (区划变更): every record is carried along.

1. the divisions of the new edition are put on record; old codes keep their row and name a successor   places
2. every scoped row of every table gets its area's new path                                            realm.tables
   and whose tubes somebody could change when they did                                                 lab
3. one line says which codes went where and how many rows of which table moved                          audit
"""

from collections.abc import Iterator

from django.db import transaction

from fangxian.core.divisions import Divisions
from fangxian.core.migration import Migration
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.lab.actions.carrying import carry_reach_over
from fangxian.ops.places.actions import succeed_divisions
from fangxian.ops.places.queries import edition_in_use, grid_paths
from fangxian.ops.realm.tables import carry_areas_over


@transaction.atomic
def migrate_divisions(*, new: Divisions, migration: Migration, inferred_is_confirmed: bool, by: str) -> dict[str, int]:
    """Carry the county over to the edition `new`; rows moved by table.

    Refuses
    -------
    migration.not_from_here
        The county is on another edition than the one the migration leads from.
    migration.not_confirmed
        It rests on moves that nobody has published, and nobody has said that they were checked.
    """
    in_use = edition_in_use()
    if in_use != migration.from_edition:
        raise Refusal(
            "migration.not_from_here",
            zh="本县现用 {in_use} 年版区划，而这份变更从 {old} 版到 {new} 版。没有改动；请选用从 {in_use} 版开始"
            "的变更。",
            en="The county is on edition {in_use}, but this migration leads from {old} to {new}. Nothing was changed: "
            "choose a migration that begins at {in_use}.",
            in_use=in_use,
            old=migration.from_edition,
            new=migration.to_edition,
        )
    if migration.to_confirm and not inferred_is_confirmed:
        raise Refusal(
            "migration.not_confirmed",
            zh="有 {n} 条变更是推定的，未见公布：{moves}。应由县里逐条核对；核对后请加 --confirm-inferred 再运行"
            "。没有改动。",
            en="{n} of the moves are inferred, not published: {moves}. The county should check each: run again with "
            "--confirm-inferred when it has. Nothing was changed.",
            n=len(migration.to_confirm),
            moves=", ".join(f"{move.old_code} → {move.new_code}" for move in migration.to_confirm),
        )
    succeed_divisions(new=new, moves={move.old_code: move.new_code for move in migration.moves}, by=by)
    successors = dict(_successors(migration))
    moved = carry_areas_over(successors)
    if n_told := carry_reach_over(successors=successors):
        moved["lab.TableEvent"] = n_told
    record("places.areas_carried_over", by=by, details={"to_edition": new.edition, "rows": moved})
    return moved


def _successors(migration: Migration) -> Iterator[tuple[str, str]]:
    """Old path → new path: of every grid cell that moves, then of the units themselves."""
    for path in grid_paths():
        if migration.migrate(path) != path:
            yield path, migration.migrate(path)
    for move in migration.moves:
        if move.new_code != move.old_code:
            yield move.old_code, move.new_code
