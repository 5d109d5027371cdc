"""Who signs in, how passwords are kept, how long a sign-in lasts."""

from . import env

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home:mine"
LOGOUT_REDIRECT_URL = "login"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.number("PCMT_SESSION_HOURS", 12) * 3600
SESSION_COOKIE_NAME = "pcmt_session"
CSRF_COOKIE_NAME = "pcmt_csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

DEMO_EMAIL_DOMAIN = "demo.invalid"
"""Users with an address of this domain belong to the demonstration; the sign-in page offers them to everyone.

No such domain can exist (RFC 2606), so no real user is ever among them.
"""
DEMO_PASSWORD = "xem-thu-pcmt"  # noqa: S105 - public on purpose: it opens demonstration data only
