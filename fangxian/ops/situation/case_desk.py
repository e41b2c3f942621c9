"""The investigator's desk: what needs a hand among the cases of one's area, and the list of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.cases import queries as cases
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.realm.areas import below
from fangxian.ops.realm.far_pages import ids_of_page, walked

# What a list may be sorted by: the columns of an index each, which keep rows of equal rank in one order.
SORTS = {
    "number": ("number",),
    "reported": ("reported_at", "number"),
    "onset": ("onset_on", "number"),
    "state": ("state", "number"),
}
NEWEST = "-reported"
LOOKED_UP = ("state", "disease", "clock_due_at")  # what some index begins with: see `far_pages.walked`
MANY = 1_000  # from so many rows on their order is walked, not made; fewer only where an index finds them
OPEN = ("reported", "held", "confirmed", "in_treatment")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """What a list is narrowed to; empty is everything. `clock`: running, in_time, overdue; `interview`: unfinished."""

    disease: str = ""
    state: str = ""
    area: str = ""
    clock: str = ""
    interview: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDesk:
    """What waits on the desk, as of `at`.

    Attributes
    ----------
    by_state : how many cases of the reader's are in each state, `StateCount`
    n_overdue, n_in_time : on how many cases a clock is overdue, on how many others one runs
    first_due : when the first clock is or was due
    diseases : the names of the diseases that have a rulebook in force, by key
    """

    by_state: Mapping[str, cases.StateCount]
    n_overdue: int
    n_in_time: int
    first_due: datetime | None
    diseases: Mapping[str, Said]
    at: datetime

    @property
    def n_all(self) -> int:
        return sum(it.n_cases for it in self.by_state.values())

    @property
    def n_open(self) -> int:
        return sum(self.by_state[state].n_cases for state in OPEN)

    @property
    def n_uninvestigated(self) -> int:
        return sum(self.by_state[state].n_uninvestigated for state in OPEN)

    @property
    def n_running(self) -> int:
        """On how many cases a clock runs."""
        return self.n_overdue + self.n_in_time

    @property
    def held(self) -> cases.StateCount:
        """The positives that wait for a second test."""
        return self.by_state["held"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One line of the list: the case, and the clock that is due first, if one runs."""

    case: Any
    clock: Any = None
    disease: Said = field(default_factory=lambda: Said("", ""))


def case_desk(account: Account, *, at: datetime) -> CaseDesk:
    """What needs a hand among the cases an account may see.

    Refuses
    -------
    accounts.not_yours
    """
    require(account, cases.VIEW)
    mine = cases.within(account)
    clocks = cases.clock_counts(mine, at=at)
    return CaseDesk(
        by_state=cases.counts(mine),
        n_overdue=clocks.n_overdue,
        n_in_time=clocks.n_in_time,
        first_due=clocks.first_due,
        diseases=disease_names(at),
        at=at,
    )


def cases_listed(account: Account, wanted: CaseFilter, *, at: datetime, past: Sequence[str] = ()) -> QuerySet:
    """The cases an account may see, narrowed. `past` are columns that SQLite is to walk past: see `far_pages`."""
    rows, names = walked(cases.within(account), *past)
    if wanted.disease:
        rows = rows.filter(**{names.get("disease", "disease"): wanted.disease})
    if wanted.state:
        rows = rows.filter(**{names.get("state", "state"): wanted.state})
    if wanted.area:
        rows = rows.filter(below(wanted.area))
    if wanted.clock:
        column = names.get("clock_due_at", "clock_due_at")
        rows = cases.with_clocks(rows, wanted.clock, at=at, column=column)
    if wanted.interview:
        rows = cases.uninvestigated(rows)
    return rows


def case_page(
    account: Account, wanted: CaseFilter, desk: CaseDesk, *, sort: str, which: slice, total: int
) -> list[CaseRow]:
    """One page of a list of `total` cases, with the clocks of its cases.

    First which rows, by the index alone, then those rows: a sort would carry every sealed column along.
    """
    columns, descending = _order(sort)
    is_walked = total >= MANY or not (wanted.disease or wanted.state or wanted.clock)
    past = [it for it in LOOKED_UP if it != columns[0]] if is_walked else []
    rows = cases_listed(account, wanted, at=desk.at, past=past)
    ids = ids_of_page(
        [rows], columns, descending=descending, which=which, total=total, may_be_empty=columns[0] == "onset_on"
    )
    found = cases.cases_with(ids, only=_SHOWN)
    shown = [found[pk] for pk in ids if pk in found]
    clocks: dict[UUID, Any] = cases.next_clocks(ids)
    names = desk.diseases
    return [
        CaseRow(case=row, clock=clocks.get(row.pk), disease=names.get(row.disease, Said(row.disease, row.disease)))
        for row in shown
    ]


def disease_names(at: datetime) -> dict[str, Said]:
    """What the diseases with a rulebook in force are called."""
    return {key: rulebook.disease.name for key, rulebook in rulebooks_by_disease(at).items()}


_SHOWN = (
    "id", "number", "disease", "area_path", "name", "sex", "born_on", "state", "state_at", "onset_on", "reported_at",
    "investigated_at", "case_class",
)  # fmt: skip


def _order(sort: str) -> tuple[tuple[str, ...], bool]:
    """The columns of the index that holds this order, and whether they run down."""
    name = sort.lstrip("-")
    return SORTS.get(name, SORTS["reported"]), sort.startswith("-") or name not in SORTS


def n_listed(account: Account, wanted: CaseFilter, desk: CaseDesk) -> int:
    """How many cases a list has; not asked again where the desk has counted them already."""
    if wanted == CaseFilter():
        return desk.n_all
    if wanted == CaseFilter(state=wanted.state):
        return desk.by_state[wanted.state].n_cases
    if wanted == CaseFilter(interview=wanted.interview):
        return desk.n_uninvestigated
    if wanted == CaseFilter(clock=wanted.clock):
        return {"overdue": desk.n_overdue, "in_time": desk.n_in_time}.get(wanted.clock, desk.n_running)
    return cases_listed(account, wanted, at=desk.at).count()


def cases_found(text: str, account: Account) -> list:
    """The cases an account may see that have this number, or whose person has this document or phone."""
    plain = text.strip()
    compact = plain.replace(" ", "").replace("-", "").upper()
    by_number = cases.case_numbered(plain)
    found = [by_number] if by_number else [*cases.with_document(compact), *cases.with_phone(compact)]
    unique = {row.pk: row for row in found}
    return [row for pk, row in unique.items() if cases.may_see(account, pk)]
