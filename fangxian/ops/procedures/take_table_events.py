"""What devices recorded at tables, on the way and at reception is taken in (收采样记录).

1. an upload is read; what cannot be read spoils nothing else         lab
2. of each event, whether this account may do such a thing there      accounts
   and whose tubes, boxes and people it may change at all
3. new ones go on record, and tubes, boxes and people follow          lab
4. of tubes that have a result, and of who is called back, at once    follow_table

The site that an event claims says where it was done; whose a tube is follows from who filled it. A repeat is harmless;
what may not count is kept, and somebody settles it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.lab.actions import take_events
from fangxian.ops.lab.queries import CARRY, PLAN, REPORT, SAMPLE, ScreeningRound, round_with, sites_of
from fangxian.ops.lab.refusals import not_yours_to_do, round_not_open
from fangxian.ops.lab.wire import (
    CARRYING,
    OF_LABORATORY,
    OF_PEOPLE,
    RECEIVING,
    WAITING,
    Answer,
    Batch,
    NewEvent,
    read_events,
)
from fangxian.ops.realm.current import county_now, the_realm

from .follow_table import follow_table

KEEP_PEOPLE = "people.register"
NOWHERE = ("none",)  # no area begins so


def take_table_events(*, round: UUID, rows: object, device: str, by: Account) -> list[Answer]:
    """Take up to 500 events of one device, as JSON gave them; an answer for each.

    Refuses
    -------
    lab.round.not_found, lab.events_not_a_list, lab.too_many_events
    """
    row, batch = round_with(round), read_events(rows, at=county_now())
    note_what_is_not_theirs(row, batch.events, by)
    actor = f"account:{by.pk}"
    answers = take_events(round=row.pk, batch=batch, device=device, by=actor)
    return follow_table(events=batch.events, answers=answers, by=actor)


@dataclass(frozen=True, slots=True)
class Rights:
    """What an account may tell of a round: the sites at whose tables it may work, and the areas whose tubes and boxes,
    people, and whatever a laboratory finds, it may change; an empty one is everywhere.
    """

    sites: Mapping[UUID, bool]
    somewhere: bool
    carries: bool
    receives: bool
    keeps_people: bool
    things: tuple[str, ...]
    people: tuple[str, ...]
    found: tuple[str, ...]

    def may_tell(self, event: NewEvent) -> bool:
        if event.kind in CARRYING:
            return self.carries
        if event.kind in RECEIVING or (event.kind in OF_LABORATORY and self.receives):
            return self.receives
        if event.kind in OF_PEOPLE and self.keeps_people:
            return True
        return self.sites.get(event.site, False) if event.site else self.somewhere

    def reach(self, event: NewEvent) -> tuple[str, ...]:
        if event.kind in CARRYING or event.kind in RECEIVING:
            return ()
        if event.kind in OF_PEOPLE:
            return self.people
        return self.found if event.kind in OF_LABORATORY else self.things


def rights_of(row: ScreeningRound, by: Account) -> Rights:
    """Each site is asked about once."""
    sites = {it.pk: may_sample_at(by, it.area_path) for it in sites_of(row)}
    plans, samples, receives = may(by, PLAN, the_realm().division_code), areas_of(by, SAMPLE), may(by, REPORT)
    keeps = areas_of(by, KEEP_PEOPLE)
    return Rights(
        sites=sites, somewhere=plans or may(by, SAMPLE), carries=may(by, CARRY), receives=receives,
        keeps_people=bool(keeps), things=() if plans else tuple(samples) or NOWHERE,
        people=() if plans else tuple({*samples, *keeps}) or NOWHERE,
        found=() if plans else tuple({*samples, *(areas_of(by, REPORT) if receives else ())}) or NOWHERE,
    )  # fmt: skip


def note_what_is_not_theirs(row: ScreeningRound, events: Iterable[NewEvent], by: Account) -> None:
    """Give each event that this account may not tell its fault, and the others how far its rights reach."""
    rights = rights_of(row, by)
    for event in events:
        event.reach = rights.reach(event)
        if event.fault is None and not rights.may_tell(event):
            event.fault = not_yours_to_do()


def may_sample_at(account: Account, area_path: str) -> bool:
    """Whether somebody may work at a table there: its samplers, and whoever plans the county's rounds."""
    return may(account, SAMPLE, area_path) or may(account, PLAN, the_realm().division_code)


def one_event(row: ScreeningRound, event: NewEvent, by: Account, device: str) -> Answer:
    """Take one event that was typed on a page; what would not count is refused, and leaves nothing.

    Refuses
    -------
    whatever is wrong with it
    """
    note_what_is_not_theirs(row, [event], by)
    if event.fault is not None:
        raise event.fault
    [answer] = take_events(round=row.pk, batch=Batch([event]), device=device, by=f"account:{by.pk}")
    refuse_whole(answer)
    return answer


def refuse_whole(answer: Answer) -> None:
    """What a page could not record leaves nothing behind, nothing that waits either."""
    if answer.refusal is not None:
        raise round_not_open() if answer.refusal.code in WAITING else answer.refusal
