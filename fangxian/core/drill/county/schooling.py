"""Which children go to which school, grade and class."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from fangxian.core.drill.county.columns import SCHOOL_STAGES
from fangxian.core.drill.county.counting import Ints, scaled, whole_shares
from fangxian.core.drill.county.plan import CountyPlan, SchoolPlan
from fangxian.core.refusal import Refusal

WHOLE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """Pupils, one entry each, in the order of person: school is a row among the kept schools."""

    person: Ints
    school: Ints
    stage: Ints
    grade: Ints


def enrol(
    plan: CountyPlan,
    schools: tuple[SchoolPlan, ...],
    school_township: Ints,
    township: Ints,
    born_on: Ints,
    scale_per_million: int,
    rng: np.random.Generator,
) -> Enrolment:
    """Pupils for every school, stage by stage: children of the township first, then of any other.

    A child's grade follows from the age on the eve of the school year. Children left over go to
    school outside the county, or stay at home before their sixth year.

    Parameters
    ----------
    school_township : (n_schools,) int64, 9-digit code
    township : (n_people,) int64, 9-digit code of where each resident lives

    Raises
    ------
    Refusal
        `county.too_few_children`: a whole county has fewer children of a stage's ages than pupils.
    """
    age = _age_on_eve(plan, born_on)
    parts = []
    for stage, (first, last) in enumerate(plan.school_stages):
        children = np.flatnonzero((age >= first) & (age <= last))
        seats = _seats(plan, schools, stage, len(children), scale_per_million)
        person, school = _fill(seats, school_township, children, township[children], rng)
        parts.append((person, school, np.full(len(person), stage), age[person] - first + 1))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    person, school, stages, grade = (column[order] for column in columns)
    return Enrolment(person=person, school=school, stage=stages, grade=grade)


def _age_on_eve(plan: CountyPlan, born_on: Ints) -> Ints:
    """Whole years of age on the day before the current school year began; 99 for the grown."""
    on, (month, day) = plan.reference_on, plan.school_year_begins
    year = on.year if (on.month, on.day) >= (month, day) else on.year - 1
    eves = [(date(year - age, month, day) - timedelta(days=1)).toordinal() for age in range(20)]
    # Born on or before eve `a` and after eve `a + 1`: `a` years old.
    older = np.searchsorted(np.array(eves[::-1]), born_on, side="left")
    age = len(eves) - 1 - older
    return np.where(born_on <= eves[-1], 99, age)


def _seats(
    plan: CountyPlan, schools: tuple[SchoolPlan, ...], stage: int, n_children: int, scale_per_million: int
) -> Ints:
    """Pupils of one stage in each school."""
    wanted = scaled(sum(s.pupils[stage] for s in plan.schools), scale_per_million)
    if wanted > n_children and scale_per_million == WHOLE:
        raise Refusal(
            "county.too_few_children",
            zh="{stage}阶段要有{wanted}名学生，适龄儿童只有{found}人。学生数不应多于适龄儿童。"
            "请核对学校学生数或人口年龄构成。",
            en="Schools of the stage {stage} should have {wanted} pupils, but only {found} children are of "
            "that age. Check the schools' numbers or the ages of the population.",
            stage=SCHOOL_STAGES[stage],
            wanted=wanted,
            found=n_children,
        )
    return whole_shares(min(wanted, n_children), [s.pupils[stage] for s in schools])


def _fill(
    seats: Ints, school_township: Ints, children: Ints, home: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """(person, school) of every seat: first children of the school's township, then whoever is left."""
    school_of_seat = np.repeat(np.arange(len(seats)), seats)
    taken_people, taken_schools, left_seats = [], [], []
    is_left = np.ones(len(children), dtype=bool)
    for township in np.unique(school_township):
        here = rng.permutation(school_of_seat[school_township[school_of_seat] == township])
        candidates = rng.permutation(np.flatnonzero(home == township))
        n = min(len(here), len(candidates))
        taken_people.append(children[candidates[:n]])
        taken_schools.append(here[:n])
        left_seats.append(here[n:])
        is_left[candidates[:n]] = False
    seats_left = np.concatenate(left_seats)
    others = rng.permutation(children[is_left])[: len(seats_left)]
    person = np.concatenate([*taken_people, others])
    return person, np.concatenate([*taken_schools, seats_left[: len(others)]])


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLists:
    """Classes ordered by school, stage, grade, number; and the class of each enrolled pupil."""

    school: Ints
    stage: Ints
    grade: Ints
    number: Ints
    class_of_pupil: Ints


def divide_into_classes(plan: CountyPlan, pupils: Enrolment, rng: np.random.Generator) -> ClassLists:
    """Grades of each school divided into as few classes of nearly equal size as the largest size allows."""
    key = (pupils.school * 10 + pupils.stage) * 20 + pupils.grade
    groups, group_of, sizes = np.unique(key, return_inverse=True, return_counts=True)
    size_max = np.array(plan.class_size_max)[groups // 20 % 10]
    n_classes = -(-sizes // size_max)
    first = np.cumsum(n_classes) - n_classes
    order = np.lexsort((rng.permutation(len(key)), group_of))
    within = np.empty(len(key), dtype=np.int64)
    within[order] = np.arange(len(key)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    group_of_class = np.repeat(groups, n_classes)
    return ClassLists(
        school=group_of_class // 200,
        stage=group_of_class // 20 % 10,
        grade=group_of_class % 20,
        number=np.arange(len(group_of_class)) - np.repeat(first, n_classes) + 1,
        class_of_pupil=first[group_of] + within % n_classes[group_of],
    )


def class_name(plan: CountyPlan, stage: int, grade: int, number: int) -> str:
    """What a class is called: 三年级(2)班."""
    return f"{plan.grade_names[stage][grade - 1]}({number})班"
