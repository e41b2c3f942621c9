"""What follows from a tube's result for each whose swab is in it, and from a member's own for the pool.

The rule of the field (domain.md §4.2): of a pool that is positive, grey or single-target all are told, isolated and
sampled anew, each in a tube of their own. A person's own is tested again by a second laboratory.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .judging import SUSPECT, Outcome, Standing


class Next(StrEnum):
    """What is to be done with a member of a tube."""

    RELEASE = "release"  # the result goes out; a hold of this tube ends
    HOLD_AND_CALL_BACK = "hold_and_call_back"  # held by evidence, and sampled anew in a tube of their own
    HOLD_AND_SECOND_LABORATORY = "hold_and_second_laboratory"
    RUN_AGAIN = "run_again"  # what is left in the tube is enough; nobody is called
    CALL_BACK = "call_back"  # sampled anew, and held by nothing: the tube said nothing twice

    @property
    def holds(self) -> bool:
        return self in (Next.HOLD_AND_CALL_BACK, Next.HOLD_AND_SECOND_LABORATORY)


def next_of_members(now: Standing, *, n_members: int, n_runs: int) -> Next:
    """What follows for everybody in a tube.

    Parameters
    ----------
    now : what holds of the tube after all its runs
    n_members : whose swabs are in it
    n_runs : how often it was tested; what says nothing twice is sampled anew
    """
    if now.outcome in SUSPECT:
        return Next.HOLD_AND_CALL_BACK if n_members > 1 else Next.HOLD_AND_SECOND_LABORATORY
    if now.outcome is Outcome.NEGATIVE:
        return Next.RELEASE
    return Next.RUN_AGAIN if n_runs < 2 else Next.CALL_BACK


@dataclass(frozen=True, slots=True)
class Resolved:
    """A pool that was not negative, with what its members' own tubes say so far.

    Attributes
    ----------
    released, held, awaited : members, each in exactly one
    is_unexplained : every member's own is negative though the pool was not: a tube was taken for another, something
        was carried over, or the wrong people are listed. The laboratory is told; the members go free
    """

    released: tuple[str, ...]
    held: tuple[str, ...]
    awaited: tuple[str, ...]

    @property
    def is_unexplained(self) -> bool:
        return bool(self.released) and not self.held and not self.awaited


def resolved(members: Mapping[str, Outcome | None]) -> Resolved:
    """Who of a pool is free by a negative of their own, who is held by one that is not, and who is still to be tested.

    Parameters
    ----------
    members : what each one's own re-test says; None, and what says nothing, where it is still awaited
    """
    free = tuple(who for who, outcome in members.items() if outcome is Outcome.NEGATIVE)
    held = tuple(who for who, outcome in members.items() if outcome in SUSPECT)
    decided = {*free, *held}
    return Resolved(free, held, tuple(who for who in members if who not in decided))
