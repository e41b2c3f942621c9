"""Whom a round is for: who lives or stays in its areas, schools, classes, parcel lists, priority classes, whoever."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fangxian.ops.audit.models import ViewLog
from fangxian.ops.lab.actions import add_to_roster, open_round, take_roster
from fangxian.ops.lab.queries import groups_of, roster_of, rounds
from fangxian.ops.lab.wire import NewPlace, NewSite
from fangxian.ops.movement.models import SamplingDay, TestKnown
from fangxian.ops.parcels.actions.tracing import open_trace
from fangxian.ops.parcels.models import Traced
from fangxian.ops.people.models import Attachment, Person
from fangxian.ops.places.queries import DivisionName
from fangxian.ops.procedures import print_slips, run_rounds
from fangxian.ops.procedures.area_by_name import AreasByName
from fangxian.ops.procedures.round_scope import groups_to_choose, out_of_the_county, staying
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.returnees.actions import note_away
from fangxian.ops.returnees.wire import NewAway

from .arrival_hand import arrived
from .list_hand import in_force
from .two_townships import CELL, NAME, OTHER_CELL, OTHER_UNIT, TOWN, UNIT, account_of, build, sign_in, venue

pytestmark = pytest.mark.django_db
BY = "program:test"


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    county = build()
    in_force("covid19-2022-04")
    return county


@pytest.fixture
def county(county_of_this_file, db):
    return county_of_this_file


@pytest.fixture
def planner(county):
    return account_of(county, "dispatcher")


def a_round(planner, areas=(), groups=()):
    at = county_now()
    return run_rounds.prepare(
        name="一轮", disease="covid-19", pool_size=10, areas=list(areas), groups=list(groups), begins_at=at,
        ends_at=at + timedelta(days=1), by=planner,
    )  # fmt: skip


def roster(row):
    return {it.person.name if it.person else it.name: it for it in roster_of(row).select_related("person")}


def taken(planner, **told):
    row = a_round(planner, **told)
    run_rounds.take_people(round=row.pk, by=planner)
    return roster(row)


def group(kind, words=""):
    """The value by which a form names the group of this kind whose name has these words."""
    found = [it for it in groups_to_choose(county_now()) if it.kind == kind and words in it.name.zh]
    return f"{found[0].kind}:{found[0].which}"


# ---- who is here ----


def test_whoever_is_away_by_the_register_has_a_place_and_is_not_missing(county, planner):
    head = county.head
    note_away(people=[NewAway(person=head.pk, area_path=head.area_path, why="work")], by=BY)
    place = taken(planner, areas=[TOWN])[NAME]
    assert (place.stage, place.why) == ("exempt", "away")


def test_taken_again_whoever_is_back_is_due(county, planner):
    row = a_round(planner, areas=[TOWN])
    take_roster(round=row.pk, by=BY, away=[county.head.pk])
    take_roster(round=row.pk, by=BY)
    assert roster(row)[NAME].stage == "due"


def test_whoever_came_to_stay_is_on_the_roster_of_where_they_stay(county, planner):
    visitor = county.stranger
    Person.objects.filter(pk=visitor.pk).update(standing="declared", household=None, area_path=CELL)
    visitor.refresh_from_db()
    arrived(visitor, by=account_of(county, "grid_worker", CELL))
    assert "赵远" in taken(planner, areas=[TOWN])


def test_a_visitor_who_is_nowhere_said_to_stay_is_on_no_roster(county, planner):
    Person.objects.filter(pk=county.stranger.pk).update(standing="visitor", household=None)
    assert "赵远" not in taken(planner, areas=["141027"])


def test_whoever_came_back_after_they_were_noted_away_is_here(county):
    head = county.head
    note_away(people=[NewAway(person=head.pk, area_path=head.area_path, why="work")], by=BY)
    arrived(head, by=account_of(county, "grid_worker", CELL))
    at = county_now()
    assert (head.pk in staying(at), out_of_the_county(at)) == (True, set())


# ---- groups ----


def test_a_class_is_a_scope_and_its_name_stands_beside_its_pupils(county, planner):
    found = taken(planner, groups=[group("class")])
    assert {name: it.group for name, it in found.items()} == {"孟小": "浮山县第一小学 一年级(1)班"}


def test_a_school_is_its_pupils_and_whoever_works_there(county, planner):
    began_on = county_now().date() - timedelta(days=9)
    Attachment.objects.create(
        person=county.persons[1], venue=county.school, role="teacher", area_path=CELL, begins_on=began_on
    )
    assert set(taken(planner, groups=[group("school")])) == {"孟小", "李静"}


def test_whom_a_parcel_trace_found_are_a_scope(county, planner):
    depot = venue(county.cells[0], 9, "东街快递", "courier_depot")
    day = county_now().date()
    trace = open_trace(disease="covid-19", depot=depot, since_on=day, why="阳性包裹", by=BY)
    told = {"trace_id": trace.pk, "area_path": CELL, "first_on": day, "last_on": day}
    Traced.objects.create(person=county.head, **told)
    Traced.objects.create(person=county.persons[1], state="set_aside", **told)
    assert set(taken(planner, groups=[group("parcels")])) == {NAME}


@pytest.mark.parametrize(("days_ago", "expected"), [((), {NAME}), ((0, 2), set())], ids=["due", "tested often enough"])
def test_of_a_priority_class_whoever_falls_due_is_on_the_roster(county, planner, days_ago, expected):
    depot, day = venue(county.cells[0], 9, "东街快递", "courier-depot"), county_now().date()
    Attachment.objects.create(
        person=county.head, venue=depot, role="courier", area_path=CELL, begins_on=day - timedelta(days=40)
    )
    for n in days_ago:
        SamplingDay.objects.create(
            person=county.head, sampled_on=day - timedelta(days=n), result=TestKnown.Result.NEGATIVE
        )
    rule = next(it for it in groups_to_choose(county_now()) if it.kind == "priority" and "快递" in it.name.zh)
    assert set(taken(planner, groups=[f"priority:{rule.which}"])) == expected


def test_a_round_for_whoever_comes_begins_without_a_roster(county, planner):
    row = a_round(planner, groups=["voluntary:"])
    run_rounds.put_up_site(round=row.pk, site=NewSite(name="东关", area_path=TOWN, n_tables=1), by=planner)
    open_round(round=row.pk, by=BY)
    row.refresh_from_db()
    assert row.state == "open"


def test_a_class_is_sent_to_the_site_of_its_school_wherever_its_pupils_live(client, county, planner):
    row = a_round(planner, areas=["141027"], groups=[group("class")])
    run_rounds.put_up_site(
        round=row.pk, site=NewSite(name="东关", area_path=TOWN, n_tables=1, serves=[TOWN]), by=planner
    )
    sign_in(client, county, "dispatcher")
    told = {"do": "site", "name": "校内", "area": OTHER_UNIT, "groups": ["浮山县第一小学 一年级(1)班"], "n_tables": 1}
    client.post(page(row), told)
    run_rounds.take_people(round=row.pk, by=planner)
    found = roster(row)
    assert (found["孟小"].site.name, found[NAME].site.name) == ("校内", "东关")


def test_a_round_of_a_group_alone_takes_nobody_else(county, planner):
    assert len(taken(planner, groups=[group("class")])) == 1


def test_the_page_prepares_a_round_of_a_school(client, county):
    sign_in(client, county, "dispatcher")
    told = {"name": "学校一轮", "disease": "covid-19", "groups": [group("school")], "pool_size": 10}
    client.post(reverse("rounds"), told | {"begins_at": "2022-04-20T08:00", "ends_at": "2022-04-21T08:00"})
    assert [it.kind for it in groups_of(rounds().get(name="学校一轮"))] == ["school"]


def test_a_round_of_nothing_is_refused_beside_the_field(client, county):
    sign_in(client, county, "dispatcher")
    told = {"name": "空的", "disease": "covid-19", "pool_size": 10, "begins_at": "2022-04-20T08:00"}
    answer = client.post(reverse("rounds"), told | {"ends_at": "2022-04-21T08:00"})
    assert (answer.status_code, "areas" in answer.context["form"].errors) == (400, True)


# ---- where listed people live ----

DIVISIONS = [
    DivisionName("141027", "浮山县", "Fushan County"),
    DivisionName("141027100", "天坛镇", "Tiantan Town"),
    DivisionName("141027101", "响水河镇", "Xiangshuihe Town"),
    DivisionName("141027100001", "东街居委会", "Dongjie Residents' Committee"),
    DivisionName("141027101200", "乔家村委会", "Qiaojia Village"),
    DivisionName("141027100200", "南王村委会", "Nanwang Village"),
    DivisionName("141027101201", "南王村委会", "Nanwang Village"),
]


@pytest.mark.parametrize(
    ("text", "area_path"),
    [
        ("天坛镇东街12号", "141027100001"),
        ("乔家村", "141027101200"),
        ("响水河镇南王村", "141027101201"),
        ("南王村", ""),
        ("响水河镇政府", "141027101"),
        ("上海市", ""),
        ("", ""),
    ],
)
def test_a_written_address_is_the_division_that_it_names_and_no_guess(text, area_path):
    assert AreasByName(DIVISIONS).area_of(text) == area_path


@pytest.fixture
def listed(county, planner):
    """A round with two people of a list: of one nobody could say where they live."""
    row = a_round(planner, areas=["141027"])
    add_to_roster(
        round=row.pk,
        places=[
            NewPlace(name="甲", document_number="99A0000001", group="一班"),
            NewPlace(name="乙", document_number="99A0000002", group="二班", area_path=UNIT),
        ],
        by=BY,
    )
    return row


def page(row, route="round", **asked):
    return reverse(route, args=[row.pk]) + ("?" + "&".join(f"{k}={v}" for k, v in asked.items()) if asked else "")


def test_whose_area_is_unknown_stands_on_the_board_as_such(client, county, listed):
    sign_in(client, county, "dispatcher")
    answer = client.get(page(listed))
    assert {it.key: it.n for it in answer.context["seen"].places} == {"": 1, TOWN: 1}
    assert "地方不明" in answer.content.decode()


def test_and_is_listed_for_whoever_knows_the_whole_countys_people_only(client, county, listed):
    names = []
    for role, area in (("dispatcher", None), ("grid_worker", OTHER_CELL)):
        sign_in(client, county, role, area)
        rows = client.get(page(listed, "round-people", area="unknown")).context["table"].rows
        names.append([it.name for it in rows])
    assert names == [["甲"], []]


def test_looking_at_people_of_a_list_is_noted_as_looking_at_any_others_is(client, county, listed):
    sign_in(client, county, "dispatcher")
    client.get(page(listed, "round-people"))
    subjects = {the_realm().keys.pseudonym(f"place:{it.pk}") for it in roster_of(listed)}
    assert subjects <= set(ViewLog.objects.values_list("subject", flat=True))


# ---- slips ----


def test_people_and_slips_are_chosen_by_class(client, county, listed):
    sign_in(client, county, "dispatcher")
    answer = client.get(page(listed, "round-people", group="二班"))
    assert [it.name for it in answer.context["table"].rows] == ["乙"]
    assert client.post(page(listed, "round-slips"), {"group": "二班"}).content[:5] == b"%PDF-"


def test_a_class_of_a_name_that_is_none_has_nobody(client, county, listed):
    sign_in(client, county, "dispatcher")
    people, slips = (reverse(it, args=[listed.pk]) for it in ("round-people", "round-slips"))
    assert client.get(people, {"group": "甲\0班"}).context["n"] == 0
    assert client.post(slips, {"group": "甲\0班"}).status_code == 409


def test_more_slips_than_one_print_holds_come_in_parts(client, county, listed, monkeypatch):
    monkeypatch.setattr(print_slips, "MOST", 1)
    monkeypatch.setattr("fangxian.ops.pages.views.round_people.MOST", 1)
    sign_in(client, county, "dispatcher")
    parts = client.get(page(listed, "round-people")).context["parts"]
    assert [(it["first"], it["last"]) for it in parts] == [(1, 1), (2, 2)]
    assert client.post(page(listed, "round-slips"), {"part": "1"}).content[:5] == b"%PDF-"
