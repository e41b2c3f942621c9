"""What the pages of accounts say: areas, posts, states, and what an appointment lets somebody do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fangxian.core.refusal import Said
from fangxian.ops.accounts.models import Account, Appointment
from fangxian.ops.accounts.queries import accounts_by_id
from fangxian.ops.accounts.roles import ScopeKind, the_roles
from fangxian.ops.pages.county.words import place_name
from fangxian.ops.places.models import Venue
from fangxian.ops.places.queries import places_at

OWN = Said("本人", "one's own records")
PROGRAM = Said("服务器上的程序", "a program on the server")
NOBODY = Said("—", "—")
STATES = {
    "unverified": Said("未核验本人", "person not verified"),
    "unappointed": Said("没有任命", "without appointment"),
    "waiting": Said("有任命待确认", "appointment to be confirmed"),
    "password": Said("须先改密码", "must change the password"),
    "closed": Said("已停用", "closed"),
}
IN_USE = Said("在用", "in use")
KINDS_OF_AREA = {
    ScopeKind.COUNTY: Said("县", "County"),
    ScopeKind.TOWNSHIP: Said("乡镇", "Township"),
    ScopeKind.VILLAGE: Said("村、社区", "Village or community"),
    ScopeKind.GRID: Said("网格", "Grid cell"),
}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The names of areas and venues, read at once for all the appointments of a page."""

    areas: Mapping[str, Said]
    venues: Mapping[UUID, str]

    @classmethod
    def of(cls, appointments: Iterable[Appointment]) -> "Whereabouts":
        rows = list(appointments)
        places = places_at(it.area_path for it in rows if it.area_path)
        venues = Venue.objects.filter(pk__in={it.venue for it in rows if it.venue}).values_list("pk", "name")
        return cls({path: place_name(place) for path, place in places.items()}, dict(venues))

    def over(self, appointment: Appointment) -> Said:
        """What an appointment is for, by name."""
        if appointment.venue is not None and (name := self.venues.get(appointment.venue)):
            return Said(name, name)
        path = appointment.area_path
        return self.areas.get(path) or (Said(path, path) if path else OWN)


def role_said(name: str) -> Said:
    """What a role is called; its own name where roles.toml no longer has it."""
    role = the_roles().roles.get(name)
    return role.said if role else Said(name, name)


def appointment_in_words(it: Appointment, where: Whereabouts) -> dict:
    """An appointment with everything it lets its holder do."""
    role, permissions = the_roles().roles[it.role], the_roles().permissions
    return {
        "role": role.said,
        "is_administration": role.is_administration,
        "area": where.over(it),
        "is_venue": it.venue is not None,
        "begins_at": it.begins_at,
        "ends_at": it.ends_at,
        "may": [permission.said for name, permission in permissions.items() if name in role.permissions],
    }


def appointment_state(it: Appointment, now: datetime) -> Said:
    """Where an appointment stands: one that no second person confirmed never was in force."""
    is_over = it.ends_at is not None and it.ends_at <= now
    if it.proposed_by and not it.confirmed_by:
        return Said("未确认，已撤下", "never confirmed") if is_over else Said("待确认", "to be confirmed")
    if is_over:
        return Said("没有开始", "never began") if it.ends_at == it.begins_at else Said("已结束", "ended")
    return Said("在任", "in force") if it.begins_at <= now else Said("尚未开始", "not begun")


def account_state(account: Account, n_in_force: int) -> Said:
    """The one thing about an account that most wants a hand."""
    if not account.is_active:
        return STATES["closed"]
    if account.must_change_password:
        return STATES["password"]
    if account.verified_at is None:
        return STATES["unverified"]
    return IN_USE if n_in_force else STATES["unappointed"]


def post_said(account: Account) -> Said:
    """An account as its colleagues know it: the post and the unit, never a name."""
    unit = account.unit
    return Said(f"{account.username}（{unit.name_zh}）", f"{account.username} ({unit.name_en})")


def posts_said(texts: Sequence[str]) -> dict[str, Said]:
    """Who stands behind texts such as "account:<uuid>" and "program:<name>", read at once."""
    ids = {text: UUID(text.partition(":")[2]) for text in texts if text.startswith("account:")}
    known = accounts_by_id(ids.values())
    return {
        text: (post_said(known[ids[text]]) if ids.get(text) in known else PROGRAM if text else NOBODY) for text in texts
    }
