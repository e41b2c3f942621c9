"""Whoever records something of thousands computes their codes at once, and the worker only where that was cut short.

To make each of them due and not due again is to write their codes twice. So they are noted in one row together. Nothing
else is needed: a code that somebody else computes meanwhile from what was known before is written before theirs, and
theirs over it, or is not written, since theirs has raised the version.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ..models import LeftToCompute
from .evidence import make_due

ID_BYTES = 16


def leave(*, persons: Collection[UUID], until: datetime) -> int:
    """Note that the caller, who is in a transaction, computes these people's codes after it; by which number it says
    that it has. If it does not, they are due from `until` on.
    """
    told = b"".join(it.bytes for it in persons)
    return int(LeftToCompute.objects.create(persons=told, due_at=until).pk)


@transaction.atomic
def computed(*, left: Collection[int]) -> None:
    """The codes of those who were left under these numbers are computed."""
    if left:
        LeftToCompute.objects.filter(pk__in=left).delete()


def make_left_due(*, at: datetime) -> None:
    """Whoever was left to somebody who has not computed their codes by `at` is due."""
    late = LeftToCompute.objects.filter(due_at__lte=at).order_by("id")
    for left in list(late.values_list("pk", flat=True)):  # without opening a transaction, which on SQLite is a lock
        _make_due(left)


@transaction.atomic
def _make_due(left: int) -> None:
    """Each is its own transaction: of two together the people would not be locked in one order, and whoever writes
    their codes meanwhile could wait for this, and this for them.
    """
    row = LeftToCompute.objects.select_for_update(skip_locked=True).filter(pk=left).first()
    if row is None:  # it is computed by now
        return
    told = bytes(row.persons)
    persons = [UUID(bytes=told[n : n + ID_BYTES]) for n in range(0, len(told), ID_BYTES)]
    make_due(persons=persons, at=row.due_at)
    row.delete()
