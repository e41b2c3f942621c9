"""What changed between two rulebooks, rule by rule, in words an official reads before publishing."""

from dataclasses import dataclass, fields
from datetime import timedelta
from enum import IntEnum
from typing import Any

from fangxian.core.policy.rulebook import Row, Rulebook
from fangxian.core.refusal import Said


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field's value before and after, as shown to people."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that is new ("added"), gone ("removed") or different ("changed").

    `number` is "" for the header. `fields` is empty for rules added or removed.
    """

    change: str
    section: str
    number: str
    said: Said
    fields: tuple[FieldChange, ...]


_NOT_COMPARED = ("section", "number", "line")
_HEADER = ("title", "legal_basis", "ask", "begins_at", "until_at", "utc_offset", "stale_after", "tests_count_from",
           "document", "disease", "test_bands", "temperature_bands", "venue_classes", "door_inputs",
           "risk_states")  # fmt: skip


def diff(old: Rulebook, new: Rulebook) -> tuple[RuleChange, ...]:
    """What `new` changes in `old`. (two rulebooks → changes)

    The header first, then rules in the order of the new file, then those that are gone. Empty if the
    two say the same. A renumbered rule is one gone and one new: a number is a rule's identity.
    """
    before = {(row.section, row.number): row for row in old.rows}
    after = {(row.section, row.number): row for row in new.rows}
    changes: list[RuleChange] = []
    if header := _changed(old, new, _HEADER):
        changes.append(RuleChange("changed", "", "", Said("规则文件本身", "the rulebook itself"), header))
    for key, row in after.items():
        was = before.get(key)
        if was is None:
            changes.append(RuleChange("added", *key, row.reason, ()))
        elif changed := _changed(was, row, _names(row)):
            changes.append(RuleChange("changed", *key, row.reason, changed))
    gone = [RuleChange("removed", *key, row.reason, ()) for key, row in before.items() if key not in after]
    return (*changes, *gone)


def _names(row: Row) -> tuple[str, ...]:
    return tuple(field.name for field in fields(row) if field.name not in _NOT_COMPARED)


def _changed(old: Any, new: Any, names: tuple[str, ...]) -> tuple[FieldChange, ...]:
    values = ((name, getattr(old, name, None), getattr(new, name, None)) for name in names)
    return tuple(FieldChange(name, shown(one), shown(other)) for name, one, other in values if one != other)


def shown(value: Any) -> str:
    """A field's value as text: lists with commas, lengths as "14 d", both languages of a sentence."""
    if value is None:
        return "—"
    if isinstance(value, Said):
        return f"{value.zh} / {value.en}"
    if isinstance(value, tuple):
        return ", ".join(shown(one) for one in value) or "—"
    if isinstance(value, dict):
        return "; ".join(f"{name} = {shown(one)}" for name, one in value.items()) or "—"
    if hasattr(value, "__dataclass_fields__"):
        return " ".join(shown(getattr(value, field.name)) for field in fields(value))
    return _plain(value)


def _plain(value: Any) -> str:
    match value:
        case timedelta():
            return shown_span(value)
        case IntEnum():
            return value.name.lower()
        case _:
            return str(value)


def shown_span(span: timedelta) -> str:
    """A length in the largest unit that divides it, as the file writes it: "14 d", "48 h" is "2 d"."""
    minutes = int(span / timedelta(minutes=1))
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size} {unit}"
    return f"{minutes} min"
