"""Somebody registered at a post without a network (外勤：值守点登记).

1. what the phone wrote down        posts
2. registered and decided anew      pass_post
3. each by its number               field
   a permit that did not count is said as a refusal: the passing stays, and sent again it is judged anew
"""

from collections.abc import Sequence

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.field.wire import Intent, Outcome
from fangxian.ops.posts.refusals import exit_not_recorded
from fangxian.ops.posts.wire import read_told

from .pass_post import AtThePost, Passed, pass_post


def take(intents: Sequence[Intent], by: Account) -> list[Outcome]:
    """Each is one person at a post; body: post, shown, document, name, phone, is_out, group, vehicle, plate, origin,
    destination, temperature_tenths, permit, said, to_hospital (`posts.wire.Told`; what is not told is left out)."""
    found: list[Outcome] = []
    those: list[AtThePost] = []
    for it in intents:
        try:
            told = read_told(it.body)
        except Refusal as refusal:
            found.append(Outcome(it.number, "refused", refusal))
        else:
            those.append(AtThePost(device=it.device, number=it.number, passed_at=it.recorded_at, told=told))
    return found + [_outcome(it) for it in (pass_post(those=those, by=by) if those else ())]


def _outcome(it: Passed) -> Outcome:
    if it.kept.refusal is None and it.exit_refused is not None:
        return Outcome(it.kept.number, "refused", exit_not_recorded(it.exit_refused))
    return Outcome(it.kept.number, it.kept.state, it.kept.refusal)
