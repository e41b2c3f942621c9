"""Whoever may not leave with a permit any more, which goes on for the others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('departures', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='traveller',
            name='left_out_at',
            field=models.DateTimeField(blank=True, help_text='county time', null=True),
        ),
    ]
