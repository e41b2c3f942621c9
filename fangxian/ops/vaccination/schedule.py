"""When which dose is due (免疫程序): pure, by the products and days somebody was vaccinated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from fangxian.core.parameters import Parameter

GUIDE = "国家卫生健康委《新冠病毒疫苗接种技术指南（第一版）》2021-03-29"
GAP_INACTIVATED = Parameter(
    value=21, unit="days", low=14, high=56,
    meaning="From the first dose of an inactivated vaccine until the second is due", source=f"{GUIDE}: 间隔≥3周",
)  # fmt: skip
GAP_SUBUNIT = Parameter(
    value=28, unit="days", low=14, high=56,
    meaning="From one of the first three doses of a subunit vaccine until the next is due",
    source=f"{GUIDE}: 相邻2剂间隔≥4周",
)  # fmt: skip
COUNTS_AFTER = Parameter(
    value=14, unit="days", low=0, high=28,
    meaning="Days after the dose before from which a dose counts; one given sooner is to be given again",
    source=f"{GUIDE}: 14天内完成2剂灭活疫苗的补种1剂; for other products a guess, the same",
)  # fmt: skip
BOOSTER_AFTER = Parameter(
    value=180, unit="days", low=90, high=365,
    meaning="From the last dose of the first course until a booster is due",
    source="国务院联防联控机制 2021-10: 全程接种满6个月",
)  # fmt: skip
BOOSTER_AFTER_ELDERS = Parameter(
    value=90, unit="days", low=60, high=365,
    meaning="From the last dose of the first course until a booster is due to somebody of 60 or more",
    source="国务院联防联控机制《加强老年人新冠病毒疫苗接种工作方案》2022-11-29: 间隔3个月以上",
)  # fmt: skip
YOUNGEST = Parameter(
    value=3, unit="years", low=0, high=18,
    meaning="Age from which somebody is asked to be vaccinated", source="国家卫生健康委 2021-10: 3—11岁人群接种",
)  # fmt: skip
YOUNGEST_BOOSTED = Parameter(
    value=18, unit="years", low=3, high=60,
    meaning="Age from which a booster is due", source="国务院联防联控机制 2021-10: 18岁以上人群加强免疫",
)  # fmt: skip
ELDERS_FROM: Final = 60  # years; the plan's own word for the old
ONE_YEAR: Final = timedelta(days=365.25)


class Course(NamedTuple):
    """How many doses make the first course of a product, and the days between two of them."""

    n_doses: int
    gap_days: int


COURSES: Final = {
    "inactivated": Course(2, int(GAP_INACTIVATED.value)),
    "adenovirus": Course(1, 0),
    "subunit": Course(3, int(GAP_SUBUNIT.value)),
    # Of a product nobody here knows the commonest course is taken; a clinic knows better.
    "other": Course(2, int(GAP_INACTIVATED.value)),
}
NONE, BEGUN, FULL, BOOSTED = "none", "begun", "full", "boosted"


@dataclass(frozen=True, slots=True)
class Stands:
    """How far somebody is. `next_from` is the first day on which the next dose is due; None: none any more, or not
    known of whoever had none. `n_early` doses were given too soon after the one before and do not count."""

    stage: str
    n_counted: int
    n_early: int
    next_number: int
    next_from: date | None


def stands(doses: Sequence[tuple[date, str]], born_on: date) -> Stands:
    """How far somebody is by their doses (day, product; in any order)."""
    counted: list[tuple[date, str]] = []
    for day, product in sorted(doses):
        if not counted or (day - counted[-1][0]).days >= COUNTS_AFTER.value:
            counted.append((day, product))
    n_early = len(doses) - len(counted)
    if not counted:
        return Stands(NONE, 0, n_early, 1, None)
    course = COURSES.get(counted[0][1], COURSES["other"])
    n, last = len(counted), counted[-1][0]
    if n < course.n_doses:
        return Stands(BEGUN, n, n_early, n + 1, last + timedelta(days=course.gap_days))
    if n > course.n_doses:
        return Stands(BOOSTED, n, n_early, 0, None)
    return Stands(FULL, n, n_early, n + 1, _booster_from(last, born_on))


def _booster_from(last: date, born_on: date) -> date:
    """Whoever turns 60, or 18, before it is due is asked as somebody of that age."""
    soon = last + timedelta(days=BOOSTER_AFTER_ELDERS.value)
    if born_on + ONE_YEAR * ELDERS_FROM <= soon:
        return soon
    late = last + timedelta(days=BOOSTER_AFTER.value)
    return max(late, born_on + ONE_YEAR * YOUNGEST_BOOSTED.value)
