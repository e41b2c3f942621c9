"""What a grid worker found out about an arrival somebody told of (外勤核实亲友代报): one of the kinds of `field_kinds`.

1. it is so: declared, of whoever was found on the register or of whoever the document says    propose_arrival
2. it is not so, and why                                                                       propose_arrival
3. answered the same already, by another phone or by the person: nothing is left to do         arrivals
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from fangxian.core.identity import IdentityKind
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.arrivals.queries import PROPOSAL_STATES, proposal_with, told_by
from fangxian.ops.field.reading import day_of, one_of, text_of, uuid_of
from fangxian.ops.field.refusals import body_wrong
from fangxian.ops.field.wire import Intent, Outcome

from .arrival_people import Newcomer
from .propose_arrival import confirm_as_grid, deny_as_grid

SO, NOT_SO = "so", "not_so"
ANSWERED: Final = {SO: PROPOSAL_STATES.CONFIRMED, NOT_SO: PROPOSAL_STATES.REFUSED}
LONGEST_WHY, LONGEST_NAME, LONGEST_NUMBER = 200, 50, 40


def take(intents: Sequence[Intent], by: Account) -> list[Outcome]:
    """Each is one answer; body: proposal, what (so, not_so); of not_so why; of somebody who is not known, or is another
    than was found: name, number, kind, born_on, sex, lives_here. One that cannot be taken spoils no other."""
    return [_take(it, by) for it in intents]


def _take(intent: Intent, by: Account) -> Outcome:
    try:
        proposal, what = uuid_of(intent, "proposal"), one_of(intent, "what", ANSWERED)
        if what == NOT_SO:
            deny_as_grid(proposal=proposal, why=text_of(intent, "why", LONGEST_WHY), by=by)
        else:
            confirm_as_grid(proposal=proposal, newcomer=_newcomer(intent, proposal), by=by)
    except Refusal as refusal:
        if refusal.code == "arrivals.proposal_answered" and _is_answered(proposal, what):
            return Outcome(intent.number, "repeat")
        return Outcome(intent.number, "refused", refusal)
    return Outcome(intent.number, "taken")


def _is_answered(proposal: UUID, what: str) -> bool:
    row = proposal_with(proposal)
    return row is not None and row.state == ANSWERED[what]


def _newcomer(intent: Intent, proposal: UUID) -> Newcomer | None:
    """Whose document was seen; None where none was: whoever was found on the register is meant."""
    number = text_of(intent, "number", LONGEST_NUMBER, may_be_empty=True)
    if not number:
        return None
    row = proposal_with(proposal)
    told = told_by(row) if row is not None else None
    return Newcomer(
        name=text_of(intent, "name", LONGEST_NAME),
        number=number,
        kind=_kind(intent),
        phone=told.phone if told else "",
        born_on=day_of(intent, "born_on"),
        is_male=intent.body.get("sex") != "female",
        lives_here=intent.body.get("lives_here") is True,
        to_place=told.stays_at if told else "",
    )


def _kind(intent: Intent) -> IdentityKind:
    try:
        return IdentityKind(intent.body.get("kind", IdentityKind.RESIDENT.value))
    except ValueError:
        raise body_wrong(intent.kind, "kind") from None
