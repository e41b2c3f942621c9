from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0002_journal_segment_seal")]

    operations = [
        migrations.AddIndex(
            model_name="scan",
            index=models.Index(
                condition=models.Q(("temperature_tenths__gte", 370)), fields=["received_at"], name="scan_warm"
            ),
        ),
    ]
