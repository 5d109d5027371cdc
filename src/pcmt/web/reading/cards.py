"""The right pane: what was understood, as values for the templates. No queries here: rows in, cards out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import evolve, frozen
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pcmt.apps.plans.contract import limits_for, names_of
from pcmt.apps.plans.models import BodyMatch, Clause, Item, Revision
from pcmt.core.measures import decimal_from, describe, parts_and_total, target_from
from pcmt.core.measures.labels import number_label
from pcmt.core.periods import (
    date_label,
    last_day,
    limit_from,
    limit_label,
    meaning_label,
    parse_date,
    period_word_label,
)
from pcmt.core.text import fold
from pcmt.web.reading.source import line_of, line_starts, page_at
from pcmt.web.reading.words import BODY_ROLES, DUTY_KINDS, MODES, ROLES, SEVERITIES, SINGULAR, remark

SURE = 0.8
"""From this confidence on an item counts as sure; below it the card says why it wants a look."""

SHOWN = 160
"""How many characters of a task stand on its card; the whole of it stands on the left."""

EMPHASIS = re.compile(r"\*{2,}")
"""Signs of emphasis that texts made by other programs carry; cards leave them out, the text on the left keeps them."""


@frozen
class Card:
    """One item as a person reads it.

    `amount` is the checkable part in a few words, `title` what it is about, `facts` further (label, words), `why` the
    reasons to doubt the reading, `gaps` what the plan itself does not say, `place` where it stands, `parts` the
    cards that belong below it (allocations of a target).
    """

    item: Item
    kind: str
    amount: str
    title: str
    facts: tuple[tuple[str, str], ...]
    why: tuple[str, ...]
    gaps: tuple[str, ...]
    place: str
    parts: tuple[Card, ...] = ()

    @property
    def sure(self) -> bool:
        return not self.why

    @property
    def search(self) -> str:
        """What the search box of the pane looks through."""
        return " ".join((self.amount, self.title, self.item.text[:SHOWN], *(words for _label, words in self.facts)))


@frozen
class Group:
    """Cards under one heading; `head` is the assignment that names the body, None for tasks without one."""

    ref: str
    name: str
    mode: str
    cards: tuple[Card, ...]
    head: Card | None = None

    @property
    def open_count(self) -> int:
        cards = (*self.cards, self.head) if self.head else self.cards
        return sum(card.item.state == "proposed" for card in cards)


@frozen
class Spot:
    """A place to jump to."""

    ref: str
    start: int
    end: int
    place: str
    quote: str


@frozen
class Remark:
    """A diagnostic in words; several of the same words are told once, with all their places."""

    words: str
    tone: str
    spots: tuple[Spot, ...]


@frozen
class Loose:
    """A number or date that nothing was made of, between the words around it, and the sentence it stands in."""

    ref: str
    kind: str
    words: str
    before: str
    after: str
    place: str
    start: int
    end: int
    sentence: tuple[int, int]


@frozen
class BodyCard:
    """A body's name as written and the unit it is taken for."""

    match: BodyMatch
    roles: str
    state: str

    @property
    def settled(self) -> bool:
        return self.match.unit_id is not None


@frozen
class Tab:
    """One tab of the right pane with its counts."""

    ref: str
    label: str
    count: int
    open_count: int


@frozen
class Places:
    """Says where a code point stands: clause, line, page."""

    starts: Sequence[int]
    layer: Mapping[str, Any]
    clauses: Mapping[int, str]

    @classmethod
    def of(cls, revision: Revision, clauses: Iterable[Clause]) -> Places:
        layer = revision.source.layer if revision.source else {}
        return cls(line_starts(revision.text), layer, {clause.pk: clause.address for clause in clauses})

    def words(self, start: int, clause_id: int | None = None) -> str:
        parts = []
        address = self.clauses.get(clause_id or 0, "")
        if address:
            parts.append(_("mục %(address)s") % {"address": address})
        parts.append(_("dòng %(line)d") % {"line": line_of(self.starts, start)})
        page = page_at(start, self.layer)
        if page:
            parts.append(_("trang %(page)d") % {"page": page})
        return " · ".join(parts)


def clip(text: str, length: int = SHOWN) -> str:
    """The text on one line, cut at a word with "…" when it is longer."""
    flat = " ".join(EMPHASIS.sub("", text).split())
    if len(flat) <= length:
        return flat
    return flat[:length].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def names(agencies: Any) -> str:
    """The names of bodies in a contract value, joined by semicolons: names hold commas themselves."""
    return "; ".join(names_of(agencies))


def limit_words(values: Mapping[str, Any] | None) -> str:
    """A limit with the last day it means: `trước ngày 15/6/2025 (hết ngày 14/6/2025)`, the same for recurring ones."""
    limit = limit_from(values)
    if limit is None:
        return ""
    last = last_day(limit)
    words = limit_label(limit)
    if last is not None and limit.date is not None and last != limit.date:
        return f"{words} ({_('hết ngày %(day)s') % {'day': date_label(last)}})"
    if limit.rule and (meaning := meaning_label(limit)):
        return f"{words} ({meaning})"
    return words


class Deck:
    """All cards of a revision, made once from its rows."""

    def __init__(
        self, revision: Revision, items: Iterable[Item], clauses: Iterable[Clause], bodies: Iterable[BodyMatch]
    ) -> None:
        self.revision = revision
        self.items = sorted(items, key=lambda item: (item.start, item.pk))
        self.by_key = {item.key: item for item in self.items}
        self.deadlines = {item.key: item for item in self.items if item.list_name == "deadlines"}
        self.bodies = list(bodies)
        self.places = Places.of(revision, clauses)
        self.remarks_read = revision.reading.get("diagnostics", [])
        self.cards = {item.pk: self._card(item) for item in self.items}
        self._nest_allocations()

    # ---- cards ----

    def _card(self, item: Item) -> Card:
        values = item.values
        make = getattr(self, f"_{item.list_name}")
        amount, title, facts = make(item, values)
        return Card(
            item=item,
            kind=str(SINGULAR[item.list_name]),
            amount=amount,
            title=title,
            facts=tuple((str(label), words) for label, words in facts if words),
            why=self._why(item, values),
            gaps=self._gaps(item, values),
            place=self.places.words(item.start, item.clause_id),
        )

    def _why(self, item: Item, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Why the reading of this item may be wrong. What a person wrote or corrected is not doubted."""
        if item.origin == "person" or item.edits:
            return ()
        reasons = [
            remark(found["code"], found.get("args") or {})
            for found in self.remarks_read
            if found.get("severity") != "info" and touches(found.get("span"), item)
        ]
        if item.list_name == "assignments" and any(agency.get("inferred") for agency in values.get("agencies") or ()):
            reasons.append(_("Tên cơ quan được ghép từ những chữ đứng xa nhau."))
        if item.confidence < SURE:
            percent = round(item.confidence * 100)
            reasons.append(_("Câu viết khác mẫu thường gặp (độ chắc %(percent)d %%).") % {"percent": percent})
        return tuple(dict.fromkeys(reasons))

    def _gaps(self, item: Item, values: Mapping[str, Any]) -> tuple[str, ...]:
        """What the plan itself leaves open."""
        gaps = []
        if item.list_name == "targets" and values.get("kind") in {"change", "direction"} and not values.get("baseline"):
            gaps.append(_("so với mốc nào"))
        if item.list_name == "reporting_duties":
            if not values.get("due") and not values.get("due_text"):
                gaps.append(_("hạn gửi"))
            if not values.get("recipient"):
                gaps.append(_("nơi nhận"))
        return tuple(gaps)

    def _targets(self, item: Item, values: Mapping[str, Any]) -> tuple[str, str, list[tuple[str, str]]]:
        spec = target_from({**values, "text": item.text})
        period = values.get("period") or {}
        return (
            describe(spec),
            clip(values.get("measure") or self._sentence(item), 120),
            [
                (_("Phạm vi"), clip(values.get("scope") or "", 90)),
                (_("So với"), clip((values.get("baseline") or {}).get("text") or "", 60)),
                (_("Hạn"), self._limits("target", item, values)),
                (_("Kỳ tính"), period_words(period)),
            ],
        )

    def _limits(self, kind: str, item: Item, values: Mapping[str, Any]) -> str:
        """The limits that bind an item, in words."""
        return "; ".join(limit_words(each.values) for each in limits_for(kind, values, item.key, self.deadlines))

    def _sentence(self, item: Item) -> str:
        """The sentence an item stands in: says what a bare number is about."""
        start, end = sentence_around(self.revision.text, item.start, item.end)
        return self.revision.text[start:end]

    def _allocations(self, item: Item, values: Mapping[str, Any]) -> tuple[str, str, list[tuple[str, str]]]:
        value = decimal_from(values.get("value"))
        unit = values.get("unit") or ""
        amount = (
            f"{number_label(value)}{'%' if unit == 'percent' else f' {unit}'}".strip() if value is not None else "?"
        )
        return amount, names(values.get("agencies")), []

    def _tasks(self, item: Item, values: Mapping[str, Any]) -> tuple[str, str, list[tuple[str, str]]]:
        role = str(ROLES.get(values.get("role") or "", ""))
        # "Phối hợp …" says its role itself.
        told = values.get("role") in {"lead", "coordinate"} and not fold(item.text).startswith(fold(role))
        return (
            "",
            clip(item.text),
            [
                (_("Vai trò"), role if told else ""),
                (_("Người làm"), names(values.get("agencies") or values.get("actor"))),
                (_("Cùng"), clip(names(values.get("partners")), 140)),
                (_("Tham mưu"), clip(names(values.get("advises")), 90)),
                (_("Khi"), clip(str(values.get("condition") or ""), 90)),
                (_("Hạn"), self._limits("task", item, values)),
            ],
        )

    def _assignments(self, item: Item, values: Mapping[str, Any]) -> tuple[str, str, list[tuple[str, str]]]:
        return str(MODES.get(values.get("mode") or "", "")), names(values.get("agencies")) or clip(item.text), []

    def _deadlines(self, item: Item, values: Mapping[str, Any]) -> tuple[str, str, list[tuple[str, str]]]:
        bound = self.by_key.get((values.get("binds") or {}).get("ref") or "")
        if bound is None:
            bound = next((it for it in self.items if item.key in (it.values.get("deadline_refs") or ())), None)
        return (
            limit_words(values) or clip(item.text, 60),
            clip(bound.text, 120) if bound else _("Chưa gắn với việc nào"),
            [(_("Gắn với"), str(SINGULAR[bound.list_name]).lower() if bound else "")]
            + ([(_("Mức độ"), _("dự kiến"))] if values.get("tentative") else []),
        )

    def _reporting_duties(self, item: Item, values: Mapping[str, Any]) -> tuple[str, str, list[tuple[str, str]]]:
        period = period_word_label(values.get("period"))
        kind = DUTY_KINDS.get(values.get("kind") or "")
        head = period or (str(kind) if kind else pgettext("một mục", "báo cáo"))
        return (
            head,
            clip(str(values.get("what") or "") or item.text, 140),
            [
                (_("Loại"), str(kind) if kind and period else ""),
                (_("Ai gửi"), clip(names(values.get("reporter")), 140)),
                (_("Gửi đến"), clip(names(values.get("recipient")), 140)),
                (_("Qua"), names(values.get("via"))),
                (_("Tổng hợp"), names(values.get("prepared_by"))),
                (_("Gửi tiếp"), names(values.get("onward_to"))),
                (_("Hạn"), limit_words(values.get("due")) or values.get("due_text") or ""),
            ],
        )

    def _projects(self, item: Item, values: Mapping[str, Any]) -> tuple[str, str, list[tuple[str, str]]]:
        number = values.get("number")
        subs = values.get("sub_projects") or ()
        return (
            _("Dự án %(number)s") % {"number": number} if number is not None else pgettext("một mục", "Dự án"),
            clip(values.get("title") or item.text),
            [
                (_("Chủ dự án"), names(values.get("owner"))),
                (_("Hướng dẫn"), names(values.get("guided_by"))),
                (_("Tiểu dự án"), "; ".join(clip(sub.get("title") or "", 80) for sub in subs)),
            ],
        )

    def _campaign_windows(self, item: Item, values: Mapping[str, Any]) -> tuple[str, str, list[tuple[str, str]]]:
        return period_words(values), clip(values.get("name") or item.text), []

    def _nest_allocations(self) -> None:
        for item in self.items:
            if item.list_name != "targets":
                continue
            parts = tuple(
                self.cards[it.pk]
                for it in self.items
                if it.list_name == "allocations" and it.values.get("target_ref") == item.key
            )
            if parts:
                card = self.cards[item.pk]
                self.cards[item.pk] = evolve(
                    card, parts=parts, facts=(*card.facts, (_("Cộng các phần"), self._sum(item, parts)))
                )

    def _sum(self, item: Item, parts: Sequence[Card]) -> str:
        values = [decimal_from(part.item.values.get("value")) for part in parts]
        check = parts_and_total(decimal_from(item.values.get("value")), values)
        total = number_label(check.sum)
        if check.agrees:
            return _("%(sum)s, khớp tổng") % {"sum": total}
        if check.difference is None:
            return total
        return _("%(sum)s, khác tổng") % {"sum": total}

    # ---- tabs ----

    def of_list(self, list_name: str) -> list[Card]:
        """The cards of one list in reading order; allocations stand with their target."""
        return [self.cards[item.pk] for item in self.items if item.list_name == list_name and not self._nested(item)]

    def _nested(self, item: Item) -> bool:
        target = self.by_key.get(item.values.get("target_ref") or "") if item.list_name == "allocations" else None
        return target is not None and target.list_name == "targets"

    def groups(self) -> list[Group]:
        """Tasks by the body that is to do them, in the order of the document; tasks that name none come first."""
        heads = [item for item in self.items if item.list_name == "assignments"]
        tasks: dict[str, list[Card]] = {head.key: [] for head in heads}
        free: list[Card] = []
        for item in self.items:
            if item.list_name == "tasks":
                tasks.get(item.values.get("assignment_ref") or "", free).append(self.cards[item.pk])
        found = []
        if free:
            found.append(Group("chung", _("Chung, không nêu riêng cơ quan nào"), "", tuple(free)))
        for head in heads:
            card = self.cards[head.pk]
            found.append(Group(head.key, card.title, card.amount, tuple(tasks[head.key]), card))
        return found

    def tabs(self) -> list[Tab]:
        """The tabs in reading order. Projects and windows appear when there is one."""

        def count(*lists: str) -> tuple[int, int]:
            inside = [item for item in self.items if item.list_name in lists]
            return len(inside), sum(item.state == "proposed" for item in inside)

        unsettled = sum(body.unit_id is None for body in self.bodies)
        rows = [
            Tab("targets", _("Chỉ tiêu"), *count("targets", "allocations")),
            Tab("tasks", _("Nhiệm vụ"), *count("tasks", "assignments")),
            Tab("deadlines", _("Thời hạn"), *count("deadlines")),
            Tab("reporting_duties", pgettext("danh mục", "Báo cáo"), *count("reporting_duties")),
        ]
        for ref, label in (("projects", _("Dự án")), ("campaign_windows", _("Đợt"))):
            total, waiting = count(ref)
            if total:
                rows.append(Tab(ref, label, total, waiting))
        rows += [
            Tab("bodies", pgettext("trong văn bản", "Đơn vị"), len(self.bodies), unsettled),
            Tab("unclaimed", _("Số chưa dùng"), len(self.unclaimed), 0),
            Tab("remarks", _("Lưu ý"), len(self.remarks), 0),
            Tab("header", _("Đầu văn bản"), 0, 0),
        ]
        return rows

    # ---- what is no item ----

    @cached_property
    def remarks(self) -> list[Remark]:
        """The diagnostics in words, the graver first; the same words at several places are one remark."""
        order = {"error": 0, "warning": 1, "info": 2}
        found: dict[tuple[int, str], list[Spot]] = {}
        tones: dict[str, str] = {}
        for number, row in enumerate(self.remarks_read):
            words = remark(row["code"], row.get("args") or {})
            spots = found.setdefault((order.get(row.get("severity", ""), 3), words), [])
            tones[words] = str(SEVERITIES.get(row.get("severity", ""), ""))
            if row.get("span"):
                start, end = row["span"]
                quote = clip(self.revision.text[start:end], 90)
                spots.append(Spot(f"n{number}", start, max(end, start + 1), self.places.words(start), quote))
        return [
            Remark(words, tones[words], tuple(spots))
            for (_grave, words), spots in sorted(found.items(), key=lambda row: row[0][0])
        ]

    @cached_property
    def unclaimed(self) -> list[Loose]:
        """Numbers and dates nothing was made of, each with the words around it."""
        text = self.revision.text
        rows = []
        for number, found in enumerate(self.revision.reading.get("unclaimed", [])):
            start, end = found["span"]
            before, after = around(text, start, end)
            rows.append(
                Loose(
                    ref=f"u{number}",
                    kind=found.get("kind") or "number",
                    words=text[start:end],
                    before=before,
                    after=after,
                    place=self.places.words(start),
                    start=start,
                    end=end,
                    sentence=sentence_around(text, start, end),
                )
            )
        return rows

    def body_cards(self) -> list[BodyCard]:
        """Bodies in order of need: no unit yet first, then those a person has not confirmed."""
        cards = [
            BodyCard(
                match=body,
                roles=", ".join(str(BODY_ROLES.get(role, role)) for role in body.roles),
                state="open" if body.unit_id is None else "confirmed" if body.confirmed_by_id else "taken",
            )
            for body in self.bodies
        ]
        order = {"open": 0, "taken": 1, "confirmed": 2}
        return sorted(cards, key=lambda card: (order[card.state], -card.match.mentions, card.match.search_key))


def touches(span: Sequence[int] | None, item: Item) -> bool:
    """Whether a diagnostic speaks of this item: it overlaps, and is not about a far larger stretch of the text."""
    if not span:
        return False
    start, end = span[0], max(span[1], span[0] + 1)
    return start < item.end and item.start < end and end - start <= max(400, item.end - item.start)


def around(text: str, start: int, end: int, reach: int = 60) -> tuple[str, str]:
    """The words before and after a span on its line, cut at word ends."""
    left = text[max(0, start - reach) : start].rsplit("\n", maxsplit=1)[-1]
    right = text[end : end + reach].split("\n", maxsplit=1)[0]
    if len(left) == reach and " " in left:
        left = "… " + left.split(" ", 1)[1]
    if len(right) == reach and " " in right:
        right = right.rsplit(" ", 1)[0] + " …"
    return left, right


def sentence_around(text: str, start: int, end: int, most: int = 300) -> tuple[int, int]:
    """The stretch between the nearest stops or line ends around a span: a first guess of what an item would cover."""
    low = max(0, start - most)
    left = (
        max(text.rfind(stop, low, start) + len(stop) for stop in ("\n", "; ", ". ") if stop in text[low:start])
        if any(stop in text[low:start] for stop in ("\n", "; ", ". "))
        else low
    )
    high = min(len(text), end + most)
    stops = [at for stop in ("\n", ";", ". ") if (at := text.find(stop, end, high)) != -1]
    return left, min(stops, default=high)


def period_words(values: Mapping[str, Any]) -> str:
    """A window in words, `01/6/2024 – 30/6/2024`; nothing when there is none."""
    start, end = parse_date(values.get("from")), parse_date(values.get("to"))
    if start and end:
        return f"{date_label(start)} – {date_label(end)}"
    day = start or end
    return date_label(day) if day else ""
