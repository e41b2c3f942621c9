"""What others may ask of the visits room."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.utils.timezone import localtime

from fangxian.core.policy.byte_journal import ScanMark
from fangxian.core.policy.vocabulary import Presence
from fangxian.ops.audit import queries as audit
from fangxian.ops.places.models import Venue
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS

from .models import (
    SCANS_KEPT_DAYS,
    WARM_TENTHS,
    ArchivePart,
    DayTally,
    JournalSegment,
    MinuteTally,
    ReasonTally,
    Scan,
    VenueSeen,
)


@dataclass(frozen=True, slots=True)
class SegmentPlace:
    """How far a segment is read; `next_number` None before its first record."""

    offset: int
    next_number: int | None
    is_finished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTotals:
    """What must agree: records read, rows made of them, rows still here, rows in the archive.

    n_read = n_new + n_repeated + n_disputed + n_erased_before. Until scans reach their term, n_hot = n_new
    (less those of people erased since), and n_archived = n_hot once the last hour is archived.
    """

    n_read: int
    n_new: int
    n_repeated: int
    n_disputed: int
    n_erased_before: int
    n_missing: int
    n_hot: int
    n_archived: int


def places_read() -> dict[tuple[int, int], SegmentPlace]:
    """How far each segment is read, by (gate, sequence)."""
    columns = ("gate", "sequence", "offset", "next_number", "read_at")
    return {
        (gate, sequence): SegmentPlace(offset, next_number, read_at is not None)
        for gate, sequence, offset, next_number, read_at in JournalSegment.objects.values_list(*columns)
    }


def townships_of(venue_numbers: Collection[int]) -> dict[int, str]:
    """The township (9 digits) of each of these venues that is on record."""
    found = Venue.objects.filter(venue_number__in=venue_numbers).values_list("venue_number", "area_path")
    return {number: path[:TOWNSHIP_DIGITS] for number, path in found}


def visits_of(gate_numbers: Collection[int], *, since: datetime | None = None) -> QuerySet[Scan]:
    """The scans of a person (all their gate numbers), newest first."""
    found = Scan.objects.filter(gate_number__in=gate_numbers)
    return (found.filter(scanned_at__gte=since) if since else found).order_by("-scanned_at", "-id")


def documents_shown(gate_numbers: Collection[int], *, since: datetime) -> list[tuple[int, int, datetime]]:
    """(gate number, venue, when received) of each lookup by document number at a keeper's device, oldest first."""
    found = Scan.objects.filter(gate_number__in=gate_numbers, scanned_at__gte=since, received_at__gte=since)
    typed = found.annotate(typed=F("marks").bitand(int(ScanMark.BY_DOCUMENT))).filter(typed__gt=0)
    kept = typed.filter(presence=Presence.STAFFED).order_by("received_at", "id")
    return list(kept.values_list("gate_number", "venue_number", "received_at"))


def kept_since(at: datetime) -> datetime:
    """From when scans are still kept at a moment."""
    return at - timedelta(days=SCANS_KEPT_DAYS)


def scans_at(venue_number: int, *, since: datetime, until: datetime) -> QuerySet[Scan]:
    """The scans at a venue in `[since, until)`, oldest first."""
    found = Scan.objects.filter(venue_number=venue_number, scanned_at__gte=since, scanned_at__lt=until)
    return found.order_by("scanned_at", "id")


def scans_between(since: datetime, until: datetime) -> QuerySet[Scan]:
    """Every scan made in `[since, until)`, in no order."""
    return Scan.objects.filter(scanned_at__gte=since, scanned_at__lt=until).order_by()


def last_seen(venue_numbers: Collection[int] | None = None) -> dict[int, datetime]:
    """When each venue was last scanned at; a venue never scanned at is not in it."""
    found = VenueSeen.objects.all()
    if venue_numbers is not None:
        found = found.filter(venue_number__in=venue_numbers)
    return dict(found.values_list("venue_number", "last_scanned_at"))


def last_scans_by(devices: Collection[int], *, venue_number: int) -> dict[int, datetime]:
    """When each device last scanned somebody at a venue; one that has not, while scans are kept, is not in it."""
    found = Scan.objects.filter(venue_number=venue_number, device__in=devices).order_by()
    return dict(found.values_list("device").annotate(at=Max("scanned_at")))


def n_venues_of(gate_numbers: Collection[int], *, since: datetime) -> dict[int, int]:
    """At how many venues each of some hundred gate numbers was scanned since then; one without a scan is not in it."""
    rows = Scan.objects.filter(gate_number__in=gate_numbers, scanned_at__gte=since).order_by()
    return dict(rows.values_list("gate_number").annotate(n=Count("venue_number", distinct=True)))


def n_venues_seen(*, since: datetime, until: datetime) -> int:
    return VenueSeen.objects.filter(last_scanned_at__gt=since, last_scanned_at__lte=until).count()


def scans_by_venue(*, since: datetime, until: datetime) -> dict[int, int]:
    """How many scans each venue had in `[since, until)`; a venue without one is not in it."""
    found = Scan.objects.filter(scanned_at__gte=since, scanned_at__lt=until).order_by()
    return dict(found.values_list("venue_number").annotate(n=Count("pk")))


def days_with_scans(*, since: date, until: date) -> list[date]:
    """The county days in `[since, until)` on which anybody scanned, oldest first."""
    found = DayTally.objects.filter(day_on__gte=since, day_on__lt=until).order_by("day_on")
    return list(found.values_list("day_on", flat=True).distinct())


def minutes_until(at: datetime, n_minutes: int) -> list[MinuteTally]:
    """The last `n_minutes` county minutes, the one that `at` is in being the last; minutes without a scan too."""
    last = localtime(at).replace(second=0, microsecond=0)
    wanted = [last - timedelta(minutes=back) for back in reversed(range(n_minutes))]
    found = MinuteTally.objects.in_bulk(wanted)
    return [found.get(minute) or MinuteTally(minute_at=minute) for minute in wanted]


def townships_on(day: date) -> list[DayTally]:
    return list(DayTally.objects.filter(day_on=day))


def answers_on(day: date) -> list[tuple[int, int, int]]:
    """Of each township with scans on a day how many were admitted, verified and refused."""
    return list(DayTally.objects.filter(day_on=day).values_list("n_admit", "n_verify", "n_refuse"))


def reasons_on(day: date, most: int) -> list[tuple[str, int]]:
    """The rules that most answers other than *admit* were given by on a day, with their number."""
    found = ReasonTally.objects.filter(day_on=day).values("rule").annotate(n=Sum("n_scans")).order_by("-n", "rule")
    return [(row["rule"], row["n"]) for row in found[:most]]


def outcomes_by_reason(day: date) -> list[tuple[str, int, int]]:
    """(rule, outcome, how often) of every rule that answers other than *admit* were given by, the commonest first."""
    found = ReasonTally.objects.filter(day_on=day).order_by("-n_scans", "rule", "outcome")
    return list(found.values_list("rule", "outcome", "n_scans"))


def presences_since(row: int, *, scanned_from: datetime) -> tuple[int, dict[int, int]]:
    """Of the rows taken in after a row, those scanned from a moment on: the last id, and how many of each presence.

    Only new rows are read, so it may be asked each second of a day of two million.
    """
    last = Scan.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    found = Scan.objects.filter(pk__gt=row, pk__lte=last, scanned_at__gte=scanned_from).order_by()
    return last, dict(found.values_list("presence").annotate(n=Count("pk")))


def n_damaged_segments(*, since: datetime) -> int:
    """Segments read since a moment of which records are missing, or whose seal does not fit."""
    damaged = Q(n_missing__gt=0) | ~Q(faults="")
    return JournalSegment.objects.filter(damaged, Q(read_at__gte=since) | Q(read_at__isnull=True)).count()


def segment_digests() -> dict[str, set[str]]:
    """The SHA-256 under which each segment's file ever stood in the record: as it was read, and as it was rewritten."""
    found: dict[str, set[str]] = {}
    for action in ("visits.segment_read", "visits.rewritten"):
        for line in audit.lines(action=action):
            said = audit.facts(line)
            name = said.get("segment") or said["file"].removesuffix(".fxj")
            found.setdefault(name, set()).add(said["sha256"])
    return found


def n_hot() -> int:
    return Scan.objects.count()


def n_archived() -> int:
    return ArchivePart.objects.aggregate(n=Sum("n_rows"))["n"] or 0


def newest_received_at() -> datetime | None:
    return VenueSeen.objects.order_by("-last_received_at").values_list("last_received_at", flat=True).first()


def scan_totals() -> ScanTotals:
    """The count of everything, over all segments ever read."""
    totals = JournalSegment.objects.aggregate(
        new=Sum("n_new"), repeated=Sum("n_repeated"), disputed=Sum("n_disputed"), erased=Sum("n_erased"),
        missing=Sum("n_missing"),
    )  # fmt: skip
    new, repeated, disputed, erased, missing = (totals[name] or 0 for name in totals)
    return ScanTotals(
        n_read=new + repeated + disputed + erased,
        n_new=new,
        n_repeated=repeated,
        n_disputed=disputed,
        n_erased_before=erased,
        n_missing=missing,
        n_hot=n_hot(),
        n_archived=n_archived(),
    )


class WarmScan(NamedTuple):
    """A scan of somebody with a fever at a keeper's door."""

    scan_id: UUID
    gate_number: int
    venue_number: int
    scanned_at: datetime


def warm_scans(*, from_tenths: int, received_since: datetime, scanned_until: datetime) -> list[WarmScan]:
    """Who was as warm as that at a door with a keeper, the oldest first; none of those who scan by themselves."""
    rows = Scan.objects.filter(temperature_tenths__gte=WARM_TENTHS, received_at__gte=received_since)
    rows = rows.filter(temperature_tenths__gte=from_tenths, scanned_at__lte=scanned_until)
    rows = rows.exclude(device=0).exclude(gate_number=0).order_by("scanned_at", "id")
    return [WarmScan(*row) for row in rows.values_list(*WarmScan._fields)]


def cooled_since(scans: Sequence[WarmScan], *, below_tenths: int, within: timedelta) -> set[UUID]:
    """Those of these scans after which the same person was measured less at the same door within that time."""
    found: set[UUID] = set()
    for n in range(0, len(scans), 500):
        some = scans[n : n + 500]
        later = Scan.objects.filter(
            gate_number__in={it.gate_number for it in some}, scanned_at__gt=some[0].scanned_at,
            scanned_at__lte=some[-1].scanned_at + within, temperature_tenths__lt=below_tenths,
        )  # fmt: skip
        cool = list(later.values_list("gate_number", "venue_number", "scanned_at"))
        found |= {
            it.scan_id
            for it in some
            for who, where, when in cool
            if (who, where) == (it.gate_number, it.venue_number) and it.scanned_at < when <= it.scanned_at + within
        }
    return found
