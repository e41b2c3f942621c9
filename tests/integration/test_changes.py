"""Changes: numbered without gaps in the order of commits, on both databases."""

import threading

import pytest
from django.db import connection, transaction

from fangxian.core.refusal import Refusal
from fangxian.ops.changes.actions import number_pending, publish
from fangxian.ops.changes.models import Change
from fangxian.ops.changes.queries import last_number, since
from fangxian.ops.changes.wire import as_delta, first_missing

TOPIC = "words"


def publish_one(key, payload=1, topic=TOPIC):
    with transaction.atomic():
        publish(topic=topic, changes=[(key, payload)])


@pytest.mark.django_db(transaction=True)
def test_changes_are_numbered_from_one_without_gaps():
    for key in "abc":
        publish_one(key)
    assert number_pending() == 3
    publish_one("d")
    number_pending()
    assert [(change.number, change.key) for change in since(TOPIC, 0)] == [(1, "a"), (2, "b"), (3, "c"), (4, "d")]


@pytest.mark.django_db(transaction=True)
def test_a_change_without_a_number_is_not_read_yet():
    publish_one("a")
    assert since(TOPIC, 0) == []


@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_rolled_back_leaves_no_gap():
    publish_one("a")
    with transaction.atomic():
        publish(topic=TOPIC, changes=[("lost", 1)])
        transaction.set_rollback(True)
    publish_one("b")
    number_pending()
    assert [change.key for change in since(TOPIC, 0)] == ["a", "b"]
    assert last_number(TOPIC) == 2


@pytest.mark.django_db(transaction=True)
def test_each_topic_counts_for_itself():
    publish_one("a", topic="words")
    publish_one("b", topic="venues")
    number_pending()
    assert (last_number("words"), last_number("venues")) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_a_bug():
    with pytest.raises(RuntimeError):
        publish(topic=TOPIC, changes=[("a", 1)])


@pytest.mark.django_db(transaction=True)
def test_a_reader_gets_pages_that_follow_on_one_another():
    with transaction.atomic():
        publish(topic=TOPIC, changes=[(str(n), n) for n in range(25)])
    number_pending()
    read, after = [], 0
    while page := since(TOPIC, after, limit=10):
        assert first_missing(after, map(as_delta, page)) is None
        read += [change.payload for change in page]
        after = page[-1].number
    assert read == list(range(25))


@pytest.mark.django_db(transaction=True)
def test_a_reader_that_was_away_too_long_is_told_to_take_a_base():
    for key in "abc":
        publish_one(key)
    number_pending()
    Change.objects.filter(number__lte=2).delete()
    with pytest.raises(Refusal) as refused:
        since(TOPIC, 1)
    assert refused.value.code == "changes.gone"
    assert [change.key for change in since(TOPIC, 2)] == ["c"]


@pytest.mark.django_db(transaction=True)
def test_a_reader_at_the_newest_number_is_up_to_date_even_when_all_are_erased():
    publish_one("a")
    number_pending()
    Change.objects.all().delete()
    assert since(TOPIC, 1) == []
    with pytest.raises(Refusal, match=r"changes\.gone"):
        since(TOPIC, 0)


@pytest.mark.django_db(transaction=True)
def test_a_reader_from_another_realm_is_noticed():
    publish_one("a")
    number_pending()
    with pytest.raises(Refusal) as refused:
        since(TOPIC, 9)
    assert refused.value.code == "changes.ahead"


@pytest.mark.django_db(transaction=True)
def test_numbering_with_nothing_waiting_reads_one_index_and_opens_no_transaction(django_assert_num_queries):
    publish_one("a")
    number_pending()
    with django_assert_num_queries(1):
        assert number_pending() == 0


class Writer(threading.Thread):
    """A second writer on a connection of its own, whose transaction commits when told to."""

    def __init__(self, key):
        super().__init__(daemon=True)
        self.key, self.written, self.may_commit = key, threading.Event(), threading.Event()

    def run(self):
        try:
            with transaction.atomic():
                publish(topic=TOPIC, changes=[(self.key, 1)])
                self.written.set()
                assert self.may_commit.wait(30)
        finally:
            connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_commits_late_is_not_lost_as_polling_by_id_would_lose_it():
    slow = Writer("written first, committed last")
    slow.start()
    assert slow.written.wait(30)
    publish_one("written last, committed first")

    by_id = list(Change.objects.order_by("id").values_list("id", flat=True))
    number_pending()
    first_read = since(TOPIC, 0)
    slow.may_commit.set()
    slow.join(30)
    number_pending()

    assert list(Change.objects.filter(id__gt=by_id[-1])) == []  # what polling `id > last` sees: nothing, for ever
    assert [change.key for change in first_read] == ["written last, committed first"]
    assert [change.key for change in since(TOPIC, 1)] == ["written first, committed last"]


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_two_numberers_leave_neither_gap_nor_double():
    n_writers, n_each = 6, 15
    reading = threading.Event()

    def write(name):
        for n in range(n_each):
            publish_one(f"{name}.{n}", n)
        connection.close()

    def number():
        while not reading.is_set():
            number_pending()
        connection.close()

    numberers = [threading.Thread(target=number) for _ in range(2)]
    writers = [threading.Thread(target=write, args=(name,)) for name in range(n_writers)]
    for thread in [*numberers, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    reading.set()
    for thread in numberers:
        thread.join()
    number_pending()
    changes = since(TOPIC, 0)
    assert [change.number for change in changes] == list(range(1, n_writers * n_each + 1))
    for name in range(n_writers):
        assert [change.payload for change in changes if change.key.startswith(f"{name}.")] == list(range(n_each))
