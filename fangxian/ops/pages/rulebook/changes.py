"""What a version of a rulebook changes in the one before, rule by rule, in the reader's language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fangxian.core.policy.diff import RuleChange, diff
from fangxian.core.policy.explain import moment_said
from fangxian.core.policy.rulebook import AgeBand, Disease, Document, Measure, Named, Phase, RiskState, Rulebook, Stage
from fangxian.core.refusal import Said
from fangxian.ops.pages.rulebook.doors import venue_names
from fangxian.ops.pages.rulebook.sheet import UNTIL_RELEASED, reach_said, stage_said, tests_said
from fangxian.ops.pages.rulebook.words import (
    COLOURS,
    FIELDS,
    SECTIONS,
    enum_said,
    input_said,
    key_said,
    span_said,
)
from fangxian.ops.pages.words import joined

NONE = Said("无", "none")
CHANGES = {
    "added": Said("新增", "new"),
    "changed": Said("改动", "changed"),
    "removed": Said("删去", "gone"),
}


@dataclass(frozen=True, slots=True)
class FieldLine:
    name: Said
    before: Said
    after: Said


@dataclass(frozen=True, slots=True)
class ChangeEntry:
    """One rule that is new, different or gone; `fields` only where it is different."""

    change: str
    word: Said
    section: Said
    number: str
    said: Said
    fields: tuple[FieldLine, ...]


def change_entries(old: Rulebook, new: Rulebook) -> list[ChangeEntry]:
    """What `new` changes in `old`, in the order of the policy room's own comparison."""
    return [_entry(change, old, new) for change in diff(old, new)]


def _entry(change: RuleChange, old: Rulebook, new: Rulebook) -> ChangeEntry:
    was: Any = _row(old, change) if change.number else old
    now: Any = _row(new, change) if change.number else new
    fields = tuple(
        FieldLine(
            FIELDS.get(field.field) or key_said(field.field),
            value_said(getattr(was, field.field, None), old),
            value_said(getattr(now, field.field, None), new),
        )
        for field in change.fields
    )
    section = SECTIONS.get(change.section) or key_said(change.section)
    return ChangeEntry(change.change, CHANGES[change.change], section, change.number, change.said, fields)


def _row(rulebook: Rulebook, change: RuleChange):
    return next(
        (row for row in rulebook.rows if (row.section, row.number) == (change.section, change.number)), rulebook
    )


def value_said(value: Any, rulebook: Rulebook) -> Said:
    """A field's value in words, with the rulebook's own names for its keys."""
    if value is None or value == () or value == {}:
        return NONE
    if isinstance(value, Said):
        return value
    if isinstance(value, tuple | list):
        return joined([value_said(one, rulebook) for one in value])
    if isinstance(value, dict):
        return joined(list(_pairs(value, rulebook)), "；", "; ")
    if isinstance(value, str):
        return _named(value, rulebook)
    return _thing_said(value, rulebook)


def _thing_said(value: Any, rulebook: Rulebook) -> Said:
    match value:
        case bool():
            return Said("是", "yes") if value else Said("否", "no")
        case timedelta():
            return span_said(value)
        case datetime():
            return moment_said(value, rulebook.utc_offset)
        case Document():
            title, issuer = value.title, value.issuer
            return Said(f"{issuer.zh}《{title.zh}》{value.number}", f"{issuer.en}, “{title.en}”, {value.number}")
        case Phase():
            lasts = span_said(value.lasts, days=True) if value.lasts else UNTIL_RELEASED
            return joined([COLOURS[value.colour], lasts], " ", " ")
        case Stage():
            return stage_said(value)
        case Measure():
            stages = [stage_said(stage) for stage in value.stages]
            tests = tests_said(value)
            return joined([*stages, Said(f"检测：{tests.zh}", f"tests: {tests.en}")], "；", "; ")
        case Named() | Disease():
            return _named_thing(value)
    plain = enum_said(value)
    return plain if plain.zh != str(value) else Said(str(value), str(value))


def _named_thing(value: Named | Disease) -> Said:
    if isinstance(value, AgeBand):
        up_to = span_said(value.up_to)
        return Said(f"{value.name.zh}（不到 {up_to.zh}）", f"{value.name.en} (under {up_to.en})")
    if isinstance(value, RiskState):
        reach = reach_said(value)
        return Said(f"{value.name.zh}（{reach.zh}）", f"{value.name.en} ({reach.en})")
    return value.name


def _pairs(value: dict, rulebook: Rulebook) -> Iterator[Said]:
    for key, one in value.items():
        name, said = input_said(key, rulebook), value_said(one, rulebook)
        yield Said(f"{name.zh}：{said.zh}", f"{name.en}: {said.en}")


def _named(key: str, rulebook: Rulebook) -> Said:
    """A key's name in the rulebook itself, else its common one."""
    if key == "*":
        return Said("除急诊场所外的各类场所", "everywhere but places with emergency care")
    named = venue_names(rulebook) | {one.key: one.name for one in rulebook.risk_states}
    named |= {kind.kind: kind.name for kind in rulebook.evidence}
    return named.get(key) or key_said(key)
