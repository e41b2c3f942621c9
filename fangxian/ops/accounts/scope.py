"""The one place that limits rows to what an account may see. No other code compares area paths to a scope."""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.db.models import Exists, Q, QuerySet

from fangxian.ops.realm.areas import below, outside

from . import refusals
from .models import Account, Appointment
from .queries import appointments_with, is_over_an_area, may
from .roles import ScopeKind, the_roles


def within_scope(
    rows: QuerySet,
    account: Account | None,
    permission: str,
    field: str = "area_path",
    *,
    venue_field: str | None = None,
    self_field: str | None = None,
    team_field: str | None = None,
) -> QuerySet:
    """The rows for which an account has a permission; none without an appointment that gives it.

    Parameters
    ----------
    field : column of the rows' area path; with an index, each area of the scope is one range of it
    venue_field : column of the rows' venue id. Appointments to a venue give rows only where it is named.
    self_field : column of the rows' account id. A role over one's own records gives rows only where it is named.
    team_field : column of the rows' tracing team. An appointment to a team gives what was handed to the team, wherever
        it lies, only where it is named.
    """
    if account is None:
        return rows.none()
    held = appointments_with(account, permission)
    condition = _of_areas(held, field)
    venues = [it.venue for it in held if it.venue is not None and _scope_of(it) is ScopeKind.VENUE]
    if venue_field and venues:
        condition |= Q(**{f"{venue_field}__in": venues})
    if team_field:
        condition |= _of_teams(held, team_field)
    if self_field and any(_scope_of(it) is ScopeKind.SELF for it in held):
        condition |= Q(**{self_field: account.pk})
    return rows.filter(condition) if condition else rows.none()


def parts_within_scope(
    rows: QuerySet,
    account: Account | None,
    permission: str,
    field: str = "area_path",
    *,
    team_field: str,
    elsewhere: Callable[[Q], QuerySet] | None = None,
) -> list[QuerySet]:
    """The rows of `within_scope`, in parts that have none in common: those of one's areas, and what else one's teams
    were given. Each is found along an index of its own, where for both at once every row is looked at.

    Parameters
    ----------
    elsewhere : all rows of the table that fulfil a condition on their area. With it the database asks first, in the
        same statement, whether any row lies outside the area; where none does, as in a county's own table for whoever
        has the county, it need not ask that of each of a hundred thousand.
    """
    held = appointments_with(account, permission) if account is not None else []
    areas, teams = _of_areas(held, field), _of_teams(held, team_field)
    if areas and elsewhere is not None:
        areas = _no_row(held, elsewhere) | areas
    found = [rows.filter(areas)] if areas else []
    return [*found, rows.filter(teams & ~_of_areas(held, field))] if teams else found


def _no_row(held: Iterable[Appointment], elsewhere: Callable[[Q], QuerySet]) -> Q:
    """That no row lies before the first area or after the last; of more than one area nothing is said."""
    widest_of = widest(it.area_path for it in held if is_over_an_area(it))
    if len(widest_of) != 1:
        return Q()
    before, after = outside(widest_of[0])
    return Q(~Exists(elsewhere(before))) & Q(~Exists(elsewhere(after)))


def _of_areas(held: Iterable[Appointment], field: str) -> Q:
    condition = Q()
    for area_path in widest(it.area_path for it in held if is_over_an_area(it)):
        condition |= below(area_path, field)
    return condition


def _of_teams(held: Iterable[Appointment], team_field: str) -> Q:
    teams = [it.team for it in held if it.team is not None]
    return Q(**{f"{team_field}__in": teams}) if teams else Q()


def widest(area_paths: Iterable[str]) -> list[str]:
    """The areas without those that lie in another of them, in order."""
    kept: list[str] = []
    for area_path in sorted(set(area_paths)):
        if not kept or not area_path.startswith(kept[-1]):
            kept.append(area_path)
    return kept


def areas_of(account: Account, permission: str) -> list[str]:
    """The areas over which an account has a permission, the widest only."""
    return widest(it.area_path for it in appointments_with(account, permission) if is_over_an_area(it))


def require(
    account: Account | None, permission: str, area_path: str | None = None, *, team: UUID | None = None
) -> None:
    """Go on only if the account may, in an area or because it was handed to the account's tracing team.

    Refuses
    -------
    accounts.not_yours
    """
    if may(account, permission, area_path, team=team):
        return
    areas = areas_of(account, permission) if account else []
    raise refusals.not_yours(the_roles().permissions[permission], area_path, areas)


def _scope_of(appointment: Appointment) -> ScopeKind:
    return the_roles().roles[appointment.role].scope
