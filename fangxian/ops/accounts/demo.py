"""One click for each role, so that whoever tries the demo sees it through everybody's eyes. Demo realms only."""

from dataclasses import dataclass

from django.db.models import Window
from django.db.models.functions import RowNumber
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
    standing = Appointment.objects.filter(in_force(county_now()), account__is_active=True)
    order = Window(RowNumber(), partition_by="role", order_by=["account__username", "pk"])
    firsts = standing.annotate(place=order).filter(place=1).select_related("account__unit")
    found = {it.role: it for it in firsts}
    roles = the_roles().roles
    return [DemoAccount(roles[name], found[name].account, found[name].area_path) for name in roles if name in found]


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
