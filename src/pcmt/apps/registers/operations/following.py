"""What follows in the registers when communes are reorganised: files, hand-overs that wait, and what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pcmt.apps.registers.models import Clock, ClockKind, Stay, StayWhy, Subject, Transfer, TransferState
from pcmt.apps.registers.operations.counting import mark
from pcmt.apps.tasks.models import DueState
from pcmt.apps.units.followers import Change, Consequence, Follower
from pcmt.apps.units.policies import Officer

BATCH = 500


def _foresee(change: Change) -> Sequence[Consequence]:
    """Counts only: whose files they are is nobody's business here."""
    ending = list(change.heirs)
    found: list[Consequence] = []
    files = Subject.objects.filter(unit_id__in=ending, merged_into__isnull=True, anonymised_at__isnull=True).count()
    if files:
        words = ngettext(
            "%(count)s hồ sơ người được quản lý chuyển sang đơn vị kế thừa, giữ nguyên thời hạn.",
            "%(count)s hồ sơ người được quản lý chuyển sang đơn vị kế thừa, giữ nguyên thời hạn.",
            files,
        )
        found.append(Consequence(words % {"count": files}, files))
    waiting = _transfers(ending).count()
    if waiting:
        words = ngettext(
            "%(count)s lần bàn giao đang chờ chuyển theo.",
            "%(count)s lần bàn giao đang chờ chuyển theo.",
            waiting,
        )
        found.append(Consequence(words % {"count": waiting}, waiting))
    return found


def _transfers(ending: Sequence[int]) -> QuerySet[Transfer]:
    waiting = Transfer.objects.filter(state=TransferState.OPEN)
    return waiting.filter(Q(from_unit_id__in=ending) | Q(to_unit_id__in=ending))


def _follow(change: Change, at: datetime, _actor: Officer | None) -> int:
    ending = sorted(change.heirs)
    count = 0
    for unit_id in ending:
        heir = change.heir_id(unit_id)
        files = Subject.objects.select_for_update(of=("self",), no_key=True).filter(unit_id=unit_id).order_by("pk")
        ids = list(files.values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            some = ids[start : start + BATCH]
            here = Stay.objects.filter(subject__in=some, to_on__isnull=True)
            new = [
                Stay(subject_id=pk, unit_id=heir, from_on=max(since, change.day), why=StayWhy.REORGANISED)
                for pk, since in here.order_by("subject_id").values_list("subject_id", "from_on")
            ]
            # Whoever came on a later day than that of the change was with the heir from the first day on.
            here.filter(from_on__gt=change.day).update(to_on=F("from_on"))
            here.filter(from_on__lte=change.day).update(to_on=change.day)
            Stay.objects.bulk_create(new)
            Subject.objects.filter(pk__in=some).update(unit_id=heir, version=F("version") + 1)
        clocks = Clock.objects.select_for_update(of=("self",), no_key=True).filter(unit_id=unit_id).running()
        owed = list(clocks.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(owed), BATCH):
            Clock.objects.filter(pk__in=owed[start : start + BATCH]).update(unit_id=heir, version=F("version") + 1)
        _transfers_follow(unit_id, heir, at)
        if ids:
            mark({unit_id, heir}, change.on, at)
            count += len(ids)
    return count


def _transfers_follow(unit_id: int, heir: int, at: datetime) -> None:
    """Open hand-overs follow both ends; one between two communes that become one has nothing left to hand over."""
    waiting = Transfer.objects.filter(state=TransferState.OPEN)
    waiting.filter(from_unit_id=unit_id).update(from_unit_id=heir, version=F("version") + 1)
    waiting.filter(to_unit_id=unit_id).update(to_unit_id=heir, version=F("version") + 1)
    within = waiting.filter(from_unit_id=heir, to_unit_id=heir)
    done = list(within.values_list("pk", "subject_id"))
    within.update(state=TransferState.WITHDRAWN, answered_at=at, version=F("version") + 1)
    Clock.objects.filter(subject__in=[pk for _transfer, pk in done], kind=ClockKind.TRANSFER).running().update(
        state=DueState.ENDED, done_at=at, outcome="void", version=F("version") + 1
    )


registers_follow = Follower(key="registers", label=_("Hồ sơ người được quản lý"), foresee=_foresee, follow=_follow)
"""The registers' part in reorganisations."""
