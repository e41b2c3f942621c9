"""What crosses the comparisons room's boundary: a row as a source writes it, findings and doubtful pairs to be kept."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from fangxian.ops.realm.sealed import indexes_of

WHO = "compared_who"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Somebody as one row of one source writes them; empty where it says nothing.

    Attributes
    ----------
    born_year : where the source has the year or an age only
    sex : 1 male, 2 female
    origin : code of the division they came from
    area_path, person : where the source itself knows them on the register, as the program's own records do
    row_number : the first that is written so; n_times : how often
    """

    name: str = ""
    number: str = ""
    phone: str = ""
    address: str = ""
    born_on: date | None = None
    born_year: int = 0
    sex: int = 0
    arrived_on: date | None = None
    origin: str = ""
    area_path: str = ""
    person: UUID | None = None
    row_number: int = 0
    n_times: int = 1

    @property
    def says(self) -> tuple[object, ...]:
        """All by which two rows are the same word for word."""
        return (*self.identity, self.arrived_on, self.origin, self.person)

    @property
    def identity(self) -> tuple[object, ...]:
        return self.name, self.number, self.phone, self.address, self.born_on, self.born_year

    def as_json(self) -> str:
        told = {
            "name": self.name,
            "number": self.number,
            "phone": self.phone,
            "address": self.address,
            "born_on": self.born_on.isoformat() if self.born_on else "",
            "born_year": self.born_year,
            "sex": self.sex,
            "arrived_on": self.arrived_on.isoformat() if self.arrived_on else "",
            "origin": self.origin,
        }
        return json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False)


def read_written(text: str) -> dict[str, str | int]:
    """What `Written.as_json` made; empty where it was erased."""
    return json.loads(text or "{}")


def whos_of(rows: Sequence[Written]) -> list[bytes]:
    """Of each row the index by which a way of being written is known again."""
    return indexes_of(WHO, ["\x1f".join(map(str, row.identity)) for row in rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFinding:
    """One person of a comparison, with the rows of each source that are theirs. Fields as `models.Finding`."""

    id: UUID
    outcome: str
    roles: str
    conflicts: str
    area_path: str
    person: UUID | None
    name: str
    likelihood_per_mille: int
    n_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """One row to be kept; `id` is given beforehand, since doubtful pairs name it."""

    id: UUID
    source: UUID
    finding: UUID | None
    who: bytes
    written: Written


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDoubt:
    """Two rows for a person to decide. Fields as `models.DoubtfulPair`."""

    one: UUID
    other: UUID
    area_path: str
    likelihood_per_mille: int
    why: str
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCounts:
    """What came of one source in a run."""

    source: UUID
    n_rows: int
    n_different: int
    n_people: int
    n_refused: int


def once_each(rows: Iterable[Written]) -> list[Written]:
    """The rows without those that repeat an earlier one word for word, which are counted at it."""
    first: dict[tuple[object, ...], int] = {}
    kept: list[Written] = []
    times: list[int] = []
    for row in rows:
        at = first.setdefault(row.says, len(kept))
        if at == len(kept):
            kept.append(row), times.append(0)
        times[at] += row.n_times
    return [row if n == row.n_times else replace(row, n_times=n) for row, n in zip(kept, times, strict=True)]


def read_levels(text: str) -> dict[str, str]:
    """How the two rows of a doubtful pair compare, field by field; empty where it was erased."""
    return json.loads(text or "{}")
