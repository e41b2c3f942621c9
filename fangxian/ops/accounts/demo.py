"""One click for each role, so that whoever tries the demo sees it through everybody's eyes. Demo realms only."""

from dataclasses import dataclass

from django.db.models import Q, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest

from fangxian.ops.realm.current import county_now, the_realm
from fangxian.ops.realm.folder import RealmKind

from . import refusals
from .models import Account, Appointment
from .queries import in_force
from .roles import Role, the_roles
from .rules import SECURITY
from .sign_in import enter_demo

# Roles of which a visitor needs more than one: an appointment takes another security administrator to confirm, a
# positive another laboratory; results that two people typed go out by a third; two commanders of two units approve, one
# of them of a health unit.
TWICE, THRICE = (SECURITY, "laboratory", "commander"), ("laboratory", "commander")


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """The account that stands for a role: the first by username that is appointed to it now; of some others too.

    number : 1 for the first, 2 for the second
    """

    role: Role
    account: Account
    area_path: str
    number: int = 1

    @property
    def key(self) -> str:
        """What `sign_in_as` knows it by: the role, and "/2" behind it for the second."""
        return self.role.name if self.number == 1 else f"{self.role.name}/{self.number}"


def demo_accounts() -> list[DemoAccount]:
    """One account for each role that somebody has, two for one of `TWICE`, three of `THRICE`, as roles.toml has them.

    None outside a demo realm.
    """
    if the_realm().kind is not RealmKind.DEMO:
        return []
    standing = Appointment.objects.filter(in_force(county_now()), account__is_active=True)
    order = Window(RowNumber(), partition_by="role", order_by=["account__username", "pk"])
    shown = standing.annotate(place=order).filter(Q(place=1) | Q(place=2, role__in=TWICE) | Q(place=3, role__in=THRICE))
    rows = list(shown.select_related("account__unit").order_by("place"))
    roles = the_roles().roles.values()
    return [
        DemoAccount(role, it.account, it.area_path, it.place) for role in roles for it in rows if it.role == role.name
    ]


def sign_in_as(request: HttpRequest, *, role: str) -> Account:
    """Sign in as an account that stands for a role; `role` is a `DemoAccount.key`.

    Refuses
    -------
    accounts.demo_only, accounts.demo_role_vacant
    """
    if the_realm().kind is not RealmKind.DEMO:
        raise refusals.demo_only()
    for it in demo_accounts():
        if it.key == role:
            return enter_demo(request, it.account)
    raise refusals.demo_role_vacant(role)
