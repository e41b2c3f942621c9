"""Whom to ring about grid cells where something was to be done and nothing is on record (有事未办的网格).

1. who works there                                 accounts
2. when their phone last spoke, and what it holds  field

A cell may be silent since its phone has no network: what it holds was done, and comes by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fangxian.ops.accounts.queries import working_in
from fangxian.ops.field.queries import last_heard

from .area_days import AreaDays

ROLE = "grid_worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietGrid:
    """One grid cell that is silent.

    Attributes
    ----------
    line : its figures
    workers : the accounts of its grid workers; () where nobody is appointed there
    heard_at : when a phone of theirs last spoke; None where there is none, or it never did
    n_held : how many records their phones then had still to send
    """

    line: AreaDays
    workers: tuple[str, ...]
    heard_at: datetime | None
    n_held: int


def quiet_grids(lines: Sequence[AreaDays]) -> list[QuietGrid]:
    """The same cells in the same order, each with whom to ring; two queries."""
    workers = working_in([it.place.area_path for it in lines], ROLE)
    heard = last_heard(pk for those in workers.values() for pk, _ in those)
    return [_grid(it, workers.get(it.place.area_path, ()), heard) for it in lines]


def _grid(line: AreaDays, workers, heard) -> QuietGrid:
    phones = [heard[pk] for pk, _ in workers if pk in heard]
    return QuietGrid(
        line=line,
        workers=tuple(username for _, username in workers),
        heard_at=max((at for at, _ in phones if at), default=None),
        n_held=sum(n for _, n in phones),
    )
