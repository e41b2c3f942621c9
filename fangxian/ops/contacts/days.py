"""The follow-ups of one day, for whoever walks from door to door and whoever looks at how far they have come."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import within_scope
from fangxian.ops.realm.areas import below

from .models import FollowUp
from .queries import FOLLOW

SHOWN_AT_ONCE = 200
DUE = Q(state=FollowUp.State.DUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayByArea:
    """One area's follow-ups of a day; `n_late` are among those due."""

    area_path: str
    n_due: int
    n_late: int
    n_done: int
    n_symptomatic: int
    n_not_found: int


def of_day(account: Account, on: date) -> QuerySet[FollowUp]:
    """The follow-ups of a day in the areas where the account follows contacts, and of those its team was given."""
    return within_scope(FollowUp.objects.filter(on=on), account, FOLLOW, team_field="whose__team")


def day_by_area(account: Account, on: date, *, at: datetime, digits: int) -> list[DayByArea]:
    """A day by the areas whose path has so many digits, as of a moment (county time); one query."""
    figures = {
        "n_due": Count("pk", filter=DUE),
        "n_late": Count("pk", filter=DUE & Q(due_at__lte=at)),
        "n_done": Count("pk", filter=Q(state=FollowUp.State.DONE)),
        "n_symptomatic": Count("pk", filter=Q(is_symptomatic=True)),
        "n_not_found": Count("pk", filter=Q(found=FollowUp.Found.NOT_FOUND)),
    }
    rows = of_day(account, on).order_by().annotate(area=Substr("area_path", 1, digits)).values("area")
    counted = rows.annotate(**figures).order_by("area")
    return [DayByArea(area_path=row.pop("area"), **row) for row in counted]


def waiting(account: Account, on: date, area_path: str = "") -> list[FollowUp]:
    """Those of a day that wait, with whom they are about, by place; at most SHOWN_AT_ONCE."""
    rows = of_day(account, on).filter(DUE)
    if area_path:
        rows = rows.filter(below(area_path))
    rows = rows.select_related("whose__file", "whose__person__household")
    return list(rows.order_by("area_path", "id")[:SHOWN_AT_ONCE])


def done(account: Account, on: date, area_path: str = "") -> list[FollowUp]:
    """Those of a day that are done, the newest first; at most SHOWN_AT_ONCE."""
    rows = of_day(account, on).filter(state=FollowUp.State.DONE)
    if area_path:
        rows = rows.filter(below(area_path))
    rows = rows.select_related("whose__file", "whose__person__household")
    return list(rows.order_by("-done_at", "id")[:SHOWN_AT_ONCE])
