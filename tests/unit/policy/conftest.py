"""The shipped rulebooks, and a way to write one passage of them otherwise."""

from pathlib import Path

import pytest

from fangxian.core.policy.checking import check
from fangxian.core.policy.reading import read_rulebook

FOLDER = Path(__file__).resolve().parents[3] / "counties" / "fushan" / "rulebooks"


@pytest.fixture(scope="session")
def covid_text():
    return (FOLDER / "covid19-2022-04.toml").read_text("utf-8")


@pytest.fixture(scope="session")
def covid(covid_text):
    return read_rulebook(covid_text)


@pytest.fixture(scope="session", params=sorted(path.name for path in FOLDER.glob("*.toml")))
def shipped(request):
    """Each shipped rulebook's bytes."""
    return (FOLDER / request.param).read_bytes()


@pytest.fixture
def written(covid_text):
    """The COVID-19 text with passages replaced, each of which must be there."""

    def write(*changes):
        text = covid_text
        for before, after in changes:
            assert before in text, before
            text = text.replace(before, after, 1)
        return text

    return write


@pytest.fixture(scope="session")
def beside_the_shipped(covid):
    """Findings without those that the shipped COVID-19 rulebook leaves to the county itself."""
    known = check(covid)
    assert not any(finding.blocks for finding in known)
    return lambda findings: [finding for finding in findings if finding not in known]
