"""docs/reference is what the code says, and what the code says to people keeps the house's manners."""

import re
from pathlib import Path

import pytest

import generate_reference
from reference_refusals import all_sentences, faults, sentences

ROOT = Path(__file__).resolve().parents[2]
RAISED = re.compile(r'(Refusal|refuse|refusal_of)\(\s*"([a-z][a-z_.0-9]*)"')


@pytest.mark.parametrize("name", generate_reference.PAGES)
def test_a_reference_page_is_what_the_code_says(name):
    path = ROOT / generate_reference.FOLDER / name
    assert path.exists(), "run `make docs`"
    assert path.read_text("utf-8") == generate_reference.PAGES[name](), "run `make docs`"


def test_every_refusal_is_said_in_both_languages_and_means_one_thing():
    assert faults(all_sentences(ROOT)) == []


def test_the_reader_of_refusals_finds_them_all():
    """A code that is raised somewhere, but whose sentence the reader cannot see, would be missing in the manual."""
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "fangxian").rglob("*.py"))
    raised = {code for _, code in RAISED.findall(source) if "." in code}
    summaries = {code for call, code in RAISED.findall(source) if call == "refusal_of"}  # they say their findings
    assert raised - summaries - {sentence.code for sentence in all_sentences(ROOT)} == set()


def test_every_environment_variable_is_in_the_manual():
    read = {
        name
        for path in (ROOT / "fangxian").rglob("*.py")
        for name in re.findall(r"\b(FANGXIAN_[A-Z_]+|DATABASE_URL)\b", path.read_text("utf-8"))
    }
    page = (ROOT / generate_reference.FOLDER / "settings.md").read_text("utf-8")
    assert [name for name in sorted(read) if f"`{name}`" not in page] == []


PLANTED = {
    "English only": ('Refusal("a.b", zh="It is so.", en="It is so.")', "not Chinese"),
    "a fact in one language": ('Refusal("a.b", zh="有 {n} 个。", en="There are some.")', "one language only: n"),
    "two meanings": ('Refusal("a.b", zh="甲。", en="A."); Refusal("a.b", zh="乙。", en="B.")', "one code, one meaning"),
    "in a table": ('X = {"a.b": Said("有 {n} 个。", "There are some.")}', "one language only: n"),
    "narrow punctuation": ('Refusal("a.b", zh="甲,乙。", en="A, B.")', "narrow"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_slip_in_a_refusal_is_noticed(planted):
    source, said = PLANTED[planted]
    assert any(said in fault for fault in faults(list(sentences(source, "x.py"))))


def test_a_finding_of_one_code_may_speak_of_different_things():
    source = 'at_row("a.b", True, "甲。", "A."); at_row("a.b", True, "乙。", "B.")'
    assert faults(list(sentences(source, "x.py"))) == []
