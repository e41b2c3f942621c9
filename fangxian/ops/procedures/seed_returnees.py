"""A few dozen people of a demo county who are elsewhere (演示数据：在外人员).

1. some grown-ups of a few grid cells, one of a household                      people
2. where they are, why, and when they mean to be back                          returnees
3. what was heard of some: on the way earlier, not reached, staying, back      returnees

All of them are invented, and the same for the same county. One who is back and has declared nothing is on purpose:
that is whom a grid worker looks for.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime

from fangxian.ops.people.models import Person
from fangxian.ops.places.queries import grid_paths
from fangxian.ops.realm.current import the_realm
from fangxian.ops.returnees.actions import hear, note_away
from fangxian.ops.returnees.queries import WHATS, WHYS
from fangxian.ops.returnees.wire import NewAway, NewHeard

N_CELLS, IN_FIRST_CELL, IN_A_CELL = 8, 12, 4
DAY = timedelta(days=1)
# Where to, as a code of the nation and in words; why; in how many days they mean to be back, None: nobody knows.
STORIES = (
    ("140105", "工地", WHYS.WORK, 3),
    ("310115", "电子厂宿舍", WHYS.WORK, 12),
    ("610103", "学校", WHYS.STUDY, 20),
    ("141002", "女儿家", WHYS.FAMILY, 1),
    ("410105", "饭店", WHYS.WORK, None),
    ("140121", "物流园", WHYS.WORK, 6),
    ("220104", "学校", WHYS.STUDY, 45),
)
HEARD = (None, None, None, WHATS.NEW_DATE, None, WHATS.NOT_REACHED, None, WHATS.BACK, None, WHATS.NOT_COMING, None)


def seed_returnees(*, at: datetime, by: str) -> int:
    """Put them on the register as of `at`; how many."""
    if not the_realm().is_synthetic:
        return 0
    today = localtime(at).date()
    people = list(_people(today))
    note_away(people=[_away(n, it, today) for n, it in enumerate(people)], by=by)
    for n, person in enumerate(people):
        if what := HEARD[n % len(HEARD)]:
            returns_on = today + 9 * DAY if what == WHATS.NEW_DATE else None
            hear(heard=NewHeard(person=person.pk, what=what, returns_on=returns_on), area_path=person.area_path, by=by)
    return len(people)


def _people(today: date) -> Iterator[Person]:
    """Grown-ups of some cells spread over the county, the first of them the fullest, one of a household."""
    for n, cell in enumerate(spread(sorted(grid_paths()), N_CELLS)):
        rows = Person.objects.filter(area_path=cell, household__isnull=False, merged_into__isnull=True)
        rows = rows.filter(born_on__range=(today - 55 * 365 * DAY, today - 19 * 365 * DAY), place_in_household=1)
        yield from rows.order_by("household__number")[: IN_A_CELL if n else IN_FIRST_CELL]


def spread(cells: Sequence[str], n: int) -> list[str]:
    """Some of the cells, the first and others at even distances."""
    return list(dict.fromkeys(cells[len(cells) * k // n] for k in range(n))) if cells else []


def _away(n: int, person: Person, today: date) -> NewAway:
    division, place, why, in_days = STORIES[n % len(STORIES)]
    return NewAway(
        person=person.pk, area_path=person.area_path, division=division, place=place, why=why, phone=person.phone,
        returns_on=today + in_days * DAY if in_days is not None else None,
    )  # fmt: skip
