"""The JSON Schema of a rulebook file, made from the same list of rows as the reader."""

import json
from typing import Any

from fangxian.core.policy.shapes import HEADER, SECTIONS, TABLES, Field


def rulebook_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a rulebook after TOML is read, moments as RFC 3339 text.

    spec/schemas/rulebook.schema.json is this; an editor that knows it completes and checks a file as it
    is typed. What crosses rows (periods, references, doors) is beyond a schema: `checking.check` says that.
    """
    tables = {shape.name: _object(shape.all_fields) for shape in TABLES}
    sections = {shape.name: {"type": "array", "items": {"$ref": f"#/$defs/{shape.name}"}} for shape in SECTIONS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:fangxian:rulebook:1",
        "title": "Fangxian rulebook 规则文件",
        **_object(HEADER, also={**tables, **sections}, also_required=list(tables)),
        "$defs": {shape.name: _object(shape.all_fields) for shape in SECTIONS},
    }


def _object(
    fields: tuple[Field, ...], also: dict[str, Any] | None = None, also_required: list[str] | None = None
) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {f.name: {**f.kind.schema, "description": f.meaning} for f in fields} | (also or {}),
        "required": [f.name for f in fields if f.required] + (also_required or []),
        "additionalProperties": False,
    }


def schema_text() -> str:
    """The bytes of spec/schemas/rulebook.schema.json as text."""
    return json.dumps(rulebook_schema(), ensure_ascii=False, indent=2) + "\n"
