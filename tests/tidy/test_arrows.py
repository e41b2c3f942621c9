"""Who may import whom: the arrows of pyproject.toml, and that they would notice being crossed.

`make test` runs the import linter itself. Here its contracts are tried on a copy of the house with one
stone set wrong, since a contract that cannot fail holds nothing.
"""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
POLICY = "fangxian.core.policy"
STANDARD_LIBRARY = set(sys.stdlib_module_names)
# What reaches for the disk, the clock or the dice by a name that needs no import.
IMPURE_BUILTINS = {"open", "print", "input", "exec", "eval", "__import__"}


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("fangxian", include_external_packages=True, cache_dir=None)


# Sets each stone, lints, takes it out again. In one process: a start for each, and a graph made anew, took three times
# as long. What changed since is read anew, by its time; what did not is kept beside the copy.
LINTER = """
import contextlib, io, json, sys
from importlinter.cli import lint_imports
from pathlib import Path

told = {}
for name, (file, text) in json.load(sys.stdin).items():
    path, said = Path(file), io.StringIO()
    old, is_new_folder = path.read_text() if path.exists() else None, not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((old or "") + chr(10) + text + chr(10))
    with contextlib.redirect_stdout(said):
        status = lint_imports(config_filename="pyproject.toml", cache_dir="kept")
    told[name] = status, said.getvalue()
    path.unlink() if old is None else path.write_text(old)
    if is_new_folder:
        path.parent.rmdir()
json.dump(told, sys.stdout)
"""
AS_IT_STANDS = "nothing"


@pytest.fixture(scope="module")
def linted(tmp_path_factory):
    """What the import linter said of a copy of the house: its exit status and words, by the name of the stone."""
    house = tmp_path_factory.mktemp("house")
    for path in (ROOT / "fangxian").rglob("*.py"):
        copy = house / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    shutil.copyfile(ROOT / "pyproject.toml", house / "pyproject.toml")
    planted = {name: (file, text) for name, (file, text, _) in PLANTED.items()}
    done = subprocess.run(
        [sys.executable, "-c", LINTER],
        cwd=house,
        env={"PYTHONPATH": str(house), "PATH": ""},
        # Last, so that a stone left behind is found out.
        input=json.dumps(planted | {AS_IT_STANDS: ("fangxian/core/refusal.py", "")}),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


PLANTED = {
    "a folder nobody placed in the house": ("fangxian/extras/__init__.py", "", "extras"),
    "a folder nobody placed in core": ("fangxian/core/weather/__init__.py", "", "weather"),
    "a room nobody placed in ops": ("fangxian/ops/gossip/__init__.py", "", "gossip"),
    "core asking ops": ("fangxian/core/refusal.py", "import fangxian.ops.realm.clock", "house"),
    "core asking the command line": ("fangxian/core/refusal.py", "import fangxian.cli", "house"),
    "ops asking the command line": ("fangxian/ops/people/queries.py", "import fangxian.cli", "house"),
    "core looking at the clock": ("fangxian/core/drill/__init__.py", "import time", "pure"),
    "core throwing dice": ("fangxian/core/policy/__init__.py", "import random", "pure"),
    "core reading the disk": ("fangxian/core/policy/__init__.py", "from pathlib import Path", "pure"),
    "core opening a socket": ("fangxian/core/drill/__init__.py", "import socket", "pure"),
    "core knowing the framework": ("fangxian/core/refusal.py", "from django.db import models", "pure"),
    "policy asking the drill": ("fangxian/core/policy/__init__.py", "import fangxian.core.drill", "core"),
    "places asking people": ("fangxian/ops/places/queries.py", "import fangxian.ops.people.queries", "ops"),
    "a register asking a domain room": (
        "fangxian/ops/people/queries.py",
        "import fangxian.ops.measures.queries",
        "ops",
    ),
    "realm asking a room": ("fangxian/ops/realm/clock.py", "import fangxian.ops.places.queries", "ops"),
    "a page asked by a room": ("fangxian/ops/measures/queries.py", "import fangxian.ops.pages.words", "ops"),
    "a module nobody placed in pages": ("fangxian/ops/pages/rulebook_sheet.py", "", "rulebook_sheet"),
    "the county's pages asking the rulebook's": (
        "fangxian/ops/pages/county/words.py",
        "import fangxian.ops.pages.rulebook.words",
        "pages.county is not allowed to import fangxian.ops.pages.rulebook",
    ),
    "the furniture of pages asking a room of theirs": (
        "fangxian/ops/pages/words.py",
        "import fangxian.ops.pages.county.words",
        "pages.words is not allowed to import fangxian.ops.pages.county",
    ),
}


def test_the_house_as_it_stands_keeps_its_contracts(linted):
    status, said = linted[AS_IT_STANDS]
    assert status == 0, said


@pytest.mark.parametrize("planted", PLANTED)
def test_the_contracts_notice(planted, linted):
    (status, said), named = linted[planted], PLANTED[planted][2]
    assert status != 0, f"{planted} went unnoticed"
    assert named in said, said


def not_of_the_standard_library(graph: grimp.ImportGraph, package: str) -> list[str]:
    """Imports of `package` that are neither its own nor core's two cornerstones nor the standard library's.

    Handles are opened with AES (docs/decisions/0008), by central gates and issuers alone: no phone has their keys.
    """
    allowed = (package, "fangxian.core.parameters", "fangxian.core.refusal")
    handles = f"{POLICY}.handles"
    return sorted(
        f"{module} imports {imported}"
        for module in graph.modules
        if module == package or module.startswith(package + ".")
        for imported in graph.find_modules_directly_imported_by(module)
        if not imported.startswith(allowed) and imported.split(".")[0] not in STANDARD_LIBRARY
        if (module, imported.split(".")[0]) != (handles, "cryptography")
    )


def test_policy_needs_nothing_but_the_standard_library_and_a_cipher(graph):
    assert not_of_the_standard_library(graph, POLICY) == []


def test_numpy_in_policy_is_noticed(graph):
    graph.add_import(importer=f"{POLICY}", imported="numpy")
    try:
        assert not_of_the_standard_library(graph, POLICY) == [f"{POLICY} imports numpy"]
    finally:
        graph.remove_import(importer=f"{POLICY}", imported="numpy")


def not_for_the_gate(graph: grimp.ImportGraph) -> list[str]:
    """Imports of the gate that are neither its own nor core.policy (with core's cornerstones), or are heavy.

    Its lane alone has arrays, and what compiles loops over them.
    """
    allowed = ("fangxian.gate", POLICY, "fangxian.core.refusal", "fangxian.core.parameters")
    heavy = {"django", "numpy", "scipy", "duckdb"}
    of_the_lane = {"numpy", "fangxian.core.compiled"}
    return sorted(
        f"{module} imports {imported}"
        for module in graph.modules
        if module.startswith("fangxian.gate")
        for imported in graph.find_modules_directly_imported_by(module)
        if not (module.startswith("fangxian.gate.quick") and imported in of_the_lane)
        if (imported.startswith("fangxian") and not imported.startswith(allowed)) or imported.split(".")[0] in heavy
    )


def test_the_gate_knows_the_policy_and_nothing_else_of_ours(graph):
    assert not_for_the_gate(graph) == []


@pytest.mark.parametrize("forbidden", ["fangxian.ops.people", "fangxian.core.drill", "numpy", "django"])
def test_a_gate_that_knows_too_much_is_noticed(forbidden):
    graph = grimp.ImportGraph()
    graph.add_module("fangxian.gate.serve")
    graph.add_module(forbidden)
    graph.add_import(importer="fangxian.gate.serve", imported=forbidden)
    assert not_for_the_gate(graph) == [f"fangxian.gate.serve imports {forbidden}"]


def test_a_gate_that_was_not_asked_for_its_lane_loads_no_arrays():
    program = "import sys, fangxian.gate.running; print({'numpy', 'numba'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def impure_calls(source: str) -> list[str]:
    """Calls that read the disk, write to the terminal, or ask the machine for the time."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if name in IMPURE_BUILTINS or name.split(".")[-1] in {"now", "today", "utcnow"} or "np.random." in name:
            found.append(f"line {node.lineno}: {name}()")
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "fangxian" / "core").rglob("*.py")), ids=lambda path: path.stem)
def test_core_calls_no_clock_no_dice_no_disk(path):
    assert impure_calls(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "line",
    ["open('x')", "print(1)", "datetime.now(UTC)", "date.today()", "np.random.default_rng(1)", "np.random.rand()"],
)
def test_an_impure_call_is_noticed(line):
    assert len(impure_calls(line)) == 1
