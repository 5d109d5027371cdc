"""What a batch may do, in words, and the form of what is said for it. What may be done the operations know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.tasks.operations import ACTS, NOTE_CHARS
from pcmt.web.fields import WrittenDateField, WrittenNumberField

WORDS: Mapping[str, str | Promise] = {
    "percent": pgettext_lazy("việc làm hàng loạt", "Báo tiến độ"),
    "done": pgettext_lazy("việc làm hàng loạt", "Báo đã xong"),
}
"""What each act is called in the list."""

CHOICES = [(name, WORDS[name]) for name in ACTS]


class ActForm(forms.Form):
    """What is said for all items of a batch; only the fields of its act stand in it."""

    percent = WrittenNumberField(label=_("Tiến độ (%)"), required=False)
    done_on = WrittenDateField(
        label=_("Ngày xong"),
        required=False,
        help_text=_("Để trống là hôm nay. Ngày đã qua chỉ cơ quan thường trực ghi được, kèm lý do ở ghi chú."),
    )
    note = forms.CharField(
        label=_("Ghi chú"), required=False, max_length=NOTE_CHARS, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, act: str, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        chosen = ACTS[act]
        self.fields = {name: self.fields[name] for name in (*chosen.needed, *chosen.more)}
        for name in chosen.needed:
            self.fields[name].required = True

    @property
    def given(self) -> dict[str, Any]:
        """What was said, as a batch keeps it; empty values are left out."""
        said = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in said.items()}
