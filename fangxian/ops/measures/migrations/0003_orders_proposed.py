import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measures", "0002_proposals")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="reason",
            field=models.TextField(blank=True, default="", help_text="what made it necessary"),
        ),
        migrations.AddField(
            model_name="order", name="lifted_why", field=models.TextField(blank=True, default="")
        ),
        migrations.CreateModel(
            name="ProposedOrder",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("approval", models.UUIDField(help_text="in another room", unique=True)),
                ("number", models.CharField(max_length=60)),
                ("disease", models.CharField(max_length=40)),
                ("measure", models.CharField(max_length=60)),
                ("area_path", models.CharField(max_length=15)),
                ("issuer", models.CharField(max_length=120)),
                ("basis", models.TextField()),
                ("reason", models.TextField(blank=True, default="")),
                ("begins_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("is_demonstration", models.BooleanField(default=False)),
                ("proposed_at", models.DateTimeField(help_text="county time")),
                ("proposed_by", models.CharField(max_length=60)),
            ],
            options={"ordering": ["-proposed_at", "id"]},
        ),
    ]
