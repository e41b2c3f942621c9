"""The same scan as one insert by Django: a view, a model, a kept connection. No code is opened, nothing decided."""

import json
import os

import django
from django.conf import settings

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": os.environ["POSTGRES_FOLDER"],
            "NAME": "fangxian",
            "USER": "fangxian",
            "CONN_MAX_AGE": None,
        }
    },
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402


class Scan(models.Model):
    """One row is one scan; the table is made by `opponents.py`."""

    id = models.UUIDField(primary_key=True)
    code = models.TextField()
    venue = models.TextField()
    scanned_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    presence = models.TextField()
    direction = models.TextField()
    temperature_c = models.FloatField()
    device = models.TextField()

    class Meta:
        app_label = "scans"
        db_table = "scan"
        managed = False


def scan(request: HttpRequest) -> JsonResponse:
    sent = json.loads(request.body)
    Scan.objects.create(device=request.headers["authorization"], **sent)
    return JsonResponse({"id": sent["id"], "outcome": "admit"})


urlpatterns = [path("scan", scan)]
app = get_wsgi_application()
