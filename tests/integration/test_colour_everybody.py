"""Everybody's code at once is what each one's alone is, and what is written of it is what has changed."""

import random
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from fangxian.core.policy.byte_time import DAY_MIN, minute_of, moment_of
from fangxian.core.policy.colours import decide_colours
from fangxian.core.policy.travel import decide_travel
from fangxian.core.policy.vocabulary import Presence
from fangxian.core.policy.words import LastResult, pack_recent, recent_as_of, unpack_safety
from fangxian.ops.movement import queries
from fangxian.ops.movement.actions.codes import renew_qr
from fangxian.ops.movement.actions.evidence import record_evidence, record_tests, withdraw_evidence
from fangxian.ops.movement.models import HealthCode
from fangxian.ops.movement.wire import NewEvidence, NewTest, turn_of, word_ends
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import Registered, everybody
from fangxian.ops.procedures.recolour import colour_everybody, recolour, rules_of_codes
from fangxian.ops.realm.current import county_now

from .people_with_codes import BY, build_with_codes
from .two_townships import person as registered_person

pytestmark = pytest.mark.django_db

ISSUERS = ("县流调队", "邻县")
PIECES = [
    ("close-contact", "investigator", {"last_exposure_on": date}),
    ("secondary-contact", "investigator", {"last_exposure_on": date}),
    ("case", "hospital", {"status": "confirmed"}),
    ("case", "hospital", {"status": "unheard-of"}),
    ("exclusion", "investigator", {}),
    ("fever", "school", {}),
    ("pool-hold", "laboratory", {"result": "grey"}),
    ("negative-result", "laboratory", {}),
    ("itinerary-card", "declaration", {"result": "clear"}),
    ("itinerary-card", "declaration", {"result": "star"}),
    ("risk-area-stay", "cdc", {"left_on": date}),
    ("pushed-colour", "pushed-list", {"colour": "yellow"}),
    ("push-withdrawn", "pushed-list", {}),
    ("nonsense", "nobody", {}),
]


@pytest.fixture
def county():
    county = build_with_codes()
    for n in range(15):
        born_on = date(county.at.year - n % 5, 2, 28) if n % 3 else date(1950 + n, 6, 1)
        phone = "15400000001" if n % 4 else ""
        county.persons.append(registered_person(county.home, 3 + n, f"张{n}", born_on, phone=phone))
    Person.objects.filter(pk=county.persons[-1].pk).update(standing=Person.Standing.VISITOR)
    return county


def drawn(rng, person, at):
    """Up to four pieces; whoever draws like somebody else has the very same said of them."""
    for kind, source, attributes in rng.choices(PIECES, k=rng.randrange(5)):
        from_at = at - timedelta(days=rng.choice([-1, 0.2, 0.3, 2.3, 2.3, 9.3, 15.3]))
        yield NewEvidence(
            person=person.pk,
            kind=kind,
            disease="covid-19",
            source=source,
            issuer=rng.choice(ISSUERS),
            from_at=from_at,
            until_at=rng.choice([None, None, from_at + timedelta(days=12.1)]),
            attributes={name: from_at.date() if value is date else value for name, value in attributes.items()},
            division="140100" if source == "pushed-list" else "",
            presence=rng.choice([None, None, Presence.STAFFED]),
        )


def know_much(county, seed):
    """Evidence, releases of one piece, pieces withdrawn, tests and a revoked QR of twenty people."""
    rng, at = random.Random(seed), county_now()
    pieces = [piece for person in county.persons for piece in drawn(rng, person, at)]
    ids = record_evidence(pieces=pieces, by=BY)
    ended = [(piece, id_) for piece, id_ in zip(pieces, ids, strict=True) if piece.kind.endswith("contact")]
    releases = [
        replace(piece, kind="exclusion", attributes={}, from_at=piece.from_at + timedelta(hours=1), about=id_)
        for piece, id_ in ended[::2]
    ]
    record_evidence(pieces=releases, by=BY)
    for _, id_ in ended[::3]:
        withdraw_evidence(evidence=id_, why="写错了", by=BY)
    record_tests(tests=[a_test(rng, person, at) for person in county.persons[::2]], by=BY)
    renew_qr(person=county.persons[3].pk, by=BY)


def a_test(rng, person, at):
    sampled_at = at - timedelta(days=rng.choice([0.1, 1, 5, 20.9, 21.5, 40]))
    resulted_at = sampled_at + timedelta(hours=rng.choice([0, 3, 20]), seconds=rng.randrange(60))
    return NewTest(
        person=person.pk, sampled_at=sampled_at, resulted_at=resulted_at, result=LastResult(rng.choice([1, 2, 3])),
        source="检验科",
    )  # fmt: skip


def by_definition(person: Registered, at):
    """What is to be stored of one person, from the person's own rows, with no other person's beside them."""
    rules, pieces = rules_of_codes(at), queries.counting_evidence_of(person.person)
    known = {"p"} if person.is_known else set()
    colour = decide_colours(rules.rulebook, {"p": pieces}, at=at, known_at=at, registered=known)["p"]
    travel = decide_travel(rules.rulebook, {"p": pieces}, at=at)["p"]
    test = queries.test_of(person.person)
    reason = colour.reasons[0] if colour.reasons else None
    recent = recent_as_of(
        minute_of(at),
        sampled_min=minute_of(test.sampled_at) if test else 0,
        resulted_min=minute_of(test.resulted_at) if test else 0,
        result=LastResult(test.result) if test else LastResult.NONE,
        travel=travel.state,
        travel_expires_min=minute_of(travel.until_at) if travel.until_at else 0,
    )
    return {
        "colour": colour.colour, "local": colour.local, "rule": reason.rule if reason else "",
        "evidence": reason.evidence if reason else "", "begins_at": colour.begins_at, "until_at": colour.until_at,
        "then": colour.then, "travel": travel.state, "travel_until": travel.until_at, "recent": pack_recent(recent),
        "gate_number": person.gate_number,
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_everybodys_code_is_what_the_rules_say_of_each_alone(county, seed):
    know_much(county, seed)
    at = county_now()
    assert colour_everybody(at, by=BY, step=lambda *_: None)["n_persons"] == len(county.persons)
    stored = {row["person_id"]: row for row in HealthCode.objects.values()}
    rules = rules_of_codes(at)
    for person in (person for page in everybody(page=7) for person in page):
        row, should = stored[person.person], by_definition(person, at)
        assert {name: row[name] for name in should} == should
        word = unpack_safety(row["safety"])
        assert (word.colour, word.qr_generation) == (row["colour"], row["qr_generation"])
        assert word.reason == (rules.reason_numbers[row["rule"]] if row["rule"] else 0)
        ends = [word_ends(at, turn_of(person.person)), rules.rulebook.until_at, row["until_at"]]
        assert word.expires_min <= min(map(minute_of, filter(None, ends)))
        assert at < row["due_at"] <= moment_of(word.expires_min + 1)
        assert row["travel_until"] is None or row["due_at"] <= row["travel_until"]


def test_some_peoples_codes_are_those_that_everybodys_are(county):
    know_much(county, 7)
    at = county_now()
    recolour([person.pk for person in county.persons], at, by=BY)
    left_out = {"version", "computed_at"}
    alone = list(HealthCode.objects.order_by("pk").values())
    assert colour_everybody(at, by=BY, step=lambda *_: None)["n_changed"] == 0
    for one, other in zip(alone, HealthCode.objects.order_by("pk").values(), strict=True):
        assert {k: v for k, v in one.items() if k not in left_out} == {
            k: v for k, v in other.items() if k not in left_out
        }
        assert other["version"] == one["version"] + 1


def test_what_is_computed_again_on_the_same_day_is_the_same_word(county):
    minute = minute_of(county.at)
    begins = moment_of(minute - minute % DAY_MIN)
    for at in (begins, begins + timedelta(hours=9), begins + timedelta(hours=23, minutes=59)):
        n_changed = colour_everybody(at, by=BY, step=lambda *_: None)["n_changed"]
    assert n_changed == 0
    assert colour_everybody(begins + timedelta(days=1), by=BY, step=lambda *_: None)["n_changed"] == 20


def test_words_end_spread_over_a_day_in_the_order_of_ids_and_are_due_before():
    at, turns = county_now(), [turn_of(UUID(int=n << 112)) for n in range(1 << 16)]
    assert turns == sorted(turns)
    assert set(turns) == set(range(DAY_MIN))
    lasts = [word_ends(at, turn) - at for turn in turns]
    assert timedelta(days=5) <= min(lasts) <= max(lasts) <= timedelta(days=7)
