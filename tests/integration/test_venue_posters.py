"""Posters: what is printed is what the county signed, and an old one is known to be old; on both databases."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
import zxingcpp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from fangxian.core.policy.venue_code import read_typed_venue, read_venue_poster
from fangxian.core.refusal import Refusal
from fangxian.ops.documents.models import Document
from fangxian.ops.documents.queries import Outcome, public_key, verify
from fangxian.ops.documents.rendering import pdf_of
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.places.actions import add_door, suspend_venue
from fangxian.ops.procedures.close_venue import close_venue
from fangxian.ops.procedures.print_posters import print_posters, renew_posters
from tests.integration.paper_pictures import pages_of
from tests.integration.two_townships import build

BY = "program:test"
pytestmark = pytest.mark.django_db


RULEBOOK = Path(__file__).resolve().parents[2] / "counties" / "fushan" / "rulebooks" / "covid19-2022-04.toml"


@pytest.fixture(scope="module")
def school_of_this_file(rows_of_this_file):
    """A verified school with two doors, where a rulebook is in force."""
    county = build()
    found_rulebooks(texts=[RULEBOOK.read_bytes()], by=BY)
    add_door(venue=county.school, name="后门", by=BY)
    return county.school


@pytest.fixture
def school(school_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(school_of_this_file)


def codes_on(picture) -> set[str]:
    return {barcode.text for barcode in zxingcpp.read_barcodes(picture)}


def genuine(document) -> Outcome:
    return verify(document.proof).outcome


def county_key():
    """The county's public key, as a gate has it."""
    key = Ed25519PublicKey.from_public_bytes(public_key())

    def is_signed(message: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return {1: is_signed}


def test_every_page_of_the_paper_scans_to_a_code_that_the_county_signed(school, tmp_path):
    document = print_posters(venue=school, by=BY)
    pages = pages_of(pdf_of(document), tmp_path)
    assert len(pages) == 2
    for number, picture in enumerate(pages, start=1):
        (text,) = codes_on(picture) - {document.proof}
        poster = read_venue_poster(text, division=141027, verifiers=county_key())
        assert (poster.place.venue, poster.place.door, poster.generation) == (school.venue_number, number, 1)


def test_the_small_code_verifies_the_paper_itself(school, tmp_path):
    document = print_posters(venue=school, door=2, by=BY)
    (page,) = pages_of(pdf_of(document), tmp_path, ppi=200)
    assert document.proof in codes_on(page)
    assert genuine(document) is Outcome.GENUINE


def test_what_is_typed_under_the_code_names_the_same_door(school):
    (poster,) = json.loads(print_posters(venue=school, door=2, by=BY).content)["posters"]
    place = read_typed_venue(poster["typed"], division=141027)
    assert (place.venue, place.door) == (school.venue_number, 2)


def test_the_same_codes_are_not_issued_twice(school):
    first, again = print_posters(venue=school, door=1, by=BY), print_posters(venue=school, door=1, by=BY)
    assert (first.pk, Document.objects.count()) == (again.pk, 1)


def test_a_renewed_code_withdraws_the_papers_that_show_the_old_one_and_no_other(school):
    front, back, both = (print_posters(venue=school, door=door, by=BY) for door in (1, 2, None))
    renew_posters(venue=school, number=2, by=BY)
    assert [genuine(it) for it in (front, back, both)] == [Outcome.GENUINE, Outcome.WITHDRAWN, Outcome.WITHDRAWN]
    (poster,) = json.loads(print_posters(venue=school, door=2, by=BY).content)["posters"]
    assert poster["generation"] == 2


def test_a_closed_venues_posters_are_withdrawn_and_no_more_are_printed(school):
    document = print_posters(venue=school, by=BY)
    close_venue(venue=school, by=BY)
    assert genuine(document) is Outcome.WITHDRAWN
    with pytest.raises(Refusal) as refused:
        print_posters(venue=school, by=BY)
    assert refused.value.code == "places.venue_status"


def test_a_suspended_venues_posters_stay_genuine_for_when_it_is_resumed(school):
    document = print_posters(venue=school, by=BY)
    suspend_venue(venue=school, because="整改", by=BY)
    assert genuine(document) is Outcome.GENUINE


def test_a_door_that_is_not_there_has_no_poster(school):
    with pytest.raises(Refusal) as refused:
        print_posters(venue=school, door=9, by=BY)
    assert refused.value.code == "places.door_unknown"


def test_a_poster_says_what_it_rests_on(school):
    assert "第 1 版" in print_posters(venue=school, by=BY).basis
