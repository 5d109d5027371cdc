"""What a batch may do, in words; the form of what is said for it, and that of a workbook that comes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.models import Actor, User
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.operations import ACTS, NOTE_CHARS
from pcmt.web.fields import WorkbookField, WrittenDateField, WrittenNumberField
from pcmt.web.tasks.forms import PlanField

WORDS: Mapping[str, str | Promise] = {
    "percent": pgettext_lazy("việc làm hàng loạt", "Báo tiến độ"),
    "done": pgettext_lazy("việc làm hàng loạt", "Báo đã xong"),
    "holder": pgettext_lazy("việc làm hàng loạt", "Phân công người phụ trách"),
    "accept": pgettext_lazy("việc làm hàng loạt", "Nghiệm thu"),
    "send_back": pgettext_lazy("việc làm hàng loạt", "Trả lại"),
    "extend": pgettext_lazy("việc làm hàng loạt", "Gia hạn"),
    "suspend": pgettext_lazy("việc làm hàng loạt", "Tạm dừng"),
    "resume": pgettext_lazy("việc làm hàng loạt", "Cho tiếp tục"),
    "cancel": pgettext_lazy("việc làm hàng loạt", "Hủy việc"),
}
"""What each act is called in the list."""

URGE = "urge"
"""Not an act of a batch: the chosen items go to the page of urging letters."""
OWN = ("percent", "done", "holder")
"""Acts on what the own unit owes."""
GIVEN = ("accept", "send_back", "extend", "suspend", "resume", "cancel")
"""Acts on what one gave to others."""


class HolderField(forms.ModelChoiceField):
    """A person by the full name; the user name beside it tells two of the same name apart."""

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.get_full_name()} ({obj.username})"


class BatchForm(forms.Form):
    """What is said for all items of a batch; only the fields of its act stand in it."""

    percent = WrittenNumberField(label=_("Tiến độ (%)"), required=False)
    done_on = WrittenDateField(
        label=_("Ngày xong"),
        required=False,
        help_text=_("Để trống là hôm nay. Ngày đã qua chỉ cơ quan thường trực ghi được, kèm lý do ở ghi chú."),
    )
    until = WrittenDateField(
        label=_("Gia hạn đến hết ngày"),
        required=False,
        help_text=_("Hạn ban đầu vẫn ghi ở từng việc. Việc đã trễ so với hạn mới thì vẫn là trễ."),
    )
    holder_id = HolderField(
        label=_("Người phụ trách"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Không giao riêng cho ai"),
        help_text=_("Chỉ giao được cho người của đơn vị phải làm việc; việc của đơn vị khác sẽ ghi là không làm được."),
    )
    reason = forms.CharField(
        label=_("Lý do"),
        required=False,
        max_length=NOTE_CHARS,
        help_text=_("Một lý do chung, ghi vào lịch sử của từng việc."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    longer = forms.BooleanField(label=_("Cộng số ngày đã tạm dừng vào hạn"), required=False, initial=True)
    note = forms.CharField(
        label=_("Ghi chú"), required=False, max_length=NOTE_CHARS, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any, *, act: str, people: QuerySet[User], initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        chosen = ACTS[act]
        self.fields = {name: self.fields[name] for name in (*chosen.needed, *chosen.more)}
        if "holder_id" in self.fields:
            self.fields["holder_id"].queryset = people  # type: ignore[attr-defined]
        for name in chosen.needed:
            self.fields[name].required = True

    @property
    def given(self) -> dict[str, Any]:
        """What was said, as a batch keeps it; empty values are left out."""
        said = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return {name: _stored(value) for name, value in said.items()}


def _stored(value: Any) -> Any:
    if isinstance(value, User):
        return value.pk
    return value.isoformat() if isinstance(value, date) else value


class SheetForm(forms.Form):
    """A workbook that was downloaded from the list, and the plan it has to be of."""

    file = WorkbookField(
        label=_("Bảng Excel đã sửa"), help_text=_("Bảng tải từ danh sách việc; xlsx, xls hoặc ods; đến 20 MB.")
    )
    ke_hoach = PlanField(
        label=_("Chỉ nhận việc của kế hoạch"), queryset=Plan.objects.none(), required=False, empty_label=_("Tất cả")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ke_hoach"].queryset = Plan.objects.visible_to(actor).in_force().order_by("-issued_on", "-pk")  # type: ignore[attr-defined]
