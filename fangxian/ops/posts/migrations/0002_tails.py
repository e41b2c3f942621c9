from django.db import migrations, models

import fangxian.ops.realm.sealed


class Migration(migrations.Migration):
    dependencies = [("posts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="passing",
            name="document_tail",
            field=fangxian.ops.realm.sealed.BlindIndex(
                help_text="its last six signs; only of who is on no register", max_length=16, null=True
            ),
        ),
        migrations.AddField(
            model_name="passing",
            name="phone_tail",
            field=fangxian.ops.realm.sealed.BlindIndex(help_text="the same of the phone", max_length=16, null=True),
        ),
        migrations.AddIndex(
            model_name="passing",
            index=models.Index(
                condition=models.Q(("document_tail__isnull", False)),
                fields=["document_tail"],
                name="passing_document_tail",
            ),
        ),
        migrations.AddIndex(
            model_name="passing",
            index=models.Index(
                condition=models.Q(("phone_tail__isnull", False)), fields=["phone_tail"], name="passing_phone_tail"
            ),
        ),
    ]
