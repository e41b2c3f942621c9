"""Somebody of another household tells that a relative or guest arrives (亲友代报).

1. the journey can be true, as of any declaration                           arrival_journey
2. who it is: by a whole number, or by name and last digits in that village    people
3. it is kept as a word of theirs, on which nothing rests                   arrivals
4. the grid worker of where they stay has a task with a clock, the shorter where the rules would ask something    tasks

and then, by the person on their own page, or by the grid worker:

5. it is so: the usual declaration, as a relative's; what they declared themselves meanwhile stands, and is put
   right where the grid worker found out more                               declare_arrival
6. it is not so: with a reason, and nobody need ask any more; said by the person of a journey of which the rules ask
   something, the grid worker still asks                                    arrivals, arrival_decision, tasks

Whoever tells is answered alike whether or not such a person is on record, and is not told what became of it.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from unicodedata import normalize
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.arrivals import actions as room
from fangxian.ops.arrivals import refusals
from fangxian.ops.arrivals.actions import ONE_ARRIVAL_H, Heard, Kept
from fangxian.ops.arrivals.queries import (
    DECLARED_AS,
    PROPOSAL_STATES,
    REVIEW,
    STATES,
    arrivals_of,
    decided_of,
    proposal_with,
    told_by,
    told_of,
)
from fangxian.ops.arrivals.wire import Decided, NewProposal
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import person_with_document, persons_with_phone
from fangxian.ops.realm.areas import VILLAGE_DIGITS, below
from fangxian.ops.realm.current import county_now
from fangxian.ops.tasks.actions import open_tasks
from fangxian.ops.tasks.wire import NewTask

from .arrival_decision import decide, weighing
from .arrival_journey import journey_checked
from .arrival_lowering import asks_more
from .arrival_people import Newcomer, known_person, put_on_record
from .arrival_tasks import ASK, LADDER, VISITED_WITHIN, WHO_LOOKS_AFTER, asking_of, cancel_asking, finish_asking
from .declare_arrival import (
    Comer,
    confirm_proposals,
    correct_arrival,
    declare_arrival,
    say_landed,
    tell_more,
    until,
)

LEAST_DIGITS, A_NUMBER = 4, re.compile(r"[0-9A-Z]{4,20}")
A_PHONE = re.compile(r"(?:\+?86)?(1\d{10})")
TOLD_ANEW = "报的人改了说法 · whoever told of it says otherwise now"
TAKEN_BACK = "报的人撤回了 · whoever told of it took it back"
FOUND_SO = "亲友代报，核实属实 · told by somebody else, and found to be so"
CONFIRMED_WITHIN = Parameter(
    value=12, unit="h", low=2, high=48,
    meaning="From an arrival that somebody of another household tells of until the grid worker has asked about it",
    source="舟山市 2022: whoever lands reports within 12 h; one of whom others tell is asked as soon",
)  # fmt: skip


@transaction.atomic
def propose_arrival(*, new: NewProposal, household: Sequence[Person], by: Account) -> bool:
    """Tell of an arrival; False where that was told already. Nothing that is answered depends on who is on record.

    Parameters
    ----------
    household : for whom the caller declares themselves

    Refuses
    -------
    arrivals.proposal_number, arrivals.proposal_own_household, arrivals.proposals_today, and what is wrong with the
    journey
    """
    new = replace(new, name="".join(new.name.split()), tail=_tidy(new.tail))
    if not A_NUMBER.fullmatch(new.tail):
        raise refusals.tail_too_short(LEAST_DIGITS)
    if own := next((it for it in household if _is(it, new)), None):
        raise refusals.own_household(own.name)
    new = replace(new, told=journey_checked(new.told, at=county_now()))
    person = _who(new)
    new = replace(new, person=person and person.pk, area_path=_where(person, new.area_path))
    heard = room.propose(new=new, by=f"account:{by.pk}")
    if heard.is_changed:
        _have_it_asked(heard, by=f"account:{by.pk}")
    return heard.is_changed


@transaction.atomic
def take_proposal_back(*, proposal: UUID, by: Account) -> None:
    """Whoever told of it takes it back. Refuses arrivals.proposal.not_found."""
    row = room.withdraw(proposal=proposal, by=f"account:{by.pk}")
    cancel_asking(proposal=row.pk, reason=TAKEN_BACK, by=f"account:{by.pk}")


@transaction.atomic
def confirm_for_oneself(*, proposal: UUID, household: Sequence[Person], by: Account) -> Kept:
    """The person, or who declares for them, says that it is so: declared, as a relative's word.

    Refuses
    -------
    arrivals.proposal.not_found, arrivals.proposal_answered, and what declaring refuses
    """
    row = _of_household(proposal, household)
    comer = Comer(person=row.person, area_path=row.area_path, declared_as=DECLARED_AS.RELATIVE)
    return _declared(row, comer, by)


@transaction.atomic
def deny_for_oneself(*, proposal: UUID, household: Sequence[Person], why: str, by: Account) -> None:
    """The person, or who declares for them, says that it is not so.

    Refuses
    -------
    arrivals.proposal.not_found, arrivals.proposal_answered, arrivals.no_reason
    """
    row = _of_household(proposal, household)
    if rules_would_ask(row).asks_something:
        room.deny(proposal=row.pk, why=why, by=f"account:{by.pk}")
    else:
        _denied(row.pk, why, by)


def rules_would_ask(proposal) -> Decided:
    """What the rules make of the journey as it is told, were it so; it is asked of nobody by this."""
    told, at = told_by(proposal), county_now()
    return decide(told, weighing([told], at))


@transaction.atomic
def confirm_as_grid(*, proposal: UUID, newcomer: Newcomer | None, by: Account) -> tuple[Kept, str]:
    """A grid worker asked, and it is so; of a new visitor also the token of their code.

    Parameters
    ----------
    newcomer : who it is by their document; None: the person who was found on the register

    Refuses
    -------
    accounts.not_yours, arrivals.proposal.not_found, arrivals.proposal_answered, arrivals.proposal_by_yourself,
    approvals.own_matter, identity.*, people.*, and what declaring refuses
    """
    row, token, actor = _of_area(proposal, by), "", f"account:{by.pk}"
    person = row.person if newcomer is None else known_person(newcomer)
    if person is None and newcomer is not None:
        person, token = put_on_record(newcomer, area_path=row.area_path, by=by, seen_at_venue=None)
    if person is None:
        raise refusals.no_proposal()
    row = room.find_out(proposal=row.pk, person=person.pk, by=actor)
    comer = Comer(person=person, area_path=_where(person, row.area_path), declared_as=DECLARED_AS.OUTSIDE)
    return _declared(row, comer, by), token


@transaction.atomic
def deny_as_grid(*, proposal: UUID, why: str, by: Account) -> None:
    """A grid worker asked, and it is not so.

    Refuses
    -------
    accounts.not_yours, arrivals.proposal.not_found, arrivals.proposal_answered, arrivals.proposal_by_yourself,
    approvals.own_matter, arrivals.no_reason
    """
    row = _of_area(proposal, by)
    _denied(row.pk, why, by)


def _declared(row, comer: Comer, by: Account) -> Kept:
    """Declaring itself confirms what others told of the same arrival; of whoever declared meanwhile that one counts."""
    near, has_asked = timedelta(hours=ONE_ARRIVAL_H.value), comer.declared_as == DECLARED_AS.OUTSIDE
    own = arrivals_of(comer.person.pk).exclude(state=STATES.CANCELLED)
    known = own.filter(arrives_at__gt=row.arrives_at - near, arrives_at__lt=row.arrives_at + near).first()
    if known is None:
        return declare_arrival(comers=[comer], told=told_by(row), by=by, token=row.pk)[0]
    kept = Kept(known, is_new=False)
    if known.state == STATES.ANNOUNCED and row.arrives_at <= county_now():
        kept = say_landed(arrival=known.pk, at=row.arrives_at, by=by)
    if has_asked:
        kept = _found_more(kept, row, by)
    confirm_proposals(rows=[kept.row], but=() if has_asked else tell_more([kept.row]), by=f"account:{by.pk}")
    return kept


def _found_more(kept: Kept, row, by: Account) -> Kept:
    """What was found to be so, and asks more than what they declared themselves, is put right in it."""
    told, heard = told_of(kept.row), until(told_by(row), kept.row.arrives_at).stays
    first = min((it.begins_on for it in heard), default=None)
    if first is None:
        return kept
    before = [replace(it, ends_on=min(it.ends_on, first)) for it in told.stays if it.begins_on < first]
    try:
        found = journey_checked(replace(told, stays=(*before, *heard)), at=county_now())
    except Refusal:  # days between the two of which nobody tells: of those that were asked about it is known
        found = replace(told, stays=heard)
    decided = decide(found, weighing([found], county_now()))
    if not asks_more(decided_of(kept.row), decided, localtime(kept.row.arrives_at).date()):
        return kept
    return correct_arrival(arrival=kept.row.pk, told=found, reason=FOUND_SO, is_own=False, by=by)


def _have_it_asked(heard: Heard, *, by: str) -> None:
    """A task for whoever looks after where they stay; another one where they are said to stay elsewhere now, or where
    the rules would ask something now, so that it hurries more.
    """
    wanted, waiting = _task(heard.row), asking_of(heard.row.pk)
    if any(it.area_path == wanted.area_path and it.due_at <= wanted.due_at for it in waiting):
        return
    cancel_asking(proposal=heard.row.pk, reason=TOLD_ANEW, by=by)
    key = wanted.unique_key if heard.is_new else f"{heard.row.pk} {county_now().isoformat()}"
    open_tasks(tasks=[replace(wanted, unique_key=key)], by=by)


def _denied(proposal: UUID, why: str, by: Account) -> None:
    room.answer(proposal=proposal, why=why, by=f"account:{by.pk}")
    finish_asking(proposals=[proposal], outcome="refused", by=f"account:{by.pk}")


def _of_household(proposal: UUID, household: Sequence[Person]):
    row = proposal_with(proposal)
    if row is None or row.person_id not in {it.pk for it in household}:
        raise refusals.no_proposal()
    return _open(row)


def _of_area(proposal: UUID, by: Account):
    row = proposal_with(proposal)
    if row is None:
        raise refusals.no_proposal()
    require(by, REVIEW, row.area_path)
    if row.proposed_by == f"account:{by.pk}":
        raise refusals.own_proposal()
    if row.person_id:
        refuse_own_matters(by, [row.person_id])
    return _open(row)


def _open(row):
    if row.state != PROPOSAL_STATES.WAITING:
        raise refusals.proposal_answered(row.answered_at)
    return row


# ---- who it is ----


def _tidy(number: str) -> str:
    text = "".join(normalize("NFKC", number).split()).replace("-", "").upper()  # typed wide in Chinese, it is the same
    found = A_PHONE.fullmatch(text)
    return found[1] if found else text


def _is(person: Person, new: NewProposal) -> bool:
    return "".join(person.name.split()) == new.name and any(
        number.upper().endswith(new.tail) for number in (person.document_number, person.phone) if number
    )


def _who(new: NewProposal) -> Person | None:
    """The one person whom this fits; None where it fits nobody, or several."""
    whole = person_with_document(new.tail)
    found = {it.pk: it for it in [*([whole] if whole else []), *persons_with_phone(new.tail), *_in_village(new)]}
    fitting = [it for it in found.values() if _is(it, new)]
    return fitting[0] if len(fitting) == 1 else None


def _in_village(new: NewProposal) -> list[Person]:
    """Those of that name who live in the village: a name has no index, and a village some thousand names."""
    rows = Person.objects.filter(below(new.area_path[:VILLAGE_DIGITS], "area_path"), merged_into__isnull=True)
    of_name = [pk for pk, name in rows.values_list("pk", "name") if "".join(name.split()) == new.name]
    return list(rows.filter(pk__in=of_name).order_by("pk"))


def _where(person: Person | None, area_path: str) -> str:
    """A resident who stays in the village they live in is looked after by their own grid worker."""
    return person.area_path if person and person.area_path.startswith(area_path) else area_path


def _task(row) -> NewTask:
    at: datetime = localtime(row.arrives_at)
    within = VISITED_WITHIN if rules_would_ask(row).asks_something else CONFIRMED_WITHIN
    said = Said(
        f"核实亲友代报：{row.name}，{at:%m-%d %H:%M} 到达",
        f"Ask whether it is so: {row.name} is said to come, {at:%m-%d %H:%M}",
    )
    return NewTask(
        kind=ASK, unique_key=str(row.pk), title=said, area_path=row.area_path,
        due_at=county_now() + timedelta(hours=within.value),
        role=WHO_LOOKS_AFTER.get(len(row.area_path), "dispatcher"), about=f"proposal:{row.pk}", ladder=LADDER,
    )  # fmt: skip
