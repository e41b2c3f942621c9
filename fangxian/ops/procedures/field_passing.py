"""Somebody registered at a post without a network (外勤：值守点登记).

1. what the phone wrote down        posts
2. registered and decided anew      pass_post
3. each by its number               field
"""

from collections.abc import Sequence

from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.field.wire import Intent, Outcome
from fangxian.ops.posts.wire import read_told

from .pass_post import AtThePost, pass_post


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
    kept = (it.kept for it in pass_post(those=those, by=by)) if those else ()
    return found + [Outcome(it.number, it.state, it.refusal) for it in kept]
