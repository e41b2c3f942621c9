"""Vaccination as a grid and the county see it (接种): who is due, who declines, how far each area and age is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import F, QuerySet
from django.utils.timezone import localtime

from fangxian.core.refusal import Said
from fangxian.ops.people.models import Person
from fangxian.ops.places.queries import places_at
from fangxian.ops.realm.areas import below
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.vaccination.queries import COURSE, Covered, born_by, courses_of, coverage, in_state, residents
from fangxian.ops.vaccination.schedule import YOUNGEST

from .small_counts import Told, told_together

# Ages whose coverage is told: a name, from how many years, below how many.
AGES: Final = {
    "all": (Said("3 岁以上", "3 and older"), int(YOUNGEST.value), None),
    "adults": (Said("18—59 岁", "18 to 59"), 18, 60),
    "elders": (Said("60 岁以上", "60 and older"), 60, None),
    "oldest": (Said("80 岁以上", "80 and older"), 80, None),
}
STATES_SAID: Final = {
    "due": Said("该接种了", "due"),
    "declined": Said("不愿接种", "decline"),
    "stopped": Said("禁忌或暂缓", "contraindicated or not now"),
    "later": Said("还没到期", "not due yet"),
    "complete": Said("已全部完成", "all done"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vaccinated:
    """One person and where they stand; `next_from` None of whoever had none, or needs none any more.

    Attributes
    ----------
    stage : none, begun, full, boosted
    answer, reason : why they are not vaccinated, as they last said; "" where they did not
    version : how many things were ever put on record
    """

    person: UUID
    area_path: str
    name: str
    phone: str
    born_on: date
    stage: str
    n_doses: int
    last_on: date | None
    last_product: str
    next_from: date | None
    answer: str
    reason: str
    answer_until: date | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCoverage:
    """How far the people of one area and age are; counts as they may be told, `share` of 1 with a whole course.

    `share` is None where a count it could be reckoned back to is withheld.
    """

    area_path: str
    name: object
    n: Told
    n_begun: Told
    n_full: Told
    n_boosted: Told
    share: float | None


def people_in(area_path: str = "", *, state: str = "", age: str = "", at: datetime | None = None) -> QuerySet[Person]:
    """The residents of an area ("": of the county), in one state and of one age where asked; to be paged.

    In the order in which they are called: the old first, then those who wait the longest.
    """
    today = localtime(at or county_now()).date()
    rows = residents().filter(below(area_path or the_realm().division_code))
    if age in AGES:
        rows = _of_age(rows, age, today)
    if state:
        rows = in_state(rows, state, today)
    return rows.order_by("born_on", F(f"{COURSE}next_from").asc(nulls_first=True), "pk")


def vaccinated(people: Sequence[Person]) -> list[Vaccinated]:
    """Where these people stand, in their order; one query."""
    courses = courses_of([it.pk for it in people])
    return [_vaccinated(it, courses.get(it.pk)) for it in people]


def vaccination(area_path: str = "", at: datetime | None = None) -> list[Vaccinated]:
    """Everybody who lives in an area and where they stand, in the order in which they are called."""
    return vaccinated(list(people_in(area_path, at=at)))


def coverage_of(area_path: str, age: str, *, digits: int, at: datetime | None = None) -> list[AreaCoverage]:
    """How far each part of an area is, of one of AGES. Small counts are withheld, as everywhere."""
    today = localtime(at or county_now()).date()
    rows = _of_age(residents().filter(below(area_path)), age, today)
    counted = coverage(rows, digits=digits)
    names = places_at(it.area for it in counted)
    return [_told(it, names.get(it.area)) for it in counted]


def _of_age(rows: QuerySet[Person], age: str, today: date) -> QuerySet[Person]:
    _, low, high = AGES[age]
    rows = rows.filter(born_on__lte=born_by(low, today))
    return rows.filter(born_on__gt=born_by(high, today)) if high else rows


def _told(it: Covered, name: object) -> AreaCoverage:
    """The four groups who have none, a part, the whole, a booster add up to all: they are withheld together."""
    parts = [it.n - it.n_begun, it.n_begun - it.n_full, it.n_full - it.n_boosted, it.n_boosted]
    shown, total = told_together(parts)
    is_whole = all(isinstance(part, int) for part in (*shown, total))
    if not is_whole:
        return AreaCoverage(
            area_path=it.area, name=name, n=total, n_begun=shown[1], n_full=shown[2], n_boosted=shown[3], share=None
        )
    return AreaCoverage(
        area_path=it.area, name=name, n=total, n_begun=shown[1], n_full=shown[2], n_boosted=shown[3],
        share=it.n_full / it.n if it.n else None,
    )  # fmt: skip


def _vaccinated(it: Person, course) -> Vaccinated:
    return Vaccinated(
        person=it.pk, area_path=it.area_path, name=it.name, phone=it.phone, born_on=it.born_on,
        stage=course.stage if course else "none", n_doses=course.n_doses if course else 0,
        last_on=course.last_on if course else None, last_product=course.last_product if course else "",
        next_from=course.next_from if course else None, answer=course.answer if course else "",
        reason=course.reason if course else "", answer_until=course.answer_until if course else None,
        version=course.version if course else 0,
    )  # fmt: skip
