"""What was done at a priority place (重点场所记录), and what follows from it.

1. an inspection, disinfection or sampling goes on record; told twice it is one     hygiene
2. what waited for it is done                                                        tasks
3. what an inspection found is looked at again when it should be mended              tasks
4. a positive environmental sample: headquarters is told, somebody decides whether
   the place goes on, it is disinfected and sampled again                            tasks
5. a negative one after that ends it; a place whose venue has moved meanwhile is
   struck off                                                                        tasks, hygiene
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.hygiene import actions, refusals
from fangxian.ops.hygiene.queries import (
    KEEP,
    RECORD,
    REPORT,
    PriorityPlace,
    Round,
    is_carried_on,
    last_positive,
    may_at,
    open_faults,
    round_with,
    within,
)
from fangxian.ops.hygiene.wire import NewRound
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import open_tasks

from .hygiene_tasks import (
    FAULTS,
    OF_POSITIVE,
    close_by_doing,
    close_mended,
    drop_fault_task,
    fault_tasks,
    let_go,
    positive_tasks,
)

STRUCK = "已从名册销去 · struck off the register"
NEGATIVE = "环境采样已更正为阴性或复采阴性 · the samples are negative"
MOVED_ON = "场所已迁址，旧址复采阴性 · the venue has moved, and the samples of the old address are negative"
CORRECTED = "检查记录已更正 · the inspection was corrected"


def place_for(account: Account, place_id: UUID, *, then: datetime | None = None) -> PriorityPlace:
    """A place on the register in sight of an account; `then`: or that was on it until after that moment.

    Refuses
    -------
    hygiene.place.not_found
    """
    row = within(account, then=then).filter(pk=place_id).select_related("venue", "unit").first()
    if row is None:
        raise refusals.place_unknown()
    return row


@transaction.atomic
def record_done(*, place: PriorityPlace, new: NewRound, by: Account) -> None:
    """Record what was done; sent once more, nothing happens.

    Refuses
    -------
    hygiene.place.not_yours, and what the hygiene room refuses
    """
    _require(by, place, RECORD)
    author = f"account:{by.pk}"
    made = actions.record_rounds(rounds=[new], by=author)
    _follow_up(place, made, author)


@transaction.atomic
def correct_done(*, place: PriorityPlace, round: UUID, because: str, by: Account, new: NewRound | None = None) -> None:
    """Put right what was recorded: with `new` in its stead, or that it was not done at all.

    Refuses
    -------
    hygiene.place.not_yours, hygiene.round_unknown, hygiene.others_record, and what the hygiene room refuses
    """
    _require(by, place, RECORD)
    author = f"account:{by.pk}"
    row = round_with(round, place)
    if row is None:
        raise refusals.round_unknown()
    is_own = row.recorded_by == author and not row.results.exists()
    if not is_own and not may_at(by, place, (KEEP,)):
        # A venue does not take back what an inspector found there, nor anybody a sample that was positive.
        raise refusals.others_record()
    was_positive = last_positive(within(by).filter(pk=place.pk)).exists()
    made = actions.correct_round(round=round, because=because, by=author, new=new)
    if not open_faults([place.pk]).exists():
        let_go(place, CORRECTED, author, (FAULTS,))
    if was_positive:
        _end_if_negative(place, author)
    # What the record that no longer counts had somebody look at again, the one in its stead has them.
    drop_fault_task(row.pk, CORRECTED, author)
    if new is not None:
        _follow_up(place, [made], author)


def _follow_up(place: PriorityPlace, made: list[Round], author: str) -> None:
    positive = last_positive(PriorityPlace.objects.filter(pk=place.pk)).first() if made else None
    for row in made:
        # A phone may tell hours later of what was done before the sample was taken.
        is_after = positive is None or row.done_at >= positive.done_at
        close_by_doing(place, row.kind, author, is_after_positive=is_after)
    # Told late of a place that is struck off by now: it is on record, and nobody is sent there.
    if place.struck_at is None and (tasks := fault_tasks(place, made, county_now())):
        open_tasks(tasks=tasks, by=author)


@transaction.atomic
def report_samples(
    *, place: PriorityPlace, round: UUID, n_positive: int, spots: str, by: Account, because: str = ""
) -> None:
    """The result of environmental samples, by somebody else than whoever took them.

    Refuses
    -------
    hygiene.place.not_yours, hygiene.round_unknown, and what the hygiene room refuses
    """
    _require(by, place, REPORT)
    row = round_with(round, place)
    if row is None:
        raise refusals.round_unknown()
    author = f"account:{by.pk}"
    actions.report_result(round=round, n_positive=n_positive, spots=spots, by=author, because=because)
    if n_positive:
        open_tasks(tasks=positive_tasks(place, row, n_positive, county_now()), by=author)
    else:
        _end_if_negative(place, author)


def _end_if_negative(place: PriorityPlace, author: str) -> None:
    if not last_positive(PriorityPlace.objects.filter(pk=place.pk)).exists():
        let_go(place, NEGATIVE, author, OF_POSITIVE)
        if is_carried_on(place):  # its venue moved while this was open: there is nothing more to be done here
            actions.strike_place(place=place.pk, because=MOVED_ON, by=author)


@transaction.atomic
def mend(*, place: PriorityPlace, faults: list[UUID], by: Account) -> None:
    """A second look found these mended.

    Refuses
    -------
    hygiene.place.not_yours, hygiene.fault_unknown, hygiene.second_look
    """
    _require(by, place, RECORD)
    author = f"account:{by.pk}"
    found = dict(open_faults([place.pk]).filter(pk__in=faults).values_list("pk", "round__recorded_by"))
    if not faults or set(faults) - found.keys():
        raise refusals.fault_unknown()
    if set(found.values()) != {author} and not may_at(by, place, RECORD, by_area=True):
        raise refusals.second_look()
    actions.mend_faults(faults=faults, by=author)
    if not open_faults([place.pk]).exists():
        close_mended(place, author)


@transaction.atomic
def strike(*, place: PriorityPlace, because: str, by: Account) -> None:
    """Take a place off the register; nothing more is to be done there.

    Refuses
    -------
    hygiene.place.not_yours, hygiene.why_missing
    """
    _require(by, place, (KEEP,))
    author = f"account:{by.pk}"
    actions.strike_place(place=place.pk, because=because, by=author)
    let_go(place, STRUCK, author)


def _require(by: Account, place: PriorityPlace, permissions: tuple[str, ...]) -> None:
    if not may_at(by, place, permissions):
        raise refusals.not_yours(place.name)
