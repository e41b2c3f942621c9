"""The furniture of a room: what each says of itself, and that only its actions write."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OPS = ROOT / "fangxian" / "ops"
ROOMS = sorted(path.parent for path in OPS.glob("*/__init__.py"))
WRITES = {
    "save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "aget_or_create", "acreate", "aupdate", "adelete", "asave", "raw",
}  # fmt: skip
READING = {"SELECT", "WITH", "PRAGMA", "EXPLAIN", "ANALYZE", "VACUUM"}
WRITING = {"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "TRUNCATE", "DROP", "ALTER", "CREATE"}
READ_AS_A_SENTENCE = {"take_numbers"}  # take_numbers("gate", 200)
# The realm writes on behalf of every room, by its declarations alone: erasing at a term, carrying areas over; and what
# a room's action hands it of its own tables: long lists, and rows to be put back as they were; how tables lie on disk.
MAY_WRITE = {f"realm/{name}.py" for name in ("tables", "areas", "files", "bulk", "wholesale", "as_before", "indexes")}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_says_what_it_owns_promises_and_does_not(room):
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""
    missing = [word for word in ("Owns", "Promises", "Does not") if word not in said]
    assert missing == [], f"{room.name}/__init__.py says nothing of: {', '.join(missing)}"


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_is_entered_by_its_files(room):
    body = ast.parse((room / "__init__.py").read_text("utf-8")).body
    assert [ast.unparse(line) for line in body[1:]] == [], "an __init__ holds its docstring and no imports"


def writes(source: str) -> list[str]:
    """Calls that change rows: `rows.update(...)`, `Model.objects.create(...)`, `row.save()`, raw SQL.

    Dicts and hashes have an `update` too, but are given one thing, not named columns.
    """
    found, tree = [], ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receiver = ast.unparse(node.func.value)
            if node.func.attr in WRITES and _may_be_rows(receiver, node):
                found.append(f"line {node.lineno}: {receiver}.{node.func.attr}()")
            if node.func.attr in {"execute", "executemany"} and not _only_reads(node, tree):
                found.append(f"line {node.lineno}: {receiver}.{node.func.attr}()")
    return found


def _may_be_rows(receiver: str, call: ast.Call) -> bool:
    if call.func.attr == "update":
        return bool(call.keywords) and not call.args
    if call.func.attr == "save":  # a picture is saved to a file, a row to nowhere but its table
        return not call.args
    if call.func.attr in {"create", "delete"}:  # a class of ours may be made with `Keyring.create(path)`
        return "objects" in receiver or call.func.attr == "delete" or "rows" in receiver
    return True


def _only_reads(call: ast.Call, tree: ast.Module) -> bool:
    """Whether the statement reads; of one that stands elsewhere, whether the file has none that writes."""
    statement = call.args[0] if call.args else None
    if isinstance(statement, ast.Constant | ast.JoinedStr):
        return _first_word(statement) in READING
    return not any(_first_word(node) in WRITING for node in ast.walk(tree) if isinstance(node, ast.Constant))


def _first_word(statement: ast.Constant | ast.JoinedStr) -> str:
    first = statement.values[0] if isinstance(statement, ast.JoinedStr) else statement
    value = first.value if isinstance(first, ast.Constant) else ""
    return value.split()[0].upper() if isinstance(value, str) and value.split() else ""


def sources_that_may_not_write() -> list[Path]:
    return [
        path
        for path in sorted(OPS.rglob("*.py"))
        if "migrations" not in path.parts
        and path.name != "actions.py"
        and "actions" not in path.parts
        and str(path.relative_to(OPS)) not in MAY_WRITE
    ]


@pytest.mark.parametrize("path", sources_that_may_not_write(), ids=lambda path: str(path.relative_to(OPS)))
def test_only_actions_write(path):
    assert writes(path.read_text("utf-8")) == [], "move the write into an action of the room that owns the table"


@pytest.mark.parametrize(
    "line",
    [
        "person.save()",
        "Person.objects.create(name='x')",
        "Person.objects.bulk_create(rows)",
        "rows.filter(pk=1).update(name='x')",
        "rows.delete()",
        "Person.objects.get_or_create(id=1)",
        "cursor.execute('DELETE FROM people_person')",
        "FORGET = 'delete from people_person'\ncursor.execute(FORGET)",
    ],
)
def test_a_write_is_noticed(line):
    assert len(writes(line)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "counts.update(other)",
        "picture.save(file)",
        "digest.update(b'x')",
        "cursor.execute('SELECT 1')",
        "ONE = 'SELECT 1'\ncursor.execute(ONE)",
    ],
)
def test_what_only_looks_like_a_write_is_let_pass(line):
    assert writes(line) == []


def positional_actions(source: str) -> list[str]:
    """Public functions of an actions module that can be called without naming the arguments.

    One unnamed argument is let pass where it reads as the object of the verb: `record("people.merged", by=...)`.
    """
    return [
        f"line {node.lineno}: {node.name}({', '.join(argument.arg for argument in node.args.args)})"
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and len(node.args.args) > 1
        and node.name not in READ_AS_A_SENTENCE
    ]


def actions_modules() -> list[Path]:
    return sorted(OPS.glob("*/actions.py")) + sorted(OPS.glob("*/actions/*.py"))


@pytest.mark.parametrize("path", actions_modules(), ids=lambda path: str(path.relative_to(OPS)))
def test_an_action_is_called_by_the_names_of_its_arguments(path):
    assert positional_actions(path.read_text("utf-8")) == []


def test_an_action_with_a_positional_argument_is_noticed():
    assert positional_actions("def place(person, room, *, by): ...") == ["line 1: place(person, room)"]
    assert positional_actions("def place(person, *, room, by): ...") == []
