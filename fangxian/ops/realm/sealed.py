"""Model fields whose content is unreadable without the realm's keys."""

from collections.abc import Sequence

from django.db import models

from .current import the_realm


class SealedText(models.BinaryField):
    """Text encrypted at rest (AES-256-GCM, bound to its column); `""` stays empty, None stays NULL.

    It cannot be filtered, sorted or searched in the database; to find a row by it, keep a `BlindIndex`
    beside it.
    """

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def _check_str_default_value(self):
        """Text is this field's own type; only its storage is bytes."""
        return []

    @property
    def bound_to(self) -> bytes:
        return str(self.model._meta.label_lower + "." + self.name).encode()

    def get_prep_value(self, value):
        if isinstance(value, str):
            return the_realm().keys.seal(value.encode(), bound_to=self.bound_to) if value else b""
        return value

    def from_db_value(self, value, expression, connection):
        if value is None:
            return None
        return the_realm().keys.unseal(bytes(value), bound_to=self.bound_to).decode() if value else ""

    def to_python(self, value):
        return value

    def value_to_string(self, obj):
        raise TypeError("a sealed column is not serialised outside the realm; export through a room's wire")


def opened_each(model: type[models.Model], name: str, values: Sequence[bytes | None]) -> list[str | None]:
    """The texts of a sealed column as `bulk.rows_with` gives it unopened."""
    field = next(it for it in model._meta.concrete_fields if it.name == name)
    unseal, bound_to = the_realm().keys.unseal, field.bound_to
    return [unseal(bytes(it), bound_to=bound_to).decode() if it else None if it is None else "" for it in values]


class BlindIndex(models.BinaryField):
    """Keyed digest by which a sealed value can be found again; computed with `index_of`."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 16)
        super().__init__(*args, **kwargs)


def index_of(field: str, value: str) -> bytes | None:
    """The blind index of a normalised value, or None for an empty one.

    Parameters
    ----------
    field : what kind of value it is, such as "identity_number"; two kinds never match one another.
    """
    return the_realm().keys.blind_index(value, bound_to=field.encode()) if value else None


def indexes_of(field: str, values: Sequence[str]) -> list[bytes | None]:
    """The same of many values."""
    return the_realm().keys.blind_indexes(values, bound_to=field.encode())


class StoredFile(models.CharField):
    """The name of a file in the realm's store. When the last row that names it is erased, so is the file."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)
