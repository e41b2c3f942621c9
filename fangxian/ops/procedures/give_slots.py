"""Time slots of a round's people (分时段), so that nobody queues.

1. who is still to come to which site, their households, classes and ages      lab, people
2. the slots of each site, at the pace of its tables                           core.screening
3. they are kept in the place of those before                                  round_plans

Nobody is refused for coming at another time, nor asked to come when the round is over: whoever finds no room before
gets no slot.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.screening.course import hours_of
from fangxian.core.screening.slots import Comer, slots_at
from fangxian.ops.accounts.models import Account
from fangxian.ops.lab.queries import ScreeningRound, roster_of, round_with, sites_of
from fangxian.ops.lab.refusals import round_is_empty, round_not_open
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_plans.actions import keep_slots
from fangxian.ops.round_plans.wire import NewSlot

from .run_rounds import require_plan

COLUMNS = ("pk", "site", "group", "person__household", "person__born_on")


def give_slots(*, round: UUID, by: Account) -> int:
    """Give everybody who is still to come, and has a site, a time slot, as far as the round's time goes; how many.
    May be done again at any time.

    Refuses
    -------
    accounts.not_yours, lab.round.not_found, lab.round_not_open, lab.round_is_empty
    """
    require_plan(by)
    row, at = round_with(round), county_now()
    if row.state == "closed":
        raise round_not_open()
    comers = _comers(row, localtime(row.begins_at).date())
    if not comers:
        raise round_is_empty("有采样点的应采的人", "person to come who has a site")
    begins = localtime(max(row.begins_at, at))
    midnight = begins.replace(hour=0, minute=0, second=0, microsecond=0)
    hours, from_min = hours_of(localtime(row.begins_at), localtime(row.ends_at)), (begins - midnight).seconds // 60
    slots: list[NewSlot] = []
    for site in sites_of(row):
        mine = slots_at(comers.get(site.pk, ()), n_tables=site.n_tables, hours=hours, from_min=from_min)
        slots += [
            NewSlot(place, site.pk, begins_at, min(_moment(midnight, it.ends_min), row.ends_at), it.is_first)
            for place, it in mine.items()
            if (begins_at := _moment(midnight, it.begins_min)) < row.ends_at
        ]
    return keep_slots(round=row.pk, slots=slots, by=f"account:{by.pk}")


def _comers(row: ScreeningRound, day: date) -> dict[UUID, list[Comer]]:
    """Who is still to come, by site, house by house."""
    found: dict[UUID, list[Comer]] = defaultdict(list)
    rows = roster_of(row).filter(stage="due", site__closed_at=None).exclude(site=None).order_by("number")
    for place, site, group, household, born_on in rows.values_list(*COLUMNS).iterator(5000):
        age = (day - born_on).days // 365 if born_on else None
        found[site].append(Comer(place, household, group, age))
    return found


def _moment(midnight: datetime, minutes: int) -> datetime:
    return midnight + timedelta(minutes=minutes)
