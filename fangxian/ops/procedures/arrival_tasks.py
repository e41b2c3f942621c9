"""What the grid has to do about somebody who arrives (落地任务). Part of declare_arrival."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.policy.vocabulary import Place
from fangxian.core.refusal import Said
from fangxian.ops.arrivals.queries import STATES, called_off_of, still_asks
from fangxian.ops.people.queries import records_of
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import cancel, finish, open_tasks
from fangxian.ops.tasks.queries import about_some, unfinished
from fangxian.ops.tasks.wire import NewTask, Rung

from .arrival_decision import look_back, numbers_of

EXPECTED, VISIT, TRANSFER = "arrivals.expected", "arrivals.visit", "arrivals.transfer"
ASK, CORRECTION, CALLED_OFF = "arrivals.proposed", "arrivals.correction", "arrivals.called_off"
UNDECLARED = "enquiries.undeclared"  # somebody who was in a listed place is to declare the journey
LADDER = (Rung(after_min=0, role="grid_lead"), Rung(after_min=240, role="dispatcher"))
AWAY_FROM_HOME = (Place.HOSPITAL.value, Place.CENTRAL.value)
# Whoever looks after an area of so many digits: a grid cell, a village, a township.
WHO_LOOKS_AFTER = {15: "grid_worker", 12: "village_approver", 9: "grid_lead"}
NO_LONGER = "落地申报有变 · the declaration of the arrival changed"
CHANGED = Said("风险地区或规则有变", "risk areas or rules changed")
FOUND_SO = Said("刚问过本人，行程核实清楚了", "somebody has just asked them, and their journey is clear")
BATCH = 500
EXPECTED_WITHIN = Parameter(
    value=12, unit="h", low=4, high=24,
    meaning="How long after the moment announced somebody who has not said that they landed is looked for",
    source="舟山市 2022: whoever lands reports within 12 h",
)  # fmt: skip
VISITED_WITHIN = Parameter(
    value=4, unit="h", low=1, high=24,
    meaning="From a declaration on landing until the grid worker has called on somebody of whom something is asked",
    source="a guess, after the second of the clocks 2+4+24",
)  # fmt: skip
CORRECTION_WITHIN = Parameter(
    value=4, unit="h", low=1, high=24,
    meaning="How long a correction that would ask less of somebody waits until somebody has asked about it",
    source="a guess: as long as a visit takes; nobody should sit in quarantine for a slip of the pen",
)  # fmt: skip
CALLED_WITHIN = Parameter(
    value=24, unit="h", low=4, high=72,
    meaning="The same where nothing is asked beyond declaring: a call is enough",
    source="a guess: a grid worker with 600 people has about one such call a day",
)  # fmt: skip


def settle_tasks(*, rows: Sequence, by: str, is_declared: bool = True, is_asked: bool = False) -> None:
    """What is to be done about these arrivals as they stand now; what was to be done before need not be any more.

    Parameters
    ----------
    is_declared : somebody declared just now; judged anew, an earlier journey is not the one that is to be declared yet
    is_asked : somebody has just asked them: where nothing is asked of them now, nobody calls once more
    """
    _cancel(arrivals=[row.pk for row in rows], reason=NO_LONGER, by=by)
    if is_declared:
        _is_declared([row.person_id for row in rows if row.state != STATES.CANCELLED], by)
    rest = _but_free(rows, FOUND_SO, by) if is_asked else rows
    _open([task for row in rest for task in _of(row)], by)


def settle_tasks_judged_anew(*, rows: Sequence, by: str) -> None:
    """The same where nobody spoke. Of whom nothing is asked any more nobody is called: what waited ends, and they read
    it on their own page. Only whoever was taken to central quarantine has to be let go from there by somebody.
    """
    settle_tasks(rows=_but_free(rows, CHANGED, by), by=by, is_declared=False)


def _but_free(rows: Sequence, why: Said, by: str) -> list:
    """Of these arrivals those of whom something is still asked; about the others nothing is left but to let go whoever
    was taken to central quarantine."""
    today = localtime(county_now()).date()
    free = [row for row in rows if row.state == STATES.LANDED and not still_asks(row, today)]
    reason = f"要求已结束：{why.zh}，不用再联系 · has ended: {why.en}"
    _cancel(arrivals=[row.pk for row in free], reason=reason, by=by)
    _open([_letting_go(row, why) for row in _taken_away(free)], by)
    known = {row.pk for row in free}
    return [row for row in rows if row.pk not in known]


def _taken_away(rows: Sequence) -> list:
    """Those who were fetched to central quarantine."""
    of = {f"arrival:{row.pk}": row for row in rows}
    done = about_some(list(of), kind=TRANSFER).filter(state="done").values_list("about", flat=True)
    return [of[it] for it in sorted(set(done))]


def _open(tasks: Sequence[NewTask], by: str) -> None:
    for start in range(0, len(tasks), BATCH):
        open_tasks(tasks=tasks[start : start + BATCH], by=by)


def _is_declared(persons: Sequence[UUID], by: str) -> None:
    """Nobody need see to it any more that these people declare."""
    for start in range(0, len(persons), BATCH):
        about = [f"person:{one}" for one in records_of(persons[start : start + BATCH])]
        if waiting := list(unfinished().filter(kind=UNDECLARED, about__in=about).values_list("pk", flat=True)):
            finish(tasks=waiting, outcome="declared", by=by)


def cancel_arrival_tasks(*, arrivals: Sequence[UUID], reason: str, by: str) -> None:
    """What has not been done yet about these arrivals need not be done any more."""
    _cancel(arrivals=arrivals, reason=reason, by=by, but=())


def _cancel(*, arrivals: Sequence[UUID], reason: str, by: str, but: Sequence[str] = (CORRECTION,)) -> None:
    """Of what rests on an arrival as it stands; a correction that waits does so whatever else changes."""
    for start in range(0, len(arrivals), BATCH):
        about = [f"arrival:{one}" for one in arrivals[start : start + BATCH]]
        rows = unfinished().filter(about__in=about).exclude(kind__in=but)
        if waiting := list(rows.values_list("pk", flat=True)):
            cancel(tasks=waiting, reason=reason, by=by)


def have_correction_asked(*, row, correction: UUID, by: str) -> None:
    """Somebody who looks after where they stay asks whether a correction is so."""
    name, at = row.person.name, f"{localtime(row.arrives_at):%m-%d %H:%M}"
    said = Said(
        f"核实 {name}（{at} 到达）自己更正的行程：属实的话要求会降低或提前结束，核实以前不变",
        f"Ask {name} (came {at}) about their own correction: if it is so less is asked, or for fewer days; until then "
        "nothing changes",
    )
    task = _task(CORRECTION, said, row, county_now() + timedelta(hours=CORRECTION_WITHIN.value))
    open_tasks(tasks=[replace(task, unique_key=str(correction))], by=by)


def have_calling_off_asked(*, row, by: str) -> None:
    """Somebody called off for themselves a journey of which the rules would have asked something: did they come?"""
    name, at = row.person.name, f"{localtime(row.arrives_at):%m-%d %H:%M}"
    said = Said(
        f"电话核实 {name}：报备 {at} 到达，行程有要求，本人撤销了，到底来没来",
        f"Call {name}, who was announced for {at} with something asked and called it off: have they come?",
    )
    open_tasks(tasks=[_task(CALLED_OFF, said, row, row.arrives_at + timedelta(hours=EXPECTED_WITHIN.value))], by=by)


def called_off_in_doubt(persons: Collection[UUID], arrives_at: datetime) -> dict[UUID, Any]:
    """Of these people the arrival that was called off, as far back as the tables ask from `arrives_at`, and of which
    nobody has found out yet whether they came all the same."""
    rows = {f"arrival:{row.pk}": row for row in called_off_of(persons)}
    if not rows:
        return {}
    waiting = unfinished().filter(kind=CALLED_OFF, about__in=rows)
    asked, since = set(waiting.values_list("about", flat=True)), arrives_at - look_back(county_now())
    return {row.person_id: row for about, row in rows.items() if about in asked and row.arrives_at > since}


def correction_answered(*, corrections: Sequence[UUID], outcome: str, by: str) -> None:
    """Somebody has asked, and said whether it is so."""
    if waiting := _of_corrections(corrections):
        finish(tasks=waiting, outcome=outcome, by=by)


def cancel_correction_tasks(*, corrections: Sequence[UUID], reason: str, by: str) -> None:
    """Nobody need ask about these corrections any more."""
    if waiting := _of_corrections(corrections):
        cancel(tasks=waiting, reason=reason, by=by)


def _of_corrections(corrections: Sequence[UUID]) -> list[UUID]:
    keys = [str(one) for one in corrections]
    return list(unfinished().filter(kind=CORRECTION, unique_key__in=keys).values_list("pk", flat=True))


def finish_asking(*, proposals: Sequence[UUID], outcome: str, by: str) -> None:
    """Whoever was to be asked about what others told has answered."""
    if waiting := _asking(proposals):
        finish(tasks=waiting, outcome=outcome, by=by)


def cancel_asking(*, proposal: UUID, reason: str, by: str) -> None:
    """Nobody need ask any more."""
    if waiting := _asking([proposal]):
        cancel(tasks=waiting, reason=reason, by=by)


def asking_of(proposal: UUID) -> list:
    """The tasks to ask about what was told, that nobody has done."""
    return list(unfinished().filter(kind=ASK, about=f"proposal:{proposal}"))


def _asking(proposals: Sequence[UUID]) -> list[UUID]:
    about = [f"proposal:{one}" for one in proposals]
    return list(unfinished().filter(kind=ASK, about__in=about).values_list("pk", flat=True))


def _of(row) -> Iterator[NewTask]:
    if row.state == STATES.ANNOUNCED:
        yield _expected(row)
    elif row.state == STATES.LANDED:
        yield _visit(row)
        if row.measure in AWAY_FROM_HOME:
            yield _transfer(row)


def _expected(row) -> NewTask:
    name, at = row.person.name, f"{localtime(row.arrives_at):%m-%d %H:%M}"
    said = Said(
        f"核实 {name} 到了没有：报备 {at} 到达，还没有落地申报",
        f"Find out whether {name} has come: announced for {at}, not declared on landing yet",
    )
    return _task(EXPECTED, said, row, row.arrives_at + timedelta(hours=EXPECTED_WITHIN.value))


def _visit(row) -> NewTask:
    name, at = row.person.name, f"{localtime(row.arrives_at):%m-%d %H:%M}"
    if numbers := numbers_of(row.rules):
        said = Said(
            f"上门告知 {name}（{at} 到达）：按规则 {'、'.join(numbers)} 落实措施和核酸",
            f"Call on {name} (came {at}): see to the measure and tests by {', '.join(numbers)}",
        )
        return _task(VISIT, said, row, county_now() + timedelta(hours=VISITED_WITHIN.value))
    said = Said(
        f"电话核对 {name}（{at} 到达）的行程，规则没有其他要求",
        f"Check the journey of {name} (came {at}) by phone; the rules ask nothing more",
    )
    return _task(VISIT, said, row, county_now() + timedelta(hours=CALLED_WITHIN.value))


def _letting_go(row, why: Said) -> NewTask:
    said = Said(
        f"安排 {row.person.name} 离开集中隔离点：要求已结束，{why.zh}",
        f"Have {row.person.name} let go from central quarantine: it has ended, {why.en}",
    )
    return _task(VISIT, said, row, county_now() + timedelta(hours=VISITED_WITHIN.value))


def _transfer(row) -> NewTask:
    said = Said(
        f"转运 {row.person.name} 到集中隔离点：落地申报，按规则 {numbers_of(row.rules)[0]}",
        f"Take {row.person.name} to central quarantine: declared on arrival, by {numbers_of(row.rules)[0]}",
    )
    return _task(TRANSFER, said, row, county_now() + timedelta(hours=VISITED_WITHIN.value), role="transporter")


def _task(kind: str, title: Said, row, due_at, role: str = "") -> NewTask:
    return NewTask(
        kind=kind,
        unique_key=f"{row.pk} {row.version} {row.state}",
        title=title,
        area_path=row.area_path,
        due_at=due_at,
        role=role or WHO_LOOKS_AFTER.get(len(row.area_path), "dispatcher"),
        about=f"arrival:{row.pk}",
        ladder=LADDER,
    )
