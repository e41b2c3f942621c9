"""What was measured of a list; read where there is no Django."""

from dataclasses import dataclass
from typing import Final

ALLOWED_S: Final = 0.150
PLACES = ("first", "middle", "last")


@dataclass(frozen=True, slots=True)
class Took:
    """One page: processor seconds of server and database, and the wall's."""

    cpu_s: float
    clock_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One list in one order. `took` are its first, middle and last page.

    `busy` is how many times as long as at its best a plain loop took just then.
    """

    reader: str
    path: str
    of: str
    sort: str
    total: int
    took: tuple[Took, ...]
    busy: float
