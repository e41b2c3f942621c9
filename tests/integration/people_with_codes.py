"""Two townships' people under the county's COVID-19 rulebook, and short words for what tests do with them."""

from datetime import timedelta
from pathlib import Path

from fangxian.core.policy.byte_time import minute_of
from fangxian.core.policy.vocabulary import Colour
from fangxian.core.policy.words import colour_at, reason_of
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.movement.actions.evidence import record_evidence
from fangxian.ops.movement.queries import health_of
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.procedures.recolour import recolour, rules_of_codes
from fangxian.ops.realm.current import county_now

from .two_townships import build

RULEBOOK = Path(__file__).parents[2] / "counties/fushan/rulebooks/covid19-2022-04.toml"
BY = "program:test"


def build_with_codes():
    """The small county, its rulebook in force, everybody's code computed."""
    county = build()
    found_rulebooks(texts=[RULEBOOK.read_bytes()], by=BY)
    recolour([person.pk for person in county.persons], county.at, by=BY)
    return county


def evidence(person, kind="close-contact", *, days_ago=2, **more):
    """One piece of evidence about somebody; by default a close contact, whose last exposure was two days ago."""
    from_at = county_now() - timedelta(days=days_ago)
    told = {
        "source": "investigator",
        "attributes": {"last_exposure_on": from_at.date()} if kind == "close-contact" else {},
        "issuer": "县流调队",
        "disease": "covid-19",
    }
    return NewEvidence(person=person.pk, kind=kind, from_at=from_at, **(told | more))


def know(person, *pieces, at=None):
    """Record evidence and compute the person's code."""
    ids = record_evidence(pieces=pieces or [evidence(person)], by=BY)
    recolour([person.pk], at or county_now(), by=BY)
    return ids


def seen_by_a_gate(person, at=None):
    """(colour, number of the rule or "") as a gate reads them in the person's word."""
    at, code = at or county_now(), health_of(person.pk)
    number, rules = reason_of(code.safety), rules_of_codes(county_now())
    return Colour(colour_at(code.safety, minute_of(at))), rules.rulebook.colours[number - 1].number if number else ""
