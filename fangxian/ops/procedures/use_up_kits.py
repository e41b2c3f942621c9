"""What a round used of its kits leaves the stores and the rest is free again: when it ends, or when it is given back.

1. tubes that were opened and swabs that were taken                 lab
2. wells that were extracted and amplified, with their controls     laboratory
3. suits of whoever stood there, shift by shift                     round_staff
   or table by table and day by day, where no shifts were made      lab
4. they leave the stores, each once; the rest that was put aside    round_plans
   is free

Suits of a laboratory for which no shifts were made nobody counts here: whoever keeps the stores records them.
"""

from fangxian.core.screening.staffing import kits_used
from fangxian.ops.lab.queries import ScreeningRound, n_days_at_tables, n_swabs, tubes_of
from fangxian.ops.laboratory.round_queries import wells_run
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_plans import actions
from fangxian.ops.round_staff.queries import n_stood, sites_with_shifts


def use_up_kits(*, row: ScreeningRound, by: str) -> dict[str, int]:
    """What left the stores now, by kit. Call it again and only what was used since leaves them."""
    wells = wells_run(row.pk)
    used = kits_used(
        n_tubes=tubes_of(row).exclude(opened_at=None).count(),
        n_swabs=n_swabs(row),
        n_extracted=wells["extractor"],
        n_amplified=wells["amplifier"],
        n_shifts_stood=n_stood(row.pk, county_now()),
        n_days_at_tables=n_days_at_tables(row, but=sites_with_shifts(row.pk)),
    )
    return actions.free_kits(round=row.pk, name=row.name, used=used, by=by)
