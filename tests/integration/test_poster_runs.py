"""A county's posters as one print job: complete, in the order of delivery, and going on where a worker was killed."""

from copy import deepcopy
from types import SimpleNamespace

import pytest
import zxingcpp

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.documents.models import Document, PrintPart
from fangxian.ops.documents.queries import print_run
from fangxian.ops.measures.actions import found_rulebooks
from fangxian.ops.places.actions import add_door, renew_door_code
from fangxian.ops.places.models import Venue
from fangxian.ops.places.wire import read_poster
from fangxian.ops.procedures.print_all_posters import (
    MOST_SHEETS,
    ask_for_posters,
    in_order_of_delivery,
    make_run,
    pages_in,
)
from fangxian.ops.realm.current import the_realm
from tests.integration.paper_pictures import pages_of
from tests.integration.test_venue_posters import RULEBOOK
from tests.integration.two_townships import CELL, OTHER_TOWN, TOWN, account_of, build, venue

BY = "program:test"
COUNTY = "141027"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    """A school with two doors and two shops in one grid, and a shop in the other township, all verified."""
    county = build()
    found_rulebooks(texts=[RULEBOOK.read_bytes()], by=BY)
    add_door(venue=county.school, name="后门", by=BY)
    for number, (name, address) in enumerate((("东街面馆", "东街12号"), ("东街粮油店", "东街8号")), start=11):
        shop = venue(county.cells[0], number, name, "restaurant")
        Venue.objects.filter(pk=shop.pk).update(address=address)
    Venue.objects.filter(pk=county.shop.pk).update(status="verified")
    county.registrar = account_of(county, "dispatcher", COUNTY)
    return county


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


class Killed(Exception):
    """The worker's process is gone."""


def job_of(run, *, dies_after: int | None = None):
    """The running job as the worker gives it; it may be killed at its n-th step."""
    n_steps = []

    def step(done, total, said=None):
        n_steps.append(done)
        if dies_after is not None and len(n_steps) > dies_after:
            raise Killed

    return SimpleNamespace(arguments={"run": str(run.pk)}, step=step, steps=n_steps)


def printed(county, area=COUNTY, *, layout="a4", is_changed_only=False):
    run = ask_for_posters(area_path=area, layout=layout, is_changed_only=is_changed_only, by=county.registrar)
    make_run(job_of(run))
    return print_run(run.pk)


def pdfs_of(run):
    return [the_realm().files.get(part.file) for part in run.parts.order_by("number")]


def doors_on(picture):
    """(venue number, door) of each code on a page that this county has signed for a door."""
    found = []
    for barcode in zxingcpp.read_barcodes(picture):
        try:
            place = read_poster(barcode.text).place
        except Refusal:  # the small code that proves the paper
            continue
        found.append((place.venue, place.door))
    return found


def test_every_door_of_every_verified_venue_has_a_page_of_its_own(county, tmp_path):
    run = printed(county)
    pages = [page for pdf in pdfs_of(run) for page in pages_of(pdf, tmp_path)]
    on_pages = [doors_on(page) for page in pages]
    doors = {(it.venue_number, door.number) for it in Venue.objects.all() for door in it.doors.all()}
    assert [len(it) for it in on_pages] == [0, 1, 1, 1, 1, 0, 1], "a cover for each grid, then one poster a page"
    assert {door for it in on_pages for door in it} == doors


def test_the_parts_are_the_townships_in_the_order_of_their_codes(county):
    parts = printed(county).parts.order_by("number")
    assert [(it.title_zh, it.n_sheets, it.n_pages) for it in parts] == [("天坛镇", 4, 5), ("响水河镇", 1, 2)]


def test_posters_lie_in_the_order_of_delivery(county):
    venues = sorted(Venue.objects.filter(area_path=CELL), key=in_order_of_delivery)
    assert [it.name for it in venues if it.address] == ["东街粮油店", "东街面馆"], "number 8 before number 12"


def test_two_a5_posters_stand_on_a_sheet(county, tmp_path):
    (pdf,) = pdfs_of(printed(county, TOWN, layout="a5"))
    assert [len(doors_on(page)) for page in pages_of(pdf, tmp_path, ppi=150)] == [0, 2, 2]


def test_a_township_has_only_its_own(county):
    assert [part.title_zh for part in printed(county, OTHER_TOWN).parts.all()] == ["响水河镇"]


def test_a_worker_that_was_killed_goes_on_with_the_part_that_is_not_made(county):
    run = ask_for_posters(area_path=COUNTY, layout="a4", is_changed_only=False, by=county.registrar)
    first = run.pk
    make_first_part_only(run)
    made_at = PrintPart.objects.get(run=first, number=1).made_at
    make_run(job_of(run))
    assert print_run(first).ended_at is not None
    assert PrintPart.objects.get(run=first, number=1).made_at == made_at, "the part that was made is left alone"
    assert Document.objects.count() == Venue.objects.count(), "no paper was issued twice"


def make_first_part_only(run):
    job = job_of(run)

    def step(done, total, said=None):
        if PrintPart.objects.filter(run=run, made_at__isnull=False).exists():
            raise Killed

    job.step = step
    with pytest.raises(Killed):
        make_run(job)


def test_asked_for_twice_it_is_one_run(county):
    first, again = (
        ask_for_posters(area_path=COUNTY, layout="a4", is_changed_only=False, by=county.registrar) for _ in range(2)
    )
    assert first == again


def test_only_what_changed_since_is_printed_again(county):
    printed(county)
    renew_door_code(venue=county.school, number=2, by=BY)
    Venue.objects.filter(pk=county.shop.pk).update(name="乔家超市")
    run = printed(county, is_changed_only=True)
    subjects = {it for part in run.parts.all() for it in part.subjects}
    assert subjects == {str(county.school.pk), str(county.shop.pk)}


def test_nothing_changed_makes_an_empty_run_that_has_ended(county):
    printed(county)
    run = printed(county, is_changed_only=True)
    assert (run.n_sheets, run.ended_at is not None) == (0, True)


def test_nobody_has_the_posters_of_another_area_printed(county):
    approver = account_of(county, "township_approver", TOWN)
    with pytest.raises(Refusal) as refused:
        ask_for_posters(area_path=OTHER_TOWN, layout="a4", is_changed_only=False, by=approver)
    assert refused.value.code == "posters.not_yours"


def test_who_had_them_printed_is_on_record(county):
    run = printed(county)
    assert run.asked_by == f"account:{county.registrar.pk}"
    assert AuditLine.objects.filter(action="documents.run_asked").count() == 1


def test_a_file_holds_no_more_sheets_than_are_set_in_memory(county, monkeypatch):
    monkeypatch.setattr("fangxian.ops.procedures.print_all_posters.MOST_SHEETS", type(MOST_SHEETS)(**as_facts(2)))
    run = printed(county, TOWN)
    assert [part.n_sheets for part in run.parts.order_by("number")] == [2, 2]
    assert all(pages_in(pdf) == 3 for pdf in pdfs_of(run))


def as_facts(value):
    facts = ("unit", "low", "high", "meaning", "source")
    return {name: getattr(MOST_SHEETS, name) for name in facts} | {"value": value, "low": 1}
