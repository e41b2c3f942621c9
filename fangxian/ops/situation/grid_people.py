"""The people and households of one grid cell, for its worker: who lives here, and with whom something waits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.arrivals import queries as arrivals
from fangxian.ops.enquiries import queries as enquiries
from fangxian.ops.people.models import Person
from fangxian.ops.places.models import Division, GridCell
from fangxian.ops.places.queries import path_down_to
from fangxian.ops.realm.areas import GRID_DIGITS

from .ages import CHILDREN_UNDER, ELDERS_FROM, latest_birthday
from .areas import no_such_area
from .grids import REVIEW, VIEW, came_lately, due_today, figures_at
from .team import TeamMember, team_of

SEE_PEOPLE, SEE_HOUSEHOLDS = "people.view", "households.view"
KINDS = {
    "due": Said("今天有任务到期或逾期的", "with a task due today or late"),
    "to_ask": Said("待核实的", "to be asked"),
    "came": Said("14 天内来返的", "who came in the last 14 days"),
    "elders": Said("65 岁以上", "65 or over"),
    "children": Said("未满 15 岁", "under 15"),
    "visitors": Said("过往人员", "passing through"),
    "no_household": Said("没有登记住户的", "of no household on record"),
}
# `?sort=` → columns. A name is sealed: the database cannot sort by it.
SORTS = {
    "household": ("household__number", "place_in_household"),
    "age": ("-born_on",),
    "-age": ("born_on",),
    "-since": ("-on_record_since",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The people of an area with whom something waits or who are new, by their ids; empty what the reader may not see.

    came : who came in the last 14 days, with the moment
    """

    due: frozenset[UUID]
    to_ask: frozenset[UUID]
    came: Mapping[UUID, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridFile:
    """A grid cell as its page shows it: what it is, who looks after it, its figures (those the reader may see)."""

    cell: GridCell
    trail: Sequence[Division | GridCell]
    team: Sequence[TeamMember]
    values: Mapping[str, int]
    may_see_people: bool
    may_see_households: bool
    at: datetime


def grid_file(area_path: str, account: Account, *, at: datetime) -> GridFile:
    """A grid cell.

    Refuses
    -------
    places.area.not_found, accounts.not_yours
    """
    trail = path_down_to(area_path) if len(area_path) == GRID_DIGITS else []
    if not trail or trail[-1].area_path != area_path:
        raise no_such_area(area_path)
    require(account, VIEW, area_path)
    return GridFile(
        cell=GridCell.objects.select_related("host_unit").defer("shape").get(area_path=area_path),
        trail=trail,
        team=team_of(area_path, at=at),
        values={name: sum(of.values()) for name, of in figures_at(account, area_path, at).items()},
        may_see_people=may(account, SEE_PEOPLE, area_path),
        may_see_households=may(account, SEE_HOUSEHOLDS, area_path),
        at=at,
    )


def waiting_in(area_path: str, account: Account, *, at: datetime) -> Waiting:
    """With whom of a grid cell something waits. Three queries."""
    here = Q(area_path=area_path)
    subjects = due_today(account, at).filter(here, about__startswith="person:").order_by()
    asked = within_scope(enquiries.to_ask(), account, REVIEW).filter(here).order_by()
    came = came_lately(arrivals.arrivals_for(account), at).filter(here).order_by("arrives_at")
    return Waiting(
        due=frozenset(_ids(subjects.values_list("about", flat=True))),
        to_ask=frozenset(asked.values_list("person_id", flat=True)),
        came=dict(came.values_list("person_id", "arrives_at")),
    )


def _ids(subjects: Iterable[str]) -> Iterable[UUID]:
    return (UUID(subject.partition(":")[2]) for subject in subjects)


def people_of(
    area_path: str, account: Account, waiting: Waiting, *, on: date, kind: str = "", sort: str = ""
) -> QuerySet[Person]:
    """The people of a grid cell on record, by household unless another order of `SORTS` is asked for.

    Who came to stay with a household of another cell stands there, on record and here among those who came.

    Refuses
    -------
    accounts.not_yours
    """
    require(account, SEE_PEOPLE, area_path)
    wanted = {
        "due": _among(waiting.due),
        "to_ask": _among(waiting.to_ask),
        "came": _among(waiting.came),
        "elders": Q(born_on__lte=latest_birthday(ELDERS_FROM, on)),
        "children": Q(born_on__gt=latest_birthday(CHILDREN_UNDER, on)),
        "visitors": ~Q(standing=Person.Standing.RESIDENT),
        "no_household": Q(household__isnull=True),
    }
    here = Q(area_path=area_path)
    if kind in ("due", "to_ask", "came"):
        here = Q()  # who stays here for a while is on record where they live; the reader's areas limit it all the same
    rows = within_scope(Person.objects.all(), account, SEE_PEOPLE).filter(here, merged_into__isnull=True)
    columns = SORTS.get(sort, SORTS["household"])
    in_order = [
        F(name.lstrip("-")).desc(nulls_last=True) if name.startswith("-") else F(name).asc(nulls_last=True)
        for name in columns
    ]
    return rows.filter(wanted.get(kind, Q())).select_related("household").order_by(*in_order, "pk")


def _among(ids: Collection[UUID]) -> Q:
    return Q(pk__in=list(ids))
