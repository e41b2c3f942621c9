"""What others may ask of the posts room."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import QuerySet

from fangxian.ops.realm.as_before import Return, RowChange, how_rows_return

from .models import MERGED, Passing, Post


def open_posts() -> QuerySet[Post]:
    return Post.objects.filter(closed_at__isnull=True)


def passings_of(person: UUID) -> QuerySet[Passing]:
    """Where somebody was registered at a post, the latest first."""
    return Passing.objects.filter(person=person)


def rows_of_merge(persons: Collection[UUID]) -> list[QuerySet]:
    """The rows that merging these records may change."""
    return [Passing.objects.filter(person__in=persons)]


def return_of_merge(changes: Sequence[RowChange]) -> Return:
    """How what merging records changed here would be put back now."""
    return how_rows_return(changes, MERGED)
