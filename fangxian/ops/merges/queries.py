"""What others may ask of the merges room. Whose they are follows from the records and cases: whoever asks says so."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from fangxian.ops.realm.as_before import RowChange

from .models import WHILE_IT_CAN_BE_UNDONE, Merge, MovedRow
from .wire import change_of

KEPT_DAYS = WHILE_IT_CAN_BE_UNDONE.days  # how long what a merge moved is kept, and it can be undone


def merge_with(merge: UUID) -> Merge | None:
    return Merge.objects.filter(pk=merge).first()


def merges_of_case(case: UUID) -> QuerySet[Merge]:
    """The merges a case had part in, undone or not, the newest first."""
    return Merge.objects.filter(Q(kept_case=case) | Q(merged_case=case))


def merges_of_person(person: UUID) -> QuerySet[Merge]:
    """The merges a record of the register had part in, undone or not, the newest first."""
    return Merge.objects.filter(Q(kept_person=person) | Q(merged_person=person))


def changes_of(merge: UUID) -> list[RowChange]:
    """What a merge did to each row; empty once that is erased, or it was undone."""
    return [change_of(row) for row in MovedRow.objects.filter(merge=merge)]


def is_kept(merge: UUID) -> bool:
    """Whether it is still known what a merge moved."""
    return MovedRow.objects.filter(merge=merge).exists()


def standing_after(merge: Merge) -> Merge | None:
    """The newest merge since that is not undone and touches either of the two: it has to be undone before this one."""
    persons = [it for it in (merge.kept_person, merge.merged_person) if it]
    cases = [it for it in (merge.kept_case, merge.merged_case) if it]
    later = Merge.objects.filter(undone_at=None, merged_at__gte=merge.merged_at).exclude(pk=merge.pk)
    return later.filter(_touches(persons, cases)).first()


def _touches(persons: Collection[UUID], cases: Collection[UUID]) -> Q:
    of_persons = Q(kept_person__in=persons) | Q(merged_person__in=persons)
    return of_persons | Q(kept_case__in=cases) | Q(merged_case__in=cases)
