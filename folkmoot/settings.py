"""One settings file. Secrets come from the environment; production refuses unsafe values."""

from __future__ import annotations

from email.utils import parseaddr
from pathlib import Path
from typing import Any

import dj_database_url

from folkmoot import environment as env
from folkmoot.people.retention import SESSIONS

PACKAGE = Path(__file__).resolve().parent

# A whole site on which everything that people and bodies do is made up, and which says so.
REHEARSAL = env.boolean("FOLKMOOT_REHEARSAL", default=False)
# Where this installation keeps its database and the bytes of releases.
HOME = Path(env.text("FOLKMOOT_HOME", "var/rehearsal" if REHEARSAL else "var")).resolve()

PRODUCTION = env.boolean("FOLKMOOT_PRODUCTION", default=False)
DEBUG = env.boolean("FOLKMOOT_DEBUG", default=False)

_DEVELOPMENT_KEY = "development-only-never-used-in-production"
SECRET_KEY = env.text("FOLKMOOT_SECRET_KEY", None if PRODUCTION else _DEVELOPMENT_KEY)
ALLOWED_HOSTS = env.words(
    "FOLKMOOT_HOSTS", () if PRODUCTION else ("localhost", "127.0.0.1", "[::1]", "testserver")
)
# The address at which people reach this site, for feeds and metadata that need whole links.
SITE_URL = env.text("FOLKMOOT_SITE_URL", None if PRODUCTION else "http://localhost:8000").rstrip(
    "/"
)

if PRODUCTION:
    if DEBUG:
        raise env.BadSetting("FOLKMOOT_DEBUG is on in production: switch it off.")
    if len(SECRET_KEY) < 50 or SECRET_KEY == _DEVELOPMENT_KEY:
        raise env.BadSetting("FOLKMOOT_SECRET_KEY is too short: use at least 50 random characters.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise env.BadSetting("FOLKMOOT_HOSTS must name this site's hosts, and '*' is not a host.")
    if not SITE_URL.startswith("https://"):
        raise env.BadSetting("FOLKMOOT_SITE_URL must begin with https:// in production.")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "folkmoot.common",
    "folkmoot.places",
    "folkmoot.services",
    "folkmoot.bodies",
    "folkmoot.people",
    "folkmoot.duties",
    "folkmoot.measures",
    "folkmoot.framework",
    "folkmoot.petitions",
    "folkmoot.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # The forms to sign and to confirm a signature need none of what follows.
    "folkmoot.web.intake.Intake",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "folkmoot.web.middleware.SecurityHeaders",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    # Neither reads the session until a page asks who is signed in, so public pages set no cookie
    # and vary by none.
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "folkmoot.web.middleware.Errors",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "folkmoot.urls"
WSGI_APPLICATION = "folkmoot.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ],
            "context_processors": ["folkmoot.web.context.site"],
            "builtins": ["folkmoot.web.templatetags.folkmoot"],
        },
    }
]

DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", f"sqlite:///{HOME / 'folkmoot.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Without IMMEDIATE and a long timeout, concurrent read-then-write transactions die
    # "database is locked" (see docs/decisions.md).
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000;"
            "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
        ),
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Finished pages are kept in each process (web/remembered.py); off only to measure without it.
PAGE_CACHE = env.boolean("FOLKMOOT_PAGE_CACHE", default=True)

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Europe/London"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
# Files are served straight from the package, so that a wheel in an empty folder needs no
# collectstatic; their names carry a version in templates (web/context.py).
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Names such as folkmoot.1a2b3c4d.css hold a digest of the file: browsers may keep them for ever.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+\.[0-9a-f]{8}\.[a-z0-9]+$"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "folkmoot.web.pages.error.csrf_failure"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.boolean("FOLKMOOT_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    CSRF_COOKIE_SECURE = True
    if env.boolean("FOLKMOOT_BEHIND_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# The largest file that `folkmoot import` will take, in megabytes.
MAX_RELEASE_MEGABYTES = env.whole_number("FOLKMOOT_MAX_RELEASE_MB", 200, low=1, high=4000)
# Petitions are shown by constituency where their signers' are known, without a map and rates.
BY_CONSTITUENCY = env.boolean("FOLKMOOT_BY_CONSTITUENCY", default=False)
# Processes that compute the account. Two cores are the smallest machine supported.
WORKERS = env.whole_number("FOLKMOOT_WORKERS", 2, low=1, high=256)

# Who is signed in. Nobody has a password: a code by mail, a passkey or a provider proves it.
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["folkmoot.people.backend.ByProof"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/account/"
SESSION_ENGINE = "folkmoot.people.sessions"
SESSION_COOKIE_NAME = "folkmoot"
SESSION_COOKIE_AGE = int(SESSIONS.after.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PRODUCTION
# Limits are kept in the database (people/limits.py), for all processes together.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
ACCOUNT_ADAPTER = "folkmoot.web.pages.people_adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MFA_SUPPORTED_TYPES = ["webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ADAPTER = "folkmoot.web.pages.people_adapters.PasskeyAdapter"

# Officers may sign in at their own organisation by OpenID Connect, if one is named here. It is
# believed for addresses at the domains named here and for no others.
OIDC_ISSUER = env.text("FOLKMOOT_OIDC_ISSUER", "").rstrip("/")
OIDC_DOMAINS = [name.lower() for name in env.words("FOLKMOOT_OIDC_DOMAINS", ())]
OIDC_NAME = env.text("FOLKMOOT_OIDC_NAME", "your organisation")
SOCIALACCOUNT_ADAPTER = "folkmoot.web.pages.people_adapters.ProviderAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if OIDC_ISSUER:
    if PRODUCTION and not OIDC_ISSUER.startswith("https://"):
        raise env.BadSetting("FOLKMOOT_OIDC_ISSUER must begin with https:// in production.")
    if not OIDC_DOMAINS:
        raise env.BadSetting("FOLKMOOT_OIDC_DOMAINS must name the domains the provider speaks for.")
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "organisation",
                "name": OIDC_NAME,
                "client_id": env.text("FOLKMOOT_OIDC_CLIENT_ID"),
                "secret": env.text("FOLKMOOT_OIDC_CLIENT_SECRET"),
                "settings": {"server_url": OIDC_ISSUER, "fetch_userinfo": True},
            }
        ],
    }

# Mail leaves when `folkmoot deliver` runs. Where nobody runs it, as when looking around, a code
# to sign in leaves with the page that asked for it.
DELIVER_AT_ONCE = env.boolean("FOLKMOOT_DELIVER_AT_ONCE", default=not PRODUCTION)
BEHIND_PROXY = env.boolean("FOLKMOOT_BEHIND_PROXY", default=False)

EMAIL_BACKEND = env.text("FOLKMOOT_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
# A mail server that does not answer must not hold a worker for longer than its claim lasts.
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.text("FOLKMOOT_FROM_EMAIL", "Folkmoot <folkmoot@localhost>")
# Where people write who ask about privacy or accessibility; shown on those pages.
CONTACT = env.text("FOLKMOOT_CONTACT", parseaddr(DEFAULT_FROM_EMAIL)[1])

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "folkmoot.common.logs.WithoutPostcodes",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"folkmoot": {"level": "INFO"}},
}

SILENCED_SYSTEM_CHECKS: list[str] = []
