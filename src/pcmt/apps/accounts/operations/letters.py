"""Letters: written down in the transaction of the act they are about, sent by a job, tried again until they are out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from pcmt.apps.accounts.links import address_of
from pcmt.apps.accounts.models import Invitation, Letter, LetterKind, Outgoing, PasswordReset, SecretLink, User
from pcmt.apps.accounts.queue import enqueue_letter

KEPT_DAYS = 90


def write_letter(
    *,
    at: datetime,
    user: User,
    email: str,
    kind: str,
    invitation: Invitation | None = None,
    reset: PasswordReset | None = None,
    about: str = "",
) -> Letter:
    """Have a letter sent; call it inside the transaction of the act."""
    letter = Letter.objects.create(
        kind=kind, user=user, email=email, invitation=invitation, reset=reset, about=about, made_at=at
    )
    enqueue_letter(letter.pk)
    return letter


def notify(*, at: datetime, user: User, about: str) -> None:
    """Tell a person what happened to the own account, so that a stranger's doing is noticed. Without mail: nothing."""
    if user.email and not user.email.endswith(f"@{settings.DEMO_EMAIL_DOMAIN}"):
        write_letter(at=at, user=user, email=user.email, kind=LetterKind.NOTICE, about=about)


def send_letter(*, letter_id: int, at: datetime) -> bool:
    """Send a letter that is still to be sent; whether it is out.

    Sent at least once: when the process dies after the server took the letter and before that is written down, it
    goes out again, with the same address in it.
    """
    letter = (
        Letter.objects.filter(pk=letter_id, sent_at=None, given_up_at=None)
        .select_related("user", "invitation__grant__unit", "invitation__made_by", "reset")
        .first()
    )
    if letter is None:
        return False
    link = letter.invitation or letter.reset
    if link is not None and not link.opens(at):
        Letter.objects.filter(pk=letter.pk).update(given_up_at=at, trouble="")
        return False
    return post(letter, _message(letter, link, at), at=at)


def post(
    row: Outgoing, message: EmailMultiAlternatives, *, at: datetime, then: Callable[[], object] | None = None
) -> bool:
    """Hand a message to the mail server and write down how it went; whether it is out.

    What the server says against it is kept for the administrator; after `LETTER_TRIES` it is given up. `then` writes
    what else is to be noted of a message that is out, in the same transaction.
    """
    stored = type(row)._default_manager.filter(pk=row.pk)
    try:
        if message.connection is not None:
            message.connection.open()  # one connection for many: it stays open, and is taken up anew after a failure
        message.send()
    except (SMTPException, OSError, ValueError) as error:
        if message.connection is not None:
            message.connection.close()
        told = f"{type(error).__name__}: {error}"[:300]
        stored.update(tries=F("tries") + 1, trouble=told)
        if row.tries + 1 >= settings.LETTER_TRIES:
            stored.update(given_up_at=at)
        return False
    with transaction.atomic():
        stored.update(sent_at=at, tries=F("tries") + 1, trouble="")
        if then is not None:
            then()
    return True


def number_of(row: Outgoing, name: str) -> str:
    """The Message-ID of a message, the same at each try: mailboxes show what was sent twice once."""
    host = settings.SITE.partition("://")[2].partition(":")[0]
    return f"<{name}-{row.pk}-{int(row.made_at.timestamp())}@{host}>"


def send_waiting_letters(*, at: datetime) -> int:
    """Try again what could not be sent, oldest first, and forget letters of long ago; how many went out."""
    waiting = Letter.objects.filter(sent_at=None, given_up_at=None, made_at__lt=at - timedelta(minutes=1))
    sent = sum(send_letter(letter_id=pk, at=at) for pk in waiting.order_by("pk").values_list("pk", flat=True)[:200])
    long_ago = at - timedelta(days=KEPT_DAYS)
    Letter.objects.filter(made_at__lt=long_ago).exclude(sent_at=None, given_up_at=None).delete()
    PasswordReset.objects.filter(expires_at__lt=long_ago).delete()  # invitations stay: they tell who asked whom in
    return sent


def _message(letter: Letter, link: SecretLink | None, at: datetime) -> EmailMultiAlternatives:
    words = {
        "letter": letter,
        "user": letter.user,
        "link": link,
        "address": address_of(letter.kind, link.nonce) if link is not None else "",
        "expires": timezone.localtime(link.expires_at) if link is not None else None,
        "when": timezone.localtime(letter.made_at),
        "site": settings.SITE,
    }
    with translation.override("vi"):
        subject = " ".join(render_to_string(f"accounts/mail/{letter.kind}.subject.txt", words).split())
        text = render_to_string(f"accounts/mail/{letter.kind}.txt", words).strip() + "\n"
        html = render_to_string(f"accounts/mail/{letter.kind}.html", words)
    message = EmailMultiAlternatives(
        subject, text, to=[letter.email], headers={"Message-ID": number_of(letter, "pcmt")}
    )
    message.attach_alternative(html, "text/html")
    return message
