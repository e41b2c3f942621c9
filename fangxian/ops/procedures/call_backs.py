"""Who is called back for a tube of their own, until it says something (召回单管复采). Part of release_results.

How far each is follows from what tables recorded and laboratories let out, in whatever order it came:

1. a tube of their own: their swab alone in it, of any round of the disease,
   taken no earlier than the one in the pool                                                lab
2. negative: free by evidence, without anybody's pen                                        results, movement
3. not negative: held as a single sample is, until another laboratory says otherwise        (positive_result.py)
4. of a pool of which everybody is free the laboratory is told                              call_back_tasks
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from fangxian.core.laboratory.following import Next, resolved
from fangxian.core.laboratory.judging import SAYS_NOTHING, SUSPECT, Outcome
from fangxian.core.laboratory.naming import are_two
from fangxian.ops.lab.actions.resulting import note_sampled_again
from fangxian.ops.lab.members import Member, OwnSwab, members_of, persons_at, same_people, swabs_of_people
from fangxian.ops.movement.actions.evidence import record_evidence, withdraw_evidence
from fangxian.ops.movement.queries import persons_of
from fangxian.ops.movement.wire import NewEvidence
from fangxian.ops.realm.current import county_now
from fangxian.ops.results import actions as results_room
from fangxian.ops.results.queries import (
    LIVE,
    STATES,
    CallBack,
    TubeResult,
    call_backs_of,
    call_backs_of_tubes,
    counting,
    open_call_backs_of_person,
    waiting_or_held,
)

from .call_back_tasks import follow_tasks, tell_of_unexplained
from .pool_evidence import hold_piece, kinds_of, release_piece
from .recolour import recolour
from .result_tests import amend_tests

FIELDS = ("state", "own_tube", "own_sampled_at", "hold", "person", "n_silent", "dropped_by")
PARTED = "合并已撤销，这一管不是本人的 · the merge was undone, and the tube is not theirs"


def settle_touched(
    *,
    tubes: Collection[UUID],
    by: str,
    members: Sequence[Member] | None = None,
    results: Mapping[UUID, TubeResult] | None = None,
) -> set[UUID]:
    """Bring everybody up to date whose call-back these tubes may speak of; the persons whose evidence changed.

    `members`, `results`: whose swabs are in the tubes and which results count, where the caller knows.
    """
    rows = {row.pk: row for row in call_backs_of_tubes(tubes) if row.state in LIVE}
    others = [row for row in waiting_or_held() if row.pk not in rows]
    if others:
        touched = {it.place for it in (members_of(tubes) if members is None else members)}
        same = same_people({row.place for row in others})
        rows |= {row.pk: row for row in others if not touched.isdisjoint(same.get(row.place, ()))}
    results = counting(tubes) if results is None else results
    bad = [tube for tube, result in results.items() if result.outcome in SUSPECT]
    if bad:  # whoever was free already may be so no more
        same = same_people({it.place for it in members_of(bad)})
        rows |= {row.pk: row for row in call_backs_of({it for some in same.values() for it in some})}
    return settle(list(rows.values()), by=by)


@transaction.atomic
def settle(rows: Sequence[CallBack], *, by: str) -> set[UUID]:
    """Bring these call-backs up to date; the persons whose evidence changed."""
    if not rows:
        return set()
    places = {row.place for row in rows}
    swabs, persons = swabs_of_people(places), persons_at(places)
    results = counting({swab.tube for some in swabs.values() for swab in some} | {row.tube for row in rows})
    before = {row.pk: tuple(getattr(row, name) for name in FIELDS) for row in rows}
    parted = _let_others_go(rows, persons, by)
    for row in rows:
        row.person = persons.get(row.place)
        _look(row, swabs.get(row.place, ()), results)
    changed = parted | _record(rows, {pk: it[0] for pk, it in before.items()}, results, by)
    moved = [row for row in rows if before[row.pk] != tuple(getattr(row, name) for name in FIELDS)]
    results_room.put_call_backs(rows=moved, by=by)
    _amend_tests(moved, {pk: it[0] for pk, it in before.items()}, results, by)
    note_sampled_again(places={row.place for row in rows if row.own_tube} | _sampled_in_others(rows), by=by)
    follow_tasks(rows, by=by)
    _tell_of_unexplained({row.tube for row in moved if row.state == STATES.FREE}, results, by)
    return changed


def _sampled_in_others(rows: Sequence[CallBack]) -> set[UUID]:
    """The places in other rounds at which they gave the tube of their own that they had been called back for. Whoever
    was sampled there before is asked about all the same: somebody else's swab may be in that tube.
    """
    came = [row for row in rows if row.own_tube and row.own_sampled_at and row.own_sampled_at >= row.opened_at]
    if not came:
        return set()
    theirs = set[UUID]().union(*same_people({row.place for row in came}).values())
    return theirs.intersection(it.place for it in members_of({row.own_tube for row in came if row.own_tube}))


def _let_others_go(rows: Sequence[CallBack], persons: Mapping[UUID, UUID | None], by: str) -> set[UUID]:
    """Whoever was held for a swab while two records were one, and is not who gave it, is held by it no more."""
    changed = [row for row in rows if row.hold and row.person != persons.get(row.place)]
    holders = persons_of([row.hold for row in changed]) if changed else {}
    gone = set()
    for row in changed:
        holder, now = holders.get(row.hold), persons.get(row.place)
        if holder and now and holder != now:
            withdraw_evidence(evidence=row.hold, why=PARTED, by=by)
            row.hold = None
            gone.add(holder)
    return gone


def _look(row: CallBack, swabs: Collection[OwnSwab], results: Mapping[UUID, TubeResult]) -> None:
    """How far somebody is, from their own tubes."""
    of_pool = {it.of for it in swabs if it.tube == row.tube}  # the same tube by another label is no tube of their own
    own = [it for it in _of_each_tube(swabs, results) if it.of not in of_pool and is_own_of(row, it)]
    row.state, found = standing_of(row, own, results)
    if row.dropped_by and row.state == STATES.AWAITED:
        row.state = STATES.DROPPED  # nobody fetches them; whoever comes all the same is as any other
    elif row.dropped_by:
        row.dropped_by = ""
    if row.state in (STATES.FREE, STATES.HELD, STATES.DROPPED):
        row.decided_at = row.decided_at or county_now()
    else:
        row.decided_at = None
    row.own_tube = found.tube if found else None
    row.n_silent = sum(it.tube in results and _said_nothing(results[it.tube]) for it in own)
    row.own_sampled_at = found.taken_at if found else row.elsewhere_at if row.state == STATES.FREE else None


def _of_each_tube(swabs: Collection[OwnSwab], results: Mapping[UUID, TubeResult]) -> list[OwnSwab]:
    """Of a tube of several labels those for which a result came; itself where none did."""
    told = {it.of for it in swabs if it.tube in results}
    return [it for it in swabs if it.tube in results or (it.tube == it.of and it.of not in told)]


def is_own_of(row: CallBack, swab: OwnSwab) -> bool:
    """Whether a swab may speak about what somebody is called back for; of what held nobody another pool may."""
    return swab.tube != row.tube and swab.taken_at >= row.sampled_at and (swab.n_people == 1 or not row.is_held)


def standing_of(
    row: CallBack, own: Sequence[OwnSwab], results: Mapping[UUID, TubeResult]
) -> tuple[str, OwnSwab | None]:
    """What their own tubes say, and by which of them.

    One that is not negative holds them, until a sample no older was negative at another laboratory.
    """
    told = [(it, results[it.tube]) for it in own if it.tube in results]
    bad = [(it, result) for it, result in told if result.outcome in SUSPECT and it.n_people == 1]
    good = [(it, result) for it, result in told if result.outcome == Outcome.NEGATIVE]
    if bad:
        last, result = bad[-1]
        later = [(it, other.laboratory) for it, other in good if it.taken_at >= last.taken_at]
        others = [it for it, other in later if are_two(other, result.laboratory)]
        if others:
            return STATES.FREE, others[-1]
        if row.elsewhere_at and row.elsewhere_at >= last.taken_at:
            return STATES.FREE, None
        return STATES.HELD, last
    if good:
        return STATES.FREE, good[0][0]
    if row.elsewhere_at and row.elsewhere_at >= row.sampled_at:
        return STATES.FREE, None
    waiting = [it for it in own if it.tube not in results or _is_run_again(results[it.tube])]
    return (STATES.SAMPLED, waiting[-1]) if waiting else (STATES.AWAITED, None)


def _said_nothing(result: TubeResult) -> bool:
    return result.outcome in SAYS_NOTHING and result.n_runs >= 2


def _is_run_again(result: TubeResult) -> bool:
    return result.outcome in SAYS_NOTHING and result.n_runs < 2


def _record(
    rows: Sequence[CallBack], states: Mapping[UUID, str], results: Mapping[UUID, TubeResult], by: str
) -> set[UUID]:
    """Holds of those who are not decided, and ends of the holds of those who are free by now."""
    holds, ends = [], []
    kinds = kinds_of({row.round for row in rows})
    for row in rows:
        pool = results.get(row.tube)
        if not row.is_held or row.person is None or pool is None:
            continue
        if row.state == STATES.FREE:
            if row.hold is not None and states[row.pk] != STATES.FREE:
                issuer = results[row.own_tube].laboratory if row.own_tube else pool.laboratory
                ends.append(release_piece(row, issuer, kinds[row.round]))
        elif row.hold is None and (piece := hold_piece(row, pool, kinds[row.round])):
            holds.append((row, piece))
    if holds:
        ids = record_evidence(pieces=[piece for _, piece in holds], by=by)
        for (row, _), pk in zip(holds, ids, strict=True):
            row.hold = pk
    pieces: list[NewEvidence] = [it for it in ends if it is not None]
    if pieces:
        record_evidence(pieces=pieces, by=by)
    return {piece.person for _, piece in holds} | {piece.person for piece in pieces}


def _amend_tests(
    moved: Sequence[CallBack], states: Mapping[UUID, str], results: Mapping[UUID, TubeResult], by: str
) -> None:
    """A pool counts as no test of whoever is free of it, and as one again if they are not."""
    turned = [row for row in moved if row.is_held and row.person and (STATES.FREE in (row.state, states[row.pk]))]
    free = [(_Told(row.person, row.sampled_at), results[row.tube]) for row in turned if row.state == STATES.FREE]
    amend_tests(free, by=by, persons={row.person for row in turned if row.person})


class _Told(NamedTuple):
    person: UUID | None
    sampled_at: datetime
    next: str = Next.HOLD_AND_CALL_BACK


def _tell_of_unexplained(tubes: Collection[UUID], results: Mapping[UUID, TubeResult], by: str) -> None:
    """A pool that was not negative though everybody in it is: the laboratory looks into it."""
    of_tube: dict[UUID, list[CallBack]] = {}
    for row in call_backs_of_tubes(tubes):
        if row.tube in tubes and (row.state in LIVE or row.dropped_by):  # of whom nobody knows: nothing is explained
            of_tube.setdefault(row.tube, []).append(row)
    said = {STATES.FREE: Outcome.NEGATIVE, STATES.HELD: Outcome.POSITIVE}
    for tube, rows in of_tube.items():
        result = results.get(tube)
        if result is None or result.outcome not in SUSPECT:
            continue
        if resolved({str(row.pk): said.get(row.state) for row in rows}).is_unexplained:
            tell_of_unexplained(result, n_members=len(rows), by=by)


@transaction.atomic
def free_by_own_negative(*, person: UUID, sampled_at: datetime, laboratory: str, is_second: bool, by: str) -> None:
    """A negative sample of somebody's own that was reported outside of any round frees them from a pool's hold.

    Parameters
    ----------
    is_second : whether it was another laboratory's than the one that found their own not negative
    """
    rows = [
        row
        for row in open_call_backs_of_person(person)
        if sampled_at >= row.sampled_at and (is_second or row.state != STATES.HELD)
    ]
    for row in rows:
        row.elsewhere_at = max(sampled_at, row.elsewhere_at or sampled_at)
    results_room.put_call_backs(rows=rows, by=by)
    if changed := settle(rows, by=by):
        recolour(sorted(changed), county_now(), by=by)
