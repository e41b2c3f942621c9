"""Two who record tests of the same people at the same moment, as two laboratories do that let a round's results out."""

from datetime import UTC, datetime, timedelta
from threading import Thread
from time import monotonic
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from fangxian.core.policy.words import LastResult
from fangxian.ops.movement.actions.evidence import keep_newest
from fangxian.ops.movement.actions.sampling import keep_days
from fangxian.ops.movement.models import SamplingDay, TestKnown
from fangxian.ops.movement.wire import NewTest

AT = datetime(2022, 4, 8, 1, 30, tzinfo=UTC)
FEW, MANY = 3, 80  # in one statement, and by a table of the transaction's own


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("keep", [keep_newest, keep_days])
@pytest.mark.parametrize("n", [FEW, MANY])
def test_they_wait_and_never_for_one_another_in_whatever_order_each_has_them(keep, n):
    people = [UUID(int=n) for n in range(1, n + 1)]
    one_way, other_way = Recorder(keep, people), Recorder(keep, people[::-1])
    with transaction.atomic():
        keep([a_test_of(people[n // 2])])  # so that both are under way when either may go on
        for it in (one_way, other_way):
            it.start()
        wait_until_blocked([one_way, other_way])
        transaction.set_rollback(True)
    for it in (one_way, other_way):
        it.join()
    assert [one_way.fault, other_way.fault] == ["", ""]


@pytest.mark.django_db
def test_of_people_who_stand_in_a_list_three_times_in_a_row_the_newest_is_kept_and_every_day():
    people = [UUID(int=n) for n in range(1, MANY + 1)]
    tests = [a_test_of(person, days=days) for person in people for days in (1, 2, 0)]
    with transaction.atomic():
        with CaptureQueriesContext(connection) as statements:
            keep_newest(tests)
            keep_days(tests)
        newest = dict(TestKnown.objects.values_list("person_id", "sampled_at"))
        n_days = SamplingDay.objects.count()
        transaction.set_rollback(True)
    assert newest == dict.fromkeys(people, AT + timedelta(days=2))
    assert n_days == 3 * MANY
    assert len(statements) < MANY / 2


def a_test_of(person, *, days=0):
    at = AT + timedelta(days=days)
    return NewTest(
        person=person, sampled_at=at, resulted_at=at + timedelta(hours=6), result=LastResult.NEGATIVE, source="县医院"
    )


class Recorder(Thread):
    """Records a test of each of these people, in this order, and leaves nothing behind."""

    def __init__(self, keep, persons):
        super().__init__(daemon=True)
        self.keep, self.tests, self.pid, self.fault = keep, [a_test_of(it) for it in persons], 0, ""

    def run(self):
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    self.pid = cursor.fetchone()[0]
                self.keep(self.tests)
                transaction.set_rollback(True)
        except Exception as fault:  # whatever it is, it is what the test is about
            self.fault = repr(fault)
        finally:
            connection.close()


def wait_until_blocked(recorders):
    until = monotonic() + 60
    with connection.cursor() as cursor:
        while monotonic() < until:
            pids = [it.pid for it in recorders]
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid = ANY(%s)", [pids])
            if cursor.fetchone()[0] == len(recorders):
                return
    raise AssertionError("they never waited")
