"""What has to be done about somebody whose sample was not negative: test again elsewhere, call on them. Part of
positive_result.
"""

from datetime import timedelta
from uuid import UUID

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.tasks.actions import cancel, finish, open_tasks
from fangxian.ops.tasks.queries import unfinished
from fangxian.ops.tasks.wire import NewTask, Rung

RETEST, CALL = "lab.retest", "lab.call_on_held"
GRID_DIGITS = 15
LEAD = "tracing_lead"
LADDER = (Rung(after_min=0, role=LEAD), Rung(after_min=60, role="commander"))
RETESTED_WITHIN = Parameter(
    value=6,
    unit="h",
    low=2,
    high=24,
    meaning="From a sample that was not negative until a second laboratory has tested",
    source="a guess: two to four hours of a nucleic acid test, and the way there",
)
CALLED_ON_WITHIN = Parameter(
    value=1,
    unit="h",
    low=0.25,
    high=6,
    meaning="From a sample that was not negative until the grid worker has told the person to stay where they are",
    source="a guess: sooner than the first clock of the law, two hours",
)


def open_hold_tasks(*, person: Person | None, name: str, case, laboratory: Said, by: str) -> None:
    """Open what is to be done about a hold. Again, those that stand stay as they are.

    Parameters
    ----------
    name : of somebody who is not on the register
    case : None for an unclear result, of which no case is opened
    laboratory : the one that need not test again
    """
    who = person.name if person else name
    tasks = [_retest(person, who, case, laboratory)]
    if person is not None:
        tasks.append(_call(person, who, case))
    open_tasks(tasks=tasks, by=by)


def finish_retest(*, case: UUID | None, person: UUID | None, outcome: str, by: str) -> None:
    """The second laboratory has tested: its task is done, and nobody need be told to wait for it any more."""
    about = [f"case:{case}"] * (case is not None) + [f"person:{person}"] * (person is not None)
    waiting = unfinished().filter(about__in=about)
    finish(tasks=_ids(waiting.filter(kind=RETEST)), outcome=outcome, by=by)
    cancel(tasks=_ids(waiting.filter(kind=CALL)), reason="已有复核结果 · the second result has come", by=by)


def _ids(rows) -> list[UUID]:
    return list(rows.values_list("pk", flat=True))


def _retest(person: Person | None, who: str, case, laboratory: Said) -> NewTask:
    number = f"（病例 {case.number}）" if case else ""
    number_en = f" (case {case.number})" if case else ""
    return NewTask(
        kind=RETEST,
        unique_key=_key(person, case),
        title=Said(
            f"复核 {who} 的标本{number}：由{laboratory.zh}以外的实验室检测",
            f"Test {who} again{number_en}, at a laboratory other than {laboratory.en}",
        ),
        area_path=the_realm().division_code,
        due_at=county_now() + timedelta(hours=RETESTED_WITHIN.value),
        role="laboratory",
        about=_about(person, case),
        ladder=LADDER,
    )


def _call(person: Person, who: str, case) -> NewTask:
    return NewTask(
        kind=CALL,
        unique_key=_key(person, case),
        title=Said(
            f"上门告知 {who}：检测结果待复核，先留在家中；问清有无急需",
            f"Call on {who}: a test is being repeated, stay at home meanwhile; ask what is needed",
        ),
        area_path=person.area_path,
        due_at=county_now() + timedelta(hours=CALLED_ON_WITHIN.value),
        role="grid_worker" if len(person.area_path) >= GRID_DIGITS else LEAD,
        about=_about(person, case),
        ladder=LADDER,
    )


def _about(person: Person | None, case) -> str:
    return f"case:{case.pk}" if case else f"person:{person.pk}" if person else ""


def _key(person: Person | None, case) -> str:
    """A case is tested again once; an unclear result without one once a day."""
    if case:
        return str(case.pk)
    return f"{person.pk} {county_now():%Y-%m-%d}" if person else ""
