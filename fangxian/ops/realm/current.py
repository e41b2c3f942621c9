"""The one realm this process has open, and county time in it."""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

from .folder import Realm


def the_realm() -> Realm:
    return settings.REALM


def county_now() -> datetime:
    """County time now: aware, in the county's zone. Rules run on it; freshness runs on wall time."""
    return the_realm().clock.now()


def county_data() -> Path:
    """The folder with the data files of the realm's county. Whoever installed a county may have left it away."""
    counties = Path(os.environ.get("FANGXIAN_COUNTIES") or settings.BASE_DIR / "counties")
    return counties / the_realm().county
