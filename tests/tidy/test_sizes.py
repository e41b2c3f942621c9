"""A function fits on a screen, a module in the head."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FUNCTION, LONGEST_MODULE = 40, 400  # lines
# Named with a reason; past the size, look for the room that is missing.
EXCEPTIONS: dict[str, str] = {}


def too_long(name: str, source: str) -> list[str]:
    """The module, if it is, and each of its functions that is; a docstring does not count."""
    n_lines = len(source.splitlines())
    found = [f"{name} has {n_lines} lines"] if n_lines > LONGEST_MODULE else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (n := _n_lines(node)) > LONGEST_FUNCTION:
            found.append(f"{name}:{node.lineno} {node.name} has {n} lines")
    return found


def _n_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return function.end_lineno - body[0].lineno + 1 if body else 0


def our_sources() -> list[Path]:
    folders = ("fangxian", "tools", "tests", "bench")
    return [path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts]


def test_functions_and_modules_are_short():
    found = []
    for path in our_sources():
        name = str(path.relative_to(ROOT))
        if name not in EXCEPTIONS:
            found += too_long(name, path.read_text("utf-8"))
    assert found == []


def test_exceptions_are_still_needed():
    assert [name for name in EXCEPTIONS if not too_long(name, (ROOT / name).read_text("utf-8"))] == []


def test_a_long_function_and_a_long_module_are_noticed():
    body = "\n".join(f"    x = {n}" for n in range(LONGEST_FUNCTION + 1))
    assert too_long("m.py", f"def f():\n{body}\n") == [f"m.py:1 f has {LONGEST_FUNCTION + 1} lines"]
    assert too_long("m.py", "x = 1\n" * (LONGEST_MODULE + 1)) == [f"m.py has {LONGEST_MODULE + 1} lines"]


def test_a_docstring_does_not_count():
    lines = "\n".join("    words" for _ in range(60))
    assert too_long("m.py", f'def f():\n    """Says.\n{lines}\n    """\n    return 1\n') == []
