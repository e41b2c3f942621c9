"""What a page that was left open asks by itself is marked as such: it is no sign of anybody, but for the wall's."""

import pytest

from fangxian.ops.accounts.idle import ASKED_BY_ITSELF
from fangxian.ops.pages.situation.serving import ServesLive

MARKED = {
    ("/tracing/board", ""): True,
    ("/tracing/board", "wall"): False,
    ("/tracing", ""): None,
    ("/tasks", ""): None,
}


@pytest.mark.parametrize(("asked", "mark"), MARKED.items(), ids=lambda it: "".join(it) if isinstance(it, tuple) else "")
def test_only_what_renews_itself_is_marked(asked, mark):
    seen = {}
    path, query = asked
    ServesLive(lambda environ, start: seen.update(environ) or [])({"PATH_INFO": path, "QUERY_STRING": query}, None)
    assert seen.get(ASKED_BY_ITSELF) is mark
