from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('enquiries', '0001_initial'),
        ('people', '0002_document_seen'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='enquiry',
            options={'ordering': ['area_path', 'urgency', '-among', 'route', 'id']},
        ),
        migrations.RemoveConstraint(
            model_name='enquiry',
            name='enquiry_open_once',
        ),
        migrations.RemoveIndex(
            model_name='enquiry',
            name='enquiry_to_ask',
        ),
        migrations.RemoveIndex(
            model_name='enquiry',
            name='enquiry_of_arrival',
        ),
        migrations.RenameField(
            model_name='enquiry',
            old_name='arrival',
            new_name='rests_on',
        ),
        migrations.AddField(
            model_name='enquiry',
            name='among',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='enquiry',
            name='met',
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='enquiry',
            name='rests_on',
            field=models.UUIDField(help_text='in another room'),
        ),
        migrations.AddField(
            model_name='enquiry',
            name='why',
            field=models.CharField(choices=[('place', 'a place was listed where and while they were there'), ('star', 'their itinerary is marked, and they declared no journey'), ('away', 'they are out of the county, and a place is listed where they are or were')], default='place', max_length=5),
        ),
        migrations.AddField(
            model_name='rescreening',
            name='lists_ms',
            field=models.PositiveIntegerField(blank=True, help_text="by the wall's clock, until every grid's list stood; none: not yet", null=True),
        ),
        migrations.AlterField(
            model_name='enquiry',
            name='at_stake',
            field=models.CharField(blank=True, default='', max_length=12),
        ),
        migrations.AlterField(
            model_name='enquiry',
            name='division_code',
            field=models.CharField(blank=True, default='', max_length=6),
        ),
        migrations.AddIndex(
            model_name='enquiry',
            index=models.Index(fields=['state', 'area_path', 'urgency', '-among', 'route'], name='enquiry_to_ask'),
        ),
        migrations.AddIndex(
            model_name='enquiry',
            index=models.Index(fields=['rests_on'], name='enquiry_rests_on'),
        ),
        migrations.AddConstraint(
            model_name='enquiry',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('rests_on', 'division_code', 'begins_on', 'ends_on'), name='enquiry_open_once'),
        ),
    ]
