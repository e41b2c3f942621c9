from django.db import migrations

from fangxian.ops.realm.indexes import leave_room


class Migration(migrations.Migration):
    dependencies = [("movement", "0001_initial")]
    operations = [
        migrations.RunPython(
            leave_room("movement_healthcode", "movement_testknown"), migrations.RunPython.noop
        )
    ]
