"""No sentence in one language only: prose stands in templates inside `say` or `|en:`, and nowhere else."""

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "fangxian" / "ops" / "pages"
TEMPLATES = sorted((PAGES / "templates").rglob("*.html"))
HAN = re.compile(r"[\u3400-\u9fff]")
TAG_OR_VALUE = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.S)
QUOTED = r'"(?:[^"\\]|\\.)*"'
SAY = re.compile(rf"{{%\s*say\s+({QUOTED})\s+({QUOTED})")
EN = re.compile(rf"({QUOTED})\|en:({QUOTED})")
SPOKEN_ATTRIBUTE = re.compile(r'\b(?:aria-label|title|alt|placeholder|value)="([^"]*)"')
# Written in both languages wherever it stands: the mark of a realm of invented people, and the language switch.
IN_BOTH = re.compile(r'<(\w+)[^>]*\blang="[^"]*"[^>]*>[^<]*</\1>')
# Names, not prose: a key of the keyboard, and areas of an invented map.
NAMES = re.compile(r"<kbd>[^<]*</kbd>|<text[^>]*>.</text>|<code>[^<]*</code>")
# Blocks that hold a word for machines: a class, an attribute, a theme.
MACHINE_BLOCK = re.compile(r"{% block (?:shell|html_class|theme|width) %}.*?{% endblock %}", re.S)


def prose(html: str) -> list[str]:
    """What a reader would see of a template with all its tags taken out, where it is words."""
    html = NAMES.sub("", IN_BOTH.sub("", TAG_OR_VALUE.sub("", MACHINE_BLOCK.sub("", html))))
    spoken = SPOKEN_ATTRIBUTE.findall(html)
    seen = re.sub(r"<[^>]*>", "\n", html).splitlines()
    return [
        text.strip() for text in [*seen, *spoken] if HAN.search(text) or re.search(r"[A-Za-z]{2,} ?[a-z]{2,}", text)
    ]


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(PAGES / "templates").as_posix())
def test_prose_is_said_in_both_languages(path):
    strays = [text for text in prose(read(path)) if text not in KEYWORDS]
    assert strays == [], f'{path.name}: write {{% say "中文" "English" %}}, or "中文"|en:"English" in a tag'


# Values of attributes that are for machines, and the one declaration that is neither tag nor text.
KEYWORDS = {"light", "dark", "auto", "zh-hans", "en"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(PAGES / "templates").as_posix())
def test_chinese_stands_only_where_english_stands_beside_it(path):
    text = read(path)
    for tag in re.findall(r"{%.*?%}|{{.*?}}", text):
        rest = SAY.sub("", EN.sub("", tag))
        assert not HAN.search(rest) or 'masked:"' in rest, f"{path.name}: {tag} has no English"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.relative_to(PAGES / "templates").as_posix())
def test_the_chinese_is_chinese_and_both_name_the_same_values(path):
    for zh, en in SAY.findall(read(path)) + EN.findall(read(path)):
        assert not HAN.search(en), f"{path.name}: the English of {zh} is Chinese"
        assert HAN.search(zh) or not re.search(r"[a-z]{3}", re.sub(r"{\w+}", "", zh)), f"{path.name}: {zh} is English"
        assert set(re.findall(r"{(\w+)}", zh)) == set(re.findall(r"{(\w+)}", en)), f"{path.name}: {zh} / {en}"


def test_every_page_names_its_language():
    assert '<html lang="{% html_language %}"' in read(PAGES / "templates" / "base.html")
    others = [p.name for p in TEMPLATES if "<html" in read(p) and p.name != "base.html"]
    assert others == []


@pytest.mark.parametrize(
    "html",
    [
        "<p>县</p>",
        "<p>The county</p>",
        '<a aria-label="Open it">',
        '<p>{% say "县" "County" %} today</p>',
        "<p>Retry</p>",
    ],
)
def test_a_sentence_in_one_language_is_found(html):
    assert prose(html) != []
