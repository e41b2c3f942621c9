"""What brings people near one another without a scan: households, classes, rooms, wards, vehicles, parcels.

The first four count for a share of the time they have in common with the case (`usual.SHARES`): nobody knows the hours.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from fangxian.core.exposure.case_stays import DAY_S, ragged
from fangxian.core.exposure.columns import UNKNOWN, Cases, Column, Context, Meetings, Memberships, Parcels, Rides
from fangxian.core.exposure.disease import Rules
from fangxian.core.exposure.usual import HALL, ROOM, SHARES

_AIR: Final = dict.fromkeys(SHARES, ROOM.value) | {Context.WARD: HALL.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """All that is known to bring people near one another; what nobody knows is left empty."""

    memberships: Memberships = field(default_factory=Memberships.empty)
    rides: Rides = field(default_factory=Rides.empty)
    parcels: Parcels = field(default_factory=Parcels.empty)


def tie_meetings(cases: Cases, near: Near, rules: Rules) -> Meetings:
    """Everybody whom a tie brought near a case within the time that is searched; a case is not near itself."""
    if not (len(near.memberships) or len(near.rides) or len(near.parcels)):
        return Meetings.empty()
    found = (
        _by_memberships(cases, near.memberships, rules),
        _by_rides(cases, near.rides, rules),
        _by_parcels(cases, near.parcels, rules),
    )
    return found[0].joined(*found[1:])


def _by_memberships(cases: Cases, ties: Memberships, rules: Rules) -> Meetings:
    _, group = np.unique(ties.group, return_inverse=True)
    case, own, other = _joined(cases, ties.person, group * 1024 + ties.kind)
    begins = np.maximum.reduce([ties.begins_s[own], ties.begins_s[other], cases.near_begins_s[case]])
    ends = np.minimum.reduce([ties.ends_s[own], ties.ends_s[other], cases.ends_s[case]])
    kind = ties.kind[other]
    share = np.zeros(len(kind))
    air = np.ones(len(kind))
    for context, of_all in SHARES.items():
        share[kind == context], air[kind == context] = of_all, _AIR[context]
    seconds = np.maximum(np.rint((ends - begins) * share), 0).astype(np.int64)
    weight = _minutes(rules, cases.onset_s[case], begins, ends) * share * air
    met = Meetings(
        case=case, person=ties.person[other], context=kind, place=ties.group[other], begins_s=begins, ends_s=ends,
        sure_s=seconds, likely_s=seconds, possible_s=seconds, weight=weight, **_no_scans(len(case)),
    )  # fmt: skip
    return met.pick(np.flatnonzero(begins < ends))


def _by_rides(cases: Cases, rides: Rides, rules: Rules) -> Meetings:
    _, vehicle = np.unique(rides.vehicle, return_inverse=True)
    case, own, other = _joined(cases, rides.person, vehicle)
    begins = np.maximum.reduce([rides.begins_s[own], rides.begins_s[other], cases.near_begins_s[case]])
    ends = np.minimum.reduce([rides.ends_s[own], rides.ends_s[other], cases.ends_s[case]])
    rows, seats = rides.seat_row, rides.seat_column
    near = (rows[own] >= 0) & (rows[other] >= 0) & (abs(rows[own] - rows[other]) <= rules.near_rows)
    known = (seats[own] >= 0) & (seats[other] >= 0)
    near &= ~known | (abs(seats[own] - seats[other]) <= rules.near_seats)
    seconds = np.maximum(ends - begins, 0)
    met = Meetings(
        case=case, person=rides.person[other], place=rides.vehicle[other], begins_s=begins, ends_s=ends,
        context=np.where(near, int(Context.SEAT_NEAR), int(Context.VEHICLE)), sure_s=seconds, likely_s=seconds,
        possible_s=seconds, weight=_minutes(rules, cases.onset_s[case], begins, ends), **_no_scans(len(case)),
    )  # fmt: skip
    return met.pick(np.flatnonzero(begins < ends))


def _by_parcels(cases: Cases, parcels: Parcels, rules: Rules) -> Meetings:
    _, parcel = np.unique(parcels.parcel, return_inverse=True)
    case, own, other = _joined(cases, parcels.person, parcel)
    given, taken = parcels.at_s[own], parcels.at_s[other]
    nothing = np.zeros(len(case), np.int64)
    met = Meetings(
        case=case, person=parcels.person[other], context=nothing + int(Context.PARCEL), place=parcels.parcel[other],
        begins_s=taken, ends_s=taken, sure_s=nothing, likely_s=nothing, possible_s=nothing, weight=nothing * 0.0,
        **_no_scans(len(case)),
    )  # fmt: skip
    searched = (given >= cases.near_begins_s[case]) & (given < cases.ends_s[case])
    return met.pick(np.flatnonzero(searched & (taken >= given) & (taken - given <= rules.parcel_s)))


def _joined(cases: Cases, person: Column, key: Column) -> tuple[Column, Column, Column]:
    """All (case, row of that case's person, row of somebody else) with one key."""
    by_person = np.argsort(person, kind="stable")
    begins = np.searchsorted(person[by_person], cases.person, side="left")
    ends = np.searchsorted(person[by_person], cases.person, side="right")
    at, case = ragged(begins, ends)
    own = by_person[at]
    by_key = np.argsort(key, kind="stable")
    at, of = ragged(
        np.searchsorted(key[by_key], key[own], side="left"), np.searchsorted(key[by_key], key[own], side="right")
    )
    other = by_key[at]
    apart = person[other] != person[own[of]]
    return case[of][apart], own[of][apart], other[apart]


def _minutes(rules: Rules, onset_s: Column, begins_s: Column, ends_s: Column) -> Column:
    """Minutes from begin to end, each by the weight of its day from onset."""
    edges = np.arange(len(rules.curve) + 1)
    summed = np.concatenate([[0.0], np.cumsum(rules.curve)])
    begin, end = ((moment - onset_s) / DAY_S - rules.first_day for moment in (begins_s, ends_s))
    found: Column = (np.interp(end, edges, summed) - np.interp(begin, edges, summed)) * (DAY_S / 60)
    return found


def _no_scans(n: int) -> dict[str, Column]:
    return {"case_presence": np.full(n, UNKNOWN, np.int64), "presence": np.full(n, UNKNOWN, np.int64)}
