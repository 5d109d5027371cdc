"""The forms of protection. What may be said the operations know."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pcmt.apps.registers.queries.access import verdicts
from pcmt.apps.registers.queries.requests import kinds
from pcmt.web.fields import WrittenDateField

NAMELESS = _("Không ghi họ tên, số giấy tờ, số điện thoại của ai.")


class BreakForm(forms.Form):
    """Which file, and why it cannot wait."""

    sought = forms.CharField(
        label=_("Mã hồ sơ hoặc số giấy tờ tùy thân"),
        max_length=40,
        help_text=_("Đủ và đúng. Chỉ tìm trong tỉnh; mỗi lần tìm không thấy cũng được ghi lại."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Lý do khẩn cấp"),
        max_length=500,
        help_text=_("Việc gì, vì sao không chờ được người giữ hồ sơ. Ít nhất 20 ký tự. Không ghi họ tên của ai."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReviewForm(forms.Form):
    """Whether it was right."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(label=_("Kết luận"), choices=lambda: [("", _("Chọn…")), *verdicts()])
    words = forms.CharField(
        label=_("Nhận xét"),
        required=False,
        max_length=500,
        help_text=_("Bắt buộc khi không đúng quy định. Không ghi họ tên của ai."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HoldForm(forms.Form):
    """By which paper a file may not be erased."""

    basis = forms.CharField(
        label=_("Văn bản yêu cầu"), max_length=200, help_text=_("Số, ngày, cơ quan ban hành. Không ghi tên ai.")
    )
    from_on = WrittenDateField(label=_("Lưu giữ từ ngày"))


class RequestForm(forms.Form):
    """What the person asks."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    kind = forms.ChoiceField(label=_("Yêu cầu"), choices=lambda: [("", _("Chọn…")), *kinds()])
    received_on = WrittenDateField(label=_("Nhận ngày"))
    words = forms.CharField(
        label=_("Nội dung yêu cầu"),
        required=False,
        max_length=2000,
        help_text=_("Được niêm phong cùng hồ sơ."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Versioned(forms.Form):
    """A form of a row that others may change meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class AnswerForm(Versioned):
    """When the person was told that the request was received."""

    on = WrittenDateField(label=_("Đã trả lời tiếp nhận ngày"))


class ExtendForm(Versioned):
    """Until when, and why."""

    to = WrittenDateField(label=_("Gia hạn đến hết ngày"))
    words = forms.CharField(
        label=_("Lý do báo cho người yêu cầu"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class FinishForm(Versioned):
    """What came of it."""

    done = forms.ChoiceField(
        label=_("Kết quả"),
        choices=[("", _("Chọn…")), ("1", _("Đã thực hiện")), ("0", _("Không thực hiện được"))],
    )
    words = forms.CharField(
        label=_("Trả lời người yêu cầu"),
        required=False,
        max_length=2000,
        help_text=_("Bắt buộc, kèm căn cứ, khi không thực hiện được."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def today_in(form: Any, name: str, day: Any) -> Any:
    """The form with a day filled in."""
    form.fields[name].initial = day
    return form
