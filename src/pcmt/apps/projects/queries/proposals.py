"""What the text of a plan says of the projects in it, while nobody has confirmed anything about them.

A project whose sheet was written, by whatever way, is not proposed any more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import attrs
from django.db.models import QuerySet

from pcmt.apps.plans.contract import names_of, projects_in
from pcmt.apps.plans.models import Clause, Item, ListName, Plan, PlanState, Revision
from pcmt.apps.projects.tree import family
from pcmt.core.reading.project_words import read_project_words

LONGEST = 900
"""So much of a clause is read and shown; what stands further away speaks of something else."""


@attrs.frozen
class Proposal:
    """What the text says of a project. `pieces` are the words it was taken from, those that say something marked."""

    plan: Plan
    item_id: int
    address: str
    pieces: tuple[tuple[str, bool], ...]
    ministry: str
    first: date | None
    last: date | None
    money: int | None
    money_words: str


def waiting(plan_ids: Collection[int]) -> QuerySet[Plan]:
    """Those of some plans that a text brought as projects and that have no sheet."""
    return Plan.objects.filter(
        pk__in=plan_ids, sheet=None, item__list_name=ListName.PROJECTS, state=PlanState.ADOPTED
    ).order_by("order", "pk")


def proposals(plan_id: int) -> list[Proposal]:
    """What the text of a plan says of the projects in it that wait, in their order; a few statements."""
    plans = list(waiting(family(plan_id)[1:]).select_related("lead", "item__clause"))
    revisions = {plan.item.revision_id for plan in plans if plan.item}
    texts = dict(Revision.objects.filter(pk__in=revisions).values_list("pk", "text"))
    clauses = {
        (row.revision_id, row.key): row
        for row in Clause.objects.filter(revision__in=revisions, key__in=_clause_keys(plans))
    }
    return [_proposal(plan, plan.item, clauses, texts[plan.item.revision_id]) for plan in plans if plan.item]


def _clause_keys(plans: list[Plan]) -> set[str]:
    inside = (project for plan in plans if plan.item for project, _key in projects_in(plan.item.values))
    return {str(project["clause"]) for project in inside if project.get("clause")}


def _proposal(plan: Plan, item: Item, clauses: Mapping[tuple[int, str], Clause], text: str) -> Proposal:
    inside = list(projects_in(item.values))
    project: Mapping[str, Any] = next((each for each, key in inside if key == plan.key), {})
    clause = clauses.get((item.revision_id, str(project.get("clause") or ""))) or item.clause
    start, end = project.get("span") or (item.start, item.end)
    stop = min([clause.end if clause else end, start + LONGEST, *(at for at in _begins(inside) if at > start)])
    words = text[start : max(stop, end)]
    said = read_project_words(words)
    ministry = next(iter(names_of(project.get("guided_by"))), "")
    marks = [(each.start, each.end) for each in (said.window, said.money) if each]
    at = words.lower().find(ministry.lower()) if ministry else -1
    if at >= 0:
        marks.append((at, at + len(ministry)))
    window, money = said.window, said.money
    return Proposal(
        plan=plan,
        item_id=item.pk,
        address=clause.address if clause else "",
        pieces=_marked(words.rstrip(), sorted(marks)),
        ministry=ministry,
        first=(window.value.first if window else None) or plan.window_from,
        last=window.value.last if window else plan.window_to,
        money=money.value if money else None,
        money_words=" ".join(words[money.start : money.end].split()) if money else "",
    )


def _begins(inside: list[tuple[Mapping[str, Any], str]]) -> list[int]:
    return [each["span"][0] for each, _key in inside if each.get("span")]


def _marked(words: str, marks: list[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    found: list[tuple[str, bool]] = []
    at = 0
    for start, end in marks:
        if start < at:
            continue
        found += [(words[at:start], False), (words[start:end], True)]
        at = end
    return tuple(piece for piece in (*found, (words[at:], False)) if piece[0])
