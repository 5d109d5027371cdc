"""The list of plans, how far a review is, and what others have done meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import frozen
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import BodyMatch, Item, ItemChange, ItemState, ListName, Plan, PlanState, Revision
from pcmt.core.text import fold


def plans_visible(
    actor: Actor | None, *, words: str = "", state: str = "", kind: str = "", parts: bool = False
) -> QuerySet[Plan]:
    """The plans an actor sees, newest first; projects and campaigns inside a plan only with `parts`.

    `words` are looked for in number, symbol and title, ignoring tone marks. Withdrawn plans show only when asked for.
    """
    plans = Plan.objects.visible_to(actor).select_related("issuer", "owner")
    for word in fold(words).split():
        plans = plans.filter(search_key__contains=word)
    plans = plans.filter(state=state) if state else plans.exclude(state=PlanState.WITHDRAWN)
    if kind:
        plans = plans.filter(kind=kind)
    if not parts:
        plans = plans.filter(item__isnull=True)
    return plans.order_by("-issued_on", "-created_at", "-pk")


@frozen
class ListCount:
    """How far one list of items is."""

    list_name: str
    label: str
    total: int
    proposed: int
    accepted: int
    rejected: int
    sure: int


@frozen
class ReviewCounts:
    """How far a review is: the lists, and the bodies still without a unit."""

    lists: tuple[ListCount, ...]
    bodies: int
    bodies_open: int

    @property
    def total(self) -> int:
        """All items."""
        return sum(each.total for each in self.lists)

    @property
    def proposed(self) -> int:
        """Items nobody decided yet."""
        return sum(each.proposed for each in self.lists)

    @property
    def sure(self) -> int:
        """Undecided items at or above the confidence asked for."""
        return sum(each.sure for each in self.lists)


def review_counts(revision: Revision, *, threshold: float) -> ReviewCounts:
    """Items by list and state; `sure` counts undecided ones from the threshold on. Two queries."""
    state = Q(state=ItemState.PROPOSED)
    rows: dict[str, dict[str, Any]] = {
        row["list_name"]: dict(row)
        for row in Item.objects.filter(revision=revision)
        .order_by()
        .values("list_name")
        .annotate(
            total=Count("pk"),
            proposed=Count("pk", filter=state),
            accepted=Count("pk", filter=Q(state=ItemState.ACCEPTED)),
            rejected=Count("pk", filter=Q(state=ItemState.REJECTED)),
            sure=Count("pk", filter=state & Q(confidence__gte=threshold)),
        )
    }
    empty = {"total": 0, "proposed": 0, "accepted": 0, "rejected": 0, "sure": 0}
    lists = tuple(
        ListCount(
            list_name=name,
            label=str(label),
            **{key: rows.get(name, empty)[key] for key in empty},
        )
        for name, label in ListName.choices
    )
    bodies = BodyMatch.objects.filter(revision=revision, mentions__gt=0).aggregate(
        all=Count("pk"), open=Count("pk", filter=Q(unit__isnull=True))
    )
    return ReviewCounts(lists, bodies["all"], bodies["open"])


@frozen
class ItemNews:
    """The latest change of an item by somebody."""

    item: Item
    by: str
    at: datetime
    words: str


@frozen
class Changes:
    """What happened in a review since a version: the version now, and each changed item once."""

    version: int
    items: tuple[ItemNews, ...]


def changes_since(revision_id: int, version: int, *, besides: Actor | None = None) -> Changes:
    """What others did since a version; two people at once see each other's work. Without the acts of `besides`.

    The version also moves with bodies and header, so a page compares it even when no item changed. Ask only for a
    revision that the reader may see.
    """
    now = Revision.objects.only("version").get(pk=revision_id).version
    if now <= version:
        return Changes(now, ())
    changes = ItemChange.objects.filter(item__revision_id=revision_id, revision_version__gt=version)
    if besides is not None:
        changes = changes.exclude(actor_id=besides.user_id)
    latest: dict[int, ItemChange] = {}
    for change in changes.select_related("item", "actor").order_by("pk"):
        latest[change.item_id] = change
    return Changes(
        now,
        tuple(ItemNews(each.item, each.actor.full_name, each.at, change_words(each)) for each in latest.values()),
    )


def change_words(change: ItemChange) -> str:
    """Who did what with an item, e.g. “Lan vừa nhận mục T3 lúc 10:32”."""
    before, after = change.before, change.after
    if before is None:
        deed = _("thêm")
    elif before["edits"] != after["edits"] or before["start"] != after["start"] or before["end"] != after["end"]:
        deed = _("sửa")
    else:
        deed = _deed(after["state"])
    verb = _("hoàn tác, %(deed)s") % {"deed": deed} if change.undone_at == change.at else deed
    when = timezone.localtime(change.at)
    return _("%(full_name)s vừa %(verb)s mục %(key)s lúc %(when)s") % {
        "full_name": change.actor.full_name,
        "verb": verb,
        "key": change.item.key,
        "when": f"{when:%H:%M}",
    }


def _deed(state: str) -> str:
    deeds = {
        ItemState.ACCEPTED.value: _("nhận"),
        ItemState.REJECTED.value: _("bỏ"),
        ItemState.PROPOSED.value: _("để lại chưa xem"),
    }
    return deeds[state]
