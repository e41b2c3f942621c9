import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('lab', '0005_site_groups'),
        ('laboratory', '0002_kit'),
    ]

    operations = [
        migrations.CreateModel(
            name='RoundLaboratory',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('tubes_a_day', models.PositiveIntegerField(help_text='above nought')),
                ('further_min', models.PositiveSmallIntegerField(help_text="minutes on the road beyond the way to the county's own")),
                ('said_at', models.DateTimeField()),
                ('said_by', models.CharField(max_length=60)),
                ('laboratory', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asked_for', to='laboratory.laboratory')),
                ('round', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='lab.screeninground')),
            ],
            options={
                'ordering': ['round', 'laboratory'],
                'constraints': [models.UniqueConstraint(fields=('round', 'laboratory'), name='laboratory_of_round_once')],
            },
        ),
    ]
