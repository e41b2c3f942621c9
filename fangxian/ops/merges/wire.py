"""How what a merge moved is written down, and read again."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fangxian.ops.realm.as_before import RowChange, Stays


@dataclass(frozen=True, slots=True, kw_only=True)
class Two:
    """What became one: records of the register, cases, or both."""

    kept_person: UUID | None = None
    merged_person: UUID | None = None
    kept_case: UUID | None = None
    merged_case: UUID | None = None

    @property
    def persons(self) -> list[UUID]:
        return [it for it in (self.kept_person, self.merged_person) if it]

    @property
    def cases(self) -> list[UUID]:
        return [it for it in (self.kept_case, self.merged_case) if it]

    @property
    def subjects(self) -> list[str]:
        return [*(f"case:{it}" for it in self.cases), *(f"person:{it}" for it in self.persons)]


def two_of(merge) -> Two:
    """Which two a merge was of."""
    return Two(
        kept_person=merge.kept_person,
        merged_person=merge.merged_person,
        kept_case=merge.kept_case,
        merged_case=merge.merged_case,
    )


def said_of(columns: object) -> str:
    """The columns of a row as JSON; empty where there was no row."""
    return "" if columns is None else json.dumps(columns, ensure_ascii=False, separators=(",", ":"))


def read_said(text: str) -> dict | None:
    return json.loads(text) if text else None


def left_text(stays: Iterable[Stays]) -> str:
    """What was left as it was when a merge was undone."""
    told = [{"table": it.table, "key": it.key, "why": it.why, "columns": it.columns} for it in stays]
    return json.dumps(told, separators=(",", ":")) if told else ""


def read_left(text: str) -> Sequence[Stays]:
    rows = json.loads(text) if text else ()
    return [Stays(it["table"], it["key"], it["why"], tuple(it["columns"])) for it in rows]


def united_text(united: Mapping[UUID, UUID]) -> str:
    """Which contacts were made one; empty for none."""
    return said_of({str(gone): str(stays) for gone, stays in united.items()} or None)


def read_united(text: str) -> dict[str, str]:
    return read_said(text) or {}


def change_of(row) -> RowChange:
    """What a row of the room says of another's."""
    return RowChange(row.table, row.key, read_said(row.before), read_said(row.after))
