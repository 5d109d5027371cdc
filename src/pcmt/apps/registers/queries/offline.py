"""What a device takes along: the people about whom something can be done today; and what waits for a person's look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import attrs
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.models import (
    Clock,
    ClockKind,
    ConflictState,
    Device,
    Found,
    OfflineConflict,
    Sample,
    Spell,
    SpellState,
    Subject,
    TestResult,
)

MOST = 300
"""As many people as a device takes along: more than a commune's keeper sees in a day."""
TAKEN = (ClockKind.TEST, ClockKind.RESIDENCE)


@attrs.frozen
class Along:
    """Somebody on today's list: the file, its statuses, and both in words with what is due."""

    subject: Subject
    spells: Sequence[Spell]
    status: str
    due: str


def people_along(actor: Actor, on: date) -> list[Along]:
    """Those of whom a test or a residence check can be done on the day, the most urgent first."""
    clocks = Clock.objects.running().filter(kind__in=TAKEN, opens_on__lte=on).order_by("due_on", "pk")
    open_spells = Spell.objects.exclude(state=SpellState.ENDED).order_by("pk")
    rows = (
        Subject.objects.visible_to(actor)
        .standing()
        .annotate(first=Subquery(clocks.filter(subject=OuterRef("pk")).values("due_on")[:1]))
        .filter(restricted=False, first__isnull=False)
        .order_by("first", "pk")
        .prefetch_related(Prefetch("clocks", clocks, "along"), Prefetch("spells", open_spells, "open_spells"))[:MOST]
    )
    return [
        Along(
            subject=row,
            spells=row.open_spells,
            status=", ".join(str(each.get_category_display()) for each in row.open_spells),
            due=", ".join(f"{each.get_kind_display()} ({each.due_on:%d/%m})" for each in row.along),
        )
        for row in rows
    ]


def devices_open(actor: Actor, at: datetime) -> QuerySet[Device]:
    """The actor's browsers that may still hold a list."""
    return Device.objects.filter(user_id=actor.user_id, wiped_at__isnull=True, until__gt=at)


def conflicts_waiting(actor: Actor) -> QuerySet[OfflineConflict]:
    """What was entered without a connection and waits for a look, in the files that the actor keeps."""
    rows = OfflineConflict.objects.visible_to(actor).filter(state=ConflictState.OPEN)
    return rows.select_related("subject", "user").order_by("at", "pk")


RESULTS, FOUND, SAMPLES = TestResult.choices, Found.choices, Sample.choices
