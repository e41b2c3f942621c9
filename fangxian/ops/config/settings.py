"""One settings module for every realm. What differs comes from the data folder or the environment.

FANGXIAN_DATA   the data folder (default: `data` in the working directory)
DATABASE_URL    PostgreSQL instead of the folder's SQLite, e.g. postgresql://user:password@host/name
FANGXIAN_HOSTS  host names the pages answer to, comma separated (default: loopback)
FANGXIAN_HTTPS  set to 1 behind a TLS proxy: secure cookies, HSTS
FANGXIAN_HSTS   set to 0 under a certificate that no authority vouches for: HSTS would pin this name to it for a year
FANGXIAN_COUNTIES  where county folders are (default: `counties` beside the program)
FANGXIAN_COUNTY    which county `fangxian run` builds into an empty data folder (default: the first there)
FANGXIAN_LANGUAGE  language of the commands: en or zh (default: the terminal's, else Chinese)
"""

import os
from pathlib import Path

import environ

from fangxian.ops.realm.folder import open_realm

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parents[3]
WEB_DIST = BASE_DIR / "web" / "dist"

REALM = open_realm(Path(env.str("FANGXIAN_DATA", "data")).absolute())
SECRET_KEY = REALM.keys.session_secret
DEBUG = False
ALLOWED_HOSTS = env.list("FANGXIAN_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
HTTPS = env.bool("FANGXIAN_HTTPS", False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "fangxian.ops.audit",
    "fangxian.ops.jobs",
    "fangxian.ops.changes",
    "fangxian.ops.accounts",
    "fangxian.ops.places",
    "fangxian.ops.people",
    "fangxian.ops.tasks",
    "fangxian.ops.approvals",
    "fangxian.ops.intake",
    "fangxian.ops.documents",
    "fangxian.ops.field",
    "fangxian.ops.merges",
    "fangxian.ops.measures",
    "fangxian.ops.movement",
    "fangxian.ops.visits",
    "fangxian.ops.alarms",
    "fangxian.ops.risk_areas",
    "fangxian.ops.tracing",
    "fangxian.ops.handover",
    "fangxian.ops.cases",
    "fangxian.ops.contacts",
    "fangxian.ops.parcels",
    "fangxian.ops.comparisons",
    "fangxian.ops.departures",
    "fangxian.ops.rides",
    "fangxian.ops.posts",
    "fangxian.ops.sheets",
    "fangxian.ops.arrivals",
    "fangxian.ops.enquiries",
    "fangxian.ops.hygiene",
    "fangxian.ops.vaccination",
    "fangxian.ops.returnees",
    "fangxian.ops.lab",
    "fangxian.ops.round_plans",
    "fangxian.ops.round_staff",
    "fangxian.ops.laboratory",
    "fangxian.ops.results",
    "fangxian.ops.pages",
]
AUTH_USER_MODEL = "accounts.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "fangxian.ops.accounts.idle.IdleMiddleware",
    "fangxian.ops.pages.signed_out.SignedOutMiddleware",
    "fangxian.ops.pages.own_password.OwnPasswordMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "fangxian.ops.pages.refusals.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
ROOT_URLCONF = "fangxian.ops.config.urls"
WSGI_APPLICATION = "fangxian.ops.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "fangxian.ops.pages.context.shell",
            ],
        },
    }
]


def _database() -> dict:
    if url := os.environ.get("DATABASE_URL"):
        database = environ.Env.db_url_config(url)
        # The indexes of long lists lie in memory, or on a disk that need not turn. PostgreSQL's own guess is one that
        # does, on which it would rather read a whole table and sort it than walk an index. A DATABASE_URL may say else.
        planned = {"options": "-c random_page_cost=1.1"}
        database["OPTIONS"] = planned | database.get("OPTIONS", {}) | {"pool": True}
        return database
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": REALM.database_path,
        # A thread keeps its connection for a minute: a new one reads the schema and fills its cache anew, which is
        # 4 ms of processor for every request and, in an idle worker, for each of thirty pulses a second.
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # secure_delete: an erased row leaves no readable bytes in the file's free pages.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456; "
                "PRAGMA cache_size=-65536"
            ),
        },
    }


DATABASES = {"default": _database()}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_SAVE_EVERY_REQUEST = False

# Failures to sign in are counted in memory: what is typed as a username, often an ID number, reaches no table.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Whoever asks from very many addresses crowds out their like here, and no count of failures to sign in.
    "places": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "places",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
SILENCED_SYSTEM_CHECKS = ["axes.W001"]  # memory is one process's: the pages are served by one, with threads
AXES_CLIENT_IP_CALLABLE = "fangxian.ops.accounts.limits.address_of"
AXES_DISABLE_ACCESS_LOG = True  # who signed in when stands in the audit trail
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "fangxian_language"
USE_I18N = True
TIME_ZONE = REALM.clock.zone
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [WEB_DIST] if WEB_DIST.is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+-[0-9A-Za-z_-]{8}\.\w+$"  # Vite's hashes: such a file never changes
CSRF_FAILURE_VIEW = "fangxian.ops.pages.views.errors.stale_form"

SECURE_SSL_REDIRECT = False  # the proxy's work
# A form comes from https://…, and the proxy asks us over plain HTTP: without its word every form would be a stranger's.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS and env.bool("FANGXIAN_HSTS", True) else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

# No request line in a log: an address may one day carry what it should not.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"view": {"()": "fangxian.ops.config.log.NamesTheView"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["view"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"fangxian": {"level": "INFO"}, "axes": {"level": "ERROR"}},
}
