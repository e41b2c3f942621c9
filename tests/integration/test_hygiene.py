"""Priority places: what is due, what follows from doing it, and from a positive sample of surfaces."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import localtime

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.hygiene.actions import list_places, record_rounds
from fangxian.ops.hygiene.models import PriorityPlace, Round, SampleResult
from fangxian.ops.hygiene.wire import NewPlace, NewRound, Remedy
from fangxian.ops.procedures.keep_hygiene import correct_done, mend, place_for, record_done, report_samples, strike
from fangxian.ops.procedures.watch_hygiene import watch_hygiene
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.hygiene_due import counts_by_class, hygiene_by_area, hygiene_rules, lines_for
from fangxian.ops.tasks.actions import finish
from fangxian.ops.tasks.models import Task
from tests.integration.list_hand import BY, in_force
from tests.integration.two_townships import CELL, TOWN, account_of, build, venue

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    """A market of the first grid on the register since long ago, and a courier depot of the other township."""
    made = build()
    in_force("covid19-2022-04")
    made.market_venue = venue(made.cells[0], 3, "东街市场", "market")
    far = venue(made.cells[2], 4, "乔家快递", "courier-depot")
    made.market, made.depot = list_places(
        places=[
            NewPlace(of_class="market", name=it.name, area_path=it.area_path, venue=it.pk)
            if it is made.market_venue
            else NewPlace(of_class="courier-depot", name=it.name, area_path=it.area_path, venue=it.pk)
            for it in (made.market_venue, far)
        ],
        by=BY,
    )
    PriorityPlace.objects.update(listed_at=county_now() - 60 * DAY)
    made.worker = account_of(made, "grid_worker")
    made.township = account_of(made, "township_approver")
    return made


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def told(place, kind, *, days_ago=0, **more):
    content = {
        "disinfection": {"agent": "含氯消毒剂", "concentration_mg_l": 500, "area_m2": 200},
        "sampling": {"n_samples": 5, "spots": "案板、秤、门把手"},
        "inspection": {"answers": {"masks": "ok"}},
    }[kind]
    return NewRound(id=uuid4(), place=place.pk, kind=kind, done_at=county_now() - days_ago * DAY, **(content | more))


def done(county, kind, *, place=None, by=None, **more):
    place = place or county.market
    new = told(place, kind, **more)
    record_done(place=place, new=new, by=by or county.worker)
    return Round.objects.get(pk=new.id)


def watched():
    watch_hygiene(at=county_now(), by=BY)


def states(county, account=None):
    at = county_now()
    found = lines_for(account or county.worker, at, rules=hygiene_rules(at))
    return {it.kind: it.standing.state for it in found if it.place.pk == county.market.pk}


def tasks(*states, about=None):
    rows = Task.objects.filter(state__in=states or ("open", "taken"))
    return sorted(rows.values_list("kind", flat=True)) if about is None else list(rows.filter(about=about))


def refused(code, act, **told):
    with pytest.raises(Refusal) as caught:
        act(**told)
    assert caught.value.code == code


# ── due and overdue ───────────────────────────────────────────────────────────


def test_a_market_is_asked_all_three_kinds_and_what_was_never_done_is_late(county):
    """The rulebook began a week ago; an inspection has two weeks."""
    assert states(county) == {"inspection": "fine", "disinfection": "late", "sampling": "late"}


def test_what_was_done_is_no_longer_late(county):
    done(county, "disinfection")
    assert states(county)["disinfection"] == "fine"


def test_what_was_done_a_week_ago_is_due_today(county):
    done(county, "disinfection", days_ago=7)
    assert states(county)["disinfection"] == "today"


def test_what_is_twice_a_day_is_done_after_the_second_time(county):
    site = list_places(
        places=[NewPlace(of_class="quarantine-site", name="隔离点", area_path=CELL, venue=county.school.pk)], by=BY
    )[0]
    PriorityPlace.objects.filter(pk=site.pk).update(listed_at=county_now() - 9 * DAY)
    found = []
    for _ in range(3):
        at = county_now()
        lines = lines_for(county.worker, at, rules=hygiene_rules(at))
        found += [it.standing.due_on for it in lines if it.place.pk == site.pk and it.kind == "disinfection"]
        done(county, "disinfection", place=site)
    today = localtime(county_now()).date()
    assert found[1:] == [found[0], today + DAY]
    assert found[0] < today


def test_a_suspended_venue_is_asked_nothing_meanwhile(county):
    type(county.market_venue).objects.filter(pk=county.market_venue.pk).update(status="suspended")
    assert states(county) == {}


def test_a_grid_worker_sees_the_places_of_the_grid_and_the_dispatcher_those_of_the_county(county):
    at = county_now()
    rules = hygiene_rules(at)
    seen = [
        {it.place.name for it in lines_for(who, at, rules=rules)}
        for who in (county.worker, account_of(county, "dispatcher"))
    ]
    assert seen == [{"东街市场"}, {"东街市场", "乔家快递"}]


def test_a_venue_s_owner_sees_and_records_at_the_own_venue_only(county):
    owner = account_of(county, "venue_owner", venue=county.market_venue.pk)
    done(county, "disinfection", by=owner)
    assert states(county, owner)["disinfection"] == "fine"
    refused("hygiene.place.not_found", place_for, account=owner, place_id=county.depot.pk)


def test_classes_are_counted_in_places(county):
    done(county, "disinfection")
    at = county_now()
    lines = counts_by_class(lines_for(county.worker, at, rules=hygiene_rules(at)))
    assert [(it.of_class, it.kind, it.n, it.n_late) for it in lines] == [
        ("market", "inspection", 1, 0),
        ("market", "disinfection", 1, 0),
        ("market", "sampling", 1, 1),
    ]


def test_a_day_s_report_has_what_was_done_and_what_is_late_by_township(county):
    done(county, "disinfection")
    at = county_now()
    found = hygiene_by_area(account_of(county, "dispatcher"), "141027", (at - DAY, at + DAY), at, 9)
    assert (found.n_done[TOWN], found.n_late[TOWN]) == (1, 1)


# ── tasks ─────────────────────────────────────────────────────────────────────


def test_what_is_late_is_one_task_however_often_it_is_looked_for(county):
    for _ in range(2):
        watched()
    rows = tasks(about=f"hygiene:{county.market.pk}")
    assert sorted(it.kind for it in rows) == ["hygiene.disinfection", "hygiene.sampling"]
    assert {it.role for it in rows} == {"grid_worker"}


def test_doing_it_closes_the_task(county):
    watched()
    done(county, "disinfection")
    assert "hygiene.disinfection" in tasks("done")
    watched()
    assert [it.kind for it in tasks(about=f"hygiene:{county.market.pk}")] == ["hygiene.sampling"]


def test_a_task_that_was_closed_with_nothing_recorded_comes_back_the_next_day(county):
    watched()
    finish(tasks=Task.objects.filter(kind="hygiene.sampling").values_list("pk", flat=True), outcome="done", by=BY)
    watched()
    assert "hygiene.sampling" not in tasks()
    watch_hygiene(at=county_now() + DAY, by=BY)
    assert tasks().count("hygiene.sampling") == 1


def test_a_place_that_is_struck_off_has_no_tasks(county):
    watched()
    strike(place=county.market, because="已搬走", by=county.township)
    watched()
    assert tasks(about=f"hygiene:{county.market.pk}") == []


def test_what_was_not_in_order_is_looked_at_again(county):
    by_on = localtime(county_now()).date() + 2 * DAY
    row = done(county, "inspection", answers={"masks": "fault"}, remedies={"masks": Remedy(what="发口罩", by_on=by_on)})
    assert "hygiene.faults" in tasks()
    mend(place=county.market, faults=[row.faults.get().pk], by=county.worker)
    assert "hygiene.faults" in tasks("done")


def test_an_inspection_that_is_corrected_leaves_one_second_look(county):
    by_on = localtime(county_now()).date() + 2 * DAY
    found = {"answers": {"masks": "fault"}, "remedies": {"masks": Remedy(what="发口罩", by_on=by_on)}}
    row = done(county, "inspection", **found)
    correct_done(
        place=county.market, round=row.pk, because="日期写错", by=county.worker,
        new=told(county.market, "inspection", **found),
    )  # fmt: skip
    assert tasks().count("hygiene.faults") == 1


def test_a_venue_takes_nothing_back_that_an_inspector_found_there(county):
    owner = account_of(county, "venue_owner", venue=county.market_venue.pk)
    by_on = localtime(county_now()).date() + 2 * DAY
    row = done(county, "inspection", answers={"masks": "fault"}, remedies={"masks": Remedy(what="发口罩", by_on=by_on)})
    refused("hygiene.others_record", correct_done, place=county.market, round=row.pk, because="没有的事", by=owner)
    refused("hygiene.second_look", mend, place=county.market, faults=[row.faults.get().pk], by=owner)
    assert "hygiene.faults" in tasks()


def test_a_venue_puts_right_and_mends_what_it_found_itself(county):
    owner = account_of(county, "venue_owner", venue=county.market_venue.pk)
    by_on = localtime(county_now()).date() + 2 * DAY
    found = {"answers": {"masks": "fault"}, "remedies": {"masks": Remedy(what="发口罩", by_on=by_on)}}
    row = done(county, "inspection", by=owner, **found)
    mend(place=county.market, faults=[row.faults.get().pk], by=owner)
    correct_done(place=county.market, round=row.pk, because="记错", by=owner)
    assert "hygiene.faults" not in tasks()


# ── environmental samples ─────────────────────────────────────────────────────

OF_POSITIVE = ["hygiene.decide", "hygiene.disinfect_again", "hygiene.sample_again", "hygiene.tell"]


def positive(county, n=1, row=None, **more):
    row = row or done(county, "sampling")
    report_samples(place=county.market, round=row.pk, n_positive=n, spots="案板", by=county.township, **more)
    return row


def test_a_positive_sample_opens_what_a_county_does_about_it(county):
    row = positive(county)
    positive(county, row=row)
    assert tasks() == OF_POSITIVE


def test_what_was_done_before_the_sample_was_taken_ends_nothing_that_follows_from_it(county):
    positive(county)
    done(county, "disinfection", days_ago=1)
    done(county, "sampling", days_ago=1)
    assert tasks() == OF_POSITIVE


def test_disinfecting_and_a_negative_sample_end_it(county):
    positive(county)
    done(county, "disinfection")
    assert tasks() == [it for it in OF_POSITIVE if it != "hygiene.disinfect_again"]
    again = done(county, "sampling")
    report_samples(place=county.market, round=again.pk, n_positive=0, spots="", by=county.township)
    assert tasks() == []


def test_whoever_took_the_samples_does_not_write_their_result(county):
    row = done(county, "sampling", by=county.township)
    refused(
        "hygiene.own_samples",
        report_samples, place=county.market, round=row.pk, n_positive=0, spots="", by=county.township,
    )  # fmt: skip


def test_whoever_took_the_samples_does_not_take_them_back_once_they_are_positive(county):
    row = positive(county)
    refused(
        "hygiene.others_record", correct_done, place=county.market, round=row.pk, because="没采过", by=county.worker
    )
    assert tasks() == OF_POSITIVE
    correct_done(place=county.market, round=row.pk, because="采错了地方", by=county.township)
    assert tasks() == []


def test_a_grid_worker_writes_no_result(county):
    row = done(county, "sampling")
    other = account_of(county, "grid_worker")
    refused(
        "hygiene.place.not_yours", report_samples, place=county.market, round=row.pk, n_positive=0, spots="", by=other
    )


def test_a_laboratory_sees_the_places_whose_samples_wait_and_no_others(county):
    laboratory = account_of(county, "laboratory")
    refused("hygiene.place.not_found", place_for, account=laboratory, place_id=county.market.pk)
    row = done(county, "sampling")
    report_samples(place=place_for(laboratory, county.market.pk), round=row.pk, n_positive=2, spots="秤", by=laboratory)
    assert SampleResult.objects.get().n_positive == 2


def test_another_result_needs_a_reason_and_stands_beside_the_first(county):
    row = positive(county)
    refused(
        "hygiene.why_missing",
        report_samples, place=county.market, round=row.pk, n_positive=0, spots="", by=county.township,
    )  # fmt: skip
    positive(county, n=0, row=row, because="复核为污染")
    assert SampleResult.objects.count() == 2
    assert tasks() == []


@pytest.mark.parametrize("n_positive", [-1, 6])
def test_more_positives_than_samples_are_refused(county, n_positive):
    row = done(county, "sampling")
    refused(
        "hygiene.result_impossible",
        report_samples, place=county.market, round=row.pk, n_positive=n_positive, spots="", by=county.township,
    )  # fmt: skip


# ── the record ────────────────────────────────────────────────────────────────


def test_a_round_sent_twice_is_one_with_one_line(county):
    new = told(county.market, "disinfection")
    before = AuditLine.objects.count()
    for _ in range(2):
        record_done(place=county.market, new=new, by=county.worker)
    assert Round.objects.count() == 1
    assert AuditLine.objects.count() == before + 1


def test_a_correction_stands_beside_what_it_corrects(county):
    row = done(county, "disinfection")
    new = replace(told(county.market, "disinfection", days_ago=9), area_m2=300)
    for _ in range(2):
        correct_done(place=county.market, round=row.pk, because="日期写错", by=county.worker, new=new)
    assert Round.objects.count() == 2
    assert states(county)["disinfection"] == "late"
    row.refresh_from_db()
    assert row.area_m2 == 200


def test_what_was_not_done_at_all_counts_no_more(county):
    row = done(county, "disinfection")
    correct_done(place=county.market, round=row.pk, because="记错地方", by=county.worker)
    assert states(county)["disinfection"] == "late"
    refused(
        "hygiene.corrected_already", correct_done, place=county.market, round=row.pk, because="再", by=county.worker
    )


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        ("disinfection", {"area_m2": None}, "hygiene.nothing_told"),
        ("disinfection", {"concentration_mg_l": 99_000_000}, "hygiene.impossible_amount"),
        ("sampling", {"spots": " "}, "hygiene.nothing_told"),
        ("inspection", {"answers": {}}, "hygiene.nothing_told"),
        ("inspection", {"answers": {"masks": "fault"}}, "hygiene.remedy_missing"),
        ("disinfection", {"days_ago": -2}, "hygiene.in_the_future"),
        ("disinfection", {"days_ago": 400}, "hygiene.long_ago"),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_is_recorded(county, kind, changes, code):
    refused(code, record_rounds, rounds=[told(county.market, kind, **changes)], by=BY)
    assert not Round.objects.exists()


def test_a_place_listed_twice_is_one(county):
    again = NewPlace(of_class="market", name="东街市场", area_path=CELL, venue=county.market_venue.pk)
    assert list_places(places=[again, again], by=BY) == []


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (NewPlace(of_class="market", name="没有场所", area_path=CELL), "hygiene.venue_missing"),
        (NewPlace(of_class="sewage", name=" ", area_path=CELL), "hygiene.nameless"),
        (NewPlace(of_class="markets", name="x", area_path=CELL), "hygiene.class_unknown"),
    ],
)
def test_what_cannot_be_listed_is_refused(county, place, code):
    refused(code, list_places, places=[place], by=BY)
