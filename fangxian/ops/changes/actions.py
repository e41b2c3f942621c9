"""The only writers of the changes room: publish inside an action, number after its commit."""

from collections.abc import Iterable

from django.db import connection, transaction

from fangxian.ops.realm.bulk import Ready
from fangxian.ops.realm.current import county_now

from .models import Change, Series

NUMBERED_AT_ONCE = 5000

# One statement, so one view of what is committed. Rows of one topic are numbered as they were written.
NUMBER = """
UPDATE changes_change SET number = waiting.number
FROM (
    SELECT id, %s + ROW_NUMBER() OVER (ORDER BY id) AS number
    FROM changes_change WHERE topic = %s AND number IS NULL ORDER BY id LIMIT %s
) AS waiting
WHERE changes_change.id = waiting.id
"""


def publish(*, topic: str, changes: Iterable[tuple[str, object]]) -> int:
    """Tell readers of `topic` what the surrounding transaction has changed; how many changes that is.

    Parameters
    ----------
    changes : pairs (key, payload)
        A payload is JSON-able and absolute: what the key is now, never by how much it moved.

    Publish *after* writing the rows the keys stand for. Whoever else changes them then waits for this
    transaction, so two changes of one key are numbered in the order in which they were committed.

    Raises
    ------
    RuntimeError
        Outside a transaction: readers could be told of what never happened.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"a change of {topic} is published outside a transaction")
    at = county_now()
    told = list(changes)
    if not told:
        return 0
    keys, payloads = zip(*told, strict=True)
    same = {"topic": topic, "published_at": at}
    return Ready.of_columns(Change, {"key": keys, "payload": payloads}, same=same).write()


def number_pending() -> int:
    """Give every committed change its number; how many there were. The worker calls this several times a second.

    A change that is not committed yet cannot be seen here, and gets a later number once it is: numbers
    follow commits, whatever order the rows were written in. With nothing waiting it reads one empty index.
    """
    topics = Change.objects.filter(number__isnull=True).order_by("topic").values_list("topic", flat=True).distinct()
    return sum(_number_topic(topic) for topic in list(topics))


def _number_topic(topic: str) -> int:
    n_numbered = 0
    while n_new := _number_some(topic):
        n_numbered += n_new
        if n_new < NUMBERED_AT_ONCE:
            break
    return n_numbered


@transaction.atomic
def _number_some(topic: str) -> int:
    """Number up to NUMBERED_AT_ONCE changes of a topic, one numberer at a time."""
    Series.objects.bulk_create([Series(topic=topic)], ignore_conflicts=True)
    series = Series.objects.select_for_update().get(topic=topic)
    with connection.cursor() as cursor:
        cursor.execute(NUMBER, [series.last_number, topic, NUMBERED_AT_ONCE])
        n_new = cursor.rowcount
    Series.objects.filter(topic=topic).update(last_number=series.last_number + n_new)
    return n_new
