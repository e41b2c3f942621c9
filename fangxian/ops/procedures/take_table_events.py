"""What devices recorded at tables, on the way and at reception is taken in (收采样记录).

1. an upload is read; what cannot be read spoils nothing else         lab
2. of each event, whether this account may do such a thing there      accounts
3. new ones go on record, and tubes, boxes and people follow          lab

A repeat is harmless; what may not count is kept, and somebody settles it.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.lab.actions import take_events
from fangxian.ops.lab.queries import CARRY, PLAN, REPORT, SAMPLE, ScreeningRound, round_with, sites_of
from fangxian.ops.lab.refusals import not_yours_to_do
from fangxian.ops.lab.wire import CARRYING, RECEIVING, Answer, Batch, NewEvent, read_events
from fangxian.ops.realm.current import county_now, the_realm


def take_table_events(*, round: UUID, rows: object, device: str, by: Account) -> list[Answer]:
    """Take up to 500 events of one device, as JSON gave them; an answer for each.

    Refuses
    -------
    lab.round.not_found, lab.events_not_a_list, lab.too_many_events
    """
    row, batch = round_with(round), read_events(rows, at=county_now())
    note_what_is_not_theirs(row, batch.events, by)
    return take_events(round=row.pk, batch=batch, device=device, by=f"account:{by.pk}")


def note_what_is_not_theirs(row: ScreeningRound, events: Iterable[NewEvent], by: Account) -> None:
    """Give each event that this account may not tell its fault; each site is asked about once."""
    areas = {it.pk: it.area_path for it in sites_of(row)}
    may_sample = {site: may_sample_at(by, area) for site, area in areas.items()}
    somewhere = may(by, SAMPLE) or may(by, PLAN, the_realm().division_code)
    for event in events:
        if event.fault is None and not _is_theirs(event, by, may_sample, somewhere):
            event.fault = not_yours_to_do()


def _is_theirs(event: NewEvent, by: Account, may_sample: Mapping[UUID, bool], somewhere: bool) -> bool:
    if event.kind in CARRYING:
        return may(by, CARRY)
    if event.kind in RECEIVING:
        return may(by, REPORT)
    return may_sample.get(event.site, False) if event.site else somewhere


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
    if answer.refusal is not None:
        raise answer.refusal
    return answer
