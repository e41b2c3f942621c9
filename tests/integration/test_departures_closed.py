"""Leaving an area that an order has closed: named with its end, looked at again on the way out, never for a rescue."""

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.departures.models import Application
from fangxian.ops.departures.queries import application_with
from fangxian.ops.documents.queries import find
from fangxian.ops.measures.actions import issue_order, lift_order
from fangxian.ops.measures.wire import OrderDraft
from fangxian.ops.people.models import Person
from fangxian.ops.procedures import apply_to_leave, departure_checks, settle_departures
from fangxian.ops.procedures.departure_checks import look_at_departure
from fangxian.ops.procedures.departure_orders import closed_there, orders_that_close, shuts_all
from fangxian.ops.procedures.leave_county import leave_in_emergency, record_exit
from fangxian.ops.procedures.settle_departures import reconsider_permits
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.queries import unfinished

from .departure_hand import BY, a_county, applied, decided, issued, permit_text, wanted
from .two_townships import OTHER_TOWN, TOWN, UNIT, account_of, shown

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def people(rows_of_this_file):
    return a_county()


@pytest.fixture
def county(people, db):
    return people


def closed(area=UNIT, *, begins=-HOUR, ends=5 * DAY, measure="area-closure", number="浮防指〔2022〕9号"):
    """An order of the county's headquarters that closes an area, from and until so long from now."""
    at = county_now()
    draft = OrderDraft(
        number=number, disease="covid-19", measure=measure, area_path=area, issuer="浮山县疫情防控指挥部",
        basis="传染病防治法第四十二条", begins_at=at + begins, ends_at=at + ends, is_demonstration=True,
    )  # fmt: skip
    return issue_order(draft=draft, by=BY)


def looked(county, leaves_on=None):
    """How the orders stand in what is asked of the head of the household: standing, rule."""
    found = look_at_departure(
        [county.head.pk], destination="141002", leaves_on=leaves_on, returns_on=None, at=county_now()
    )
    return [(it.standing.value, it.rule) for it in found.check.requirements if it.requirement == "order"]


def refusal(call, *args, **told):
    with pytest.raises(Refusal) as caught:
        call(*args, **told)
    return caught.value


def test_nobody_applies_from_an_area_that_is_closed_and_the_order_is_named_with_its_end(county):
    order = closed()
    said = refusal(applied, county)
    assert said.code == "departures.area_closed"
    for words in (
        order.number,
        "东街居委会",
        "指挥部",
        f"{order.ends_at.astimezone(county_now().tzinfo):%Y-%m-%d %H:%M}",
    ):
        assert words in said.said.zh
    assert ("Dongjie" in said.said.en, Application.objects.count()) == (True, 0)


@pytest.mark.parametrize("area", ["141027", TOWN, UNIT])
def test_whatever_area_around_them_is_closed_counts(county, area):
    closed(area)
    assert looked(county) == [("unmet", "浮防指〔2022〕9号")]


def test_another_township_or_another_measure_holds_nobody_here(county):
    closed(OTHER_TOWN)
    closed(measure="screening-round", number="浮防指〔2022〕10号")
    assert looked(county) == []


def test_of_whoever_goes_along_the_area_counts_as_well(county):
    closed()
    found = look_at_departure(
        [county.stranger.pk, county.head.pk], destination="141002", leaves_on=None, returns_on=None, at=county_now()
    )
    assert [person for person, it in found.unmet if it.requirement == "order"] == [county.head.pk]


def test_an_order_that_ends_before_the_day_of_leaving_is_no_bar_to_applying_but_to_leaving_while_it_holds(county):
    order = closed(ends=DAY)
    row = issued(county, leaves_on=(county_now() + 2 * DAY).date(), returns_on=None)
    Application.objects.filter(pk=row.pk).update(valid_from=county_now() - HOUR)
    early = refusal(record_exit, permit_text=permit_text(row), at=county_now(), by=county.keeper)
    assert early.code == "departures.area_closed"
    after = order.ends_at + HOUR
    assert record_exit(permit_text=permit_text(row), at=after, by=county.keeper).application.state == "exited"


def test_lifted_it_holds_nobody(county):
    lift_order(order=closed(), reason="解封", by=BY)
    assert (looked(county), applied(county).state) == ([], "village")


def test_closed_while_an_application_waits_it_is_not_agreed_to(county):
    row = applied(county)
    closed()
    assert refusal(decided, county, row, "village").code == "departures.area_closed"


def test_one_that_begins_later_today_holds_nobody_yet(county):
    closed(begins=2 * HOUR)
    assert looked(county) == []


def test_one_that_begins_before_a_later_day_counts_on_that_day(county):
    closed(begins=DAY)
    assert looked(county, leaves_on=(county_now() + 3 * DAY).date()) == [("unmet", "浮防指〔2022〕9号")]


def test_a_rescue_waits_for_no_order(county):
    closed()
    row, _ = leave_in_emergency(wants=wanted(county, why="胸痛，120 送医"), at=county_now(), by=BY)
    assert (row.state, row.is_emergency) == ("exited", True)


@pytest.mark.once
def test_it_is_said_as_one_types(county, client):
    account = account_of(county, "resident")
    Person.objects.filter(pk=county.head.pk).update(account=Account.objects.get(pk=account.pk))
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    closed()
    page = shown(client.post(reverse("my-departures-check"), {"going": "临汾尧都"}))
    assert ("浮防指〔2022〕9号" in page, "封闭管控" in page, "最早" in page) == (True, True, True)


@pytest.mark.once
def test_where_nothing_is_closed_one_query_says_so(county, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert orders_that_close([county.head.pk], at=county_now()) == {}


@pytest.mark.once
def test_what_an_order_makes_of_a_day_is_what_asking_every_quarter_of_an_hour_of_it_says(county):
    """The plain definition: of all the quarters of that day that are left, none, some or all are closed."""
    at = county_now()
    midnight = datetime.combine(at.date(), time.min, at.tzinfo)
    quarters = [timedelta(minutes=15 * n) for n in range(96)]
    for begins in (-DAY, -HOUR, 4 * HOUR, DAY, 2 * DAY, 60 * HOUR):
        for lasts in (2 * HOUR, 10 * HOUR, DAY, 5 * DAY):
            order = (
                closed(begins=begins, ends=begins + lasts, number=f"{begins} {lasts}")
                if begins + lasts > HOUR * 0
                else None
            )
            if order is None:
                continue
            some = orders_that_close([county.head.pk], at=at).get(county.head.pk, [])
            for ahead in range(4):
                day = midnight + ahead * DAY
                left = [day + it for it in quarters if day + it >= at]
                held = [it for it in left if order.begins_at <= it < order.ends_at]
                said = closed_there(some, leaves_on=day.date(), at=at).requirements
                later_today = ahead == 0 and order.begins_at > at
                wanted_ = "" if not _counts(order, day, at, later_today) else "unmet" if held == left else "open"
                assert ["", *(it.standing.value for it in said)][-1] == wanted_, (begins, lasts, ahead)
            order.delete()


def _counts(order, day, at, later_today):
    """An order that is over before that day was still an order when somebody asked: it may be made longer."""
    return order.begins_at < day + DAY and order.ends_at > at and not later_today


def test_a_permit_whose_days_are_all_closed_is_withdrawn_with_the_order_and_somebody_tells_them(county):
    row = issued(county)
    order = closed()
    reconsider_permits()
    row = application_with(row.pk)
    assert (row.state, order.number in row.closed_why, order.number in find(row.document).withdrawn_because) == (
        "cancelled",
        True,
        True,
    )
    assert [it.role for it in unfinished().filter(kind="departures.withdrawn")] == ["grid_worker"]


def test_a_permit_with_which_there_is_still_time_to_leave_is_left(county):
    row = issued(county)
    closed(ends=HOUR)
    reconsider_permits()
    assert application_with(row.pk).state == "issued"


def test_of_orders_one_after_the_other_that_leave_no_moment_the_last_is_named(county):
    begins = county_now()
    closed(ends=DAY)
    last = closed(begins=12 * HOUR, ends=5 * DAY, number="浮防指〔2022〕10号")
    some = orders_that_close([county.head.pk], at=begins)[county.head.pk]
    assert shuts_all(some, begins, begins + 2 * DAY).number == last.number


def test_where_no_rulebook_has_anybody_apply_an_order_holds_all_the_same(county, monkeypatch):
    row = issued(county)
    for room in (departure_checks, apply_to_leave, settle_departures):
        monkeypatch.setattr(room, "rulebooks_that_limit", lambda at: [])
    closed()
    found = look_at_departure([county.head.pk], destination="141002", leaves_on=None, returns_on=None, at=county_now())
    assert (found.is_limited, [it.requirement for _, it in found.unmet]) == (False, ["order"])
    assert refusal(applied, county).code == "departures.area_closed"
    reconsider_permits()
    assert application_with(row.pk).state == "cancelled"
