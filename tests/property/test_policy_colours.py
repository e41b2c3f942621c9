"""Colours of a set of people agree with the definition, moment by moment, and keep their promises."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fangxian.core.policy.colours import decide_colours
from fangxian.core.policy.evidence import Evidence, Ruling
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.vocabulary import COLOUR_SEVERITY, Colour, Presence

SHIPPED = Path(__file__).resolve().parents[2] / "counties" / "fushan" / "rulebooks" / "covid19-2022-04.toml"
RULEBOOK = read_rulebook(SHIPPED.read_bytes())
KINDS = {kind.kind: kind for kind in RULEBOOK.evidence}
RELEASING = {word for rule in RULEBOOK.colours for word in rule.ended_by}
START = datetime(2022, 4, 25, tzinfo=RULEBOOK.utc_offset)
HOUR = timedelta(hours=1)

RULINGS = [
    None,
    Ruling(first="a", first_unit="cdc", second="b", second_unit="police", basis="传染病防治法第四十一条"),
    Ruling(first="a", first_unit="cdc", second="b", second_unit="cdc", basis="传染病防治法第四十一条"),
    Ruling(first="a", first_unit="cdc", second="a", second_unit="police", basis="传染病防治法第四十一条"),
    Ruling(first="a", first_unit="cdc", second="b", second_unit="police", basis=" "),
]
days = st.integers(0, 30).map(lambda n: date(2022, 4, 1) + timedelta(days=n)) | st.just(date(1970, 1, 1))
hours = st.integers(-20 * 24, 10 * 24)


@st.composite
def evidence(draw, n, kinds=tuple(KINDS)):
    kind = KINDS[draw(st.sampled_from(kinds))]
    attributes = {
        name: draw(st.sampled_from([*values] * 3 + ["Typo"])) if values else draw(days)
        for name, values in kind.attributes.items()
        if draw(st.sampled_from([True, True, True, False]))
    }
    from_at = START + draw(hours) * HOUR
    return Evidence(
        id=f"e{n}", kind=kind.kind, disease=draw(st.sampled_from(["covid-19"] * 9 + ["measles"])), from_at=from_at,
        until_at=draw(st.none() | st.integers(1, 600).map(lambda n: from_at + n * HOUR)),
        source=draw(st.sampled_from([*kind.sources] * 3 + ["passer-by"])), issuer=draw(st.sampled_from(["—", "甲"])),
        division=draw(st.sampled_from(["410100", "410100", "31", ""])) if kind.pushed else "", attributes=attributes,
        presence=draw(st.none() | st.sampled_from(list(Presence))), ruling=draw(st.sampled_from(RULINGS)),
        about=draw(st.none() | st.integers(0, 5).map(lambda n: f"e{n}")),
    )  # fmt: skip


people = st.integers(0, 5).flatmap(lambda n: st.tuples(*(evidence(n) for n in range(n))))
moments = hours.map(lambda n: START + n * HOUR)


def colour(pieces, at, known_at=None, registered=True):
    return decide_colours(
        RULEBOOK, {"p": pieces}, at=at, known_at=known_at or at, registered={"p"} if registered else set()
    )["p"]


def counts(piece):
    kind = KINDS[piece.kind]
    ruled = piece.ruling is RULINGS[1]
    return (
        piece.disease == "covid-19"
        and piece.source in kind.sources
        and piece.presence is not Presence.NONE
        and (not kind.presence or piece.presence in kind.presence)
        and (ruled or not kind.needs_ruling)
    )


def understood(piece):
    """Whether a reader of the rules knows what the piece says: a place for a push, known words, a likely day."""
    kind = KINDS[piece.kind]
    rules = [rule for rule in RULEBOOK.colours if rule.evidence == piece.kind]
    return (
        all(
            piece.attributes[name] in values
            for name, values in kind.attributes.items()
            if values and name in piece.attributes
        )
        and all(name in piece.attributes for rule in rules for name in rule.when)
        and not any(piece.attributes.get(rule.anchor) == date(1970, 1, 1) for rule in rules)
        and not (kind.pushed and not piece.division)
    )


def released(piece, ended_by, good, at):
    return any(
        other.kind in ended_by and other.id != piece.id and other.from_at >= piece.from_at
        and other.about in (None, piece.id) and holds(other, at)
        and (
            not KINDS[piece.kind].pushed
            or (other.division == piece.division and (other.issuer == piece.issuer or other.about == piece.id))
        )
        for other in good
    )  # fmt: skip


def holds(piece, at):
    """Whether a piece of evidence is within its own time."""
    longest = KINDS[piece.kind].longest
    ended = piece.until_at is not None and at >= piece.until_at
    return piece.from_at <= at and not ended and not (longest is not None and at >= piece.from_at + longest)


def asks(rule, piece, at):
    """The colour one rule makes of one piece of evidence at a moment, counting phase after phase."""
    if rule.evidence != piece.kind or not holds(piece, at):
        return None
    if any(piece.attributes.get(name) not in values for name, values in rule.when.items()):
        return None
    day_zero = piece.attributes.get(rule.anchor)
    counted_from = RULEBOOK.midnight_ending(day_zero) if isinstance(day_zero, date) else piece.from_at
    elapsed = at - counted_from
    for phase in rule.phases:
        if phase.lasts is None or elapsed < phase.lasts:
            return phase.colour
        elapsed -= phase.lasts
    return None


def by_definition(pieces, at, baseline=Colour.GREEN):
    """Ask every rule about every piece of evidence. Slow, and plainly right."""
    good = [piece for piece in pieces if counts(piece) and understood(piece)]
    worst = baseline
    for piece in pieces:
        for rule in RULEBOOK.colours if counts(piece) and not understood(piece) else ():
            ended_by = {word for other in RULEBOOK.colours if other.evidence == piece.kind for word in other.ended_by}
            if rule.evidence == piece.kind and holds(piece, at) and not released(piece, ended_by, good, at):
                worst = max(worst, Colour.UNKNOWN, key=COLOUR_SEVERITY.__getitem__)
    for piece in good:
        for rule in RULEBOOK.colours:
            found = None if released(piece, rule.ended_by, good, at) else asks(rule, piece, at)
            if found is not None and COLOUR_SEVERITY[found] > COLOUR_SEVERITY[worst]:
                worst = found
    return worst


@given(people, moments)
@settings(max_examples=400, deadline=None)
def test_agrees_with_the_definition(pieces, at):
    assert colour(pieces, at).colour == by_definition(pieces, at)
    assert colour(pieces, at, registered=False).colour == by_definition(pieces, at, Colour.UNKNOWN)


@given(people, moments)
@settings(max_examples=40, deadline=None)
def test_the_next_change_is_the_first_hour_with_another_colour(pieces, at):
    """All lengths are whole hours, so looking at every hour misses nothing."""
    decision = colour(pieces, at)
    later = (at + n * HOUR for n in range(1, 24 * 75))
    change = next((moment for moment in later if by_definition(pieces, moment) != decision.colour), None)
    assert decision.until_at == change
    assert decision.then == (None if change is None else by_definition(pieces, change))


@given(people, moments, st.randoms())
def test_the_order_of_evidence_does_not_matter(pieces, at, random):
    shuffled = list(pieces)
    random.shuffle(shuffled)
    assert colour(shuffled, at) == colour(pieces, at)


@given(people, evidence(9, tuple(kind for kind in KINDS if kind not in RELEASING)), moments)
def test_more_adverse_evidence_never_makes_it_greener(pieces, more, at):
    before, after = colour(pieces, at).colour, colour((*pieces, more), at).colour
    assert COLOUR_SEVERITY[after] >= COLOUR_SEVERITY[before]


@given(people, moments)
def test_a_scan_that_proves_nothing_turns_nothing(pieces, at):
    proved = tuple(piece for piece in pieces if piece.presence is not Presence.NONE)
    assert colour(pieces, at).colour == colour(proved, at).colour
    assert all(piece.presence is not Presence.NONE for piece in pieces if _reason(pieces, at, piece))


def _reason(pieces, at, piece):
    return any(reason.evidence == piece.id for reason in colour(pieces, at).reasons)


@given(people, moments)
def test_evidence_of_the_future_does_not_count(pieces, at):
    past = tuple(piece for piece in pieces if piece.from_at <= at)
    assert colour(pieces, at).colour == colour(past, at).colour


@given(people, moments, st.integers(0, 100))
def test_stale_is_never_green_and_never_hides_a_red(pieces, at, age_h):
    decision = colour(pieces, at, known_at=at - age_h * HOUR)
    assert decision.stale == (age_h >= 2)
    assert not (decision.stale and decision.colour is Colour.GREEN)
    fresh = colour(pieces, at).colour
    assert decision.colour == (Colour.UNKNOWN if decision.stale and fresh is Colour.GREEN else fresh)


@given(people, moments)
def test_every_red_and_yellow_has_a_reason_and_every_reason_its_rule(pieces, at):
    decision = colour(pieces, at)
    assert bool(decision.reasons) == (decision.colour in (Colour.YELLOW, Colour.RED))
    for reason in decision.reasons:
        row = RULEBOOK.row(reason.rule)
        piece = next(piece for piece in pieces if piece.id == reason.evidence)
        assert row in RULEBOOK.colours
        assert row.evidence == piece.kind
        assert reason.begins_at <= at
        assert reason.until_at is None or at < reason.until_at
    assert [r.colour for r in decision.reasons] == sorted((r.colour for r in decision.reasons), reverse=True)


@given(people, moments)
def test_what_others_push_stays_apart(pieces, at):
    decision = colour(pieces, at)
    own = tuple(piece for piece in pieces if not KINDS[piece.kind].pushed)
    assert decision.local == colour(own, at).colour
    assert all(KINDS[p.kind].pushed for p in pieces for r in decision.pushed if p.id == r.evidence)


@given(people, moments)
def test_every_piece_counts_or_says_why_not(pieces, at):
    decision = colour(pieces, at)
    heard = {reason.evidence for reason in decision.reasons} | {id_ for id_, _ in decision.set_aside}
    assert {piece.id for piece in pieces if piece.kind not in RELEASING} <= heard


@given(st.lists(people, max_size=4), moments)
def test_a_set_of_people_is_decided_as_each_alone(crowd, at):
    together = decide_colours(RULEBOOK, dict(enumerate(crowd)), at=at, known_at=at, registered=range(0, len(crowd), 2))
    for n, pieces in enumerate(crowd):
        assert together[n] == colour(pieces, at, registered=n % 2 == 0)


@given(people, moments)
def test_the_zone_a_moment_is_written_in_does_not_matter(pieces, at):
    assert colour(pieces, at.astimezone(UTC)).colour == colour(pieces, at).colour


@given(people, moments)
def test_the_colour_holds_from_its_beginning_to_its_end(pieces, at):
    decision = colour(pieces, at)
    assume(decision.begins_at is not None)
    assert decision.begins_at <= at
    assert by_definition(pieces, decision.begins_at) == decision.colour
