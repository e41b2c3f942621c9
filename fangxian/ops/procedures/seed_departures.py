"""A few dozen invented departures, in every state, in a demo county (演示数据：离境申请).

1. who asks to leave, where to, when: drawn from a seed                  people
2. as far as each has come, by those who decide there                    apply_to_leave
3. who left, who is back, who is late, what nobody used                  departures, settle_departures

Everybody is invented. Twice is harmless: where there are departures, nothing is added.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from fangxian.core.policy.vocabulary import Colour
from fangxian.core.policy.words import LastResult
from fangxian.core.refusal import Refusal
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import accounts_with
from fangxian.ops.departures import actions as departures
from fangxian.ops.departures.queries import application_with, are_there_any, step_with
from fangxian.ops.departures.wire import Wanted
from fangxian.ops.movement.actions.evidence import record_tests
from fangxian.ops.movement.queries import health_of_many
from fangxian.ops.movement.wire import NewTest
from fangxian.ops.people.models import Person
from fangxian.ops.people.queries import persons_in_order
from fangxian.ops.realm.current import the_realm
from fangxian.ops.risk_areas.queries import levels_between

from .apply_to_leave import appeal_departure, cancel_departure, decide_departure, send_departure
from .departure_checks import look_at_departure, rulebooks_that_limit
from .departure_deciders import APPROVE, may_decide
from .departure_refusals import not_your_level
from .settle_departures import settle_departures

SEED, LOOKED_AT = 20220421, 400
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NEAR = ("141002", "141001", "141081", "140105", "610103", "410105")
PLACES = (
    ("medical", "市人民医院", "复诊，已约号"), ("work", "建筑工地", "返岗，有用工证明"),
    ("study", "学校", "返校，学校已同意"),
    ("family", "亲戚家", "照顾老人"), ("goods", "批发市场", "进货"), ("other", "车管所", "办证"),
)  # fmt: skip
# How far so many of them have come: level after level, or what became of them; and in how many days they leave.
STORIES = (
    ("draft", 2, 3), ("village", 7, 1), ("township", 5, 1), ("county", 3, 1), ("issued", 6, 0), ("away", 6, -1),
    ("overdue", 3, -6), ("returned", 5, -4), ("refused", 2, 1), ("appealed", 2, 1), ("cancelled", 2, 2),
    ("lapsed", 2, -4),
)  # fmt: skip


def seed_departures(*, at: datetime, by: str) -> dict[str, int]:
    """Put them on record as of `at`; how many. Nothing where the rules do not limit leaving, or some are there."""
    if not the_realm().is_synthetic or not rulebooks_that_limit(at) or are_there_any():
        return {"n_departures": 0}
    rng = Random(SEED)
    people = _people(rng)
    at_risk = sorted(code for code in levels_between(at - HOUR, at) if len(code) == 6 and code[:4] != "1410")
    made = 0
    for story, in_days in _stories():
        to = (at_risk[0] if at_risk else "") if story == "county" else rng.choice(NEAR)
        person = next(people, None)
        if person is not None and to:
            made += _told(story, _wanted(person, to, rng, at + in_days * DAY, story), at, by)
    settle_departures(at=at, by=by)
    return {"n_departures": made}


def _stories() -> Iterator[tuple[str, int]]:
    return ((story, in_days) for story, n, in_days in STORIES for _ in range(n))


def _people(rng: Random) -> Iterator[Person]:
    """Grown-up people with a phone and a green code, one of a household, in an order of the seed."""
    in_order = list(
        persons_in_order().filter(born_on__lt="2003-01-01", phone_index__isnull=False).values_list("pk", flat=True)
    )
    some = rng.sample(in_order, min(LOOKED_AT, len(in_order)))
    codes = health_of_many(some)
    green = [one for one in some if one in codes and codes[one].colour is Colour.GREEN]
    homes: set[UUID] = set()
    rows = {row.pk: row for row in Person.objects.filter(pk__in=green)}
    for one in green:
        if rows[one].household_id not in homes:
            homes.add(rows[one].household_id)
            yield rows[one]


def _wanted(person: Person, to: str, rng: Random, leaves_at: datetime, story: str) -> Wanted:
    purpose, place, why = rng.choice(PLACES)
    leaves_on, stays = leaves_at.date(), 3 if story == "overdue" else rng.randint(5, 9)
    return Wanted(
        person=person.pk, area_path=person.area_path, destination=to, place=place, purpose=purpose, why=why,
        transport=rng.choice(("car", "coach", "train")), leaves_on=leaves_on, returns_on=leaves_on + stays * DAY,
    )  # fmt: skip


def _told(story: str, wants: Wanted, at: datetime, by: str) -> int:
    """One of them, as far as it has come; 0 where nobody is there to decide."""
    if story == "draft":
        departures.keep_draft(wants=wants, by=by)
        return 1
    if story == "county":
        _test_daily(wants.person, at, by)
    looked = look_at_departure(
        [wants.person], destination=wants.destination, leaves_on=wants.leaves_on, returns_on=wants.returns_on, at=at
    )
    row, _ = send_departure(wants=wants, looked=looked, at=at, by=by)
    try:
        _go_on(story, row, at, by)
    except Refusal:  # whoever decides there may not on this one; it waits where it is
        return 1
    return 1


def _go_on(story: str, row, at: datetime, by: str) -> None:
    if story in ("refused", "appealed"):
        _decide(row, is_approved=False, reason="事由不充分，请补充材料")
        if story == "appealed":
            appeal_departure(application=row.pk, text="号是提前约好的，请再看一下", by=by)
        return
    stops_at = story if story in row.levels else ""
    while (step := step_with(row.pk)) is not None and step.level != stops_at:
        row = _decide(row, is_approved=True)
    left_at = _noon(row.leaves_on, at)
    if story in ("away", "overdue", "returned"):
        departures.note_exit(application=row.pk, at=left_at, by=by)
    if story == "returned":
        departures.close_by_arrival(person_ids=[row.person_id], at=at - HOUR, by=by)
    if story == "cancelled":
        cancel_departure(application=row.pk, why="改期 · another day", by=by)


def _decide(row, *, is_approved: bool, reason: str = ""):
    step = step_with(row.pk)
    decider = decider_of(step.level, row.area_path)
    if decider is None:
        raise not_your_level(step.level)
    decide_departure(application=row.pk, step=step.pk, is_approved=is_approved, reason=reason, by=decider)
    return application_with(row.pk)


def decider_of(level: str, area_path: str) -> Account | None:
    found: Sequence[Account] = accounts_with(APPROVE, area_path).order_by("username")
    return next((one for one in found if may_decide(one, level, area_path)), None)


def _test_daily(person: UUID, at: datetime, by: str) -> None:
    days = [at - n * DAY for n in (1, 2, 3)]
    tests = [
        NewTest(
            person=person,
            sampled_at=day - 9 * HOUR,
            resulted_at=day,
            result=LastResult.NEGATIVE,
            source="县医院（演示）",
        )
        for day in days
    ]
    record_tests(tests=tests, by=by)


def _noon(day, at: datetime) -> datetime:
    return datetime.combine(day, at.time().replace(hour=12, minute=0), at.tzinfo)
