"""A day's plan as the requests that phones and keepers' devices would send. Part of play_day.

Every scan has the id that its realm, date and place in the plan give it, so that a day played again is the
same scans again, and a gate that has them takes none of them twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from fangxian.core.drill.day.columns import (
    KEEPER,
    NOBODY,
    NOT_TAKEN,
    PUPIL,
    SCREEN,
    STAFF,
    DayPeople,
    DayPlan,
    DayVenues,
)
from fangxian.core.drill.day.plan import plan_day
from fangxian.core.refusal import Refusal
from fangxian.ops.people.queries import attachments_in_order, document_numbers, persons_in_order
from fangxian.ops.places.actions import place_devices
from fangxian.ops.places.models import DoorDevice, Venue
from fangxian.ops.places.queries import devices_named, doors_in_order, venues_in_order
from fangxian.ops.places.wire import device_token, poster_code, rotating_code, venue_door
from fangxian.ops.realm.current import the_realm

from .issue_codes import person_qrs

DEVICE_NAME: Final = "演练值守设备 drill"
BLOCK_S: Final = 300  # codes shown in the same five minutes are made together; none is older than it may be
SCHOOL_TRADES: Final = ("school", "kindergarten")
SATURDAY: Final = 5
Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Request:
    """One request to the gate: when it is due, the ids of those who are in it, its bytes without the head."""

    row: int
    second: int
    ids: tuple[UUID, ...]
    token: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A door as its code shows it."""

    number: int
    generation: int


@dataclass(slots=True)
class Day:
    """One day of one realm: its plan, and what stands behind the plan's rows."""

    on: date
    plan: DayPlan
    persons: list[UUID]
    venues: list[tuple[UUID, int]]
    doors: dict[int, list[Door]]
    members: dict[int, list[int]]

    @property
    def begins_at(self) -> datetime:
        return datetime(self.on.year, self.on.month, self.on.day, tzinfo=ZoneInfo(the_realm().clock.zone))

    @property
    def ends_at(self) -> datetime:
        return self.begins_at + timedelta(days=1)

    def at(self, second: float) -> datetime:
        return self.begins_at + timedelta(seconds=second)

    def ids_of(self, row: int) -> tuple[UUID, ...]:
        """The ids of a request's records: the leader's, and those a gate gives to whoever came along."""
        id_ = uuid5(UUID(int=int(the_realm().id, 16)), f"{self.on.isoformat()} {row}")
        return (id_, *(uuid5(id_, str(place)) for place in range(1, len(self.members[row]))))


def lay_out(on: date, *, n_scans: int) -> Day:
    """The day of that date in this realm; the same each time as long as the registers are the same.

    Refuses
    -------
    day.no_people, day.too_many
    """
    persons, people, tied = _people(on)
    venues, doors, of_day = _venues(on)
    row_of = {pk: row for row, (pk, _) in enumerate(venues)}
    for person, venue, role in attachments_in_order().values_list("person_id", "venue_id", "role").iterator():
        if person in tied:
            people.venue[tied[person]] = row_of[venue]
            people.tie[tied[person]] = PUPIL if role == "pupil" else STAFF
    rng = np.random.default_rng([int(the_realm().id, 16), on.toordinal()])
    plan = plan_day(people, of_day, n_scans=n_scans, rng=rng)
    members: dict[int, list[int]] = {}
    for row, leader in enumerate(plan.leader.tolist()):
        members.setdefault(leader, []).append(row)
    return Day(on, plan, persons, venues, doors, members)


def _people(on: date) -> tuple[list[UUID], DayPeople, dict[UUID, int]]:
    columns = persons_in_order().values_list("pk", "born_on", "area_path", "household_id")
    rows = list(columns.iterator(chunk_size=10_000))
    if not rows:
        raise _no_people()
    persons, born_on, home, household = zip(*rows, strict=True)
    n = len(persons)
    people = DayPeople(
        age=(on.toordinal() - np.array([day.toordinal() for day in born_on])) * 100 // 36525,
        home=np.array([int(path) for path in home], dtype=np.int64),
        household=np.unique(np.array([key.bytes for key in household]), return_inverse=True)[1],
        venue=np.full(n, NOBODY),
        tie=np.zeros(n, dtype=np.int8),
    )
    return list(persons), people, {person: row for row, person in enumerate(persons)}


def _no_people() -> Refusal:
    return Refusal(
        "day.no_people",
        zh="{path} 这个数据域里还没有居民，演不了一天。应先有一个县；请运行 fangxian county build。",
        en="The realm in {path} has no residents yet, so no day can be played. It should have a county: run fangxian "
        "county build.",
        path=the_realm().path,
    )


def _venues(on: date) -> tuple[list[tuple[UUID, int]], dict[int, list[Door]], DayVenues]:
    """Venues by row, their doors, and which are open: those that are verified, schools on weekdays only."""
    rows = list(venues_in_order().values_list("pk", "venue_number", "trade", "area_path", "status"))
    row_of = {pk: row for row, (pk, *_) in enumerate(rows)}
    doors: dict[int, list[Door]] = {row: [] for row in range(len(rows))}
    for venue, number, generation in doors_in_order().values_list("venue_id", "number", "generation"):
        doors[row_of[venue]].append(Door(number=number, generation=generation))
    is_weekend = on.weekday() >= SATURDAY
    of_day = DayVenues(
        trade=tuple(row[2] for row in rows),
        area_path=np.array([int(row[3]) for row in rows], dtype=np.int64),
        n_doors=np.array([max(len(doors[row]), 1) for row in range(len(rows))]),
        is_open=np.array(
            [
                status == Venue.Status.VERIFIED and bool(doors[row]) and not (is_weekend and trade in SCHOOL_TRADES)
                for row, (_, _, trade, _, status) in enumerate(rows)
            ]
        ),
    )
    return [(pk, number) for pk, number, *_ in rows], doors, of_day


def man_doors(day: Day, *, by: str) -> dict[tuple[int, int], str]:
    """A keeper's device at each door that has a keeper; tokens by (row of the venue, place of the door)."""
    wanted = sorted({(int(v), int(d)) for v, d in zip(*_keepers_doors(day.plan), strict=True)})
    known = {(device.venue.venue_number, device.door): device for device in devices_named(DEVICE_NAME)}
    key = {door: (day.venues[door[0]][1], day.doors[door[0]][door[1] - 1].number) for door in wanted}
    venue_of = Venue.objects.in_bulk([day.venues[door[0]][0] for door in wanted if key[door] not in known])
    new = [
        DoorDevice(venue=venue_of[day.venues[door[0]][0]], door=key[door][1], kind="keeper", name=DEVICE_NAME)
        for door in wanted
        if key[door] not in known
    ]
    if new:
        place_devices(devices=new, by=by)
        known |= {(device.venue.venue_number, device.door): device for device in devices_named(DEVICE_NAME)}
    return {door: device_token(known[key[door]]) for door in wanted}


def _keepers_doors(plan: DayPlan) -> tuple[Any, Any]:
    is_keepers = plan.asked_by == KEEPER
    return plan.venue[is_keepers], plan.door[is_keepers]


class Requests:
    """Makes the requests of a day; the codes in them are those that are shown at the moment of each scan."""

    def __init__(self, day: Day, tokens: Mapping[tuple[int, int], str]) -> None:
        self._day, self._tokens = day, tokens
        self._posters: dict[tuple[int, int], str] = {}
        old = np.flatnonzero(day.plan.by_document)
        self._documents = document_numbers([day.persons[day.plan.person[row]] for row in old.tolist()])

    def of(self, rows: Sequence[int], step: Step = lambda done, total: None) -> Iterator[Request]:
        """The requests that these rows lead, in their order."""
        second = self._day.plan.second
        done = 0
        while done < len(rows):
            block = int(second[rows[done]]) // BLOCK_S
            ends = done
            while ends < len(rows) and int(second[rows[ends]]) // BLOCK_S == block:
                ends += 1
            yield from self._block(rows[done:ends], block)
            done = ends
            step(done, len(rows))

    def _block(self, rows: Sequence[int], block: int) -> Iterator[Request]:
        day, plan = self._day, self._day.plan
        shown = [member for row in rows for member in day.members[row] if not plan.by_document[member]]
        persons = list({day.persons[plan.person[row]] for row in shown})
        codes = person_qrs(persons, at=day.at(block * BLOCK_S))
        for row in rows:
            yield self._request(row, codes)

    def _request(self, row: int, codes: Mapping[UUID, str]) -> Request:
        day, plan = self._day, self._day.plan
        ids = day.ids_of(row)
        who, *others = (self._shown(member, codes) for member in day.members[row])
        scan: dict[str, Any] = {"id": str(ids[0]), **who, "venue": self._venue_code(row)}
        scan["scanned_at"] = day.at(int(plan.second[row])).isoformat()
        if plan.is_out[row]:
            scan["direction"] = "out"
        if (tenths := int(plan.temperature_tenths[row])) != NOT_TAKEN:
            scan["temperature_c"] = tenths / 10
        if others:
            scan["companions"] = others
        token = self._tokens.get((int(plan.venue[row]), int(plan.door[row])), "")
        return Request(row, int(plan.second[row]), ids, token, msgspec.json.encode(scan))

    def _shown(self, row: int, codes: Mapping[UUID, str]) -> dict[str, str]:
        person = self._day.persons[self._day.plan.person[row]]
        if self._day.plan.by_document[row] and person in self._documents:
            return {"document": self._documents[person]}
        return {"code": codes[person]}

    def _venue_code(self, row: int) -> str:
        """What stands at the door: a screen's code of that moment, else the poster."""
        day, plan = self._day, self._day.plan
        at = int(plan.venue[row]), int(plan.door[row])
        door, number = day.doors[at[0]][at[1] - 1], day.venues[at[0]][1]
        place = venue_door(number, door.number)
        if plan.asked_by[row] == SCREEN:
            return rotating_code(place, door.generation, at=day.at(int(plan.second[row])))
        if at not in self._posters:
            self._posters[at] = poster_code(place, door.generation)
        return self._posters[at]
