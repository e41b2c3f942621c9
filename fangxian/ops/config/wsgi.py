"""The entry point that a server loads: `fangxian.ops.config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fangxian.ops.config.settings")
application = get_wsgi_application()
