"""What follows in the projects room when units are reorganised: who answers for projects, who owes milestones.

Entries of money stay with the unit in whose figures they count.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from pcmt.apps.projects.models import Milestone, ProjectSheet
from pcmt.apps.units.followers import Change, Consequence, Follower
from pcmt.apps.units.policies import Officer


def _foresee(change: Change) -> Sequence[Consequence]:
    sheets = list(ProjectSheet.objects.filter(owner__in=list(change.heirs)).select_related("plan").order_by("pk"))
    if not sheets:
        return []
    words = ngettext(
        "%(count)s chương trình, dự án do đơn vị kết thúc chịu trách nhiệm chuyển sang đơn vị kế thừa.",
        "%(count)s chương trình, dự án do đơn vị kết thúc chịu trách nhiệm chuyển sang đơn vị kế thừa.",
        len(sheets),
    )
    named = tuple(sheet.plan.title for sheet in sheets[:5])
    return [Consequence(words % {"count": len(sheets)}, len(sheets), named)]


def _follow(change: Change, _at: datetime, _actor: Officer | None) -> int:
    count = 0
    for unit_id in sorted(change.heirs):
        heir = change.heir_id(unit_id)
        sheets = ProjectSheet.objects.select_for_update(of=("self",)).filter(owner=unit_id)
        for sheet in sheets.select_related("plan").order_by("pk"):
            sheet.owner_id, sheet.version = heir, sheet.version + 1
            sheet.save(update_fields=["owner", "version"])
            change.tell(
                "projects.sheet.followed",
                sheet.plan,
                before={"owner": change.names.get(unit_id, "")},
                after={"owner": change.heirs[unit_id].name},
            )
            count += 1
        owed = Milestone.objects.filter(owed_by=unit_id, done_on__isnull=True, voided_at__isnull=True)
        count += owed.update(owed_by=heir, version=F("version") + 1)
    return count


projects_follow = Follower(key="projects", label=_("Chương trình, dự án"), foresee=_foresee, follow=_follow)
