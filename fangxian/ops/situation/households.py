"""Households of a grid cell, as its worker needs them: who lives alone, where the old and the young are."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require, within_scope
from fangxian.ops.people.models import Household, Person
from fangxian.ops.people.queries import members_of
from fangxian.ops.places.models import Division, GridCell
from fangxian.ops.places.queries import path_down_to
from fangxian.ops.realm.areas import below

from .ages import CHILDREN_UNDER, ELDERS_FROM, latest_birthday

CARD_NUMBER = re.compile(r"(\d{15})\s*[-‐-―－]\s*(\d{1,5})")
KINDS = {
    "elders": Said("有 65 岁以上的", "with somebody of 65 or over"),
    "alone": Said("65 岁以上独居的", "65 or over and living alone"),
    "children": Said("有未满 15 岁的", "with a child under 15"),
    "empty": Said("册上没有人的", "with nobody on record"),
}
# What is logged where addresses are shown in full: these and the reason (persons.REASONS).
ADDRESS_SHOWN, ADDRESSES_SHOWN = "people.household_shown", "people.addresses_shown"
SIZES = (1, 2, 3, 4)  # persons; the last stands for that many or more


def card_number(household: Household) -> str:
    """What is printed on the household's card: its grid cell and its running number there."""
    return f"{household.area_path}-{household.number:04d}"


def households_counted(area_path: str, account: Account, *, on: date, kind: str = "") -> QuerySet[Household]:
    """Households of an area with `n_members`, `n_elders`, `n_children`; those of one of `KINDS` if asked.

    Refuses
    -------
    accounts.not_yours
    """
    require(account, "households.view", area_path)
    on_record = Q(members__merged_into__isnull=True)
    rows = within_scope(Household.objects.filter(below(area_path)), account, "households.view").annotate(
        n_members=Count("members", filter=on_record),
        n_elders=Count("members", filter=on_record & Q(members__born_on__lte=latest_birthday(ELDERS_FROM, on))),
        n_children=Count("members", filter=on_record & Q(members__born_on__gt=latest_birthday(CHILDREN_UNDER, on))),
    )
    wanted = {
        "elders": Q(n_elders__gt=0),
        "alone": Q(n_members=1, n_elders=1),
        "children": Q(n_children__gt=0),
        "empty": Q(n_members=0),
    }
    return rows.filter(wanted.get(kind, Q())).order_by("area_path", "number")


def heads_of(households: Sequence[Household]) -> dict[UUID, Person]:
    """Household id → its head, for households already limited to the reader's scope."""
    ids = [household.pk for household in households]
    heads = Person.objects.filter(household__in=ids, place_in_household=0).only("household", "name", "merged_into")
    return {head.household_id: head for head in heads if head.merged_into_id is None}


def members_in(households: Sequence[Household]) -> list[UUID]:
    """Who lives in some households, for the record of who was looked at."""
    members = Person.objects.filter(household__in=[household.pk for household in households])
    return list(members.filter(merged_into__isnull=True).values_list("pk", flat=True))


def households_by_size(area_path: str, account: Account) -> dict[int, int]:
    """How many households of 0, 1, 2, 3 and 4 or more persons stand in an area. Refuses as `households_counted`."""
    require(account, "households.view", area_path)
    persons = within_scope(Person.objects.filter(below(area_path)), account, "households.view")
    persons = persons.filter(merged_into__isnull=True, household__isnull=False).order_by()
    sizes = [n for _, n in persons.values_list("household").annotate(n=Count("*"))]
    n_households = within_scope(Household.objects.filter(below(area_path)), account, "households.view").count()
    found = {size: sum(n == size for n in sizes) for size in SIZES[:-1]}
    return {0: n_households - len(sizes), **found, SIZES[-1]: sum(n >= SIZES[-1] for n in sizes)}


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdFile:
    """A household as its page shows it; `may_open` says whether the reader may open its members' records."""

    household: Household
    members: list[Person]
    trail: list[Division | GridCell]
    may_open: bool
    at: datetime


def household_file(household_id: UUID, account: Account, *, at: datetime) -> HouseholdFile:
    """A household with its members, the head first.

    Refuses
    -------
    people.household.not_found, people.household.not_yours
    """
    household = Household.objects.filter(pk=household_id).first()
    if household is None:
        raise Refusal(
            "people.household.not_found",
            zh="没有这一户，或者记录已经依规删除。户的地址由系统给出；请从网格页面打开，或用户卡编号查找。",
            en="There is no such household, or its record was deleted as the rules require. Open it from its grid "
            "cell's page, or find it by the number on its card.",
        )
    if not within_scope(Household.objects.filter(pk=household_id), account, "households.view").exists():
        # The sentence names no area: where a household lives is not for whoever may not see it.
        raise Refusal(
            "people.household.not_yours",
            zh="这一户不在您的辖区里，没有打开。您可以查看自己辖区的住户；如果工作需要，请联系负责那里的网格员。",
            en="This household is not in your area, so it was not opened. You can see the households of your own area: "
            "if your work needs this one, ask the grid worker there.",
        )
    return HouseholdFile(
        household=household,
        members=list(members_of(household)),
        trail=path_down_to(household.area_path),
        may_open=may(account, "people.view", household.area_path),
        at=at,
    )


def household_with_card(text: str, account: Account) -> Household | None:
    """The household with this card number, if the reader may see it; None for a text that is no card number."""
    read = read_card_number(text)
    if read is None:
        return None
    area_path, number = read
    mine = within_scope(Household.objects.filter(area_path=area_path, number=number), account, "households.view")
    return mine.first()


def read_card_number(text: str) -> tuple[str, int] | None:
    """Grid cell path and running number of a typed card number, or None if it does not look like one."""
    read = CARD_NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return (read[1], int(read[2])) if read else None
