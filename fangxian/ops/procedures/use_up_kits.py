"""What a round used of its kits leaves the stores and the rest is free again: when it ends, or when it is given back.

1. tubes that were opened and swabs that were taken                 lab
2. wells that were extracted and amplified, with their controls     laboratory
3. suits of whoever stood there, shift by shift                     round_staff
   of a day on which nobody stood at a site in a shift, by the      lab
   tables that worked there at once
   of a day on which nobody stood in the laboratory, as many as     laboratory
   one wears out in a day; of two rounds the first that ran there
4. they leave the stores, each once; the rest that was put aside    round_plans
   is free

A suit more or fewer whoever keeps the stores books by hand.
"""

from fangxian.core.screening.staffing import kits_used
from fangxian.ops.lab.queries import ScreeningRound, n_swabs, tables_by_day, tubes_of
from fangxian.ops.laboratory.round_queries import days_run, wells_run
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_plans import actions
from fangxian.ops.round_staff.queries import days_in_laboratory, days_stood, n_stood


def use_up_kits(*, row: ScreeningRound, by: str) -> dict[str, int]:
    """What left the stores now, by kit. Call it again and only what was used since leaves them."""
    wells, at = wells_run(row.pk), county_now()
    stood, in_laboratory = days_stood(row.pk, at), days_in_laboratory(at)
    used = kits_used(
        n_tubes=tubes_of(row).exclude(opened_at=None).count(),
        n_swabs=n_swabs(row),
        n_extracted=wells["extractor"],
        n_amplified=wells["amplifier"],
        n_shifts_stood=n_stood(row.pk, at),
        n_days_at_tables=sum(n for of, n in tables_by_day(row).items() if of not in stood),
        n_laboratory_days=sum(day not in in_laboratory for _, day in days_run(row.pk)),
    )
    return actions.free_kits(round=row.pk, name=row.name, used=used, by=by)
