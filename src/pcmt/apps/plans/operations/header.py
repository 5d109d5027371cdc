"""Putting the head of a document right: title, number, date, issuer, window."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve
from django.db import transaction
from django.utils.translation import gettext as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.audit.operations import record
from pcmt.apps.plans.contract import Header, header_from, squeezed
from pcmt.apps.plans.models import PlanKind, PlanState, Revision
from pcmt.apps.plans.operations.bodies import refresh_bodies
from pcmt.apps.plans.operations.common import held_for_review, touch
from pcmt.apps.plans.operations.reading import show_header
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.core.periods import parse_date

TEXTS = {"title": 2000, "number": 40, "symbol": 60, "issuer_name": 300}
DAYS = ("issued_on", "window_from", "window_to")


def edit_header(
    *, actor: Actor, at: datetime, revision_id: int, version: int, changes: Mapping[str, Any]
) -> Revision | Refusal:
    """Set fields of the header (names of `contract.Header`); `version` is the header's own version as last seen."""
    with transaction.atomic():
        revision = held_for_review(actor, revision_id)
        if isinstance(revision, Refusal):
            return revision
        header = header_from(revision.header)
        if header.version != version:
            return Refusal(
                code="stale",
                message=_("Phần đầu văn bản vừa được người khác sửa. Xem lại rồi sửa tiếp."),
                ref=revision.pk,
            )
        changed = _changed(header, changes)
        if isinstance(changed, Refusal):
            return changed
        if changed == header:
            return revision
        before = revision.header
        revision.header = evolve(changed, version=version + 1).stored()
        revision.save(update_fields=["header"])
        touch(revision)
        refresh_bodies(revision, at=at)
        if revision.plan.state == PlanState.DRAFT:
            show_header(revision.plan, changed)
        shown = {name: revision.header[name] for name in before if before[name] != revision.header[name]}
        record(
            at=at,
            actor=actor,
            event="plans.header.edited",
            obj=revision,
            before={name: before[name] for name in shown},
            after=shown,
        )
    return revision


def _changed(header: Header, changes: Mapping[str, Any]) -> Header | Refusal:
    """The header with the changes, or the first thing that is wrong with them."""
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name in TEXTS:
            text = squeezed(value or "")
            if len(text) > TEXTS[name]:
                return Refusal(code="too_long", message=_("Tối đa %(most)s ký tự.") % {"most": TEXTS[name]}, field=name)
            values[name] = text
        elif name in DAYS:
            day = parse_date(value)
            if value and day is None:
                return Refusal(code="date", message=_("Ngày không hợp lệ. Nhập theo dạng dd/mm/yyyy."), field=name)
            values[name] = day
        elif name == "kind":
            if value not in PlanKind.values:
                return Refusal(code="kind", message=_("Chọn loại văn bản trong danh sách."), field=name)
            values[name] = value
        elif name == "issuer_id":
            if value is not None and not Unit.objects.filter(pk=value).exists():
                return Refusal(code="no_unit", message=_("Đơn vị đã chọn không còn trong danh mục."), field=name)
            values[name] = value
        else:
            return Refusal(
                code="field", message=_("Phần đầu văn bản không có thông tin “%(name)s”.") % {"name": name}, field=name
            )
    changed = evolve(header, **values)
    if changed.window_from and changed.window_to and changed.window_to < changed.window_from:
        return Refusal(code="window", message=_("Ngày kết thúc không được trước ngày bắt đầu."), field="window_to")
    if "title" in values and not changed.title:
        return Refusal(code="empty", message=_("Nhập tên kế hoạch."), field="title")
    return changed
