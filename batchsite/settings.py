"""All settings of the site, read from the environment (and `.env`). `.env.example` explains each variable."""

from pathlib import Path

import environ
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.templatetags.static import static
from django.urls import reverse_lazy

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(env.str("ENV_FILE", str(BASE_DIR / ".env")))

SAMPLE_SECRET_KEY = "django-insecure-change-me-this-key-is-only-for-trying-batchsite-out"  # noqa: S105
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or SAMPLE_SECRET_KEY
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_NAME = env.str("SITE_NAME", default="Batchsite")
# The site's own address, for links in e-mails; empty: they hold none.
SITE_URL = env.str("SITE_URL", default="").rstrip("/")
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
LANGUAGE_CODE = "en"
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
ROOT_URLCONF = "batchsite.urls"
WSGI_APPLICATION = "batchsite.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_q",
    "generation",
    "consultations",
    "lessons",
    "materials",
    "questions",
    "stories",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# Database: SQLite with the options that keep several processes from blocking each other, or PostgreSQL by DATABASE_URL.
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'batchsite.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)

# Files: batch files and uploads are private; STORAGES["batchfiles"] may point at any Django storage.
MEDIA_ROOT = DATA_DIR / "media"
PUBLISH_ROOT = Path(env.str("PUBLISH_ROOT", default=str(DATA_DIR / "published")))
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "batchfiles": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": env.str("BATCHFILES_DIR", default=str(DATA_DIR / "batchfiles"))},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("DATA_UPLOAD_MAX_MEMORY_SIZE", default=10 * 1024 * 1024)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# Worker queue. `retry` must outlast every prefetched task: see generation.checks.
Q_WORKERS = env.int("Q_WORKERS", default=2)
Q_TIMEOUT = env.int("Q_TIMEOUT", default=300)
Q_CLUSTER = {
    "name": "batchsite",
    "workers": Q_WORKERS,
    "timeout": Q_TIMEOUT,
    "queue_limit": 2,
    "bulk": 1,
    "retry": env.int("Q_RETRY", default=Q_TIMEOUT * (-(-3 // max(1, Q_WORKERS)) + 1) + 60),
    "ack_failures": True,
    "max_attempts": 3,
    "catch_up": False,
    "save_limit": 200,
    "poll": env.float("Q_POLL", default=0.2),
    "max_rss": 300_000,
    "recycle": 500,
    "label": "Queue",
}
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    Q_CLUSTER["redis"] = REDIS_URL
else:
    Q_CLUSTER["orm"] = "default"

# Providers: any OpenAI-compatible service. The key lives in the environment only.
PROVIDERS = {}
for _name in env.list("PROVIDERS", default=["default"]):
    _prefix = f"PROVIDER_{_name.upper()}"
    PROVIDERS[_name] = {
        "base_url": env.str(f"{_prefix}_BASE_URL", default=env.str("OPENAI_BASE_URL", default=None)),
        "api_key": env.str(f"{_prefix}_API_KEY", default=env.str("OPENAI_API_KEY", default="")),
        "batch": env.bool(f"{_prefix}_BATCH", default=True),
    }
if env.str("PROVIDER_SANDBOX_BASE_URL", default=""):
    PROVIDERS["sandbox"] = {
        "base_url": env.str("PROVIDER_SANDBOX_BASE_URL"),
        "api_key": env.str("PROVIDER_SANDBOX_API_KEY", default="sk-sandbox"),
        "batch": True,
    }
DEFAULT_MODEL = env.str("DEFAULT_MODEL", default="gpt-5.4-mini")
# Signing secret of the webhook at /webhooks/openai/ ("whsec_..."); without it deliveries are refused.
OPENAI_WEBHOOK_SECRET = env.str("OPENAI_WEBHOOK_SECRET", default="")
PROVIDER_TIMEOUT = env.float("PROVIDER_TIMEOUT", default=600)
# How long a page of the console may wait for a provider.
PROVIDER_PAGE_SECONDS = env.float("PROVIDER_PAGE_SECONDS", default=15)
# Prices of models that the price data does not know: "my-model=0.15/0.60" in dollars per million tokens.
MODEL_PRICES = env.list("MODEL_PRICES", default=[])

# Pipeline
BATCH_MAX_REQUESTS = env.int("BATCH_MAX_REQUESTS", default=50_000)
BATCH_MAX_BYTES = env.int("BATCH_MAX_BYTES", default=200 * 1024 * 1024)
POLL_MIN_SECONDS = env.float("POLL_MIN_SECONDS", default=5)
POLL_MAX_SECONDS = env.float("POLL_MAX_SECONDS", default=300)
LEASE_SECONDS = env.float("LEASE_SECONDS", default=Q_TIMEOUT)
RECONCILE_GRACE_SECONDS = env.float("RECONCILE_GRACE_SECONDS", default=120)
CREATE_TIMEOUT_SECONDS = env.float("CREATE_TIMEOUT_SECONDS", default=60)
DIRECT_SLICE_SECONDS = env.float("DIRECT_SLICE_SECONDS", default=Q_TIMEOUT * 0.4)
# Requests in flight: direct mode starts with the first and grows to the second as the service allows.
DIRECT_CONCURRENCY = env.int("DIRECT_CONCURRENCY", default=8)
DIRECT_MAX_CONCURRENCY = env.int("DIRECT_MAX_CONCURRENCY", default=128)
WORKER_SILENT_SECONDS = env.float("WORKER_SILENT_SECONDS", default=180)
STUCK_HOURS = env.float("STUCK_HOURS", default=20)
RAW_RETENTION_DAYS = env.int("RAW_RETENTION_DAYS", default=90)
TRANSITION_RETENTION_DAYS = env.int("TRANSITION_RETENTION_DAYS", default=365)
REHEARSAL_RETENTION_DAYS = env.int("REHEARSAL_RETENTION_DAYS", default=7)
# Dollars above which a second operator decides whether a run is launched; None: never.
APPROVAL_ABOVE = env.float("APPROVAL_ABOVE", default=None)
# Days after which the input file of a batch that was read in is deleted at the provider; 0: never.
REMOTE_INPUT_DAYS = env.int("REMOTE_INPUT_DAYS", default=30)
EDITOR_MONTHLY_REGENERATIONS = env.int("EDITOR_MONTHLY_REGENERATIONS", default=30)
FOUR_EYES = env.bool("FOUR_EYES", default=False)
# How many different people have to approve a text before it is approved.
REQUIRED_APPROVALS = env.int("REQUIRED_APPROVALS", default=1)
# From so many records on, what is done to a whole filter goes on in the background.
BULK_BACKGROUND_FROM = env.int("BULK_BACKGROUND_FROM", default=200)
IMAGE_HOSTS = env.list("IMAGE_HOSTS", default=[])

# Security. Outside DEBUG the site is meant to stand behind HTTPS.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("SECURE_COOKIES", default=not DEBUG)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0 if DEBUG else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", *IMAGE_HOSTS],
        "frame-ancestors": [SELF],
        "base-uri": [SELF],
        "form-action": [SELF],
        "object-src": ["'none'"],
    }
}
LOGIN_URL = reverse_lazy("admin:login")
# Where signing in leads that was not asked for by a page; the form of the theme sends no address along.
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="batchsite@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "generation.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": env.str("LOG_FORMAT", default="plain")},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # The SDK's own loggers print request bodies at DEBUG, and prompts stay out of the logs; django-q tells every task.
    "loggers": {name: {"level": "WARNING"} for name in ("openai", "httpx2", "httpcore2", "django-q")},
}

UNFOLD = {
    "SITE_TITLE": SITE_NAME,
    "SITE_HEADER": SITE_NAME,
    "SITE_SYMBOL": "stacks",
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("batchsite/icon.svg")},
    ],
    "DASHBOARD_CALLBACK": "generation.console.home.dashboard",
    "STYLES": [lambda request: static("batchsite/site.css")],
    "COMMAND": {"search_callback": "generation.console.search.search"},
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": "generation.admin_base.navigation.sidebar",
    },
}
