"""A person's own file on one page: everything kept about the person, in plain words, and who read it when.

Officers stand there by role and unit, not by name: the office answers, not the person at its desk. Making the page is
a reading for the person's own request, and is written down as an export with a mark.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import attrs
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record_reading
from pcmt.apps.registers.models import (
    BreakGlass,
    DataRequest,
    DrugTest,
    Episode,
    Paper,
    Pledge,
    Reading,
    RegisterExport,
    ResidenceCheck,
    Spell,
    Stay,
    Subject,
    Support,
    TeamMember,
    Visit,
)
from pcmt.apps.registers.operations.reading import open_identity
from pcmt.apps.registers.operations.requests import words_of
from pcmt.apps.registers.persons import PersonBlock
from pcmt.apps.registers.queries.access import Read, reads_of, subject_of
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import date_label
from pcmt.reference import law

KIND = "own_file"


@attrs.frozen
class Part:
    """A part of the page: a heading, and lines of day and words."""

    title: str
    lines: Sequence[tuple[str, str]]


@attrs.frozen(repr=False)
class OwnFile:
    """The page."""

    code: str
    mark: str
    made_at: datetime
    unit: str
    person: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    reads: Sequence[Read]


def own_file(*, actor: Actor, at: datetime, visit: Visit | None, code: str) -> OwnFile | Refusal | None:
    """The page for a person who asked; None where the actor keeps no such file. Needs a visit for a request."""
    subject = subject_of(actor, code)
    if subject is None:
        return None
    with transaction.atomic():
        if visit is not None and visit.purpose != "request":
            return Refusal(
                code="purpose",
                message=_("Bản này chỉ lập để giải quyết yêu cầu của chính người đó. Chọn mục đích ấy rồi mở lại."),
            )
        block = open_identity(actor=actor, at=at, visit=visit, subject=subject)
        if isinstance(block, Refusal):
            return block
        mark = f"BC-{secrets.token_hex(4).upper()}"
        RegisterExport.objects.create(
            user_id=actor.user_id, unit_id=actor.unit_id, visit=visit, kind=KIND, mark=mark, count=1, at=at
        )
        record_reading(at=at, actor=actor, event="registers.copy.exported", obj=subject, told={"mark": mark})
    return OwnFile(
        code=code,
        mark=mark,
        made_at=at,
        unit=subject.unit.name,
        person=list(_person(block, subject)),
        parts=[part for part in _parts(subject) if part.lines],
        reads=reads_of(Reading.objects.filter(Q(subject=subject) | Q(subject__merged_into=subject))),
    )


def _person(block: PersonBlock, subject: Subject) -> Iterator[tuple[str, str]]:
    """Who the person is, as kept; what is not known is left out."""
    said: dict[str, str] = {
        _("Họ và tên"): block.name,
        _("Tên gọi khác"): block.other_names,
        _("Ngày sinh"): date_label(block.born_on) if block.born_on else str(subject.birth_year),
        _("Giới tính"): str(subject.get_sex_display()),
        _("Nơi sinh"): block.birthplace,
        _("Quê quán"): block.home_place,
        _("Nơi thường trú"): block.permanent_address,
        _("Nơi tạm trú"): block.temporary_address,
        _("Nơi ở hiện tại"): block.present_address,
        _("Số giấy tờ tùy thân"): block.id_number,
        _("Ngày cấp"): date_label(block.id_issued_on) if block.id_issued_on else "",
        _("Nơi cấp"): block.id_issuer,
        _("Dân tộc"): block.ethnicity,
        _("Tôn giáo"): block.religion,
        _("Trình độ học vấn"): block.schooling,
        _("Nghề nghiệp"): block.occupation,
        _("Nơi làm việc"): block.workplace,
        _("Điện thoại"): block.phone,
        _("Cha, mẹ hoặc người giám hộ"): " ".join(filter(None, (block.guardian_name, block.guardian_relation))),
        _("Điện thoại người giám hộ"): block.guardian_phone,
    }
    yield from ((label, words) for label, words in said.items() if words)


def _parts(subject: Subject) -> Iterator[Part]:
    whole = {"subject": subject}
    written = {**whole, "voided_at__isnull": True}
    yield Part(_("Diện quản lý"), [_spell(each) for each in Spell.objects.filter(**whole).order_by("starts_on")])
    yield Part(
        _("Nơi giữ hồ sơ"),
        [(_window(each.from_on, each.to_on), each.unit.name) for each in
         Stay.objects.filter(**whole).select_related("unit").order_by("from_on")],
    )  # fmt: skip
    yield Part(_("Văn bản"), [_paper(each) for each in Paper.objects.filter(**whole)])
    yield Part(
        _("Xét nghiệm"),
        [(date_label(each.on), str(each.get_result_display())) for each in
         DrugTest.objects.filter(**written).order_by("on")],
    )  # fmt: skip
    yield Part(
        _("Kiểm tra cư trú"),
        [(date_label(each.on), str(each.get_found_display())) for each in
         ResidenceCheck.objects.filter(**written).order_by("on")],
    )  # fmt: skip
    yield Part(
        _("Điều trị"),
        [(_window(each.on, each.ended_on), _joined(each.get_kind_display(), each.site_name, each.get_outcome_display()))
         for each in Episode.objects.filter(**written).order_by("on")],
    )  # fmt: skip
    yield Part(
        _("Hỗ trợ"),
        [(date_label(each.on), _joined(each.get_kind_display(), each.provider_name)) for each in
         Support.objects.filter(**written).order_by("on")],
    )  # fmt: skip
    yield Part(
        _("Người trong tổ quản lý, giúp đỡ"),
        [(_window(each.from_on, each.to_on), str(each.get_part_display())) for each in
         TeamMember.objects.filter(team__subject=subject).order_by("from_on")],
    )  # fmt: skip
    yield Part(
        _("Cam kết của gia đình"),
        [(date_label(each.on), _("Có cam kết")) for each in Pledge.objects.filter(**written).order_by("on")],
    )
    yield Part(
        _("Yêu cầu của bạn"),
        [(date_label(each.received_on),
          _joined(each.get_kind_display(), each.get_state_display(), words_of(each).get("finished", "")))
         for each in DataRequest.objects.filter(**whole).order_by("received_on")],
    )  # fmt: skip
    yield Part(
        _("Mở hồ sơ khẩn cấp"),
        [(date_label(each.on), _joined(each.user_unit.name, each.get_verdict_display() or _("chờ xem xét"))) for each in
         BreakGlass.objects.filter(**whole).select_related("user_unit").order_by("on")],
    )  # fmt: skip
    if subject.erase_on:
        yield Part(_("Xóa nhân thân"), [(date_label(subject.erase_on), _("Hết thời hạn lưu"))])


def _spell(spell: Spell) -> tuple[str, str]:
    start = law().ground(spell.start_ground, spell.starts_on)
    end = law().ground(spell.end_ground, spell.ended_on) if spell.ended_on else None
    words = (
        spell.get_category_display(),
        spell.get_setting_display(),
        start.label if start else "",
        end.label if end else "",
    )
    return _window(spell.starts_on, spell.ended_on), _joined(*words)


def _paper(paper: Paper) -> tuple[str, str]:
    day = date_label(paper.signed_on) if paper.signed_on else "—"
    return day, _joined(paper.title, paper.number, paper.decider, paper.get_state_display())


def _window(start: date, end: date | None) -> str:
    if end is None:
        return _("từ %(from)s") % {"from": date_label(start)}
    return _("%(from)s đến trước %(to)s") % {"from": date_label(start), "to": date_label(end)}


def _joined(*words: Any) -> str:
    return " · ".join(str(each) for each in words if each)
