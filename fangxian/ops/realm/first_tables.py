"""The tables of an empty database, all at once and as the models say.

Django's way there is a migration after the other, and with each new table it draws up anew all that are related to it:
of our tables nearly all, 7.7 s of processor where this takes 1. That both ways lead to the same tables is tested.
"""

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder


def is_empty(database=connection) -> bool:
    """Whether the database has no table yet."""
    return not database.introspection.table_names()


def lay_tables(database=connection) -> None:
    """Make the tables, do what migrations do beside that (guards), and note all migrations as applied; all or nothing.

    Call it on an empty database, outside a transaction.
    """
    executor = MigrationExecutor(database)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    recorder = MigrationRecorder(database)
    with database.schema_editor() as editor:
        for model in (recorder.Migration, *(model for model in apps.get_models() if model._meta.can_migrate(database))):
            editor.create_model(model)
        for migration, _ in plan:
            for operation in migration.operations:
                if isinstance(operation, RunPython):
                    operation.code(apps, editor)
        for migration, _ in plan:
            recorder.record_applied(migration.app_label, migration.name)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=database.alias, apps=apps, plan=plan)
