from django.db import migrations

import fangxian.ops.realm.sealed


class Migration(migrations.Migration):
    dependencies = [("people", "0002_document_seen")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="document_tail",
            field=fangxian.ops.realm.sealed.BlindIndex(
                db_index=True, help_text="of its last six signs: tails.py", max_length=16, null=True
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="phone_tail",
            field=fangxian.ops.realm.sealed.BlindIndex(
                db_index=True, help_text="of its last six digits: tails.py", max_length=16, null=True
            ),
        ),
    ]
