"""How letters go out: an SMTP server, or a folder under `PCMT_DATA` where somebody has to look for them."""

from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from . import env
from .data import PCMT_DATA

SMTP_URL = env.text("PCMT_SMTP_URL")
"""`smtp://user:password@host:587?tls=1`, `smtps://user:password@host:465`; empty: no letter leaves the house."""


def smtp(url: str) -> dict[str, object]:
    """Django's settings for an address of a mail server. `?tls=1` asks for STARTTLS; passwords are percent-encoded."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or port == -1 or options.keys() - {"tls"}:
        raise ImproperlyConfigured("PCMT_SMTP_URL: expected smtp://user:password@host:587?tls=1 or smtps://…:465")
    secure = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if secure else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": options.get("tls", "0") in env.TRUE,
    }


EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = PCMT_DATA / "mail"
if SMTP_URL:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    globals().update(smtp(SMTP_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"

DEFAULT_FROM_EMAIL = env.text("PCMT_MAIL_FROM", "PCMT <pcmt@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
LETTER_TRIES = env.number("PCMT_MAIL_TRIES", 20)
"""How often a letter is tried, some minutes apart, before it is given up and said so."""
