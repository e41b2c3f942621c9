"""Who works at which site of a round in which shift (排班).

1. shifts, of the hours in which the round samples                     core.screening, round_staff
2. what each site's tables want in each, less who is set already       lab, core.screening
3. the testing team first, then the reserves: trained, and free        round_staff

Whoever plans rounds does this. What is still wanted then is for a call-up list.
"""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.parameters import Parameter
from fangxian.core.screening.course import hours_of
from fangxian.core.screening.rostering import Want, set_workers, wants_of
from fangxian.ops.accounts.models import Account
from fangxian.ops.lab.queries import ScreeningRound, round_with, sites_of
from fangxian.ops.lab.refusals import round_not_open
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_staff import actions
from fangxian.ops.round_staff.queries import busy_between, duties_of, is_duty_of, shifts_of, workers
from fangxian.ops.round_staff.refusals import no_duty

from .run_rounds import require_plan

A_SHIFT = Parameter(
    value=6, unit="h", low=2, high=12,
    meaning="How long a shift at a sampling site lasts at most, in a suit", source="4 to 6 h in protection, a choice",
)  # fmt: skip


@transaction.atomic
def make_shifts(*, round: UUID, by: Account) -> int:
    """The shifts of a round's sampling hours, as long as may be and equal; how many are new. Those there stay.

    Refuses
    -------
    accounts.not_yours, lab.round.not_found, lab.round_not_open
    """
    row = _not_over(round, by)
    there = shifts_of(row.pk)
    n = 0
    for begins, ends in _spells(row):
        if not any(it.begins_at < ends and begins < it.ends_at for it in there):
            actions.add_shift(round=row, begins_at=begins, ends_at=ends, by=f"account:{by.pk}")
            n += 1
    return n


def _spells(row: ScreeningRound) -> list[tuple[datetime, datetime]]:
    """The round's hours day by day, parted into equal shifts no longer than a shift may be."""
    begins, ends = localtime(row.begins_at), localtime(row.ends_at)
    midnight, found = begins.replace(hour=0, minute=0, second=0, microsecond=0), list[tuple[datetime, datetime]]()
    for day in range((ends - midnight).days + 1):
        for since, until in hours_of(begins, ends):
            opens = max(midnight + timedelta(days=day, minutes=since), begins)
            closes = min(midnight + timedelta(days=day, minutes=until), ends)
            if opens < closes:
                n = -(-(closes - opens) // timedelta(hours=A_SHIFT.value))
                found += [(opens + (closes - opens) * k / n, opens + (closes - opens) * (k + 1) / n) for k in range(n)]
    return found


@transaction.atomic
def fill_shifts(*, round: UUID, with_reserves: bool, by: Account) -> int:
    """Set whoever of the testing team, and of the reserves if they are called up, is trained and free to what is still
    wanted; how many were set.

    Refuses
    -------
    accounts.not_yours, lab.round.not_found, lab.round_not_open
    """
    row = _not_over(round, by)
    missing = still_wanted(row)
    if not missing:
        return 0
    busy = busy_between(min(it.begins_at for it in missing), max(it.ends_at for it in missing))
    asked = [it for it in workers() if with_reserves or it.rank == 0]
    return actions.set_duties(round=row.pk, sets=set_workers(missing, asked, busy), by=f"account:{by.pk}")


def still_wanted(row: ScreeningRound) -> list[Want]:
    """What is wanted at each site in each shift that is not over, less who is set."""
    tables = {it.pk: it.n_tables for it in sites_of(row) if it.closed_at is None}
    shifts = [it for it in shifts_of(row.pk) if it.ends_at > county_now()]
    wants = wants_of([(it.pk, localtime(it.begins_at), localtime(it.ends_at)) for it in shifts], tables)
    there = Counter((it.shift_id, it.site_id, it.job) for it in duties_of(row.pk))
    short = (replace(it, n=it.n - there[it.shift, it.site, it.job]) for it in wants)
    return [it for it in short if it.n > 0]


def set_one(*, round: UUID, shift: UUID, member: UUID, site: UUID | None, by: Account) -> None:
    """Set one person by hand.

    Refuses
    -------
    accounts.not_yours, lab.round.not_found, lab.round_not_open, and what round_staff.actions.set_duty refuses
    """
    _not_over(round, by)
    actions.set_duty(shift=shift, member=member, site=site, by=f"account:{by.pk}")


def take_one_off(*, round: UUID, duty: UUID, why: str, by: Account) -> None:
    """Refuses accounts.not_yours, lab.round.not_found, lab.round_not_open, round_staff.duty.not_found."""
    row = _not_over(round, by)
    if not is_duty_of(duty, row.pk):  # of a round that is over it stays as it was
        raise no_duty()
    actions.take_off(duty=duty, why=why, by=f"account:{by.pk}")


def enter_member(*, name: str, phone: str, unit: str, team: str, job: str, by: Account) -> None:
    """Refuses accounts.not_yours, round_staff.member_wrong."""
    require_plan(by)
    actions.add_member(name=name, phone=phone, unit=unit, team=team, job=job, by=f"account:{by.pk}")


def enter_training(*, member: UUID, kind: str, passed_on: date, valid_until: date, by: Account) -> None:
    """Refuses accounts.not_yours, round_staff.member.not_found, round_staff.training_wrong."""
    require_plan(by)
    actions.note_training(
        member=member, kind=kind, passed_on=passed_on, valid_until=valid_until, by=f"account:{by.pk}"
    )  # fmt: skip


def strike_member(*, member: UUID, by: Account) -> None:
    """Refuses accounts.not_yours, round_staff.member.not_found."""
    require_plan(by)
    actions.let_member_go(member=member, by=f"account:{by.pk}")


def _not_over(round: UUID, by: Account) -> ScreeningRound:
    require_plan(by)
    row = round_with(round)
    if row.state == "closed":
        raise round_not_open()
    return row
