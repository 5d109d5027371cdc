"""The log as auditors see it: what lies in their part of the tree, narrowed, as change sets; who touched a thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.accounts.operations import NOBODY
from pcmt.apps.audit.models import READ_VERBS, Entry
from pcmt.apps.audit.operations import SYSTEM
from pcmt.apps.units.models import Unit, UnitClosure, holds_on
from pcmt.core.text import fold
from pcmt.web.audit.forms import READ, WRITTEN
from pcmt.web.audit.words import OBJECTS, Told, label_of, role_word, tell

MOST_PEOPLE = 30


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
    """What one request did: who, in which role, from where. `more`: acts of it that this page does not show.

    `head` is the act for whose sake the others were done: the one that was recorded last, a change before a look.
    """

    at: datetime
    actor_name: str
    role: str
    unit: str
    address: str
    request_id: str
    head: Act
    rest: Sequence[Act]
    more: int
    url: str


def change_sets(shown: Iterable[Entry], everything: QuerySet[Entry]) -> list[ChangeSet]:
    """The entries of a page, those of one request together; one query for what the page leaves out of them."""
    sets: defaultdict[str, list[tuple[Entry, Act]]] = defaultdict(list)
    entries = list(shown)
    for entry, words in zip(entries, tell(entries), strict=True):
        sets[entry.request_id or f"#{entry.pk}"].append((entry, _act(entry, words)))
    asked = [key for key in sets if not key.startswith("#")]
    grouped: Any = everything.filter(request_id__in=asked).order_by().values_list("request_id")
    whole = dict(grouped.annotate(Count("pk")))
    return [_change_set(acts, whole.get(key, len(acts))) for key, acts in sets.items()]


def _change_set(acts: Sequence[tuple[Entry, Act]], whole: int) -> ChangeSet:
    newest, head = next((pair for pair in acts if not pair[0].is_reading), acts[0])
    return ChangeSet(
        at=newest.at,
        actor_name=newest.actor_name,
        role=role_word(newest.actor_role),
        unit=newest.actor_unit,
        address=newest.address,
        request_id=newest.request_id,
        head=head,
        rest=[act for _entry, act in acts if act is not head],
        more=max(whole - len(acts), 0),
        url=f"{reverse('audit:list')}?{urlencode({'lan': newest.request_id})}",
    )


def _act(entry: Entry, words: Told) -> Act:
    url = reverse("audit:thing", args=[entry.object_type, entry.object_id]) if entry.object_id else ""
    if entry.object_type == "web.Page":
        url = ""
    if entry.object_type == User._meta.label and entry.object_id == str(entry.actor_id):
        return Act(words, "", "", "")  # one's own account: who acts is said already
    kind = OBJECTS.get(entry.object_type, "")
    return Act(words, str(kind), label_of(entry), url)


# --- one thing


@attrs.frozen
class Toucher:
    """Somebody who looked at a thing or changed it, and how often."""

    name: str
    unit: str
    reads: int
    writes: int
    last: datetime


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
