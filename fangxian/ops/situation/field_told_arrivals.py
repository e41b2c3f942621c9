"""Arrivals that relatives and hosts told of, as a phone takes them along (外勤亲友代报): part of `field_bundle`.

1. what waits to be asked about in the grids and villages of an account    arrivals
2. who was found on the register, and who told of it                       people

None where they are more than one person asks. What becomes of an answer is decided where it is taken.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils.timezone import localtime

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.queries import may
from fangxian.ops.accounts.scope import areas_of
from fangxian.ops.arrivals.queries import PROPOSAL_STATES, REVIEW, proposals_for, told_by
from fangxian.ops.arrivals.wire import Told
from fangxian.ops.people.models import Person
from fangxian.ops.places.queries import places_at
from fangxian.ops.realm.areas import VILLAGE_DIGITS
from fangxian.ops.risk_areas.wire import the_nation

MOST_TOLD: Final = 100
ONE_DAY: Final = timedelta(days=1)
Row = dict[str, object]


def told_arrivals_of(account: Account) -> tuple[list[Row], list[UUID]]:
    """What an account has to ask about, the nearest arrival first, and whom of the register it names."""
    if not may(account, REVIEW):
        return [], []
    areas = [it for it in areas_of(account, REVIEW) if len(it) >= VILLAGE_DIGITS]
    waiting = proposals_for(account).filter(state=PROPOSAL_STATES.WAITING).exclude(proposed_by=f"account:{account.pk}")
    rows = [it for it in waiting[: MOST_TOLD + 1] if any(it.area_path.startswith(area) for area in areas)]
    if len(rows) > MOST_TOLD:
        return [], []
    tellers, places = _tellers(rows), places_at({it.area_path for it in rows})
    told = [_row(it, told_by(it), tellers.get(it.proposed_by, ""), places.get(it.area_path)) for it in rows]
    return told, [it.person_id for it in rows if it.person_id]


def _tellers(rows: Iterable) -> dict[str, str]:
    """The names of those who told, by who wrote it; without an own record there is none."""
    accounts = {it.proposed_by.removeprefix("account:") for it in rows}
    found = Person.objects.filter(account__in=accounts, merged_into__isnull=True)
    return {f"account:{it.account_id}": it.name for it in found}


def _row(row, told: Told, teller: str, place) -> Row:
    found = row.person.name if row.person_id else ""
    said: Row = {
        "proposal": str(row.pk),
        "name": row.name,
        "tail": row.tail,
        "phone": told.phone,
        "tie": row.tie,
        "teller": teller,
        "arrives_at": localtime(row.arrives_at).isoformat(timespec="minutes"),
        "stays_at": told.stays_at,
        "from": _stays(told),
    }
    if place is not None:
        said["where"] = {"zh": place.name_zh, "en": place.name_en or place.name_zh}
    for name, value in (("found", found), ("denied", row.answered_why if row.denied_at else "")):
        said |= {name: value} if value else {}
    return said


def _stays(told: Told) -> Sequence[str]:
    """Each place with its days, both included."""
    names = the_nation()
    return [
        f"{names.path(it.division) or it.division} {it.begins_on:%m-%d} – {it.ends_on - ONE_DAY:%m-%d}"
        for it in told.stays
    ]
