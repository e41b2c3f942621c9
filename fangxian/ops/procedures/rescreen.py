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
from functools import cache
from hashlib import sha256
from itertools import islice
from typing import NamedTuple, TypeVar

from django.db import transaction

from fangxian.core.policy.rulebook import Rulebook
from fangxian.core.refusal import Said
from fangxian.ops.arrivals.actions import decide_anew
from fangxian.ops.arrivals.queries import arrivals, told_of_each
from fangxian.ops.arrivals.wire import Told
from fangxian.ops.enquiries.actions import begin_rescreening, end_rescreening, let_go, open_enquiries, say_lists_stand
from fangxian.ops.enquiries.queries import last_rulebook, open_now, rescreenings
from fangxian.ops.enquiries.wire import Asked
from fangxian.ops.jobs.actions import enqueue
from fangxian.ops.jobs.queries import Job
from fangxian.ops.jobs.worker import RunningJob
from fangxian.ops.measures.queries import versions_in_force
from fangxian.ops.people.queries import n_by_grid, n_in_use
from fangxian.ops.realm.current import county_now
from fangxian.ops.risk_areas.queries import last_changed_at

from .arrival_decision import Weighing, decide, others_weighing, tables_of_arrivals
from .arrival_evidence import settle_evidence
from .arrival_tasks import settle_tasks
from .print_arrival import withdraw_papers
from .print_posters import county_office
from .rescreen_asking import everybody_to_ask, marked_to_ask
from .rescreen_judging import Judged, Judging, judge_everybody, worth_a_look
from .risk_on_days import risk_on_days

JOB = "procedures.rescreen"
LIST, NAMED, RULEBOOK = "list", "named", "rulebook"
ASKED_AT_ONCE, DECIDED_AT_ONCE = 200, 50  # others wait for one such transaction, of about 0.1 s
JUDGING = Said("正在重新判定每个人", "Judging everybody anew")
SAID = Said("已处理 {done} 人，共 {total} 人", "{done} of {total} people seen to")
Step = Callable[[int, int], object]
One = TypeVar("One")


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
            open_enquiries(rescreening=last.pk, enquiries=some, by=by)


def rescreen(job: RunningJob) -> dict[str, int]:
    """The job. Safe to repeat: what was decided so already, or is being asked already, is left as it is."""
    because, about = job.arguments["because"], job.arguments["about"]
    found = rescreen_everybody(
        because=because, about=about, by=job.owner, step=lambda d, n: job.step(d, n, _said(d, n))
    )
    return {name: int(value) for name, value in found._asdict().items()}


def rescreen_everybody(*, because: str, about: str, by: str, step: Step = lambda done, total: None) -> BroughtAbout:
    """Judge everybody anew and see to what follows."""
    at, mark, began, clock = county_now(), _mark(), time.process_time(), time.perf_counter()
    judging = judge_everybody(at)
    if judging is None:
        return BroughtAbout()
    row = begin_rescreening(
        because=because, about=about, rulebook=digest_of([it.rulebook for it in judging.tables]), n_people=n_in_use(),
        n_by_hand=sum(n_by_grid().values()), n_judged=judging.n_judged, by=by,
    )  # fmt: skip
    looked_at = worth_a_look(judging)
    changed = [it for it in looked_at if it.is_changed]
    asked = everybody_to_ask(judging, looked_at, at)
    seen = _Seen(step, mark, len(asked) + len(changed))
    # The lists come first: a grid worker waits for them, while what follows from a measure takes longer.
    n_opened = seen.each(
        asked, lambda some: open_enquiries(rescreening=row.pk, enquiries=some, by=by), at_once=ASKED_AT_ONCE
    )
    n_let_go = 0 if seen.is_overtaken else _let_go({it.about for it in asked}, by)
    if not seen.is_overtaken:
        lists_ms = int((time.perf_counter() - clock) * 1000)
        say_lists_stand(rescreening=row.pk, n_opened=n_opened, n_let_go=n_let_go, lists_ms=lists_ms, by=by)
    n_changed = seen.each(changed, lambda some: _decide_anew(judging, some, by), at_once=DECIDED_AT_ONCE)
    found = BroughtAbout(
        judging.n_judged, _n(changed[:n_changed], 1), _n(changed[:n_changed], -1), n_opened, n_let_go,
        seen.is_overtaken,
    )  # fmt: skip
    counts = {"n_stricter": found.n_stricter, "n_milder": found.n_milder, "n_opened": n_opened, "n_let_go": n_let_go}
    counts["cost_ms"] = int((time.process_time() - began) * 1000)
    end_rescreening(rescreening=row.pk, counts=counts, is_overtaken=seen.is_overtaken, by=by)
    return found


class _Seen:
    """Goes through people some at a time, says how far it is, and stops where a newer change has overtaken it."""

    def __init__(self, step: Step, mark: object, total: int) -> None:
        self.step, self.mark, self.total = step, mark, max(total, 1)
        self.done, self.is_overtaken = 0, False

    def each(self, people: Sequence[One], see_to: Callable[[list[One]], int], *, at_once: int) -> int:
        n = 0
        for some in _some(people, at_once):
            if self.is_overtaken or _mark() != self.mark:
                self.is_overtaken = True
                break
            n += see_to(some)
            self.done += len(some)
            self.step(min(self.done, self.total), self.total)
        return n


def _some(people: Sequence[One], at_once: int) -> Iterator[list[One]]:
    rest = iter(people)
    while some := list(islice(rest, at_once)):
        yield some


def _mark() -> tuple[object, ...]:
    """What everything is judged by: once it changes, whatever was worked out before is old."""
    return last_changed_at(), tuple(versions_in_force(county_now()))


def _decide_anew(judging: Judging, some: Sequence[Judged], by: str) -> int:
    """Decide these people anew by what is certain, with the evidence and the tasks that follow."""
    # Read and weighed before the transaction, so that others have their turn to write meanwhile.
    rows = list(arrivals().select_related(None).filter(pk__in=[it.arrival for it in some]))
    told = told_of_each(rows)
    weighed = _weighing(judging, list(told.values()))
    decisions = {pk: (it, decide(it, weighed, at=county_now())) for pk, it in told.items() if it.stays}
    with transaction.atomic():
        settle(decide_anew(decisions=decisions, by=by, versions={row.pk: row.version for row in rows}), by)
    return len(some)


def _weighing(judging: Judging, journeys: Sequence[Told]) -> Weighing:
    """What these journeys are weighed with: what everybody was, unless one was told anew meanwhile."""
    days = [day for told in journeys for stay in told.stays for day in (stay.begins_on, stay.ends_on)]
    begins_on, ends_on = judging.days
    others = others_weighing(journeys, judging.rulebook, county_now())
    if not days or (begins_on <= min(days) and max(days) <= ends_on):
        return Weighing(judging.rulebook, cache(judging.tables[0].risk_on), others)
    return Weighing(judging.rulebook, cache(risk_on_days(judging.rulebook, min(days), max(days))), others)


def settle(rows: Sequence, by: str) -> None:
    """Let evidence, codes and tasks follow what these arrivals were decided as."""
    if rows:
        # Nobody's word stands behind what follows from a list and a rule: the county's headquarters answers for it.
        settle_evidence(rows=rows, issuer=county_office().zh, by=by)
        settle_tasks(rows=rows, by=by)
        withdraw_papers(rows=rows, by=by)


def _let_go(wanted: Collection[Asked], by: str) -> int:
    """Close what need not be asked any more: the place is off the list, or nothing would follow from it now."""
    left = [key for key, about in open_now() if about not in wanted]
    return sum(let_go(enquiries=some, by=by) for some in _some(left, ASKED_AT_ONCE))


def _n(people: Sequence[Judged], step: int) -> int:
    return sum(it.step == step for it in people)


def _said(done: int, total: int) -> Said:
    return SAID.with_facts(done=done, total=total) if done else JUDGING
