"""README and ARCHITECTURE say what the program is: every command it has, and no room that is not there yet."""

import argparse
import re
from pathlib import Path

import pytest

from fangxian.cli import _parser

ROOT = Path(__file__).resolve().parents[2]


def commands(parser: argparse.ArgumentParser, so_far: str = "fangxian") -> list[str]:
    """Every command with its verb, as it is typed."""
    verbs = [it for it in parser._actions if isinstance(it, argparse._SubParsersAction)]
    if not verbs:
        return [so_far]
    return [told for it in verbs for name, one in it.choices.items() for told in commands(one, f"{so_far} {name}")]


@pytest.mark.parametrize("command", commands(_parser()))
def test_the_readme_names_every_command(command):
    assert re.search(rf"^    {command}\b", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    ("room", "folder"),
    [
        ("api", "fangxian/ops/api"),
        ("core/exposure", "fangxian/core/exposure"),
        ("warning", "fangxian/core/warning"),
        ("supplies", "fangxian/core/supplies"),
        ("cluster", "fangxian/cluster"),
    ],
)
def test_the_architecture_marks_a_room_while_it_is_not_built(room, folder):
    is_marked = f"{room} ✧" in (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert is_marked is not (ROOT / folder).exists()
