"""Write a room's first migration so that each table is made whole, with its indexes and constraints.

    python tools/whole_tables.py fangxian/ops/ROOM/migrations/0001_initial.py …

`makemigrations` adds most of them one by one behind the tables. On SQLite each such step copies the table, and each
has Django work out all tables anew: half of the time in which a data folder is made.
"""

import ast
import sys
from pathlib import Path

WHOLE = {"AddIndex": ("index", "indexes"), "AddConstraint": ("constraint", "constraints")}


def kind_of(step: ast.Call) -> str:
    return step.func.attr if isinstance(step.func, ast.Attribute) else ""


def given(step: ast.Call, name: str) -> ast.expr | None:
    return next((word.value for word in step.keywords if word.arg == name), None)


def model_of(step: ast.Call) -> str:
    name = given(step, "name" if kind_of(step) == "CreateModel" else "model_name")
    return str(name.value).lower() if isinstance(name, ast.Constant) else ""


def steps_of(text: str) -> list[ast.Call]:
    """The steps of the migration; [] where it has none."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "operations":
            return [step for step in node.value.elts if isinstance(step, ast.Call)]
    return []


def next_apart(text: str) -> tuple[ast.Call, ast.Call] | None:
    """The first table and the first step behind it that could stand in it; None when there is no such step."""
    tables: dict[str, ast.Call] = {}
    for step in steps_of(text):
        if kind_of(step) == "CreateModel":
            tables[model_of(step)] = step
        elif kind_of(step) in WHOLE and model_of(step) in tables:
            return tables[model_of(step)], step
        else:
            tables.pop(model_of(step), None)  # a column of its own, perhaps one that an index is to be over
    return None


def made_whole(text: str) -> str:
    """The migration with what could stand in its tables in them."""
    while apart := next_apart(text):
        text = _moved(text, *apart)
    return text


def _moved(text: str, table: ast.Call, step: ast.Call) -> str:
    argument, option = WHOLE[kind_of(step)]
    lines = text.splitlines(keepends=True)
    said = ast.get_source_segment(text, given(step, argument))
    del lines[step.lineno - 1 : step.end_lineno]  # each step has its lines to itself
    options = given(table, "options")
    if options is None:
        last = table.end_lineno - 1
        lines[last] = f"            options={{\n                '{option}': [{said}],\n            }},\n" + lines[last]
        return "".join(lines)
    has = next((v for k, v in zip(options.keys, options.values, strict=True) if k.value == option), None)
    end = (has or options).end_lineno - 1
    if has:
        at = has.end_col_offset - 1
        raw = lines[end].encode()
        lines[end] = (raw[:at] + f", {said}".encode() + raw[at:]).decode()
    else:
        lines[end] = f"                '{option}': [{said}],\n" + lines[end]
    return "".join(lines)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        path.write_text(made_whole(path.read_text("utf-8")), "utf-8")
