"""All staff of a depot at risk are placed and tested (从业人员集中隔离检测), in one decision after one look.

1. who works there, as the register has it; what will be done (the preview)   people, parcels
2. whoever may trace parcels there, and has no part in it                     accounts, approvals
3. all of them are people the trace found, whether a list names them or not   parcels
4. the touch is evidence, if the disease's rulebook has such a kind           movement
5. each is taken to a quarantine site and sampled: two tasks                  tasks
6. codes are computed; gates know them within two seconds                     recolour

Repeated, it concerns whoever has joined the depot since.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from fangxian.ops.accounts.models import Account
from fangxian.ops.accounts.scope import require
from fangxian.ops.approvals.rules import refuse_own_matters
from fangxian.ops.measures.queries import rulebooks_by_disease
from fangxian.ops.parcels import refusals
from fangxian.ops.parcels.actions import following
from fangxian.ops.parcels.queries import VIEW, TraceSeen, staff_of_depot, traced_of
from fangxian.ops.people.models import Person
from fangxian.ops.realm.current import county_now

from .parcels_confirm import kind_of_touch, put_evidence
from .parcels_tasks import open_courier_tasks
from .recolour import recolour

FOUND, CONFIRMED = "found", "confirmed"


@dataclass(frozen=True, slots=True)
class Preview:
    """Who works at the depot, of whom so many have been dealt with already, and whether their codes will turn."""

    staff: list[Person]
    n_done: int
    turns_codes: bool


def preview_couriers(*, trace: TraceSeen, by: Account) -> Preview:
    """What `settle_couriers` would do now.

    Refuses
    -------
    accounts.not_yours
    """
    require(by, VIEW, trace.area_path)
    at = county_now()
    staff = staff_of_depot(trace.depot, at.date())
    done = traced_of(trace.id, "couriers").filter(person__in=staff).exclude(state=FOUND).count()
    kind = kind_of_touch(rulebooks_by_disease(at).get(trace.disease))
    return Preview(staff, done, kind is not None)


@transaction.atomic
def settle_couriers(*, trace: TraceSeen, by: Account) -> int:
    """Place and test all staff of a trace's depot; how many it concerned now.

    Refuses
    -------
    accounts.not_yours, approvals.own_matter, parcels.no_couriers, parcels.closed
    """
    require(by, VIEW, trace.area_path)
    staff, actor = staff_of_depot(trace.depot, county_now().date()), f"account:{by.pk}"
    if not staff:
        raise refusals.no_couriers(trace.depot_name)
    refuse_own_matters(by, [person.pk for person in staff])
    placed = set(traced_of(trace.id, "couriers").values_list("pk", flat=True))
    rows: Sequence = following.put_couriers(trace=trace.id, persons=staff, by=actor)
    locked = following.locked_traced(trace=trace.id, traced=[row.pk for row in rows])
    rows = [row for row in locked if row.state == FOUND]
    # Confirmed before, for a parcel of their own: they were told and are to be tested, and nobody has placed them yet.
    others = [row for row in locked if row.state == CONFIRMED and row.pk not in placed]
    if rows:
        evidence = put_evidence(trace, rows, by)
        following.confirm_traced(trace=trace.id, traced={row.pk: evidence.get(row.pk) for row in rows}, by=actor)
        recolour([row.person_id for row in rows] if evidence else [], county_now(), by=actor)
    open_courier_tasks(trace=trace, rows=[*rows, *others], by=actor)
    return len(rows) + len(others)
