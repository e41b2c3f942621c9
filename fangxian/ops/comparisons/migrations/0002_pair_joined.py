from django.db import migrations

import fangxian.ops.realm.sealed


class Migration(migrations.Migration):
    dependencies = [("comparisons", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="doubtfulpair",
            name="joined",
            field=fangxian.ops.realm.sealed.SealedText(blank=True, default=""),
        ),
    ]
