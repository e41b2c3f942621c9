"""What others may ask of the comparisons room.

Whoever may review declarations sees of a comparison the people of their own area.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Substr

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import areas_of, require, within_scope
from fangxian.ops.realm.areas import below
from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return

from . import refusals
from .models import MERGED, OWN, Comparison, DecidedPair, DoubtfulPair, Finding, ListedRow, Role, Sender, SourceList

VIEW, UPLOAD = "movement.review", "intake.upload"
TOWNSHIP_DIGITS = 9
OUTCOMES, ROLES, SENDERS, VERDICTS = Finding.Outcome, Role, Sender, DoubtfulPair.Verdict
OWN_RECORDS = OWN


@dataclass(slots=True)
class Counts:
    """Of a comparison's people how many came to what, in all and by township (or the area above one)."""

    by_outcome: dict[str, int] = field(default_factory=dict)
    by_area: dict[str, dict[str, int]] = field(default_factory=dict)
    n_undecided: int = 0
    n_decided: int = 0

    @property
    def n(self) -> int:
        return sum(self.by_outcome.values())


def comparisons_for(account: Account) -> QuerySet[Comparison]:
    """The comparisons that concern an area the account reviews, the newest first."""
    condition = Q(pk__in=())
    for area in areas_of(account, VIEW):
        above = [area[:n] for n in range(2, len(area) + 1)]
        condition |= below(area) | Q(area_path__in=above)
    return Comparison.objects.filter(condition)


def comparison_for(account: Account, comparison: UUID) -> Comparison:
    """One comparison that concerns the account's area.

    Refuses
    -------
    accounts.not_yours, comparisons.not_found
    """
    require(account, VIEW)
    row = comparisons_for(account).filter(pk=comparison).first()
    if row is None:
        raise refusals.unknown()
    return row


def comparison_with(comparison: UUID) -> Comparison | None:
    return Comparison.objects.filter(pk=comparison).first()


def sources_of(comparison: UUID) -> list[SourceList]:
    return list(SourceList.objects.filter(comparison=comparison))


def source_of(comparison: UUID, source: UUID) -> SourceList:
    """One source of a comparison.

    Refuses
    -------
    comparisons.source.not_found
    """
    row = SourceList.objects.filter(comparison=comparison, pk=source).first()
    if row is None:
        raise refusals.unknown_source()
    return row


def findings_for(account: Account, row: Comparison) -> QuerySet[Finding]:
    """The people of a comparison's last run whom the account may see, by area."""
    found = Finding.objects.filter(comparison=row.pk, run=row.run)
    return within_scope(found, account, VIEW).order_by("area_path", "id")


def findings_of(row: Comparison) -> QuerySet[Finding]:
    return Finding.objects.filter(comparison=row.pk, run=row.run).order_by("area_path", "id")


def rows_of(findings: Collection[UUID]) -> dict[UUID, list[ListedRow]]:
    """The rows of each of these people, by source."""
    found: dict[UUID, list[ListedRow]] = {}
    rows = ListedRow.objects.filter(finding__in=findings).select_related("source")
    for row in rows.order_by("source__added_at", "row_number"):
        found.setdefault(row.finding_id, []).append(row)
    return found


def doubts_for(account: Account, row: Comparison) -> QuerySet[DoubtfulPair]:
    """The doubtful pairs of the last run that the account may decide, the likeliest first."""
    found = DoubtfulPair.objects.filter(comparison=row.pk, run=row.run)
    shown = found.select_related("one__source", "other__source", "one__finding", "other__finding")
    return within_scope(shown, account, VIEW).order_by("-likelihood_per_mille", "id")


def counts_for(account: Account, row: Comparison) -> Counts:
    """What came of the people whom the account may see; three reads."""
    counts = Counts()
    figures = findings_for(account, row).order_by().annotate(area=Substr("area_path", 1, TOWNSHIP_DIGITS))
    for area, outcome, n in figures.values_list("area", "outcome").annotate(n=Count("pk")):
        counts.by_outcome[outcome] = counts.by_outcome.get(outcome, 0) + n
        counts.by_area.setdefault(area, {})[outcome] = n
    doubts = doubts_for(account, row).order_by()
    counts.n_undecided = doubts.filter(verdict="").count()
    counts.n_decided = doubts.exclude(verdict="").count()
    return counts


def open_areas(row: Comparison) -> dict[tuple[str, str], int]:
    """How many people came to what in which area, as deep as it is known: (outcome, area path) → people."""
    figures = findings_of(row).exclude(outcome=Finding.Outcome.AGREE).order_by()
    counted = figures.values_list("outcome", "area_path").annotate(n=Count("pk"))
    return {(outcome, area): n for outcome, area, n in counted}


def decided_pairs(whos: Iterable[bytes]) -> list[tuple[bytes, bytes, str]]:
    """What was decided of ways of being written that all stand among these."""
    known = set(whos)
    rows = DecidedPair.objects.values_list("one", "other", "verdict")
    found = ((bytes(one), bytes(other), verdict) for one, other, verdict in rows)
    return [row for row in found if row[0] in known and row[1] in known]


def rows_of_merge(persons: Collection[UUID]) -> list[QuerySet]:
    """The rows that merging these records may change."""
    return [Finding.objects.filter(person__in=persons)]


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what merging records changed here would be put back now."""
    return how_rows_return(changes, MERGED)


def undeclared_since(at: datetime) -> list[tuple[UUID, str, datetime]]:
    """Who, of the people a list names as come and who declared nothing, was found by a comparison since `at`.

    Returns
    -------
    person, area path, when it was compared; of the run that stands of each comparison
    """
    rows = Finding.objects.filter(
        outcome=Finding.Outcome.NOT_DECLARED, person__isnull=False, run=F("comparison__run"),
        comparison__compared_at__gte=at,
    )  # fmt: skip
    return list(rows.order_by("pk").values_list("person_id", "area_path", "comparison__compared_at"))
