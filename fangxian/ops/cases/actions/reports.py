"""Legal reports, and the clocks that begin with them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Min
from django.utils.timezone import localtime

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now

from ..card import Card, canonical, check_card, digest_of
from ..models import Case, CaseClock, CaseReport
from ..refusals import refusal
from ..wire import INVESTIGATION, MET_BY_FILING, NewClock
from .opening import locked, subjects_of


@transaction.atomic
def file_report(*, case: UUID, card: Card, by: str, venue: UUID | None = None) -> CaseReport:
    """File a report card of a case; the same card again is that one.

    Parameters
    ----------
    card : as it was filled in; without a number it gets the case's, and which of its cards it is
    venue : the clinic or hospital that files it, whose staff will see it

    Refuses
    -------
    cases.card_wrong
        With everything that is wrong in it.
    cases.card_number_taken
        A card of that number says something else.
    """
    at, row = county_now(), locked([case])[0]
    before = list(row.reports.order_by("filed_at", "card_number"))
    card = _numbered(card, row, len(before))
    check_card(card, now=at)
    digest = digest_of(card)
    if (known := CaseReport.objects.filter(card_number=card.card_number).first()) is not None:
        if known.digest != digest or known.of_case_id != row.pk:
            raise refusal("cases.card_number_taken", card_number=card.card_number)
        return known
    report = CaseReport.objects.create(
        of_case=row,
        card_number=card.card_number,
        kind=card.kind,
        corrects=before[-1] if before and card.kind == CaseReport.Kind.CORRECTED else None,
        area_path=row.area_path,
        venue=venue,
        unit_name=card.unit_name,
        content=canonical(card),
        digest=digest,
        filed_at=at,
        filed_by=by,
    )
    record("cases.report_filed", by=by, about=subjects_of(row), facts={"kind": card.kind, "digest": digest})
    return report


@transaction.atomic
def begin_clocks(
    *, case: UUID, clocks: Sequence[NewClock], found_at: datetime, by: str, venue: UUID | None = None
) -> list[CaseClock]:
    """Start the clocks of a case's first report; those that run now. Begun already: those that run.

    The first step counts from when the case was found; a card filed here lies before the county's health
    department at once, so that step is met by the filing. The investigation counts from the report.

    Parameters
    ----------
    found_at : when the case was diagnosed or found
    venue : whose first step it is, when a clinic or hospital reports
    """
    at, row = county_now(), locked([case])[0]
    if clocks and not row.clocks.exists():
        rows = [_clock(row, new) for new in clocks]
        steps = [it for it in rows if it.chain]
        for it in rows:
            if it.clock == INVESTIGATION:
                _begin(it, at)
        if steps:
            steps[0].venue = venue
            _begin(steps[0], min(found_at, at))
            _meet_by_filing(steps, at, by)
        CaseClock.objects.bulk_create(rows)
        note_first_due(row)
        record("cases.clocks_begun", by=by, about=subjects_of(row), facts={"n_clocks": len(rows)})
    return list(row.clocks.filter(begins_at__isnull=False, met_at__isnull=True))


@transaction.atomic
def meet_clock(
    *, clock: UUID, by: str, met_at: datetime | None = None, remark: str = ""
) -> tuple[CaseClock, CaseClock | None]:
    """Stamp a step as done, by whom and when, and start the next; that clock, and the one that runs from now on.

    Met already: nothing changes, and nothing new runs.

    Refuses
    -------
    cases.clock_not_begun, cases.met_in_future
    """
    of_case = locked([CaseClock.objects.values_list("of_case", flat=True).get(pk=clock)])[0]
    row = CaseClock.objects.select_for_update(of=("self",)).select_related("of_case").get(pk=clock)
    if row.met_at is not None:
        return row, None
    now = county_now()
    if row.begins_at is None:
        raise refusal("cases.clock_not_begun", ends=row.words["ends"]["zh"], ends_en=row.words["ends"]["en"])
    met_at = met_at or now
    if not row.begins_at <= met_at <= now:
        told = {name: f"{localtime(it):%Y-%m-%d %H:%M}" for name, it in (("met_at", met_at), ("now", now))}
        raise refusal("cases.met_in_future", begins_at=f"{localtime(row.begins_at):%Y-%m-%d %H:%M}", **told)
    row.met_at, row.met_by, row.remark = met_at, by, remark
    row.save(update_fields=["met_at", "met_by", "remark"])
    follows = row.of_case.clocks.filter(chain=row.chain + 1, begins_at__isnull=True).first() if row.chain else None
    if follows is not None:
        _begin(follows, met_at)
        follows.save(update_fields=["begins_at", "due_at"])
    note_first_due(of_case)
    facts = {"clock": row.clock, "late_min": max(0, int((met_at - row.due_at).total_seconds() // 60))}
    record("cases.clock_met", by=by, about=subjects_of(row.of_case), facts=facts, details={"remark": remark})
    return row, follows


def note_first_due(row: Case) -> None:
    """Store with a case, which is locked, when the first of its running clocks is due: lists ask for nothing else."""
    stands = row.state != Case.State.EXCLUDED and row.same_as_id is None
    running = row.clocks.filter(begins_at__isnull=False, met_at__isnull=True)
    row.clock_due_at = running.aggregate(first=Min("due_at"))["first"] if stands else None
    row.save(update_fields=["clock_due_at"])


def _numbered(card: Card, row: Case, n_before: int) -> Card:
    return card if card.card_number else replace(card, card_number=f"{row.number}-{n_before + 1:02d}")


def _clock(row: Case, new: NewClock) -> CaseClock:
    return CaseClock(
        of_case=row,
        clock=new.clock,
        chain=new.chain,
        rulebook=new.rulebook,
        within_min=int(new.within.total_seconds() // 60),
        words={name: {"zh": said.zh, "en": said.en} for name, said in _words(new).items()},
        area_path=row.area_path,
    )


def _words(new: NewClock) -> dict:
    return {"starts": new.starts, "ends": new.ends, "owner": new.owner}


def _begin(row: CaseClock, at: datetime) -> None:
    row.begins_at, row.due_at = at, at + timedelta(minutes=row.within_min)


def _meet_by_filing(steps: list[CaseClock], at: datetime, by: str) -> None:
    if steps[0].clock in MET_BY_FILING:
        steps[0].met_at, steps[0].met_by = at, by
        if len(steps) > 1:
            _begin(steps[1], at)
