"""A screening round from its plan to its end (区域核酸筛查).

1. whoever plans the county's rounds prepares one: areas, size of pools, time      lab
2. sites with the areas they serve; the roster from the register, lists, groups    round_scope, lab, people
3. it is opened, and what was planned is kept; tables record                       keep_round_plan, take_table_events
4. what does not go together is settled, with a word                               lab
5. it is closed when everything adds up and nobody called back is undecided,       lab, results
   or it is said why it cannot be so
   who was set to it, or to a site that was taken down, may be set elsewhere       round_staff
   what it used of its kits leaves the stores, the rest is free                    use_up_kits
   prepared by mistake, it is called off, with a reason
6. what comes afterwards waits: somebody reopens the round, or says why it need not count
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import require
from fangxian.ops.lab import actions
from fangxian.ops.lab.queries import PLAN, RosterPlace, ScreeningRound, round_with
from fangxian.ops.lab.refusals import not_yours_to_do
from fangxian.ops.lab.wire import NewSite
from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.statistics import look_over
from fangxian.ops.results.queries import undecided_of_round
from fangxian.ops.round_staff.actions import free_duties

from .keep_round_plan import keep_round_plan
from .release_results import follow_members
from .round_scope import chosen, out_of_the_county, places_of_groups, staying
from .take_table_events import may_sample_at
from .use_up_kits import use_up_kits


def prepare(
    *,
    name: str,
    disease: str,
    pool_size: int,
    areas: Sequence[str],
    begins_at: datetime,
    ends_at: datetime,
    by: Account,
    groups: Sequence[str] = (),
) -> ScreeningRound:
    """A round of areas and of groups, each as `kind:which`. Refuses accounts.not_yours, lab.round_wrong."""
    require_plan(by)
    at = county_now()
    return actions.prepare_round(
        name=name, disease=disease, pool_size=pool_size, areas=areas, begins_at=begins_at, ends_at=ends_at,
        by=f"account:{by.pk}", groups=chosen(groups, at) if groups else (),
    )  # fmt: skip


def put_up_site(*, round: UUID, site: NewSite, by: Account) -> None:
    """Refuses accounts.not_yours, lab.round.not_found, lab.round_not_open, lab.site_wrong."""
    require_plan(by)
    actions.add_site(round=round, site=site, by=f"account:{by.pk}")


def take_down_site(*, round: UUID, site: UUID, by: Account) -> None:
    """Refuses accounts.not_yours, lab.round.not_found, lab.round_not_open, lab.site_unknown."""
    require_plan(by)
    with transaction.atomic():
        actions.take_site_down(round=round, site=site, by=f"account:{by.pk}")
        free_duties(round=round, site=site, why="采样点撤了 · the site was taken down", by=f"account:{by.pk}")


def take_people(*, round: UUID, by: Account) -> int:
    """Whoever lives or stays in the round's areas, and its groups; who is out of the county is marked so.

    Refuses accounts.not_yours, lab.round.not_found, lab.round_begun.
    """
    require_plan(by)
    at, who = county_now(), f"account:{by.pk}"
    away = out_of_the_county(at)
    with transaction.atomic():
        n = actions.take_roster(round=round, by=who, guests=staying(at), away=away)
        if places := places_of_groups(round_with(round), at):
            n += actions.add_to_roster(round=round, places=places, by=who, away=away)
    look_over(RosterPlace)
    return n


def begin(*, round: UUID, by: Account) -> None:
    """Refuses accounts.not_yours, lab.round.not_found, lab.round_begun, lab.round_is_empty."""
    require_plan(by)
    with transaction.atomic():
        actions.open_round(round=round, by=f"account:{by.pk}")
        keep_round_plan(row=round_with(round), by=f"account:{by.pk}")


def end(*, round: UUID, because: str, by: Account) -> None:
    """Refuses accounts.not_yours, lab.round.not_found, lab.round_not_open, lab.not_reconciled."""
    require_plan(by)
    with transaction.atomic():
        n = undecided_of_round(round).count()
        actions.close_round(round=round, because=because, by=f"account:{by.pk}", n_called_back=n)
        free_duties(round=round, why="这一轮结束了 · the round is over", by=f"account:{by.pk}")
        use_up_kits(row=round_with(round), by=f"account:{by.pk}")


def call_off(*, round: UUID, because: str, by: Account) -> None:
    """Refuses accounts.not_yours, lab.round.not_found, lab.round_not_called_off."""
    require_plan(by)
    with transaction.atomic():
        actions.call_off_round(round=round, because=because, by=f"account:{by.pk}")
        free_duties(round=round, why="这一轮撤销了 · the round was called off", by=f"account:{by.pk}")
        use_up_kits(row=round_with(round), by=f"account:{by.pk}")


def reopen(*, round: UUID, because: str, by: Account) -> int:
    """Refuses accounts.not_yours, lab.round.not_found, lab.round_not_reopened."""
    require_plan(by)
    n = actions.reopen_round(round=round, because=because, by=f"account:{by.pk}")
    if n:  # who is in a tube that has a result may be others by now
        follow_members(at=county_now(), by=f"account:{by.pk}")
    return n


def settle_late(*, round: UUID, how: str, by: Account) -> int:
    """Refuses accounts.not_yours, lab.settled_without_words."""
    require_plan(by)
    return actions.settle_what_came_late(round=round, how=how, by=f"account:{by.pk}")


def settle(*, row: ScreeningRound, discrepancy: UUID, area_path: str, how: str, by: Account) -> None:
    """Whoever works at tables there, or plans the round, says what is right.

    Refuses
    -------
    lab.not_yours_to_do, lab.settled_without_words, lab.discrepancy.not_found
    """
    if not (may_plan(by) or (area_path and may_sample_at(by, area_path))):
        raise not_yours_to_do()
    actions.settle(round=row.pk, discrepancy=discrepancy, how=how, by=f"account:{by.pk}")


def require_plan(account: Account) -> None:
    require(account, PLAN, the_realm().division_code)


def may_plan(account: Account) -> bool:
    return may(account, PLAN, the_realm().division_code)
