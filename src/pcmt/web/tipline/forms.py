"""What a sender writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pcmt.apps.tips.operations.receiving import IDENTITY, LINE_CHARS, WORDS_CHARS
from pcmt.apps.tips.operations.talking import WORDS_CHARS as MESSAGE_CHARS
from pcmt.apps.tips.topics import TOPICS
from pcmt.apps.units.models import Unit

OFF = {"autocomplete": "off"}


def _line(label: Any, hint: Any = "", most: int = LINE_CHARS, **more: str) -> forms.CharField:
    widget = forms.TextInput(attrs={**OFF, **more})
    return forms.CharField(label=label, help_text=hint, required=False, max_length=most, widget=widget)


class TipForm(forms.Form):
    """A tip. `bodies` are those of the area that the sender can tick."""

    topic = forms.ChoiceField(label=_("Việc muốn báo"), choices=[("", _("Chọn…")), *TOPICS.items()])
    words = forms.CharField(
        label=_("Điều bạn biết"),
        help_text=_("Ai, làm gì, bằng cách nào. Chỉ ghi điều bạn thấy hoặc nghe. Đừng tự đi tìm thêm."),
        max_length=WORDS_CHARS,
        widget=forms.Textarea(attrs={**OFF, "rows": 7}),
    )
    where = _line(_("Ở đâu"), _("Xóm, đường, quán… càng rõ càng tốt."))
    when = _line(_("Khoảng khi nào"), _("Ví dụ: tối thứ Bảy, hoặc khoảng ba tuần nay."))
    named = forms.MultipleChoiceField(
        label=_("Tin này nói về cơ quan hoặc cán bộ của cơ quan nào không?"),
        help_text=_("Cơ quan bạn đánh dấu sẽ không được biết có tin này; tin đi lên cấp trên."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    bodies = _line(_("Cơ quan, cán bộ khác"), _("Ghi tên nếu không có trong danh sách trên."))
    who = forms.ChoiceField(
        label=_("Bạn muốn gửi thế nào?"),
        choices=[
            ("anonymous", _("Ẩn danh: không ai biết tôi là ai")),
            ("named", _("Cho biết tôi là ai: tên được cất riêng, chỉ mở khi có lý do và được một người khác cho phép")),
        ],
        initial="anonymous",
        widget=forms.RadioSelect,
    )
    name = _line(_("Họ và tên"), most=IDENTITY["name"])
    phone = _line(_("Số điện thoại"), most=IDENTITY["phone"], inputmode="tel")
    address = _line(_("Địa chỉ"), most=IDENTITY["address"])

    def __init__(self, data: Any, *, bodies: Sequence[Unit]) -> None:
        super().__init__(data)
        self.fields["named"].choices = [(str(unit.pk), unit.name) for unit in bodies]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("who") == "named" and not any(said.get(each) for each in IDENTITY):
            self.add_error("name", _("Ghi tên hoặc số điện thoại, hoặc chọn gửi ẩn danh."))
        return said

    def told(self) -> dict[str, Any]:
        """The arguments of `receive`."""
        said = self.cleaned_data
        identity: Mapping[str, str] | None = {each: said[each] for each in IDENTITY} if said["who"] == "named" else None
        return {
            "topic": said["topic"],
            "words": said["words"],
            "details": {each: said[each] for each in ("where", "when", "bodies")},
            "named": [int(each) for each in said["named"]],
            "identity": identity,
        }


class ReceiptForm(forms.Form):
    """The receipt as the sender types it."""

    receipt = forms.CharField(
        label=_("Mã theo dõi"),
        help_text=_("Tám cặp từ, viết không dấu hay có dấu đều được. Ví dụ: chim xanh, nui cao, …"),
        max_length=600,
        widget=forms.Textarea(attrs={**OFF, "rows": 3, "autocapitalize": "none", "spellcheck": "false"}),
    )


class MessageForm(forms.Form):
    """What the sender adds."""

    words = forms.CharField(
        label=_("Nhắn thêm"),
        max_length=MESSAGE_CHARS,
        required=False,
        widget=forms.Textarea(attrs={**OFF, "rows": 4}),
    )
