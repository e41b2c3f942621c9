"""What has reached its term is really gone, and what is left says so."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.audit.models import AuditLine
from fangxian.ops.measures.models import Order
from fangxian.ops.people.models import Attachment, GateAlias, Household, Person
from fangxian.ops.places.models import Venue
from fangxian.ops.procedures.erasure import end_the_epidemic, erase_what_is_due
from fangxian.ops.procedures.set_clock import set_clock
from fangxian.ops.realm.clock import CountyClock
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.folder import RealmKind
from fangxian.ops.realm.privacy import Fate
from fangxian.ops.realm.tables import declared_models


@pytest.fixture
def lifted_county(small_county):
    Order.objects.update(lifted_at=county_now() - timedelta(days=1))
    return small_county


@pytest.fixture(scope="class")
def erased(fushan_of_this_file, django_db_blocker):
    """What was erased of each table, by the number of its rows, when the epidemic ended; as before once all is told."""
    with django_db_blocker.unblock(), transaction.atomic():
        Order.objects.update(lifted_at=county_now() - timedelta(days=1))
        yield {line.table: line.n_rows for line in ended()}
        transaction.set_rollback(True)


def ended(order: str = "浮防指〔2022〕99号"):
    return end_the_epidemic(order=order, area_path="141027", at=county_now(), by="program:test")


class TestTheEndOfTheEpidemic:
    """It is ended once for all of these."""

    def test_it_erases_every_person_and_household(self, erased, small_county):
        assert erased["people.Person"] == small_county["n_persons"]
        for model in (Person, Household, Attachment, GateAlias):
            assert not model.objects.exists()

    def test_what_is_not_personal_stays(self, erased, small_county):
        assert Venue.objects.count() == small_county["n_venues"]

    def test_it_is_on_record_and_says_how_much_went(self, erased, db):
        assert AuditLine.objects.filter(action="erasure.erased").count() == 1

    def test_ended_twice_it_finds_nothing_the_second_time(self, erased, db):
        assert ended() == []


def test_nothing_is_erased_while_an_order_is_in_force(small_county):
    now = county_now()
    Order.objects.update(begins_at=now - timedelta(days=1), ends_at=now + timedelta(days=1))
    with pytest.raises(Refusal, match=r"erasure\.measures_in_force"):
        ended()
    assert Person.objects.count() == small_county["n_persons"]


def test_nothing_is_erased_without_an_orders_number(lifted_county):
    with pytest.raises(Refusal, match=r"erasure\.order_missing"):
        ended(order=" ")
    assert Person.objects.exists()


def test_a_day_on_which_nothing_is_due_writes_nothing(small_county):
    before = AuditLine.objects.count()
    assert erase_what_is_due(at=county_now(), by="program:test") == []
    assert AuditLine.objects.count() == before


def test_a_field_is_blanked_at_its_term_and_not_a_second_before(small_county):
    """An account's name goes three years after its person has left; the account stays, since the record names it."""
    from fangxian.ops.accounts.models import AFTER_LEAVING, Account

    left_at = county_now()
    account = Account.objects.first()
    Account.objects.filter(pk=account.pk).update(left_at=left_at)
    due_at = left_at + timedelta(days=AFTER_LEAVING.days)
    erased = erase_what_is_due(at=due_at - timedelta(seconds=1), by="program:test")
    assert [line for line in erased if line.table == "accounts.Account"] == []
    erased = erase_what_is_due(at=due_at, by="program:test")
    assert [(line.table, line.fate, line.n_rows) for line in erased] == [("accounts.Account", Fate.FIELD_BLANKED, 1)]
    assert Account.objects.get(pk=account.pk).display_name == ""


def test_tables_that_point_at_others_are_erased_before_them():
    order = declared_models()
    for model in order:
        for field in model._meta.concrete_fields:
            if field.remote_field and field.related_model in order and field.related_model is not model:
                assert order.index(model) < order.index(field.related_model), f"{model._meta.label}.{field.name}"


def live(settings) -> None:
    settings.REALM = replace(settings.REALM, kind=RealmKind.LIVE)


def test_where_people_are_real_nothing_is_erased_without_an_approval(lifted_county, settings):
    live(settings)
    with pytest.raises(Refusal, match=r"erasure\.not_approved"):
        ended()
    assert Person.objects.count() == lifted_county["n_persons"]


def test_a_live_countys_clock_is_not_set(db, settings):
    live(settings)
    with pytest.raises(Refusal, match=r"realm\.live_clock"):
        set_clock(clock=CountyClock.of_the_wall("Asia/Shanghai"), by="program:test")
