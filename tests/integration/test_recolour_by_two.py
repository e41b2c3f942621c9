"""Of thousands one page of codes is computed while the database writes another."""

from datetime import timedelta

import pytest

from fangxian.core.policy.words import LastResult
from fangxian.ops.movement.actions.evidence import record_tests
from fangxian.ops.movement.models import HealthCode
from fangxian.ops.movement.wire import NewTest
from fangxian.ops.procedures import recolour as room
from fangxian.ops.realm.current import county_now

from .people_with_codes import BY, build_with_codes

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def persons(monkeypatch):
    """Some people who were tested, each on a page of their own."""
    county, at = build_with_codes(), county_now()
    persons = sorted(it.pk for it in county.persons)
    tests = [
        NewTest(
            person=it, sampled_at=at - timedelta(hours=9), resulted_at=at, result=LastResult.NEGATIVE, source="县医院"
        )
        for it in persons
    ]
    record_tests(tests=tests, by=BY)
    monkeypatch.setattr(room, "PAGE", 1)
    return persons


def test_everybodys_code_is_what_it_is_alone(persons):
    n_told = room.recolour(persons, county_now(), by=BY)
    together = words_of(persons)
    HealthCode.objects.update(recent=0)
    for it in persons:
        room.recolour([it], county_now(), by=BY)
    assert (n_told, together) == (len(persons), words_of(persons))


def test_what_goes_wrong_on_a_page_is_told_and_not_passed_over(persons, monkeypatch):
    monkeypatch.setattr(room, "write_codes", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        room.recolour(persons, county_now(), by=BY)


def words_of(persons):
    return dict(HealthCode.objects.filter(pk__in=persons).values_list("pk", "recent"))
