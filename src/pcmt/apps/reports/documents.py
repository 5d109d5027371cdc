"""Reports as official documents: what a report says, under the letterhead of who writes it. All of it Vietnamese."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

import attrs
from django.core.files.storage import default_storage
from django.utils.translation import override

from pcmt.apps.plans.models import SourceFile
from pcmt.apps.reports.addresses import period_title
from pcmt.apps.reports.models import EditionState, Submission, SubmissionEdition
from pcmt.apps.reports.queries.content import content_of
from pcmt.apps.tasks.letters import LetterWords, body_name, plan_reference, plan_short, usual_words, words_of
from pcmt.apps.units.models import UnitKind
from pcmt.core.periods import date_label
from pcmt.core.schemas import Content, ReportSchema, content_from, schema_from
from pcmt.core.text import fold
from pcmt.documents.output.official import Mark, Official, write_official
from pcmt.documents.output.paper import BLANK
from pcmt.documents.output.pdf import report_pdf
from pcmt.documents.output.report import Report, write_report
from pcmt.documents.output.report_body import lay_out
from pcmt.documents.output.report_book import Facts, write_report_book

KINDS = ("docx", "xlsx", "pdf")
DRAFT = "DỰ THẢO"
MARKS = {
    EditionState.RETURNED: "BỊ TRẢ LẠI",
    EditionState.RECALLED: "ĐÃ THU HỒI",
    EditionState.REPLACED: "ĐÃ CÓ BẢN ĐÍNH CHÍNH",
}
"""What stands in a box on a copy of an edition that does not count."""
LOADED = ("duty__plan__issuer", "duty__recipient", "unit", "about", "form_version__form", "occurrence")
"""What a report wants loaded to become a document."""


@attrs.frozen(kw_only=True)
class ReportWords(LetterWords):
    """Letterhead, signature and recipients of a report (`Submission.words`), and what is said around its outline.

    `grounds` are the legal grounds, `opening` and `closing` the first and the last sentence; empty ones are made of the
    plan and the form. `charts` puts bars beside the figures. `archive` is the drafting unit behind `Lưu: VT`.
    """

    grounds: Sequence[str] = ()
    opening: str = ""
    closing: str = ""
    archive: str = ""
    charts: bool = True


def report_words(submission: Submission, on: date) -> ReportWords:
    """The words of a report: its own; else those the body used last; else what is known of the body.

    What was said around another report's outline is not taken over, only who writes and who signs; of the same regime
    the recipients are, too.
    """
    if submission.words:
        return words_of(submission.words, ReportWords)
    before = Submission.objects.filter(unit=submission.unit_id).exclude(words={}).exclude(pk=submission.pk)
    same = before.filter(duty=submission.duty_id).order_by("-changed_at", "-pk").first()
    last = same or before.order_by("-changed_at", "-pk").first()
    if last is not None:
        kept = words_of(last.words, ReportWords)
        recipients = kept.recipients if same else _recipients(submission)
        return attrs.evolve(kept, recipients=recipients, grounds=(), opening="", closing="", answer_by=None)
    known = usual_words(submission.unit, on).stored() | {"recipients": _recipients(submission)}
    if submission.unit.kind == UnitKind.ADMINISTRATIVE:
        known |= {"symbol": "BC-UBND", "mark": Mark.COLLECTIVE.value, "collective": "Ủy ban nhân dân",
                  "post": "Chủ tịch"}  # fmt: skip
    return words_of(known, ReportWords)


def _recipients(submission: Submission) -> list[str]:
    name = _recipient(submission)
    return [f"{name} (để b/c)"] if name else []


def _recipient(submission: Submission) -> str:
    duty = submission.duty
    return body_name(duty.recipient) if duty.recipient else duty.recipient_name


@attrs.define(slots=False)
class Reported:
    """A report about to become a document: a sent edition, or (None) what is being written as of a day."""

    submission: Submission
    edition: SubmissionEdition | None
    on: date

    @cached_property
    def content(self) -> Content:
        """What it says."""
        with override("vi"):
            return content_from(self.edition.content) if self.edition else content_of(self.submission, on=self.on)

    @cached_property
    def schema(self) -> ReportSchema:
        """The form that it answers."""
        version = self.edition.form_version if self.edition else self.submission.form_version
        return schema_from(version.body)

    @cached_property
    def words(self) -> ReportWords:
        """Letterhead, signature, recipients."""
        return report_words(self.submission, self.on)

    @property
    def is_last(self) -> bool:
        """Whether it is the edition that number and day of the signed document belong to."""
        return self.edition is not None and self.edition.number == self.submission.edition

    @property
    def mark(self) -> str:
        """The word in a box on what is no standing edition."""
        return DRAFT if self.edition is None else MARKS.get(EditionState(self.edition.state), "")

    @property
    def period(self) -> str:
        """The name of its period."""
        return period_title(self.submission.period_from, self.submission.period_to, self.submission.duty.calendar)

    @property
    def subject(self) -> str:
        """What stands under the type name."""
        found = self.filled(self.schema.subject, plan_short(self.submission.duty.plan))
        return found or " ".join(part for part in (self.schema.title, _small(self.period)) if part)

    def filled(self, words: str, plan: str) -> str:
        """Words of the form with period and plan in them; what a report has none of leaves no gap."""
        found = words.replace("{kế hoạch}", plan).replace("{kỳ}", _small(self.period))
        return re.sub(r"\s+([,;.:])", r"\1", " ".join(found.split())).strip(" ,;")

    @property
    def designation(self) -> str:
        """Number and symbol of the signed document; empty while it has none."""
        return self.submission.designation if self.is_last else ""

    def stem(self) -> str:
        """A file name that every system takes: `bao-cao-xa-hoa-binh-2026-06-14-lan-2`."""
        last = self.submission.period_to or self.on
        state = f"lan-{self.edition.number}" if self.edition else "du-thao"
        name = re.sub(r" +", "-", fold(self.submission.unit.name))[:60].strip("-")
        return f"bao-cao-{name}-{last:%Y-%m-%d}-{state}-{self.submission.pk}"

    def frame(self) -> Official:
        """Letterhead, title, signature and recipients."""
        words, submission = self.words, self.submission
        numbered = self.is_last and bool(submission.number)
        return Official(
            agency=words.agency,
            parent=words.parent,
            number=submission.number if numbered else "",
            symbol=(submission.symbol if numbered else "") or words.symbol or f"BC-{BLANK}",
            place=words.place,
            day=submission.signed_on if numbered else None,
            kind=self.schema.type_name or "BÁO CÁO",
            subject=self.subject,
            body=(),
            signature=words.signature(),
            recipients=words.recipients,
            archive=words.archive,
        )


def reported(submission: Submission, edition: SubmissionEdition | None, on: date) -> Reported:
    """A report about to become a document. Both are wanted with `LOADED`; an edition with its form version."""
    return Reported(submission, edition, on)


def official_of(source: Reported) -> Report:
    """The report as an official document."""
    words, content = source.words, source.content
    with override("vi"):
        plan = plan_reference(source.submission.duty.plan)
        grounds, opening = _opening(source, plan)
        body = lay_out(
            source.schema,
            content,
            opening=opening,
            closing=words.closing or _closing(source),
            picture=_picture,
            charts=words.charts,
        )
    properties = [
        ("report", str(source.submission.pk)),
        ("edition", str(source.edition.number) if source.edition else "draft"),
        ("form", f"{content.form} {content.form_version}"),
        ("cutoff", content.cutoff.isoformat()),
    ]
    return Report(
        frame=source.frame(),
        grounds=grounds,
        blocks=body.blocks,
        annexes=body.annexes,
        taken=f"Số liệu chốt đến hết ngày {date_label(content.cutoff)}",
        seal=source.edition.seal if source.edition else "",
        mark=source.mark,
        properties=properties,
    )


def _opening(source: Reported, plan: str) -> tuple[list[str], list[str]]:
    """Legal grounds and first sentences: lines of the form that begin with "Căn cứ" are grounds."""
    words = source.words
    lines = [source.filled(line, plan) for line in source.schema.opening.splitlines() if line.strip()]
    grounds = [line for line in lines if fold(line).startswith("can cu ")]
    said = [line for line in lines if line not in grounds]
    if words.opening:
        said = [words.opening]
    period = f" {_small(source.period)}" if source.period else ""
    usual = f"Thực hiện {plan}, {words.agency} báo cáo kết quả{period} như sau:"
    return list(words.grounds) or grounds, [f"{line.rstrip(':')}:" for line in said] or [usual]


def _closing(source: Reported) -> str:
    to = _recipient(source.submission)
    period = f" {_small(source.period)}" if source.period else ""
    end = f", {source.words.agency} kính báo cáo {to}" if to else f" của {source.words.agency}"
    return f"Trên đây là báo cáo kết quả{period}{end}"


def _small(words: str) -> str:
    """The name of a period inside a sentence: `Tháng 5/2026` is `tháng 5/2026`."""
    return f"{words[:1].lower()}{words[1:]}"


def _picture(file_id: int) -> bytes | None:
    kept = SourceFile.objects.filter(pk=file_id).first()
    if kept is None:
        return None
    try:
        with default_storage.open(kept.path) as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None


def book_of(source: Reported) -> bytes:
    """The report as a workbook that goes on counting."""
    words, submission = source.words, source.submission
    plan = plan_reference(submission.duty.plan)
    told = [("Đơn vị báo cáo", words.agency or submission.unit.name), ("Nơi nhận", _recipient(submission)),
            ("Thực hiện", plan), ("Số, ký hiệu", source.designation or "chưa lấy số")]  # fmt: skip
    if source.edition is not None:
        told.append(("Lần gửi", str(source.edition.number)))
    facts = Facts(
        title=f"{source.schema.type_name.capitalize()}: {source.subject}",
        words=told,
        mark=source.mark,
        seal=source.edition.seal if source.edition else "",
    )
    return write_report_book(source.schema, source.content, facts)


def file_of(source: Reported, kind: str) -> bytes:
    """The report as a file of one of `KINDS`."""
    if kind == "xlsx":
        return book_of(source)
    report = official_of(source)
    return report_pdf(report) if kind == "pdf" else write_report(report)


def cover_of(source: Reported) -> bytes:
    """The official letter that goes with the report (công văn gửi báo cáo), as a Word file."""
    words = source.words
    kind = source.schema.type_name.capitalize() or "Báo cáo"
    to = _recipient(source.submission)
    named = f"{kind} số {source.designation}" if source.designation else kind
    day = source.submission.signed_on
    signed = f" ngày {date_label(day)}" if source.designation and day else ""
    whom = to or "quý cơ quan"
    told = (
        f"Thực hiện {plan_reference(source.submission.duty.plan)}, {words.agency} gửi {whom} "
        f"{named}{signed} về {_small(source.subject)} (có báo cáo kèm theo)."
    )
    return write_official(
        Official(
            agency=words.agency,
            parent=words.parent,
            # A letter has no type in its symbol, and the drafting unit behind the agency.
            symbol=re.sub(r"^[A-ZĐ][A-ZĐa-zđ]*-", "", words.symbol) if words.symbol.startswith("BC-") else words.symbol,
            place=words.place,
            subject=f"gửi {kind[:1].lower()}{kind[1:]} {_small(source.subject)}",
            to=[to] if to else [],
            body=[told, f"{words.agency} trân trọng đề nghị {whom} xem xét, tổng hợp"],
            signature=words.signature(),
            recipients=["Như trên", *(each for each in words.recipients if to not in each)],
            archive=words.archive,
        )
    )


def print_of(report: Report) -> str:
    """What makes two documents the same: the key under which the pictures of its pages are kept."""
    return hashlib.sha256(repr(report).encode()).hexdigest()


def words_seen(submission: Submission) -> str:
    """Stands for the words that somebody saw before changing them."""
    stored: dict[str, Any] = submission.words
    return hashlib.sha256(repr(sorted(stored.items())).encode()).hexdigest()[:16]
