"""Results of tubes go out (结果发布), and are taken back (撤回), and everybody in the tubes is told.

Released (`release_results`), in one transaction:

1. whoever may release, another person than entered and checked it                 laboratory
2. the result that counts of each tube                                              results
3. whoever is in it is told what follows                                            result_following

then, in short ones of their own, so that nobody waits for a county:

4. codes are computed, of those held first; gates know within two seconds           recolour

Cut short after 3, what is left is due, and the worker goes on. The same again changes nothing. Who is in a tube may
turn out otherwise later, when a phone that was offline comes back: they are told then (`follow_members`).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from django.db import transaction

from fangxian.core.laboratory.judging import SUSPECT
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.lab.actions.knowing import know_registered
from fangxian.ops.lab.members import members_of, sizes_of, tubes_labelled
from fangxian.ops.laboratory.actions.review import release, withdraw
from fangxian.ops.movement.actions.leaving import computed
from fangxian.ops.movement.queries import persons_with
from fangxian.ops.realm.bulk import cycles_sought_between
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.results import actions as results_room
from fangxian.ops.results.queries import counting, sizes_told, told_without_person, waiting_or_held
from fangxian.ops.results.wire import Out

from .call_back_tasks import call_again, told_by_hand
from .call_backs import settle, settle_touched
from .pool_evidence import lapses_of
from .positive_result import HOLD, MAY
from .recolour import recolour
from .result_following import Followed, follow, newly_registered, told_otherwise
from .result_undoing import ask_of_case
from .single_results import enter_seconded

WITHDRAW = "lab.withdraw"  # of the CDC, so that a small laboratory is not stuck with what all of it had a hand in


def require_withdrawing(account: Account) -> None:
    """A laboratory, or the CDC's.

    Refuses
    -------
    accounts.not_yours
    """
    if not may(account, WITHDRAW, the_realm().division_code):
        require(account, MAY, the_realm().division_code)


def release_results(*, results: Sequence[UUID], account: Account) -> Followed:
    """A laboratory lets these results out, all or none, and everybody in their tubes is told. Released already, or by
    the same hand: refused, and nothing is told twice.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, and what `laboratory.actions.review.release` refuses
    """
    require(account, MAY, the_realm().division_code)
    actor = f"account:{account.pk}"
    with cycles_sought_between():
        with transaction.atomic():
            outs = release(results=results, by=actor)
            _refuse_own_sample(outs, account)
            told = _follow_outs(outs, actor)
        _tell_gates(told, actor)
    return told


def withdraw_result(*, result: UUID, reason: str, account: Account) -> Followed:
    """A laboratory, or the CDC, takes back a result that is out: whoever was told is told, what followed is undone.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, and what `laboratory.actions.review.withdraw` refuses
    """
    require_withdrawing(account)
    actor = f"account:{account.pk}"
    with transaction.atomic():
        out = withdraw(result=result, reason=reason, by=actor)
        refuse_own_tubes(account, [out.tube_id])
        if out.n_runs:
            told = _follow_outs([out], actor, why=reason)
            ask_of_case(out.tube_id, by=actor)
        else:
            results_room.end_result(tube=out.tube_id, why=reason, by=actor)
            told = follow([out.tube_id], by=actor, why=reason)
    _tell_gates(told, actor)
    return told


def _refuse_own_sample(outs: Sequence[Out], account: Account) -> None:
    """Nobody decides about a sample of their own, or of whom they live with, that holds or frees them."""
    sizes = dict(sizes_of(it.tube_id for it in outs))
    alone = [it for it in outs if sizes.get(it.tube_id) == 1]
    refuse_own_tubes(account, [it.tube_id for it in alone if it.standing.outcome in SUSPECT])
    negative = {it.person for it in members_of(it.tube_id for it in alone) if it.person}
    if negative:
        called = {row.person for row in waiting_or_held()}
        held = set(persons_with(HOLD, persons=negative))
        refuse_own_matters(account, sorted(negative & (called | held)))


def refuse_own_tubes(account: Account, tubes: Collection[UUID]) -> None:
    """Refuse whoever is in one of these tubes, or lives with somebody who is.

    Refuses
    -------
    approvals.own_matter
    """
    if persons := sorted({it.person for it in members_of(tubes) if it.person}):
        refuse_own_matters(account, persons)


def follow_outs(*, outs: Sequence[Out], by: str) -> Followed:
    """What a laboratory let out of these tubes goes on record, and everybody in them is told: for other procedures.

    `by` is the pseudonym of whoever let it out. Call it where nothing else is being written: it commits.
    """
    with cycles_sought_between():
        with transaction.atomic():
            told = _follow_outs(outs, by)
        _tell_gates(told, by)
    return told


def _follow_outs(outs: Sequence[Out], by: str, why: str = "") -> Followed:
    put = results_room.put_results(outs=outs, n_members=dict(sizes_of(it.tube_id for it in outs)), by=by)
    told = follow([it.tube_id for it in outs], by=by, replaced=put.replaced, why=why)
    told.held |= enter_seconded(put.seconded, by=by)
    return told


def take_back(*, tube: UUID, why: str, by: str) -> Followed:
    """A tube's result is none any more: whoever was told is told so, and what followed is undone."""
    with transaction.atomic():
        results_room.end_result(tube=tube, why=why, by=by)
        told = follow([tube], by=by, why=why)
    _tell_gates(told, by)
    return told


def follow_members(*, at: datetime, by: str) -> int:
    """A chore: tubes with a result in which there are others than were told, or some whom the register knows by now,
    or that are void by now; and whoever was called back and sampled since; how many people were told.
    """
    know_registered(by=by)
    told = dict(sizes_told())
    tubes = {tube for tube, n in sizes_of(told) if n != told[tube]}
    tubes |= told_otherwise(told) | newly_registered(told_without_person())
    n_told = _again(tubes, by)
    rows = waiting_or_held()
    results_room.note_called(call_backs=[row.pk for row in told_by_hand(rows)], by=by)
    recolour(sorted(settle(rows, by=by)), county_now(), by=by)
    call_again(rows, lapses_of(rows), by=by)
    return n_told


def follow_labels(*, labels: Iterable[str], by: str) -> int:
    """The same at once, of tubes that a table told of, by what they bear; how many people were told."""
    tubes = tubes_labelled(labels)
    n_told = _again(counting(tubes), by)
    if changed := settle_touched(tubes=tubes, by=by):
        recolour(sorted(changed), county_now(), by=by)
    return n_told


def _again(tubes: Collection[UUID], by: str) -> int:
    if not tubes:
        return 0
    with transaction.atomic():
        told = follow(sorted(tubes), by=by)
    _tell_gates(told, by)
    return told.n_told


def _tell_gates(told: Followed, by: str) -> None:
    """Whoever is held first: thousands of negatives come behind ten of whom a door must know."""
    for persons in (told.held, told.others - told.held):
        recolour(sorted(persons, key=attrgetter("int")), county_now(), by=by)
    computed(left=told.left)
