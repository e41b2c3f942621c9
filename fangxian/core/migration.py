"""Carrying what lies in old divisions into the divisions that followed them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from fangxian.core.divisions import GRID_LENGTH, Divisions, differences
from fangxian.core.refusal import Refusal, Said

STRENGTHS = ("published", "inferred", "confirmed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One unit's new code. An inferred move is a guess that the county must confirm.

    cell_offset : added to the number of a grid cell, so that units which merge keep their cells apart
    """

    old_code: str
    new_code: str
    strength: str
    cell_offset: int
    note: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """The way from one edition of the divisions to the next."""

    from_edition: str
    to_edition: str
    source: str
    moves: tuple[Move, ...]
    by_old_code: Mapping[str, Move] = field(repr=False)

    @property
    def to_confirm(self) -> tuple[Move, ...]:
        """The moves nobody has published and the county has not confirmed."""
        return tuple(m for m in self.moves if m.strength == "inferred")

    def migrate(self, area_path: str) -> str:
        """Where an area lies in the new edition: its own code or that of the longest part that moved.

        An area that did not move keeps its path. `area_path` is digits: 6, 9, 12 or 15 of them.
        """
        for length in range(len(area_path), 0, -1):
            move = self.by_old_code.get(area_path[:length])
            if move:
                rest = area_path[length:]
                if len(area_path) == GRID_LENGTH and len(rest) == 3:
                    rest = f"{int(rest) + move.cell_offset:03d}"
                return move.new_code + rest
        return area_path


def read_migration(data: bytes, *, old: Divisions, new: Divisions) -> Migration:
    """The migration in a TOML file, checked against both editions.

    Raises
    ------
    Refusal
        `migration.*`: unreadable; of other editions; a move from or to a code that is not there; a
        code moved twice; a code that vanished and is not moved; two units that would share cells.
    """
    try:
        read = tomllib.loads(data.decode("utf-8"))
        moves = tuple(_move(entry) for entry in read.get("moved", ()))
        migration = Migration(
            from_edition=read["from_edition"],
            to_edition=read["to_edition"],
            source=read["source"],
            moves=moves,
            by_old_code=MappingProxyType({m.old_code: m for m in moves}),
        )
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise Refusal(
            "migration.unreadable",
            zh="区划变更文件读不懂：{reason}。应为 UTF-8 的 TOML，含 from_edition、to_edition、source 和若干 "
            "[[moved]]。请改正后重新导入。",
            en="The migration cannot be read: {reason}. It should be UTF-8 TOML with from_edition, "
            "to_edition, source and [[moved]] entries. Correct it and import again.",
            reason=f"{type(error).__name__}: {error}",
        ) from None
    _check_editions(migration, old, new)
    _check_moves(migration, old, new)
    return migration


def _move(entry: Mapping[str, Any]) -> Move:
    return Move(
        old_code=entry["old"],
        new_code=entry["new"],
        strength=entry["strength"],
        cell_offset=entry.get("cell_offset", 0),
        note=Said(entry["note_zh"], entry["note_en"]),
    )


def _check_editions(migration: Migration, old: Divisions, new: Divisions) -> None:
    if (migration.from_edition, migration.to_edition) != (old.edition, new.edition):
        raise Refusal(
            "migration.other_editions",
            zh="这个变更文件从 {a} 版到 {b} 版，而现在要从 {c} 版到 {d} 版。请选用对应两个版本的变更文件。",
            en="This migration leads from edition {a} to {b}, but {c} to {d} was asked for. "
            "Choose the migration for these editions.",
            a=migration.from_edition,
            b=migration.to_edition,
            c=old.edition,
            d=new.edition,
        )


def _check_moves(migration: Migration, old: Divisions, new: Divisions) -> None:
    seen: set[str] = set()
    for move in migration.moves:
        known = move.old_code in old.by_code and move.new_code in new.by_code
        if move.old_code in seen or not known or move.strength not in STRENGTHS:
            raise Refusal(
                "migration.wrong_move",
                zh="变更 {old} → {new}（{strength}）有误：旧代码应在 {a} 版中且只出现一次，"
                "新代码应在 {b} 版中，依据应为 published、inferred 或 confirmed。请改正这一条。",
                en="The move {old} → {new} ({strength}) is wrong: the old code should be in edition {a} and "
                "move once, the new one in edition {b}, the strength published, inferred or confirmed. "
                "Correct it.",
                old=move.old_code,
                new=move.new_code,
                strength=move.strength,
                a=old.edition,
                b=new.edition,
            )
        seen.add(move.old_code)
    left_behind = [d for d in differences(old, new).removed if d.code not in seen]
    if left_behind:
        raise Refusal(
            "migration.left_behind",
            zh="{a} 版的 {names} 在 {b} 版中没有了，变更文件却没有说它们去了哪里。"
            "这样其中的居民会失去归属。请为每个代码补一条 [[moved]]。",
            en="{names} of edition {a} are gone in edition {b}, and the migration does not say where to. "
            "Their residents would belong nowhere. Add a [[moved]] entry for each.",
            a=old.edition,
            b=new.edition,
            names="、".join(f"{d.name_zh}（{d.code}）" for d in left_behind),
        )
    _check_cells(migration)


def _check_cells(migration: Migration) -> None:
    target: dict[tuple[str, int], Move] = {}
    for move in migration.moves:
        other = target.setdefault((move.new_code, move.cell_offset), move)
        if other is not move:
            raise Refusal(
                "migration.cells_collide",
                zh="{a} 和 {b} 都并入 {new}，网格编号会重复。请给其中一条加上 cell_offset（例如 100）。",
                en="{a} and {b} both become {new}, so that their grid cells would share numbers. "
                "Give one of them a cell_offset, such as 100.",
                a=other.old_code,
                b=move.old_code,
                new=move.new_code,
            )
