"""One settings file. What differs between installations comes from the environment; docs/settings.md has it all.

Two ways to run share this code path. *Embedded* (no DATABASE_URL): SQLite and a file-system queue below `var/`.
*Production*: DATABASE_URL and REDIS_URL name the servers, and as many web and worker processes as needed share them.
"""

from datetime import date, time
from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from qa_plan.bounds import at_least, digest_at_hand, roles
from qa_plan.channels import channels, site_address
from qa_plan.datafolder import data_folder, secret_key
from qa_plan.doors import DOORS
from qa_plan.logs import as_settings
from qa_plan.sender import sender
from qa_plan.signon import sign_on

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

VAR_DIR = data_folder(env.str("QA_PLAN_VAR", str(BASE_DIR / "var")))
EMBEDDED = not env.str("DATABASE_URL", "")
DEBUG = env.bool("DEBUG", False)

SECRET_KEY = env.str("SECRET_KEY", "") or (secret_key(VAR_DIR) if EMBEDDED else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("设置了 DATABASE_URL 时必须设置 SECRET_KEY。")

SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])

# ── The product ──────────────────────────────────────────────────────────────────────────────────────────────────
# A demonstration has its own database file and its own frozen day, so it can never mix with real data.
QA_PLAN_DEMO = env.bool("QA_PLAN_DEMO", EMBEDDED)
QA_PLAN_TODAY = env.date("QA_PLAN_TODAY", date(2016, 10, 12) if QA_PLAN_DEMO else None)
DEMO_PASSWORD = "zhiliang-2016"
PRODUCT_NAME = env.str("QA_PLAN_NAME", "质量安徽行动计划督办平台")
COORDINATING_OFFICE = env.str("QA_PLAN_OFFICE", "省质量工作领导小组办公室")
# 催办单: how its number begins, and who stands on it. Where nobody is named, a line is left to be filled in by hand.
URGE_PREFIX = env.str("URGE_PREFIX", "督催")
URGE_SIGNER = env.str("URGE_SIGNER", "")
URGE_CONTACT = env.str("URGE_CONTACT", "")
URGE_PHONE = env.str("URGE_PHONE", "")
URGE_COPY_TO = env.str("URGE_COPY_TO", "")  # else the office's name without 办公室

# ── Hosts and transport ──────────────────────────────────────────────────────────────────────────────────────────
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"] if EMBEDDED else [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
HTTPS = env.bool("HTTPS", not EMBEDDED)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
CLIENT_ADDRESS_HEADER = env.str("CLIENT_ADDRESS_HEADER", "X-Forwarded-For")  # of the proxy; its last address counts
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_REDIRECT_EXEMPT = ["^(healthz|metrics)$"]

# No request ever leaves the site, and no inline script or style is used.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "report-uri": env.list("CSP_REPORT_URI", []) or None,
    }
}

# ── Application ──────────────────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "allauth",
    "allauth.account",  # before agencies, whose admin takes their tables out again
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.dingtalk",
    "allauth.socialaccount.providers.feishu",
    "agencies",  # before django.contrib.auth, whose createsuperuser it replaces
    "django.contrib.admin",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "qa_plan",
    "tasks",
    "reports",
]
MIDDLEWARE = [
    "agencies.requestid.middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "qa_plan.private.middleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "agencies.idling.middleware",
    "django.middleware.common.CommonMiddleware",
    "qa_plan.manyfields.ManyFields",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "agencies.gateway.GatewayFirst",
    "agencies.expiry.SignInRequired",
    "agencies.expiry.OneTimePasswordFirst",
    "allauth.account.middleware.AccountMiddleware",
    "agencies.factors.SecondFactorFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "agencies.downloads.middleware",
    "qa_plan.nul.middleware",
    "qa_plan.toolarge.middleware",
]
ROOT_URLCONF = "qa_plan.urls"
WSGI_APPLICATION = "qa_plan.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["tasks.templatetags.addresses", "tasks.templatetags.unbroken", "tasks.templatetags.whose"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tasks.http.frame.frame",
            ],
        },
    }
]
# Fields of forms are drawn by templates of this project (templates/django/forms, templates/fields).
FORM_RENDERER = "qa_plan.forms.Renderer"

# ── Database ─────────────────────────────────────────────────────────────────────────────────────────────────────
DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL",
        f"sqlite:///{VAR_DIR / ('demo.sqlite3' if QA_PLAN_DEMO else 'qa_plan.sqlite3')}",
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at the start of a transaction: with the default, a transaction that reads and
    # then writes fails at once under concurrency, whatever the timeout. Keep write transactions short, therefore.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Without recursive triggers REPLACE would overwrite a fact past its guard.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;",
    }
# Kept in the database: used one-time codes are known to all web processes.
CACHES = {"default": {"BACKEND": "agencies.remembered.SharedCache"}}
SILENCED_SYSTEM_CHECKS = ["models.W040"]  # SQLite ignores covering columns of indexes, as it may
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── Sign-in ──────────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "agencies.User"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "agencies.passwords.NoNames"},
    {"NAME": "agencies.passwords.NotUsedBefore"},
]
PASSWORD_HISTORY = at_least(0, env.int("PASSWORD_HISTORY", 3), "PASSWORD_HISTORY")
PASSWORD_DAYS = at_least(0, env.int("PASSWORD_DAYS", 0), "PASSWORD_DAYS")  # 0: a password doesn't end by age
ACCOUNT_CHANGES_TOLD_BY = "tasks.workflow.messages.tell_of_account"
WEB_STARTS_WITH = "agencies.starting.record_start"
SESSION_COOKIE_AGE = 8 * 60 * 60  # from the sign-in, however it is used
SESSION_IDLE_MINUTES = at_least(0, env.int("SESSION_IDLE_MINUTES", 30), "SESSION_IDLE_MINUTES")
SESSIONS_AT_ONCE = at_least(0, env.int("SESSIONS_AT_ONCE", 0), "SESSIONS_AT_ONCE")  # of a person; 0: any number
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CONFIRM_MINUTES = at_least(0, env.int("CONFIRM_MINUTES", 60), "CONFIRM_MINUTES")  # 0: nobody confirms again
vars().update(DOORS)
KEYS_DIR = Path(env.str("KEYS_DIR", str(VAR_DIR / "keys")))  # the key that signs the ends of both chains
RECORD_SM3 = digest_at_hand(env.bool("RECORD_SM3", False))  # both chains have an SM3 beside each SHA-256
EXTERNAL_WAYS, EXTERNAL_SERVERS, SECOND_FACTOR_LEFT_TO, SOCIALACCOUNT_PROVIDERS, GATEWAY, CAS, DIRECTORY = sign_on(env)
SECURITY_LOG_MONTHS = at_least(6, env.int("SECURITY_LOG_MONTHS", 12), "SECURITY_LOG_MONTHS")

ADMINISTRATORS_JOINED = env.bool("ADMINISTRATORS_JOINED", True)  # off: system, security and audit have separate powers
SECOND_FACTOR_ROLES = roles(env.list("SECOND_FACTOR_ROLES", []), "SECOND_FACTOR_ROLES")

# ── Language and time ────────────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# An embedded installation serves the files as they lie, so that it starts without a collecting step.
WHITENOISE_USE_FINDERS = EMBEDDED
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # pages name no others; compressing them too would double the start
# 佐证材料. Elsewhere (S3 …) by naming a storage class and its options; files are served by the access module alone.
EVIDENCE_STORAGE = env.str("EVIDENCE_STORAGE", "django.core.files.storage.FileSystemStorage")
EVIDENCE_FILE_MB = env.int("EVIDENCE_FILE_MB", 20)  # of one file
EVIDENCE_FILES = env.int("EVIDENCE_FILES", 10)  # files of one report or request
REQUEST_LIMIT = env.int("REQUEST_MB", 100) * 1024 * 1024  # bytes of everything that one request sends
DATA_UPLOAD_MAX_NUMBER_FILES = 5 * EVIDENCE_FILES
MEDIA_ROOT = VAR_DIR / ("demo-media" if QA_PLAN_DEMO else "media")
FILE_UPLOAD_PERMISSIONS = 0o640
STORAGES = {
    "default": {"BACKEND": EVIDENCE_STORAGE, "OPTIONS": env.json("EVIDENCE_STORAGE_OPTIONS", {})},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EMBEDDED
        else "qa_plan.staticfiles.Storage"
    },
}

# ── Backups ──────────────────────────────────────────────────────────────────────────────────────────────────────
BACKUP_DIR = Path(env.str("BACKUP_DIR", str(VAR_DIR / "backups")))
BACKUP_KEEP = at_least(0, env.int("BACKUP_KEEP", 14), "BACKUP_KEEP")  # 0: all
PG_BIN = env.str("PG_BIN", "")  # the folder of pg_dump, pg_restore and psql; else they are looked for

# ── Log ──────────────────────────────────────────────────────────────────────────────────────────────────────────
LOG_FORMAT = "json" if env.bool("LOG_JSON", False) else "text"
ACCESS_LOG = env.bool("ACCESS_LOG", not EMBEDDED)  # one line for each request
LOGGING = as_settings(LOG_FORMAT, with_requests=ACCESS_LOG)
RUNTIME_DIR = env.str("RUNTIME_DIRECTORY", "")  # of several web services of a host, which count their answers together
METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # who brings it may ask /metrics; without one, this machine alone

# ── Reminders and the channels by which they leave ───────────────────────────────────────────────────────────────
SITE_URL_GIVEN = env.str("SITE_URL", "")
SITE_URL = SITE_URL_GIVEN or site_address(ALLOWED_HOSTS, HTTPS)
CHANNELS = channels(env)
CHANNEL_TIMEOUT = env.float("CHANNEL_TIMEOUT", 5)  # seconds until a connection is made, and until each next byte
CHANNEL_SECONDS = env.float("CHANNEL_SECONDS", 20)  # for one conversation as a whole
SEND_EVERY = env.float("SEND_EVERY", 60)  # seconds between two looks at what is due
# A try has four conversations at most and waits for the database as long again; nobody may take it over before that.
SEND_LEASE = 15 * CHANNEL_SECONDS
SEND_LIMIT = SEND_EVERY + 12 * CHANNEL_SECONDS
SEND_AT_ONCE = 2000  # deliveries that one look queues
SEND_TRIES = env.int("SEND_TRIES", 16)  # over two working days, then it is given up
SEND_AGAIN_AFTER = env.float("SEND_AGAIN_AFTER", 60)  # seconds, doubled with every try
SWEEP_BY = env.time("SWEEP_BY", time(9))  # the day's reminders are in the ledger by then, or pages and /healthz say so
QUIET_FROM, QUIET_UNTIL = env.time("QUIET_FROM", time(22)), env.time("QUIET_UNTIL", time(7))

# ── Mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────
vars().update(env.dj_email_url("EMAIL_URL", "console:"))
if vars().get("EMAIL_BACKEND") in (None, "django.core.mail.backends.smtp.EmailBackend"):
    EMAIL_BACKEND = "tasks.channels.bounded_smtp.Backend"
EMAIL_TIMEOUT = CHANNEL_TIMEOUT
MAIL_ATTACHMENT_MB = env.int("MAIL_ATTACHMENT_MB", 10)  # of one mail; 0: links alone
DEFAULT_FROM_EMAIL = SERVER_EMAIL = sender(env.str("EMAIL_FROM", f"noreply@{urlsplit(SITE_URL).hostname}"))

# ── Jobs ─────────────────────────────────────────────────────────────────────────────────────────────────────────
REDIS_URL = env.str("REDIS_URL", "")
QUEUE_DIR = VAR_DIR / "queue"
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # the log of jobs is written as all others
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
else:
    CELERY_BROKER_URL = "files://localhost//"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR / "messages"),
        "data_folder_out": str(QUEUE_DIR / "messages"),
        "control_folder": str(QUEUE_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
    for folder in ("messages", "control"):
        (QUEUE_DIR / folder).mkdir(parents=True, exist_ok=True)
CELERY_BEAT_SCHEDULER = "tasks.jobs:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "worker-heartbeat": {"task": "tasks.jobs.beat_heart", "schedule": 30.0, "options": {"expires": 30}},
    "daily-round": {"task": "tasks.jobs.daily_round", "schedule": crontab(hour="0", minute="10")},
    "send-due": {"task": "tasks.jobs.send_due", "schedule": SEND_EVERY, "options": {"expires": SEND_EVERY}},
    # Once a working day; every later run of the day finds it done, unless the one before was lost or killed.
    "sweep-reminders": {"task": "tasks.jobs.sweep_reminders", "schedule": crontab(hour="8-17", minute="0,20,40")},
    "packages-due": {"task": "reports.jobs.request_packages", "schedule": crontab(hour="6", minute="0")},
    "packages": {"task": "reports.jobs.tend_packages", "schedule": 30.0, "options": {"expires": 30}},
    "large-files": {"task": "reports.jobs.tend_large_files", "schedule": 30.0, "options": {"expires": 30}},
}
