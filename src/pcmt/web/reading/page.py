"""The reading screen as a whole and as fragments: what the templates need, made from the rows of one revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import frozen
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.contract import limits_for
from pcmt.apps.plans.models import Clause, Item, ItemChange, PlanKind, Revision
from pcmt.apps.plans.policies import can_review
from pcmt.apps.units.models import Unit
from pcmt.apps.units.queries import children, committee
from pcmt.web.reading.cards import Card, Deck, clip
from pcmt.web.reading.source import Line, Mark, lines_of
from pcmt.web.reading.words import SINGULAR

THRESHOLDS = (95, 90, 80, 70, 50)
"""Percent of confidence at which items may be accepted together."""

ADDABLE = (
    "targets",
    "tasks",
    "deadlines",
    "reporting_duties",
    "assignments",
    "allocations",
    "projects",
    "campaign_windows",
)
"""What a selection can be made into, in the order of the toolbar."""


@frozen
class Contents:
    """A line of the table of contents."""

    line: int
    level: int
    label: str


class Review:
    """One revision under review, seen by one actor."""

    def __init__(self, actor: Actor, revision: Revision) -> None:
        self.actor = actor
        self.revision = revision
        self.may_review = can_review(actor, revision.plan)

    @cached_property
    def clauses(self) -> list[Clause]:
        """The outline in reading order."""
        return list(Clause.objects.visible_to(self.actor).filter(revision=self.revision).order_by("order"))

    @cached_property
    def deck(self) -> Deck:
        """The cards."""
        items = Item.objects.visible_to(self.actor).filter(revision=self.revision).select_related("decided_by")
        bodies = self.revision.bodies.visible_to(self.actor).select_related("unit", "suggested", "confirmed_by")
        named = bodies.filter(mentions__gt=0)
        return Deck(self.revision, items, self.clauses, named)

    @cached_property
    def header(self) -> Mapping[str, Any]:
        """The head of the document as it stands, by the names of `contract.Header`."""
        return self.revision.header

    @cached_property
    def context_unit_id(self) -> int | None:
        """The committee from whose point of view names are looked up: the issuer, else the keeper of the plan."""
        return self.header.get("issuer_id") or self.revision.plan.issuer_id or self.revision.plan.owner_id

    def parents(self) -> list[Unit]:
        """Units a new one may stand under: the committee of the document, and what stands directly below it."""
        seat = committee(self.context_unit_id, self.actor.on) if self.context_unit_id else None
        return [seat, *children(seat.pk, self.actor.on)] if seat else []

    def contents(self) -> list[Contents]:
        """Sections with a heading, down to the third level."""
        return [
            Contents(clause.line, clause.level, clip(" ".join(filter(None, (clause.label, clause.heading))), 80))
            for clause in self.clauses
            if clause.kind == "section" and clause.level <= 3
        ]

    def marks(self) -> list[Mark]:
        """Everything the text is marked with."""
        found = [Mark(str(item.pk), item.list_name, item.start, item.end, state_of(item)) for item in self.deck.items]
        found += [Mark(row.ref, "unclaimed", row.start, row.end) for row in self.deck.unclaimed]
        found += [Mark(spot.ref, "remark", spot.start, spot.end) for row in self.deck.remarks for spot in row.spots]
        found += [Mark("head", "header", *span) for span in header_spans(self.revision.reading.get("header") or {})]
        return found

    def lines(self, only: tuple[int, int] | None = None) -> list[Line]:
        """The lines of the left pane, or those that touch a span."""
        headings = {
            clause.line: (clause.address, clause.level)
            for clause in self.clauses
            if clause.kind == "section" and clause.heading and clause.level <= 2
        }
        layer = self.revision.source.layer if self.revision.source else {}
        return list(lines_of(self.revision.text, self.marks(), layer=layer, headings=headings, only=only))

    def counts(self) -> dict[str, int]:
        """How far the review is."""
        cards = self.deck.cards.values()
        return {
            "all": len(self.deck.items),
            "decided": sum(item.state != "proposed" for item in self.deck.items),
            "doubt": sum(bool(card.why) and card.item.state == "proposed" for card in cards),
            "unclaimed": len(self.deck.unclaimed),
        }

    def thresholds(self) -> list[tuple[int, int]]:
        """(percent, how many undecided items stand at or above it), leaving out what would change nothing."""
        rows: list[tuple[int, int]] = []
        for percent in THRESHOLDS:
            count = sum(item.state == "proposed" and item.confidence * 100 >= percent for item in self.deck.items)
            if count and (not rows or rows[-1][1] != count):
                rows.append((percent, count))
        return rows

    def bar(self) -> dict[str, Any]:
        """What the summary and the tabs need."""
        return {
            "revision": self.revision,
            "may_review": self.may_review,
            "counts": self.counts(),
            "thresholds": self.thresholds(),
            "tabs": self.deck.tabs(),
        }

    def head(self) -> dict[str, Any]:
        """What the tab of the document's head needs."""
        return {
            "revision": self.revision,
            "may_review": self.may_review,
            "header": self.header,
            "kind_word": PlanKind(self.header.get("kind") or "plan").label,
            "read_only": read_only(self.revision.reading.get("header") or {}),
        }

    def page(self, tab: str) -> dict[str, Any]:
        """Everything of the whole screen."""
        tabs = self.deck.tabs()
        known = {one.ref for one in tabs}
        return {
            **self.bar(),
            **self.head(),
            "tab_open": tab if tab in known else "targets",
            "lines": self.lines(),
            "contents": self.contents(),
            "panels": self.panels(),
            "groups": self.deck.groups(),
            "bodies": self.deck.body_cards(),
            "bodies_open": bodies_open(self.deck),
            "unclaimed": self.deck.unclaimed,
            "remarks": self.deck.remarks,
            "addable": [(ref, SINGULAR[ref]) for ref in ADDABLE],
            "keys": keys(),
        }

    def panels(self) -> list[tuple[str, list[Card], str]]:
        """(list, cards, what an empty one says)."""
        select = _("Bôi đen chữ bên nguyên văn để thêm.")
        stray = self.deck.of_list("allocations")
        return [
            ("targets", [*self.deck.of_list("targets"), *stray], _("Chưa thấy chỉ tiêu nào.") + " " + select),
            ("deadlines", self.deck.of_list("deadlines"), _("Chưa thấy thời hạn nào.") + " " + select),
            (
                "reporting_duties",
                self.deck.of_list("reporting_duties"),
                _("Chưa thấy chế độ báo cáo nào.") + " " + select,
            ),
            ("projects", self.deck.of_list("projects"), _("Chưa thấy dự án nào.") + " " + select),
            ("campaign_windows", self.deck.of_list("campaign_windows"), _("Chưa thấy đợt nào.") + " " + select),
        ]


def state_of(item: Item) -> str:
    """The part of an item's state that its mark shows."""
    return "rejected" if item.state == "rejected" else ""


def header_spans(found: Any) -> Iterable[tuple[int, int]]:
    """The places of all header fields, however deep."""
    if isinstance(found, Mapping):
        span = found.get("span")
        if isinstance(span, Sequence) and len(span) == 2 and span[0] < span[1]:
            yield span[0], span[1]
        for value in found.values():
            yield from header_spans(value)
    elif isinstance(found, list):
        for value in found:
            yield from header_spans(value)


def read_only(header: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Header fields that are shown as read: signer, recipients, legal bases."""
    signer = header.get("signer") or {}
    name = (signer.get("name") or {}).get("value") or ""
    position = (signer.get("position") or {}).get("value") or ""
    bases = [
        " ".join(filter(None, (base.get("doc_type"), base.get("number")))) for base in header.get("legal_bases") or ()
    ]
    recipients = [str(row.get("value") or "") for row in header.get("recipients") or ()]
    rows = [
        (_("Người ký"), ", ".join(filter(None, (name, position)))),
        (_("Căn cứ"), "; ".join(filter(None, bases))),
        (_("Nơi nhận"), "; ".join(filter(None, recipients))),
    ]
    return [(label, words) for label, words in rows if words]


def keys() -> list[tuple[str, str]]:
    """The keys of the screen and what they do."""
    return [
        ("j", _("mục kế")),
        ("k", _("mục trước")),
        ("a", _("nhận mục đang chọn, sang mục chưa quyết kế tiếp")),
        ("x", _("bỏ mục đang chọn")),
        ("e", _("sửa")),
        ("u", _("hoàn tác việc vừa làm")),
        ("n", _("mục chưa quyết kế tiếp, ở mọi nhóm")),
        ("/", _("tìm trong các mục")),
        ("?", _("bảng này")),
    ]


# ---- fragments ----


def parts(request: HttpRequest, review: Review, changed: Mapping[int, frozenset[str]], **extra: Any) -> list[str]:
    """Fragments that bring a screen up to date. `changed`: item → which of its fields changed ("new" for an added one).

    Cards are replaced one by one; a list is drawn again only when something was added to it or moved inside it.
    """
    deck = review.deck
    relist: set[str] = set()
    again: set[int] = set()
    relined: list[tuple[int, int]] = []
    for pk, fields in changed.items():
        if pk not in deck.cards:
            continue
        item = deck.cards[pk].item
        if "new" in fields or fields & {"assignment_ref", "target_ref"}:
            relist.add(panel_of(item))
        if item.list_name == "assignments" and fields & {"agencies", "mode"}:
            relist.add("tasks")
        if fields & {"new", "start", "end"}:
            relined.append((item.start, item.end))
        again.update(pk for pk in (item.pk, parent_of(deck, item)) if pk)
        if item.list_name == "deadlines":
            again.update(bound_by(deck, item))
    found: list[str] = [
        render_to_string("reading/summary.html", {**review.bar(), "oob": True}, request),
        render_to_string("reading/tabs.html", {**review.bar(), "tab_open": "", "oob": True}, request),
    ]
    common = {"revision": review.revision, "may_review": review.may_review}
    conflict = extra.get("conflict") or {}
    for list_name in sorted(relist):
        found.append(list_fragment(request, review, list_name))
    for pk in sorted(again):
        card = deck.cards[pk]
        if panel_of(card.item) in relist or (parent_of(deck, card.item) in again):
            continue
        said = conflict if conflict.get("item") == pk else {}
        context = {**common, "card": card, "oob": True, "conflict": said.get("words"), "wanted": said.get("wanted")}
        found.append(render_to_string("reading/card.html", context, request))
    if "tasks" not in relist:
        touched = {deck.cards[pk].item.values.get("assignment_ref") or deck.cards[pk].item.key for pk in again}
        for group in deck.groups():
            if group.ref in touched:
                found.append(
                    render_to_string("reading/group_head.html", {**common, "group": group, "oob": True}, request)
                )
    for span in relined:
        for line in review.lines(only=span):
            found.append(render_to_string("reading/line.html", {"line": line, "oob": True}, request))
    return found


def list_fragment(request: HttpRequest, review: Review, list_name: str) -> str:
    """One list of the right pane, to be swapped as a whole."""
    common = {"revision": review.revision, "may_review": review.may_review, "oob": True}
    if list_name == "tasks":
        return render_to_string("reading/groups.html", {**common, "groups": review.deck.groups()}, request)
    cards = next(cards for ref, cards, _empty in review.panels() if ref == list_name)
    return render_to_string("reading/list.html", {**common, "list_ref": list_name, "cards": cards}, request)


def bodies_fragment(request: HttpRequest, review: Review, problem: Mapping[str, Any] | None = None) -> str:
    """The list of bodies; `problem` is told on the card it is about."""
    problem = problem or {}
    context = {
        "revision": review.revision,
        "may_review": review.may_review,
        "bodies": review.deck.body_cards(),
        "bodies_open": bodies_open(review.deck),
        "problem_at": problem.get("body"),
        "problem_words": problem.get("words"),
        "oob": True,
    }
    return render_to_string("reading/bodies.html", context, request)


def bodies_open(deck: Deck) -> dict[str, int]:
    """How many names wait for a person: with a suggestion, and without any."""
    waiting = [body for body in deck.bodies if body.unit_id is None]
    suggested = sum(body.suggested_id is not None for body in waiting)
    return {"suggested": suggested, "unknown": len(waiting) - suggested}


def panel_of(item: Item) -> str:
    """The tab an item's card stands in."""
    return {"allocations": "targets", "assignments": "tasks"}.get(item.list_name, item.list_name)


def parent_of(deck: Deck, item: Item) -> int | None:
    """The target an allocation belongs to."""
    if item.list_name != "allocations":
        return None
    target = deck.by_key.get(item.values.get("target_ref") or "")
    return target.pk if target else None


def bound_by(deck: Deck, deadline: Item) -> list[int]:
    """The items whose cards tell a deadline."""
    kinds = {"tasks": "task", "targets": "target"}
    return [
        item.pk
        for item in deck.items
        if item.list_name in kinds
        and limits_for(kinds[item.list_name], item.values, item.key, {deadline.key: deadline})
    ]


def sync(revision: Revision) -> str:
    """The version the screen has reached, for the element that asks for what others did."""
    return render_to_string("reading/sync.html", {"revision": revision})


def respond(revision: Revision, fragments: Iterable[str], *, shown: Any = None) -> HttpResponse:
    """Fragments as one answer; `shown` names the item that the screen should choose."""
    response = HttpResponse(sync(revision) + "".join(fragments))
    if shown is not None:
        response["HX-Trigger-After-Settle"] = f'{{"shown": {{"value": "{shown}"}}}}'
    return response


def screen_url(revision: Revision, **query: Any) -> str:
    """The screen, open at a tab or an item."""
    asked = "&".join(f"{name}={value}" for name, value in query.items() if value)
    return reverse("reading:screen", args=[revision.pk]) + (f"?{asked}" if asked else "")


def changed_fields(actor: Actor, revision: Revision, since: int) -> dict[int, frozenset[str]]:
    """Item → what changed of it after a version of the review, by anybody: "new", names of fields, "start", "state"."""
    found: dict[int, set[str]] = {}
    changes = ItemChange.objects.visible_to(actor).filter(item__revision=revision, revision_version__gt=since)
    for pk, before, after in changes.order_by("pk").values_list("item_id", "before", "after"):
        fields = found.setdefault(pk, set())
        if before is None:
            fields.add("new")
            continue
        fields.update(name for name in ("state", "start", "end") if before.get(name) != after.get(name))
        was, now = before.get("edits") or {}, after.get("edits") or {}
        fields.update(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))
    return {pk: frozenset(fields) for pk, fields in found.items()}
