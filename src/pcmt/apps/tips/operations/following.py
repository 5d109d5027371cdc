"""What follows in the room of tips when units are reorganised: who receives, and the tips themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pcmt.apps.tips.models import OPEN, Tip, TipNamed, TipTeam
from pcmt.apps.units.followers import Change, Consequence, Follower
from pcmt.apps.units.policies import Officer

BATCH = 500


def _foresee(change: Change) -> Sequence[Consequence]:
    """Counts only: of tips nobody but their team hears anything else."""
    ending = list(change.heirs)
    found: list[Consequence] = []
    tips = Tip.objects.filter(team_id__in=ending, state__in=OPEN).count()
    if tips:
        words = ngettext(
            "%(count)s tin báo đang xử lý chuyển sang đơn vị kế thừa, giữ nguyên thời hạn.",
            "%(count)s tin báo đang xử lý chuyển sang đơn vị kế thừa, giữ nguyên thời hạn.",
            tips,
        )
        found.append(Consequence(words % {"count": tips}, tips))
    teams = _teams(ending).count()
    if teams:
        words = ngettext(
            "%(count)s nơi tiếp nhận tin báo đổi theo.", "%(count)s nơi tiếp nhận tin báo đổi theo.", teams
        )
        found.append(Consequence(words % {"count": teams}, teams))
    return found


def _teams(ending: Sequence[int]) -> QuerySet[TipTeam]:
    standing = TipTeam.objects.filter(valid_to__isnull=True)
    return standing.filter(Q(area__in=ending) | Q(body__in=ending) | Q(above__in=ending))


def _follow(change: Change, at: datetime, _actor: Officer | None) -> int:
    """Tips go to the heir of their body, closed ones too: somebody must be able to answer for them. What was counted
    stays where it was counted. A body named is named in its heir as well.
    """
    del at
    ending = sorted(change.heirs)
    count = 0
    for unit_id in ending:
        heir = change.heir_id(unit_id)
        ids = list(Tip.objects.filter(team_id=unit_id).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            some = Tip.objects.filter(pk__in=ids[start : start + BATCH])
            list(some.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
            some.update(team_id=heir, version=F("version") + 1)
        Tip.objects.filter(area_id=unit_id, state__in=OPEN).update(area_id=heir)
        had = TipNamed.objects.filter(unit_id=heir).values("tip_id")
        also = TipNamed.objects.filter(unit_id=unit_id).exclude(tip_id__in=had)
        TipNamed.objects.bulk_create(
            [TipNamed(tip_id=pk, unit_id=heir) for pk in also.values_list("tip_id", flat=True)]
        )
        count += len(ids)
    for team in _teams(ending).select_for_update(no_key=True).order_by("pk"):
        _team_follows(team, change)
        count += 1
    return count


def _team_follows(team: TipTeam, change: Change) -> None:
    """The team of an area that ends falls to the heir, unless that has one; a body that ends is replaced by its heir.

    The old window closes on the day, so that who received when stays written.
    """

    def heir(unit_id: int) -> int:
        return change.heir_id(unit_id) if unit_id in change.heirs else unit_id

    area, body = heir(team.area_id), heir(team.body_id)
    above = heir(team.above_id) if team.above_id is not None else None
    version = team.version
    closes = team.valid_from is None or team.valid_from < change.day
    if closes:
        team.valid_to, team.version = change.day, version + 1
        team.save(update_fields=["valid_to", "version"])
    else:
        team.delete()  # it had not begun
    if TipTeam.objects.filter(area_id=area, valid_to__isnull=True).exists():
        return
    TipTeam.objects.create(
        area_id=area, body_id=body, above_id=above if above != body else None, phone=team.phone,
        valid_from=_later(team.valid_from, change.day), version=version + 1,
    )  # fmt: skip


def _later(since: date | None, day: date) -> date:
    return day if since is None else max(since, day)


tips_follow = Follower(key="tips", label=_("Tin báo, tố giác"), foresee=_foresee, follow=_follow)
"""The part of tips in reorganisations."""
