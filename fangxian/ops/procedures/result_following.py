"""What follows from tubes' results for everybody in them (结果告知). Part of release_results.

Nothing here is a step that must come after another: what everybody should have been told follows from the result that
counts and from whose swabs are in the tube, what they were told is on record, and the difference is made good.

1. who is in the tubes, and what they were told                            lab, results
2. what was told and is so no more is taken back: evidence, test, case     movement, settle_case
3. what is new is told: a test, a call-back, a hold                        movement, call_backs, positive_result
4. whose result is known stands so on the roster                           lab
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from fangxian.core.laboratory.following import Next, next_of_members
from fangxian.core.laboratory.judging import Outcome, Standing
from fangxian.ops.lab.actions.resulting import note_resulted, take_results_back
from fangxian.ops.lab.members import Member, members_of, persons_at, tubes_put_right, void_tubes
from fangxian.ops.realm.current import county_now
from fangxian.ops.results import actions as results_room
from fangxian.ops.results.queries import ToldRow, TubeResult, counting, holding_of, told_of
from fangxian.ops.results.wire import NewCallBack, NewTold

from .call_back_tasks import due_for
from .call_backs import settle_touched
from .print_result import withdraw_slips
from .result_tests import put_tests, take_tests_back
from .result_undoing import drop_call_backs, undo_evidence, undo_own
from .single_results import enter_singles

CALLED = (Next.HOLD_AND_CALL_BACK, Next.CALL_BACK)


@dataclass(slots=True)
class Followed:
    """What came of it: how many people were told, of how many it was taken back; whose codes are to be computed."""

    n_told: int = 0
    n_taken_back: int = 0
    n_called_back: int = 0
    n_second: int = 0  # whose own sample goes to a second laboratory
    held: set[UUID] = field(default_factory=set)
    others: set[UUID] = field(default_factory=set)
    left: list[int] = field(default_factory=list)  # to whoever computes them: `movement.actions.leaving`


def follow(tubes: Sequence[UUID], *, by: str, replaced: Collection[UUID] = (), why: str = "") -> Followed:
    """Tell everybody in these tubes what is to be told and was not, and take back what is so no more.

    Call it in a transaction; the codes of whoever it names are to be computed afterwards.

    Parameters
    ----------
    replaced : tubes of which another result counted before
    why : of a result that was withdrawn, as those who were told are told
    """
    results, members = counting(tubes, locked=True), members_of(tubes)
    wanted = _wanted(results, members)
    known = {(row.result, row.place): row for row in told_of(tubes)}
    over = [row for key, row in known.items() if not _still_holds(row, wanted.get(key))]
    over = _as_they_are_now(over)
    gone = {row.id for row in over}
    fresh = [new for key, new in wanted.items() if key not in known or known[key].id in gone]
    told = Followed(n_told=len(fresh), n_taken_back=len(over))
    if over:
        _take_back(over, told, by=by, why=why or _why(replaced))
    n_members = _sizes(results, members)
    results_room.note_told(over=gone, fresh=fresh, n_members=n_members, by=by)
    if over:
        take_tests_back(over, by=by)
    _tell(fresh, results, members, told, by)
    touched = settle_touched(tubes=tubes, members=members, results=results, by=by)
    told.held |= touched
    told.others |= {it.person for it in fresh if it.person} | told.held
    _put_on_roster(over, fresh, by)
    return told


def _wanted(results: Mapping[UUID, TubeResult], members: Iterable[Member]) -> dict[tuple[UUID, UUID], NewTold]:
    """What everybody in the tubes should have been told, by result and place.

    Of a tube that is void a negative is nobody's; what is found in one holds, until an own tube says otherwise.
    """
    inside: dict[UUID, list[Member]] = {}
    void = void_tubes()
    for it in members:
        inside.setdefault(it.tube, []).append(it)
    found = {}
    for tube, result in results.items():
        some = inside.get(tube, [])
        now = Standing(Outcome(result.outcome), result.is_disputed)
        then = next_of_members(now, n_members=len(some), n_runs=result.n_runs)
        if then is not Next.RUN_AGAIN and not (then is Next.RELEASE and tube in void):
            for it in some:
                new = NewTold(result.pk, tube, it.place, it.person, it.taken_at, then)
                found[result.pk, it.place] = new
    return found


def _still_holds(row: ToldRow, new: NewTold | None) -> bool:
    """Whoever the register knows by now, and did not, is told anew; of two records that became one nobody is."""
    if new is None or new.next != row.next or new.sampled_at != row.sampled_at:
        return False
    return row.person is not None or new.person is None


def _as_they_are_now(over: Sequence[ToldRow]) -> list[ToldRow]:
    """What was told of a record that was merged since is undone of the one that goes on."""
    persons = persons_at({row.place for row in over}) if over else {}
    return [row._replace(person=persons.get(row.place) or row.person) for row in over]


def _sizes(results: Mapping[UUID, TubeResult], members: Iterable[Member]) -> dict[UUID, int]:
    n: dict[UUID, int] = dict.fromkeys(results, 0)
    for it in members:
        if it.tube in n:
            n[it.tube] += 1
    return {result.pk: n[tube] for tube, result in results.items() if n[tube] != result.n_members}


def _why(replaced: Collection[UUID]) -> str:
    if replaced:
        return "实验室有了新的结果 · another run of the laboratory came"
    return "管里的人更正了 · who is in the tube was put right"


def _take_back(over: Sequence[ToldRow], told: Followed, *, by: str, why: str) -> None:
    told.others |= undo_evidence(over, why=why, by=by)
    told.others |= {row.person for row in over if row.person}
    drop_call_backs(over, by=by)
    withdraw_slips([row.id for row in over], by=by)
    undo_own([row for row in over if row.next == Next.HOLD_AND_SECOND_LABORATORY], why=why, by=by)


def _tell(
    fresh: Sequence[NewTold], results: Mapping[UUID, TubeResult], members: Sequence[Member], told: Followed, by: str
) -> None:
    of_result = {result.pk: result for result in results.values()}
    areas = {(it.tube, it.place): it.area_path for it in members}
    inside = Counter(it.tube for it in members)
    told.left += put_tests(fresh, of_result, by=by)
    due_at = due_for(county_now())
    called = [
        NewCallBack(
            it.result, it.tube, of_result[it.result].round, it.place, it.person, areas[it.tube, it.place],
            it.sampled_at, it.next.holds, due_at,
        )
        for it in fresh
        if it.next in CALLED
    ]  # fmt: skip
    results_room.open_call_backs(rows=called, by=by)
    told.n_called_back = len(called)
    singles = enter_singles([it for it in fresh if inside[it.tube] == 1], of_result, by=by)
    told.n_second = singles.n_second
    told.held |= singles.persons


def _put_on_roster(over: Sequence[ToldRow], fresh: Sequence[NewTold], by: str) -> None:
    """A tube that said nothing is no result: whoever is in it is as far as their tube."""
    known = {it.place for it in fresh if it.next is not Next.CALL_BACK}
    note_resulted(places=known, by=by)
    left = {row.place for row in over} - known
    if left:
        still = {row.place for row in holding_of(left) if row.next != Next.CALL_BACK}
        take_results_back(places=left - still, by=by)


def told_otherwise(tubes: Collection[UUID]) -> set[UUID]:
    """Of these tubes those of which others were told than are in them, or a negative though they are void by now."""
    void = void_tubes().intersection(tubes)
    some = void | set(tubes_put_right()).intersection(tubes)
    told = told_of(some)
    found = {row.tube for row in told if row.tube in void and row.next == Next.RELEASE}
    asked = {row.tube for row in told}
    inside = {(it.tube, it.place) for it in members_of(asked)}
    differ = inside.symmetric_difference((row.tube, row.place) for row in told)
    return found | {tube for tube, _ in differ}


def newly_registered(told: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
    """Of these (tube, place) the tubes of those whom the register knows by now."""
    persons = persons_at([place for _, place in told])
    return {tube for tube, place in told if persons.get(place)}
