"""The manual and the vectors say what the spec tests state. `pytest tests/spec --write` writes them anew."""

from fangxian.core.policy.schema import schema_text
from tests.spec.manual import ROOT
from tests.spec.manual_pages import write_anew


def test_the_manual_the_vectors_and_the_schema_are_current(request):
    """Fails with the name of the file that is not what the program says today."""
    files = write_anew() | {"spec/schemas/rulebook.schema.json": schema_text()}
    if request.config.getoption("--write", default=False):
        for name, text in files.items():
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(text, "utf-8")
    stale = [
        name for name, text in files.items() if not (ROOT / name).exists() or (ROOT / name).read_text("utf-8") != text
    ]
    assert stale == [], "run `pytest tests/spec --write` and look at what changed"
