"""What lists change is in the audit trail person by person: whoever came in, and whoever was known and is fuller."""

from datetime import timedelta

import pytest

from fangxian.ops.audit.models import AuditLine
from fangxian.ops.cases.models import Case
from fangxian.ops.contacts.models import Contact
from fangxian.ops.realm.current import county_now, the_realm

from .list_hand import in_force, somebody, taken_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    in_force("covid19-2022-04")
    return somebody("tracing_lead")


def contacts(address: str) -> bytes:
    last = f"{county_now() - timedelta(days=4):%Y-%m-%d}"
    rows = "".join(f"L{n},测{n},154{n:08d},{address},{last}\n" for n in range(3))
    return f"ID,姓名,联系方式,现住址,最后接触日期\n{rows}".encode()


def are_named_in(action: str, subjects: list[str]) -> bool:
    lines = AuditLine.objects.filter(action=action).values_list("subjects", flat=True)
    named = {it for line in lines for it in line.split()}
    return {the_realm().keys.pseudonym(it) for it in subjects} <= named


def test_every_contact_that_came_in_is_named(lead):
    taken_in(contacts(""), "contacts.list", by=lead)
    assert are_named_in("contacts.listed", [f"contact:{row.pk}" for row in Contact.objects.all()])


def test_every_contact_that_a_second_list_made_fuller_is_named(lead):
    taken_in(contacts(""), "contacts.list", by=lead)
    _, counts = taken_in(contacts("某村1号"), "contacts.list", by=lead)
    assert counts["n_merged"] == 3
    assert are_named_in("contacts.filled", [f"contact:{row.pk}" for row in Contact.objects.all()])


def test_every_case_that_came_in_is_named(lead):
    rows = "".join(f"C{n},测{n},154{n:08d}\n" for n in range(3))
    taken_in(f"编号,姓名,联系方式\n{rows}".encode(), "cases.list", by=lead)
    assert are_named_in("cases.listed", [f"case:{row.pk}" for row in Case.objects.all()])
