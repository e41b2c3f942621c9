"""What is done to every table alike, whatever room it stands in: erase at its term, carry areas over.

It reads each model's own `privacy` declaration, so a new field is erased because it was declared, not
because somebody remembered it here. The procedures that call this write the audit line.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice

from django.apps import apps
from django.db import models

from .areas import carry_over
from .current import the_realm
from .privacy import ErasureTerm, Fate
from .sealed import StoredFile

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of one table one term has deleted or blanked."""

    table: str
    fate: Fate
    n_rows: int


@cache
def declared_models() -> tuple[type[models.Model], ...]:
    """Our own models, those that point at others first, so that nothing is deleted from under a reference.

    Reckoned once in a process: a hundred tables, each asked which others point at it, is half a second of processor.
    """
    ours = [model for model in apps.get_models() if model.__module__.startswith("fangxian.")]
    pointing = {model: [other for other in ours if other is not model and _points_at(other, model)] for model in ours}
    ordered: dict[type[models.Model], None] = {}

    def visit(model: type[models.Model], path: tuple = ()) -> None:
        for other in pointing[model]:
            if other not in path and other not in ordered:
                visit(other, (*path, model))
        ordered.setdefault(model)

    for model in ours:
        visit(model)
    return tuple(ordered)


def _points_at(model: type[models.Model], other: type[models.Model]) -> bool:
    return any(field.remote_field and field.related_model is other for field in model._meta.concrete_fields)


def erase_due(at: datetime, *, epidemic_ended: bool) -> Iterator[Erased]:
    """Erase what is due at `at`; what waits for the end of the epidemic only when an order has ended it.

    Each chunk is a transaction of its own when the caller has none, so other writers are not locked out.
    """
    for model in declared_models():
        declaration = getattr(model, "privacy", None)
        for term, fields in declaration.terms() if declaration else ():
            rows = _rows_due(model, term, at, epidemic_ended)
            if rows is None:
                continue
            n_rows = _delete(rows) if term.fate is Fate.ROW_DELETED else _blank(rows, fields)
            if n_rows:
                yield Erased(model._meta.label, term.fate, n_rows)


def erase_left_over(*, before: float) -> Iterator[Erased]:
    """Erase stored files that no row names: what put them failed, or was cut off, before its row was written.

    Parameters
    ----------
    before : seconds since 1970 by the machine's clock; files put since then may still be waiting for their row
    """
    files, n_files = the_realm().files, 0
    left = files.kept_before(before)
    while chunk := set(islice(left, CHUNK)):
        n_files += sum(files.erase_if_before(name, before) for name in _unnamed(chunk))
    if n_files:
        yield Erased("realm.files", Fate.ROW_DELETED, n_files)


def carry_areas_over(successors: Mapping[str, str]) -> dict[str, int]:
    """Move every scoped row of every table to its area's successor; rows changed by table."""
    changed = {}
    for model in declared_models():
        scoped = any(field.name == "area_path" and not field.primary_key for field in model._meta.concrete_fields)
        if scoped and (n_rows := carry_over(model.objects.all(), successors)):
            changed[model._meta.label] = n_rows
    return changed


def _rows_due(model, term: ErasureTerm, at: datetime, epidemic_ended: bool) -> models.QuerySet | None:
    if term.fate is Fate.KEPT:
        return None
    if term.on_order and epidemic_ended:
        return model.objects.all()
    if term.days is None:
        return None
    limit: datetime | date = at - timedelta(days=term.days)
    if not isinstance(model._meta.get_field(term.counted_from), models.DateTimeField):
        limit = limit.date()
    return model.objects.filter(**{f"{term.counted_from}__lte": limit})


def _delete(rows: models.QuerySet) -> int:
    """Delete rows in chunks, and the stored files that no remaining row names."""
    return _in_chunks(rows, _file_fields(rows.model), lambda chunk: chunk.delete())


def _blank(rows: models.QuerySet, fields: tuple[str, ...]) -> int:
    """Blank fields in chunks where they are not blank yet, and erase the files they named."""
    blanks, filled = {}, models.Q()
    for name in fields:
        field = rows.model._meta.get_field(name)
        blanks[name] = blank = None if field.null else field.get_default()
        filled |= ~models.Q(**{f"{name}__isnull": True}) if blank is None else ~models.Q(**{name: blank})
    files = [name for name in _file_fields(rows.model) if name in fields]
    return _in_chunks(rows.filter(filled), files, lambda chunk: chunk.update(**blanks))


def _in_chunks(rows: models.QuerySet, files: list[str], erase: Callable[[models.QuerySet], object]) -> int:
    """Erase rows a chunk at a time until none is left that needs it; how many there were."""
    n_rows = 0
    while chunk := list(rows.order_by("pk").values_list("pk", *files)[:CHUNK]):
        erase(rows.model.objects.filter(pk__in=[row[0] for row in chunk]))
        n_rows += len(chunk)
        _erase_unnamed_files({name for row in chunk for name in row[1:] if name})
    return n_rows


def _file_fields(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if isinstance(field, StoredFile)]


def _erase_unnamed_files(names: set[str]) -> None:
    for name in _unnamed(names):
        the_realm().files.erase(name)


def _unnamed(names: set[str]) -> set[str]:
    """Those of these files that no row of any table names."""
    for model in declared_models():
        for field in model._meta.concrete_fields:
            if names and isinstance(field, StoredFile):
                names = names - set(
                    model.objects.filter(**{f"{field.name}__in": names}).values_list(field.name, flat=True)
                )
    return names
