"""A screening round by class and unit: how many are at each stage, as an account may see it. Thought, not record."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.lab.queries import ScreeningRound, roster_of
from fangxian.ops.lab.words import STAGES
from fangxian.ops.realm.areas import TOWNSHIP_DIGITS, below

from .round_board import SEE, PlaceRow

ORDERS = {"name": ("group",), "-name": ("-group",), "due": ("n_due", "group"), "-due": ("-n_due", "group")}


@dataclass(frozen=True, slots=True)
class GroupsSeen:
    """The classes and units of a round, in order; counted when it is asked, listed where it is cut."""

    rows: QuerySet

    def count(self) -> int:
        return self.rows.count()

    def __getitem__(self, which: slice) -> list[PlaceRow]:
        return [_row(it) for it in self.rows[which]]


def groups_of_round(row: ScreeningRound, account: Account, *, order: str) -> GroupsSeen:
    """Of the people in the areas whose rounds an account sees; `order`: a key of ORDERS."""
    areas = {it for permission in SEE for it in areas_of(account, permission)}
    people = roster_of(row).exclude(group="")
    if not any(len(it) < TOWNSHIP_DIGITS for it in areas):
        within = Q(pk__in=[])
        for it in sorted(areas):
            within |= Q(below(it))
        people = people.filter(within)
    stages = {f"n_{key}": Count("pk", filter=Q(stage=key)) for key in STAGES}
    return GroupsSeen(people.order_by().values("group").annotate(**stages).order_by(*ORDERS[order]))


def _row(told: Mapping[str, object]) -> PlaceRow:
    return PlaceRow(str(told["group"]), None, {key: int(told[f"n_{key}"]) for key in STAGES})
