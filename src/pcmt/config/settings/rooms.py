"""The rooms of the house, lower floors first, and what a request passes through."""

from . import env

DEBUG = env.flag("PCMT_DEBUG")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",  # must stand before staticfiles: `runserver` then serves hashed names too
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "pcmt.apps.audit",
    "pcmt.apps.jobs",
    "pcmt.apps.units",
    "pcmt.apps.accounts",
    "pcmt.apps.notices",
    "pcmt.apps.facts",
    "pcmt.apps.plans",
    "pcmt.apps.targets",
    "pcmt.apps.tasks",
    "pcmt.apps.registers",
    "pcmt.apps.activities",
    "pcmt.apps.tips",
    "pcmt.apps.projects",
    "pcmt.apps.reports",
    "pcmt.web",
    "pcmt.demo",
    # after our rooms: their templates come first
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "pcmt.config.middleware.forgetful_tipline",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "pcmt.config.middleware.known_methods",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pcmt.config.middleware.compressed_pages",
    "pcmt.config.middleware.request_origin",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "pcmt.config.middleware.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pcmt.web.account.middleware.lasting_session",
    "pcmt.web.account.middleware.SignInRequired",
    "pcmt.web.shell.middleware.acting_user",
    "pcmt.web.account.middleware.SecondFactor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "pcmt.config.urls"
WSGI_APPLICATION = "pcmt.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
