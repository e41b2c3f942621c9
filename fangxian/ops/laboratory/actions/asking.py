"""Whether an outside laboratory tests tubes of a round, and how many a day."""

from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from fangxian.ops.audit.actions import record
from fangxian.ops.laboratory import refusals
from fangxian.ops.laboratory.models import Laboratory, RoundLaboratory
from fangxian.ops.realm.current import county_now

LONGEST_WAY_MIN = 24 * 60


@transaction.atomic
def ask_laboratory(*, round: UUID, laboratory: UUID, tubes_a_day: int, further_min: int, by: str) -> None:
    """An outside laboratory takes so many tubes a day of a round; nought: none any more. Said again, the last counts.

    Refuses
    -------
    laboratory.not_found, laboratory.takes_no_more
    """
    row = Laboratory.objects.select_for_update().filter(pk=laboratory, is_own=False, closed_at=None).first()
    if row is None:
        raise refusals.no_laboratory()
    others = RoundLaboratory.objects.filter(laboratory=row).exclude(round=round).exclude(round__state="closed")
    free = max((row.tubes_a_day or 0) - (others.aggregate(n=Sum("tubes_a_day"))["n"] or 0), 0)
    if not 0 <= tubes_a_day <= free or not 0 <= further_min <= LONGEST_WAY_MIN:
        raise refusals.takes_no_more(row.name, tubes_a_day, free)
    mine = RoundLaboratory.objects.filter(round=round, laboratory=row)
    said = {"tubes_a_day": tubes_a_day, "further_min": further_min}
    if mine.filter(**said).exists() or (not tubes_a_day and not mine.exists()):
        return
    if tubes_a_day:
        told = {**said, "said_at": county_now(), "said_by": by}
        RoundLaboratory.objects.update_or_create(round_id=round, laboratory=row, defaults=told)
    else:
        mine.delete()
    record("laboratory.asked", by=by, about=[f"round:{round}", f"laboratory:{row.pk}"], facts=said)
