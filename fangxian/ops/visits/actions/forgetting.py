"""Forgetting: a person's scans at once from the table and by night from files; files when their time is over.

The rows of the tables go by their own terms, with every other table's (realm.tables). Here is what stands
in files: the archive's days and the journal's segments.
"""

import os
import shutil
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.timezone import localtime

from fangxian.core.policy.byte_journal import batches_past_damage, segment_name
from fangxian.core.policy.byte_seal import SALT_BYTES, emptied, without_numbers
from fangxian.ops.audit.actions import record
from fangxian.ops.audit.queries import lines
from fangxian.ops.realm.current import the_realm
from fangxian.ops.realm.privacy import Fate
from fangxian.ops.realm.tables import Erased

from .. import parquet
from ..columns import forget_columns_of
from ..models import SCANS_KEPT_DAYS, ArchivePart, ErasedNumber, JournalSegment, Scan
from ..wire import as_ms

SEGMENTS_KEPT = timedelta(days=7)  # for reading them again after a database had to be restored from a backup
AT_ONCE = 500


def erase_scans_of(*, gate_numbers: Collection[int], at: datetime, by: str) -> int:
    """Erase these people's scans: no row of theirs is left, and none is taken in again; files follow by night.

    Give every number a person has had. How many rows went.
    """
    with transaction.atomic():
        ErasedNumber.objects.bulk_create(
            [ErasedNumber(gate_number=number, erased_at=at) for number in gate_numbers],
            update_conflicts=True,
            unique_fields=["gate_number"],
            update_fields=["erased_at", "rewritten_at"],
        )
        record("visits.scans_erased", by=by, details={"gate_numbers": sorted(gate_numbers)})
    forget_columns_of(gate_numbers)
    n_rows = 0
    theirs = Scan.objects.filter(gate_number__in=gate_numbers)
    while chunk := list(theirs.values_list("pk", flat=True)[:AT_ONCE]):
        Scan.objects.filter(pk__in=chunk).delete()
        n_rows += len(chunk)
    return n_rows


def rewrite_without_erased(*, at: datetime, by: str) -> int:
    """Write archive and journal again without those erased since; how many files were changed. For the night.

    A number is done with once no segment is left unread that was begun before it was erased.
    """
    waiting = ErasedNumber.objects.filter(rewritten_at__isnull=True)
    numbers = dict(waiting.values_list("gate_number", "erased_at"))
    if not numbers:
        return 0
    n_changed = sum(_rewrite_part(part, numbers, at, by) for part in ArchivePart.objects.all())
    asked = lines(action="visits.scans_erased").values_list("pk", flat=True).first() or 0
    for segment in _on_disk(read=True):
        n_changed += _rewrite_segment(segment, numbers, at, ordered_by=asked, by=by)
    unread = _on_disk(read=False).order_by("created_at").values_list("created_at", flat=True).first()
    done = [number for number, erased_at in numbers.items() if unread is None or erased_at < unread]
    with transaction.atomic():
        ErasedNumber.objects.filter(gate_number__in=done).update(rewritten_at=at)
    return n_changed


def _rewrite_part(part: ArchivePart, numbers: Collection[int], at: datetime, by: str) -> bool:
    path = parquet.part_path(part.day_on, part.hour, part.number)
    if not path.exists():
        return False
    # A try that was killed after its file has left a file without them and a row that does not know it.
    written = parquet.write_without(path, numbers) or parquet.as_it_stands(path)
    if written.digest == part.digest:
        return False
    with transaction.atomic():
        ArchivePart.objects.filter(pk=part.pk).update(n_rows=written.n_rows, digest=written.digest, written_at=at)
        facts = {"file": f"{path.parent.name}/{path.name}", "n_rows": written.n_rows, "sha256": written.digest}
        record("visits.rewritten", by=by, facts=facts)
    return True


def _rewrite_segment(
    segment: JournalSegment, numbers: Collection[int], at: datetime, *, ordered_by: int, by: str
) -> bool:
    path = _path_of(segment)
    if not path.exists():
        return False
    salt = os.urandom(SALT_BYTES)
    changed, n_changed = without_numbers(path.read_bytes(), numbers, at_ms=as_ms(at), ordered_by=ordered_by, salt=salt)
    if not n_changed:
        return False
    _put_in_place_of(path, changed, by)
    return True


def _put_in_place_of(path: Path, changed: bytes, by: str) -> None:
    """Another content for a segment, whole or not at all; before it the line by which its new seal can be believed."""
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(changed)
        file.flush()
        os.fchmod(file.fileno(), 0o400)
        os.fsync(file.fileno())
    with transaction.atomic():
        record("visits.rewritten", by=by, facts={"file": path.name, "sha256": sha256(changed).hexdigest()})
    os.replace(draft, path)


def forget_files(*, at: datetime, epidemic_ended: bool, by: str) -> list[Erased]:
    """Erase the archive's days and the journal's segments whose time is over; everything once the epidemic is.

    The segment a gate is writing cannot be erased from under it: it is marked, and goes the first night after
    the gate has sealed it. Safe to repeat. The caller writes the audit line, as for every table.
    """
    n_archived = _forget_days(at, epidemic_ended)
    n_records = _forget_segments(at, epidemic_ended, by)
    found = [Erased("archive/visits", Fate.ROW_DELETED, n_archived), Erased("journal", Fate.ROW_DELETED, n_records)]
    return [erased for erased in found if erased.n_rows]


def _forget_days(at: datetime, epidemic_ended: bool) -> int:
    """Erase the folders of days whose last scan is old enough; their rows go by the tables' own terms."""
    last = localtime(at).date() - timedelta(days=SCANS_KEPT_DAYS + 1)
    n_rows = 0
    for day, folder in parquet.day_folders():
        if epidemic_ended or day <= last:
            n_rows += parquet.n_archived_in(sorted(folder.glob("*.parquet")))[0]
            shutil.rmtree(folder)
    return n_rows


def _forget_segments(at: datetime, epidemic_ended: bool, by: str) -> int:
    """Erase the files of segments whose time is over. A gate's newest stays without its records: the gate goes on
    from its counts and its seal."""
    if epidemic_ended:
        with transaction.atomic():
            JournalSegment.objects.filter(erased_at__isnull=True).update(erased_at=at)
    limit = at - SEGMENTS_KEPT
    not_archived = Scan.objects.filter(part__isnull=True, scanned_at__lt=limit).exists()
    newest = dict(JournalSegment.objects.order_by().values_list("gate").annotate(Max("sequence")))
    n_records = 0
    for segment in _on_disk(read=True):
        is_old = segment.newest_received_at is None or segment.newest_received_at <= limit
        path = _path_of(segment)
        if path.exists() and (segment.erased_at or (is_old and not not_archived)):
            n_records += _forget_segment(segment, path, at, by, is_newest=segment.sequence == newest[segment.gate])
            with transaction.atomic():
                JournalSegment.objects.filter(pk=segment.pk).update(erased_at=at)
    return n_records


def _forget_segment(segment: JournalSegment, path: Path, at: datetime, by: str, *, is_newest: bool) -> int:
    """Erase a segment's file, or what is in it; how many records were."""
    n_records = segment.next_number - segment.first_number
    if not is_newest:
        path.with_suffix(".new").unlink(missing_ok=True)  # a rewriting that was killed
        path.unlink()
        return n_records
    data = path.read_bytes()
    if next(batches_past_damage(data), None) is None:
        return 0
    _put_in_place_of(path, emptied(data, at_ms=as_ms(at), salt=os.urandom(SALT_BYTES)), by)
    return n_records


def _on_disk(*, read: bool) -> QuerySet[JournalSegment]:
    """Segments that may still have a file: read to their end, or not yet."""
    return JournalSegment.objects.filter(read_at__isnull=not read)


def _path_of(segment: JournalSegment) -> Path:
    return the_realm().path / "journal" / segment_name(segment.gate, segment.sequence)
