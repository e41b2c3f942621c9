"""The days on which people were sampled. Part of recording tests: what a newest test alone does not tell."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.timezone import get_current_timezone, localtime

from ..models import SamplingDay
from ..rows import as_id
from ..wire import NewTest
from .wholesale import write_rows

# Of two samples of one day the worse counts: negative, then unclear, then positive.
WORSE = "CASE {0}.result WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE 1 END"
KEEP_DAY = (
    f'INSERT INTO "{SamplingDay._meta.db_table}" AS old ("person_id", "sampled_on", "result") VALUES (%s, %s, %s) '
    'ON CONFLICT ("person_id", "sampled_on") DO UPDATE SET "result" = excluded."result" '
    f"WHERE {WORSE.format('excluded')} > {WORSE.format('old')}"
)


def keep_days(tests: Iterable[NewTest]) -> None:
    """The county days on which these tests were sampled, in whatever order and however often they come."""
    key, every = as_id(), list(tests)
    zone = get_current_timezone()  # asked once: of each of thousands it takes as long as to write them
    days = {at: localtime(at, zone).date().isoformat() for at in {it.sampled_at for it in every}}
    write_rows(
        statement=KEEP_DAY, rows=[(key(it.person), days[it.sampled_at], int(it.result)) for it in every], n_key=2
    )


def carry_days_over(*, kept: UUID, merged: UUID) -> None:
    """The days of a merged record are days of the one that goes on; of one day of both the worse counts."""
    key = as_id()
    days = SamplingDay.objects.filter(person_id=merged)
    rows = [(key(kept), day.isoformat(), result) for day, result in days.values_list("sampled_on", "result")]
    write_rows(statement=KEEP_DAY, rows=rows, n_key=2)
    days.delete()
