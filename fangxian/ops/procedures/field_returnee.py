"""What a phone in the field heard of somebody away (外勤返乡登记): one of the kinds of `field_kinds`."""

from collections.abc import Sequence

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.field.reading import count_of, day_of, one_of, text_of, uuid_of
from fangxian.ops.field.wire import Intent, Outcome
from fangxian.ops.returnees.actions import SAID
from fangxian.ops.returnees.wire import NewHeard

from .hear_of_returnee import hear_of_returnee

LONGEST = 300


def take(intents: Sequence[Intent], by: Account) -> list[Outcome]:
    """Each is of one person; body: person, what, returns_on, note, seen. One that cannot be taken spoils no other."""
    return [_take(it, by) for it in intents]


def _take(intent: Intent, by: Account) -> Outcome:
    try:
        heard = NewHeard(
            person=uuid_of(intent, "person"),
            what=one_of(intent, "what", SAID),
            returns_on=day_of(intent, "returns_on"),
            note=text_of(intent, "note", LONGEST, may_be_empty=True),
            seen=count_of(intent, "seen"),
        )
        is_new = hear_of_returnee(heard=heard, by=by, at=intent.recorded_at)
    except Refusal as refusal:
        return Outcome(intent.number, "refused", refusal)
    return Outcome(intent.number, "taken" if is_new else "repeat")
