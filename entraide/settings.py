"""Settings, all from the environment; secure unless told otherwise.

``./run`` fills the environment from ``var/secrets.env``; on a server the variables of
``.env.example`` do. A production start without its secrets stops with a sentence.
"""

from pathlib import Path
from typing import Any

import environ
import pghistory
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from entraide.logs import logging_settings
from entraide.storage import private_storage

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("PORTAL_VAR", str(BASE_DIR / "var")))

# --- What kind of installation this is ------------------------------------------------
PORTAL_DEMO = env.bool("PORTAL_DEMO", False)
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
PORTAL_URL = env.str("PORTAL_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Keys of the encrypted identities, newest first, and of their lookup hashes
# (decision 22): outside the database and outside its backups.
FIELD_KEYS: list[str] = env.list("FIELD_KEYS", default=[])
HASH_KEY = env.str("HASH_KEY", "")

LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "testserver"}
if PORTAL_DEMO and not set(ALLOWED_HOSTS) <= LOOPBACK:
    raise ImproperlyConfigured(
        "PORTAL_DEMO=1 opens demo passwords: it is refused on any address "
        "but 127.0.0.1. Unset PORTAL_DEMO or ALLOWED_HOSTS."
    )
if not FIELD_KEYS or not HASH_KEY:
    raise ImproperlyConfigured(
        "FIELD_KEYS and HASH_KEY protect the identity of children: set both "
        "(see .env.example)."
    )

# --- Applications ---------------------------------------------------------------------
INSTALLED_APPS = [
    "entraide.apps.StaffSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "import_export",
    "pghistory",
    "pgtrigger",
    "phonenumber_field",
    "django_structlog",
    "territories",
    "accounts",
    "institutions",
    "applications",
    "entraide",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "entraide.middleware.SignInMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.IdempotencyMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]
ROOT_URLCONF = "entraide.urls"
WSGI_APPLICATION = "entraide.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "entraide.templatetags.ui",
                "accounts.templatetags.once",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.portal",
                "institutions.context_processors.portal",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Data -----------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"].setdefault("CONN_MAX_AGE", 600)
DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
# Who did it stands in the row of history itself: no table to join, none to sweep.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "accounts.cache.ForgivingRedisCache",
        "LOCATION": env.str("CACHE_URL", REDIS_URL),
        # A page does not wait for a cache that is away.
        "OPTIONS": {
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "retry": Retry(NoBackoff(), 0),
        },
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Private files: never served by the web server itself, always through a view that
# checks scope (decision 21).
MEDIA_ROOT = env.str("MEDIA_ROOT", str(VAR_DIR / "media"))
MEDIA_URL = "/media-is-private/"
FILE_UPLOAD_TEMP_DIR = env.str("FILE_UPLOAD_TEMP_DIR", "") or None
UPLOAD_MAX_BYTES = 10 * 1024 * 1024
UPLOAD_MAX_PIXELS = 50_000_000
# Photographs of one document sent at once, which become one PDF.
UPLOAD_MAX_PHOTOS = 20
UPLOAD_MAX_TOGETHER = 40 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# Virus scan of what is sent: a clamd over TCP, or its local socket; off where both are
# empty. Minutes after which a file still not scanned is an alarm.
CLAMAV_HOST = env.str("CLAMAV_HOST", "")
CLAMAV_PORT = env.int("CLAMAV_PORT", 3310)
CLAMAV_SOCKET = env.str("CLAMAV_SOCKET", "")
CLAMAV_ALARM_MINUTES = env.int("CLAMAV_ALARM_MINUTES", 30)

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": private_storage(
        bucket=env.str("FILES_BUCKET", ""),
        endpoint=env.str("FILES_ENDPOINT", ""),
        region=env.str("FILES_REGION", ""),
        access_key=env.str("FILES_ACCESS_KEY", ""),
        secret_key=env.str("FILES_SECRET_KEY", ""),
    ),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Language, numbers, dates ---------------------------------------------------------
LANGUAGE_CODE = "ar"
LANGUAGES = [("ar", _("Arabic")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["entraide.formats"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = "Africa/Casablanca"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
PHONENUMBER_DEFAULT_REGION = "MA"
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "NATIONAL"

# --- Sign-in --------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    ]
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "public_home"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
# Reverse proxies in front of the portal: whose word on the client's address is taken.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)
ACCOUNT_RATE_LIMITS = {
    # Per e-mail first: offices share one address (quality.md, section 3).
    "login": "300/m/ip",
    "login_failed": "5/5m/key,100/5m/ip",
    "reset_password": "20/m/ip,5/10m/key",
    "join": "60/h/ip,5/h/key",
    "join_search": "120/h/ip",
}
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.CodeAgainForm",
    "activate_totp": "accounts.forms.ActivateForm",
}
# Accounts are opened by the staff, for an address they know.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Entraide Nationale"
# A telephone whose clock is half a minute off, or a code typed as it changes.
MFA_TOTP_TOLERANCE = 1
MFA_REQUIRED_FOR_STAFF = not PORTAL_DEMO
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True

# --- Security -------------------------------------------------------------------------
SECURE_COOKIES = not PORTAL_DEMO
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
SECURE_SSL_REDIRECT = not PORTAL_DEMO and env.bool("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if PORTAL_DEMO else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PORTAL_DEMO
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
# The review page shows a file's documents in frames of its own.
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = ["security.W019"]
CSRF_FAILURE_VIEW = "entraide.views.session_expired"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'self'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
    }
}

# --- Mail -----------------------------------------------------------------------------
MAIL_SERVER = env.email("EMAIL_URL", default="smtp://localhost:25")
vars().update(MAIL_SERVER)
EMAIL_BACKEND = env.str("EMAIL_BACKEND", "") or (
    "accounts.mailbox.MailboxBackend" if PORTAL_DEMO else MAIL_SERVER["EMAIL_BACKEND"]
)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "portail@example.ma")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Queue ----------------------------------------------------------------------------
CELERY_BROKER_URL = env.str(
    "CELERY_BROKER_URL", REDIS_URL.replace("unix://", "redis+socket://")
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # A page that wakes the worker does not wait for a broker that is away.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "accounts.tasks.heartbeat", "schedule": 30.0},
    "sweep": {"task": "accounts.tasks.sweep", "schedule": 60.0},
    "deadlines": {
        "task": "applications.tasks.pass_deadlines",
        "schedule": crontab(minute="*/15"),
    },
    "letters": {"task": "applications.tasks.sweep_letters", "schedule": 120.0},
    "orphans": {
        "task": "institutions.tasks.sweep_incoming",
        "schedule": crontab(minute="20", hour="3"),
    },
    "scans": {"task": "institutions.tasks.sweep_scans", "schedule": 120.0},
    "expiring": {
        "task": "institutions.tasks.mind_validity",
        "schedule": crontab(minute="10", hour="7"),
    },
    "findings": {
        "task": "institutions.tasks.find_every_night",
        "schedule": crontab(minute="10", hour="2"),
    },
    "sheets": {
        "task": "institutions.tasks.sweep_sheets",
        "schedule": crontab(minute="30", hour="3"),
    },
    "housekeeping": {
        "task": "accounts.tasks.housekeeping",
        "schedule": crontab(minute="40", hour="3"),
    },
}

# --- Logs -----------------------------------------------------------------------------
LOGGING = logging_settings(level=env.str("LOG_LEVEL", "INFO"), is_plain=PORTAL_DEMO)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
