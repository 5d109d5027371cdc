"""The digest: one letter a person and day, at the person's hour, with everything that was not told by letter yet.

`make_digests` decides who gets one and which notices belong to it, `send_digests` sends what waits; both may run any
number of times and side by side. The row of the person and the day is made once; a worker that takes it up says so in
`tried_at`, and nobody else does for `TAKEN`. A worker killed between the server's "250" and our own note sends again
after that, under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Max, Min, OuterRef, Q, Subquery
from django.template.loader import render_to_string
from django.utils import timezone, translation

from pcmt.apps.accounts.models import Grant
from pcmt.apps.accounts.operations.letters import number_of, post
from pcmt.apps.notices.addresses import LIST, PREFERENCES, opening, stopping
from pcmt.apps.notices.models import Digest, Notice, NoticeQuerySet, Reason, Way
from pcmt.apps.notices.policies import may_mail, slot_of
from pcmt.apps.notices.queries import by_reason, mails_to, preference_of, preferences_of
from pcmt.apps.notices.standing import standing_of
from pcmt.core.periods import WorkCalendar
from pcmt.reference import work_calendar

TAKEN = timedelta(minutes=5)
"""So long a digest belongs to the worker that took it up: longer than a mail server can keep one busy over one letter
(`EMAIL_TIMEOUT` for each of its answers), shorter than the pause between two rounds."""
MOST_DAYS = 30
"""What is older is told by letter no more: after a long absence people open the list."""
MOST_LINES = 60
MOST_AT_ONCE = 1000
MISSES = 3
"""After so many failures in a row the round ends: a server that is away is not asked for everybody."""


def make_digests(*, at: datetime, calendar: WorkCalendar | None = None) -> int:
    """Make the digests whose hour has come, for people who hold a role today; how many.

    The number of statements does not grow with the number of people.
    """
    if not settings.SMTP_URL:
        return 0
    local, days = timezone.localtime(at), calendar or work_calendar()
    today = local.date()
    _give_up_before(today, at)
    told = (
        _untold(at)
        .filter(user__is_active=True, user__in=Grant.objects.as_of(today).values("user"))
        .values_list("user_id", "user__email")
        .annotate(first=Min("at"))
        .order_by("user_id")
    )
    waiting = [(user_id, email, first) for user_id, email, first in told if mails_to(email)]
    wishes = preferences_of([user_id for user_id, _email, _first in waiting])
    monday = today - timedelta(days=today.weekday())
    out = Digest.objects.filter(day__gte=monday).exclude(sent_at=None).values_list("user_id").annotate(Max("day"))
    last_out = dict(out.order_by())
    rows = []
    for user_id, email, first in waiting:
        slot = slot_of(wishes[user_id], local, days)
        last = last_out.get(user_id)
        if slot is not None and first < slot and (last is None or last < slot.date()):
            rows.append(Digest(user_id=user_id, email=email, day=today, made_at=at))
    with transaction.atomic():
        Digest.objects.bulk_create(rows, ignore_conflicts=True)  # another worker may have been quicker
        mine = Digest.objects.filter(day=today, made_at=at, tried_at=None, user__in=[row.user_id for row in rows])
        count = mine.count()
        if count:
            taken = _untold(at).filter(user__in=mine.values("user"))
            held = list(taken.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
            own = Digest.objects.filter(user=OuterRef("user"), day=today).values("pk")[:1]
            Notice.objects.filter(pk__in=held).update(digest=Subquery(own))
    return count


def send_digests(*, now: Callable[[], datetime]) -> int:
    """Send the digests of today that wait, those tried least first; how many went out.

    `now` is asked for each of them, since a round of many takes minutes. One connection serves the round.
    """
    at = now()
    found = Digest.objects.filter(_waits(at)).order_by("tries", "pk").values_list("pk", flat=True)
    connection = get_connection()
    sent = missed = 0
    try:
        for digest_id in list(found[:MOST_AT_ONCE]):
            outcome = send_digest(digest_id=digest_id, at=now(), connection=connection)
            sent += outcome is True
            missed = missed + 1 if outcome is False else 0
            if missed == MISSES:
                break
    finally:
        connection.close()
    return sent


def send_digest(*, digest_id: int, at: datetime, connection: Any = None) -> bool | None:
    """Send one digest that waits; whether it is out. None: there was nothing to send, or somebody else is at it.

    It goes out on its own day only, never in the quiet hours, and not when everything in it was read meanwhile, the
    person wants no letters any more or has left.
    """
    waiting = Digest.objects.filter(_waits(at), pk=digest_id)
    digest = waiting.select_related("user").first()
    if digest is None:
        return None
    local = timezone.localtime(at)
    wish = preference_of(digest.user_id)
    if not may_mail(wish, local, work_calendar()):
        return None
    if not waiting.update(tried_at=at):
        return None
    here = digest.user.is_active and Grant.objects.as_of(local.date()).filter(user=digest.user_id).exists()
    notices = list(by_reason(digest.notices.unread().wanted(Way.MAIL))) if here else []
    if not notices:
        Digest.objects.filter(pk=digest.pk).update(given_up_at=at, trouble="")
        return None
    message = _message(digest, notices)
    message.connection = connection
    told = Notice.objects.filter(pk__in=[notice.pk for notice in notices])
    return post(digest, message, at=at, then=lambda: told.update(mailed_at=at))


def _untold(at: datetime) -> NoticeQuerySet:
    """Unread notices that no letter told and none is about to tell, of reasons that people want letters for."""
    no_letter = Q(digest=None) | Q(digest__sent_at__isnull=False) | Q(digest__given_up_at__isnull=False)
    since = at - timedelta(days=MOST_DAYS)
    return Notice.objects.filter(no_letter, mailed_at=None, at__gte=since).unread().wanted(Way.MAIL)


def _waits(at: datetime) -> Q:
    """Digests that may be taken up now."""
    free = Q(tried_at=None) | Q(tried_at__lte=at - TAKEN)
    return free & Q(sent_at=None, given_up_at=None, day=timezone.localdate(at))


def _give_up_before(today: Any, at: datetime) -> None:
    """Digests of earlier days that never got out: what stood in them is told by today's, so that one comes, not two."""
    free = Q(tried_at=None) | Q(tried_at__lte=at - TAKEN)
    Digest.objects.filter(free, day__lt=today, sent_at=None, given_up_at=None).update(given_up_at=at)


def _message(digest: Digest, notices: list[Notice]) -> EmailMultiAlternatives:
    shown = notices[:MOST_LINES]
    words = {
        "user": digest.user,
        "day": digest.day,
        "count": len(notices),
        "more": len(notices) - len(shown),
        "standing": standing_of(digest.user, digest.day),
        "site": settings.SITE,
        "list": settings.SITE + LIST,
        "preferences": settings.SITE + PREFERENCES,
        "stop": stopping(digest.user_id),
    }
    with translation.override("vi"):
        words["groups"] = [
            (str(Reason(reason).label), [(notice, opening(notice.pk)) for notice in group])
            for reason, group in groupby(shown, key=lambda notice: notice.reason)
        ]
        subject = " ".join(render_to_string("notices/mail/digest.subject.txt", words).split())
        text = render_to_string("notices/mail/digest.txt", words).strip() + "\n"
        html = render_to_string("notices/mail/digest.html", words)
    headers = {
        "Message-ID": number_of(digest, "pcmt-digest"),
        "Auto-Submitted": "auto-generated",
        # One press in the mail program stops the letters (RFC 8058); it opens nothing.
        "List-Unsubscribe": f"<{stopping(digest.user_id)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    message = EmailMultiAlternatives(subject, text, to=[digest.email], headers=headers)
    message.attach_alternative(html, "text/html")
    return message
