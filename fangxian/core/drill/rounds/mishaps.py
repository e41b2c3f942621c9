"""What goes wrong in a round that is played, and to whom. Assumed, so that everything there is to see is seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

REASONS: Final = ("away", "medical", "quarantine", "moved", "elsewhere")
COMES, LATER, EXCUSED, REFUSES, MISSING = "comes", "later", "excused", "refuses", "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishaps:
    """What goes wrong; fractions are of all people, minutes from when it should have been.

    Attributes
    ----------
    later, excused, refuses, missing : who does not come when asked, and what comes of it: sampled the next morning,
        excused with a reason, refusing, found by nobody
    strangers : who comes without being on the roster
    n_leaks : tubes found leaking at reception, whose people are sampled anew
    n_invalid : tubes whose first run says nothing
    n_positive : pools that turn positive: the first has somebody who is, the last was only spoilt by a neighbour
    box_late_min : how much later one box is
    stop_from_min, stop_min : when an amplifier stops in its run, minutes after the first midnight, and for how long
    """

    later: float = 0.02
    excused: float = 0.01
    refuses: float = 0.002
    missing: float = 0.001
    strangers: float = 0.002
    n_leaks: int = 3
    n_invalid: int = 1
    n_positive: int = 2
    n_wrong_scans: int = 4
    n_relabelled: int = 1
    n_over_full: int = 1
    box_late_min: float = 300.0
    stop_from_min: float = 16 * 60.0
    stop_min: float = 180.0


NOTHING: Final = Mishaps(
    later=0, excused=0, refuses=0, missing=0, strangers=0, n_leaks=0, n_invalid=0, n_positive=0, n_wrong_scans=0,
    n_relabelled=0, n_over_full=0, box_late_min=0, stop_min=0,
)  # fmt: skip


def who_comes(n: int, given: Mishaps, rng: np.random.Generator) -> list[str]:
    """For each of so many people one of COMES, LATER, EXCUSED, REFUSES, MISSING."""
    fractions = [given.later, given.excused, given.refuses, given.missing]
    kinds = np.array([LATER, EXCUSED, REFUSES, MISSING, COMES])
    return [str(it) for it in kinds[np.searchsorted(np.cumsum(fractions), rng.random(n), side="right")]]


def some_of(everybody: Sequence[int], n: int, rng: np.random.Generator) -> list[int]:
    """So many of them, each once; fewer where there are fewer."""
    return sorted(int(it) for it in rng.permutation(np.array(everybody, dtype=np.int64))[:n])
