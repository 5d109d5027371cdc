"""Which area and year the leader screen shows, since when changes are told, and the day of a briefing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from pcmt.apps.units.models import Unit
from pcmt.web.fields import FilterForm, WrittenDateField
from pcmt.web.tasks.forms import UnitField

YEARS_BACK = 5


class AreaForm(FilterForm):
    """The area and the year of plans and limits. Words that make no sense are left out."""

    arranges = ("don_vi", "nam")

    don_vi = UnitField(label=_("Địa bàn, đơn vị"), queryset=Unit.objects.none(), required=False, empty_label=None)
    nam = forms.TypedChoiceField(label=_("Kế hoạch năm"), coerce=int, required=False, empty_value=None)

    def __init__(self, data: Any, *, units: QuerySet[Unit], unit: Unit, year: int, this_year: int) -> None:
        super().__init__({"don_vi": data.get("don_vi") or unit.pk, "nam": data.get("nam") or year})
        self.fields["don_vi"].queryset = units  # type: ignore[attr-defined]
        years = sorted({year, *range(this_year - YEARS_BACK, this_year + 2)}, reverse=True)
        self.fields["nam"].choices = [(each, str(each)) for each in years]  # type: ignore[attr-defined]


class SinceForm(forms.Form):
    """Since the beginning of which day, to the end of which, changes are told."""

    tu = forms.DateField(
        label=_("Từ đầu ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    den = forms.DateField(
        label=_("Đến hết ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def days(self, today: date) -> tuple[date | None, date]:
        """The days that make sense; days to come are today, and without a first day there is none."""
        self.is_valid()
        first, last = self.cleaned_data.get("tu"), self.cleaned_data.get("den")
        last = min(last or today, today)
        return (first if first and first <= last else None), last


class MeetingForm(forms.Form):
    """A briefing was held on a day."""

    on = WrittenDateField(label=_("Ngày giao ban"), error_messages={"required": _("Nhập ngày giao ban.")})
    words = forms.CharField(
        label=_("Nội dung"), help_text=_("Ví dụ: giao ban tháng 6, họp Ban Chỉ đạo."), max_length=200, required=False
    )
