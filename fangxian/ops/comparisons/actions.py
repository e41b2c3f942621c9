"""The only writers of the comparisons room."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from fangxian.core.parameters import Parameter
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.as_before import Return, Stays, plain, put_back, values_of
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now

from . import refusals
from .models import MERGED, Comparison, DecidedPair, DoubtfulPair, Finding, ListedRow, SourceList
from .wire import NewDoubt, NewFinding, NewRow, SourceCounts

AT_ONCE = 500
LONGEST_DAYS = Parameter(
    value=62, unit="days", low=7, high=366,
    meaning="How many days a comparison may reach over",
    source="a guess: two months of arrivals; more is a mistyped date",
)  # fmt: skip


@transaction.atomic
def open_comparison(*, title: str, area_path: str, begins_on: date, ends_on: date, by: str) -> Comparison:
    """Begin to lay sources side by side about an area's people of some days, `[begins_on, ends_on)`.

    Refuses
    -------
    comparisons.no_title, comparisons.days_wrong
    """
    if not title.strip():
        raise refusals.no_title()
    longest = int(LONGEST_DAYS.value)
    if not 0 < (ends_on - begins_on).days <= longest:
        raise refusals.bad_days(begins_on, ends_on, longest)
    row = Comparison.objects.create(
        title=title.strip(), area_path=area_path, begins_on=begins_on, ends_on=ends_on, opened_at=county_now(),
        opened_by=by,
    )  # fmt: skip
    record("comparisons.opened", by=by, details={"comparison": str(row.pk), "area_path": area_path})
    return row


def add_source(*, comparison: UUID, role: str, sender: str, intake: UUID | None, by: str) -> SourceList:
    """Make a list, or the program's own records of one room (no intake), part of a comparison.

    Refuses
    -------
    comparisons.not_found, comparisons.source_there_already
    """
    if not Comparison.objects.filter(pk=comparison).exists():
        raise refusals.unknown()
    try:
        with transaction.atomic():
            row = SourceList.objects.create(
                comparison_id=comparison, role=role, sender=sender, intake=intake, added_at=county_now(), added_by=by
            )
            record("comparisons.source_added", by=by, details=_told(row))
    except IntegrityError:
        raise refusals.source_there_already() from None
    return row


@transaction.atomic
def drop_source(*, comparison: UUID, source: UUID, by: str) -> None:
    """Leave a source out of the runs to come; what stands of the last run stays but for its rows.

    Refuses
    -------
    comparisons.source.not_found
    """
    row = SourceList.objects.select_for_update().filter(pk=source, comparison=comparison).first()
    if row is None:
        raise refusals.unknown_source()
    record("comparisons.source_dropped", by=by, details=_told(row))
    row.delete()


@transaction.atomic
def put_findings(
    *, comparison: UUID, run: int, findings: Sequence[NewFinding], rows: Sequence[NewRow], by: str
) -> None:
    """People of a run that is not over yet, with their rows: a thousand at a time, so that others have their turn."""
    insert_rows(Finding, (_finding(comparison, run, it) for it in findings))
    insert_rows(ListedRow, (_listed(run, it) for it in rows))
    details = {"comparison": str(comparison), "run": run, "n_people": len(findings), "n_rows": len(rows)}
    record("comparisons.findings_put", by=by, details=details)


def _finding(comparison: UUID, run: int, it: NewFinding) -> dict[str, object]:
    return {
        "id": it.id,
        "comparison_id": comparison,
        "run": run,
        "outcome": it.outcome,
        "roles": it.roles,
        "conflicts": it.conflicts,
        "area_path": it.area_path,
        "person_id": it.person,
        "name": it.name,
        "n_rows": it.n_rows,
        "likelihood_per_mille": it.likelihood_per_mille,
    }


def _listed(run: int, it: NewRow) -> dict[str, object]:
    return {
        "id": it.id,
        "run": run,
        "source_id": it.source,
        "finding_id": it.finding,
        "row_number": it.written.row_number,
        "n_times": it.written.n_times,
        "who": it.who,
        "written": it.written.as_json(),
    }


@transaction.atomic
def put_doubts(*, comparison: UUID, run: int, doubts: Sequence[NewDoubt], by: str) -> None:
    """Pairs of a run that is not over yet, for a person to decide."""
    rows = [
        {
            "comparison_id": comparison,
            "run": run,
            "area_path": it.area_path,
            "one_id": it.one,
            "other_id": it.other,
            "likelihood_per_mille": it.likelihood_per_mille,
            "why": it.why,
            "levels": json.dumps(dict(it.levels)),
        }
        for it in doubts
    ]
    insert_rows(DoubtfulPair, rows)
    record("comparisons.doubts_put", by=by, details={"comparison": str(comparison), "run": run, "n_pairs": len(rows)})


@transaction.atomic
def end_run(
    *, comparison: UUID, run: int, counts: Sequence[SourceCounts], n_people: int, n_left_out: int, by: str
) -> Comparison:
    """A run's findings stand from now on instead of those before it.

    Refuses
    -------
    comparisons.not_found, comparisons.run_meanwhile
    """
    row = Comparison.objects.select_for_update().filter(pk=comparison).first()
    if row is None:
        raise refusals.unknown()
    if row.run >= run:
        raise refusals.run_meanwhile()
    at = county_now()
    row.run, row.compared_at, row.n_people, row.n_left_out = run, at, n_people, n_left_out
    row.n_rows = sum(it.n_rows for it in counts)
    row.save(update_fields=["run", "compared_at", "n_rows", "n_people", "n_left_out"])
    for it in counts:
        SourceList.objects.filter(pk=it.source).update(
            as_of=at, n_rows=it.n_rows, n_different=it.n_different, n_people=it.n_people, n_refused=it.n_refused
        )
    details = {"comparison": str(comparison), "run": run, "n_rows": row.n_rows, "n_people": n_people}
    record("comparisons.run_ended", by=by, details=details)
    return row


def forget_runs_but(*, comparison: UUID, run: int, by: str) -> int:
    """Take away what other runs found, of which nothing stands any more; how many rows. In short steps."""
    sources = SourceList.objects.filter(comparison=comparison)
    n = 0
    for others in (
        DoubtfulPair.objects.filter(comparison=comparison),
        ListedRow.objects.filter(source__in=sources),
        Finding.objects.filter(comparison=comparison),
    ):
        gone = others.exclude(run=run).order_by()
        while some := list(gone.values_list("pk", flat=True)[:AT_ONCE]):
            with transaction.atomic():
                rows = others.model.objects.filter(pk__in=some)
                n += rows._raw_delete(rows.db)  # nothing points at these any more
    if n:
        with transaction.atomic():
            record("comparisons.runs_forgotten", by=by, details={"comparison": str(comparison), "run": run, "n": n})
    return n


@transaction.atomic
def decide_pair(*, comparison: UUID, pair: UUID, verdict: str, by: str) -> DoubtfulPair:
    """A person says whether two rows are one person: remembered for every list to come.

    Refuses
    -------
    comparisons.pair.not_found
    """
    row = _locked_pair(comparison, pair)
    at, (one, other) = county_now(), _whos(row)
    DecidedPair.objects.update_or_create(
        one=one, other=other, defaults={"verdict": verdict, "decided_at": at, "decided_by": by}
    )
    row.verdict, row.decided_at, row.decided_by = verdict, at, by
    row.save(update_fields=["verdict", "decided_at", "decided_by"])
    record("comparisons.pair_decided", by=by, details={"pair": str(pair), "verdict": verdict})
    return row


@transaction.atomic
def reopen_pair(*, comparison: UUID, pair: UUID, by: str) -> DoubtfulPair:
    """Take a decision back: it is forgotten, and the pair waits to be decided.

    Refuses
    -------
    comparisons.pair.not_found
    """
    row = _locked_pair(comparison, pair)
    one, other = _whos(row)
    DecidedPair.objects.filter(one=one, other=other).delete()
    row.verdict, row.decided_at, row.decided_by = "", None, ""
    row.save(update_fields=["verdict", "decided_at", "decided_by"])
    record("comparisons.pair_reopened", by=by, details={"pair": str(pair)})
    return row


@transaction.atomic
def join_pair(*, pair: UUID, kept: UUID, now: Mapping[str, object], by: str) -> bool:
    """The two of a decided pair are one finding from now on, with the rows of both; whether anything changed.

    Parameters
    ----------
    kept : the finding that goes on
    now : what it says then, by column
    """
    doubt = DoubtfulPair.objects.select_for_update(of=("self",)).select_related("one", "other").get(pk=pair)
    findings = {it.finding_id for it in (doubt.one, doubt.other)}
    if len(findings) == 1:
        return False
    gone = Finding.objects.filter(pk__in=findings - {kept, None}).first()
    stays = Finding.objects.select_for_update().get(pk=kept)
    before = plain(stays)
    moved = ListedRow.objects.filter(finding=gone) if gone else ListedRow.objects.filter(pk=_alone(doubt))
    rows = [str(pk) for pk in moved.values_list("pk", flat=True)]
    ListedRow.objects.filter(pk__in=rows).update(finding=stays)
    if gone:
        gone_said = plain(gone)
        gone.delete()
        Comparison.objects.filter(pk=stays.comparison_id).update(n_people=F("n_people") - 1)
    for name, value in now.items():
        setattr(stays, name, value)
    stays.save(update_fields=list(now))
    stays.refresh_from_db()
    doubt.joined = json.dumps(
        {"kept": before, "after": plain(stays), "gone": gone_said if gone else None, "rows": rows}, ensure_ascii=False
    )
    doubt.save(update_fields=["joined"])
    record("comparisons.pair_joined", by=by, details={"pair": str(pair), "finding": str(kept)})
    return True


@transaction.atomic
def part_pair(*, pair: UUID, by: str) -> bool:
    """What a decision made one is two again; whether anything changed. Joined to more since, it waits for a run."""
    doubt = DoubtfulPair.objects.select_for_update().get(pk=pair)
    if not doubt.joined:
        return False
    said = json.loads(doubt.joined)
    stays = Finding.objects.select_for_update().filter(pk=said["kept"]["id"]).first()
    if stays is None or plain(stays) != said["after"]:
        return False
    gone = Finding.objects.create(**values_of(Finding, said["gone"])) if said["gone"] else None
    if gone:
        Comparison.objects.filter(pk=stays.comparison_id).update(n_people=F("n_people") + 1)
    ListedRow.objects.filter(pk__in=said["rows"]).update(finding=gone)
    Finding.objects.filter(pk=stays.pk).update(**values_of(Finding, said["kept"]))
    doubt.joined = ""
    doubt.save(update_fields=["joined"])
    record("comparisons.pair_parted", by=by, details={"pair": str(pair), "finding": str(stays.pk)})
    return True


def _alone(doubt: DoubtfulPair) -> UUID:
    """The row of the two that no finding has: it stands on the register alone."""
    return doubt.one_id if doubt.one.finding_id is None else doubt.other_id


def _locked_pair(comparison: UUID, pair: UUID) -> DoubtfulPair:
    rows = DoubtfulPair.objects.select_for_update(of=("self",)).select_related("one", "other")
    row = rows.filter(pk=pair, comparison=comparison).first()
    if row is None:
        raise refusals.unknown_pair()
    return row


def _whos(row: DoubtfulPair) -> tuple[bytes, bytes]:
    one, other = sorted((bytes(row.one.who), bytes(row.other.who)))
    return one, other


@transaction.atomic
def carry_findings_over(*, kept: UUID, merged: UUID, by: str) -> None:
    """What comparisons found of a merged record is of the one that goes on."""
    n = Finding.objects.filter(person_id=merged).update(person_id=kept)
    if n:
        record("comparisons.carried_over", by=by, about=[f"person:{kept}", f"person:{merged}"], details={"n": n})


@transaction.atomic
def undo_merge(*, back: Return, by: str) -> list[Stays]:
    """What came with a record is its own again; what stays."""
    stays = put_back(back, MERGED)
    if back.returning:
        record("comparisons.merge_undone", by=by, details={"n_rows": len(back.returning)})
    return stays


def _told(row: SourceList) -> dict[str, str]:
    return {
        "comparison": str(row.comparison_id),
        "source": str(row.pk),
        "role": str(row.role),
        "sender": str(row.sender),
        "intake": str(row.intake or ""),
    }
