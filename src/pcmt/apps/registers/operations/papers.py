"""Papers of the decrees, filled in from a file: begun, changed, signed, withdrawn; taken out as documents.

The text of a paper is never kept: it is made of the record and what was typed each time somebody needs it, inside a
visit, with the taker's mark in the foot of every page. Signed, a paper has its number, day and decider in the record
and can be the paper of an act (`PaperText.paper_id`); the clocks of the law that waited for it are settled.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import attrs
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record, record_reading
from pcmt.apps.registers.models import (
    Clock,
    ClockKind,
    Paper,
    PaperState,
    Purpose,
    RegisterExport,
    Spell,
    Subject,
    Visit,
)
from pcmt.apps.registers.models.people import LETTERS
from pcmt.apps.registers.operations import clocks
from pcmt.apps.registers.operations.grounding import DECIDER_CHARS, NUMBER_CHARS
from pcmt.apps.registers.operations.holding import held_file, stale
from pcmt.apps.registers.operations.reading import open_identity
from pcmt.apps.registers.operations.spells import done_at
from pcmt.apps.registers.places import paper_place
from pcmt.apps.registers.queries.papers import (
    Typed,
    fits,
    form_of,
    grounds_to_tick,
    issuer_of,
    person_of,
    record_values,
    said,
    typed_in,
)
from pcmt.apps.registers.vault import seal
from pcmt.core.diagnostics import Problem, Refusal
from pcmt.documents.output.person_form import Signed, form_report, symbol_of
from pcmt.documents.output.report import Report
from pcmt.reference import FormField, FormText, law, paper_form

TITLE_CHARS = 200
TEXT, LINES = 500, 4000
"""So many characters of a field of words, and of one with lines."""
MOST_MONTHS = 60
KINDS = ("docx", "pdf")


@attrs.frozen(repr=False)
class Document:
    """A document made for one person now: what it says, and the mark by which it is known again."""

    report: Report
    mark: str
    code: str


def draft_paper(
    *,
    actor: Actor,
    at: datetime,
    code: str,
    form: str,
    spell_id: int | None,
    values: Mapping[str, str],
    paper_id: int | None = None,
    version: int = 0,
) -> Paper | Refusal:
    """Begin a paper in the form of the law of today, or (`paper_id`) change one that is not signed yet.

    `values` by the names of the form's fields, days as YYYY-MM-DD. What is missing stays a blank in the document, and
    is asked for when the paper is signed; what is wrong is refused, all of it at once (`problems`, code: the field).
    """
    with transaction.atomic():
        subject = held_file(actor, code)
        if isinstance(subject, Refusal):
            return subject
        today = timezone.localdate(at)
        begun = today
        paper: Paper | None = None
        if paper_id is not None:
            held = _held(subject, paper_id, version)
            if isinstance(held, Refusal):
                return held
            paper, was = held, typed_in(held)
            form, begun, spell_id = paper.form, was.on if was else today, was.spell_id if was else None
        found = paper_form(form, begun)
        if found is None:
            return Refusal(code="form", message=_("Mẫu này không có hiệu lực vào ngày này. Chọn mẫu khác."))
        spell = _spell(subject, spell_id)
        if spell_id is not None and (spell is None or (paper is None and not fits(found, spell))):
            return Refusal(code="form", message=_("Mẫu này không hợp với diện quản lý đang có của hồ sơ."))
        if spell_id is None and not found.always:
            return Refusal(code="form", message=_("Mẫu này lập cho một diện quản lý đang thực hiện."))
        kept = {each.name: str(values.get(each.name) or "").strip() for each in found.fields}
        if problems := _wrong(found, kept, begun):
            return Refusal(code="fields", message=problems[0].message, field=problems[0].code, problems=problems)
        event = "registers.paper.drafted"
        if paper is None:
            paper = Paper.objects.create(
                subject=subject, form=found.code, title=found.title[:TITLE_CHARS], issuer_id=subject.unit_id,
                issuer_name=_body(found, subject, today), made_at=at, made_by_id=actor.user_id,
            )  # fmt: skip
        else:
            event = "registers.paper.changed"
            paper.version += 1
        _seal(paper, Typed(kept, spell_id, begun))
        paper.save()
        record(at=at, actor=actor, event=event, obj=subject, after={"form": found.code, "paper": paper.pk})
    return paper


def sign_paper(
    *, actor: Actor, at: datetime, code: str, paper_id: int, version: int, number: str, signed_on: date, decider: str
) -> Paper | Refusal:
    """Take number, day and decider of a signed paper into the record.

    From now on the paper can be given as that of an act, and what the law had waited for it is settled.
    """
    number, decider = " ".join(number.split()), " ".join(decider.split())
    today = timezone.localdate(at)
    with transaction.atomic():
        subject = held_file(actor, code)
        if isinstance(subject, Refusal):
            return subject
        paper = _held(subject, paper_id, version)
        if isinstance(paper, Refusal):
            return paper
        typed = typed_in(paper)
        found = form_of(paper, typed)
        if typed is None or found is None:
            return Refusal(code="form", message=_("Không đọc được nội dung đã soạn. Hủy bản này rồi lập lại."))
        if signed_on > today:
            return Refusal(code="signed_on", message=_("Ngày ký văn bản ở tương lai."), field="signed_on")
        if not found.holds_on(signed_on):
            return Refusal(
                code="form_law",
                message=_(
                    "Mẫu này không có hiệu lực vào ngày ký. Kiểm tra ngày ký, hoặc lập theo mẫu của luật ngày đó."
                ),
                field="signed_on",
            )
        if found.symbol and not number:
            return Refusal(code="number", message=_("Nhập số và ký hiệu của văn bản."), field="number")
        if found.symbol and number.isdecimal():
            number = f"{number}/{symbol_of(found, issuer_of(subject.unit, signed_on))}"
        if not decider:
            return Refusal(code="decider", message=_("Nhập chức vụ người ký."), field="decider")
        for value, most, name in ((number, NUMBER_CHARS, "number"), (decider, DECIDER_CHARS, "decider")):
            if len(value) > most:
                return Refusal(code="too_long", message=_("Tối đa %(most)s ký tự.") % {"most": most}, field=name)
        missing = [each for each in found.fields if not each.optional and not typed.values.get(each.name)]
        if missing:
            return Refusal(
                code="missing",
                message=_("Văn bản đã ký mà trong hồ sơ còn trống: %(fields)s. Điền đủ rồi ghi số.")
                % {"fields": ", ".join(each.label for each in missing)},
            )
        twin = Paper.objects.filter(
            issuer_id=subject.unit_id, issuer_name=paper.issuer_name, number=number, signed_on__year=signed_on.year,
            state=PaperState.SIGNED, form__gt="",
        ).exclude(pk=paper.pk)  # fmt: skip
        if number and twin.exists():
            message = _("Số này đã ghi cho một văn bản khác trong năm. Kiểm tra lại.")
            return Refusal(code="number_used", message=message, field="number")
        paper.number, paper.signed_on, paper.decider = number, signed_on, decider
        paper.state = PaperState.SIGNED
        paper.version += 1
        paper.save()
        settled = _settled(subject, paper, at)
        record(
            at=at, actor=actor, event="registers.paper.signed", obj=subject,
            after={"form": paper.form, "paper": paper.pk, "number": number, "signed_on": signed_on, "clocks": settled},
        )  # fmt: skip
    return paper


def withdraw_paper(*, actor: Actor, at: datetime, code: str, paper_id: int, version: int) -> Paper | Refusal:
    """Give a paper up: one being written, or a signed one on which nothing in the file rests. What was typed goes."""
    with transaction.atomic():
        subject = held_file(actor, code)
        if isinstance(subject, Refusal):
            return subject
        paper = _held(subject, paper_id, version, states=(PaperState.DRAFT, PaperState.SIGNED))
        if isinstance(paper, Refusal):
            return paper
        if paper.state == PaperState.SIGNED and rests_on(paper):
            message = _("Hồ sơ có nội dung dựa vào văn bản này nên không hủy được.")
            return Refusal(code="in_use", message=message)
        paper.state, paper.sealed, paper.key_id = PaperState.WITHDRAWN, None, ""
        paper.version += 1
        paper.save()
        record(
            at=at, actor=actor, event="registers.paper.withdrawn", obj=subject,
            after={"form": paper.form, "paper": paper.pk},
        )  # fmt: skip
    return paper


def look_at_paper(*, actor: Actor, at: datetime, visit: Visit | None, paper: Paper) -> Report | Refusal:
    """The document to look at inside a visit; nothing leaves, so it carries no mark. The opening is in the log."""
    return _filled(actor, at, visit, paper, _("Bản xem trên màn hình"))


def take_paper(*, actor: Actor, at: datetime, visit: Visit | None, paper: Paper, kind: str) -> Document | Refusal:
    """The document to take away: its mark stands in the foot of every page, in the table of exports and in the log."""
    if kind not in KINDS:
        raise ValueError(kind)
    with transaction.atomic():
        mark = new_mark()
        report = _filled(actor, at, visit, paper, watermark(actor, at, mark))
        if isinstance(report, Refusal):
            return report
        assert visit is not None
        RegisterExport.objects.create(
            user_id=actor.user_id, unit_id=actor.unit_id, visit=visit, kind=f"paper.{kind}", mark=mark, count=1, at=at
        )
        record_reading(
            at=at, actor=actor, event="registers.paper.exported", obj=paper.subject, purpose=purpose_words(visit),
            told={"form": paper.form, "paper": paper.pk, "format": kind, "mark": mark},
        )  # fmt: skip
    return Document(report, mark, paper.subject.code)


def watermark(actor: Actor, at: datetime, mark: str) -> str:
    """What stands in the foot of every page that leaves: which unit, who, when, by which mark."""
    here = timezone.localtime(at)
    return f"{actor.unit_name} · {actor.name} · {here:%H:%M ngày %d/%m/%Y} · mã {mark}"


def new_mark() -> str:
    """A mark such as `XK-7K2M-4P9Q`: random, so that it tells nothing."""
    signs = "".join(secrets.choice(LETTERS) for _each in range(8))
    return f"XK-{signs[:4]}-{signs[4:]}"


def purpose_words(visit: Visit) -> str:
    """The purpose of a visit as the log keeps it."""
    with override("vi"):
        return str(Purpose(visit.purpose).label)


def rests_on(paper: Paper) -> bool:
    """Whether a row of the file names the paper: a status, an interruption, a test, a team, a hand-over."""
    for relation in Paper._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete:
            model: Any = relation.related_model
            if model._default_manager.filter(**{relation.field.name: paper}).exists():  # type: ignore[union-attr]
                return True
    return False


def _filled(actor: Actor, at: datetime, visit: Visit | None, paper: Paper, foot: str) -> Report | Refusal:
    if not Paper.objects.visible_to(actor).filter(pk=paper.pk).exists():
        raise PermissionDenied
    typed = typed_in(paper)
    found = form_of(paper, typed)
    if typed is None or found is None or paper.state == PaperState.WITHDRAWN:
        return Refusal(code="no_text", message=_("Văn bản này không soạn từ hồ sơ nên không có bản để xem."))
    subject = paper.subject
    block = open_identity(actor=actor, at=at, visit=visit, subject=subject)
    if isinstance(block, Refusal):
        return block
    on = paper.signed_on or typed.on
    values = record_values(subject, _spell(subject, typed.spell_id), block, on) | said(found, typed.values)
    signed = None
    if paper.state == PaperState.SIGNED and paper.signed_on:
        signed = Signed(number=paper.number, on=paper.signed_on, decider=paper.decider)
    return form_report(
        found, values, person=person_of(subject, block, on), issuer=issuer_of(paper.issuer or subject.unit, on),
        ticks=grounds_to_tick(found, on), signed=signed, foot=foot,
    )  # fmt: skip


def _held(
    subject: Subject, paper_id: int, version: int, states: tuple[PaperState, ...] = (PaperState.DRAFT,)
) -> Paper | Refusal:
    paper = Paper.objects.select_for_update(of=("self",)).filter(pk=paper_id, subject=subject).first()
    if paper is None:
        return Refusal(code="gone", message=_("Không còn văn bản này trong hồ sơ."))
    if paper.version != version:
        return stale()
    if paper.state not in states:
        message = _("Văn bản đã ký hoặc đã hủy, không sửa được. Lập văn bản mới nếu cần.")
        return Refusal(code="closed", message=message)
    return paper


def _spell(subject: Subject, spell_id: int | None) -> Spell | None:
    if spell_id is None:
        return None
    rows = Spell.objects.filter(subject=subject, pk=spell_id).select_related("start_paper")
    return rows.first()


def _seal(paper: Paper, typed: Typed) -> None:
    data = {"values": dict(typed.values), "spell": typed.spell_id, "on": typed.on.isoformat()}
    kept = seal(data, paper_place(paper.pk))
    paper.sealed, paper.key_id = kept.data, kept.key_id


def _body(form: FormText, subject: Subject, on: date) -> str:
    issuer = issuer_of(subject.unit, on)
    return issuer.police if form.issuer == "police" else issuer.committee


def _settled(subject: Subject, paper: Paper, at: datetime) -> int:
    """How many clocks of the law waited for this paper and are settled now."""
    waiting = Clock.objects.filter(subject=subject, kind=ClockKind.STEP).running()
    count = 0
    for limit, since in set(waiting.values_list("limit", "opened_at")):
        rule = law().limit(limit, timezone.localdate(since))
        if rule is not None and rule.form and rule.form == paper.form:
            count += clocks.settle(subject, limit, done_at(paper, at))
    return count


def _wrong(form: FormText, values: Mapping[str, str], on: date) -> tuple[Problem, ...]:
    grounds = {code for code, _words in grounds_to_tick(form, on)}
    found = [(each.name, _wrong_value(each, values[each.name], grounds)) for each in form.fields]
    problems = [Problem(code=name, message=words) for name, words in found if words]
    start, last = (_day(values.get(name, "")) for name in ("from_on", "to_on"))
    if start and last and last < start:
        problems.append(Problem(code="to_on", message=_("Ngày cuối ở trước ngày đầu.")))
    return tuple(problems)


def _wrong_value(field: FormField, value: str, grounds: set[str]) -> str:
    if not value:
        return ""
    if field.kind == "date" and _day(value) is None:
        return _("Nhập ngày dạng ngày/tháng/năm.")
    if field.kind == "count" and not (value.isdecimal() and value.isascii() and 1 <= int(value[:9]) <= MOST_MONTHS):
        return _("Nhập số tháng, từ 1 đến %(most)s.") % {"most": MOST_MONTHS}
    if field.kind == "choice" and value not in grounds:
        return _("Chọn một căn cứ theo luật có hiệu lực vào ngày này.")
    most = LINES if field.kind == "lines" else TEXT
    return _("Tối đa %(most)s ký tự.") % {"most": most} if len(value) > most else ""


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
