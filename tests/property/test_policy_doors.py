"""The compiled door tables answer as the rules read, rule by rule; for every cell of the shipped rulebook."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fangxian.core.policy.door_layout import covered_venues, door_values, venue_class_keys, with_emergency
from fangxian.core.policy.doors import DoorInputs, compile_doors, decide_door, hospital_refusals
from fangxian.core.policy.reading import read_rulebook
from fangxian.core.policy.tables import DoorTables
from fangxian.core.policy.vocabulary import EMERGENCY_CLASSES, Outcome

SHIPPED = Path(__file__).resolve().parents[2] / "counties" / "fushan" / "rulebooks" / "covid19-2022-04.toml"
RULEBOOK = read_rulebook(SHIPPED.read_bytes())
TABLES = compile_doors(RULEBOOK)
INPUTS = tuple(door_values(RULEBOOK))
CLASSES = venue_class_keys(RULEBOOK)

# One number for each stored value of the inputs that a gate measures: its lowest.
AGES_MIN = (-1, 0, 24 * 60, 48 * 60, 72 * 60)
TENTHS = (-1, 340, 373)
AGES_S = (-1, 0, 7200)


def by_definition(rulebook, venue, words, exemptions=()):
    """Read the rules one after another, as an official would. Slow, and plainly right."""
    said = [r for r in rulebook.doors if words[r.input] in r.values and venue in covered_venues(rulebook, r)]
    lifted = {n for row in rulebook.exemptions if row.key in exemptions for n in row.lifts}
    for row in rulebook.together:
        holds = all(words[name] in values for name, values in row.when.items())
        if holds and venue in covered_venues(rulebook, row):
            said += [row] if row.outcome is not None else []
            lifted |= set(row.lifts)
    left = [row for row in said if row.number not in lifted]
    left.sort(key=lambda row: (-row.outcome, -row.ease, row.number))
    return (left[0].outcome if left else Outcome.ADMIT), [row.number for row in left]


def numbers(venue, indexes, exempt=0):
    """Door inputs of stored values, in the order of `INPUTS`."""
    colour, travel, age, temperature, permit, presence, status, freshness = indexes
    return DoorInputs(
        venue, colour, travel, AGES_MIN[age], TENTHS[temperature], permit, presence, status, AGES_S[freshness], exempt
    )


def answer(tables, inputs):
    decision = decide_door(tables, inputs)
    return decision.outcome, [reason.rule for reason in decision.reasons]


def words_of(indexes):
    values = door_values(RULEBOOK)
    return {name: values[name][index] for name, index in zip(INPUTS, indexes, strict=True)}


def checked_inputs(venue):
    """The inputs that can make a difference at a class, or that a cross-term names."""
    named = {name for row in RULEBOOK.together for name in row.when}
    return {r.input for r in RULEBOOK.doors if venue in covered_venues(RULEBOOK, r)} | named


@pytest.mark.parametrize("venue", CLASSES)
def test_every_cell_of_the_shipped_rulebook(venue):
    """Exhaustive: all values of all inputs a class checks, against the definition."""
    values, checked = door_values(RULEBOOK), checked_inputs(venue)
    ranges = [range(len(values[name])) if name in checked else (1,) for name in INPUTS]
    cache = {}
    for indexes in product(*ranges):
        words = words_of(indexes)
        found = answer(TABLES, numbers(CLASSES.index(venue), indexes))
        expected = _fast_definition(cache, venue, words)
        assert found == expected, (venue, words)


def _fast_definition(cache, venue, words):
    """`by_definition` with its first line remembered for each single value, to sweep 100,000 cells."""
    rules = []
    for name, value in words.items():
        if (name, value) not in cache:
            cache[name, value] = [
                r for r in RULEBOOK.doors
                if r.input == name and value in r.values and venue in covered_venues(RULEBOOK, r)
            ]  # fmt: skip
        rules += cache[name, value]
    if "together" not in cache:
        cache["together"] = [row for row in RULEBOOK.together if venue in covered_venues(RULEBOOK, row)]
    lifted = set()
    for row in cache["together"]:
        if all(words[name] in values for name, values in row.when.items()):
            rules = rules + ([row] if row.outcome is not None else [])
            lifted |= set(row.lifts)
    left = sorted((r for r in rules if r.number not in lifted), key=lambda row: (-row.outcome, -row.ease, row.number))
    return (left[0].outcome if left else Outcome.ADMIT), [row.number for row in left]


def test_inputs_a_class_does_not_check_change_nothing():
    values = door_values(RULEBOOK)
    for venue in CLASSES:
        for name in set(INPUTS) - checked_inputs(venue):
            for index in range(len(values[name])):
                indexes = [index if other == name else 1 for other in INPUTS]
                assert answer(TABLES, numbers(CLASSES.index(venue), indexes)) == (Outcome.ADMIT, [])


def test_no_cell_of_a_hospital_refuses():
    """Every value of every input together: 103,680 cells for each class with emergency care."""
    sizes = [range(len(values)) for values in door_values(RULEBOOK).values()]
    for venue, care in enumerate(TABLES.emergency_care):
        if care:
            outcomes = {decide_door(TABLES, numbers(venue, indexes)).outcome for indexes in product(*sizes)}
            assert outcomes == {Outcome.ADMIT}


def test_a_door_that_knows_nothing_admits_nobody_in_silence():
    for venue, care in enumerate(TABLES.emergency_care):
        decision = decide_door(TABLES, numbers(venue, (0,) * 8))
        assert decision.reasons
        assert care or decision.outcome is not Outcome.ADMIT


def test_stale_knowledge_never_leaves_a_green_admitted():
    for venue, care in enumerate(TABLES.emergency_care):
        for freshness in (0, 2):
            decision = decide_door(TABLES, numbers(venue, (1, 1, 1, 1, 1, 1, 1, freshness)))
            assert any(reason.input == "freshness" for reason in decision.reasons)
            assert care or decision.outcome is Outcome.VERIFY


state = st.tuples(*(st.integers(0, len(values) - 1) for values in door_values(RULEBOOK).values()))
outcome = st.sampled_from(list(Outcome))
venues = st.lists(st.sampled_from(["*", *CLASSES]), min_size=1, max_size=3, unique=True).map(tuple)
number = st.integers(0, 999).map(str)


@st.composite
def rows(draw):
    """Door rules, cross-terms and exemptions nobody would write, on the shipped rulebook's classes."""
    values = door_values(RULEBOOK)
    some = lambda name: draw(st.lists(st.sampled_from(values[name]), min_size=1, max_size=3, unique=True))  # noqa: E731
    doors, together = [], []
    for n in range(draw(st.integers(1, 12))):
        name = draw(st.sampled_from(INPUTS))
        doors.append(
            replace(
                RULEBOOK.doors[0], number=f"D-{n}", input=name, values=tuple(some(name)), venues=draw(venues),
                except_venues=draw(venues), outcome=draw(outcome), ease=draw(st.integers(1, 9)),
            )
        )  # fmt: skip
    for n in range(draw(st.integers(0, 4))):
        named = draw(st.lists(st.sampled_from(INPUTS), min_size=1, max_size=3, unique=True))
        lifts = draw(st.lists(st.sampled_from([row.number for row in doors]), max_size=2, unique=True))
        together.append(
            replace(
                RULEBOOK.together[0], number=f"X-{n}", when={name: tuple(some(name)) for name in named},
                venues=draw(venues), except_venues=(), outcome=draw(st.none() | outcome), lifts=tuple(lifts),
                ease=draw(st.integers(1, 9)),
            )
        )  # fmt: skip
    lifts = tuple(draw(st.lists(st.sampled_from([row.number for row in doors]), min_size=1, max_size=3, unique=True)))
    exemptions = tuple(replace(row, lifts=lifts[n : n + 1]) for n, row in enumerate(RULEBOOK.exemptions[:2]))
    book = replace(RULEBOOK, doors=tuple(doors), together=tuple(together), exemptions=exemptions)
    return replace(book, venue_classes=tuple(replace(v, emergency_care=False) for v in book.venue_classes))


@given(rows(), st.sampled_from(CLASSES), st.lists(state, min_size=1, max_size=8), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_any_rulebook_answers_as_it_reads(rulebook, venue, states, exempt):
    tables = compile_doors(rulebook, emergency_classes=frozenset())
    held = [row.key for bit, row in enumerate(rulebook.exemptions) if exempt >> bit & 1]
    assert tables.exempt(held) == exempt
    for indexes in states:
        expected = by_definition(rulebook, venue, words_of(indexes), held)
        assert answer(tables, numbers(CLASSES.index(venue), indexes, exempt)) == expected


@given(rows())
@settings(max_examples=60, deadline=None)
def test_tables_survive_their_bytes(rulebook):
    tables = compile_doors(rulebook, emergency_classes=frozenset())
    assert DoorTables.from_bytes(tables.to_bytes()) == tables


@given(rows(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_place_of_emergency_care_never_refuses_or_does_not_compile(rulebook, data):
    """Whatever the rules, and though no class is marked: they do not compile, or no cell of a hospital refuses."""
    if any(hospital_refusals(with_emergency(rulebook, EMERGENCY_CLASSES))):
        with pytest.raises(Exception, match="hospital_refuses"):
            compile_doors(rulebook)
        return
    tables = compile_doors(rulebook)
    for indexes in data.draw(st.lists(state, min_size=1, max_size=8)):
        for venue in (CLASSES.index("hospital"), CLASSES.index("health-centre")):
            assert decide_door(tables, numbers(venue, indexes)).outcome is not Outcome.REFUSE


@given(st.integers(-5, 6000), st.integers(-5, 450), st.integers(-5, 20_000))
def test_measured_numbers_fall_into_the_bands_of_the_file(age_min, tenths, knowledge_s):
    """Bands include their lower end and not their upper; less than nothing is not known."""
    bands = [band.key for band in RULEBOOK.test_bands if age_min < band.up_to / timedelta(minutes=1)]
    age = "none" if age_min < 0 else bands[0] if bands else "older"
    warm = [band.key for band in RULEBOOK.temperature_bands if tenths >= round(band.from_c * 10)]
    fresh = "unknown" if knowledge_s < 0 else "fresh" if knowledge_s < 7200 else "stale"
    words = words_of((1,) * 8) | {"test_age": age, "temperature": warm[-1] if warm else "not-taken", "freshness": fresh}
    inputs = DoorInputs(CLASSES.index("station"), 1, 1, age_min, tenths, 1, 1, 1, knowledge_s)
    assert answer(TABLES, inputs) == by_definition(RULEBOOK, "station", words)
