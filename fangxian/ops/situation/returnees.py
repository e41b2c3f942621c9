"""Who is expected back or has come back to an area (返乡人员), and how far each is: one row a person.

1. the register of people away: where, when they mean to return, what was heard of them    returnees
2. arrivals declared ahead or on landing, and the measure that runs                        arrivals
3. whom a list that was pushed names as come, and who declared nothing                     comparisons

The newest of these counts. Nobody keeps this list by hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.refusal import Said
from fangxian.ops.arrivals.queries import declared_since
from fangxian.ops.comparisons.queries import undeclared_since
from fangxian.ops.people.models import Person
from fangxian.ops.realm.bulk import rows_with
from fangxian.ops.realm.current import county_now
from fangxian.ops.returnees.queries import STATES, WHATS, away_since
from fangxian.ops.risk_areas.wire import the_nation

SHOWN_FOR = Parameter(
    value=14, unit="days", low=3, high=30,
    meaning="How long whoever came back, or stays away, is on the list of returnees after nothing is asked of them",
    source="a guess: as long as grid workers counted who had come back, 14 days",
)  # fmt: skip
LONGEST_MEASURE_DAYS: Final = 30
# How far somebody is, those to see to first.
OVERDUE, UNDECLARED, EXPECTED, UNDATED = "overdue", "undeclared", "expected", "undated"
MEASURE, TESTS, DONE, NOT_COMING = "measure", "tests", "done", "not_coming"
STATES_SAID: Final = {
    OVERDUE: Said("过期未归", "overdue"),
    UNDECLARED: Said("回来未报", "back, not declared"),
    EXPECTED: Said("将返回", "expected"),
    MEASURE: Said("措施执行中", "measure running"),
    TESTS: Said("待检测", "tests due"),
    UNDATED: Said("在外，未定返期", "away, no date"),
    DONE: Said("已办完", "done"),
    NOT_COMING: Said("不回来", "not coming"),
}
ORDER: Final = {state: place for place, state in enumerate(STATES_SAID)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Returnee:
    """One person who is expected or has come; `sources` of away, arrival, list.

    Attributes
    ----------
    from_place : where they come from, in words; "" where nobody knows
    expected_on : the day they mean to be back, None where no date is known
    arrived_on : the day they came, as declared
    heard : what was heard last ("" where nothing was), and `seen` how many things were
    """

    person: UUID
    area_path: str
    state: str
    sources: tuple[str, ...] = ()
    from_place: str = ""
    why: str = ""
    expected_on: date | None = None
    arrived_on: date | None = None
    measure: str = ""
    measure_ends_on: date | None = None
    arrival: UUID | None = None
    heard: str = ""
    heard_at: datetime | None = None
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """How somebody is called and reached."""

    name: str
    phone: str
    born_on: date | None


def returnees(area_path: str = "", at: datetime | None = None) -> list[Returnee]:
    """Everybody of an area ("": of the county) who is away, expected or came lately; those to see to first.

    Five queries, whatever the area: what is read of a county is some ten thousand rows of ids and days, and no names.
    """
    at = at or county_now()
    today, since = localtime(at).date(), at - timedelta(days=SHOWN_FOR.value)
    found = _of_register(since, today)
    for it in _of_lists(since):
        known = found.get(it.person)
        if known is None:
            found[it.person] = it
        elif known.state not in (DONE, NOT_COMING):
            found[it.person] = replace(known, state=UNDECLARED, sources=(*known.sources, "list"))
    for it in _of_arrivals(localtime(since).date(), today):
        found[it.person] = _both(found.get(it.person), it)
    shown = (it for it in found.values() if it.area_path.startswith(area_path))
    return sorted(shown, key=lambda it: (ORDER[it.state], it.expected_on or it.arrived_on or today, str(it.person)))


def counted(rows: Iterable[Returnee]) -> dict[str, int]:
    """How many are in each state."""
    found = dict.fromkeys(STATES_SAID, 0)
    for it in rows:
        found[it.state] += 1
    return found


def named(persons: Iterable[UUID]) -> dict[UUID, Named]:
    """How these people are called and reached, as the register has it."""
    wanted = ((it,) for it in set(persons))
    rows = rows_with(Person, ("id",), wanted, ("id", "name", "phone", "born_on"))
    return {person: Named(name=name, phone=phone, born_on=born_on) for person, name, phone, born_on in rows}


def _of_register(since: datetime, today: date) -> dict[UUID, Returnee]:
    """The newest entry of each person; one that was merged away is of the record that goes on."""
    found: dict[UUID, Returnee] = {}
    for row in away_since(since).order_by("opened_at", "id"):
        where = the_nation().path(row.division_code) if row.division_code else ""
        found[row.person_id] = Returnee(
            person=row.person_id, area_path=row.area_path, state=_away_state(row, today), sources=("away",),
            from_place=" ".join(filter(None, (where, row.place))), why=row.why, expected_on=row.returns_on,
            heard=row.heard_what, heard_at=row.heard_at, seen=row.n_heard,
        )  # fmt: skip
    return found


def _away_state(row, today: date) -> str:
    if row.state == STATES.NOT_COMING:
        return NOT_COMING
    if row.state == STATES.BACK:
        return UNDECLARED
    if row.returns_on is None:
        return UNDATED
    return OVERDUE if row.returns_on < today else EXPECTED


def _of_lists(since: datetime) -> list[Returnee]:
    return [
        Returnee(person=person, area_path=area_path, state=UNDECLARED, sources=("list",))
        for person, area_path, _ in undeclared_since(since)
    ]


def _of_arrivals(since: date, today: date) -> list[Returnee]:
    """The newest arrival of each person that came, or was to come, since then, and those whose measure runs."""
    newest: dict[UUID, Returnee] = {}
    rows = declared_since(min(since, today - timedelta(days=LONGEST_MEASURE_DAYS)))
    for it in sorted(rows, key=lambda it: (it.arrives_at, it.arrival)):
        comes_on = localtime(it.arrives_at).date()
        is_running = it.measure_ends_on is not None and it.measure_ends_on > today
        if comes_on < since and not is_running:
            continue
        newest[it.person] = Returnee(
            person=it.person, area_path=it.area_path, state=_arrival_state(it, comes_on, today), sources=("arrival",),
            from_place=the_nation().path(it.stays[0].division) or "" if it.stays else "",
            expected_on=None if it.has_landed else comes_on, arrived_on=comes_on if it.has_landed else None,
            measure=it.measure, measure_ends_on=it.measure_ends_on, arrival=it.arrival,
        )  # fmt: skip
    return list(newest.values())


def _arrival_state(it, comes_on: date, today: date) -> str:
    if not it.has_landed:
        return OVERDUE if comes_on < today else EXPECTED
    is_running = it.measure_ends_on is not None and it.measure_ends_on > today
    if not is_running:
        return DONE
    return MEASURE if it.measure else TESTS


def _both(known: Returnee | None, arrival: Returnee) -> Returnee:
    """What is declared counts, unless something was heard since: another day, or that they are not coming."""
    if known is None:
        return arrival
    was_heard = known.heard_at is not None and known.heard != WHATS.NOT_REACHED
    is_older = was_heard and arrival.arrived_on is not None and arrival.arrived_on < localtime(known.heard_at).date()
    is_put_off = arrival.arrived_on is None and known.heard == WHATS.NEW_DATE
    stays = known if is_older or is_put_off else arrival
    return replace(
        stays, sources=tuple(dict.fromkeys((*known.sources, *arrival.sources))), seen=known.seen, heard=known.heard,
        heard_at=known.heard_at, why=known.why, from_place=stays.from_place or known.from_place,
        area_path=stays.area_path, arrival=arrival.arrival,
    )  # fmt: skip
