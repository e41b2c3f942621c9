"""The field's own word, once: GLOSSARY.md names what is really in the code, and nothing bears a word that bites."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (?P<zh>[^|]+) \| (?P<en>[^|]+) \| (?P<name>[^|]+) \|$", re.MULTILINE)
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|managers?|services?)(_|$)|^(handle|process)_")
# Names that are not ours to choose, or whose word is a noun of the field here.
NOT_VAGUE = {
    "process_exception",
    "process_view",
    "handle_of",
    "handle_starttag",  # as the standard library's reader of web pages calls them
    "handle_endtag",
    "handle_data",
}
# On a stored field each of these could mean two things; see the glossary's head.
BITING_FIELDS = {"code", "contact", "case", "test", "status_code", "type", "data", "info"}


def rows(text: str) -> list[tuple[str, str, str]]:
    found = [(match["zh"].strip(), match["en"].strip(), match["name"].strip()) for match in ROW.finditer(text)]
    return [row for row in found if row[0] != "中文"]


def our_sources() -> list[Path]:
    return [path for path in (ROOT / "fangxian").rglob("*.py") if "migrations" not in path.parts]


def names_of(source: str) -> set[str]:
    """What a source defines, and the short words it stores (`"dedicated"` among a field's choices)."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and IDENTIFIER.fullmatch(node.value):
            found.add(node.value)
    return found


@pytest.fixture(scope="module")
def names_in_code() -> set[str]:
    found = {part for path in our_sources() for part in (*path.parts, path.stem)}
    for path in our_sources():
        found |= names_of(path.read_text("utf-8"))
    for path in ROOT.glob("fangxian/**/*.toml"):
        keys = re.findall(r"^\[*([a-z_.]+)(?: *=|\])", path.read_text("utf-8"), re.MULTILINE)
        found |= {word for key in keys for word in key.split(".")}
    return found


@pytest.fixture(scope="module")
def glossary() -> list[tuple[str, str, str]]:
    return rows((ROOT / "GLOSSARY.md").read_text("utf-8"))


def test_every_name_of_the_glossary_is_in_the_code(glossary, names_in_code):
    missing = [
        (zh, name)
        for zh, _, cell in glossary
        if cell != "—"
        for name in re.findall(r"`([^`]+)`", cell) or [cell]
        if name not in names_in_code
    ]
    assert missing == []


def test_the_glossary_says_each_word_once(glossary):
    for column in (0, 1):
        words = [row[column] for row in glossary]
        assert sorted({word for word in words if words.count(word) > 1}) == []
    names = [row[2] for row in glossary if row[2] != "—"]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_the_glossary_is_in_both_languages(glossary):
    assert len(glossary) >= 60
    assert [zh for zh, _, _ in glossary if not re.search(r"[\u4e00-\u9fff]", zh)] == []
    assert [en for _, en, _ in glossary if re.search(r"[\u4e00-\u9fff]", en)] == []


def vague_names(source: str) -> list[str]:
    """Functions, classes and arguments called by a word that says nothing."""
    found = []
    for node in ast.walk(ast.parse(source)):
        name = getattr(node, "name", None) if isinstance(node, ast.ClassDef | ast.FunctionDef) else None
        if isinstance(node, ast.ClassDef):  # CaseManager says as little as case_manager, a HandleKey is a key
            words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().removeprefix("handle_")
        else:
            words = name
        if words and VAGUE.search(words) and name not in NOT_VAGUE:
            found.append(name)
    return found


@pytest.mark.parametrize("path", our_sources(), ids=lambda path: str(path.relative_to(ROOT / "fangxian")))
def test_nothing_is_called_by_a_word_that_says_nothing(path):
    assert not VAGUE.search(path.stem), "a module is called after what is in it"
    assert vague_names(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "def process_rows(): ...",
        "class CaseManager: ...",
        "def handle_scan(): ...",
        "def date_utils(): ...",
        "class Service: ...",
    ],
)
def test_a_word_that_says_nothing_is_noticed(line):
    assert len(vague_names(line)) == 1


def test_no_stored_field_bears_a_word_that_bites():
    from django.apps import apps

    bitten = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("fangxian.")
        for field in model._meta.concrete_fields
        if field.name in BITING_FIELDS
    ]
    assert bitten == [], "say which: health_code, venue_code, phone, …"
