"""Which area and year the leader screen shows, since when changes are told, and the day of a briefing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.letters import LetterWords
from pcmt.apps.tasks.operations import PART_CHARS, Said
from pcmt.apps.units.models import Unit
from pcmt.web.fields import FilterForm, WrittenDateField
from pcmt.web.tasks.forms import PlanField, UnitField
from pcmt.web.urging.forms import LetterForm

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


class DecisionForm(forms.Form):
    """A conclusion as it is typed at the table; `about` and `seen` are the due item that it speaks of."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    about = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("Kết luận"),
        max_length=PART_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Ghi nội dung kết luận.")},
    )
    units = forms.TypedMultipleChoiceField(
        label=_("Đơn vị thực hiện"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Có đơn vị không còn trong danh sách. Chọn lại.")},
    )
    due_on = WrittenDateField(label=_("Hạn thực hiện"), required=False, help_text=_("Ví dụ 15/6/2026."))
    plan = PlanField(
        label=_("Thuộc kế hoạch"), queryset=Plan.objects.none(), required=False, empty_label=_("Chọn kế hoạch")
    )

    def __init__(self, *args: Any, units: Sequence[Unit], plans: QuerySet[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = [(unit.pk, unit.name) for unit in units]  # type: ignore[attr-defined]
        self.fields["plan"].queryset = plans  # type: ignore[attr-defined]

    def said(self) -> Said:
        """What was typed, as the operation takes it."""
        typed = self.cleaned_data
        about = (typed["about"], typed["seen"] or 0) if typed["about"] else None
        return Said(
            words=typed["words"],
            unit_ids=typed["units"],
            due_on=typed["due_on"],
            plan_id=typed["plan"].pk if typed["plan"] and not about else None,
            about=about,
        )


class MinutesForm(LetterForm):
    """Letterhead and signature of the minutes, and which conclusions were seen."""

    answer_by = None  # type: ignore[assignment]
    seen = forms.CharField(widget=forms.HiddenInput, max_length=32)

    def words(self) -> LetterWords:
        """What was typed, as the document takes it."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        typed["recipients"] = [line.strip() for line in typed["recipients"].splitlines() if line.strip()]
        return LetterWords(**typed)


class MeetingForm(forms.Form):
    """A briefing was held on a day."""

    on = WrittenDateField(label=_("Ngày giao ban"), error_messages={"required": _("Nhập ngày giao ban.")})
    words = forms.CharField(
        label=_("Nội dung"), help_text=_("Ví dụ: giao ban tháng 6, họp Ban Chỉ đạo."), max_length=200, required=False
    )
