"""The only writers of the alarms room."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from fangxian.ops.audit.actions import record

from .finding import Trouble
from .models import Alarm


@transaction.atomic
def note_troubles(*, standing: Mapping[Trouble, int], at: datetime, by: str) -> None:
    """Begin an alarm for what is wrong and on no record yet; end those of what is wrong no more.

    `standing` has how many scans each has left to be checked by hand. Safe to repeat, and from two workers at once.
    """
    open_ = {Trouble(row.kind, row.source): row for row in Alarm.objects.filter(ends_at__isnull=True)}
    new = {it: n for it, n in standing.items() if it not in open_}
    begun = [Alarm(kind=it.kind, source=it.source, begins_at=at, n_by_hand=n) for it, n in new.items()]
    over = [row for it, row in open_.items() if it not in standing]
    Alarm.objects.bulk_create(begun, ignore_conflicts=True)
    for it, row in open_.items():
        row.n_by_hand = max(row.n_by_hand, standing.get(it, 0))
        row.ends_at = None if it in standing else at
    Alarm.objects.bulk_update(open_.values(), ["n_by_hand", "ends_at"])
    for line, rows in (("alarms.raised", begun), ("alarms.over", over)):
        if rows:
            record(line, by=by, facts={"alarms": [[row.kind, row.source, row.n_by_hand] for row in rows]})
