"""What stands against sending a report, or should be looked at before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

import attrs
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pcmt.apps.facts.catalogue import rules
from pcmt.apps.facts.queries.differing import waiting_at
from pcmt.apps.reports.models import FormState, ReportFormVersion, Submission
from pcmt.apps.reports.queries.consolidating import checks_in, gatherable, gathers, last_run, news_since
from pcmt.apps.reports.queries.content import YEAR_AGO, Told, told_of
from pcmt.apps.reports.queries.numbers import span_of
from pcmt.apps.tasks.models import Extension, ExtensionState
from pcmt.core.evaluating.narrating import Sentence, Stale, sentence_from, stale_numbers
from pcmt.core.measures import Past, check_entries, number_label
from pcmt.core.periods import Span, date_label
from pcmt.core.schemas import ColumnKind, Content, Figure, Line, Section, SectionKind

CHECKED = ("parts_differ", "part_exceeds", "options_differ", "options_exceed", "option_exceeds")
"""Remarks of the figures' own checks about sums and their parts. What is unusual is asked by the band of the form."""

GATHERED = ("not_added", "not_asked", "uneven", "sum_differs")
"""Remarks of a consolidation that concern the report itself; its page shows all of them."""


FEW = 5
"""By fewer than so many, in the line's own unit, a number may change without being explained, whatever the percent."""


class Severity(StrEnum):
    """Whether a problem stands against sending."""

    BLOCKS = "blocks"
    WARNS = "warns"


@attrs.frozen(kw_only=True)
class Problem:
    """One thing to put right or to look at, in Vietnamese; `section` and `line` say where (empty: all of the report).

    `code` is stable. Of stale sentences `stale` holds where they stand in the text and what is proposed instead.
    """

    code: str
    message: str
    severity: Severity = Severity.WARNS
    section: str = ""
    line: str = ""
    stale: Stale | None = None

    @property
    def blocks(self) -> bool:
        """Whether the report cannot be sent so."""
        return self.severity is Severity.BLOCKS


def problems_of(
    submission: Submission, content: Content | None = None, *, on: date, told: Told | None = None
) -> list[Problem]:
    """What stands against sending a report (`blocks`) and what should be looked at (`warns`), in the order of the form.

    `content` is what is to be sent, where that is at hand; `told` what it was made of. The number of statements does
    not grow with the report.
    """
    told = told or told_of(submission, on=on)
    look = _Look(submission, content or told.content, told, on)
    order = {section.key: place for place, section in enumerate(told.schema.sections)}
    found = [*look.whole(), *look.gathered(), *look.texts(), *look.figures(), *look.sums()]
    lines = {line.key: place for place, (_section, line) in enumerate(told.schema.lines())}
    return sorted(found, key=lambda each: (order.get(each.section, -1), lines.get(each.line, -1), not each.blocks))


@attrs.frozen
class _Look:
    submission: Submission
    content: Content
    told: Told
    on: date

    # --- all of the report

    def whole(self) -> Iterator[Problem]:
        span = span_of(self.submission)
        if span is not None and self.on < span.end:
            message = _("Kỳ báo cáo đến hết ngày %(day)s mới kết thúc; số liệu mới tính đến hết ngày %(today)s.")
            days = {"day": date_label(span.last), "today": date_label(self.on)}
            yield Problem(code="not_over", message=message % days)
        newer = ReportFormVersion.objects.filter(form=self.submission.form_version.form_id, state=FormState.IN_USE)
        current = newer.exclude(pk=self.submission.form_version_id).first()
        if current is not None:
            message = _("Mẫu báo cáo đã có phiên bản %(new)s; báo cáo này lập theo phiên bản %(old)s.")
            numbers = {"new": current.number, "old": self.submission.form_version.number}
            yield Problem(code="form_replaced", message=message % numbers)
        asked = Extension.objects.filter(
            due_item__occurrence=self.submission.occurrence_id, state=ExtensionState.WAITING
        ).first()
        if asked is not None:
            message = _("Đơn vị đang xin gia hạn đến hết ngày %(day)s, chưa có quyết định.")
            yield Problem(code="extension", message=message % {"day": date_label(asked.wanted_on)})
        if self.content.nothing and (lines := self._above_zero()):
            message = _("Báo cáo ghi không có nội dung phát sinh nhưng có số lớn hơn 0: %(lines)s.")
            shown = ", ".join(line.label for line in lines[:3])
            yield Problem(
                code="nothing_but_figures", message=message % {"lines": shown}, severity=Severity.BLOCKS,
                line=lines[0].key,
            )  # fmt: skip
        moved = [
            line for _section, line in self.told.schema.lines()
            if line.element and line.key in self.content.figures
            and self.told.live.get(line.key) != self.content.figures[line.key].counted
        ]  # fmt: skip
        if moved:
            message = ngettext(
                "%(count)s dòng có số liệu mới từ lần lấy số gần nhất. Cập nhật số liệu trước khi gửi.",
                "%(count)s dòng có số liệu mới từ lần lấy số gần nhất. Cập nhật số liệu trước khi gửi.",
                len(moved),
            )
            yield Problem(code="moved", message=message % {"count": len(moved)}, line=moved[0].key)

        yield from self._unreconciled(span)

    def _unreconciled(self, span: Span | None) -> Iterator[Problem]:
        """Numbers told of the same unit and days that differ from those of its records, and nobody said why."""
        waiting = waiting_at(self.submission.about_id, span) if span is not None else ()
        if waiting:
            message = ngettext(
                "%(count)s số đã nhập khác số đếm từ hồ sơ, chưa ai ghi lý do. Xem trang Đối chiếu.",
                "%(count)s số đã nhập khác số đếm từ hồ sơ, chưa ai ghi lý do. Xem trang Đối chiếu.",
                len(waiting),
            )
            lines = {(line.element, line.breakdown): line.key for _section, line in self.told.schema.lines()}
            first = next((key for each in waiting if (key := lines.get((each.element.code, each.breakdown)))), "")
            yield Problem(code="unreconciled", message=message % {"count": len(waiting)}, line=first)

    def _above_zero(self) -> list[Line]:
        figures = self.content.figures
        return [
            line for _section, line in self.told.schema.lines()
            if line.key in figures and (figures[line.key].value or 0) > 0
        ]  # fmt: skip

    def gathered(self) -> Iterator[Problem]:
        """What a report that gathers those of others lacks, and what its last run said is to be looked at."""
        if not gathers(self.submission.duty):
            return
        run = last_run(self.submission)
        bodies = gatherable(self.submission)
        if news_since(run, bodies):
            message = (
                _("Chưa tổng hợp báo cáo của các đơn vị. Mở trang Tổng hợp.")
                if run is None
                else _("Có báo cáo được tiếp nhận hoặc đính chính sau lần tổng hợp gần nhất. Tổng hợp lại.")
            )
            yield Problem(code="behind", message=message)
        missing = [each.name for each in bodies if each.missing]
        if missing:
            message = ngettext(
                "%(count)s đơn vị chưa có báo cáo được tiếp nhận: %(names)s.",
                "%(count)s đơn vị chưa có báo cáo được tiếp nhận: %(names)s.",
                len(missing),
            )
            names = ", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")
            yield Problem(code="bodies_missing", message=message % {"count": len(missing), "names": names})
        for check in checks_in(run) if run is not None else ():
            if check.code in GATHERED:
                yield Problem(code=check.code, message=check.words, line=check.line)

    # --- sections

    def texts(self) -> Iterator[Problem]:
        rows = {row.key: row for row in self.submission.sections.select_related("carried_from")}
        fresh = self.told.drafts()
        said = self.submission.comments.filter(settled_at__isnull=True).values_list("section", flat=True)
        for key, count in Counter(said).items():
            message = ngettext("Còn %(count)s góp ý chưa xong.", "Còn %(count)s góp ý chưa xong.", count)
            yield Problem(code="comments", message=message % {"count": count}, section=key)
        for section in self.told.schema.sections:
            if self._is_empty(section):
                message = _("Mục “%(title)s” phải có nội dung.") % {"title": section.title}
                yield Problem(code="empty", message=message, severity=Severity.BLOCKS, section=section.key)
            row = rows.get(section.key)
            if section.kind is not SectionKind.NARRATIVE or row is None or not row.text:
                continue
            draft = [sentence_from(each) for each in row.draft]
            for stale in stale_numbers(row.text, draft, fresh.get(section.key, ())):
                yield Problem(code="stale_numbers", message=_stale_words(stale), section=section.key, stale=stale)
            untouched = row.carried_from is not None and row.changed_at is None
            if untouched and any(letter.isdigit() for letter in _own_words(row.text, fresh.get(section.key, ()))):
                message = _("Nội dung chép từ báo cáo trước, chưa ai sửa, có ghi con số. Xem lại.")
                yield Problem(code="carried", message=message, section=section.key)

    def _is_empty(self, section: Section) -> bool:
        """Whether a required section has nothing: no text, no picture, no number. A report of nothing needs only texts
        that say so by themselves, so nothing is asked of it.
        """
        if not section.required or self.content.nothing:
            return False
        if any(picture.section == section.key for picture in self.content.pictures):
            return False
        if section.kind is SectionKind.NARRATIVE:
            said = self.content.texts.get(section.key)
            return said is None or not said.text.strip()
        if section.kind is SectionKind.FIGURES:
            figures = [self.content.figures[line.key] for line in section.lines if line.key in self.content.figures]
            return not any(figure.value is not None or not figure.applies for figure in figures)
        return section.kind is SectionKind.PICTURES

    # --- figures

    def figures(self) -> Iterator[Problem]:
        for section in self.told.schema.sections:
            if section.kind is not SectionKind.FIGURES:
                continue
            blanks = []
            for line in section.lines:
                figure = self.content.figures.get(line.key)
                if figure is None or line.is_heading:
                    continue
                yield from self._figure(section, line, figure)
                if line.is_filled and figure.value is None and figure.applies:
                    blanks.append(line)
                elif not line.is_filled and figure.value is None and figure.applies and self._partly(line):
                    message = _("“%(line)s” chưa tính được vì có dòng thành phần để trống.") % {"line": line.label}
                    yield Problem(code="sum_open", message=message, section=section.key, line=line.key)
            if blanks and not self.content.nothing:
                message = ngettext(
                    "%(count)s dòng để trống, được hiểu là chưa báo cáo, không phải bằng 0: %(lines)s.",
                    "%(count)s dòng để trống, được hiểu là chưa báo cáo, không phải bằng 0: %(lines)s.",
                    len(blanks),
                )
                more = ", …" if len(blanks) > 3 else ""
                shown = ", ".join(line.label for line in blanks[:3]) + more
                yield Problem(
                    code="blank", message=message % {"count": len(blanks), "lines": shown}, section=section.key,
                    line=blanks[0].key,
                )  # fmt: skip

    def _figure(self, section: Section, line: Line, figure: Figure) -> Iterator[Problem]:
        typed = line.is_filled and figure.counted is not None
        if typed and (figure.value != figure.counted or not figure.applies) and not figure.reason:
            message = _("“%(line)s”: số nhập %(typed)s khác số đã có %(counted)s. Ghi lý do.")
            assert figure.counted is not None
            words = {
                "line": line.label, "typed": "x" if not figure.applies else _shown(figure.value),
                "counted": number_label(figure.counted),
            }  # fmt: skip
            yield Problem(
                code="differs", message=message % words, severity=Severity.BLOCKS, section=section.key, line=line.key
            )
        if line.is_filled and beyond_band(section, figure) and not figure.explanation:
            message = _(
                "“%(line)s”: %(now)s so với %(before)s cùng kỳ năm trước, biến động quá %(band)s%%. Giải trình."
            )
            words = {
                "line": line.label, "now": _shown(figure.value), "before": _shown(year_ago_of(section, figure)),
                "band": str(section.band),
            }  # fmt: skip
            yield Problem(
                code="band", message=message % words, severity=Severity.BLOCKS, section=section.key, line=line.key
            )

    def _partly(self, line: Line) -> bool:
        parts = [self.content.figures[key] for key in line.sum_of if key in self.content.figures]
        return any(part.value is not None for part in parts)

    def sums(self) -> Iterator[Problem]:
        """Sums that do not fit their parts: elements with their breakdowns, and lines that are both."""
        lines: dict[tuple[str, str], tuple[Section, Line]] = {}
        for section, line in self.told.schema.lines():
            if line.element:
                lines.setdefault((line.element, line.breakdown), (section, line))
            if line.element and line.sum_of:
                yield from self._own_sum(section, line)
        values: Mapping[tuple[str, str], Decimal | None] = {
            cell: self.content.figures[line.key].value for cell, (_section, line) in lines.items()
        }
        past: Mapping[tuple[str, str], Past] = {}
        for remark in check_entries(self.told.elements.kinds, values, past, rules(self.content.cutoff)):
            if remark.code in CHECKED:
                section, line = lines[remark.args["element"], remark.args["breakdown"]]
                yield Problem(code=remark.code, message=remark.args["message"], section=section.key, line=line.key)

    def _own_sum(self, section: Section, line: Line) -> Iterator[Problem]:
        figures = [self.content.figures[key] for key in line.sum_of if key in self.content.figures]
        parts = [figure.value for figure in figures if figure.applies]
        value = self.content.figures[line.key].value
        told = [part for part in parts if part is not None]
        if value is None or not told or len(told) < len(parts) or sum(told) == value:
            return
        message = _("“%(line)s” là %(value)s nhưng các dòng thành phần cộng lại là %(parts)s.")
        words = {"line": line.label, "value": number_label(value), "parts": number_label(sum(told, Decimal(0)))}
        yield Problem(code="sum", message=message % words, section=section.key, line=line.key)


def year_ago_of(section: Section, figure: Figure) -> Decimal | None:
    """The number of a year ago that a band compares with."""
    column = next((each.key for each in section.columns if each.kind is ColumnKind.YEAR_AGO), YEAR_AGO)
    return figure.others.get(column)


def beyond_band(section: Section, figure: Figure) -> bool:
    """Whether a number has changed by more than the section's band against a year ago. From zero any number has.

    One case more or less is half of two: a change by fewer than `FEW` says nothing, and asks nothing.
    """
    before, now = year_ago_of(section, figure), figure.value
    if section.band is None or before is None or now is None or abs(now - before) < FEW:
        return False
    return abs(now - before) * 100 > before * section.band


def _shown(value: Decimal | None) -> str:
    return "—" if value is None else number_label(value)


def _own_words(text: str, fresh: Sequence[Sentence]) -> str:
    """The text without the sentences that the program makes of the figures as they are."""
    for each in fresh:
        text = text.replace(each.text, " ")
    return text


def _stale_words(stale: Stale) -> str:
    was = stale.was.text if len(stale.was.text) <= 80 else f"{stale.was.text[:79]}…"
    if not stale.proposal:
        return _("Câu “%(text)s” không còn số liệu để nói.") % {"text": was}
    pairs = ", ".join(f"{before} → {after or '—'}" for before, after in stale.wrong[:3])
    return _("Câu “%(text)s” có số không còn đúng: %(pairs)s.") % {"text": was, "pairs": pairs or stale.proposal}
