"""Who works where in which shift of a round, what is still missing, and whom to call up."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.core.screening.rostering import JOBS, Worker, overlap, wants_of
from fangxian.core.screening.staffing import Staffing, staffing
from fangxian.ops.lab.queries import SamplingSite, ScreeningRound, roster_of, sites_of
from fangxian.ops.realm.current import county_now
from fangxian.ops.round_staff.queries import (
    RoundDuty,
    RoundShift,
    StaffMember,
    busy_between,
    duties_of,
    members,
    shifts_of,
    workers,
)


@dataclass(frozen=True, slots=True)
class Station:
    """One site (None: the laboratory) in one shift: who is there, and how many are missing of each job."""

    shift: RoundShift
    site: SamplingSite | None
    duties: Sequence[RoundDuty]
    missing: dict[str, int]
    is_over: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """How many are missing of one job in one shift, all sites together."""

    shift: RoundShift
    job: str
    n: int


@dataclass(frozen=True, slots=True)
class CallUp:
    """Somebody of the reserves to be rung up: `is_set`: for shifts to which they are set, else for those in which
    their job is missing and they, trained, are free.
    """

    member: StaffMember
    shifts: Sequence[RoundShift]
    is_set: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffed:
    """A round's staff: every station, what is missing, the reserves to call up, what the guideline asks."""

    shifts: Sequence[RoundShift]
    stations: Sequence[Station]
    missing: Sequence[Missing]
    guideline: Staffing | None

    @property
    def n_missing(self) -> int:
        return sum(it.n for it in self.missing)


def staffed(row: ScreeningRound) -> Staffed:
    """How a round is staffed; of a shift that is over nobody is missing any more."""
    shifts, sites = shifts_of(row.pk), [it for it in sites_of(row) if it.closed_at is None]
    standing: dict[tuple[UUID, UUID | None], list[RoundDuty]] = defaultdict(list)
    for duty in duties_of(row.pk):
        standing[duty.shift_id, duty.site_id].append(duty)
    wanted: dict[tuple[object, object], dict[str, int]] = defaultdict(dict)
    to_come = [(it.pk, it.begins_at, it.ends_at) for it in shifts if it.ends_at > county_now()]
    for want in wants_of(to_come, {it.pk: it.n_tables for it in sites}):
        wanted[want.shift, want.site][want.job] = want.n
    stations = []
    for shift in shifts:
        for site in (*sites, None):
            key, is_over = (shift.pk, site.pk if site else None), shift.ends_at <= county_now()
            there = standing[key]
            short = {job: n - sum(it.job == job for it in there) for job, n in wanted[key].items()}
            stations.append(Station(shift, site, there, {job: n for job, n in short.items() if n > 0}, is_over))
    n_people = roster_of(row).count()
    n_samplers = members().filter(job="sampler", team="testing").count()
    guideline = staffing(n_people, len(sites), n_samplers=n_samplers) if n_people and sites else None
    return Staffed(shifts=shifts, stations=stations, missing=_missing(shifts, stations), guideline=guideline)


def _missing(shifts: Sequence[RoundShift], stations: Sequence[Station]) -> list[Missing]:
    found = []
    for shift in shifts:
        mine = [it.missing for it in stations if it.shift.pk == shift.pk]
        sums = {job: sum(it.get(job, 0) for it in mine) for job in JOBS}
        found += [Missing(shift, job, n) for job, n in sums.items() if n]
    return found


def call_up(seen: Staffed) -> list[CallUp]:
    """The reserves who are set, and those who could fill what is still missing, each with the shifts."""
    told: dict[StaffMember, list[RoundShift]] = defaultdict(list)
    for duty in (duty for it in seen.stations for duty in it.duties if duty.member.team == "reserve"):
        told[duty.member].append(duty.shift)
    found = [CallUp(member, shifts, True) for member, shifts in told.items()]
    if not seen.missing:
        return found
    busy = busy_between(min(it.begins_at for it in seen.shifts), max(it.ends_at for it in seen.shifts))
    known = {it.pk: it for it in members().filter(team="reserve")}
    for worker in workers():
        if worker.id in known:
            free = [it.shift for it in seen.missing if it.job == worker.job and _free(worker, it.shift, busy)]
            if free:
                found.append(CallUp(known[worker.id], free, False))
    return found


def _free(worker: Worker, shift: RoundShift, busy: dict[UUID, list[tuple[datetime, datetime]]]) -> bool:
    spells = busy.get(worker.id, [])
    is_busy = any(overlap(shift.begins_at, shift.ends_at, it) for it in spells)
    return not is_busy and not worker.lacks(worker.job, localtime(shift.ends_at).date())
