"""The locks: what is tested is what runs."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "requirements"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+?)(?:\s*;\s*(.*?))?\s*\\?$", re.MULTILINE)


def pins(text: str) -> dict[tuple[str, str], str]:
    """Each package, with the condition it is pinned under, and its version."""
    return {(name, condition or ""): version for name, version, condition in PIN.findall(text)}


def lock(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("name", ["build", "runtime", "test", "bench", "cluster", "node"])
def test_every_pin_has_a_digest(name):
    entries = re.split(r"\n(?=[a-z0-9])", lock(name).strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", ["test", "bench", "cluster"])
def test_the_larger_sets_hold_the_runtimes_versions(name):
    runtime, larger = pins(lock("runtime")), pins(lock(name))
    drifted = {
        package: (runtime[package], larger.get(package))
        for package in runtime
        if larger.get(package) != runtime[package]
    }
    assert drifted == {}, "run `make locks`"


@pytest.mark.parametrize("name", ["runtime", "test", "bench", "cluster"])
def test_a_lock_holds_all_that_was_asked_for(name):
    asked = re.findall(r"^([A-Za-z0-9._-]+)", (FOLDER / f"{name}.in").read_text("utf-8"), re.MULTILINE)
    names = {package for package, _ in pins(lock(name))}
    wanted = {package.lower().replace("_", "-").replace(".", "-") for package in asked if package[0] not in "-#"}
    assert wanted - names == set(), "run `make locks`"


def test_a_drifted_version_is_noticed():
    assert pins("django==5.2.19 \\\n") != pins("django==5.2.18 \\\n")


def undeclared(imported: set[str], locked: set[str], provided_by: dict[str, list[str]]) -> list[str]:
    """Imported modules whose package stands in no lock, though it may happen to be installed here."""

    def packages(module: str) -> set[str]:
        return {re.sub(r"[-_.]+", "-", name).lower() for name in provided_by.get(module, [module])}

    return sorted(module for module in imported if not packages(module) & locked)


@pytest.mark.parametrize(("folders", "locks"), [(("tests", "tools"), ("test",)), (("bench",), ("test", "bench"))])
def test_tests_tools_and_benches_import_nothing_that_a_fresh_machine_lacks(folders, locks):
    tools = {path.stem for path in ROOT.glob("tools/*.py")}
    ours = {"fangxian", "tests", "bench"} | tools | set(sys.stdlib_module_names)
    imported = {
        name.split(".")[0]
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        for name in _imports(path.read_text("utf-8"))
    }
    locked = {package for name in locks for package, _ in pins(lock(name))}
    assert undeclared(imported - ours, locked, packages_distributions()) == [], (
        f"add it to requirements/{locks[-1]}.in, `make locks`"
    )


def test_an_undeclared_import_is_noticed():
    assert undeclared({"phonenumbers"}, {"django"}, {"phonenumbers": ["phonenumberslite"]}) == ["phonenumbers"]
    assert undeclared({"phonenumbers"}, {"phonenumberslite"}, {"phonenumbers": ["phonenumberslite"]}) == []


def _imports(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module)
    return found
