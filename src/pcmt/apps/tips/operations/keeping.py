"""Destroying what tips told when they have been kept long enough. What is counted stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from pcmt.apps.audit.operations import Thing, record
from pcmt.apps.tips.models import (
    IdentityAsk,
    StepWhat,
    Tip,
    TipFile,
    TipIdentity,
    TipMessage,
    TipStep,
)
from pcmt.apps.tips.operations.holding import step

BATCH = 200


def purge_due(*, at: datetime) -> int:
    """Destroy content, identity, messages, pictures and notes of tips whose day has come; how many tips.

    Not of those that are kept for a reason. Run again, or beside another run, nothing is done twice.
    """
    today = timezone.localdate(at)
    due = Tip.objects.filter(purge_on__lte=today, purged_on__isnull=True, hold="")
    done = 0
    while True:
        with transaction.atomic():
            tips = list(due.select_for_update(skip_locked=True, no_key=True).order_by("pk")[:BATCH])
            if not tips:
                return done
            ids = [tip.pk for tip in tips]
            TipIdentity.objects.filter(tip__in=ids).delete()
            TipFile.objects.filter(tip__in=ids).delete()
            TipMessage.objects.filter(tip__in=ids).update(sealed=None, key_id="")
            TipStep.objects.filter(tip__in=ids).update(sealed=None, key_id="")
            IdentityAsk.objects.filter(tip__in=ids).filter(~Q(reason="") | ~Q(words="")).update(reason="", words="")
            Tip.objects.filter(pk__in=ids).update(
                sealed=None, key_id="", receipt=None, place_id=None, purged_on=today, version=F("version") + 1
            )
            for tip in tips:
                step(tip, StepWhat.PURGED, actor=None, at=at)
            # the days on which they were closed say enough; numbers of single tips would outlive them in the log
            record(at=at, actor=None, event="tips.tips.purged", obj=ALL, after={"count": len(tips)})
            done += len(tips)


ALL = Thing(Tip._meta.label, "", "")
