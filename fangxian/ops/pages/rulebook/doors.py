"""What is asked at which door, read off the compiled tables themselves: what a gate looks up is what is shown."""

from collections.abc import Iterator
from dataclasses import dataclass

from fangxian.core.policy.door_layout import UNLISTED as UNLISTED_KEY
from fangxian.core.policy.door_layout import covered_venues
from fangxian.core.policy.rulebook import Exemption, Rulebook, TogetherRule
from fangxian.core.policy.tables import DoorTables
from fangxian.core.refusal import Said
from fangxian.ops.pages.rulebook.words import (
    OUTCOMES,
    UNLISTED,
    input_said,
    input_values,
    outcome_mark,
)
from fangxian.ops.pages.words import joined


@dataclass(frozen=True, slots=True)
class Mark:
    """At this door these values of one input give this outcome, by these rules."""

    outcome: str
    values: Said
    rules: tuple[str, ...]

    @property
    def shape(self) -> str:
        return OUTCOMES[self.outcome][0]

    @property
    def word(self) -> Said:
        return OUTCOMES[self.outcome][1]


Cell = tuple[Mark, ...]  # empty: this input changes nothing here


@dataclass(frozen=True, slots=True)
class DoorRow:
    """Classes of venue whose doors ask the same, and a cell for each input."""

    venues: tuple[Said, ...]
    emergency_care: bool
    cells: tuple[tuple[Said, Cell], ...]


@dataclass(frozen=True, slots=True)
class Everywhere:
    """An input that is treated alike at every door without emergency care, and alike at those with it."""

    name: Said
    usual: Cell
    emergency: Cell


@dataclass(frozen=True, slots=True)
class CrossTerm:
    """Reasons that hold only together: the condition, where, and what follows."""

    condition: Said
    venues: Said
    outcome: Mark | None
    lifts: tuple[str, ...]
    row: TogetherRule


@dataclass(frozen=True, slots=True)
class DoorSheet:
    inputs: tuple[Said, ...]
    rows: tuple[DoorRow, ...]
    everywhere: tuple[Everywhere, ...]
    together: tuple[CrossTerm, ...]
    exemptions: tuple[Exemption, ...]
    digest: str


def door_sheet(rulebook: Rulebook, tables: DoorTables) -> DoorSheet:
    """The matrix of venue classes and inputs; classes that ask the same share a row."""
    cells = {(v, i): _cell(rulebook, tables, v, i) for v in range(len(tables.venue_classes)) for i in _inputs(tables)}
    alike = [i for i in _inputs(tables) if _is_alike(tables, cells, i)]
    asked = [i for i in _inputs(tables) if i not in alike and any(cells[v, i] for v in _venues(tables))]
    return DoorSheet(
        inputs=tuple(input_said(tables.inputs[i], rulebook) for i in asked),
        rows=tuple(_rows(rulebook, tables, cells, asked)),
        everywhere=tuple(
            _everywhere(rulebook, tables, cells, i) for i in alike if any(cells[v, i] for v in _venues(tables))
        ),
        together=tuple(_cross_term(rulebook, row) for row in rulebook.together),
        exemptions=rulebook.exemptions,
        digest=tables.digest,
    )


def venue_names(rulebook: Rulebook) -> dict[str, Said]:
    return {UNLISTED_KEY: UNLISTED} | {one.key: one.name for one in rulebook.venue_classes}


def _inputs(tables: DoorTables) -> range:
    return range(len(tables.inputs))


def _venues(tables: DoorTables) -> range:
    return range(len(tables.venue_classes))


def _cell(rulebook: Rulebook, tables: DoorTables, venue: int, input_: int) -> Cell:
    """Values with the same reasons are one mark; the worst outcome first, then the gravest value (stored last)."""
    names = input_values(rulebook)[tables.inputs[input_]]
    by_mask: dict[int, list[Said]] = {}
    for value, mask in reversed(list(zip(tables.values[input_], tables.rows[venue][input_], strict=True))):
        if mask & tables.reason_mask:
            by_mask.setdefault(mask & tables.reason_mask, []).append(names[value])
    ordered = sorted(by_mask, key=lambda mask: -tables.outcome_of(mask))
    return tuple(
        Mark(
            outcome_mark(tables.outcome_of(mask)),
            joined(by_mask[mask][::-1]),
            tuple(reason.rule for bit, reason in enumerate(tables.reasons) if mask >> bit & 1),
        )
        for mask in ordered
    )


def _is_alike(tables: DoorTables, cells: dict, input_: int) -> bool:
    for emergency in (False, True):
        found = {cells[v, input_] for v in _venues(tables) if tables.emergency_care[v] is emergency}
        if len(found) > 1:
            return False
    return True


def _rows(rulebook: Rulebook, tables: DoorTables, cells: dict, asked: list[int]) -> Iterator[DoorRow]:
    names = venue_names(rulebook)
    grouped: dict[tuple, list[int]] = {}
    for venue in (*range(1, len(tables.venue_classes)), 0):  # what the rulebook lists first, the rest last
        key = (tables.emergency_care[venue], *(cells[venue, i] for i in asked))
        grouped.setdefault(key, []).append(venue)
    for (emergency, *row), venues in grouped.items():
        named = tuple(names[tables.venue_classes[venue]] for venue in venues)
        headed = tuple((input_said(tables.inputs[i], rulebook), cell) for i, cell in zip(asked, row, strict=True))
        yield DoorRow(named, emergency, headed)


def _everywhere(rulebook: Rulebook, tables: DoorTables, cells: dict, input_: int) -> Everywhere:
    usual = next(cells[v, input_] for v in _venues(tables) if not tables.emergency_care[v])
    emergency = next((cells[v, input_] for v in _venues(tables) if tables.emergency_care[v]), ())
    return Everywhere(input_said(tables.inputs[input_], rulebook), usual, emergency)


def _cross_term(rulebook: Rulebook, row: TogetherRule) -> CrossTerm:
    values = input_values(rulebook)
    conditions = [
        Said(f"{name.zh}：{any_of.zh}", f"{name.en}: {any_of.en}")
        for key, allowed in row.when.items()
        for name, any_of in [(input_said(key, rulebook), joined([values[key][v] for v in allowed], "或", " or "))]
    ]
    outcome = None if row.outcome is None else Mark(outcome_mark(row.outcome), Said("", ""), (row.number,))
    return CrossTerm(joined(conditions, "；", "; "), _where(rulebook, row), outcome, row.lifts, row)


def _where(rulebook: Rulebook, row: TogetherRule) -> Said:
    names = venue_names(rulebook)
    if "*" not in row.venues:
        return joined([names[key] for key in covered_venues(rulebook, row)])
    if not row.except_venues:
        return Said("除急诊场所外的各类场所", "everywhere but places with emergency care")
    left_out = joined([names[key] for key in row.except_venues])
    return Said(
        f"除急诊场所和{left_out.zh}外的各类场所", f"everywhere but places with emergency care and {left_out.en}"
    )
