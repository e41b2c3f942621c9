"""Everybody is judged anew (重新筛查): a risk list took effect, a division was named, or a rulebook came into force.

1. every journey of four weeks is judged by the rules and lists as they stand   rescreen_judging
2. whose measure changes for certain: decided anew, with evidence and tasks      arrivals, arrival_*
3. who may have been in a listed place and was not asked, here or away; who has
   a mark and declared nothing: an enquiry                                       enquiries, by grid, urgency and route
4. who need not be asked any more is let go                                      enquiries
5. what it brought about is written down                                         enquiries

Nothing is done to anybody by what is only possible. A job does it, a few hundred people in one short transaction; from
the start again it changes nothing twice. Overtaken by a newer change, it leaves the rest to that one's job.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db import connection, transaction

from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Said
from fangxian.ops.arrivals.actions.deciding import ToDecide, decide_many_anew, read_to_decide
from fangxian.ops.enquiries.actions import (
    begin_rescreening,
    count_steps,
    end_rescreening,
    let_go,
    open_enquiries,
    say_lists_stand,
)
from fangxian.ops.enquiries.queries import last_rulebook, open_now, over_of_job, rescreenings
from fangxian.ops.enquiries.wire import Asked
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.jobs.queries import Job
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.measures.queries import versions_in_force
from fangxian.ops.people.queries import n_by_grid, n_in_use
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.queries import last_changed_at

from .arrival_decision import tables_of_arrivals
from .arrival_evidence import change_evidence
from .arrival_tasks import settle_tasks_judged_anew
from .print_arrival import withdraw_papers
from .print_posters import county_office
from .recolour import recolour
from .rescreen_asking import everybody_to_ask, marked_to_ask
from .rescreen_judging import Judged, Judging, judge_everybody, worth_a_look

JOB = "procedures.rescreen"
LIST, NAMED, RULEBOOK = "list", "named", "rulebook"
ASKED_AT_ONCE, DECIDED_AT_ONCE = 200, 100  # others wait for one such transaction, of less than 0.1 s
LONGEST_REST_S = 0.1
ASKING = Said("正在列出要核实的人：{done} 人，共 {total} 人", "Listing whom to ask: {done} of {total}")
DECIDING = Said(
    "名单已经出齐；正在按新要求更新措施：{done} 人，共 {total} 人",
    "Every list stands; measures follow: {done} of {total} people",
)
Step = Callable[[int, int, Said], object]
One = TypeVar("One")
Came = TypeVar("Came")


class BroughtAbout(NamedTuple):
    """What a re-screening brought about."""

    n_judged: int = 0
    n_stricter: int = 0
    n_milder: int = 0
    n_opened: int = 0
    n_let_go: int = 0
    is_overtaken: bool = False


def ask_for_rescreening(*, because: str, about: str, by: str) -> Job:
    """Have everybody judged anew because of a list, a naming or a rulebook; asked for twice it is one job.

    A list takes effect once. A name may be settled as it was before, and an earlier text of a rulebook come into force
    again: asked for after another re-screening it is another job.
    """
    last = None if because == LIST else rescreenings().exclude(ended_at=None).first()
    key = f"{because}:{about}" + (f":{last.pk}" if last else "")
    return enqueue(kind=JOB, arguments={"because": because, "about": about}, by=by, unique_key=key)


def rescreen_after_rulebook(*, at: datetime, by: str) -> None:
    """A chore: whether another rulebook came into force than the one everybody was last judged by."""
    rulebooks = tables_of_arrivals(at)
    if not rulebooks or last_rulebook() in (None, digest_of(rulebooks)):
        return
    if {it.digest for it in rulebooks} <= {digest for _, _, digest in versions_in_force(at)}:
        ask_for_rescreening(because=RULEBOOK, about=digest_of(rulebooks), by=by)


def digest_of(rulebooks: Sequence[Rulebook]) -> str:
    """What tells apart by which rules everybody was judged: of several diseases by those of all of them."""
    digests = sorted(it.digest for it in rulebooks)
    return digests[0] if len(digests) == 1 else sha256(" ".join(digests).encode()).hexdigest()


def ask_about_marks(*, at: datetime, by: str) -> None:
    """A chore: whose itinerary was marked since the last list, and who declared nothing, stands on the list too."""
    last = rescreenings().first()
    if last is not None:
        asked = marked_to_ask(at)
        for some in _some(asked, ASKED_AT_ONCE):
            open_enquiries(rescreening=last.pk, enquiries=some, by=by, judged_at=at)


def rescreen(job: RunningJob) -> dict[str, int]:
    """The job. Safe to repeat: what was decided so already, or is being asked already, is left as it is; a process that
    was killed once everything was written, and had not said so yet, leaves nothing to do."""
    because, about = job.arguments["because"], job.arguments["about"]
    over = over_of_job(job.id)
    found = _brought_about(over) if over else rescreen_everybody(
        because=because, about=about, by=job.owner, step=job.step, job=job.id
    )  # fmt: skip
    return {name: int(value) for name, value in found._asdict().items()}


def rescreen_everybody(
    *, because: str, about: str, by: str, step: Step = lambda done, total, said: None, job: UUID | None = None
) -> BroughtAbout:
    """Judge everybody anew and see to what follows. One that was broken off is taken up where it was."""
    at, mark, began, clock = county_now(), _mark(), time.process_time(), time.perf_counter()
    judging = judge_everybody(at)
    if judging is None:
        return BroughtAbout()
    row = begin_rescreening(
        because=because, about=about, rulebook=digest_of([it.rulebook for it in judging.tables]), n_people=n_in_use(),
        n_by_hand=sum(n_by_grid().values()), n_judged=judging.n_judged, by=by, job=job,
    )  # fmt: skip
    looked_at = worth_a_look(judging)
    asked = everybody_to_ask(judging, looked_at, at)
    seen = _Seen(step, mark)
    # The lists come first: a grid worker waits for them, while what follows from a measure takes longer.
    ask = partial(open_enquiries, rescreening=row.pk, by=by, judged_at=at)
    opened = seen.each(asked, lambda some: ask(enquiries=some), ASKED_AT_ONCE, ASKING)
    n_let_go = 0 if seen.is_overtaken else _let_go({it.about for it in asked}, row.pk, by)
    if not seen.is_overtaken:
        say_lists_stand(rescreening=row.pk, lists_ms=int((time.perf_counter() - clock) * 1000), by=by)
    changed = [it for it in looked_at if it.is_changed and judging.has_stays(it.n)]
    steps = seen.each(changed, lambda some: _decide_anew(judging, row.pk, some, by), DECIDED_AT_ONCE, DECIDING)
    cost_ms = int((time.process_time() - began) * 1000)
    end_rescreening(rescreening=row.pk, cost_ms=cost_ms, is_overtaken=seen.is_overtaken, by=by)
    return BroughtAbout(
        judging.n_judged, sum(it.n_stricter for it in steps), sum(it.n_milder for it in steps), sum(opened), n_let_go,
        seen.is_overtaken,
    )  # fmt: skip


def _brought_about(row) -> BroughtAbout:
    return BroughtAbout(row.n_judged, row.n_stricter, row.n_milder, row.n_opened, row.n_let_go, row.is_overtaken)


class _Seen:
    """Goes through people some at a time, says how far it is, and stops where a newer change has overtaken it."""

    def __init__(self, step: Step, mark: object) -> None:
        self.step, self.mark, self.is_overtaken = step, mark, False

    def each(self, people: Sequence[One], see_to: Callable[[list[One]], Came], at_once: int, said: Said) -> list[Came]:
        came, done, total = [], 0, len(people)
        for some in _some(people, at_once):
            if self.is_overtaken or _mark() != self.mark:
                self.is_overtaken = True
                break
            began = time.perf_counter()
            came.append(see_to(some))
            _let_others_write(time.perf_counter() - began)
            done += len(some)
            self.step(done, total, said.with_facts(done=f"{done:,}", total=f"{total:,}"))
        return came


def _let_others_write(worked_s: float) -> None:
    """Rest as long as was worked: SQLite has one writer, and whoever waits for their turn only looks now and then."""
    if connection.vendor == "sqlite":
        time.sleep(min(worked_s, LONGEST_REST_S))


def _some(people: Sequence[One], at_once: int) -> Iterator[list[One]]:
    rest = iter(people)
    while some := list(islice(rest, at_once)):
        yield some


def _mark() -> tuple[object, ...]:
    """What everything is judged by: once it changes, whatever was worked out before is old."""
    return last_changed_at(), tuple(versions_in_force(county_now()))


def _decide_anew(judging: Judging, rescreening: UUID, some: Sequence[Judged], by: str) -> "_Steps":
    """Decide these people anew by what is certain, with the evidence and the tasks that follow; how many steps.

    Read and weighed before the transaction, and codes computed after it, so that others have their turn to write. Who
    spoke meanwhile was decided by what they said, and stays so. A process that dies in between has left codes due,
    which the worker computes, or nothing at all of these people, who are found again.
    """
    of = {it.arrival: it for it in some}
    rows = [row for row in read_to_decide(list(of)) if row.version == judging.version_of(of[row.pk].n)]
    decisions = {row.pk: judging.decided(of[row.pk].n) for row in rows}
    with transaction.atomic():
        changed = decide_many_anew(rows=rows, decisions=decisions, by=by)
        persons = _follow(changed, by)
        steps = _Steps(*(sum(of[row.pk].step == step for row in changed) for step in (1, -1)))
        count_steps(rescreening=rescreening, n_stricter=steps.n_stricter, n_milder=steps.n_milder, by=by)
    recolour(persons, county_now(), by=by)
    return steps


class _Steps(NamedTuple):
    """Of how many people more is asked than before, and of how many less."""

    n_stricter: int
    n_milder: int


def _follow(rows: Sequence[ToDecide], by: str) -> list[UUID]:
    """Let evidence, tasks and papers follow what these arrivals were decided as; whose codes are due by it."""
    if not rows:
        return []
    # Nobody's word stands behind what follows from a list and a rule: the county's headquarters answers for it.
    persons = change_evidence(rows=rows, issuer=county_office().zh, by=by)
    settle_tasks_judged_anew(rows=rows, by=by)
    withdraw_papers(rows=rows, by=by)
    return persons


def _let_go(wanted: Collection[Asked], rescreening: UUID, by: str) -> int:
    """Close what need not be asked any more: the place is off the list, or nothing would follow from it now."""
    left = [key for key, about in open_now() if about not in wanted]
    return sum(let_go(enquiries=some, rescreening=rescreening, by=by) for some in _some(left, ASKED_AT_ONCE))
