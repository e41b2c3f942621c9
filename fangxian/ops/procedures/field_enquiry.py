"""Answers to enquiries from a phone in the field (外勤核实登记): one of the kinds of `field_kinds`.

Each is the answer of one person, written as `enquiries.wire.read_answer` reads it; an answer that is on record already
is taken, since nothing is left to do.
"""

from collections.abc import Sequence

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.enquiries.wire import read_answer
from fangxian.ops.field.wire import Intent, Outcome

from .answer_enquiry import answer_enquiries


def take(intents: Sequence[Intent], by: Account) -> list[Outcome]:
    """Record each answer; one that cannot be taken spoils no other."""
    return [_take(it, by) for it in intents]


def _take(intent: Intent, by: Account) -> Outcome:
    try:
        changed = answer_enquiries(answers=[read_answer(intent.body)], by=by)
    except Refusal as refusal:
        return Outcome(intent.number, "refused", refusal)
    return Outcome(intent.number, "taken" if changed else "repeat")
