"""Each kind of alarm has its page for whoever is on duty."""

from pathlib import Path

import pytest

from fangxian.ops.alarms.kinds import KINDS

PAGES = Path(__file__).resolve().parents[3] / "docs" / "operations"


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_a_page_that_says_what_it_means_what_to_do_and_how_to_know_it_worked(kind):
    page = (PAGES / f"{kind}.md").read_text("utf-8")
    headings = [line[3:] for line in page.splitlines() if line.startswith("## ")]
    assert headings == ["意思 What it means", "怎么办 What to do", "怎么知道好了 How to know it worked"]


@pytest.mark.parametrize(("kind", "told"), KINDS.items(), ids=KINDS)
def test_a_kind_stands_in_the_list_of_pages_by_its_title(kind, told):
    listed = (PAGES / "README.md").read_text("utf-8")
    assert f"| {told.title.zh} | {told.title.en} | [{kind}]({kind}.md) |" in listed
