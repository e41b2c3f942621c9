"""What is on record of a day that was played. Part of play_day; nothing is taken on trust, every scan is looked up."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from fangxian.core.policy.vocabulary import Outcome
from fangxian.ops.visits.parquet import ids_archived_on
from fangxian.ops.visits.queries import scans_between

from .take_in_journal import DoorRules


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTotals:
    """The day's figures, in people scanned. Until it is over, the later ones are behind.

    Attributes
    ----------
    n_planned : what the day consists of
    n_sent, n_acknowledged : what the gate was given and has answered, earlier runs of the day included
    n_queryable : of those, in the table of scans
    n_archived : of those, in the archive's files
    by_outcome : of the queryable
    by_reason : by the rule that was the closest reason, of those not admitted
    refused : by the code of the gate's refusal; these were never recorded
    """

    n_planned: int
    n_sent: int
    n_acknowledged: int
    n_queryable: int
    n_archived: int
    by_outcome: Counter[Outcome] = field(default_factory=Counter)
    by_reason: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def agrees(self) -> bool:
        return self.n_sent == self.n_acknowledged == self.n_queryable == self.n_archived == self.n_planned


def on_record(ids: Iterable[UUID], since: datetime, until: datetime) -> set[UUID]:
    """Those of these scans that are in the table."""
    wanted = set(ids)
    return {found for found in scans_between(since, until).values_list("scan_id", flat=True) if found in wanted}


def n_queryable(since: datetime, until: datetime) -> int:
    """How many scans of a day are in the table, whoever made them; quickly counted."""
    return scans_between(since, until).count()


def n_waiting_for_archive(since: datetime, until: datetime) -> int:
    return scans_between(since, until).filter(part__isnull=True).count()


def totals_of(
    ids: set[UUID], since: datetime, until: datetime, *, n_sent: int, n_acknowledged: int, refused: Counter[str]
) -> DayTotals:
    """Look every scan of the day up, in the table and in the archive's files."""
    rule_of = DoorRules().rule_of
    by_outcome: Counter[Outcome] = Counter()
    by_reason: Counter[str] = Counter()
    columns = scans_between(since, until).only("scan_id", "outcome", "mask", "tables")
    n_found = 0
    for row in columns.iterator(chunk_size=5000):
        if row.scan_id in ids:
            n_found += 1
            by_outcome[Outcome(row.outcome)] += 1
            if row.outcome != Outcome.ADMIT:
                closest = (row.mask & -row.mask).bit_length() - 1
                by_reason[rule_of(bytes.fromhex(row.tables), closest)] += 1
    return DayTotals(
        n_planned=len(ids),
        n_sent=n_sent,
        n_acknowledged=n_acknowledged,
        n_queryable=n_found,
        n_archived=len(ids.intersection(ids_archived_on(since.date()))),
        by_outcome=by_outcome,
        by_reason=by_reason,
        refused=refused,
    )
