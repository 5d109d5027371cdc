"""Forms to say how a target is measured, where a change starts from, and what no number answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.facts.models import CALENDAR_WORDS
from pcmt.apps.units.models import Unit
from pcmt.core.measures import Breakdown
from pcmt.web.fields import WrittenDateField, WrittenNumberField

Choices = Iterable[tuple[Any, Any]]


class MeasureForm(forms.Form):
    """Which indicator measures a target, of whom, in which calendar. `version` is the measure's as it was shown."""

    indicator = forms.ChoiceField(
        label=_("Đo bằng chỉ số"), widget=forms.Select(attrs={"class": "form-select"}), required=False
    )
    breakdown = forms.ChoiceField(
        label=_("Chỉ tính một phần"),
        help_text=_("Để “tất cả” nếu chỉ tiêu không nói riêng một nhóm."),
        widget=forms.Select(attrs={"class": "form-select"}),
        required=False,
    )
    each = forms.ChoiceField(label=_("Tính cho"), widget=forms.Select(attrs={"class": "form-select"}), required=False)
    calendar = forms.ChoiceField(
        label=_("Lịch tính kỳ"),
        choices=list(CALENDAR_WORDS.items()),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, indicators: Choices, levels: Choices, breakdowns: Iterable[Breakdown], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        parts = [
            (each.name, [(f"{each.code}={option.code}", option.name) for option in each.options.values()])
            for each in breakdowns
        ]
        self.fields["indicator"].choices = list(indicators)  # type: ignore[attr-defined]
        self.fields["each"].choices = list(levels)  # type: ignore[attr-defined]
        self.fields["breakdown"].choices = [("", pgettext_lazy("phân tổ", "tất cả")), *parts]  # type: ignore[attr-defined]


class OfUnitForm(forms.Form):
    """Something said of a target for one of its units. `seen` is the id of what stood there before (0: nothing)."""

    unit = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class BaselineForm(OfUnitForm):
    """The figure from which a change starts, with its source."""

    value = WrittenNumberField(label=_("Số kỳ gốc"), help_text=_("Của tỷ lệ thì ghi số phần trăm, ví dụ 85,5."))
    so_far = WrittenNumberField(
        label=_("Trong đó đến cùng kỳ"),
        help_text=_("Số kỳ gốc tính đến cùng ngày này của kỳ gốc. Để trống nếu chưa biết: khi đó chia theo ngày."),
        required=False,
    )
    source = forms.CharField(
        label=_("Căn cứ"),
        help_text=_("Số liệu lấy ở đâu, ví dụ Báo cáo số 12/BC-CAT ngày 20/12/2025."),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def clean_value(self) -> Decimal:
        """As the decimal that was typed."""
        return Decimal(str(self.cleaned_data["value"]))

    def clean_so_far(self) -> Decimal | None:
        """As the decimal that was typed."""
        typed = self.cleaned_data["so_far"]
        return None if typed is None else Decimal(str(typed))


class RemarkForm(OfUnitForm):
    """Whether a target that no number answers is reached, since which day, in which words."""

    reached = forms.ChoiceField(
        label=_("Kết quả"),
        choices=[("1", _("Đã đạt")), ("0", _("Chưa đạt"))],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    on = WrittenDateField(label=_("Ngày đạt, hoặc ngày đánh giá"), help_text=_("Dạng 15/6/2026."))
    words = forms.CharField(
        label=_("Nhận xét"),
        help_text=_("Căn cứ vào đâu; nếu chưa đạt thì vì sao."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        required=False,
    )


def unit_choices(units: Sequence[Unit]) -> list[tuple[int, str]]:
    """Units to choose from."""
    return [(unit.pk, unit.name) for unit in units]
