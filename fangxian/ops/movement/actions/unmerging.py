"""Putting back what a merge of two records, or of two cases, did to evidence, tests and codes."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction

from fangxian.ops.audit.actions import record
from fangxian.ops.changes.actions import publish
from fangxian.ops.places.wire import TOPIC
from fangxian.ops.realm.as_before import Return, Stays, put_back
from fangxian.ops.realm.current import county_now

from ..models import MERGED, Evidence, HealthCode
from ..queries import Generations
from ..wire import gate_payload, unsigned
from .codes import CARD_BITS, QR_BITS
from .evidence import make_due


@transaction.atomic
def undo_merge(
    *, back: Return, persons: Collection[UUID], renewed: Mapping[UUID, Generations], why: str, by: str
) -> tuple[list[Stays], list[UUID]]:
    """Evidence and tests are again of whom they were; what stays, and whose codes are to be computed.

    Parameters
    ----------
    renewed : the generations in which the QR and card of a code that is there again are: what was revoked stays so
    """
    table = Evidence._meta.label_lower
    pieces = [UUID(it.key) for it in back.returning if it.table == table]
    made = [UUID(it.key) for it in back.away if it.table == table]  # evidence is never taken away, but withdrawn
    back.away = [it for it in back.away if it.table != table]
    stays, concerned = put_back(back, MERGED), {*persons}
    Evidence.objects.filter(pk__in=made, withdrawn_at=None).update(
        withdrawn_at=county_now(), withdrawn_by=by, withdrawn_why=why
    )
    for start in range(0, len(pieces), 500):
        rows = Evidence.objects.filter(pk__in=pieces[start : start + 500])
        concerned |= set(rows.values_list("person_id", flat=True))
    for row in HealthCode.objects.filter(pk__in=renewed):
        row.qr_generation, row.card_generation = renewed[row.pk]
        generations = row.qr_generation << QR_BITS | row.card_generation << CARD_BITS
        row.safety = row.safety & ~(63 << QR_BITS | 63 << CARD_BITS) | generations
        row.save(update_fields=["safety", "qr_generation", "card_generation"])
    make_due(persons=concerned, at=county_now())
    if back.returning:
        about = [f"person:{person}" for person in sorted(concerned)]
        record("movement.merge_undone", by=by, about=about[:500], details={"n_rows": len(back.returning)})
    return stays, sorted(concerned)


@transaction.atomic
def part_codes(*, merged: UUID, by: str) -> None:
    """Gates are told that a record's number is no other's any more, and its document its own: when it is computed."""
    row = HealthCode.objects.filter(pk=merged).first()
    if row is None:
        return  # without a rulebook there are no codes; its first is told when there is one
    words = gate_payload(row.safety, row.recent, document=unsigned(row.document))
    publish(topic=TOPIC, changes=[(f"person:{row.gate_number}", words)])
    record("movement.codes_parted", by=by, about=[f"person:{merged}"])
