"""The one function that limits rows: what it lets through, and that the database uses an index for it."""

from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.accounts.scope import areas_of, require, widest, within_scope
from fangxian.ops.realm.current import county_now

pytestmark = pytest.mark.django_db

GRID = "141027100001003"


@pytest.fixture
def unit():
    return Unit.objects.create(name_zh="甲", name_en="A", kind="other", area_path="141027")


@pytest.fixture
def account(unit):
    return Account.objects.create(username="one-1", display_name="", unit=unit, unit_since=county_now())


def give(account, role, area_path, venue=None):
    Appointment.objects.create(account=account, role=role, area_path=area_path, venue=venue, begins_at=county_now())


def stand(*area_paths):
    Unit.objects.bulk_create(Unit(name_zh=path, name_en=path, kind="other", area_path=path) for path in area_paths)


def seen(account, permission="people.view", **more):
    rows = within_scope(Unit.objects.exclude(name_zh="甲"), account, permission, **more)
    return list(rows.order_by("area_path").values_list("area_path", flat=True))


def test_without_an_appointment_nothing_is_seen(account):
    stand("141027", "141027100", GRID)
    assert seen(account) == []
    assert seen(None) == []


def test_an_area_is_seen_with_everything_in_it_and_nothing_beside(account):
    stand("141027", "141027099", "141027100", "141027100001", "141027100999999", "141027101", "141028")
    give(account, "township_approver", "141027100")
    assert seen(account) == ["141027100", "141027100001", "141027100999999"]


def test_several_appointments_add_up(account):
    stand("141027100001003", "141027100001004", "141027200001001", "141027200001002")
    give(account, "grid_worker", "141027100001003")
    give(account, "grid_worker", "141027200001002")
    assert seen(account) == ["141027100001003", "141027200001002"]
    assert areas_of(account, "people.view") == ["141027100001003", "141027200001002"]


def test_a_role_without_the_permission_gives_no_rows(account):
    stand(GRID)
    give(account, "volunteer", GRID)
    assert seen(account) == []
    assert seen(account, "tasks.view") == [GRID]


def test_a_keeper_sees_the_own_venue_where_rows_say_which_venue_they_are(account):
    one, two = (Unit.objects.create(name_zh=n, name_en=n, kind="other", area_path=GRID) for n in ("乙", "丙"))
    give(account, "venue_owner", GRID, venue=one.pk)
    assert list(within_scope(Unit.objects.all(), account, "venues.view")) == []
    assert list(within_scope(Unit.objects.all(), account, "venues.view", venue_field="pk")) == [one]
    assert two not in within_scope(Unit.objects.all(), account, "venues.view", venue_field="pk")


def test_a_resident_sees_the_own_rows_where_rows_say_whose_they_are(account, unit):
    other = Account.objects.create(username="two-1", display_name="", unit=unit, unit_since=county_now())
    give(account, "resident", "")
    everybody = Account.objects.all()
    assert list(within_scope(everybody, account, "people.view", "unit__area_path")) == []
    own = within_scope(everybody, account, "people.view", "unit__area_path", self_field="pk")
    assert (list(own), other in own) == ([account], False)


def test_a_column_of_another_table_can_be_the_area(account):
    give(account, "commander", "141027")
    assert list(within_scope(Account.objects.all(), account, "people.view", "unit__area_path")) == [account]


@pytest.mark.parametrize("area_path", [None, "141027100001004", "141027100001", "141027"])
def test_going_on_without_the_right_is_refused(account, area_path):
    if area_path:
        give(account, "grid_worker", GRID)
    with pytest.raises(Refusal) as refused:
        require(account, "people.view", area_path)
    assert refused.value.code == "accounts.not_yours"
    assert (GRID in refused.value.said.zh) is bool(area_path)


def test_going_on_with_the_right_is_let_pass(account):
    give(account, "grid_worker", GRID)
    require(account, "people.view", GRID)
    require(account, "people.view")


PATHS = st.text("12", min_size=1, max_size=4)


@given(st.lists(PATHS, max_size=8), PATHS)
def test_the_widest_areas_hold_exactly_what_all_of_them_hold(areas, path):
    kept = widest(areas)
    assert any(path.startswith(area) for area in kept) == any(path.startswith(area) for area in areas)
    assert not [one for one in kept for other in kept if one != other and one.startswith(other)]


@pytest.fixture
def hundred_thousand(unit):
    """Rows over 7 townships, 20 villages each, 7 grid cells each."""
    cells = [f"141027{t}{v:03}{g:03}" for t in range(100, 107) for v in range(20) for g in range(7)]
    rows = [
        Unit(id=uuid4(), name_zh="行", name_en="row", kind="other", area_path=cells[number % len(cells)])
        for number in range(100_000)
    ]
    Unit.objects.bulk_create(rows, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_unit" if connection.vendor == "postgresql" else "ANALYZE")


def test_among_100_000_rows_a_scope_of_three_areas_is_found_by_index(account, hundred_thousand):
    for cell in ("141027100001003", "141027103005001"):
        give(account, "grid_worker", cell)
    give(account, "village_approver", "141027106019")
    rows = within_scope(Unit.objects.order_by(), account, "people.view")
    plan = rows.explain().upper()
    assert "INDEX" in plan
    assert "SCAN ACCOUNTS_UNIT" not in plan  # SQLite reading every row
    assert "SEQ SCAN" not in plan  # PostgreSQL reading every row
    slowly = [path for path in Unit.objects.values_list("area_path", flat=True) if path.startswith(
        ("141027100001003", "141027103005001", "141027106019"))]  # fmt: skip
    assert rows.count() == len(slowly) > 0
