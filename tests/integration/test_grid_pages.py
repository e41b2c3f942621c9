"""The grid cells on a map and in the table beside it; the people and households of one of them."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.urls import reverse

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.audit.models import ViewLog
from fangxian.ops.people.models import Person
from fangxian.ops.places.models import GridCell
from fangxian.ops.realm.current import county_now
from fangxian.ops.situation.grid_people import people_of, waiting_in
from fangxian.ops.situation.grids import grid_map
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.wire import NewTask
from tests.integration.two_townships import (
    BESIDE,
    CELL,
    NAME,
    OTHER_CELL,
    PHONE,
    TOWN,
    UNIT,
    account_of,
    build,
    shown,
    sign_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county_of_this_file(rows_of_this_file):
    return build()


@pytest.fixture
def county(county_of_this_file, db):
    """With rows in memory that are this test's own."""
    return deepcopy(county_of_this_file)


def task(about="", area=CELL, minutes=60):
    due_at = county_now() + timedelta(minutes=minutes)
    new = NewTask(
        kind="test.call", title=Said("敲门", "Knock"), area_path=area, due_at=due_at, role="grid_worker", about=about
    )
    return open_tasks(tasks=[new], by="program:test").ids[0]


def found(county, role="dispatcher", area="141027", digits=15):
    return grid_map(account_of(county, role), area, digits=digits, at=county_now())


def values(seen, name):
    return {it.place.area_path: it.values[name] for it in seen.lines}


def test_every_grid_cell_has_its_people_and_households(county):
    seen = found(county)
    assert values(seen, "n_persons") == {CELL: 4, BESIDE: 0, OTHER_CELL: 1}
    assert values(seen, "n_households") == {CELL: 2, BESIDE: 0, OTHER_CELL: 1}


def test_villages_and_townships_are_the_sums_of_their_cells(county):
    assert values(found(county, digits=12), "n_persons")[UNIT] == 4
    assert values(found(county, digits=9), "n_persons")[TOWN] == 4


def test_a_task_of_a_whole_village_is_in_the_total_and_in_no_cell(county):
    task(area=UNIT)
    seen = found(county)
    assert sum(values(seen, "n_due").values()) == 0
    assert (seen.elsewhere["n_due"], seen.totals["n_due"]) == (1, 1)


def test_a_task_that_falls_due_tomorrow_is_not_due(county):
    task(minutes=60 * 24)
    assert found(county).totals["n_due"] == 0


def test_a_figure_that_the_reader_may_not_see_is_left_out(county):
    assert "n_to_ask" not in found(county, role="inspector").elsewhere
    assert "n_to_ask" in found(county).elsewhere


@pytest.mark.once
def test_a_grid_worker_sees_the_own_cell_and_no_other(county):
    assert set(values(found(county, role="grid_worker"), "n_persons")) == {CELL}


@pytest.mark.once
def test_a_township_elsewhere_is_refused(county):
    with pytest.raises(Refusal) as refused:
        found(county, role="township_approver", area="141027101")
    assert refused.value.code == "accounts.not_yours"


@pytest.mark.once
def test_the_map_leads_down_to_each_cell(client, county):
    text = shown(sign_in(client, county, "dispatcher").get(reverse("grids")))
    assert f'<a href="{reverse("grids-area", args=[CELL])}" aria-label="东街第1网格 4人"' in text


def test_a_cell_without_a_shape_is_listed_beside_the_map(client, county):
    GridCell.objects.filter(area_path=BESIDE).update(kind="dedicated", shape=[], host_unit=county.unit)
    assert "没有画在图上的" in shown(sign_in(client, county, "dispatcher").get(reverse("grids")))


@pytest.mark.once
@pytest.mark.parametrize(
    ("role", "area"), [("township_approver", TOWN), ("village_approver", UNIT), ("volunteer", CELL)]
)
def test_whoever_looks_after_one_area_is_taken_there(client, county, role, area):
    answer = sign_in(client, county, role).get(reverse("grids"))
    assert answer.url == reverse("grids-area", args=[area])


@pytest.mark.once
@pytest.mark.parametrize(
    "asked",
    [{"by": "x"}, {"level": "7"}, {"map": "x"}, {"sort": "x"}, {"page": "-1"}, {"beside": "99"}, {"by": "n_due"}],
)
def test_an_address_that_says_nothing_sensible_shows_the_usual_map(client, county, asked):
    assert sign_in(client, county, "dispatcher").get(reverse("grids"), asked).status_code == 200


@pytest.mark.once
@pytest.mark.parametrize("area", ["141099", "999", "141027100001777", "x-y"])
def test_an_area_that_is_none_is_said_to_be_none(client, county, area):
    assert sign_in(client, county, "dispatcher").get(f"/grids/{area}").status_code in (403, 404)


# One grid cell.


def people(county, role="grid_worker", area=CELL, **asked):
    account, at = account_of(county, role), county_now()
    waiting = waiting_in(area, account, at=at)
    return [it.pk for it in people_of(area, account, waiting, on=at.date(), **asked)]


def test_a_cell_shows_its_people_by_household(county):
    assert people(county) == [it.pk for it in county.persons[:4]]


@pytest.mark.parametrize(
    ("kind", "who"), [("elders", [3]), ("children", [2]), ("visitors", []), ("no_household", []), ("due", [1])]
)
def test_a_cells_people_are_narrowed_to_those_of_a_kind(county, kind, who):
    task(about=f"person:{county.persons[1].pk}")
    assert people(county, kind=kind) == [county.persons[n].pk for n in who]


def test_the_database_puts_the_oldest_first(county):
    assert people(county, sort="-age")[0] == county.persons[3].pk


def test_somebody_of_another_cell_stands_on_no_list_of_this_one(county):
    elsewhere = Person.objects.get(area_path=OTHER_CELL)
    task(about=f"person:{elsewhere.pk}")
    assert elsewhere.pk not in people(county, kind="due")


def cell_page(client, county, role="grid_worker", **asked):
    return sign_in(client, county, role).get(reverse("grids-area", args=[CELL]), asked)


@pytest.mark.once
def test_names_and_phones_are_masked_and_the_look_is_logged(client, county):
    text = shown(cell_page(client, county))
    assert "孟＊＊" in text
    assert NAME not in text
    assert PHONE not in text
    assert ViewLog.objects.filter(why="people.grids").count() == 4


@pytest.mark.once
def test_names_are_shown_in_full_for_a_reason_which_is_logged(client, county):
    asking = sign_in(client, county, "grid_worker")
    answer = asking.post(reverse("grids-area", args=[CELL]), {"do": "show", "reason": "contact"}, follow=True)
    assert NAME in shown(answer)
    assert ViewLog.objects.filter(why="people.grids_shown.contact").count() == 4


@pytest.mark.once
def test_the_households_stand_on_the_same_page(client, county):
    text = shown(cell_page(client, county, show="households"))
    assert reverse("household", args=[county.home.pk]) in text


@pytest.mark.once
def test_a_volunteer_sees_the_figures_and_nobodys_name(client, county):
    text = shown(cell_page(client, county, role="volunteer"))
    assert "孟" not in text
    assert "不能看名单" in text


def test_a_liaison_leader_sees_households_and_no_list_of_people(client, county):
    text = shown(cell_page(client, county, role="liaison_leader"))
    assert reverse("household", args=[county.home.pk]) in text
    assert reverse("person", args=[county.head.pk]) not in text


@pytest.mark.once
def test_another_cells_worker_is_refused(client, county):
    asking = sign_in(client, county, "grid_worker", BESIDE)
    assert asking.get(reverse("grids-area", args=[CELL])).status_code == 403


@pytest.mark.parametrize(
    ("address", "asked"),
    [("/grids", {}), ("/grids", {"level": "9"}), (f"/grids/{UNIT}", {}), (f"/grids/{CELL}", {}),
     (f"/grids/{CELL}", {"show": "households"})],
    ids=["county", "townships", "village", "people", "households"],
)  # fmt: skip
def test_a_page_asks_the_database_a_fixed_number_of_times(
    client, county, django_assert_max_num_queries, address, asked
):
    asking = sign_in(client, county, "commander")
    asking.get(address)
    with django_assert_max_num_queries(26):
        asking.get(address, asked)
