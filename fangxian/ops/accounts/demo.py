"""One click for each role, so that whoever tries the demo sees it through everybody's eyes. Demo realms only."""

from dataclasses import dataclass

from django.http import HttpRequest

from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.folder import RealmKind

from . import refusals
from .models import Account, Appointment
from .queries import in_force
from .roles import Role, the_roles
from .sign_in import enter_demo


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """The account that stands for a role: the first by username that is appointed to it now."""

    role: Role
    account: Account
    area_path: str


def demo_accounts() -> list[DemoAccount]:
    """One account for each role that somebody has, in the order of roles.toml; none outside a demo realm."""
    if the_realm().kind is not RealmKind.DEMO:
        return []
    found: dict[str, Appointment] = {}
    rows = Appointment.objects.filter(in_force(county_now()), account__is_active=True).select_related("account__unit")
    for name in the_roles().roles:
        first = rows.filter(role=name).order_by("account__username").first()
        if first:
            found[name] = first
    return [DemoAccount(the_roles().roles[name], it.account, it.area_path) for name, it in found.items()]


def sign_in_as(request: HttpRequest, *, role: str) -> Account:
    """Sign in as the account that stands for a role.

    Refuses
    -------
    accounts.demo_only, accounts.demo_role_vacant
    """
    if the_realm().kind is not RealmKind.DEMO:
        raise refusals.demo_only()
    for it in demo_accounts():
        if it.role.name == role:
            return enter_demo(request, it.account)
    raise refusals.demo_role_vacant(role)
