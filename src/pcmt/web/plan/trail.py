"""The history of a plan in words: its audit entries and those of its versions, tasks and due items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import CharField, Model, Q, QuerySet
from django.db.models.functions import Cast

from pcmt.apps.accounts.models import Actor
from pcmt.apps.accounts.policies import Reach, sees
from pcmt.apps.audit.models import Entry
from pcmt.apps.plans.models import BodyMatch, Item, Plan, Revision
from pcmt.apps.reports.models import Duty
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import DueItem, Task
from pcmt.apps.units.models import Unit
from pcmt.web.audit.words import Told, told


class Trail:
    """The entries of a plan, newest first, a page at a time: what Django's Paginator asks of a list.

    `whole` tells whether it holds everything that was recorded.
    """

    def __init__(self, entries: QuerySet[Entry], *, whole: bool) -> None:
        self.entries, self.whole = entries, whole

    def count(self) -> int:
        return self.entries.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Told]:
        return [told(entry) for entry in self.entries[part]]


def trail_of(actor: Actor, plan: Plan) -> Trail:
    """The changes of a plan that the reader sees: of the plan itself and all that hangs below it.

    A plan kept or issued in the part of the tree of a standing office or leader belongs to them with its whole history.
    Of other plans they see what their units did, and officers what they did themselves. Who only looked is for
    auditors to know, in the log.
    """
    entries = Entry.objects.filter(about_plan(plan.pk)).writes().order_by("-at", "-pk")
    units = Unit.objects.under(actor.unit_id, actor.on).values("pk")
    reaches = sees("audit.Entry", actor) >= Reach.SUBTREE
    whole = reaches and units.filter(Q(pk=plan.owner_id) | Q(pk=plan.issuer_id)).exists()
    return Trail(entries if whole else entries.visible_to(actor, units=units), whole=whole)


def about_plan(plan_id: int) -> Q:
    """The entries about a plan: about the plan itself and all that hangs below it."""
    belonging: Sequence[QuerySet[Any]] = (
        Plan.objects.filter(pk=plan_id),
        Revision.objects.filter(plan=plan_id),
        Item.objects.filter(revision__plan=plan_id),
        BodyMatch.objects.filter(revision__plan=plan_id),
        Target.objects.filter(plan=plan_id),
        Task.objects.filter(plan=plan_id),
        DueItem.objects.filter(plan=plan_id),
        Duty.objects.filter(plan=plan_id),
    )
    about = Q(pk__in=())
    for rows in belonging:
        ids = rows.order_by().annotate(as_text=Cast("pk", CharField())).values("as_text")
        about |= Q(object_type=_label(rows.model), object_id__in=ids)
    return about


def _label(model: type[Model]) -> str:
    return model._meta.label
