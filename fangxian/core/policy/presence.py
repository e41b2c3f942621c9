"""Which ways of having shown oneself at a door may count against, or for, a person.

A scan says how presence was shown: staffed > rotating > located > none. What each proves, and how it can be cheated,
stands in docs/explanation/from-evidence-to-a-gate.md.
"""

from collections.abc import Collection
from typing import Final

from fangxian.core.policy.vocabulary import Presence

__all__ = ["SHOWN", "counts_as_evidence"]

# Every way that shows anything at all; whoever asks a table for scans that may become evidence asks for these.
SHOWN: Final = (Presence.STAFFED, Presence.ROTATING, Presence.LOCATED)


def counts_as_evidence(presence: Presence | None, wanted: Collection[Presence] = ()) -> bool:
    """Whether a fact may turn a code as far as presence goes.

    `presence` is None for a fact that comes from no scan, such as a result of a laboratory. `wanted` are the ways that
    the rulebook lists for this kind of evidence; an empty one asks for none in particular.

    A scan that shows no presence counts for nothing, whatever the rulebook says: a photographed poster turned 871
    absent people's codes red in 2022. It can be forwarded, and nobody can tell the forwarded one from the one on
    the door.
    """
    if presence is None:
        return not wanted
    return presence in SHOWN and (not wanted or presence in wanted)
