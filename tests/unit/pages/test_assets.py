"""How a page finds the built files."""

import json

import pytest
from django.template import engines
from django.utils.translation import override

from fangxian.ops.pages import assets

MANIFEST = {
    "_shared-1.js": {"file": "assets/shared-1.js", "css": ["assets/shared-1.css"]},
    "src/console.ts": {"file": "assets/console-1.js", "imports": ["_shared-1.js"], "css": ["assets/console-1.css"]},
    "src/icon.svg": {"file": "assets/icon-1.svg"},
}


@pytest.fixture
def build(tmp_path, settings):
    settings.WEB_DIST = tmp_path / "dist"
    (tmp_path / "dist" / ".vite").mkdir(parents=True)
    (tmp_path / "dist" / ".vite" / "manifest.json").write_text(json.dumps(MANIFEST))
    return tmp_path


def written(source: str) -> str:
    return engines["django"].from_string("{% load look %}" + source).render({})


def test_styles_come_before_the_script_and_the_shared_ones_first(build):
    assert written('{% asset "console.ts" %}').splitlines() == [
        '<link rel="stylesheet" href="/static/assets/shared-1.css">',
        '<link rel="stylesheet" href="/static/assets/console-1.css"><script type="module" '
        'src="/static/assets/console-1.js"></script>',
    ]


def test_one_file_by_its_name(build):
    assert written('{% asset_url "icon.svg" %}') == "/static/assets/icon-1.svg"


def test_an_entry_that_is_not_built_is_named_with_those_that_are(build):
    with pytest.raises(LookupError, match=r"field\.ts is not built; there are .*src/console\.ts"):
        assets.files_of("field.ts")


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "请在代码目录运行"), ("en", "Run `make web`")])
def test_without_a_build_the_page_says_what_to_type(tmp_path, settings, language, words):
    settings.WEB_DIST = tmp_path / "dist"
    with override(language):
        assert words in written('{% assets_missing %}{% asset "console.ts" %}{% asset_url "icon.svg" %}')


def test_with_a_build_nothing_is_said(build):
    assert written("{% assets_missing %}") == ""
