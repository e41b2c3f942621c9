"""What the kinds of a phone's records mean (外勤记录的种类): each kind, and the procedure that takes records of it.

A procedure `field_<kind>.take(intents, by)` is given records of one kind, in the order of their numbers, and the
account of the phone; it answers with one `Outcome` for each, in any order. It is called inside a transaction that also
keeps their numbers, so that what it takes is taken once; a `Refusal` that it raises is of all of them, and they are
then tried one by one. One record that cannot be taken is an `Outcome(number, "refused", refusal)`.
"""

from collections.abc import Callable, Sequence
from typing import Final

from fangxian.ops.accounts.models import Account
from fangxian.ops.field.wire import Intent, Outcome

from . import (
    field_arrival,
    field_enquiry,
    field_follow_up,
    field_hygiene,
    field_passing,
    field_problem,
    field_returnee,
    field_task_done,
    field_told_arrival,
    field_vaccination,
)

Take = Callable[[Sequence[Intent], Account], Sequence[Outcome]]

KINDS: Final[dict[str, Take]] = {
    "task_done": field_task_done.take,
    "follow_up": field_follow_up.take,
    "problem": field_problem.take,
    "passing": field_passing.take,
    "enquiry": field_enquiry.take,
    "arrival": field_arrival.take,
    "told_arrival": field_told_arrival.take,
    "returnee": field_returnee.take,
    "vaccination": field_vaccination.take,
    "hygiene": field_hygiene.take,
}
