"""The database itself refuses to change or delete lines and seals, and to delete details.

Whoever owns the database can drop a trigger; the chain would still show the change. The triggers are
against slips: a hand-written UPDATE, a careless cascade.
"""

from django.db import migrations

FROZEN = ("audit_auditline", "audit_auditseal")
KEPT = ("audit_auditdetail", "audit_auditsubject")
GUARDS = [(table, event) for table in FROZEN for event in ("UPDATE", "DELETE")] + [(table, "DELETE") for table in KEPT]
SAID = "the record is append-only"


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{SAID}: % of %', TG_OP, TG_TABLE_NAME; END $$",
            params=None,
        )
    for table, event in GUARDS:
        name = f"{table}_refuses_{event.lower()}"
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{SAID}: {event} of {table}'); END"
            )


def remove(apps, schema_editor):
    for table, event in GUARDS:
        name = f"{table}_refuses_{event.lower()}"
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS audit_refuse()")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
