"""What was planned when a screening round began is kept, so that what comes can be compared with it.

1. the sites that stand and who is on the roster; machines that work,  lab, laboratory
   and the outside laboratories that the round was given
   how many have a tube of their own, as whoever plans the round said  round_plans
2. the round played through from its beginning                        core.screening
3. the plan is kept, once                                             round_plans
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localtime

from fangxian.core.screening.course import at_sites, course_of, hours_of, parted, round_at
from fangxian.core.screening.laboratory import Laboratory, fushan
from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.lab.actions.taking import locked
from fangxian.ops.lab.queries import PLAN, ScreeningRound, counted_by_site, roster_of, sites_of
from fangxian.ops.lab.refusals import round_not_open
from fangxian.ops.laboratory.actions import ask_laboratory
from fangxian.ops.laboratory.queries import as_reckoned, instruments_of, laboratories
from fangxian.ops.laboratory.round_queries import reckoned_for
from fangxian.ops.realm.current import the_realm
from fangxian.ops.round_plans import actions
from fangxian.ops.round_plans.actions import keep_plan
from fangxian.ops.round_plans.queries import n_alone_in
from fangxian.ops.round_plans.refusals import alone_wrong
from fangxian.ops.round_plans.wire import NewPlan


def keep_round_plan(*, row: ScreeningRound, by: str) -> None:
    """Keep how a round that begins now is planned. One without people or sites has no plan."""
    sites = at_sites(counted_by_site(row), {it.pk: it.n_tables for it in sites_of(row) if it.closed_at is None})
    n_people = sum(it.n_people for it in sites.values())
    if not n_people:
        return
    begins, ends = localtime(row.begins_at), localtime(row.ends_at)
    from_at = max(begins, localtime(row.opened_at or row.begins_at))
    midnight = from_at.replace(hour=0, minute=0, second=0, microsecond=0)
    every = [*laboratories_of_county(), *reckoned_for(row.pk)]
    n_alone = alone_in(row)
    pooled, alone = parted(sites.values(), n_alone, n_alone)
    planned = round_at(pooled, hours_of(begins, ends), row.pool_size, every, alone)
    course = course_of(planned, (from_at - midnight) / timedelta(minutes=1))
    keep_plan(
        plan=NewPlan(
            round=row.pk,
            from_at=from_at,
            ends_at=_moment(midnight, course.ends_min),
            n_people=n_people,
            n_sites=len(sites),
            n_tables=sum(it.n_tables for it in sites.values()),
            n_tubes=course.n_tubes,
            tubes_a_day=sum(it.tubes_a_day for it in every),
            held_up_by=course.held_up_by,
            so_far=course.so_far,
            holding=course.holding,
        ),
        by=by,
    )


@transaction.atomic
def say_alone(*, round: UUID, n: int, by: Account) -> None:
    """How many of a round's people have a tube of their own: key persons (重点人员). Whoever plans rounds says so.

    Refuses
    -------
    accounts.not_yours, lab.round.not_found, lab.round_not_open, round_plans.alone_wrong
    """
    require(by, PLAN, the_realm().division_code)
    row = locked(round)  # else it ends between the look and the writing
    if row.state == "closed":
        raise round_not_open()
    if n > roster_of(row).count():
        raise alone_wrong(n)
    actions.say_alone(round=row.pk, n=n, by=f"account:{by.pk}")


@transaction.atomic
def ask_outside(*, round: UUID, laboratory: UUID, tubes_a_day: int, further_min: int, by: Account) -> None:
    """An outside laboratory tests tubes of a round, so many a day (外送); nought: none. Whoever plans rounds says so.

    Refuses
    -------
    accounts.not_yours, lab.round.not_found, lab.round_not_open, laboratory.not_found, laboratory.takes_no_more
    """
    require(by, PLAN, the_realm().division_code)
    row = locked(round)  # else it ends between the look and the writing
    if row.state == "closed":
        raise round_not_open()
    ask_laboratory(
        round=row.pk, laboratory=laboratory, tubes_a_day=tubes_a_day, further_min=further_min, by=f"account:{by.pk}"
    )


def alone_in(row: ScreeningRound) -> int:
    """How many of a round whose tubes are shared have one of their own."""
    return n_alone_in(row.pk) if row.pool_size > 1 else 0


def laboratories_of_county() -> list[Laboratory]:
    """The county's own by their machines that work; Fushan's of April 2022 where none has any on record."""
    own = [as_reckoned(it, instruments_of(it)) for it in laboratories(is_own=True)]
    return [it for it in own if it.tubes_a_day] or [fushan()]


def _moment(midnight: datetime, minutes: float) -> datetime:
    return midnight + timedelta(minutes=minutes)
