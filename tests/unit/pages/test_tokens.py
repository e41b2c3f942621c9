"""The tokens: both themes from the same names, and readable in both."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from fangxian.ops.pages.views.design import COLOURS, SPACES

STYLES = Path(__file__).resolve().parents[3] / "web" / "src" / "styles"
TOKENS = (STYLES / "tokens.css").read_text(encoding="utf-8")
PAIRS = {
    name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS)
}
ON_GROUNDS = [
    (text, ground)
    for ground in ("paper", "sheet", "sunk", "accent-soft")
    for text in ("ink", "ink-soft", "accent", "accent-deep", "red-ink")
]
ON_FILLS = [("on-accent", "accent"), ("on-accent", "accent-deep"), ("paper", "ink")]
HEALTH = [
    pair
    for colour in ("green", "yellow", "red", "unknown")
    for pair in ((f"on-{colour}", colour), (f"{colour}-ink", f"{colour}-wash"), ("ink", f"{colour}-wash"))
]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), ON_GROUNDS + ON_FILLS + HEALTH)
def test_text_is_readable_on_its_ground(text, ground, theme):
    assert contrast(PAIRS[text][theme], PAIRS[ground][theme]) >= 4.5


@pytest.mark.parametrize(("theme", "apart"), [(0, 1.3), (1, 1.4)], ids=["light", "dark"])
def test_the_shares_of_a_map_are_told_apart_from_the_ground_and_from_one_another(theme, apart):
    """On the wall, six metres away in the dark, more is needed than on paper."""
    steps = [PAIRS[name][theme] for name in ("sheet", "share-1", "share-2", "share-3", "share-4")]
    assert [pair for pair in pairwise(steps) if contrast(*pair) < apart] == []


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("mark", "ground"),
    [
        ("accent", "sheet"),
        ("accent", "paper"),
        ("ink-soft", "sheet"),
        ("red", "sheet"),
        ("red", "red-wash"),
        ("green", "green-wash"),
        ("unknown", "unknown-wash"),
    ],
)
def test_shapes_and_edges_can_be_seen(mark, ground, theme):
    assert contrast(PAIRS[mark][theme], PAIRS[ground][theme]) >= 3


def test_the_design_page_shows_every_colour_and_every_space():
    shown = {name for _, names in COLOURS for name in names} | set(SPACES)
    assert shown == set(PAIRS) | set(re.findall(r"--(s\d+):", TOKENS))


def test_spaces_are_steps_of_four_pixels():
    steps = {int(n): float(rem) * 16 for n, rem in re.findall(r"--s(\d+): ([\d.]+)rem", TOKENS)}
    assert steps == {n: n * 4 for n in steps}


def test_colours_are_written_in_the_tokens_and_nowhere_else():
    strays = [
        f"{sheet.name}: {line.strip()}"
        for sheet in STYLES.glob("*.css")
        if sheet.name not in {"tokens.css", "print.css"}
        for line in sheet.read_text(encoding="utf-8").splitlines()
        if re.search(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(", line)
    ]
    assert strays == []


def test_type_comes_in_five_sizes_but_for_the_answer_at_a_door():
    strays = [
        f"{sheet.name}: {line.strip()}"
        for sheet in STYLES.glob("*.css")
        if sheet.name not in {"tokens.css", "print.css", "answer.css"}
        for line in sheet.read_text(encoding="utf-8").splitlines()
        if "font-size:" in line and not re.search(r"var\(--t[1-5]\)|font-size: (100%|clamp)", line)
        # The words of a map and of a tree are measured in the units of their drawing.
        if not (sheet.name in {"pictures.css", "transmission.css"} and re.search(r"font-size: \d+px", line))
    ]
    assert strays == []


def test_nothing_is_slanted_or_spaced_out():
    text = "".join(sheet.read_text(encoding="utf-8") for sheet in STYLES.glob("*.css"))
    assert not re.search(r"italic|oblique|letter-spacing", text)
