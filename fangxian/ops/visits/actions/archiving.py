"""Archiving: an hour that is over becomes a file; what comes later is a supplement until the night merges it.

The file is written first and its row after it, so a crash in between leaves a file nobody counts, which the
next try writes over.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.timezone import get_default_timezone, localtime

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from .. import parquet
from ..models import ArchivePart, Scan

HOUR = timedelta(hours=1)
GRACE = timedelta(minutes=5)  # county time for what was received in the hour to be taken in
MOST_IN_PART = 20_000  # one UPDATE; other writers wait for it
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def archive_due(*, at: datetime, by: str) -> int:
    """Archive the scans of every hour that is over at `at`; how many there were. Safe to repeat."""
    limit = _hour_of(at - GRACE)
    waiting = Scan.objects.filter(part__isnull=True, scanned_at__lt=limit)
    n_archived = 0
    while first := waiting.order_by("scanned_at").values_list("scanned_at", flat=True).first():
        day = localtime(first).date()
        n_archived += _archive_hours(day, limit, by)
        n_archived += _archive_late(day, limit, by)
    return n_archived


def _archive_hours(day: date, limit: datetime, by: str) -> int:
    """A file for each hour of the day that has none yet."""
    written = set(ArchivePart.objects.filter(day_on=day, hour__isnull=False).values_list("hour", flat=True))
    n_archived = 0
    for hour, begins, ends in hours_of(day):
        if hour not in written and ends <= limit:
            n_archived += _archive(_not_archived(begins, ends), day=day, hour=hour, number=0, by=by)
    return n_archived


def _archive_late(day: date, limit: datetime, by: str) -> int:
    """Supplements for what is left of the day: it came after its hour's file was written, or did not fit."""
    begins, ends = _begin_of(day), min(_begin_of(day + timedelta(days=1)), limit)
    n_archived = 0
    while True:
        newest = ArchivePart.objects.filter(day_on=day, hour__isnull=True).aggregate(newest=Max("number"))["newest"]
        n = _archive(_not_archived(begins, ends), day=day, hour=None, number=(newest or 0) + 1, by=by)
        if not n:
            return n_archived
        n_archived += n


def _archive(scans: QuerySet[Scan], *, day: date, hour: int | None, number: int, by: str) -> int:
    """One file of at most MOST_IN_PART of these scans, those with the lowest ids."""
    found = list(scans.order_by("id").values_list("id", *parquet.COLUMNS)[:MOST_IN_PART])
    if not found:
        return 0
    written = parquet.write(parquet.part_path(day, hour, number), [_as_archived(row[1:]) for row in found])
    with transaction.atomic():
        part = ArchivePart.objects.create(
            day_on=day, hour=hour, number=number, n_rows=written.n_rows, digest=written.digest, written_at=county_now()
        )
        n_marked = scans.filter(id__lte=found[-1][0]).update(part=part)
        if n_marked != written.n_rows:  # scans were erased meanwhile: the file is written again without them
            raise RuntimeError(f"{n_marked} scans are left of {written.n_rows} just archived")
        facts = {"file": _name_of(part), "n_rows": written.n_rows, "sha256": written.digest}
        record("visits.archived", by=by, facts=facts)
    return len(found)


def merge_late(*, at: datetime, by: str) -> int:
    """Merge the supplements of past days into their hours' files; how many supplements there were."""
    today = localtime(at).date()
    days = ArchivePart.objects.filter(hour__isnull=True, day_on__lt=today).values_list("day_on", flat=True)
    return sum(_merge_day(day, by) for day in sorted(set(days)))


def _merge_day(day: date, by: str) -> int:
    late = list(ArchivePart.objects.filter(day_on=day, hour__isnull=True))
    paths = [parquet.part_path(day, None, part.number) for part in late]
    touched = {localtime(EPOCH + us * MICROSECOND).hour for path in paths for us in parquet.scanned_us(path)}
    merged: list[tuple[int, datetime, datetime, parquet.Written]] = []
    for hour, begins, ends in hours_of(day):
        if hour in touched:
            path = parquet.part_path(day, hour)
            sources = [*([path] if path.exists() else []), *paths]
            written = parquet.merge(sources, path, begins_us=_us(begins), ends_us=_us(ends))
            merged.append((hour, begins, ends, written))
    with transaction.atomic():
        for hour, begins, ends, written in merged:
            part, _ = ArchivePart.objects.update_or_create(
                day_on=day,
                hour=hour,
                defaults={"n_rows": written.n_rows, "digest": written.digest, "written_at": county_now()},
            )
            Scan.objects.filter(part__in=late, scanned_at__gte=begins, scanned_at__lt=ends).update(part=part)
        ArchivePart.objects.filter(pk__in=[part.pk for part in late]).delete()
        record("visits.merged", by=by, facts={"day": day.isoformat(), "n_supplements": len(late)})
    for path in paths:
        path.unlink(missing_ok=True)
    return len(late)


def hours_of(day: date) -> Iterator[tuple[int, datetime, datetime]]:
    """The hours of a county day as its clocks show them: number, begin, end."""
    begins = _begin_of(day)
    for hour in range(24):
        yield hour, begins + hour * HOUR, begins + (hour + 1) * HOUR


def _begin_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=get_default_timezone())


def _hour_of(at: datetime) -> datetime:
    return localtime(at).replace(minute=0, second=0, microsecond=0)


def _not_archived(begins: datetime, ends: datetime) -> QuerySet[Scan]:
    return Scan.objects.filter(part__isnull=True, scanned_at__gte=begins, scanned_at__lt=ends)


def _name_of(part: ArchivePart) -> str:
    path = parquet.part_path(part.day_on, part.hour, part.number)
    return f"{path.parent.name}/{path.name}"


def _as_archived(values: tuple) -> tuple:
    """A row's values as the archive takes them: moments in microseconds, ids as hex, nothing as −1."""
    return tuple(_plain(value) for value in values)


def _plain(value: object) -> object:
    if value is None:
        return parquet.ABSENT
    if isinstance(value, datetime):
        return _us(value)
    return value.hex if isinstance(value, UUID) else value


def _us(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND
