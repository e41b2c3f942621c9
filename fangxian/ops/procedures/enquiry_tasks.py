"""What is left to do once somebody was asked (核实之后). Part of answer_enquiry.

Whoever was in a listed place and has declared no journey is judged once they declare: until then nothing is asked of
them, so somebody sees to it that they do. Done by itself when they declare (arrival_tasks.settle_tasks).
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.arrivals.queries import who_came
from fangxian.ops.enquiries.queries import ANSWERS, WHYS, Enquiry
from fangxian.ops.people.queries import on_record
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.queries import areas_with
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.wire import NewTask

from .arrival_tasks import LADDER, UNDECLARED, WHO_LOOKS_AFTER

NAMED_PLACES = 3
HERE_WITHIN = Parameter(
    value=4, unit="h", low=1, high=24,
    meaning="How long after somebody who is back said that they were in a listed place their journey is to be declared",
    source="a guess: as long as a visit takes; until then nothing is asked of them and their code is as it was",
)  # fmt: skip
AWAY_WITHIN = Parameter(
    value=24, unit="h", low=4, high=48,
    meaning="The same of somebody who is out of the county: their return is to be declared ahead",
    source="a guess: within the 2 days ahead for which a return is declared",
)  # fmt: skip


def undeclared(rows: Sequence[Enquiry]) -> list[Enquiry]:
    """Of these answers those that say that somebody was there who has declared no journey it could be part of."""
    there = [row for row in rows if row.answer == ANSWERS.WAS_THERE]
    declared = who_came([row.rests_on for row in there]) if there else {}
    return [row for row in there if row.rests_on not in declared]


def have_journeys_declared(rows: Sequence[Enquiry], *, by: str) -> None:
    """The grid worker sees to it that these people declare: one task a person asked about a stay."""
    if not rows:
        return
    people = on_record([row.person_id for row in rows])
    listed = areas_with({one for row in rows for one in row.was_in})
    places = {str(it.pk): it.place or it.listed_as.county for it in listed}
    tasks = [
        _task(row, people[row.person_id].name, _named(places[one] for one in row.was_in if one in places))
        for row in rows
        if row.person_id in people
    ]
    open_tasks(tasks=tasks, by=by)


def _task(row: Enquiry, name: str, places: str) -> NewTask:
    is_away = row.why == WHYS.AWAY
    said = (
        Said(
            f"请 {name} 提前报备返回（或代他申报）：核实去过 {places}，现在不在本县，申报后才判定措施",
            f"Have {name} declare their return ahead, or do it for them: they were at {places} and are out of the "
            "county; nothing is asked of them until it is declared",
        )
        if is_away
        else Said(
            f"请 {name} 落地申报（或代他申报）：核实去过 {places}，还没有申报，申报后才判定措施",
            f"Have {name} declare their journey, or do it for them: they were at {places}; nothing is asked of them "
            "until it is declared",
        )
    )
    return NewTask(
        kind=UNDECLARED, unique_key=str(row.pk), title=said, area_path=row.area_path,
        due_at=county_now() + timedelta(hours=(AWAY_WITHIN if is_away else HERE_WITHIN).value),
        role=WHO_LOOKS_AFTER.get(len(row.area_path), "dispatcher"), about=f"person:{row.person_id}", ladder=LADDER,
    )  # fmt: skip


def _named(places: Iterable[str]) -> str:
    some = list(places)
    return "、".join(some[:NAMED_PLACES]) + (f" … {len(some)}" if len(some) > NAMED_PLACES else "")
