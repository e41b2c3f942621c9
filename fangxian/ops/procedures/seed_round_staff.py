"""The testing team of a demo county and its reserves (演示数据：核酸检测队伍), with their trainings.

The article tells of a testing team of forty and of reserve teams of three hospitals. How many of them do what, and how
large the reserves are, is invented, the same for the same county; some trainings have run out, as they do.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime

from fangxian.core.screening.rostering import HELPER, LABORATORY, SAMPLER, TRAININGS
from fangxian.ops.realm.current import the_realm
from fangxian.ops.round_staff.actions import add_members
from fangxian.ops.round_staff.wire import NewMember

OWN = {SAMPLER: 24, HELPER: 4, LABORATORY: 12}  # forty
RESERVES = ("县中医院", "县妇幼保健院", "第二人民医院")
A_RESERVE = {SAMPLER: 12, HELPER: 4, LABORATORY: 4}
CALLED = {SAMPLER: "采样员", HELPER: "协助员", LABORATORY: "检验员"}
HOLDS, AGO = timedelta(days=365), timedelta(days=120)
RUN_OUT_EACH = 13


def seed_round_staff(*, at: datetime, by: str) -> int:
    """Enter a demo's testing team and reserves; how many."""
    if not the_realm().is_synthetic:
        return 0
    return add_members(members=list(_everybody(localtime(at).date())), by=by)


def _everybody(today: date) -> Iterator[NewMember]:
    number = 0
    teams = [("testing", "县人民医院", OWN), *(("reserve", unit, A_RESERVE) for unit in RESERVES)]
    for team, unit, jobs in teams:
        for job, n in jobs.items():
            for _ in range(n):
                number += 1
                passed_on = today - AGO - (HOLDS if number % RUN_OUT_EACH == 0 else timedelta())
                yield NewMember(
                    name=f"演示{CALLED[job]}{number}",
                    phone=f"1540002{number:04}",
                    unit=unit,
                    team=team,
                    job=job,
                    trainings=dict.fromkeys(TRAININGS[job], (passed_on, passed_on + HOLDS)),
                )
