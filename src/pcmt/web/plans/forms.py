"""Handing in a plan and filtering the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from pcmt.apps.plans.models import PlanState

SUFFIXES = (".docx", ".doc", ".odt", ".pdf", ".txt", ".html", ".htm", ".xlsx", ".png", ".jpg", ".jpeg", ".tif", ".tiff")
"""What the file dialog offers. What a file really is, the reading finds out."""


class UploadForm(forms.Form):
    """One file, or pasted text."""

    file = forms.FileField(
        label=_("Tệp kế hoạch"),
        required=False,
        allow_empty_file=True,
        max_length=255,
        help_text=_("Word, PDF, văn bản, trang web, Excel hoặc ảnh quét; đến 20 MB."),
        error_messages={"max_length": _("Tên tệp quá dài. Đặt tên ngắn hơn 255 ký tự rồi gửi lại.")},
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )
    text = forms.CharField(
        label=_("Hoặc dán nội dung"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    again = forms.BooleanField(label=_("Vẫn gửi lại tệp này"), required=False)

    def clean(self) -> dict[str, Any]:
        """One way of the two, and not too large."""
        data = super().clean() or {}
        file, text = data.get("file"), data.get("text") or ""
        if self.errors:
            return data
        if file and text.strip():
            self.add_error("text", _("Chỉ chọn một cách: gửi tệp, hoặc dán nội dung. Xóa nội dung đã dán để gửi tệp."))
        elif not file and not text.strip():
            self.add_error("file", _("Chọn một tệp, hoặc dán nội dung kế hoạch."))
        elif file and file.size > settings.PCMT_UPLOAD_LIMIT:
            megabytes = settings.PCMT_UPLOAD_LIMIT // (1024 * 1024)
            self.add_error(
                "file",
                _("Tệp lớn hơn %(limit)d MB. Bỏ bớt ảnh, hoặc lưu lại dưới dạng PDF gọn hơn rồi gửi.")
                % {"limit": megabytes},
            )
        return data


class ListFilter(forms.Form):
    """What part of the plans to show."""

    q = forms.CharField(label=_("Có chữ"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label=_("Trạng thái"), required=False, choices=[("", _("Tất cả")), *PlanState.choices])

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(bool(self.data.get(name)) for name in self.fields)
