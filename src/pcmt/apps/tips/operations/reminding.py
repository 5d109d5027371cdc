"""What time alone brings: limits come near and pass, a recipient has left. People are told numbers, never words.

Each thing is told once (`notices.tell` keys), so a run may be repeated, or come a day late: what was missed is told
then.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from pcmt.apps.accounts.models import Grant
from pcmt.apps.notices.models import Reason
from pcmt.apps.notices.operations import tell
from pcmt.apps.tips.addresses import LIST_PAGE
from pcmt.apps.tips.models import StepWhat, Tip, TipNamed
from pcmt.apps.tips.operations.holding import step, tell_team, touched
from pcmt.apps.tips.operations.moving import go_up
from pcmt.apps.tips.policies import OFFICERS, officers_at
from pcmt.apps.tips.queries.teams import barred, receiver_for
from pcmt.apps.tips.values import OPEN, TipState
from pcmt.apps.units.models import Unit

SOON = (5, 1)
"""So many days before the limit those who handle a tip are reminded."""


def remind(*, at: datetime) -> int:
    """Tell those who handle tips what is due in five days or less, tomorrow or today, or overdue; and the team above
    how many are overdue. How many tips were told of.
    """
    today = timezone.localdate(at)
    rows = Tip.objects.filter(state__in=OPEN, same_as__isnull=True, due_on__lte=today + timedelta(days=SOON[0]))
    late: dict[int, list[Tip]] = defaultdict(list)
    count = 0
    for tip in rows.order_by("pk").iterator(chunk_size=500):
        count += 1
        days = (tip.due_on - today).days
        if days < 0:
            title = f"Tin báo {tip.number} quá hạn giải quyết từ {tip.due_on:%d/%m/%Y}"
            tell_team(tip, title, at=at, reason=Reason.OVERDUE, key=f"late:{tip.due_on}")
            late[tip.team_id].append(tip)
        else:
            rung = next(each for each in reversed(SOON) if days <= each)
            title = f"Tin báo {tip.number} đến hạn giải quyết {tip.due_on:%d/%m/%Y}"
            tell_team(tip, title, at=at, reason=Reason.SOON, key=f"soon:{rung}:{tip.due_on}")
    for team_id, tips in late.items():
        _escalate(team_id, tips, today, at)
    return count


def _escalate(team_id: int, tips: list[Tip], today: date, at: datetime) -> None:
    """Tell the team above how many tips of a team are overdue, whenever one more is. No numbers of single tips, and
    not of those that name the body told.
    """
    above = receiver_for(tips[0].area_id, today, [team_id])
    if above is None or above.blocked:
        return
    named: dict[int, list[int]] = defaultdict(list)
    for tip_id, unit_id in TipNamed.objects.filter(tip__in=tips).values_list("tip_id", "unit_id"):
        named[tip_id].append(unit_id)
    told = [tip for tip in tips if not barred(named[tip.pk], [above.unit_id], today)]
    if not told:
        return
    latest = max(tip.due_on for tip in told)
    unit = Unit.objects.get(pk=team_id)
    tell(
        at=at, users=officers_at(above.unit_id, today), reason=Reason.ESCALATED, about=unit, address=LIST_PAGE,
        title=f"{unit.name}: {len(told)} tin báo quá hạn giải quyết", key=f"tips:{team_id}:late:{latest}:{len(told)}",
        unit_id=above.unit_id,
    )  # fmt: skip


def free_left(*, at: datetime) -> int:
    """Take tips out of the hands of who is no longer there (stopped, moved, without the role), and tell the team.

    Also brings up what waits at a body that the tip names since a team above was set. How many tips.
    """
    today = timezone.localdate(at)
    still = Grant.objects.as_of(today).filter(user=OuterRef("held_by"), role__in=OFFICERS, user__is_active=True)
    left = Tip.objects.filter(state__in=OPEN, held_by__isnull=False).exclude(Exists(still))
    done = 0
    for pk in list(left.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            tip = left.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
            if tip is None:
                continue
            tip.held_by = None
            step(tip, StepWhat.HANDED, actor=None, at=at)
            touched(tip)
            _tell_free(tip, at)
            done += 1
    waiting = Tip.objects.filter(state__in=OPEN).filter(Exists(TipNamed.objects.filter(tip=OuterRef("pk"))))
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            tip = waiting.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
            if tip is not None:
                done += go_up(tip, actor=None, at=at)
    return done


def _tell_free(tip: Tip, at: datetime) -> None:
    words = "chưa ai xử lý" if tip.state == TipState.RECEIVED else "không còn người xử lý"
    tell_team(tip, f"Tin báo {tip.number} {words}", at=at, reason=Reason.ASSIGNED, key=f"free:{tip.version}")
