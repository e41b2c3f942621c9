"""The only writers of the round_plans room."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.realm.bulk import insert_rows
from fangxian.ops.realm.current import county_now

from .models import KeptPlan, PlaceSlot
from .wire import NewPlan, NewSlot


@transaction.atomic
def keep_plan(*, plan: NewPlan, by: str) -> KeptPlan:
    """Keep what was planned when a round began. Kept already, the first one stays: that is what is compared with."""
    told = asdict(plan)
    round = told.pop("round")
    row, is_new = KeptPlan.objects.get_or_create(
        round_id=round, defaults={**told, "kept_at": county_now(), "kept_by": by}
    )
    if is_new:
        facts = {"n_tubes": plan.n_tubes, "n_people": plan.n_people}
        record("round_plans.kept", by=by, about=[f"round:{plan.round}"], facts=facts)
    return row


@transaction.atomic
def keep_slots(*, round: UUID, slots: Sequence[NewSlot], by: str) -> int:
    """The time slots of a round's people, in the place of those that were given before; how many."""
    PlaceSlot.objects.filter(round=round).delete()
    n = insert_rows(
        PlaceSlot,
        (
            {
                "round_id": round, "place_id": it.place, "site_id": it.site, "begins_at": it.begins_at,
                "ends_at": it.ends_at, "is_first": it.is_first,
            }
            for it in slots
        ),
    )  # fmt: skip
    record("round_plans.slots_given", by=by, about=[f"round:{round}"], facts={"n": n})
    return n
