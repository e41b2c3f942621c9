"""What a synthetic county consists of: tables of columns of equal length.

Row `i` of a table is entry `i` of each of its columns. A column that names rows of another table
holds their row numbers; -1 means none. Codes that are not row numbers are positions in the tuples
of words below, which never change their order. Dates are proleptic ordinals, as in
`datetime.date.fromordinal`. Every text is `str`, empty where there is none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy.typing as npt

Ints = npt.NDArray[Any]  # whole numbers of the width each column names
Texts = tuple[str, ...]

SEXES = ("", "male", "female")  # as in GB/T 2261.1: 1 is male, 2 is female
RELATIONS = ("head", "spouse", "child", "parent", "grandchild", "grandparent")
GRID_KINDS = ("rural", "community", "dedicated")
TEAM_KINDS = ("grid_worker", "community_worker", "lead", "assistant")
SCHOOL_STAGES = ("kindergarten", "primary", "junior", "senior")
JOB_ROLES = ("owner", "staff", "teacher", "school_support", "clinician", "courier", "driver", "official")


class _Table:
    """Equal columns; checked once, when made."""

    __slots__ = ()

    def __post_init__(self) -> None:
        lengths = {name: len(column) for name, column in self.columns().items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns of {type(self).__name__} have different lengths: {lengths}")

    def __len__(self) -> int:
        return len(next(iter(self.columns().values())))

    def columns(self) -> dict[str, Sequence[Any]]:
        """Column name → column, in the order they are declared."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]

    def rows(self, begin: int = 0, end: int | None = None) -> Iterator[tuple[Any, ...]]:
        """Rows `begin` to before `end` as tuples of plain `int` and `str`, in column order."""
        parts = (column[begin:end] for column in self.columns().values())
        return zip(*(p if isinstance(p, tuple) else p.tolist() for p in parts), strict=True)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grids(_Table):
    """One row is one grid cell. Ordered by `area_path`.

    area_path : (n,) int64, 15 digits: the unit's 12, then 3 for the cell; dedicated cells from 901
    kind : (n,) int8, position in GRID_KINDS
    host_venue : (n,) int32, the venue whose unit names the worker of a dedicated cell, else -1
    n_households : (n,) int32; 0 for a dedicated cell, whose people live elsewhere
    """

    area_path: Ints
    kind: Ints
    name: Texts
    name_en: Texts
    host_unit: Texts
    host_venue: Ints
    n_households: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Households(_Table):
    """One row is one household. Ordered by `area_path`, so the members of a grid stand together.

    first_person, n_members : int32, int8; its members are persons first_person to before
        first_person + n_members
    n_generations : int8, 1 to 4
    """

    area_path: Ints
    grid: Ints
    address: Texts
    first_person: Ints
    n_members: Ints
    n_generations: Ints

    def numbers_in_cell(self) -> list[int]:
        """Each household's number in its grid cell, from 1 in the order of the table: it is on the printed card."""
        numbers: list[int] = []
        taken: dict[int, int] = {}
        for cell in self.grid.tolist():
            taken[cell] = taken.get(cell, 0) + 1
            numbers.append(taken[cell])
        return numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons(_Table):
    """One row is one resident. Ordered by household; within it the head first.

    area_path : (n,) int64, of the grid cell of the household
    relation : (n,) int8, position in RELATIONS, to the head of the household
    born_on : (n,) int32, ordinal
    sex : (n,) int8, 1 male, 2 female
    identity_number : 18 characters, unique, under the declared unassigned prefix
    phone : 11 digits that cannot ring, unique, or "" for who has none
    """

    area_path: Ints
    household: Ints
    relation: Ints
    name: Texts
    sex: Ints
    born_on: Ints
    identity_number: Texts
    phone: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Team(_Table):
    """One row is one member of the grid team. Ordered by kind, then `area_path`.

    kind : int8, position in TEAM_KINDS
    area_path : int64, what the member answers for: 15 digits (a grid cell) for grid workers and
        community workers, 9 (a township) for leads and assistants
    grid : int32, the cell's row, -1 for leads and assistants
    """

    person: Ints
    kind: Ints
    area_path: Ints
    grid: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Venues(_Table):
    """One row is one venue with a code at its doors. Ordered by `area_path`, then trade.

    area_path : int64, 15 digits, the grid cell in which it stands
    trade : the trade's id in county.toml
    venue_class : the rulebook's word for venues of that trade
    n_doors : int8, at least 1; doors are numbered from 1
    n_staff : int32, rows of Jobs that name this venue
    """

    area_path: Ints
    trade: Texts
    venue_class: Texts
    name: Texts
    address: Texts
    n_doors: Ints
    n_staff: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors(_Table):
    """One row is one door. Ordered by venue, then number."""

    venue: Ints
    number: Ints
    name: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs(_Table):
    """One row is one person working at one venue; nobody works at two. Ordered by venue, person.

    role : int8, position in JOB_ROLES
    title : what the person is called there, in Chinese
    """

    person: Ints
    venue: Ints
    role: Ints
    title: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Schools(_Table):
    """One row is one school or kindergarten. Ordered by venue.

    n_pupils, n_teachers, n_support : int32; support is the article's "key persons": guards,
        canteen and dormitory staff, drivers
    """

    venue: Ints
    name: Texts
    n_pupils: Ints
    n_teachers: Ints
    n_support: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes(_Table):
    """One row is one class. Ordered by school, stage, grade, number.

    stage : int8, position in SCHOOL_STAGES
    grade : int8, from 1 within the stage
    class_teacher : int32, a person
    """

    school: Ints
    stage: Ints
    grade: Ints
    number: Ints
    name: Texts
    class_teacher: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupils(_Table):
    """One row is one pupil in one class; nobody is in two. Ordered by class, person."""

    person: Ints
    school_class: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts(_Table):
    """One row is one checkpoint: a village post or a county checkpoint. Ordered by venue.

    per_day : int8, people on duty each day by the plan
    """

    venue: Ints
    name: Texts
    per_day: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Keepers(_Table):
    """One row is one resident on the roster of one post; nobody keeps two. Ordered by post, person."""

    post: Ints
    person: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticCounty:
    """The whole county, or a part of it at a smaller scale.

    reference_on : ordinal, the day on which its ages are the census's
    scale_per_million : 1_000_000 for the whole county
    """

    county_code: str
    name: str
    edition: str
    reference_on: int
    scale_per_million: int
    grids: Grids
    households: Households
    persons: Persons
    team: Team
    venues: Venues
    doors: Doors
    jobs: Jobs
    schools: Schools
    classes: Classes
    pupils: Pupils
    posts: Posts
    keepers: Keepers

    def tables(self) -> dict[str, _Table]:
        """Table name → table, in the order in which they may be loaded."""
        return {f.name: value for f in fields(self) if isinstance(value := getattr(self, f.name), _Table)}
