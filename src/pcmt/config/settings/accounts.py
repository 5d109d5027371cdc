"""Who signs in, how passwords are kept, what second factor is asked for, how long a sign-in lasts."""

from urllib.parse import urlsplit

from . import env
from .security import CONTENT_SECURITY_POLICY, CSRF_TRUSTED_ORIGINS, HTTPS

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home:mine"
LOGOUT_REDIRECT_URL = "login"

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "pcmt.apps.accounts.passwords.LongEnough"},
    {"NAME": "pcmt.apps.accounts.passwords.NotAboutOneself"},
    {"NAME": "pcmt.apps.accounts.passwords.NotGuessedFirst"},
]
PASSWORD_LENGTH = 12
"""Fewest characters of a password. Length counts for more than signs that people forget (NIST SP 800-63B)."""

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env.number("PCMT_SESSION_HOURS", 12) * 3600
"""Absolute: so long after signing in one signs in again, whatever one did in between."""
SESSION_IDLE = env.number("PCMT_SESSION_IDLE_MINUTES", 60) * 60
"""So long after the last page one signs in again; 0 does without."""
SESSION_WARNING = 5 * 60
"""So long before either end an open page says that it is near."""
SESSION_COOKIE_NAME = "pcmt_session"
CSRF_COOKIE_NAME = "pcmt_csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

INVITATION_DAYS = env.number("PCMT_INVITATION_DAYS", 7)
RESET_MINUTES = 60


def site() -> str:
    """How the site is reached, for addresses in letters: never what a request says of itself, which anybody can write.

    On one's own machine by name: passkeys belong to names, not to numbers such as 127.0.0.1.
    """
    host = env.text("PCMT_HOST", "127.0.0.1")
    here = f"{'localhost' if host in {'127.0.0.1', '0.0.0.0', '::1'} else host}:{env.text('PCMT_PORT', '8000')}"  # noqa: S104 - compared
    named = env.text("PCMT_SITE") or next(iter(CSRF_TRUSTED_ORIGINS), f"{'https' if HTTPS else 'http'}://{here}")
    return named.rstrip("/")


SITE = site()

SECOND_FACTOR_ROLES = env.names("PCMT_SECOND_FACTOR_ROLES", default="administrator,register_keeper,standing_office")
"""Who acts in one of these roles must have a second factor. Users of the demonstration need none."""

DORMANT_DAYS = env.number("PCMT_DORMANT_DAYS", 90)
"""An account that holds a role and was not signed in to for so many days is listed as dormant."""

DEMO_EMAIL_DOMAIN = "demo.invalid"
"""Users with an address of this domain belong to the demonstration; the sign-in page offers them to everyone.

No such domain can exist (RFC 2606), so no real user is ever among them.
"""
DEMO_PASSWORD = "xem-thu-pcmt"  # noqa: S105 - public on purpose: it opens demonstration data only
DEMO_REPORTING: int | None = None
"""How many communes, and how many bodies, hand in the half-year report of the demonstration; None: all of them."""
DEMO_COMMUNES: int | None = None
"""How many communes of the demonstration have files of people; None: all of its story."""

# django-allauth: the steps of signing in, second factors, single sign-on. Pages, addresses and mails are ours.
ACCOUNT_ADAPTER = "pcmt.web.account.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = False  # one mailbox of an office serves several of its people
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/5m/ip,5/15m/key",
    "reset_password": "10/10m/ip,3/h/key",
    "reset_password_from_key": "20/10m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
"""At most so many in so long, for an address (`ip`) and for a name (`key`); counted in the database cache."""
FEED_RATE_LIMITS = {"feed": "120/h/key", "feed_missed": "60/h/ip"}
"""The same for reading a calendar feed, and for addresses that are none."""
MFA_ADAPTER = "pcmt.web.account.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "PCMT"
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}

SOCIALACCOUNT_ADAPTER = "pcmt.web.account.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False  # a link on another site must not sign anybody in


def identity_providers() -> list[dict[str, object]]:
    """The OpenID Connect providers of the environment: `PCMT_OIDC_ISSUER` and, for more, `PCMT_OIDC_2_ISSUER`, …"""
    found: list[dict[str, object]] = []
    for prefix, key in [("PCMT_OIDC", "sso"), *((f"PCMT_OIDC_{number}", f"sso{number}") for number in range(2, 6))]:
        issuer = env.text(f"{prefix}_ISSUER").rstrip("/")
        if not issuer:
            continue
        parts = urlsplit(issuer)
        found.append(
            {
                "provider_id": key,
                "name": env.text(f"{prefix}_NAME") or parts.hostname or issuer,
                "client_id": env.text(f"{prefix}_CLIENT_ID"),
                "secret": env.text(f"{prefix}_CLIENT_SECRET"),
                "settings": {
                    "server_url": issuer,
                    "oauth_pkce_enabled": True,
                    "origin": env.text(f"{prefix}_ORIGIN") or f"{parts.scheme}://{parts.netloc}",
                },
            }
        )
    return found


IDENTITY_PROVIDERS = identity_providers()
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": IDENTITY_PROVIDERS, "OAUTH_PKCE_ENABLED": True}}
# A form that leads to the provider is sent there: the browser asks this list.
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += [each["settings"]["origin"] for each in IDENTITY_PROVIDERS]  # type: ignore[index, operator]
