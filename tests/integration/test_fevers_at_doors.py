"""A fever that a keeper measures at a door is evidence once it was not normal there soon afterwards."""

from datetime import timedelta

import pytest

from fangxian.core.policy.vocabulary import Colour
from fangxian.ops.movement.queries import counting_evidence_of, health_of
from fangxian.ops.procedures.fevers import note_fevers_at_doors
from fangxian.ops.realm.current import county_now
from fangxian.ops.visits.actions.taking_in import take_in
from fangxian.ops.visits.wire import Piece
from tests.integration.journal_writing import a_scan, ms
from tests.integration.people_with_codes import build_with_codes

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def standing(rows_of_this_file):
    return build_with_codes()


@pytest.fixture
def county(standing, db):
    return standing


def measured(county, *found, minutes_ago=30, device=7):
    """(tenths, minutes later) of the head, one after another at the door of the shop."""
    at = county_now() - minutes_ago * MINUTE
    records = [
        a_scan(
            n, at + later * MINUTE, venue=county.shop.venue_number, gate_number=county.head.gate_number,
            temperature_tenths=tenths, device=device,
        )
        for n, (tenths, later) in enumerate(found, 1)
    ]  # fmt: skip
    piece = Piece(gate=1, sequence=1, created_ms=ms(at), first_of_segment=1, first=1, offset=4096, records=records)
    take_in(piece=piece, townships={}, rule_of=lambda _tables, _bit: "")


def noted():
    return note_fevers_at_doors(at=county_now())


def test_a_fever_at_a_door_is_evidence_that_names_the_door_and_turns_the_code(county):
    measured(county, (373, 0))
    assert noted() == 1
    (piece,) = counting_evidence_of(county.head.pk)
    assert (piece.kind, piece.issuer) == ("fever", county.shop.name)
    assert health_of(county.head.pk).colour == Colour.YELLOW


def test_looked_at_again_it_is_one(county):
    measured(county, (373, 0))
    noted()
    assert noted() == 0
    assert len(counting_evidence_of(county.head.pk)) == 1


def test_normal_there_soon_afterwards_it_was_none(county):
    measured(county, (376, 0), (366, 8))
    assert noted() == 0


def test_normal_much_later_says_nothing_of_before(county):
    measured(county, (376, 0), (366, 12))
    assert noted() == 1


def test_whoever_may_still_be_measured_again_is_waited_for(county):
    measured(county, (376, 0), minutes_ago=5)
    assert noted() == 0


def test_what_somebody_says_of_themselves_is_no_measurement(county):
    measured(county, (376, 0), device=0)
    assert noted() == 0
