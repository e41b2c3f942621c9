"""The tracing teams of a synthetic county, from its file: who is in them, and their roster. Part of build_county.

1. accounts for the members, out of the county's own people    accounts (by staff_county)
2. the teams with their members                                tracing
3. the roster of the demo's first weeks                        tracing
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fangxian.core.drill.county.columns import SyntheticCounty
from fangxian.core.refusal import Refusal, Said
from fangxian.ops.accounts.models import Account, Appointment, Unit
from fangxian.ops.accounts.roles import ScopeKind, the_roles
from fangxian.ops.tracing.actions import found_teams, set_shifts
from fangxian.ops.tracing.planning import TEAM_LOAD
from fangxian.ops.tracing.wire import NewMember, NewShift, NewTeam

Told = Mapping[str, Any]
OF_TOWNSHIP = "township"
AGED = (22, 58)  # years: of an age at which a unit lends somebody
DAYS_A_YEAR = 365.2425


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One place in one team, as the county's file describes it; `place` counts from 1 within the team."""

    team: int
    place: int
    base: str
    kind: str
    unit: str
    role: str
    title: str
    is_lead: bool

    @property
    def team_id(self) -> UUID:
        """The team's id, known before it is founded: whoever sits in it is appointed first."""
        return uuid5(NAMESPACE_URL, f"fangxian:tracing-team:{self.base}:{self.team}")

    @property
    def username(self) -> str:
        return f"tracing-{self.team:02d}-{self.place}"


def seats_of(told: Told) -> list[Seat]:
    """Every seat of every team; none where the county's file has no teams.

    Refuses
    -------
    county.tracing_wrong
        The teams are not as many, or not as large, as the figure published for the county.
    """
    tracing = told.get("tracing")
    if tracing is None:
        return []
    bases = [entry["township"] for entry in tracing["bases"] for _ in range(entry["n_teams"])]
    members = [entry for entry in tracing["members"] for _ in range(entry.get("n", 1))]
    _refuse_other_figures(told, n_tracing_teams=len(bases), n_people_per_tracing_team=len(members))
    return [
        Seat(
            team=team,
            place=place,
            base=base,
            kind=entry["kind"],
            unit=base if entry["unit"] == OF_TOWNSHIP else entry["unit"],
            role=entry["role"],
            title=entry["title"],
            is_lead=entry.get("is_lead", False),
        )
        for team, base in enumerate(bases, start=1)
        for place, entry in enumerate(members, start=1)
    ]


def _refuse_other_figures(told: Told, **counted: int) -> None:
    for name, n in counted.items():
        published = told["figures"].get(name, {}).get("value", n)
        if published != n:
            raise Refusal(
                "county.tracing_wrong",
                zh="county.toml 的 [tracing] 一节给出 {n}，[figures] 里的 {name} 是 {published}。两处应相等；"
                "请改正其中一处后重试，没有建任何东西。",
                en="The section [tracing] of county.toml comes to {n}, but {name} in [figures] is {published}. The two "
                "should be equal: correct one of them and try again; nothing was built.",
                n=n,
                name=name,
                published=published,
            )


def tracing_people(
    county: SyntheticCounty, find_unit: Mapping[str, Unit], told: Told, taken: Collection[int], county_code: str
) -> Iterator[tuple[int, tuple[Account, Appointment]]]:
    """An account with its appointment for each seat, by the row of the resident who sits on it.

    A county that was made too small to have so many people of that age leaves seats empty.
    """
    rows = _of_working_age(county, taken, told["county"]["reference_on"].toordinal())
    for seat, row in zip(seats_of(told), rows, strict=False):
        account = Account(username=seat.username, display_name=county.persons.name[row], unit=find_unit[seat.unit])
        yield row, (account, _appointment(seat, account, county_code))


def _appointment(seat: Seat, account: Account, county_code: str) -> Appointment:
    """To the county for a role that is over one; else to where the team sets out from, and to what it is given."""
    if the_roles().roles[seat.role].scope is ScopeKind.COUNTY:
        return Appointment(account=account, role=seat.role, area_path=county_code)
    return Appointment(account=account, role=seat.role, area_path=seat.base, team=seat.team_id)


def _of_working_age(county: SyntheticCounty, taken: Collection[int], today: int) -> Iterator[int]:
    youngest, oldest = AGED
    for row, born_on in enumerate(county.persons.born_on.tolist()):
        if row not in taken and youngest <= (today - born_on) / DAYS_A_YEAR < oldest and county.persons.phone[row]:
            yield row


def found_tracing(
    *, county: SyntheticCounty, accounts: Mapping[int, Account], told: Told, at: datetime, by: str
) -> int:
    """Put the county's tracing teams on the roll and on duty; how many. A team without a lead is left out."""
    sitting = {account.username: (row, account) for row, account in accounts.items()}
    teams: dict[int, list[Seat]] = {}
    for seat in seats_of(told):
        teams.setdefault(seat.team, []).append(seat)
    filled = [seats for seats in teams.values() if any(it.is_lead and it.username in sitting for it in seats)]
    load_max = told["tracing"].get("load_max", int(TEAM_LOAD.value)) if filled else 0
    rows = found_teams(teams=[_team(seats, sitting, county, load_max) for seats in filled], by=by)
    if rows:
        turns = cycle(told["tracing"]["turns"])
        days = range(-1, told["tracing"]["n_roster_days"])
        shifts = [_shift(row.pk, turn, at, day) for row, turn in zip(rows, turns, strict=False) for day in days]
        set_shifts(shifts=shifts, by=by)
    return len(rows)


def _team(seats: list[Seat], sitting: Mapping[str, tuple[int, Account]], county: SyntheticCounty, load: int) -> NewTeam:
    number, base = seats[0].team, seats[0].base
    return NewTeam(
        id=seats[0].team_id,
        number=number,
        name=Said(f"流调第 {number} 组", f"Tracing team {number}"),
        area_path=base,
        load_max=load,
        members=[_member(seat, *sitting[seat.username], county) for seat in seats if seat.username in sitting],
    )


def _member(seat: Seat, row: int, account: Account, county: SyntheticCounty) -> NewMember:
    return NewMember(
        kind=seat.kind,
        name=county.persons.name[row],
        phone=county.persons.phone[row],
        account=account,
        unit=account.unit,
        is_lead=seat.is_lead,
    )


def _shift(team: object, turn: Told, at: datetime, day: int) -> NewShift:
    hour, minute = map(int, turn["begins"].split(":"))
    begins_at = at.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=day)
    return NewShift(team=team, begins_at=begins_at, ends_at=begins_at + timedelta(hours=turn["hours"]))
