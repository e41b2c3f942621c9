"""The timeline of a case beyond the table of scans: what the archive alone has, and which of its days are lost."""

import shutil
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from fangxian.ops.movement.actions.evidence import record_evidence
from fangxian.ops.pages.cases.timeline import conflicts_said
from fangxian.ops.people.models import GateAlias
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.rides.actions import declare_ride
from fangxian.ops.rides.wire import NewRide
from fangxian.ops.situation.case_timeline import case_timeline
from fangxian.ops.visits import parquet
from fangxian.ops.visits.actions.archiving import archive_due
from fangxian.ops.visits.models import ArchivePart, Scan

from .case_hand import build_with_diseases, scanned
from .case_room_hand import a_case
from .people_with_codes import evidence
from .two_townships import shown, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def county(county_of_this_file, db):
    def clear():
        for name in ("archive/visits", "journal"):
            shutil.rmtree(the_realm().path / name, ignore_errors=True)

    clear()
    yield county_of_this_file
    clear()


@pytest.fixture
def case(county):
    """A case who was at the school five days ago and at the shop two days ago, all of it archived."""
    scanned((county.head, county.school, 5 * DAY), (county.head, county.shop, 2 * DAY))
    archive_due(at=county.at, by="program:test")
    return a_case(1, person=county.head.pk)


def where(case):
    found = case_timeline(case, at=county_now())
    return [it.place for it in found.items.values() if it.source == "scan"]


def lose_files():
    for part in ArchivePart.objects.all():
        parquet.part_path(part.day_on, part.hour, part.number).unlink()


def test_what_table_and_archive_both_have_stands_there_once(case):
    assert where(case) == ["浮山县第一小学", "乔家便民店"]


def test_what_the_archive_alone_has_stands_there_too(case):
    Scan.objects.all().delete()
    assert where(case) == ["浮山县第一小学", "乔家便民店"]


def test_scans_under_the_number_of_a_merged_record_are_theirs(county):
    scanned((county.stranger, county.shop, DAY))
    archive_due(at=county.at, by="program:test")
    GateAlias.objects.create(gate_number=county.stranger.gate_number, person=county.head)
    Scan.objects.all().delete()
    assert where(a_case(1, person=county.head.pk)) == ["乔家便民店"]


def test_a_day_that_the_archive_lost_is_named_with_how_much(case):
    Scan.objects.all().delete()
    lose_files()
    found = case_timeline(case, at=county_now())
    days = [(county_now() - ago).date() for ago in (5 * DAY, 2 * DAY)]
    assert [(gap.day, gap.n_lost) for gap in found.archive_gaps] == [(day, 1) for day in days]


def test_a_day_that_the_table_still_has_is_none(case):
    lose_files()
    assert case_timeline(case, at=county_now()).archive_gaps == ()


def test_the_page_says_which_day_is_lost_and_to_ask_about_it(case, client, county):
    Scan.objects.all().delete()
    lose_files()
    sign_in(client, county, "investigator")
    page = shown(client.get(reverse("case-timeline", args=[case.pk])))
    assert f"{(county_now() - 2 * DAY).date()}" in page
    assert "请在询问时补问" in page


def test_it_takes_few_queries(case, client, county, django_assert_max_num_queries):
    sign_in(client, county, "investigator")
    with django_assert_max_num_queries(30):
        client.get(reverse("case-timeline", args=[case.pk]))


def test_what_another_disease_has_on_record_is_told_in_words(county):
    """The rulebook of measles knows of no itinerary card."""
    card = evidence(county.head, "itinerary-card", source="declaration", attributes={"result": "clear"})
    record_evidence(pieces=[card], by="program:test")
    found = case_timeline(a_case(1, person=county.head.pk, disease="measles"), at=county_now())
    assert [it.what.zh for it in found.items.values() if it.source == "declared"] == ["行程卡结果"]


def test_a_ride_on_record_stands_there_and_contradicts_a_scan_in_the_middle_of_it(case, county):
    scan = county.at - 2 * DAY
    ride = NewRide(vehicle="D1234", begins_at=scan - DAY / 2, ends_at=scan + timedelta(hours=1))
    declare_ride(person=county.head, ride=ride, source="carrier", by="program:test")
    found = case_timeline(case, at=county_now())
    (said,) = conflicts_said(found)
    begins = localtime(ride.begins_at)
    day = "" if begins.date() == localtime(scan).date() else f"{begins:%m-%d} "
    assert said.zh.startswith(f"{localtime(scan):%m-%d}：{day}{begins:%H:%M}–")
    assert "乔家便民店（扫码）" in said.zh
