"""What waits for the signed-in person: results to accept, requests to answer, parts that are late, texts to review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach
from pcmt.apps.notices.models import Notice, Reason
from pcmt.apps.plans.models import Revision, RevisionState
from pcmt.apps.plans.policies import can_start
from pcmt.apps.reports.queries.lists import inbox
from pcmt.apps.reports.queries.lists import waiting_for_me as reports_to_approve
from pcmt.apps.tasks.models import DueItem, DueKind, Mode
from pcmt.apps.tasks.queries import SHOWN_WITH
from pcmt.web.tasks.owed import ASKING, DECLINED, OPEN, SUBMITTED

MOST_ROWS = 5
MOST_TEXTS = 8
MOST_READ = 200


@attrs.frozen
class Pile:
    """Things of one sort that wait; `url` lists them all, where there is such a list. `of_reports`: reports to read."""

    name: str
    label: str
    act: str
    count: int
    items: Sequence[DueItem]
    url: str
    of_reports: bool = False

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.items)


def waiting_for(actor: Actor, today: date) -> list[Pile]:
    """What waits for the actor, who gave it: as the unit that handed a part down, or the office that keeps the plan.

    Two statements. Who changes nothing keeps nobody waiting.
    """
    if actor.changes("tasks.DueItem") < Reach.OWN:
        return []
    part = Q(parent__isnull=False, given_by_id=actor.unit_id)
    given = part
    if actor.changes_below("tasks.DueItem"):
        given |= Q(parent__isnull=True, plan__owner_id=actor.unit_id)
    late = part & OPEN & Q(due_on__lt=today) & ~Q(unit_id=actor.unit_id) & ~Q(mode=Mode.REQUESTED)
    sorts = {
        "submitted": given & SUBMITTED & Q(kind=DueKind.TASK),  # reports wait in a pile of their own
        "asking": given & OPEN & ASKING,
        "declined": given & DECLINED,
        "late": late,
    }
    ranks = [When(where, then=Value(at)) for at, where in enumerate(sorts.values())]
    found: QuerySet[DueItem] = DueItem.objects.visible_to(actor).filter(given)
    ranked = found.annotate(rank=Case(*ranks, output_field=IntegerField())).filter(rank__isnull=False)
    counts = dict(ranked.order_by().values_list("rank").annotate(number=Count("pk")))
    if not counts:
        return []
    rows: dict[int, list[DueItem]] = {}
    for row in ranked.select_related(*SHOWN_WITH).order_by("rank", "due_on", "pk")[:MOST_READ]:
        rows.setdefault(row.rank, []).append(row)
    labels = {
        "submitted": (_("Chờ nghiệm thu"), _("Nghiệm thu"), "cho-nghiem-thu"),
        "asking": (_("Xin gia hạn"), _("Quyết định"), "xin-gia-han"),
        "declined": (_("Đề nghị giao lại"), _("Trả lời"), "giao-lai"),
        "late": (_("Phần việc đã giao xuống, quá hạn"), _("Mở"), ""),
    }
    piles = []
    for rank, name in enumerate(sorts):
        if number := counts.get(rank, 0):
            label, act, state = labels[name]
            url = f"{reverse('tasks:owed')}?{urlencode({'trang_thai': state})}" if state else ""
            shown = rows.get(rank, [])[: MOST_ROWS if url else MOST_READ]
            piles.append(Pile(name, label, act, number, shown, url))
    return piles


def waiting_reports(actor: Actor) -> list[Pile]:
    """Reports that wait for the actor: to be approved as the leader of the body, to be taken as the recipient."""
    sorts = (
        ("cho-duyet", _("Báo cáo chờ tôi duyệt"), _("Xem, duyệt"), reports_to_approve(actor)),
        ("cho-tiep-nhan", _("Báo cáo chờ tiếp nhận"), _("Tiếp nhận"), inbox(actor)),
    )
    piles = []
    for word, label, act, found in sorts:
        shown = list(found.values_list("due_item", flat=True)[:MOST_ROWS])
        if shown:
            rows = DueItem.objects.visible_to(actor).filter(pk__in=shown).select_related(*SHOWN_WITH)
            places = {pk: place for place, pk in enumerate(shown)}
            items = sorted(rows, key=lambda item: places[item.pk])
            piles.append(Pile(word, label, act, found.count(), items, f"{reverse('reports:list')}?xem={word}", True))
    return piles


def waiting_revisions(actor: Actor) -> list[Revision]:
    """Texts that wait for this person's review."""
    if not can_start(actor):
        return []
    seen = Revision.objects.visible_to(actor).filter(state__in=(RevisionState.REVIEW, RevisionState.FAILED))
    return list(seen.select_related("plan").defer("text", "reading").order_by("-created_at")[:MOST_TEXTS])


def escalated_to(actor: Actor, today: date) -> list[DueItem]:
    """What the actor was told of because nobody below answered, and is still overdue; two statements."""
    told = Notice.objects.visible_to(actor).filter(reason=Reason.ESCALATED, about=DueItem._meta.label)
    ids = [int(pk) for pk in told.order_by("-at").values_list("about_id", flat=True)[:MOST_READ]]
    if not ids:
        return []
    late = DueItem.objects.visible_to(actor).overdue(today).filter(pk__in=ids).select_related(*SHOWN_WITH)
    return list(late.order_by("due_on", "pk")[:MOST_TEXTS])
