"""Forms of handing on. They check what was typed; what may be done the operations know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import User
from pcmt.apps.tasks.operations.holding import NOTE_CHARS
from pcmt.apps.tasks.operations.parts import PART_CHARS
from pcmt.apps.units.models import Unit
from pcmt.web.fields import WrittenDateField
from pcmt.web.people.fields import UnitField


class PartForm(forms.Form):
    """What a part is and until when. `version` is that of the item which the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    label = forms.CharField(
        label=_("Phần việc"),
        help_text=_("Việc cụ thể phải làm. Không ghi tên người trong hồ sơ quản lý."),
        max_length=PART_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Ghi phần việc giao là gì.")},
    )
    due_on = WrittenDateField(label=_("Hạn chót, tính cả ngày này"), required=False)
    needs_acceptance = forms.BooleanField(label=_("Đơn vị giao nghiệm thu khi báo xong"), required=False)


class HandDownForm(PartForm):
    """A part for each of the units ticked; one that stays in the unit may have a person."""

    units = forms.TypedMultipleChoiceField(
        label=_("Đơn vị nhận"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Chọn ít nhất một đơn vị nhận phần việc."),
            "invalid_choice": _("Có đơn vị không nhận được phần việc này nữa. Chọn lại."),
        },
    )
    holder = forms.TypedChoiceField(
        label=_("Người phụ trách"),
        help_text=_("Chỉ khi phần việc ở lại đơn vị mình."),
        required=False,
        coerce=int,
        empty_value=None,
    )

    def __init__(self, *args: Any, units: Iterable[Unit], people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = [(unit.pk, unit.name) for unit in units]  # type: ignore[attr-defined]
        self.fields["holder"].choices = [("", _("Không riêng ai")), *people_choices(people)]  # type: ignore[attr-defined]


class HolderForm(forms.Form):
    """Who in the unit has an item in hand."""

    holder = forms.TypedChoiceField(label=_("Người phụ trách"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].choices = [("", _("Không riêng ai")), *people_choices(people)]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer to a body that asked to be spared; with a unit, that gets the item instead."""

    answer = forms.CharField(
        label=_("Ý kiến trả lời"),
        max_length=NOTE_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Nhập ý kiến trả lời.")},
    )
    unit = UnitField(label=_("Giao cho đơn vị khác"), required=False)

    def __init__(self, *args: Any, units: QuerySet[Unit], on: date, due_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.units, field.on = units, on
        field.widget.attrs["data-suggest"] = reverse("tasks:answer-units", args=[due_id])


def people_choices(people: QuerySet[User]) -> list[tuple[int, str]]:
    """People by name; the post beside it tells namesakes apart."""
    return [(user.pk, f"{user.get_full_name()}, {user.post}" if user.post else user.get_full_name()) for user in people]
