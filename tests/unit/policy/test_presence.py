"""Which scans may become evidence, by how presence was shown."""

from datetime import date, datetime, timedelta

import pytest

from fangxian.core.policy.colours import decide_colours
from fangxian.core.policy.evidence import Evidence
from fangxian.core.policy.presence import SHOWN, counts_as_evidence
from fangxian.core.policy.vocabulary import Presence


def test_a_scan_that_shows_no_presence_is_no_evidence_whatever_is_asked():
    assert not counts_as_evidence(Presence.NONE)
    assert not counts_as_evidence(Presence.NONE, tuple(Presence))


@pytest.mark.parametrize("shown", SHOWN)
def test_a_way_that_the_rulebook_lists_counts_and_no_other(shown):
    others = [way for way in SHOWN if way is not shown]
    assert counts_as_evidence(shown, [shown])
    assert not counts_as_evidence(shown, others)
    assert counts_as_evidence(shown), "a rulebook that lists none asks for none in particular"


def test_what_comes_from_no_scan_counts_unless_presence_is_asked_for():
    assert counts_as_evidence(None)
    assert not counts_as_evidence(None, SHOWN)


@pytest.mark.parametrize(
    ("shown", "colour"), [(way, "green" if way is Presence.NONE else "yellow") for way in Presence]
)
def test_a_co_presence_turns_a_code_by_every_way_but_none(covid, shown, colour):
    at = datetime(2022, 4, 19, 8, tzinfo=covid.utc_offset)
    piece = Evidence(
        id="e1", kind="co-present", disease="covid-19", from_at=at - timedelta(days=1), source="archive", issuer="u",
        attributes={"last_exposure_on": date(2022, 4, 18)}, presence=shown,
    )  # fmt: skip
    assert decide_colours(covid, {"p": [piece]}, at=at, known_at=at, registered={"p"})["p"].colour.word == colour
