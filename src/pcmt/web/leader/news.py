"""What changed in an area between two days: the page by groups, and the same as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.facts.models import ElementVersion
from pcmt.apps.plans.models import Meeting, Plan, Revision
from pcmt.apps.tasks.areas import Area
from pcmt.apps.tasks.models import DueItem
from pcmt.apps.tasks.since import Stretch, Sums, Turn, adopted, corrected, done, newly_overdue, sums_of, turns
from pcmt.core.measures import number_label
from pcmt.core.periods import Span, span_label
from pcmt.documents.output.workbook import Sheet, write_workbook
from pcmt.web.targets.words import VERDICT_WORDS, VerdictWord
from pcmt.web.templatetags.pcmt import vdate

SHOWN = 40
"""Rows of each group on the page; all of them are in the workbook."""
MOST = 20000
NOT_JUDGED = VerdictWord("", gettext_lazy("chưa kết luận"), "")


@attrs.frozen
class TurnLine:
    """A verdict that turned, in words."""

    turn: Turn
    before: VerdictWord
    after: VerdictWord

    @property
    def through(self) -> str:
        """What made it turn: numbers that somebody told, or only time."""
        recording = self.turn.change.recording
        if recording is None:
            return _("do thời gian trôi qua, không có số liệu mới")
        who = recording.by.get_full_name() if recording.by else _("chương trình")
        words = {"source": recording.get_source_display(), "who": who, "day": vdate(recording.at)}
        return _("%(source)s, %(who)s, %(day)s") % words


@attrs.frozen
class FactLine:
    """A figure that was corrected: what it is of, the old number and the new one."""

    fact: Any
    name: str
    period: str
    old: str
    new: str

    @property
    def by(self) -> str:
        """Who told the other number, when."""
        recording = self.fact.closed_by
        who = recording.by.get_full_name() if recording.by else _("chương trình")
        return _("%(who)s, %(day)s") % {"who": who, "day": vdate(recording.at)}

    @property
    def reason(self) -> str:
        """Why, as far as it was said."""
        return str(self.fact.closed_by.reason)


@attrs.frozen
class News:
    """All that changed; the querysets are not cut."""

    stretch: Stretch
    meeting: Meeting | None
    sums: Sums
    turned: Sequence[Turn]
    facts: Any
    done: Any
    overdue: Any
    plans: Any

    def turn_lines(self, way: str = "", most: int = MOST) -> list[TurnLine]:
        """The verdicts that turned one way, or any way."""
        chosen = [each for each in self.turned if each.way == way or not way][:most]
        return [TurnLine(each, _word(each.before), _word(each.after)) for each in chosen]

    def fact_lines(self, most: int = MOST) -> list[FactLine]:
        """The figures that were corrected; two statements."""
        rows = self.facts.select_related("unit", "element", "closed_by__by")[:most]
        found = list(rows)
        versions = ElementVersion.objects.filter(element__in={row.element_id for row in found}).order_by("valid_from")
        names = dict(versions.values_list("element_id", "name"))
        return [_fact_line(row, names.get(row.element_id, row.element.code)) for row in found]

    def items(self, rows: Any, most: int = MOST) -> list[DueItem]:
        """Due items with what a line shows of them."""
        return list(rows.select_related("unit", "plan", "task", "clause", "occurrence__duty")[:most])

    def texts(self, most: int = MOST) -> list[Revision]:
        """The texts that were adopted."""
        return list(self.plans[:most])


def news_of(actor: Actor, area: Area, plans: QuerySet[Plan], stretch: Stretch, meeting: Meeting | None) -> News:
    """What changed in an area."""
    turned = turns(area, plans, stretch, actor.on, actor)
    asked: tuple[Any, ...] = (actor, area, stretch)
    return News(
        stretch=stretch,
        meeting=meeting,
        sums=sums_of(actor, area, plans, stretch, turned),
        turned=turned,
        facts=corrected(*asked),
        done=done(*asked),
        overdue=newly_overdue(*asked),
        plans=adopted(*asked),
    )


def _word(verdict: str) -> VerdictWord:
    return VERDICT_WORDS[verdict] if verdict else NOT_JUDGED


def _fact_line(fact: Any, name: str) -> FactLine:
    part = f"{name} ({fact.breakdown})" if fact.breakdown else name
    old = _told(fact, fact.value, applies=fact.applies)
    new = _("đã rút lại") if fact.new_id is None else _told(fact, fact.new_value, applies=fact.new_applies)
    return FactLine(fact, part, span_label(Span(fact.start, fact.end)), old, new)


def _told(fact: Any, value: int | None, *, applies: bool) -> str:
    if not applies:
        return _("không áp dụng")
    number: Decimal | None = None if value is None else fact.element.number(value)
    return "—" if number is None else number_label(number)


def sheet_of(news: News, *, heading: str) -> bytes:
    """Everything that changed as a workbook, a sheet for each sort."""
    return write_workbook(
        Sheet(
            str(name), heading, [(str(label), width) for label, width in heads],
            [[str(value) for value in row] for row in rows], fixed=0,
        )
        for name, heads, rows in _tables(news)
    )  # fmt: skip


Heads = Sequence[tuple[str | Promise, int]]


def _tables(news: News) -> list[tuple[str | Promise, Heads, list[tuple[Any, ...]]]]:
    items: Heads = [(_("Kế hoạch"), 18), (_("Nội dung"), 60), (_("Đơn vị"), 30), (_("Hạn"), 12), (_("Ngày xong"), 12)]
    return [
        (
            _("Chỉ tiêu"),
            [
                (_("Kế hoạch"), 18),
                (_("Chỉ tiêu"), 50),
                (_("Đơn vị"), 28),
                (_("Trước"), 15),
                (_("Nay"), 15),
                (_("Diễn giải"), 60),
                (_("Từ số liệu"), 36),
            ],
            [
                (
                    _named(line.turn.change.target.plan),
                    line.turn.change.target.text,
                    line.turn.change.unit.name,
                    line.before.word,
                    line.after.word,
                    line.turn.change.sentence,
                    line.through,
                )
                for line in news.turn_lines()
            ],
        ),
        (
            _("Số liệu đã sửa"),
            [
                (_("Đơn vị"), 28),
                (_("Số liệu"), 50),
                (_("Kỳ"), 22),
                (_("Số cũ"), 14),
                (_("Số mới"), 14),
                (_("Người sửa"), 30),
                (_("Lý do"), 40),
            ],
            [
                (line.fact.unit.name, line.name, line.period, line.old, line.new, line.by, line.reason)
                for line in news.fact_lines()
            ],
        ),
        (_("Việc đã xong"), items, [_item(item) for item in news.items(news.done)]),
        (_("Việc mới quá hạn"), items, [_item(item) for item in news.items(news.overdue)]),
        (
            _("Kế hoạch ban hành"),
            [
                (_("Số, ký hiệu"), 18),
                (_("Tên kế hoạch"), 70),
                (_("Cơ quan ban hành"), 36),
                (_("Bản"), 8),
                (_("Lúc"), 18),
            ],
            [
                (text.plan.designation, text.plan.title, text.plan.issuer or "", text.number, vdate(text.adopted_at))
                for text in news.texts()
            ],
        ),
    ]


def _named(plan: Plan) -> str:
    return plan.designation or plan.title


def _item(item: DueItem) -> tuple[Any, ...]:
    unit = item.unit.name if item.unit else item.unit_name
    return (_named(item.plan), item.label, unit, vdate(item.due_on), vdate(item.done_on))
