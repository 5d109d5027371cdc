"""What somebody was told, and who was told about a thing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import attrs
from django.conf import settings
from django.db.models import Case, Count, IntegerField, Value, When

from pcmt.apps.accounts.models import Actor
from pcmt.apps.notices.models import Digest, Mute, Notice, NoticeQuerySet, Preference, Reason, Way

MOST_COUNTED = 100
"""The bell counts no further: "99+" says enough, and the statement stays cheap."""

ORDER = (
    *(Reason.ESCALATED, Reason.OVERDUE, Reason.URGED, Reason.RETURNED, Reason.SUBMITTED, Reason.EXTENSION),
    *(Reason.DECLINED, Reason.ASSIGNED, Reason.SOON, Reason.VERDICT, Reason.DECIDED, Reason.MENTIONED),
    *(Reason.CHANGED, Reason.ACCEPTED),
)
"""The reasons in the order in which they are read: what is late, who waits, what is new."""


@attrs.frozen
class Told:
    """At one moment so many people were told of a thing for a reason; `mailed` of them also by letter."""

    at: datetime
    reason: Reason
    people: int
    mailed: int


def unread_count(actor: Actor) -> int:
    """How many notices the bell shows, `MOST_COUNTED` at most; one statement."""
    waiting = Notice.objects.visible_to(actor).unread().wanted(Way.BELL)
    return waiting.order_by().values("pk")[:MOST_COUNTED].count()


def by_reason(found: NoticeQuerySet) -> Any:
    """Notices in the order of the reasons, the latest first within each."""
    rank = Case(*(When(reason=reason, then=Value(at)) for at, reason in enumerate(ORDER)), output_field=IntegerField())
    return found.annotate(rank=rank).order_by("rank", "-at", "-pk")


def reasons_among(found: NoticeQuerySet) -> list[tuple[Reason, int]]:
    """Which reasons there are among notices and how many of each, in the order of the reasons."""
    counted = dict(found.order_by().values_list("reason").annotate(Count("pk")))
    return [(reason, counted[reason]) for reason in ORDER if reason in counted]


def told_about(label: str, pk: int | str, *, most: int = 20) -> list[Told]:
    """When people were told about a row (`tasks.DueItem`, 17), the latest first: how many, never who.

    For whoever may see the row: ask that first. What was told longer ago than notices are kept is not there.
    """
    rows = Notice.objects.filter(about=label, about_id=str(pk)).order_by("-at", "reason")
    counted = rows.values_list("at", "reason").annotate(people=Count("pk"), mailed=Count("mailed_at"))
    return [Told(at, Reason(reason), people, mailed) for at, reason, people, mailed in counted[:most]]


def preference_of(user_id: int) -> Preference:
    """How a person wants to be told; the defaults where nothing was chosen."""
    return Preference.objects.filter(pk=user_id).first() or Preference(user_id=user_id)


def preferences_of(user_ids: Collection[int]) -> dict[int, Preference]:
    """The same for many; one statement."""
    chosen = Preference.objects.in_bulk(list(user_ids))
    return {user_id: chosen.get(user_id) or Preference(user_id=user_id) for user_id in user_ids}


def muted_by(user_id: int) -> set[tuple[str, str]]:
    """What a person switched off, as pairs of reason and way."""
    return set(Mute.objects.filter(user_id=user_id).values_list("reason", "way"))


def mails_to(email: str) -> bool:
    """Whether letters of this room go to an address: there is one, it is no demonstration's, and a server is set.

    Where none is set, letters about accounts are kept in a folder for somebody to hand on; nobody hands on digests.
    """
    return bool(settings.SMTP_URL and email) and not email.endswith(f"@{settings.DEMO_EMAIL_DOMAIN}")


def digests_in_trouble() -> tuple[int, str]:
    """How many digests wait that the mail server refused or never answered, and what it said against the latest."""
    troubled = Digest.objects.filter(sent_at=None, given_up_at=None).exclude(trouble="").order_by("-pk")
    latest = troubled.first()
    return (troubled.count(), latest.trouble) if latest is not None else (0, "")
