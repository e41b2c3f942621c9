"""Each alarm has a page for whoever is on duty, and none is left out of the list of pages."""

import re
from pathlib import Path

import pytest

from fangxian.ops.alarms.kinds import KINDS

PAGES = Path(__file__).resolve().parents[2] / "docs" / "operations"
HEADINGS = ("## 意思 What it means", "## 怎么办 What to do", "## 怎么知道好了 How to know it worked")
HAN = re.compile("[\u4e00-\u9fff]")


def faults_of(kind: str, title: str, page: str, index: str) -> list[str]:
    """What is wrong with the page of an alarm."""
    lines = page.splitlines()
    found = [f"no heading “{heading}”" for heading in HEADINGS if heading not in lines]
    if title not in page.partition("\n")[0]:
        found.append("it is called otherwise on the situation page")
    for part in re.split(r"^## .*$", page, flags=re.MULTILINE)[1:4]:
        said = [line for line in part.splitlines() if line.strip()]
        chinese = [line for line in said if HAN.search(line)]
        if not chinese or len(chinese) == len(said):
            found.append("a part of it is not in both languages")
    if f"({kind}.md)" not in index:
        found.append("it is not in README.md")
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_an_alarm_has_a_page_that_says_what_it_means_what_to_do_and_how_to_know(kind):
    page = (PAGES / f"{kind}.md").read_text("utf-8")
    assert faults_of(kind, KINDS[kind].title.zh, page, (PAGES / "README.md").read_text("utf-8")) == []


def test_a_page_in_one_language_a_missing_part_and_another_title_are_found():
    planted = "# 别的 · Other\n\n## 意思 What it means\n\n只有中文。\n\n## 怎么办 What to do\n\n好。\n\nGood.\n"
    assert faults_of("gate-silent", "门岗没有应答", planted, "") == [
        "no heading “## 怎么知道好了 How to know it worked”",
        "it is called otherwise on the situation page",
        "a part of it is not in both languages",
        "it is not in README.md",
    ]


def test_every_page_that_the_list_names_is_there():
    named = re.findall(r"\(([\w-]+\.md)\)", (PAGES / "README.md").read_text("utf-8"))
    assert [name for name in named if not (PAGES / name).exists()] == []
