"""Travel states of a set of people agree with the definition, moment by moment."""

from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.policy.evidence import Evidence
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.travel import decide_travel
from fangxian.core.policy.vocabulary import TRAVEL_SEVERITY, Presence, Travel

SHIPPED = Path(__file__).resolve().parents[2] / "counties" / "fushan" / "rulebooks" / "covid19-2022-04.toml"
RULEBOOK = read_rulebook(SHIPPED.read_bytes())
KINDS = {kind.kind: kind for kind in RULEBOOK.evidence}
OF_TRAVEL = sorted({rule.evidence for rule in RULEBOOK.travel})
START = datetime(2022, 4, 25, tzinfo=RULEBOOK.utc_offset)
MINUTE = timedelta(minutes=1)
hours = st.integers(-16 * 24, 24)


@st.composite
def evidence(draw, n):
    kind = KINDS[draw(st.sampled_from([*OF_TRAVEL * 4, *KINDS]))]
    from_at = START + draw(hours) * timedelta(hours=1)
    return Evidence(
        id=f"e{n}", kind=kind.kind, disease=draw(st.sampled_from(["covid-19"] * 9 + ["measles"])), from_at=from_at,
        until_at=draw(st.none() | st.integers(1, 600).map(lambda n: from_at + n * timedelta(hours=1))),
        source=draw(st.sampled_from([*kind.sources] * 3 + ["passer-by"])), issuer="—",
        attributes={name: draw(st.sampled_from(values)) for name, values in kind.attributes.items() if values},
        presence=draw(st.none() | st.sampled_from([Presence.NONE, Presence.STAFFED])),
    )  # fmt: skip


def by_definition(pieces, at):
    """The worst of what any rule says of any piece that counts and still holds; unknown without one."""
    said = [
        rule.state
        for piece in pieces
        for rule in RULEBOOK.travel
        if rule.evidence == piece.kind
        and piece.disease == "covid-19"
        and piece.source in KINDS[piece.kind].sources
        and piece.presence is not Presence.NONE
        and piece.from_at <= at < piece.from_at + rule.lasts
        and (piece.until_at is None or at < piece.until_at)
        and all(piece.attributes.get(name) in values for name, values in rule.when.items())
    ]
    return max(said, key=TRAVEL_SEVERITY.__getitem__, default=Travel.UNKNOWN)


people = st.integers(0, 4).flatmap(lambda n: st.tuples(*(evidence(n) for n in range(n))))


@given(people, hours.map(lambda n: START + n * timedelta(hours=1)))
def test_the_state_is_what_the_definition_says_and_holds_until_it_says_it_does(pieces, at):
    found = decide_travel(RULEBOOK, {"p": pieces}, at=at)["p"]
    assert found.state == by_definition(pieces, at)
    if found.until_at is None:
        assert found.state is Travel.UNKNOWN
        return
    assert by_definition(pieces, found.until_at - MINUTE) == found.state or found.state is Travel.CLEAR
    decider = next(piece for piece in pieces if piece.id == found.evidence)
    assert by_definition([decider], found.until_at - MINUTE) == found.state
    assert by_definition([decider], found.until_at) is Travel.UNKNOWN


def test_a_card_with_an_end_of_its_own_is_not_believed_past_it():
    card = Evidence(
        id="e", kind="itinerary-card", disease="covid-19", from_at=START, until_at=START + timedelta(hours=2),
        source="declaration", issuer="—", attributes={"result": "clear"},
    )  # fmt: skip
    found = decide_travel(RULEBOOK, {"p": [card]}, at=START + timedelta(hours=1))["p"]
    assert (found.state, found.until_at) == (Travel.CLEAR, card.until_at)
