"""Whoever touched a parcel at risk is free again when their test is negative (快递接触者解除): a chore.

1. who was confirmed and not released, of the open traces                     parcels
2. the newest test known of them, sampled after the confirmation              movement
3. it is noted; a negative ends the evidence as its rulebook says             parcels, movement
4. they are released, what was to be done about their test is done            parcels, tasks
5. codes are computed; gates know them within two seconds                     recolour

A positive one is the laboratory's to act on (positive_result.py); here it is only noted. Couriers in quarantine are
released by whoever runs that: here their test is noted, and no more.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

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
from .parcels_tasks import finish_test_tasks
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
    negative = [(row, test) for row, test in seen if _result(test) == NEGATIVE and not row.is_courier]
    if not fresh and not negative:
        return 0
    with transaction.atomic():
        _note(trace, fresh, by)
        return _release(trace, negative, rulebook, by) if negative else 0


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
