"""Finding plans, tasks, targets and units by words without tone marks, each kind only as far as the actor sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.targets.models import Target
from pcmt.apps.tasks.models import Task
from pcmt.apps.units.models import Unit
from pcmt.core.text import fold
from pcmt.core.text.fold import strip_marks

SHORTEST = 2
"""Fewer letters than this find too much to be of use."""

MOST_WORDS = 8
FIRST_FEW = 6
ROOM = 160
"""How many letters of a long text are shown around the first word found."""


@attrs.frozen
class Sort:
    """One kind of thing that can be found: its words in an address and on the page, and how to look for it."""

    key: str
    label: str | Promise
    look: Callable[[Actor], QuerySet[Any]]


SORTS: Sequence[Sort] = (
    Sort(
        "ke-hoach",
        pgettext_lazy("danh mục", "Kế hoạch"),
        lambda actor: (
            Plan.objects.visible_to(actor)
            .select_related("issuer")
            .order_by(F("issued_on").desc(nulls_last=True), "-pk")
        ),
    ),
    Sort(
        "viec",
        pgettext_lazy("danh mục", "Việc"),
        lambda actor: (
            Task.objects.visible_to(actor)
            .standing()
            .select_related("plan", "clause")
            .order_by("-plan_id", "order", "pk")
        ),
    ),
    Sort(
        "chi-tieu",
        pgettext_lazy("danh mục", "Chỉ tiêu"),
        lambda actor: (
            Target.objects.visible_to(actor)
            .active()
            .select_related("plan", "clause")
            .order_by("-plan_id", "order", "pk")
        ),
    ),
    Sort(
        "don-vi", pgettext_lazy("danh mục", "Đơn vị"), lambda actor: Unit.objects.visible_to(actor).in_official_order()
    ),
)


def words_of(query: str) -> list[str]:
    """The words to look for: folded, each once."""
    return list(dict.fromkeys(fold(query).split()))[:MOST_WORDS]


def matching(sort: Sort, actor: Actor, words: Sequence[str]) -> QuerySet[Any]:
    """What holds every word, in any order. A word is found inside longer ones too, so that typing on narrows."""
    found = sort.look(actor)
    for word in words:
        found = found.filter(search_key__contains=word)
    return found


def excerpt(text: str, words: Sequence[str]) -> SafeString:
    """The text around the first word found, with every word marked; the marks ignore tone marks as the search does."""
    flat = " ".join(text.split())
    bare = strip_marks(flat).lower()
    if len(bare) != len(flat):  # a letter that grows when lowered: show the text without marks rather than wrong ones
        return conditional_escape(flat[:ROOM])
    first = min((at for at in (bare.find(word) for word in words) if at >= 0), default=0)
    start = 0 if first < ROOM // 2 else flat.rfind(" ", 0, first - ROOM // 4) + 1
    end = len(flat) if len(flat) - start <= ROOM else max(flat.rfind(" ", start, start + ROOM), start + ROOM // 2)
    hits = [(at, at + len(word)) for word in words for at in _places(bare, word, start, end)]
    hits.sort(key=lambda hit: (hit[0], -hit[1]))
    parts = ["… " if start else ""]
    at = start
    for left, right in hits:
        if right <= at:
            continue
        left = max(left, at)
        parts += [conditional_escape(flat[at:left]), "<mark>", conditional_escape(flat[left:right]), "</mark>"]
        at = right
    parts += [conditional_escape(flat[at:end]), " …" if end < len(flat) else ""]
    return mark_safe("".join(parts))  # noqa: S308 - every piece of the text went through escape


def _places(bare: str, word: str, start: int, end: int) -> list[int]:
    found, at = [], bare.find(word, start, end)
    while at >= 0:
        found.append(at)
        at = bare.find(word, at + len(word), end)
    return found


def sort_named(key: str) -> Sort | None:
    """The kind an address asks for."""
    by_key: Mapping[str, Sort] = {sort.key: sort for sort in SORTS}
    return by_key.get(key)
