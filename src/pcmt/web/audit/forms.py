"""What part of the log to show."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.web.audit.words import EVENTS, OBJECTS
from pcmt.web.templatetags.pcmt import vdate

READ, WRITTEN = "xem", "ghi"
HOW = ((READ, _("Chỉ xem: tải về, in")), (WRITTEN, _("Chỉ ghi: thêm, sửa, đăng nhập")))
ALL: tuple[str, str | Promise] = ("", _("Tất cả"))


class LogFilter(forms.Form):
    """Person, unit, object, event, time. Words that make no sense are left out, so that an old address still opens."""

    nguoi = forms.CharField(label=_("Người"), required=False, max_length=120)
    don_vi = forms.CharField(label=_("Đơn vị"), required=False, max_length=200)
    viec = forms.ChoiceField(
        label=_("Việc đã làm"),
        required=False,
        choices=lambda: [ALL, *HOW, *((group, list(events.items())) for group, events in EVENTS.items())],
    )
    loai = forms.ChoiceField(label=_("Loại đối tượng"), required=False, choices=lambda: [ALL, *OBJECTS.items()])
    ten = forms.CharField(label=pgettext_lazy("nhật ký", "Đối tượng"), required=False, max_length=200)
    tu = forms.DateField(
        label=_("Từ ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    den = forms.DateField(
        label=_("Đến ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    lan = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen and makes sense, by field name; everything else empty."""
        self.is_valid()
        chosen = {name: self.cleaned_data.get(name) for name in self.fields}
        if not re.fullmatch(r"[0-9a-f]{32}", chosen["lan"] or ""):
            chosen["lan"] = ""
        return chosen

    @property
    def active(self) -> int:
        """How many filters narrow the list, for the button of the panel."""
        return len(self.words)

    @property
    def words(self) -> list[tuple[str, str]]:
        """What narrows the list, as label and value in words."""
        said = []
        for name, value in self.chosen.items():
            if not value:
                continue
            if name == "viec":
                value = _choice(value)
            elif name == "loai":
                value = OBJECTS[value]
            elif name in {"tu", "den"}:
                value = vdate(value)
            label = _("Một lần gửi") if name == "lan" else self.fields[name].label
            said.append((str(label), str(value)))
        return said


def _choice(value: str) -> str:
    named = dict(HOW) | {event: word for events in EVENTS.values() for event, word in events.items()}
    return str(named[value])
