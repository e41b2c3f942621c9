"""The units of a synthetic county and the accounts that act for them. Part of build_county."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fangxian.core.divisions import Division, Divisions
from fangxian.core.drill.county.columns import TEAM_KINDS, SyntheticCounty
from fangxian.ops.accounts.actions import appoint, open_accounts, open_units, verify_person
from fangxian.ops.accounts.models import Account, Appointment, Unit

from .load_county import LoadedPlaces
from .staff_tracing import tracing_people

Told = Mapping[str, Any]
DEPARTMENT_KINDS = {"cdc": Unit.Kind.CDC, "public_security": Unit.Kind.POLICE, "media": Unit.Kind.MEDIA_CENTRE}
TRADE_KINDS = {
    "hospital": Unit.Kind.HOSPITAL,
    "health_centre": Unit.Kind.HEALTH_CENTRE,
    "school": Unit.Kind.SCHOOL,
    "kindergarten": Unit.Kind.SCHOOL,
}
TEAM_ROLES = {"grid_worker": "grid_worker", "community_worker": "grid_worker", "lead": "grid_lead"}
TEAM_ROLES |= {"assistant": "grid_assistant"}
# Members have been in their units for longer than an approval asks of them.
MEMBERS_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Units:
    """The county's units: by a department's id, by a division's code, and by a venue's name."""

    departments: dict[str, Unit]
    divisions: dict[str, Unit]
    hosts: dict[str, Unit]

    def find(self, key: str) -> Unit | None:
        """By whichever of the three names it. None where a small county has no such venue or division."""
        return self.departments.get(key) or self.divisions.get(key) or self.hosts.get(key)


def found_units(*, county: SyntheticCounty, divisions: Divisions, told: Told, by: str) -> Units:
    """Headquarters and departments, townships, villages and communities, and the venues that act as units."""
    code, staff = county.county_code, told["staff"]
    departments = {
        entry["id"]: Unit(
            name_zh=entry["zh"],
            name_en=entry["en"],
            kind=DEPARTMENT_KINDS.get(entry["id"], Unit.Kind.DEPARTMENT),
            area_path=code,
        )
        for entry in told["command"]["departments"]
    }
    departments["headquarters"] = Unit(
        name_zh=staff["headquarters_zh"],
        name_en=staff["headquarters_en"],
        kind=Unit.Kind.HEADQUARTERS,
        area_path=code,
    )
    units = Units(departments, {row.code: _unit_of_division(row) for row in divisions.rows[1:]}, _hosts(county, told))
    open_units(units=[*departments.values(), *units.divisions.values(), *units.hosts.values()], by=by)
    return units


def _unit_of_division(row: Division) -> Unit:
    return Unit(name_zh=row.name_zh, name_en=row.name_en or row.name_zh, kind=row.kind, area_path=row.code)


def _hosts(county: SyntheticCounty, told: Told) -> dict[str, Unit]:
    """Venues that name a dedicated grid's worker or have a post of their own, as units."""
    wanted = {host for host in county.grids.host_unit if host} | {post["unit"] for post in told["staff"]["list"]}
    in_english = {entry["name"]: entry["name_en"] for entry in (*told["schools"]["list"], *told["venues"]["list"])}
    return {
        name: Unit(
            name_zh=name,
            name_en=in_english[name],
            kind=TRADE_KINDS.get(trade, Unit.Kind.OTHER),
            area_path=str(area_path),
        )
        for area_path, trade, _, name, _, _, _ in county.venues.rows()
        if name in wanted
    }


def appoint_staff(
    *, county: SyntheticCounty, units: Units, places: LoadedPlaces, told: Told, at: datetime, by: str
) -> dict[int, Account]:
    """Open and appoint the grid team, the approvers and the posts; accounts by person row."""
    by_person = dict(_team(county, units)) | dict(_named_by_hosts(county, units))
    row = next(row for row in county.households.first_person.tolist() if row not in by_person)
    by_person[row] = _resident(county, row, units)
    by_person |= dict(tracing_people(county, units.departments | units.divisions, told, by_person, county.county_code))
    posts = _posts(told["staff"]["list"], units, places, county.county_code)
    everybody = [*by_person.values(), *_approvers(units), *posts]
    # They have held their posts for long: a demo's clock may be set back, and the county must still have its people.
    since = at - MEMBERS_FOR
    for account, appointment in everybody:
        account.unit_since = appointment.begins_at = since
    accounts = [account for account, _ in everybody]
    open_accounts(accounts=accounts, by=by)
    verify_person(accounts=accounts, by=by, identities=_documents(county, by_person), seen_at=since)
    appoint(appointments=[appointment for _, appointment in everybody], by=by)
    return {row: account for row, (account, _) in by_person.items()}


def _documents(county: SyntheticCounty, by_person: Mapping[int, tuple[Account, Appointment]]) -> dict[UUID, str]:
    """Document numbers of those who are on the register; the holders of posts are nobody there."""
    return {account.pk: county.persons.identity_number[row] for row, (account, _) in by_person.items()}


def _team(county: SyntheticCounty, units: Units) -> Iterator[tuple[int, tuple[Account, Appointment]]]:
    numbers: dict[str, int] = {}
    for person, kind, area_path, _ in county.team.rows():
        role, area = TEAM_ROLES[TEAM_KINDS[kind]], str(area_path)
        unit = units.divisions[area[:12] if len(area) == 15 else area]
        number = numbers[f"{role}-{area}"] = numbers.get(f"{role}-{area}", 0) + 1
        username = f"{role.replace('_worker', '').replace('_', '-')}-{area}" + (f"-{number}" if number > 1 else "")
        account = Account(username=username, display_name=county.persons.name[person], unit=unit)
        yield person, (account, Appointment(account=account, role=role, area_path=area))


def _named_by_hosts(county: SyntheticCounty, units: Units) -> Iterator[tuple[int, tuple[Account, Appointment]]]:
    """For each dedicated cell one of its host unit's own people, whom the unit names; not of the grid team."""
    taken = set(county.team.person.tolist())
    staff: dict[int, int] = {}
    for person, venue, _, _ in county.jobs.rows():
        if person not in taken:
            staff.setdefault(venue, person)
    for area_path, _, _, _, host_unit, host_venue, _ in county.grids.rows():
        if host_venue >= 0 and host_venue in staff:
            person, area = staff[host_venue], str(area_path)
            account = Account(
                username=f"grid-{area}", display_name=county.persons.name[person], unit=units.hosts[host_unit]
            )
            yield person, (account, Appointment(account=account, role="grid_worker", area_path=area))


def _resident(county: SyntheticCounty, row: int, units: Units) -> tuple[Account, Appointment]:
    """One resident with an account, so that the demo can be seen through a resident's eyes."""
    unit = units.divisions[str(county.persons.area_path[row])[:12]]
    account = Account(username="resident-1", display_name=county.persons.name[row], unit=unit)
    return account, Appointment(account=account, role="resident", area_path="")


def _approvers(units: Units) -> Iterator[tuple[Account, Appointment]]:
    for code, unit in units.divisions.items():
        kind = "township" if len(code) == 9 else "village"
        account = Account(username=f"{kind}-{code}", display_name=f"{unit.name_zh}审批员", unit=unit)
        yield account, Appointment(account=account, role=f"{kind}_approver", area_path=code)


def _posts(
    posts: Sequence[Told], units: Units, places: LoadedPlaces, county_code: str
) -> Iterator[tuple[Account, Appointment]]:
    """The posts of county.toml; one whose unit or venue a small county lacks is left out."""
    venues = {venue.name: venue for venue in places.venues}
    cells = {cell.area_path for cell in places.cells}
    for post in posts:
        unit, venue, area = units.find(post["unit"]), venues.get(post.get("venue", "")), post.get("area", county_code)
        if unit is None or ("venue" in post and venue is None) or (len(area) == 15 and area not in cells):
            continue
        account = Account(username=post["username"], display_name=post["title"], unit=unit)
        yield (
            account,
            Appointment(
                account=account,
                role=post["role"],
                area_path=venue.area_path if venue else area,
                venue=venue and venue.pk,
            ),
        )
