"""Who looks after an area: the accounts appointed over it or over the areas it lies in, short of the county."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Appointment
from fangxian.ops.accounts.queries import in_force
from fangxian.ops.accounts.roles import ScopeKind, the_roles
from fangxian.ops.places.models import GridCell
from fangxian.ops.realm.areas import GRID_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS, below

GRID_WORKER = "grid_worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMember:
    """One appointment over an area.

    post : the account's username, which names a post and no person
    name : the person's name, for colleagues
    area_path : what they answer for: this area or one around it
    """

    post: str
    name: str
    role: Said
    unit: Said
    area_path: str


def team_of(area_path: str, *, at: datetime) -> list[TeamMember]:
    """Who is appointed over an area itself or over its unit and township, the nearest first."""
    around = [
        area_path[:digits] for digits in (TOWNSHIP_DIGITS, VILLAGE_DIGITS, GRID_DIGITS) if digits <= len(area_path)
    ]
    rows = _areal(at).filter(area_path__in=around).select_related("account__unit")
    found = [
        TeamMember(
            post=row.account.username,
            name=row.account.display_name,
            role=the_roles().roles[row.role].said,
            unit=Said(row.account.unit.name_zh, row.account.unit.name_en),
            area_path=row.area_path,
        )
        for row in rows
    ]
    return sorted(found, key=lambda it: (-len(it.area_path), it.role.zh, it.post))


def workers_by_cell(area_path: str, *, at: datetime) -> dict[str, list[str]]:
    """Grid cell (or unit) path → posts of its grid workers, for what lies in an area."""
    rows = _areal(at).filter(below(area_path), role=GRID_WORKER)
    found: dict[str, list[str]] = {}
    for path, post in rows.order_by("account__username").values_list("area_path", "account__username"):
        found.setdefault(path, []).append(post)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class CellsOfKind:
    """How many grid cells of one kind there are, and how many of them have a grid worker."""

    kind: str
    n_cells: int
    n_staffed: int


def cells_by_kind(cells: QuerySet[GridCell], *, at: datetime) -> list[CellsOfKind]:
    """Some grid cells by kind, in the order of GridCell.Kind."""
    kinds = [cell.kind for cell in cells]
    lacking = [cell.kind for cell in cells_without_worker(cells, at=at)]
    return [
        CellsOfKind(kind=kind, n_cells=kinds.count(kind), n_staffed=kinds.count(kind) - lacking.count(kind))
        for kind in GridCell.Kind.values
        if kind in kinds
    ]


def cells_without_worker(cells: QuerySet[GridCell], *, at: datetime) -> list[GridCell]:
    """Those of some grid cells that no grid worker is appointed over, neither themselves nor their unit."""
    taken = set(_areal(at).filter(role=GRID_WORKER).values_list("area_path", flat=True))
    return [cell for cell in cells if cell.area_path not in taken and cell.area_path[:VILLAGE_DIGITS] not in taken]


def _areal(at: datetime) -> QuerySet[Appointment]:
    """Appointments in force to look after areas smaller than the county, of accounts that are open."""
    kinds = (ScopeKind.TOWNSHIP, ScopeKind.VILLAGE, ScopeKind.GRID)
    looking_after = the_roles().holding("area.view")
    roles = [name for name in looking_after if the_roles().roles[name].scope in kinds]
    return Appointment.objects.filter(in_force(at), role__in=roles, account__is_active=True)
