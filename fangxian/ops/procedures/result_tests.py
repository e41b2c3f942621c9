"""The test that a tube's result is for each person in it. Part of release_results.

A pool that was not negative is an unclear test of each: until their own says otherwise nobody takes an older negative
for the newest. Once they are free by their own it counts no more, nor does its day.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from fangxian.core.laboratory.following import Next
from fangxian.core.laboratory.judging import Outcome
from fangxian.core.policy.words import LastResult
from fangxian.ops.lab.members import places_of_persons
from fangxian.ops.lab.queries import rounds
from fangxian.ops.movement.actions.evidence import record_tests
from fangxian.ops.movement.actions.leaving import leave
from fangxian.ops.movement.actions.withdrawing import withdraw_tests
from fangxian.ops.movement.wire import NewTest
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.results.actions import note_whose
from fangxian.ops.results.queries import ToldRow, TubeResult, freed_from, holding_of, results_with
from fangxian.ops.results.wire import NewTold

from .recolour import rules_of_codes

# Whoever lets thousands out computes their codes at once. Were they due at once, the worker would compute them too, of
# very many even the whole county's. If the one who let them out was killed, the worker's turn comes. Holds are due now.
OWN_TURN = timedelta(seconds=15)  # of wall time: a machine takes it, however fast the county's clock runs
TESTS = frozenset({Next.RELEASE, Next.HOLD_AND_CALL_BACK, Next.HOLD_AND_SECOND_LABORATORY})


class OneTold(Protocol):
    """What somebody was told of a tube."""

    person: UUID | None
    sampled_at: datetime
    next: str


def put_tests(fresh: Sequence[NewTold], results: Mapping[UUID, TubeResult], *, by: str) -> list[int]:
    """A test on record for everybody the register knows. Whoever calls computes their codes after the transaction, and
    says so by what is given back (`leaving.computed`).
    """
    of_codes = _of_codes({result.round for result in results.values()})
    tests = list(_tests(((it, results[it.result]) for it in fresh), of_codes))
    if not tests:
        return []
    record_tests(tests=tests, by=by, are_computed=True)
    return [leave(persons={it.person for it in tests}, until=county_now() + OWN_TURN * the_realm().clock.rate)]


def take_tests_back(over: Sequence[ToldRow], *, by: str) -> None:
    """What is told no more is no test either; what else was told the same people is."""
    results = results_with({row.result for row in over})
    amend_tests([(row, results[row.result]) for row in over], by=by)


def amend_tests(gone: Sequence[tuple[OneTold, TubeResult]], *, by: str, persons: Collection[UUID] = ()) -> None:
    """Of whoever was told what is gone, and of `persons`, the tests on record are those that hold by now."""
    everybody = {it.person for it, _ in gone if it.person} | {*persons}
    if not everybody:
        return
    whose = places_of_persons(everybody)
    holding, freed = holding_of(whose), freed_from(whose)
    standing = [(row, row.result) for row in holding if (row.result_id, row.place) not in freed]
    for row, _ in standing:
        row.person = whose[row.place]
    of_codes = _of_codes({result.round for _, result in (*gone, *standing)})
    withdraw_tests(tests=list(_tests(gone, of_codes)), known=list(_tests(standing, of_codes)), by=by)


def part_tests(*, persons: Collection[UUID], by: str) -> None:
    """These were one and are two again: what the one was told of the other's swab, and the test that it is, is the
    other's.
    """
    whose = places_of_persons(persons)
    wrong = [row for row in holding_of(whose) if row.person and row.person != whose[row.place]]
    amend_tests([(row, row.result) for row in wrong], by=by, persons={whose[row.place] for row in wrong})
    note_whose(persons={row.pk: whose[row.place] for row in wrong}, by=by)


def _of_codes(wanted: Collection[UUID]) -> set[UUID]:
    """Those rounds that test for the disease that codes are about: doors ask for no other test."""
    rules = rules_of_codes(county_now())
    if rules is None:
        return set()
    rows = rounds().filter(pk__in=wanted, disease=rules.rulebook.disease.key)
    return set(rows.values_list("pk", flat=True))


def _tests(told: Iterable[tuple[OneTold, TubeResult]], of_codes: Collection[UUID]) -> Iterable[NewTest]:
    """Each is resulted when it was released: until then nobody had been told."""
    for it, result in told:
        if it.person and it.next in TESTS and result.round in of_codes:
            found = _found(result.outcome, is_own=it.next == Next.HOLD_AND_SECOND_LABORATORY)
            yield NewTest(
                person=it.person,
                sampled_at=it.sampled_at,
                resulted_at=max(it.sampled_at, result.released_at),
                result=found,
                source=result.laboratory,
            )


def _found(outcome: str, *, is_own: bool) -> LastResult:
    if outcome == Outcome.NEGATIVE:
        return LastResult.NEGATIVE
    return LastResult.POSITIVE if is_own and outcome == Outcome.POSITIVE else LastResult.UNCLEAR
