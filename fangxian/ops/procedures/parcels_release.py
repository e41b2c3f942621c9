"""Whoever touched a parcel at risk is free again when their test is negative (快递接触者解除): a chore.

1. who was confirmed and not released, of the open traces                     parcels
2. the newest test known of them, sampled after the confirmation              movement
3. it is noted; a negative ends the evidence as its rulebook says             parcels, movement
4. they are released, what was to be done about their test is done            parcels, tasks
5. codes are computed; gates know them within two seconds                     recolour

A depot's staff, who are in quarantine, are released when every test their rules ask for was negative: as many, and the
last on the last day of testing, as of whoever was co-present. Until then each negative is followed by the next sample;
once it is over they are taken home. A positive test is the laboratory's to act on (positive_result.py): it is noted.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.exposure.columns import Ring
from fangxian.core.exposure.disease import ring_keys
from fangxian.core.policy.contacts import contact_rule
from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.policy.words import LastResult
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.movement.actions.evidence import record_evidence
from fangxian.ops.movement.queries import tests_of
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.parcels.actions import following
from fangxian.ops.parcels.queries import TraceSeen, open_traces, traced_of
from fangxian.ops.realm.current import county_now

from .parcels_confirm import EVIDENCE
from .parcels_tasks import finish_test_tasks, open_next_samples, take_home
from .recolour import recolour

LABORATORY, CONFIRMED, NEGATIVE = "laboratory", "confirmed", "negative"
RESULTS = {LastResult.NEGATIVE: NEGATIVE, LastResult.POSITIVE: "positive"}
AT_ONCE = 500


def release_tested(*, at: datetime, by: str) -> int:
    """Note new tests of people traced and release whoever is negative; how many were released."""
    books = rulebooks_by_disease(at)
    return sum(_of_trace(trace, books.get(trace.disease), by) for trace in open_traces())


def _of_trace(trace: TraceSeen, rulebook: Rulebook | None, by: str) -> int:
    waiting = list(traced_of(trace.id, CONFIRMED))
    return sum(
        _of_some(trace, waiting[start : start + AT_ONCE], rulebook, by) for start in range(0, len(waiting), AT_ONCE)
    )


def _of_some(trace: TraceSeen, rows: Sequence, rulebook: Rulebook | None, by: str) -> int:
    tests = tests_of([row.person_id for row in rows])
    seen = [(row, tests[row.person_id]) for row in rows if row.person_id in tests]
    seen = [(row, test) for row, test in seen if test.sampled_at >= row.confirmed_at]
    fresh = [(row, test) for row, test in seen if (row.tested_at, row.tested) != (test.sampled_at, _result(test))]
    negative = [(row, test) for row, test in seen if _result(test) == NEGATIVE]
    if not fresh and not negative:
        return 0
    with transaction.atomic():
        _note(trace, fresh, by)
        days = _test_days_of_staff(rulebook)
        free = [(row, test) for row, test in negative if not row.is_courier or _is_done(row, test, days)]
        _sample_again(trace, fresh, free, days, by)
        return _release(trace, free, rulebook, by) if free else 0


def _test_days_of_staff(rulebook: Rulebook | None) -> tuple[int, ...]:
    """On which days, from when they were placed, a depot's staff is tested; one test, where the rules name no days."""
    ring = ring_keys(rulebook, county_now()).get(Ring.CO_PRESENT) if rulebook else None
    return (contact_rule(rulebook, ring, county_now()).measure.test_days if rulebook and ring else ()) or (0,)


def _is_done(row, test, days: Sequence[int]) -> bool:
    """Whether this negative test is the last that is asked of one of a depot's staff."""
    is_new = (row.tested_at, row.tested) != (test.sampled_at, NEGATIVE)
    on = localtime(test.sampled_at).date() - localtime(row.confirmed_at).date()
    return row.n_negative + is_new >= len(days) and on.days >= max(days)


def _sample_again(
    trace: TraceSeen, fresh: Sequence[tuple], free: Sequence[tuple], days: Sequence[int], by: str
) -> None:
    """Staff whose newest test was negative, and not the last, are sampled on the next of their days."""
    over = {row.pk for row, _ in free}
    again = []
    for row, test in fresh:
        if row.is_courier and row.pk not in over and _result(test) == NEGATIVE:
            on = (localtime(test.sampled_at).date() - localtime(row.confirmed_at).date()).days
            again.append((row, row.confirmed_at + timedelta(days=next((day for day in days if day > on), on + 1))))
    open_next_samples(trace=trace, rows=again, by=by)


def _note(trace: TraceSeen, fresh: Sequence[tuple], by: str) -> None:
    told = [(row.pk, test.sampled_at, _result(test)) for row, test in fresh]
    tests = [following.TestSeen(traced=traced, sampled_at=at, result=result) for traced, at, result in told]
    following.note_tests(trace=trace.id, tests=tests, by=by)
    for outcome in sorted({result for _, _, result in told}):
        finish_test_tasks(traced=[traced for traced, _, result in told if result == outcome], outcome=outcome, by=by)


def _release(trace: TraceSeen, negative: Sequence[tuple], rulebook: Rulebook | None, by: str) -> int:
    ending = _ended_by(rulebook)
    pieces = [
        NewEvidence(
            person=row.person_id,
            kind=ending,
            disease=trace.disease,
            from_at=test.resulted_at,
            source=LABORATORY,
            issuer=test.source,
            about=row.evidence,
            rests_on=row.pk,
        )
        for row, test in negative
        if ending and row.evidence
    ]
    if pieces:
        record_evidence(pieces=pieces, by=by)
    n = following.release(trace=trace.id, traced=[row.pk for row, _ in negative], by=by)
    take_home(trace=trace, rows=[row for row, _ in negative if row.is_courier], by=by)
    recolour([piece.person for piece in pieces], county_now(), by=by)
    return n


def _ended_by(rulebook: Rulebook | None) -> str:
    """The kind of a laboratory's evidence by which the rules end the colour of a touched parcel; "" for none."""
    if rulebook is None:
        return ""
    endings: set[str] = set().union(*(rule.ended_by for rule in rulebook.colours if rule.evidence == EVIDENCE))
    of_laboratory = (kind.kind for kind in rulebook.evidence if kind.kind in endings and LABORATORY in kind.sources)
    return next(of_laboratory, "")


def _result(test) -> str:
    return RESULTS.get(LastResult(test.result), "unclear")
