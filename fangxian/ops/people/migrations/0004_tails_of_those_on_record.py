"""Whoever was on record before there were tails gets theirs: 98,833 people are some seconds, once."""

from itertools import islice

from django.db import migrations

TAIL, FIELD, AT_ONCE = 6, "tail", 1000


def fill(apps, schema_editor):
    person = apps.get_model("people", "Person")
    rows = person.objects.order_by().only("document_number", "phone").iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        for row in some:
            row.document_tail, row.phone_tail = _tail(row.document_number), _tail(row.phone)
        person.objects.bulk_update(some, ["document_tail", "phone_tail"], batch_size=200)


def _tail(number):
    from fangxian.ops.realm.sealed import index_of  # a database that is built with nobody in it needs no keys

    return index_of(FIELD, number[-TAIL:].upper()) if len(number or "") > TAIL else None


class Migration(migrations.Migration):
    dependencies = [("people", "0003_tails")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
