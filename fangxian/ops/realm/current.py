"""The one realm this process has open, and county time in it."""

from datetime import datetime

from django.conf import settings

from .folder import Realm


def the_realm() -> Realm:
    return settings.REALM


def county_now() -> datetime:
    """County time now: aware, in the county's zone. Rules run on it; freshness runs on wall time."""
    return the_realm().clock.now()
