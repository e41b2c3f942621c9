"""Where the areas of a sampling site are (采样点分区): waiting, registration, sampling, buffer, temporary isolation.

1. the round is not over and the site is one of its own, in use      lab
2. whoever plans rounds, or works at the site's tables, says it      accounts
3. where each area is, and how many it holds                         round_plans
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.lab.actions.taking import locked
from fangxian.ops.lab.queries import sites_of
from fangxian.ops.lab.refusals import no_site, not_yours_to_do, round_not_open
from fangxian.ops.round_plans import actions

from .take_table_events import may_sample_at


@transaction.atomic
def lay_out_site(*, round: UUID, site: UUID, zones: Mapping[str, tuple[str, int | None]], by: Account) -> None:
    """`zones`: area → where it is, and how many it holds; what is not named it has not.

    Refuses
    -------
    lab.round.not_found, lab.round_not_open, lab.site_unknown, lab.not_yours_to_do, round_plans.zone_wrong
    """
    row = locked(round)
    if row.state == "closed":
        raise round_not_open()
    found = next((it for it in sites_of(row) if it.pk == site and it.closed_at is None), None)
    if found is None:
        raise no_site()
    if not may_sample_at(by, found.area_path):
        raise not_yours_to_do()
    actions.lay_out_site(round=row.pk, site=found.pk, zones=zones, by=f"account:{by.pk}")
