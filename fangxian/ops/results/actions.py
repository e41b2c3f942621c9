"""The only writers of the results room. Each takes a set, is one transaction and leaves one audit line."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import insert_rows, update_rows
from fangxian.ops.realm.current import county_now
from fangxian.ops.realm.ids import new_ids

from .models import CallBack, Told, TubeResult
from .queries import chunks, counting
from .refusals import ended_without_words
from .wire import NewCallBack, NewTold, Out

State = CallBack.State
OF_CALL_BACK = ("state", "own_tube", "own_sampled_at", "decided_at", "hold", "person", "n_silent", "elsewhere_at")
OF_CALL_BACK += ("dropped_by",)


@dataclass(frozen=True, slots=True)
class Put:
    """The tubes whose result is new, those of which another counted before, and those of which another laboratory says
    the same, with its name.
    """

    fresh: list[UUID] = field(default_factory=list)
    replaced: list[UUID] = field(default_factory=list)
    seconded: dict[UUID, str] = field(default_factory=dict)


@transaction.atomic
def put_results(*, outs: Sequence[Out], n_members: Mapping[UUID, int], by: str) -> Put:
    """Put released results of tubes on record; what was on record of a tube otherwise counts no more.

    The same again changes nothing; another run that says the same is noted on the row there is.
    """
    at, told = county_now(), Put()
    # Two who put results of the same tubes at once do so in one order, or each would wait for the other.
    of_tube = {out.tube_id: out for out in sorted(outs, key=lambda it: it.tube_id.int)}
    known = counting(of_tube, locked=True)
    over, noted, rows = [], [], []
    for tube, out in of_tube.items():
        row, now = known.get(tube), out.standing
        if row is not None and row.outcome == now.outcome:
            if out.laboratory != row.laboratory and out.n_runs > row.n_runs and not now.is_disputed:
                told.seconded[tube] = out.laboratory
            if (row.n_runs, row.is_disputed, row.measured_at) != (out.n_runs, now.is_disputed, out.measured_at):
                noted.append({"id": row.pk, "n_runs": out.n_runs, "is_disputed": now.is_disputed,
                              "measured_at": out.measured_at})  # fmt: skip
            continue
        if row is not None:
            over.append({"id": row.pk, "ended_at": at, "ended_by": by})
            told.replaced.append(tube)
        told.fresh.append(tube)
        rows.append({
            "tube": tube, "round": out.round_id, "outcome": str(now.outcome), "is_disputed": now.is_disputed,
            "n_runs": out.n_runs, "n_members": n_members.get(tube, 0), "measured_at": out.measured_at,
            "laboratory": out.laboratory, "released_at": at, "released_by": by,
        })  # fmt: skip
    update_rows(TubeResult, over)
    update_rows(TubeResult, noted)
    insert_rows(TubeResult, rows)
    if rows or noted:
        facts = {"n": len(rows), "n_replaced": len(over), "n_noted": len(noted)}
        record("results.put", by=by, about=_rounds(it.round_id for it in outs), facts=facts)
    return told


@transaction.atomic
def end_result(*, tube: UUID, why: str, by: str) -> bool:
    """A tube's result is taken back; whether one counted."""
    row = counting([tube], locked=True).get(tube)
    if row is None:
        return False
    row.ended_at, row.ended_by, row.ended_why = county_now(), by, why
    row.save(update_fields=["ended_at", "ended_by", "ended_why"])
    record("results.withdrawn", by=by, about=[f"tube:{tube}"], details={"why": why})
    return True


@transaction.atomic
def note_told(*, over: Collection[UUID], fresh: Sequence[NewTold], n_members: Mapping[UUID, int], by: str) -> None:
    """What was told of these rows holds no more, and this was told; `n_members` by result."""
    at = county_now()
    update_rows(Told, [{"id": pk, "ended_at": at} for pk in over])
    insert_rows(Told, ({**it._asdict(), "next": str(it.next), "told_at": at, "result_id": it.result} for it in fresh))
    update_rows(TubeResult, [{"id": pk, "n_members": n} for pk, n in n_members.items()])
    if over or fresh:
        record("results.told", by=by, facts={"n_told": len(fresh), "n_over": len(over)})


@transaction.atomic
def note_whose(*, persons: Mapping[UUID, UUID], by: str) -> None:
    """Whom the register has by now for whoever was told, by the rows of `Told`: a merge that was undone parts them."""
    update_rows(Told, [{"id": pk, "person": person} for pk, person in persons.items()])
    if persons:
        record("results.whose_told", by=by, facts={"n": len(persons)})


@transaction.atomic
def open_call_backs(*, rows: Sequence[NewCallBack], by: str) -> None:
    """These people are to be sampled anew. Called back for the same result already: it stands again."""
    at = county_now()
    known = _of_results({it.result for it in rows})
    for it in rows:
        row = known.get((it.result, it.place))
        if row is not None and row.state == State.DROPPED:
            row.state, row.decided_at, row.hold, row.sampled_at = State.AWAITED, None, None, it.sampled_at
            row.dropped_by = ""
            row.save(update_fields=["state", "decided_at", "hold", "sampled_at", "dropped_by"])
    fresh = [it for it in rows if (it.result, it.place) not in known]
    ids = new_ids(len(fresh))
    insert_rows(
        CallBack,
        (
            {"id": pk, "opened_at": at, **it._asdict(), "result_id": it.result}
            for pk, it in zip(ids, fresh, strict=True)
        ),
    )
    if rows:
        record("results.called_back", by=by, about=_rounds(it.round for it in rows), facts={"n": len(fresh)})


def _of_results(results: Collection[UUID]) -> dict[tuple[UUID, UUID], CallBack]:
    return {
        (row.result_id, row.place): row
        for some in chunks(results)
        for row in CallBack.objects.filter(result__in=some).order_by()
    }


@transaction.atomic
def put_call_backs(*, rows: Sequence[CallBack], by: str) -> None:
    """How far these are, as a procedure found it: state, tube of their own, hold."""
    update_rows(CallBack, [{"id": row.pk, **{name: getattr(row, name) for name in OF_CALL_BACK}} for row in rows])
    if rows:
        states: dict[str, int] = {}
        for row in rows:
            states[str(row.state)] = states.get(str(row.state), 0) + 1
        record("results.call_backs_settled", by=by, about=_rounds(it.round for it in rows), facts={"states": states})


@transaction.atomic
def note_called(*, call_backs: Collection[UUID], by: str) -> int:
    """Somebody reached these people; told before: nothing changes. How many are new."""
    at, n = county_now(), 0
    for some in chunks(call_backs):
        rows = CallBack.objects.filter(pk__in=some, called_at=None, state=State.AWAITED)
        n += rows.update(called_at=at, called_by=by)
    if n:
        record("results.called", by=by, facts={"n": n})
    return n


@transaction.atomic
def end_call_backs(*, call_backs: Collection[UUID], why: str, by: str) -> list[CallBack]:
    """Nobody fetches these people any more, who moved away or died; those who were awaited. A tube of their own that
    comes all the same still speaks.

    Refuses
    -------
    results.ended_without_words
    """
    if not why.strip():
        raise ended_without_words()
    rows: list[CallBack] = []
    for some in chunks(call_backs):
        rows += CallBack.objects.select_for_update().filter(pk__in=some, state=State.AWAITED).order_by("id")
    for row in rows:
        row.state, row.decided_at = State.DROPPED, county_now()
        row.dropped_by, row.dropped_why = by, why.strip()
        row.save(update_fields=["state", "decided_at", "dropped_by", "dropped_why"])
    if rows:
        about, details = _rounds(it.round for it in rows), {"why": why.strip()}
        record("results.call_backs_ended", by=by, about=about, facts={"n": len(rows)}, details=details)
    return rows


def _rounds(rounds: Iterable[UUID]) -> list[str]:
    return [f"round:{it}" for it in sorted(set(rounds))]
