"""The things that have a history: where their page is, what hangs below them, to whom they belong.

A page shows the history of its thing by one line, `{% history thing %}` (templatetags/history.py). A kind that has its
words in `web/audit/words.py` and a `visible_to` needs no entry here; one that has more to tell gets one in KINDS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs
from django.apps import apps
from django.db.models import CharField, Model, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse

from pcmt.apps.accounts.models import Actor, Grant, Invitation, User
from pcmt.apps.facts.policies import can_keep_catalogue
from pcmt.apps.plans.models import BodyMatch, Item, Plan, Revision
from pcmt.apps.reports.models import Duty, DutyOccurrence
from pcmt.apps.targets.models import Allocation, Target
from pcmt.apps.tasks.models import DueItem, Task
from pcmt.apps.units.models import Reorganisation, Unit, UnitAlias
from pcmt.web.audit.words import OBJECTS


@attrs.frozen(kw_only=True)
class Kind:
    """One kind of thing.

    `page`: the address of its page. `below`: by its id, the rows whose entries belong to its history, itself among
    them. `homes`: ids of the units to which it belongs; whoever may see what these units did sees the whole history.
    `own`: whether the thing is the actor's own, with its whole history, whatever the role.
    """

    page: Callable[[Any], str] = lambda _row: ""
    below: Callable[[int], Sequence[QuerySet[Any]]] | None = None
    homes: Callable[[Any], Iterable[int | None]] = lambda row: [getattr(row, "unit_id", None)]
    own: Callable[[Any, Actor], bool] = lambda _row, _actor: False


def _of_plan(plan_id: int) -> Sequence[QuerySet[Any]]:
    return (
        Plan.objects.filter(pk=plan_id),
        Revision.objects.filter(plan=plan_id),
        Item.objects.filter(revision__plan=plan_id),
        BodyMatch.objects.filter(revision__plan=plan_id),
        Target.objects.filter(plan=plan_id),
        Task.objects.filter(plan=plan_id),
        DueItem.objects.filter(plan=plan_id),
        Duty.objects.filter(plan=plan_id),
    )


def _of_revision(revision_id: int) -> Sequence[QuerySet[Any]]:
    return (
        Revision.objects.filter(pk=revision_id),
        Item.objects.filter(revision=revision_id),
        BodyMatch.objects.filter(revision=revision_id),
    )


def _of_task(task_id: int) -> Sequence[QuerySet[Any]]:
    return Task.objects.filter(pk=task_id), DueItem.objects.filter(task=task_id)


def _of_target(target_id: int) -> Sequence[QuerySet[Any]]:
    return Target.objects.filter(pk=target_id), Allocation.objects.filter(target=target_id)


def _of_duty(duty_id: int) -> Sequence[QuerySet[Any]]:
    occurrences = DutyOccurrence.objects.filter(duty=duty_id)
    return Duty.objects.filter(pk=duty_id), occurrences, DueItem.objects.filter(occurrence__duty=duty_id)


def _of_unit(unit_id: int) -> Sequence[QuerySet[Any]]:
    return (
        Unit.objects.filter(pk=unit_id),
        UnitAlias.objects.filter(unit=unit_id),
        Reorganisation.objects.filter(units=unit_id),
    )


def _of_user(user_id: int) -> Sequence[QuerySet[Any]]:
    return (
        User.objects.filter(pk=user_id),
        Grant.objects.filter(user=user_id),
        Invitation.objects.filter(user=user_id),
    )


def _plan_homes(plan: Plan) -> list[int | None]:
    return [plan.owner_id, plan.issuer_id]


KINDS: Mapping[str, Kind] = {
    "plans.Plan": Kind(page=lambda row: reverse("plan:overview", args=[row.pk]), below=_of_plan, homes=_plan_homes),
    "plans.Revision": Kind(
        page=lambda row: reverse("reading:screen", args=[row.pk]),
        below=_of_revision,
        homes=lambda row: _plan_homes(row.plan),
    ),
    "targets.Target": Kind(
        page=lambda row: f"{reverse('plan:targets', args=[row.plan_id])}#ct{row.pk}",
        below=_of_target,
        homes=lambda row: _plan_homes(row.plan),
    ),
    "tasks.Task": Kind(
        page=lambda row: reverse("tasks:task", args=[row.pk]), below=_of_task, homes=lambda row: _plan_homes(row.plan)
    ),
    "tasks.DueItem": Kind(
        page=lambda row: reverse("tasks:due", args=[row.pk]),
        homes=lambda row: [row.unit_id, *_plan_homes(row.plan)],
    ),
    "tasks.Urging": Kind(
        page=lambda row: reverse("urging:letter", args=[row.pk]), homes=lambda row: [row.office_id, row.unit_id]
    ),
    "reports.Duty": Kind(
        page=lambda row: reverse("regimes:regime", args=[row.pk]),
        below=_of_duty,
        homes=lambda row: _plan_homes(row.plan),
    ),
    "units.Unit": Kind(
        page=lambda row: reverse("units:unit", args=[row.pk]), below=_of_unit, homes=lambda row: [row.pk]
    ),
    "units.Reorganisation": Kind(
        page=lambda row: reverse("units:reorganisation", args=[row.pk]),
        homes=lambda row: row.units.values_list("pk", flat=True),
    ),
    "facts.Element": Kind(
        page=lambda row: reverse("catalogue:element", args=[row.code]),
        own=lambda _row, actor: can_keep_catalogue(actor),
    ),
    "facts.Indicator": Kind(
        page=lambda row: reverse("catalogue:indicator", args=[row.code]),
        own=lambda _row, actor: can_keep_catalogue(actor),
    ),
    "facts.Form": Kind(page=lambda row: reverse("catalogue:form", args=[row.pk]), homes=lambda row: [row.root_id]),
    "accounts.User": Kind(
        page=lambda row: reverse("people:person", args=[row.pk]),
        below=_of_user,
        homes=lambda row: row.grants.values_list("unit_id", flat=True),
        own=lambda row, actor: row.pk == actor.user_id,
    ),
}
PLAIN = Kind()


def kind_of(thing: Model | str) -> Kind:
    """What is known of a thing, by itself or by the label of its model."""
    return KINDS.get(thing if isinstance(thing, str) else thing._meta.label, PLAIN)


def about(label: str, pk: str) -> Q:
    """The entries about a thing and about all that hangs below it. Also for a thing that is gone."""
    found = Q(object_type=label, object_id=pk)
    below = kind_of(label).below
    if below is None or not pk.isdecimal():
        return found
    for rows in below(int(pk)):
        ids = rows.order_by().annotate(as_text=Cast("pk", CharField())).values("as_text")
        found |= Q(object_type=rows.model._meta.label, object_id__in=ids)
    return found


def seen(actor: Actor, label: str, pk: str) -> Model | None:
    """The thing, if it is there, is of a kind that the log has words for, and the actor may see it."""
    if label not in OBJECTS or not pk.isdecimal():
        return None
    try:
        manager: Any = apps.get_model(label)._default_manager
    except LookupError:  # a page, a list: nothing that has rows
        return None
    if not hasattr(manager, "visible_to"):
        return None
    row: Model | None = manager.visible_to(actor).filter(pk=pk).first()
    return row


def page_of(thing: Model) -> str:
    """The address of the thing's own page; empty where it has none."""
    return kind_of(thing).page(thing)


def history_url(thing: Model) -> str:
    """The address of the thing's history, for a tab or a link."""
    if thing._meta.label == "plans.Plan":
        return reverse("plan:history", args=[thing.pk])
    if thing._meta.label == "units.Unit":
        return reverse("units:history", args=[thing.pk])
    return reverse("history:thing", args=[thing._meta.label, thing.pk])
