"""What signing in counts, and that what is typed there is written nowhere."""

import pytest
from django.db import connection
from django.test import RequestFactory

from fangxian.ops.accounts.limits import FAILURES_OF_ADDRESS, address_of, count_failure
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.realm.current import county_now

pytestmark = pytest.mark.django_db
PASSWORD = "lantern-bridge-millet"
TYPED = "999001199001010019"  # an ID number where a username belongs


@pytest.fixture
def commander():
    unit = Unit.objects.create(name_zh="县指挥部", name_en="Headquarters", kind="headquarters", area_path="141027")
    account = Account(username="commander-1", display_name="指挥长甲", unit=unit, unit_since=county_now())
    account.set_password(PASSWORD)
    account.save()
    Appointment.objects.create(account=account, role="commander", area_path="141027", begins_at=county_now())
    return account


def sign_in(client, username="commander-1", password=PASSWORD, **more):
    return client.post("/sign-in", {"username": username, "password": password}, **more).status_code


def everything_stored():
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield (
                    table,
                    " ".join(
                        bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                        for value in row
                    ),
                )


def test_an_id_number_typed_as_a_username_is_in_no_table(client, commander):
    for _ in range(7):
        sign_in(client, username=TYPED, password="wrong")
    sign_in(client)
    stored = list(everything_stored())
    assert any("commander-1" in text for _, text in stored)
    assert [table for table, text in stored if TYPED in text] == []


def failed(n_times):
    """So often has the test client's address failed, with whatever usernames."""
    for _ in range(n_times):
        count_failure(RequestFactory().get("/", REMOTE_ADDR="127.0.0.1"))


def test_one_address_may_not_try_all_posts_and_signing_in_in_between_forgives_nothing(client, commander):
    failed(int(FAILURES_OF_ADDRESS.value) - 2)
    assert sign_in(client) == 302
    assert sign_in(client, "village-1", "spray") == 400
    assert sign_in(client, "village-2", "spray") == 400
    assert sign_in(client, "village-3", "spray") == 429
    assert sign_in(client) == 429
    assert sign_in(client, REMOTE_ADDR="192.0.2.7") == 302


@pytest.mark.parametrize(
    ("is_behind_proxy", "forwarded", "address"),
    [
        (True, "203.0.113.9, 198.51.100.4", "198.51.100.4"),
        (True, "198.51.100.4", "198.51.100.4"),
        (True, "", "192.0.2.1"),
        (False, "203.0.113.9", "192.0.2.1"),
    ],
)
def test_only_the_proxy_says_where_a_request_comes_from(settings, is_behind_proxy, forwarded, address):
    settings.HTTPS = is_behind_proxy
    more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", **more)) == address
