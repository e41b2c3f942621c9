"""How one field of a rulebook file is written: its JSON Schema, and its reading from TOML.

A kind reads the value `tomllib` gives and answers with ours, or raises `Wrong` with a sentence that
says what was found and what would have been right.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from difflib import get_close_matches
from enum import Enum, IntEnum
from typing import Any

from fangxian.core.refusal import Said

__all__ = [
    "Kind",
    "Wrong",
    "attributes",
    "conditions",
    "decimal",
    "did_you_mean",
    "enum_of",
    "list_of",
    "moment",
    "offset",
    "one_of",
    "said",
    "slug",
    "span",
    "table_of",
    "text",
    "truth",
    "whole",
]


class Wrong(Exception):
    """A field that cannot be read; the reader adds which row it stands in."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.said = Said(zh, en)


@dataclass(frozen=True, slots=True)
class Kind:
    """`schema` is the JSON Schema of the field; `read` turns the TOML value into ours."""

    schema: dict[str, Any]
    read: Callable[[Any], Any]


def did_you_mean(word: str, known: "list[str] | tuple[str, ...]") -> Said:
    """The nearest known words, or all of them if there are few; for the end of a sentence."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return Said(f"是否应为“{near[0]}”？", f"Did you mean “{near[0]}”?")
    listed = ", ".join(known[:24]) or "—"
    return Said(f"可用的值：{listed}。", f"It may be: {listed}.")


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Wrong(f"写的是 {value!r}，应为一段文字。", f"says {value!r}; it must be some text.")
    return value.strip()


text = Kind({"type": "string", "minLength": 1}, _text)

_SLUG = r"^[A-Za-z0-9*][A-Za-z0-9*._-]*$"
LONGEST_SLUG = 40  # as long as rooms keep one
FIRST_YEAR, LAST_YEAR = 1950, 2200  # no rule is of another; a database keeps no moment of the year 1


def _slug(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(_SLUG, value):
        raise Wrong(
            f"写的是 {value!r}，应为只含字母、数字、点、短横线的代号，如 close-contact。",
            f"says {value!r}; it must be a key of letters, digits, dots and hyphens, such as close-contact.",
        )
    if len(value) > LONGEST_SLUG:
        raise Wrong(
            f"代号有 {len(value)} 个字符，最多 {LONGEST_SLUG} 个。",
            f"is a key of {len(value)} characters; it may have {LONGEST_SLUG}.",
        )
    return value


slug = Kind({"type": "string", "pattern": _SLUG}, _slug)


def _said(value: Any) -> Said:
    if not isinstance(value, dict) or set(value) - {"zh", "en"}:
        raise Wrong(
            '应同时写中文和英文：{ zh = "……", en = "……" }。',
            'must give both languages: { zh = "…", en = "…" }.',
        )
    words = {language: value.get(language, "") for language in ("zh", "en")}
    for language, sentence in words.items():
        if not isinstance(sentence, str):
            raise Wrong(f"{language} 应为文字。", f"{language} must be text.")
    return Said(words["zh"].strip(), words["en"].strip())


said = Kind(
    {
        "type": "object",
        "properties": {"zh": {"type": "string", "minLength": 1}, "en": {"type": "string", "minLength": 1}},
        "required": ["zh", "en"],
        "additionalProperties": False,
    },
    _said,
)


def _moment(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Wrong(
            f"写的是 {value}，应为带时区的时刻，如 2022-04-01T00:00:00+08:00。",
            f"says {value}; it must be a moment with its offset, such as 2022-04-01T00:00:00+08:00.",
        )
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise Wrong(f"写的是 {value}，年份不对。", f"says {value}; the year cannot be right.")
    return value


moment = Kind({"type": "string", "format": "date-time"}, _moment)

_SPAN = r"^[0-9]+ (d|h|min)$"
_UNIT = {"d": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}


def _span(value: Any) -> timedelta:
    if not isinstance(value, str) or not re.fullmatch(_SPAN, value):
        raise Wrong(
            f'写的是 {value!r}，应为时长，如 "14 d"、"48 h"、"30 min"。',
            f'says {value!r}; it must be a length of time such as "14 d", "48 h" or "30 min".',
        )
    count, unit = value.split(" ")
    if len(count) > 6:
        raise Wrong(f"{value} 太长。", f"{value} is longer than anything a rule can mean.")
    return int(count) * _UNIT[unit]


span = Kind({"type": "string", "pattern": _SPAN}, _span)


def _offset(value: Any) -> timezone:
    found = re.fullmatch(r"([+-])(\d\d):(\d\d)", value) if isinstance(value, str) else None
    if not found or int(found[2]) > 14 or int(found[3]) > 59:
        raise Wrong(f'写的是 {value!r}，应为时差，如 "+08:00"。', f'says {value!r}; it must be like "+08:00".')
    away = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-away if found[1] == "-" else away) if away else UTC


offset = Kind({"type": "string", "pattern": "^[+-][0-9]{2}:[0-9]{2}$"}, _offset)


def whole(low: int, high: int) -> Kind:
    """A whole number from `low` to `high`, both included."""

    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise Wrong(
                f"写的是 {value!r}，应为 {low} 到 {high} 的整数。",
                f"says {value!r}; it must be a whole number from {low} to {high}.",
            )
        return value

    return Kind({"type": "integer", "minimum": low, "maximum": high}, read)


def decimal(low: float, high: float) -> Kind:
    def read(value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            raise Wrong(
                f"写的是 {value!r}，应为 {low} 到 {high} 的数。",
                f"says {value!r}; it must be a number from {low} to {high}.",
            )
        return float(value)

    return Kind({"type": "number", "minimum": low, "maximum": high}, read)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong(f"写的是 {value!r}，应为 true 或 false。", f"says {value!r}; it must be true or false.")
    return value


truth = Kind({"type": "boolean"}, _truth)


def one_of(*words: str) -> Kind:
    def read(value: Any) -> str:
        if value not in words:
            mend = did_you_mean(str(value), words)
            raise Wrong(f"写的是 {value!r}，不认识。{mend.zh}", f"says {value!r}, which is unknown. {mend.en}")
        return str(value)

    return Kind({"enum": list(words)}, read)


def enum_of(enum: type[Enum], *leave_out: str, also: dict[str, Enum] | None = None) -> Kind:
    """A member of `enum` by its lower-case name (its value, if the value is a word)."""
    by_word = {m.name.lower() if isinstance(m, IntEnum) else str(m.value): m for m in enum}
    by_word = {w: m for w, m in by_word.items() if w not in leave_out} | (also or {})
    word = one_of(*by_word)
    return Kind(word.schema, lambda value: by_word[word.read(value)])


def list_of(kind: Kind, at_least: int = 0) -> Kind:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) < at_least:
            raise Wrong(
                f"写的是 {value!r}，应为方括号中的列表，至少 {at_least} 项。",
                f"says {value!r}; it must be a list in square brackets with at least {at_least} entries.",
            )
        return tuple(kind.read(one) for one in value)

    return Kind({"type": "array", "items": kind.schema, "minItems": at_least}, read)


def table_of(build: Callable[..., Any], required: dict[str, Kind], optional: dict[str, Kind]) -> Kind:
    """A small table inside a row, such as one phase; `build` is called with its fields by name."""

    def read(value: Any) -> Any:
        known = required | optional
        if not isinstance(value, dict) or set(value) - set(known) or set(required) - set(value):
            listed = ", ".join(known)
            raise Wrong(f"写的是 {value!r}，应含：{listed}。", f"says {value!r}; it must give: {listed}.")
        return build(**{name: kind.read(value[name]) if name in value else None for name, kind in known.items()})

    schema = {
        "type": "object",
        "properties": {name: kind.schema for name, kind in (required | optional).items()},
        "required": list(required),
        "additionalProperties": False,
    }
    return Kind(schema, read)


def _conditions(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise Wrong(
            f'写的是 {value!r}，应为 {{ 名称 = ["值"] }}。', f'says {value!r}; it must be {{ name = ["value"] }}.'
        )
    values = list_of(slug, 1)
    return {name: values.read(allowed) for name, allowed in sorted(value.items())}


conditions = Kind({"type": "object", "additionalProperties": list_of(slug, 1).schema}, _conditions)


def _attributes(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise Wrong(f"写的是 {value!r}，应为一张小表。", f"says {value!r}; it must be a small table.")
    values = list_of(slug, 1)
    return {name: () if kind == "date" else values.read(kind) for name, kind in sorted(value.items())}


attributes = Kind(
    {"type": "object", "additionalProperties": {"anyOf": [{"const": "date"}, list_of(slug, 1).schema]}}, _attributes
)
