import fangxian.ops.realm.sealed
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('results', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='callback',
            name='dropped_by',
            field=models.CharField(blank=True, default='', help_text='empty: nobody ended it by hand', max_length=60),
        ),
        migrations.AddField(
            model_name='callback',
            name='dropped_why',
            field=fangxian.ops.realm.sealed.SealedText(blank=True, default='', editable=True),
        ),
    ]
