"""Recording and withdrawing evidence and tests. Whoever's code it may change is due from then on."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from uuid import UUID, uuid4

from django.db import connection, transaction

from fangxian.core.policy import evidence as core
from fangxian.core.refusal import Refusal
from fangxian.ops.audit.actions import record
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.wholesale import among

from ..models import Appeal, Evidence, TestKnown
from ..rows import as_id, as_moment, insert, insert_or_update, locking
from ..wire import NewEvidence, NewTest, plain_attributes, reference
from .sampling import WORSE, carry_days_over, keep_days
from .wholesale import write_rows

BATCH = 500
NAMED_AT_MOST = 500  # an audit line about more people than these gives their number only

# Of two tests sampled and resulted alike the worse counts: negative, then unclear, then positive.
_NEWER = (
    f"(excluded.sampled_at, excluded.resulted_at, {WORSE.format('excluded')})"
    f" > (old.sampled_at, old.resulted_at, {WORSE.format('old')})"
)
NEW_EVIDENCE = insert(
    Evidence,
    (
        "id", "person_id", "kind", "disease", "from_at", "until_at", "source", "issuer", "attributes", "presence",
        "ruling_first", "ruling_first_unit", "ruling_second", "ruling_second_unit", "ruling_basis", "about_id",
        "division", "rests_on", "recorded_at", "recorded_by", "withdrawn_by", "withdrawn_why",
    ),
)  # fmt: skip
LOCK_CODES = (
    "SELECT count(*) FROM "
    "(SELECT 1 FROM movement_healthcode WHERE person_id {which} ORDER BY person_id FOR UPDATE) AS locked"
)
MAKE_DUE = (
    "UPDATE movement_healthcode SET due_at = CASE WHEN due_at < %s THEN due_at ELSE %s END, version = version + 1 "
    "WHERE person_id {which}"
)
NEWEST_TEST = insert_or_update(TestKnown, ("person_id", "sampled_at", "resulted_at", "result", "source"), where=_NEWER)


@transaction.atomic
def record_evidence(*, pieces: Sequence[NewEvidence], by: str) -> list[UUID]:
    """Put evidence on record; the ids it got, in order. Whether it counts, the rulebook says when codes are computed.

    Refuses
    -------
    evidence.naive_time, movement.evidence_period, movement.evidence_about
    """
    at, ids = county_now(), [uuid4() for _ in pieces]
    _check(pieces)
    with connection.cursor() as cursor:
        cursor.executemany(NEW_EVIDENCE, _rows(ids, pieces, at, by))
    make_due(persons={piece.person for piece in pieces}, at=at)
    _record("movement.evidence_recorded", by, [piece.person for piece in pieces], Counter(p.kind for p in pieces))
    return ids


def _check(pieces: Sequence[NewEvidence]) -> None:
    for piece in pieces:
        _refuse_naive(piece)
        if piece.until_at is not None and piece.until_at <= piece.from_at:
            raise Refusal(
                "movement.evidence_period",
                zh="证据的截止时间（{until}）不在起始时间（{begins}）之后，没有记录。请改正时间后再提交。",
                en="The evidence ends at {until}, not after it begins ({begins}), so nothing was recorded. Correct the "
                "times and send it again.",
                begins=piece.from_at.isoformat(timespec="minutes"),
                until=piece.until_at.isoformat(timespec="minutes"),
            )
    about = {piece.about: piece.person for piece in pieces if piece.about}
    found = dict(Evidence.objects.filter(pk__in=about).values_list("pk", "person_id"))
    if wrong := [id_ for id_, person in about.items() if found.get(id_) != person]:
        raise Refusal(
            "movement.evidence_about",
            zh="证据 {evidence} 不是这个人的证据，没有记录。解除证据须指明同一个人的那一条；请重新选择。",
            en="Evidence {evidence} is not of this person, so nothing was recorded. A release names a piece of the "
            "same person: choose it again.",
            evidence=reference(wrong[0]),
        )


def _refuse_naive(piece: NewEvidence) -> None:
    if piece.from_at.tzinfo is None or (piece.until_at is not None and piece.until_at.tzinfo is None):
        plain = {
            name: getattr(piece, name) for name in NewEvidence.__slots__ if name not in ("person", "about", "rests_on")
        }
        core.Evidence(id="new", **plain)  # it refuses, and names the field


def _rows(ids: Sequence[UUID], pieces: Sequence[NewEvidence], at: datetime, by: str) -> list[tuple]:
    key, moment = as_id(), as_moment()
    recorded_at = moment(at)
    return [
        (
            key(id_), key(piece.person), piece.kind, piece.disease, moment(piece.from_at), moment(piece.until_at),
            piece.source, piece.issuer, json.dumps(plain_attributes(piece.attributes), ensure_ascii=False),
            None if piece.presence is None else int(piece.presence), *_ruling(piece),
            key(piece.about) if piece.about else None, piece.division, key(piece.rests_on) if piece.rests_on else None,
            recorded_at, by, "", b"",
        )
        for id_, piece in zip(ids, pieces, strict=True)
    ]  # fmt: skip


def _ruling(piece: NewEvidence) -> tuple[str, str, str, str, str]:
    ruling = piece.ruling
    if ruling is None:
        return "", "", "", "", ""
    return ruling.first, ruling.first_unit, ruling.second, ruling.second_unit, ruling.basis


@transaction.atomic
def withdraw_evidence(*, evidence: UUID, why: str, by: str) -> UUID | None:
    """Take back a piece of evidence that was wrong; whose it is. It stays on record.

    Refuses
    -------
    movement.evidence_unknown, movement.no_reason
    """
    _need_reason(why)
    row = Evidence.objects.select_for_update().filter(pk=evidence).first()
    if row is None:
        raise Refusal(
            "movement.evidence_unknown",
            zh="没有这条证据，或已按期清除，没有撤回。请从本人档案里重新打开。",
            en="There is no such evidence, or it was erased at its term; nothing was withdrawn. Open it again from the "
            "person's record.",
        )
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_why = county_now(), by, why
        row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
        make_due(persons={row.person_id}, at=row.withdrawn_at)
        _record("movement.evidence_withdrawn", by, [row.person_id], {row.kind: 1}, why=why)
    return row.person_id


@transaction.atomic
def withdraw_what_rests_on(*, things: Collection[UUID], why: str, by: str, kept: Collection[str] = ()) -> list[UUID]:
    """Take back all evidence that was recorded for these contacts, cases, …; whose it was. It stays on record.

    Parameters
    ----------
    kept : kinds that are left as they are

    Refuses
    -------
    movement.no_reason
    """
    _need_reason(why)
    wanted, at, rows = sorted(set(things)), county_now(), []
    for start in range(0, len(wanted), BATCH):
        resting = Evidence.objects.select_for_update().filter(rests_on__in=wanted[start : start + BATCH])
        resting = resting.filter(withdrawn_at=None).exclude(kind__in=kept).order_by("id")
        rows += resting.values_list("id", "person_id", "kind")
    for start in range(0, len(rows), BATCH):
        some = Evidence.objects.filter(pk__in=[pk for pk, _, _ in rows[start : start + BATCH]])
        some.update(withdrawn_at=at, withdrawn_by=by, withdrawn_why=why)
    persons = list(dict.fromkeys(person for _, person, _ in rows))
    if rows:
        make_due(persons=persons, at=at)
        _record("movement.evidence_withdrawn", by, persons, Counter(kind for _, _, kind in rows), why=why)
    return persons


def _need_reason(why: str) -> None:
    if not why.strip():
        raise Refusal(
            "movement.no_reason",
            zh="没有写明理由，没有撤回。撤回证据须写明错在哪里，本人会看到；请补上理由。",
            en="No reason is given, so nothing was withdrawn. Withdrawing evidence says what was wrong with it, and "
            "the person reads it: add the reason.",
        )


@transaction.atomic
def record_tests(*, tests: Sequence[NewTest], by: str, are_computed: bool = False) -> None:
    """Put resulted tests on record, in whatever order and however often they come. Of each person the newest is kept,
    and of every day on which one was sampled that it was, and how it came out at worst.

    Parameters
    ----------
    are_computed : whether the caller sees to it that their codes are computed (`leaving`); else they are due at once

    Refuses
    -------
    movement.test_times
    """
    for test in tests:
        if test.resulted_at < test.sampled_at:
            raise Refusal(
                "movement.test_times",
                zh="检测结果时间（{resulted}）早于采样时间（{sampled}），没有记录。请核对两个时间后再提交。",
                en="A test is said to have its result ({resulted}) before it was sampled ({sampled}); nothing was "
                "recorded. Check the two times and send it again.",
                sampled=test.sampled_at.isoformat(timespec="minutes"),
                resulted=test.resulted_at.isoformat(timespec="minutes"),
            )
    keep_newest(tests)
    keep_days(tests)
    if not are_computed:
        make_due(persons={test.person for test in tests}, at=county_now())
    _record("movement.tests_recorded", by, [test.person for test in tests], {"tests": len(tests)})


def keep_newest(tests: Iterable[NewTest]) -> None:
    key, moment = as_id(), as_moment()
    rows = [
        (key(test.person), moment(test.sampled_at), moment(test.resulted_at), int(test.result), test.source)
        for test in tests
    ]
    write_rows(statement=NEWEST_TEST, rows=rows)


def make_due(*, persons: Collection[UUID], at: datetime) -> None:
    """Their codes are due at `at` at the latest, and whatever is being computed from what was known before is not
    written any more.
    """
    due_at, wanted = as_moment()(at), sorted(persons, key=attrgetter("int"))
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), BATCH):
            which, values = among(wanted[start : start + BATCH])
            if locking():  # in one order, so that two who do this never wait for one another
                cursor.execute(LOCK_CODES.format(which=which), values)
            cursor.execute(MAKE_DUE.format(which=which), [due_at, due_at, *values])


def _record(action: str, by: str, persons: Sequence[UUID], counts: dict, **details: str) -> None:
    distinct = dict.fromkeys(persons)
    about = [f"person:{person}" for person in distinct] if len(distinct) <= NAMED_AT_MOST else []
    record(action, by=by, about=about, details={"n_persons": len(distinct), "counts": dict(counts)} | details)


@transaction.atomic
def rest_on_others(*, things: Mapping[UUID, UUID], by: str) -> int:
    """What rested on these contacts, cases, … rests on others from now on, withdrawn or not; how many pieces.

    Codes do not change by it: it says only with what a piece falls.
    """
    wanted, n = sorted(things), 0
    for start in range(0, len(wanted), BATCH):
        resting = Evidence.objects.select_for_update().filter(rests_on__in=wanted[start : start + BATCH])
        rows = list(resting.order_by("id"))
        for row in rows:
            row.rests_on = things[row.rests_on]
        Evidence.objects.bulk_update(rows, ["rests_on"], batch_size=BATCH)
        if rows:
            _record("movement.evidence_rests_on_others", by, [row.person_id for row in rows], {"pieces": len(rows)})
        n += len(rows)
    return n


@transaction.atomic
def carry_over(*, kept: UUID, merged: UUID, by: str) -> None:
    """What is known of a merged record is known of the one that goes on."""
    at = county_now()
    Evidence.objects.filter(person_id=merged).update(person_id=kept)
    if test := TestKnown.objects.filter(pk=merged).values("sampled_at", "resulted_at", "result", "source").first():
        keep_newest([NewTest(person=kept, **test)])
        TestKnown.objects.filter(pk=merged).delete()
    carry_days_over(kept=kept, merged=merged)
    theirs = Appeal.objects.filter(person_id=merged)
    if Appeal.objects.filter(person_id=kept, state=Appeal.State.WAITING).exists():
        theirs = theirs.exclude(state=Appeal.State.WAITING)  # somebody has one at a time; it is answered where it is
    theirs.update(person_id=kept)
    make_due(persons={kept}, at=at)
    record("movement.carried_over", by=by, about=[f"person:{kept}", f"person:{merged}"])
