"""Looking at kinds of activities and places: the list, one kind with its versions and what they differ in."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.activities.models import Kind, KindState, KindVersion
from pcmt.apps.activities.policies import can_keep_kind, can_keep_kinds
from pcmt.apps.activities.queries.kinds import schema_of, use_of, used_often, writable
from pcmt.apps.facts.catalogue import breakdowns, catalogue
from pcmt.core.measures import Breakdown, Catalogue
from pcmt.core.measures.pieces import next_half_month
from pcmt.core.periods import DAY
from pcmt.core.schemas import KindField, KindSchema, kind_changes
from pcmt.web.kinds.words import NOUNS, SENSITIVITIES, SORTS, TYPES, change_rows, rule_words
from pcmt.web.shell.access import acting

TONES = {KindState.IN_USE: "done", KindState.DRAFT: "wait", KindState.ENDED: "plain"}
BOX_WIDTH, BOX_HEIGHT, STEP = 190, 34, 62
"""Of the diagram of states, in its own units."""


def listed(request: HttpRequest) -> HttpResponse:
    """Kinds in use by group, on demand retired ones; drafts for those who keep them."""
    actor = acting(request)
    retired = request.GET.get("thoi-dung") == "1"
    found = Kind.objects.visible_to(actor).select_related("office")
    current = KindVersion.objects.exclude(state=KindState.ENDED)
    often = used_often()
    rows: list[dict[str, Any]] = []
    each: Any
    for each in found.prefetch_related(Prefetch("versions", current, to_attr="current")):
        states = {version.state: version for version in each.current}
        used, draft = states.get(KindState.IN_USE), states.get(KindState.DRAFT)
        draft = draft if draft and can_keep_kind(actor, each) else None
        if (retired or not each.retired_on) and (used or draft):
            rows.append({"kind": each, "used": used, "draft": draft, "entries": often.get(each.pk, 0)})
    rows.sort(key=lambda row: (row["kind"].noun, row["kind"].order))
    order = list(dict.fromkeys((row["kind"].noun, row["kind"].group) for row in rows))
    rows.sort(key=lambda row: order.index((row["kind"].noun, row["kind"].group)))
    groups = [
        {"noun": NOUNS[noun], "name": name, "rows": list(each)}
        for (noun, name), each in groupby(rows, key=lambda row: (row["kind"].noun, row["kind"].group))
    ]
    context = {"groups": groups, "keeps": can_keep_kinds(actor), "retired": retired}
    return render(request, "kinds/list.html", context)


def kind(request: HttpRequest, kind_id: int) -> HttpResponse:
    """One kind: what a version asks (`ban`), its states, what it counts into; against another version (`voi`)."""
    actor = acting(request)
    found = seen(actor, kind_id)
    versions = list(versions_for(actor, found))
    numbered = {str(each.number): each for each in versions}
    used = next((each for each in versions if each.state == KindState.IN_USE), None)
    asked = request.GET.get("ban")
    shown = numbered.get(asked) if asked else used or versions[0]
    if shown is None:
        raise Http404
    other = numbered.get(request.GET.get("voi", ""))
    elements, parts, use = catalogue(actor.on), breakdowns(actor.on), use_of(found)
    schema = schema_of(shown)
    changes = []
    if other is not None and other.pk != shown.pk:
        old, new = sorted((other, shown), key=lambda each: each.number)
        changes = change_rows(kind_changes(schema_of(old), schema_of(new)), elements)
    keeps = can_keep_kind(actor, found)
    context = {
        "kind": found, "noun": NOUNS[found.noun], "trail": trail(), "used": used, "shown": shown, "other": other,
        "changes": changes, "draft": next((each for each in versions if each.state == KindState.DRAFT), None),
        "versions": [
            {"version": each, "state": state, "tone": TONES[state], "entries": use.entries.get(each.pk, 0)}
            for each in versions
            for state in [KindState.ENDED if each.ended_on else KindState(each.state)]
        ],
        "writes": found.pk in writable(actor),
        "sees": actor.sees_below("activities.Event"),
        "use": use, "counted_to": next_half_month(found.retired_on or actor.on) - DAY,
        "keeps": keeps, "copies": can_keep_kinds(actor), **told(schema, elements, parts),
    }  # fmt: skip
    return render(request, "kinds/kind.html", context)


def told(schema: KindSchema, elements: Catalogue, parts: dict[str, Breakdown]) -> dict[str, Any]:
    """What a kind is, in words: its fields, states and rules."""
    names = dict(Kind.objects.filter(code__in=schema.with_places).values_list("code", "label"))
    return {
        "schema": schema,
        "fields": [
            {"field": each, "type": TYPES[each.type], "who": SENSITIVITIES[each.sensitivity]} for each in schema.fields
        ],
        "places": [names.get(code, code) for code in schema.with_places],
        "rules": [rule_words(each, schema, elements, parts) for each in schema.counts],
        "diagram": diagram(schema),
        **form_of(schema),
    }  # fmt: skip


def form_of(schema: KindSchema) -> dict[str, Any]:
    """The entry form as a phone shows it: what is asked first, and what stands under "more"."""
    quick = schema.quick_fields
    rest: tuple[KindField, ...] = tuple(each for each in schema.fields if each not in quick)
    return {"first_fields": quick, "more_fields": rest}


def diagram(schema: KindSchema) -> dict[str, Any] | None:
    """The states of a place as boxes below one another with arrows beside them, and the same in words."""
    if not schema.states:
        return None
    at = {state.key: index for index, state in enumerate(schema.states)}
    arrows, words = [], []
    for state in schema.states:
        after = [each for each in schema.next_states(state.key) if each.key in at]
        words.append({"state": state, "sort": SORTS[state.sort], "to": [each.label for each in after]})
        arrows += [_arrow(at[state.key], at[each.key]) for each in after if each.key != state.key]
    boxes = [
        {"state": state, "y": 10 + index * STEP, "middle": 10 + index * STEP + BOX_HEIGHT // 2 + 5}
        for index, state in enumerate(schema.states)
    ]
    height = 20 + (len(boxes) - 1) * STEP + BOX_HEIGHT
    return {"boxes": boxes, "arrows": arrows, "words": words, "height": height, "width": BOX_WIDTH + 180}


def _arrow(start: int, end: int) -> str:
    """A curve from a box to another: downwards on the right, upwards on the left, farther out the longer it is."""
    down = end > start
    side = 90 + BOX_WIDTH if down else 90
    out = (18 + 16 * abs(end - start)) * (1 if down else -1)
    first, last = (10 + each * STEP + BOX_HEIGHT // 2 + shift for each, shift in ((start, 6), (end, -6)))
    return f"M{side} {first}C{side + out} {first} {side + out} {last} {side + (6 if down else -6)} {last}"


def seen(actor: Actor, kind_id: int) -> Kind:
    """A kind; 404 for what is not there, and for what another office has only begun to write."""
    found: Kind | None = Kind.objects.visible_to(actor).select_related("office").filter(pk=kind_id).first()  # type: ignore[assignment]
    if found is None or not versions_for(actor, found).exists():
        raise Http404
    return found


def versions_for(actor: Actor, found: Kind) -> QuerySet[KindVersion]:
    """The versions of a kind: what is being written is shown to those who keep the kind."""
    rows = KindVersion.objects.visible_to(actor).filter(kind=found).order_by("-number")
    return rows if can_keep_kind(actor, found) else rows.exclude(state=KindState.DRAFT)  # type: ignore[return-value]


def trail(*way: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page of this room."""
    return [(_("Loại hoạt động, địa điểm"), reverse("kinds:list")), *way]
