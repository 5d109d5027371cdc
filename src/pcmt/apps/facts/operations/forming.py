"""Data forms: made, taken over from the program's own, changed, ended.

A form that was used is never changed: it ends on a day, and the one that replaces it begins on that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import attrs
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.facts.catalogue import breakdowns, catalogue, rows_of
from pcmt.apps.facts.models import CALENDAR_WORDS, PERIODS, Element, Form, FormLine
from pcmt.apps.facts.policies import can_keep_form_at
from pcmt.apps.units.models import Level, Unit, UnitClosure, UnitKind, holds_on
from pcmt.core.diagnostics import Refusal
from pcmt.core.measures import Catalogue, check_part, part_label, parts_of
from pcmt.core.periods import ADMINISTRATIVE


@attrs.frozen
class Line:
    """What a form asks for: an element, or one part of it."""

    element: str
    breakdown: str = ""


@attrs.frozen(kw_only=True)
class FormText:
    """What a form says: see `Form`. `valid_from` is the day from which it is used."""

    title: str
    lines: tuple[Line, ...]
    period: str
    valid_from: date
    code: str = ""
    level: str = ""
    group_id: int | None = None
    calendar: str = ADMINISTRATIVE.code
    needs_acceptance: bool = False


def define_form(*, actor: Actor | None, at: datetime, root_id: int, form: FormText) -> Form | Refusal:
    """Make a form for a unit and what lies below it. Without an actor the program itself makes it (the demo)."""
    if refusal := _not_allowed(actor, root_id) or _wrong(form, root_id):
        return refusal
    with transaction.atomic():
        made = _make(actor, at, root_id, form)
        record(at=at, actor=actor, event="facts.form.defined", obj=made, after=_told(form))
    return made


def adopt_form(
    *,
    actor: Actor | None,
    at: datetime,
    code: str,
    root_id: int,
    valid_from: date,
    group_id: int | None = None,
) -> Form | Refusal:
    """Take over one of the program's own forms for a unit and what lies below it.

    With a group its members are asked in place of a level. Refused (`known`, with the form as `ref`) where the unit has
    a form with this code that has not ended.
    """
    row = next((row for row in rows_of("forms")["form"] if row["code"] == code), None)
    if row is None:
        return Refusal(code="unknown_form", message=_("Không có biểu mẫu này."), field="code")
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=root_id)
        standing = Form.objects.filter(root=root_id, code=code, valid_to=None).first()
        if standing is not None:
            message = _("Đơn vị đã dùng biểu %(code)s.") % {"code": code}
            return Refusal(code="known", message=message, field="code", ref=standing.pk)
        return define_form(
            actor=actor, at=at, root_id=root_id, form=form_text(row, valid_from=valid_from, group_id=group_id)
        )


def form_text(row: Mapping[str, Any], *, valid_from: date, group_id: int | None = None) -> FormText:
    """What a row of `data/indicators/forms.toml` says, on a day."""
    found = catalogue(valid_from)
    return FormText(
        title=row["title"],
        code=row["code"],
        lines=tuple(dict.fromkeys(line for text in row["lines"] for line in _lines(text, found, valid_from))),
        period=row["period"],
        calendar=row.get("calendar", ADMINISTRATIVE.code),
        level="" if group_id else row.get("level", ""),
        group_id=group_id,
        valid_from=valid_from,
    )


def change_form(*, actor: Actor | None, at: datetime, form_id: int, version: int, form: FormText) -> Form | Refusal:
    """Change a form; which one now holds. One with numbers ends on `valid_from`, and another replaces it."""
    with transaction.atomic():
        found = _locked(actor, form_id, version)
        if isinstance(found, Refusal):
            return found
        if refusal := _wrong(form, found.root_id):
            return refusal
        if found.valid_to is not None and form.valid_from >= found.valid_to:
            return Refusal(code="over", message=_("Biểu đã ngừng dùng trước ngày này."), field="valid_from")
        before = text_of(found)
        if form == before:
            return Refusal(code="unchanged", message=_("Không có gì thay đổi."))
        if found.recordings.exists():
            if form.valid_from <= found.valid_from:
                message = _("Biểu đã có số liệu từ ngày %(day)s: chọn một ngày sau đó để áp dụng thay đổi.")
                return Refusal(
                    code="used", message=message % {"day": f"{found.valid_from:%d/%m/%Y}"}, field="valid_from"
                )
            until = found.valid_to
            Form.objects.filter(pk=found.pk).update(valid_to=form.valid_from, version=found.version + 1)
            made = _make(actor, at, found.root_id, form, replaces=found, valid_to=until)
        else:
            _update(found, form)
            made = found
        record(at=at, actor=actor, event="facts.form.changed", obj=made, before=_told(before), after=_told(form))
    return made


def end_form(*, actor: Actor | None, at: datetime, form_id: int, version: int, on: date) -> Form | Refusal:
    """Ask for the form no more from a day on: periods whose last day lies before it are still asked for."""
    with transaction.atomic():
        found = _locked(actor, form_id, version)
        if isinstance(found, Refusal):
            return found
        if found.valid_to is not None:
            return Refusal(code="over", message=_("Biểu đã ngừng dùng."), field="valid_to")
        if on <= found.valid_from:
            message = _("Biểu dùng từ ngày %(day)s: chọn một ngày sau đó.")
            return Refusal(
                code="too_early", message=message % {"day": f"{found.valid_from:%d/%m/%Y}"}, field="valid_to"
            )
        Form.objects.filter(pk=found.pk).update(valid_to=on, version=found.version + 1)
        found.refresh_from_db()
        record(at=at, actor=actor, event="facts.form.ended", obj=found, after={"valid_to": on})
    return found


def text_of(form: Form) -> FormText:
    """What a form says."""
    return FormText(
        title=form.title,
        code=form.code,
        lines=tuple(Line(line.element.code, line.breakdown) for line in form.lines.select_related("element")),
        period=form.period,
        calendar=form.calendar,
        level=form.level,
        group_id=form.group_id,
        needs_acceptance=form.needs_acceptance,
        valid_from=form.valid_from,
    )


def _make(
    actor: Actor | None,
    at: datetime,
    root_id: int,
    form: FormText,
    *,
    replaces: Form | None = None,
    valid_to: date | None = None,
) -> Form:
    made = Form.objects.create(
        root_id=root_id, created_by_id=actor.user_id if actor else None, created_at=at, replaces=replaces,
        valid_to=valid_to, **_columns(form),
    )  # fmt: skip
    _write_lines(made, form.lines)
    return made


def _update(found: Form, form: FormText) -> None:
    Form.objects.filter(pk=found.pk).update(version=found.version + 1, **_columns(form))
    found.lines.all().delete()
    _write_lines(found, form.lines)
    found.refresh_from_db()


def _columns(form: FormText) -> dict[str, Any]:
    return {name: value for name, value in attrs.asdict(form, recurse=False).items() if name != "lines"}


def _write_lines(form: Form, lines: Sequence[Line]) -> None:
    ids = dict(Element.objects.filter(code__in={line.element for line in lines}).values_list("code", "pk"))
    FormLine.objects.bulk_create(
        FormLine(form=form, element_id=ids[line.element], breakdown=line.breakdown, order=order)
        for order, line in enumerate(lines, start=1)
    )


def _lines(text: str, found: Catalogue, on: date) -> Iterator[Line]:
    """The lines of a text of the table: `element`, `element|key=option`, or `element|key` for all its parts."""
    code, _sign, part = text.partition("|")
    if "=" in part or not part:
        yield Line(code, part)
        return
    yield Line(code)
    for each in parts_of(found.elements[code], breakdowns(on)):
        if each.startswith(f"{part}="):
            yield Line(code, each)


def _locked(actor: Actor | None, form_id: int, version: int) -> Form | Refusal:
    found: Form | None = Form.objects.select_for_update(of=("self",)).filter(pk=form_id).first()  # type: ignore[assignment]
    if found is None:
        return Refusal(code="gone", message=_("Không còn biểu này."))
    if refusal := _not_allowed(actor, found.root_id):
        return refusal
    if found.version != version:
        return Refusal(code="stale", message=_("Người khác vừa sửa biểu này. Xem bản mới rồi sửa lại nếu cần."))
    return found


def _not_allowed(actor: Actor | None, root_id: int) -> Refusal | None:
    if actor is None or can_keep_form_at(actor, root_id):
        return None
    return Refusal(code="not_allowed", message=_("Bạn không lập biểu số liệu cho đơn vị này."), field="root")


def _wrong(form: FormText, root_id: int) -> Refusal | None:
    if not form.title.strip():
        return Refusal(code="title", message=_("Nhập tên biểu."), field="title")
    if form.period not in map(str, PERIODS):
        return Refusal(code="period", message=_("Chọn kỳ nhập số liệu."), field="period")
    if form.calendar not in CALENDAR_WORDS:
        return Refusal(code="calendar", message=_("Chọn lịch của kỳ."), field="calendar")
    return _wrong_askers(form, root_id) or _wrong_lines(form)


def _wrong_askers(form: FormText, root_id: int) -> Refusal | None:
    if form.level and form.group_id:
        return Refusal(
            code="level_or_group", message=_("Chọn cấp nhập hoặc nhóm đơn vị, không chọn cả hai."), field="level"
        )
    if form.level and form.level not in Level.values:
        return Refusal(code="level", message=_("Chọn cấp nhập số liệu."), field="level")
    if form.group_id:
        below = UnitClosure.objects.filter(holds_on(form.valid_from), ancestor=root_id).values("descendant_id")
        if not Unit.objects.filter(pk=form.group_id, kind=UnitKind.GROUP, pk__in=below).exists():
            message = _("Nhóm đơn vị nhập phải nằm trong phạm vi của biểu.")
            return Refusal(code="group", message=message, field="group")
    return None


def _wrong_lines(form: FormText) -> Refusal | None:
    if not form.lines:
        return Refusal(code="lines", message=_("Chọn ít nhất một chỉ tiêu thống kê."), field="lines")
    found, parts = catalogue(form.valid_from), breakdowns(form.valid_from)
    for line in form.lines:
        element = found.elements.get(line.element)
        if element is None:
            message = _("Chỉ tiêu thống kê “%(code)s” không dùng vào ngày %(day)s.")
            args = {"code": line.element, "day": f"{form.valid_from:%d/%m/%Y}"}
            return Refusal(code="unknown_element", message=message % args, field="lines")
        if line.breakdown and check_part(line.breakdown, element, parts):
            message = _("“%(element)s” không có phân tổ “%(part)s”.")
            args = {"element": element.name, "part": part_label(line.breakdown, parts)}
            return Refusal(code="unknown_part", message=message % args, field="lines")
        if form.lines.count(line) > 1:
            message = _("“%(element)s” có trong biểu hai lần.") % {"element": element.name}
            return Refusal(code="line_twice", message=message, field="lines")
    return None


def _told(form: FormText) -> dict[str, Any]:
    """What the log keeps of it, as people say it."""
    found, parts = catalogue(form.valid_from), breakdowns(form.valid_from)
    names = {code: element.name for code, element in found.elements.items()}
    group = Unit.objects.filter(pk=form.group_id).values_list("name", flat=True).first() if form.group_id else ""
    told = {name: value for name, value in _columns(form).items() if value not in ("", None) and name != "group_id"}
    lines = [
        names.get(line.element, line.element) + (f" ({part_label(line.breakdown, parts)})" if line.breakdown else "")
        for line in form.lines
    ]
    return {**told, "group": group or "", "lines": lines}
