"""The doses of a few dozen people of a demo county (演示数据：接种).

1. everybody over two of some households in a few grid cells               people
2. their doses: boosted, a booster due, a second dose due, none             vaccination
3. why some of those without any are not vaccinated                         vaccination

All of it is invented, and the same for the same county; of everybody else nothing is on record, as before a list came.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime

from fangxian.ops.people.models import Person
from fangxian.ops.places.queries import grid_paths
from fangxian.ops.realm.current import the_realm
from fangxian.ops.vaccination.actions import record_answers, record_doses
from fangxian.ops.vaccination.wire import NewAnswer, NewDose

from .seed_returnees import spread

N_CELLS, IN_FIRST_CELL, IN_A_CELL = 4, 40, 15
DAY, UNIT = timedelta(days=1), "县人民医院接种点"
# How many days ago each dose was given, and of what; by turns.
COURSES = (
    ("inactivated", (400, 372, 140)),  # boosted
    ("inactivated", (300, 275)),  # a booster is due
    ("inactivated", (150, 126)),  # not yet
    ("subunit", (320, 290, 258)),
    ("inactivated", (34,)),  # the second dose is due
    ("", ()),  # none
    ("adenovirus", (310,)),
    ("inactivated", (420, 395, 190)),
    ("", ()),
)
ANSWERS = (
    ("declined", "worried", None), ("contraindicated", "chronic", None), ("deferred", "acute", 10),
    ("declined", "own_wish", None), ("deferred", "away", 30),
)  # fmt: skip


def seed_vaccination(*, at: datetime, by: str) -> int:
    """Put them on record as of `at`; how many doses."""
    if not the_realm().is_synthetic:
        return 0
    today = localtime(at).date()
    people = list(_people(today))
    doses = [dose for n, it in enumerate(people) for dose in _doses(n, it, today)]
    record_doses(doses=doses, by=by)
    record_answers(answers=list(_answers(people, today)), by=by)
    return len(doses)


def _people(today: date) -> Iterator[Person]:
    """Everybody of three or more in the first households of some cells spread over the county."""
    for n, cell in enumerate(spread(sorted(grid_paths()), N_CELLS)):
        rows = Person.objects.filter(area_path=cell, household__isnull=False, merged_into__isnull=True)
        rows = rows.filter(born_on__lt=today - 3 * 366 * DAY).order_by("household__number", "place_in_household")
        yield from rows[: IN_A_CELL if n else IN_FIRST_CELL]


def _doses(n: int, person: Person, today: date) -> Iterator[NewDose]:
    product, days_ago = COURSES[n % len(COURSES)]
    for number, ago in enumerate(days_ago, 1):
        given_on = today - (ago + n % 5) * DAY
        if given_on > person.born_on + 3 * 365 * DAY:
            yield NewDose(
                person=person.pk, given_on=given_on, product=product, source="authority", number=number, unit=UNIT
            )


def _answers(people: list[Person], today: date) -> Iterator[NewAnswer]:
    without = [it for n, it in enumerate(people) if not COURSES[n % len(COURSES)][1]]
    for n, person in enumerate(without[::2]):
        kind, reason, in_days = ANSWERS[n % len(ANSWERS)]
        until_on = today + in_days * DAY if in_days else None
        yield NewAnswer(person=person.pk, kind=kind, reason=reason, said_on=today - DAY, until_on=until_on)
