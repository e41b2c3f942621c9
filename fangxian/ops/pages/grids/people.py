"""The people and households of one grid cell: which to show, and their tables."""

from collections.abc import Sequence
from datetime import datetime

from django import forms
from django.urls import reverse

from fangxian.core.refusal import Said
from fangxian.ops.pages.county.area_tables import HOUSEHOLD_COLUMNS, household_rows
from fangxian.ops.pages.county.forms import ANY, NOT_A_CHOICE
from fangxian.ops.pages.county.showing import Showing
from fangxian.ops.pages.county.words import RELATIONS, SEXES, word
from fangxian.ops.pages.navigation import addresses_of
from fangxian.ops.pages.tables import Column, Paging, Table
from fangxian.ops.pages.words import both, in_words
from fangxian.ops.people.models import Household, Person
from fangxian.ops.situation.ages import age_on
from fangxian.ops.situation.areas import Area
from fangxian.ops.situation.grid_people import KINDS, SORTS, Waiting
from fangxian.ops.situation.households import KINDS as HOUSEHOLD_KINDS
from fangxian.ops.situation.households import heads_of

NOBODY, NOBODY_LIKE_THIS = (
    Said("册上没有人。", "Nobody is on record."),
    Said("没有符合条件的人。", "Nobody is like this."),
)
DUE, TO_ASK = Said("有任务", "task due"), Said("待核实", "to ask")


class PeopleFilter(forms.Form):
    """Which people of a grid cell, or which households, and in which order."""

    show = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(required=False, error_messages=NOT_A_CHOICE)

    def __init__(self, *args, of_households: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        words = HOUSEHOLD_KINDS if of_households else KINDS
        self.fields["kind"].label = both("看哪些户", "Which households") if of_households else both("看哪些人", "Whom")
        self.fields["kind"].choices = [ANY, *((key, both(it.zh, it.en)) for key, it in words.items())]

    @property
    def chosen(self) -> str:
        self.full_clean()
        return self.cleaned_data.get("kind", "")


def sort_of(request) -> str:
    """The order asked for, if it is one."""
    asked = request.GET.get("sort", "")
    return asked if asked in SORTS else ""


def people_table(
    people: Sequence[Person],
    paging: Paging,
    waiting: Waiting,
    shown: Showing,
    *,
    cell: str,
    sort: str,
    at: datetime,
    is_filtered: bool,
) -> Table:
    """A page of people; names and phones masked unless they are shown for a reason."""
    href = addresses_of("person")
    columns = (
        Column("name", Said("姓名", "Name"), read=lambda it: shown.masked(it.name, "name")),
        Column("household", Said("户号", "Household"), read=lambda it: _home(it, cell), sort="household"),
        Column("relation", Said("与户主关系", "Relation"), read=lambda it: word(RELATIONS, it.relation)),
        Column("sex", Said("性别", "Sex"), read=lambda it: word(SEXES, it.sex)),
        Column("age", Said("年龄", "Age"), kind="number", read=lambda it: age_on(it.born_on, at.date()), sort="-age"),
        Column("phone", Said("手机", "Phone"), read=lambda it: shown.masked(it.phone, "phone")),
        Column("waits", Said("要办的", "To do"), read=lambda it: _waits(it, waiting)),
        Column("came", Said("14 天内来返", "Came"), kind="time", read=lambda it: waiting.came.get(it.pk)),
    )
    return Table(
        caption=Said("居民", "People"),
        columns=columns,
        rows=people,
        href=lambda it: href(it.pk),
        paging=paging,
        sorted_by=sort,
        empty=NOBODY_LIKE_THIS if is_filtered else NOBODY,
        empty_next=Said("看全部居民", "See everybody") if is_filtered else None,
        empty_href="?" if is_filtered else "",
    )


def _home(person: Person, cell: str) -> str | None:
    """The household's number in its cell; of somebody who is on record in another cell that one's as well."""
    if person.household is None:
        return None
    number = f"{person.household.number:04d}"
    return number if person.household.area_path == cell else f"{person.household.area_path}-{number}"


def _waits(person: Person, waiting: Waiting) -> str | None:
    said = [in_words(it) for it, ids in ((DUE, waiting.due), (TO_ASK, waiting.to_ask)) if person.pk in ids]
    return "、".join(said) or None


def households_table(
    households: Sequence[Household], paging: Paging, trail: Sequence[Area], *, is_shown: bool, is_filtered: bool
) -> Table:
    """A page of households; heads and addresses masked, addresses unless they are shown for a reason."""
    return Table(
        caption=Said("住户", "Households"),
        columns=HOUSEHOLD_COLUMNS,
        rows=household_rows(households, heads_of(households), trail, is_shown=is_shown),
        href=lambda row: reverse("household", args=[row["id"]]),
        paging=paging,
        empty=Said("没有符合条件的住户。", "No household is of this kind."),
        empty_next=Said("看全部住户", "See all households") if is_filtered else None,
        empty_href="?show=households" if is_filtered else "",
    )
