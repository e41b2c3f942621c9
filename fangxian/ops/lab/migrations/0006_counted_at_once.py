from django.db import migrations, models

from fangxian.ops.realm.indexes import CountingIndex, leave_room


class Migration(migrations.Migration):
    dependencies = [("lab", "0005_site_groups")]
    operations = [
        migrations.RunPython(leave_room("lab_rosterplace"), migrations.RunPython.noop),
        migrations.RemoveIndex(model_name="rosterplace", name="roster_by_area"),
        migrations.RemoveIndex(model_name="rosterplace", name="roster_by_site"),
        migrations.AddIndex(
            model_name="rosterplace",
            index=CountingIndex(fields=["round", "area_path", "site", "stage"], name="roster_by_area"),
        ),
        migrations.AddIndex(
            model_name="rosterplace", index=models.Index(fields=["round", "site"], name="roster_by_site")
        ),
    ]
