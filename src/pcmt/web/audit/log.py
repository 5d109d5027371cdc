"""The log as auditors see it: what lies in their part of the tree, narrowed, as change sets; who touched a thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from django.apps import apps
from django.db.models import Count, Exists, Max, Model, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.operations import NOBODY
from pcmt.apps.audit.models import READ_VERBS, Entry
from pcmt.apps.audit.operations import SYSTEM
from pcmt.apps.plans.models import Plan
from pcmt.apps.units.models import Unit, UnitClosure, holds_on
from pcmt.core.text import fold
from pcmt.web.audit.forms import READ, WRITTEN
from pcmt.web.audit.words import OBJECTS, Told, label_of, role_word, told
from pcmt.web.plan.trail import about_plan

MOST_PEOPLE = 30
PAGES = {
    "plans.Plan": "plan:overview",
    "plans.Revision": "reading:screen",
    "tasks.Task": "tasks:task",
    "tasks.DueItem": "tasks:due",
    "units.Unit": "units:unit",
}
"""The pages of things that have one."""


def seen_by(actor: Actor) -> QuerySet[Entry]:
    """What an auditor sees: acts of bodies that stood under the auditor's unit on the day of the act.

    Acts of the program itself and of unknown visitors belong to no unit; auditors at the top of the tree see them.
    """
    under = UnitClosure.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=OuterRef("day")),
        Q(valid_to__isnull=True) | Q(valid_to__gt=OuterRef("day")),
        ancestor_id=actor.unit_id,
        descendant_id=OuterRef("actor_unit_id"),
    )
    within = Q(Exists(under))
    above = UnitClosure.objects.filter(holds_on(actor.on), descendant_id=actor.unit_id, depth__gt=0)
    if not above.exists():
        within |= Q(actor_unit_id__isnull=True)
    return Entry.objects.visible_to(actor, within=within)


def narrowed(entries: QuerySet[Entry], chosen: Mapping[str, Any]) -> QuerySet[Entry]:
    """The entries that the filter names, newest first."""
    if words := fold(chosen["nguoi"] or ""):
        entries = entries.filter(_person(words))
    if words := fold(chosen["don_vi"] or ""):
        entries = entries.filter(actor_unit_id__in=Unit.objects.filter(search_key__contains=words).values("pk"))
    if words := fold(chosen["ten"] or ""):
        entries = entries.filter(search_key__contains=words)
    match chosen["viec"]:
        case None | "":
            pass
        case str() as how if how == READ:
            entries = entries.reads()  # type: ignore[attr-defined]
        case str() as how if how == WRITTEN:
            entries = entries.writes()  # type: ignore[attr-defined]
        case event:
            entries = entries.filter(event=event)
    plain = {"loai": "object_type", "tu": "day__gte", "den": "day__lte", "lan": "request_id"}
    entries = entries.filter(**{field: chosen[name] for name, field in plain.items() if chosen[name]})
    return entries.order_by("-at", "-day", "-number")


def _person(words: str) -> Q:
    """Acts of people of that name, and acts on their accounts (a refused sign-in has no other trace of them)."""
    # Everyone's names are looked through; which acts are shown the entries themselves decide.
    people = User.objects.values_list("pk", "full_name", "username")
    ids = [pk for pk, name, username in people if words in fold(name) or words in fold(username)]
    nameless = [name for name in (SYSTEM, NOBODY) if words in fold(name)]
    return (
        Q(actor_id__in=ids)
        | Q(object_type=User._meta.label, object_id__in=[str(pk) for pk in ids])
        | Q(actor_id__isnull=True, actor_name__in=nameless)
    )


@attrs.frozen
class Act:
    """One entry of a change set."""

    told: Told
    kind: str
    label: str
    url: str


@attrs.frozen
class ChangeSet:
    """What one request did: who, in which role, from where. `more`: acts of it that this page does not show."""

    at: datetime
    actor_name: str
    role: str
    unit: str
    address: str
    request_id: str
    acts: Sequence[Act]
    more: int
    url: str


def change_sets(shown: Iterable[Entry], everything: QuerySet[Entry]) -> list[ChangeSet]:
    """The entries of a page, those of one request together; one query for what the page leaves out of them."""
    sets: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in shown:
        sets[entry.request_id or f"#{entry.pk}"].append(entry)
    asked = [key for key in sets if not key.startswith("#")]
    grouped: Any = everything.filter(request_id__in=asked).order_by().values_list("request_id")
    whole = dict(grouped.annotate(Count("pk")))
    return [_change_set(entries, whole.get(key, len(entries))) for key, entries in sets.items()]


def _change_set(entries: Sequence[Entry], whole: int) -> ChangeSet:
    newest = entries[0]
    return ChangeSet(
        at=newest.at,
        actor_name=newest.actor_name,
        role=role_word(newest.actor_role),
        unit=newest.actor_unit,
        address=newest.address,
        request_id=newest.request_id,
        acts=[_act(entry) for entry in entries],
        more=max(whole - len(entries), 0),
        url=f"{reverse('audit:list')}?{urlencode({'lan': newest.request_id})}",
    )


def _act(entry: Entry) -> Act:
    url = reverse("audit:thing", args=[entry.object_type, entry.object_id]) if entry.object_id else ""
    if entry.object_type == "web.Page":
        url = ""
    if entry.object_type == User._meta.label and entry.object_id == str(entry.actor_id):
        return Act(told(entry), "", "", "")  # one's own account: who acts is said already
    kind = OBJECTS.get(entry.object_type, "")
    return Act(told(entry), str(kind), label_of(entry), url)


# --- one thing


@attrs.frozen
class Toucher:
    """Somebody who looked at a thing or changed it, and how often."""

    name: str
    unit: str
    reads: int
    writes: int
    last: datetime


def about(label: str, pk: str) -> Q:
    """The entries about a thing; about a plan also those about all that hangs below it."""
    if label == Plan._meta.label and pk.isdecimal():
        return about_plan(int(pk))
    return Q(object_type=label, object_id=pk)


def touchers(entries: QuerySet[Entry]) -> list[Toucher]:
    """Who looked at it, who changed it, the latest first."""
    reading = Q(pk__in=())
    for verb in READ_VERBS:
        reading |= Q(event__endswith=f".{verb}")
    grouped: Any = entries.order_by().values("actor_id", "actor_name", "actor_unit")
    rows = grouped.annotate(
        reads=Count("pk", filter=reading), writes=Count("pk", filter=~reading), last=Max("at")
    ).order_by("-last")[:MOST_PEOPLE]
    return [Toucher(row["actor_name"], row["actor_unit"], row["reads"], row["writes"], row["last"]) for row in rows]


def thing_seen(actor: Actor, label: str, pk: str) -> Model | None:
    """The thing itself, if it is still there and the auditor may see it."""
    try:
        manager: Any = apps.get_model(label)._default_manager
    except LookupError:
        return None
    if not hasattr(manager, "visible_to") or not pk.isdecimal():
        return None
    row: Model | None = manager.visible_to(actor).filter(pk=pk).first()
    return row


def page_of(label: str, thing: Model | None) -> str:
    """The address of the thing's own page, where it has one and may be seen."""
    return reverse(PAGES[label], args=[thing.pk]) if thing is not None and label in PAGES else ""
