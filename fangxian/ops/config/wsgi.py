"""The entry point that a server loads: `fangxian.ops.config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fangxian.ops.config.settings")
pages = get_wsgi_application()

from fangxian.ops.pages.situation.serving import ServesLive  # noqa: E402  it reads the settings

application = ServesLive(pages)
