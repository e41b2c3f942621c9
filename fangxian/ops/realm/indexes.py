"""Indexes and room on a page that are another thing on either database."""

from collections.abc import Callable
from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement


class CountingIndex(models.Index):
    """An index of which SQLite has all fields, from which rows are counted; PostgreSQL has it without the last.

    There a row whose indexed columns stay as they are is written beside itself, and no index is touched (HOT): a change
    of the last field of 15,000 rows takes a quarter of the time, and a third of what is written to the disk. SQLite
    changes the one index that holds the field, and no other.
    """

    def create_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, using: str = "", **kwargs: Any
    ) -> Statement:
        if schema_editor.connection.vendor != "postgresql":
            return super().create_sql(model, schema_editor, using, **kwargs)
        return models.Index(fields=self.fields[:-1], name=self.name).create_sql(model, schema_editor, using, **kwargs)


def leave_room(*tables: str) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    """For a migration: PostgreSQL leaves more than half of each page of these tables empty, so that a row that changes
    is written beside itself although all others of its page change with it. It holds for what is written from then on.
    """

    def set_room(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for table in tables:
                schema_editor.execute(f"ALTER TABLE {schema_editor.quote_name(table)} SET (fillfactor = 45)")

    return set_room
