"""What a round used of its kits leaves the stores and the rest is free again: when it ends, or when it is given back.

1. tubes that were opened and swabs that were taken                 lab
2. they leave the stores, each once; the rest that was put aside    round_plans
   is free

Suits, and what the laboratory takes for its runs, nobody counts here: whoever keeps the stores records them.
"""

from fangxian.ops.lab.queries import ScreeningRound, n_swabs, tubes_of
from fangxian.ops.round_plans import actions


def use_up_kits(*, row: ScreeningRound, by: str) -> dict[str, int]:
    """What left the stores now, by kit. Call it again and only what was used since leaves them."""
    used = {"tubes": tubes_of(row).exclude(opened_at=None).count(), "swabs": n_swabs(row)}
    return actions.free_kits(round=row.pk, name=row.name, used=used, by=by)
