"""Carriers' lists of passengers: who is on the register has a ride and a seat, nobody else is lost, and a case's
neighbours on the train are proposed.
"""

import csv
import io
import shutil
from datetime import datetime, time, timedelta
from threading import Event
from uuid import UUID

import pytest
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.intake.queries import find, headers_of, propose_mapping, refused_rows
from fangxian.ops.jobs.actions import claim, finish
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.people.models import Person
from fangxian.ops.procedures.import_passengers import (
    begin_passengers,
    import_passengers,
    match_again,
    passenger_list_for,
    upload_passengers,
)
from fangxian.ops.procedures.ride_of_list import RideSaid, ride_in, ride_proposed
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.rides.models import Passenger, Ride
from fangxian.ops.visits.tail import Tail

from .case_hand import build_with_diseases, proposed, report, staffed
from .journal_writing import a_scan, write_segment
from .list_hand import somebody

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HEAD = ("日期", "车次/航班/车牌", "车厢", "座位号", "姓名", "证件号码", "手机号", "上车站", "下车站")
STRANGER_ELSEWHERE = ("外地甲", "P12345678", "15400009999")


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build_with_diseases()


@pytest.fixture
def county(county_of_this_file, db):
    yield county_of_this_file
    for name in ("archive/visits", "journal"):
        shutil.rmtree(the_realm().path / name, ignore_errors=True)


@pytest.fixture
def by(county):
    return somebody("investigator")


def yesterday():
    return (localtime(county_now()) - timedelta(days=1)).date().isoformat()


def row(person, seat="12F", *, carriage="05", vehicle="D1234", on=None, name=None, document=None, phone=""):
    """A row of the railway police's export about somebody of the register."""
    who = (person.name if name is None else name, person.document_number if document is None else document, phone)
    return (on or yesterday(), vehicle, carriage, seat, *who, "浮山", "太原南")


def elsewhere(seat="12A", who=STRANGER_ELSEWHERE):
    """A row about somebody who is on no register here."""
    return (yesterday(), "D1234", "05", seat, *who, "浮山", "太原南")


def file_of(*rows, head=HEAD, encoding="gb18030"):
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return text.getvalue().encode(encoding)


def taken_in(content, by, carrier="太原铁路公安处"):
    """(the intake afterwards, what the job counted)"""
    intake = upload_passengers(content=content, file_name="list.csv", carrier=carrier, by=by).intake
    mapping = propose_mapping(headers_of(intake), kind=intake.kind, source=intake.source)
    begin_passengers(intake=intake, mapping=mapping, by=by)
    job = claim(worker="test")
    counts = import_passengers(RunningJob(job, Event()))
    finish(job=job, result=counts)
    return find(intake.pk), counts


def returned(intake):
    return {it.row_number: it.refusal_code for it in refused_rows(intake)}


def test_somebody_of_the_register_has_a_ride_with_the_carriage_in_the_seat(county, by):
    taken_in(file_of(row(county.stranger)), by)
    ride = Ride.objects.get(person=county.stranger)
    assert (ride.vehicle, ride.seat, ride.source) == ("D1234", "05车12F", "carrier")


def test_a_list_that_says_only_the_day_has_the_whole_day_as_its_time(county, by):
    taken_in(file_of(row(county.stranger)), by)
    ride = Ride.objects.get(person=county.stranger)
    assert ride.ends_at - ride.begins_at == timedelta(days=1)


def test_whoever_is_on_no_register_is_listed_and_not_dropped(county, by):
    _, counts = taken_in(file_of(row(county.stranger), elsewhere()), by)
    found = Passenger.objects.get()
    assert (counts["n_unmatched"], (found.name, found.document_number, found.phone)) == (1, STRANGER_ELSEWHERE)


def test_the_same_rows_in_another_file_change_nothing(county, by):
    taken_in(file_of(row(county.stranger), elsewhere()), by)
    _, counts = taken_in(file_of(elsewhere(), row(county.stranger)), by)
    assert (counts["n_new"], Ride.objects.count(), Passenger.objects.count()) == (0, 1, 1)


def test_the_same_file_again_is_the_same_list(county, by):
    content = file_of(row(county.stranger))
    intake, _ = taken_in(content, by)
    again = upload_passengers(content=content, file_name="list.csv", carrier="太原铁路公安处", by=by)
    assert (again.is_repeat, again.intake.pk) == (True, intake.pk)


def test_whoever_came_onto_the_register_since_is_found_when_the_list_is_compared_again(county, by):
    number, index = county.stranger.document_number, county.stranger.document_index
    Person.objects.filter(pk=county.stranger.pk).update(document_index=None)
    intake, _ = taken_in(file_of(row(county.stranger, phone="15400009997"), elsewhere()), by)
    Person.objects.filter(pk=county.stranger.pk).update(document_number=number, document_index=index)
    assert match_again(intake=intake, by=by) == 1
    assert (Ride.objects.get().person_id, Passenger.objects.get().name) == (county.stranger.pk, "外地甲")


def test_compared_again_with_nobody_new_a_list_stays_as_it_is(county, by):
    intake, _ = taken_in(file_of(elsewhere()), by)
    assert (match_again(intake=intake, by=by), Passenger.objects.count()) == (0, 1)


def test_a_masked_number_is_known_by_phone_and_name_and_it_is_said_so(county, by):
    masked = row(county.stranger, document=county.stranger.document_number[:6] + "********1234")
    intake, counts = taken_in(file_of((*masked[:6], county.stranger.phone, *masked[7:])), by)
    assert (counts["n_new"], returned(intake)) == (1, {2: "rides.known_by_phone"})


def test_a_phone_under_another_name_is_nobody_of_the_register(county, by):
    masked = elsewhere(who=("另一人", "", county.stranger.phone))
    _, counts = taken_in(file_of(masked), by)
    assert (counts["n_new"], counts["n_unmatched"]) == (0, 1)


def test_another_seat_than_the_one_on_record_is_remarked_on_and_changes_nothing(county, by):
    taken_in(file_of(row(county.stranger, "12F")), by)
    intake, _ = taken_in(file_of(row(county.stranger, "1A")), by)
    assert (Ride.objects.get().seat, returned(intake)) == ("05车12F", {2: "rides.seat_differs"})


def test_a_ride_whose_seat_nobody_knew_gets_the_lists(county, by):
    taken_in(file_of(row(county.stranger, "", carriage="")), by)
    taken_in(file_of(row(county.stranger, "12F")), by)
    assert Ride.objects.get().seat == "05车12F"


@pytest.mark.parametrize(
    ("damaged", "refusal"),
    [
        ({"on": "2022-02-30"}, "intake.date_unreadable"),
        ({"on": "2001-01-01"}, "rides.times"),
        ({"document": "1.41E+17"}, "intake.number_in_scientific"),
        ({"document": "99102719900101001"}, "identity.wrong_length"),
        ({"name": "", "document": ""}, "rides.nobody"),
        ({"vehicle": ""}, "rides.no_vehicle"),
        ({"on": " "}, "rides.no_day"),
        ({"vehicle": "——"}, "rides.no_vehicle"),
    ],
)
def test_a_damaged_row_goes_back_with_its_reason_and_the_others_stay(county, by, damaged, refusal):
    intake, counts = taken_in(file_of(row(county.stranger, **damaged), elsewhere()), by)
    assert (returned(intake), counts["n_unmatched"]) == ({2: refusal}, 1)


def test_a_time_that_nobody_can_read_goes_back(county, by):
    rows = [(*row(county.stranger), "上午")]
    intake, _ = taken_in(file_of(*rows, head=(*HEAD, "发车时间")), by)
    assert returned(intake) == {2: "rides.time_unreadable"}


def without_ride(*rows, title=()):
    """A list whose columns say neither the day nor the train, under a title row or none."""
    text = io.StringIO()
    csv.writer(text).writerows([*title, HEAD[2:], *(row[2:] for row in rows)])
    return text.getvalue().encode("gb18030")


def of_one_ride(content, by, ride, name="list.csv"):
    intake = upload_passengers(content=content, file_name=name, carrier="县汽车站", by=by).intake
    mapping = propose_mapping(headers_of(intake), kind=intake.kind, source=intake.source)
    begin_passengers(intake=intake, mapping=mapping, by=by, ride=ride)
    job = claim(worker="test")
    counts = import_passengers(RunningJob(job, Event()))
    finish(job=job, result=counts)
    return find(intake.pk), counts


def test_which_ride_a_list_is_of_is_said_once_for_all_its_rows(county, by):
    ride = RideSaid(vehicle="晋L12345", on=yesterday(), begins_at="08:30", ends_at="11:00")
    _, counts = of_one_ride(without_ride(row(county.stranger), elsewhere()), by, ride)
    found = Ride.objects.get(person=county.stranger)
    assert (found.vehicle, f"{localtime(found.begins_at):%H:%M}", counts["n_unmatched"]) == ("晋L12345", "08:30", 1)


def test_a_row_that_says_otherwise_keeps_what_it_says(county, by):
    of_one_ride(file_of(row(county.stranger, vehicle="G99")), by, RideSaid(vehicle="D1234", on=yesterday()))
    assert Ride.objects.get(person=county.stranger).vehicle == "G99"


def test_a_title_row_above_the_head_proposes_the_ride(county, by):
    title = [[f"晋L12345 班车 {yesterday()} 08:30 发车乘客名单", *[""] * 6]]
    content = without_ride(row(county.stranger), title=title)
    intake = upload_passengers(content=content, file_name="list.csv", carrier="县汽车站", by=by).intake
    assert ride_proposed(intake) == RideSaid("晋L12345", yesterday(), "08:30", "")


@pytest.mark.parametrize(
    ("name", "vehicle", "on"),
    [
        ("2022年4月7日G1865次旅客名单.xls", "G1865", "2022-04-07"),
        ("MU5123_20220407_乘客.csv", "MU5123", "2022-04-07"),
        ("4月发往太原，共45人，联系15400001111.csv", "", ""),
        ("K1234次 2022-13-40.csv", "K1234", ""),
        ("G1865次旅客名单 导出时间：2022-04-08 17:05.csv", "G1865", ""),
        ("导出于2022年4月8日17时05分 G1865次 2022-04-07.csv", "G1865", "2022-04-07"),
    ],
)
def test_a_files_name_tells_its_ride_or_nothing(name, vehicle, on):
    found = ride_in(name)
    assert (found.vehicle, found.on, found.begins_at) == (vehicle, on, "")


def test_a_list_of_which_nobody_says_the_ride_is_refused_and_waits(county, by):
    intake = upload_passengers(
        content=without_ride(row(county.stranger)), file_name="list.csv", carrier="县汽车站", by=by
    ).intake
    mapping = propose_mapping(headers_of(intake), kind=intake.kind, source=intake.source)
    for ride in (RideSaid(), RideSaid(vehicle="D1234"), RideSaid(on=yesterday())):
        with pytest.raises(Refusal) as no:
            begin_passengers(intake=intake, mapping=mapping, by=by, ride=ride)
        assert no.value.code == "rides.ride_not_said"
    assert find(intake.pk).state == "received"


def test_a_ride_on_a_day_that_cannot_be_is_refused_at_once_and_not_row_by_row(county, by):
    intake = upload_passengers(
        content=without_ride(row(county.stranger)), file_name="list.csv", carrier="县汽车站", by=by
    ).intake
    mapping = propose_mapping(headers_of(intake), kind=intake.kind, source=intake.source)
    with pytest.raises(Refusal) as no:
        begin_passengers(intake=intake, mapping=mapping, by=by, ride=RideSaid(vehicle="D1234", on="2001-01-01"))
    assert no.value.code == "rides.times"


def test_a_ride_over_midnight_ends_the_next_day(county, by):
    rows = [(*row(county.stranger), "23:10", "01:40")]
    taken_in(file_of(*rows, head=(*HEAD, "发车时间", "到站时间")), by)
    ride = Ride.objects.get()
    assert ride.ends_at - ride.begins_at == timedelta(hours=2, minutes=30)


def test_another_role_may_not_bring_a_list_in(county):
    with pytest.raises(Refusal) as no:
        upload_passengers(content=file_of(), file_name="list.csv", carrier="x", by=somebody("grid_worker"))
    assert no.value.code == "accounts.not_yours"


def test_a_list_that_is_none_is_refused_by_name(by):
    with pytest.raises(Refusal) as no:
        passenger_list_for(by, UUID(int=1))
    assert no.value.code == "rides.unknown_list"


# ── exposure ──────────────────────────────────────────────────────────────────


def proposed_of_head(county):
    """The head of the household is found positive: their contacts, and what was told of the search."""
    return proposed(report(county.head, staffed(county).laboratory).case)


@pytest.mark.parametrize(
    ("seat", "carriage", "ring"),
    [("9A", "05", "close-contact"), ("8A", "05", "co-present"), ("12A", "06", "co-present")],
)
def test_whom_the_list_seats_near_the_case_is_proposed_though_neither_has_told(county, by, seat, carriage, ring):
    taken_in(file_of(row(county.head), row(county.stranger, seat, carriage=carriage)), by)
    found = proposed_of_head(county)[0][county.stranger.pk]
    assert (found.ring, found.found_by) == (ring, "vehicle")


def test_passengers_on_no_register_near_the_case_are_told_of(county, by):
    other = ("外地乙", "P87654321", "15400009998")
    taken_in(file_of(row(county.head), elsewhere("11A"), elsewhere("1A", other)), by)
    _, told = proposed_of_head(county)
    assert any("另有 2 名乘客不在本县名册，其中 1 名" in note["zh"] for note in told.notes)


# ---- two places at once ----


def timed(person, begins, ends, vehicle="D1234"):
    return (yesterday(), vehicle, begins, ends, person.name, person.document_number)


TIMED = ("日期", "车次/航班/车牌", "发车时间", "到达时间", "姓名", "证件号码")


def test_whoever_a_list_has_in_two_vehicles_at_once_is_remarked_on_and_both_rides_stand(county, by):
    head, other = timed(county.head, "08:30", "10:30"), timed(county.head, "09:00", "11:00", "晋A12345")
    intake, _ = taken_in(file_of(head, timed(county.stranger, "08:30", "10:30"), head=TIMED), by)
    assert returned(intake) == {}
    intake, _ = taken_in(file_of(other, head=TIMED), by, carrier="客运站")
    assert returned(intake) == {2: "rides.elsewhere_meanwhile"}
    assert Ride.objects.filter(person=county.head).count() == 2


def test_whoever_was_scanned_at_a_door_in_the_middle_of_a_listed_ride_is_remarked_on(county, by):
    at = datetime.combine(localtime(county_now()).date() - timedelta(days=1), time(9, 30), localtime().tzinfo)
    scan = a_scan(1, at, gate_number=county.head.gate_number)
    write_segment(the_realm().path / "journal", [scan], at=at)
    Tail(the_realm().path / "journal", lambda *_: "").read_on(at=at)
    rows = timed(county.head, "08:30", "10:30"), timed(county.stranger, "08:30", "10:30")
    intake, _ = taken_in(file_of(*rows, head=TIMED), by)
    assert returned(intake) == {2: "rides.elsewhere_meanwhile"}
