"""What the table of punctuality is asked: whose items, of which plan, which limits, as of which day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.punctuality import Question
from pcmt.apps.units.models import Unit
from pcmt.core.periods import ADMINISTRATIVE, CALENDARS, STATISTICAL, Calendar, Kind, Span
from pcmt.web.fields import FilterForm
from pcmt.web.tasks.forms import PlanField, UnitField

ROWS = (
    ("", pgettext_lazy("xếp theo", "Đơn vị")),
    ("ke-hoach", pgettext_lazy("xếp theo", "Kế hoạch")),
    ("thang", pgettext_lazy("xếp theo", "Tháng")),
    ("quy", pgettext_lazy("xếp theo", "Quý")),
)
ORDERS = (("", _("Thứ tự đơn vị")), ("muon", _("Nhiều việc muộn trước")))
ROMAN = ("I", "II", "III", "IV")
PERIODS = (
    ("", _("Cả năm")),
    *((f"q{number}", _("Quý %(number)s") % {"number": ROMAN[number - 1]}) for number in range(1, 5)),
    *((f"t{number}", _("Tháng %(number)s") % {"number": number}) for number in range(1, 13)),
)
CALENDAR_CHOICES = (
    ("", _("Tháng dương lịch")),
    (ADMINISTRATIVE.code, _("Kỳ báo cáo hành chính (15–14)")),
)


class PunctualityForm(FilterForm):
    """The filter of the table. Words that make no sense are left out, so that an old address still opens."""

    arranges = "theo"

    theo = forms.ChoiceField(label=_("Mỗi dòng là"), choices=ROWS, required=False)
    xep = forms.ChoiceField(label=_("Xếp"), choices=ORDERS, required=False)
    ke_hoach = PlanField(label=_("Kế hoạch"), queryset=Plan.objects.none(), required=False, empty_label=_("Tất cả"))
    don_vi = UnitField(label=_("Đơn vị"), queryset=Unit.objects.none(), required=False, empty_label=_("Tất cả"))
    nam = forms.TypedChoiceField(label=_("Hạn trong năm"), coerce=int, required=False, empty_value=None)
    ky = forms.ChoiceField(label=_("Kỳ"), choices=PERIODS, required=False)
    lich = forms.ChoiceField(label=_("Cách tính kỳ"), choices=CALENDAR_CHOICES, required=False)
    tinh_den = forms.DateField(
        label=_("Tính đến hết ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    giao_xuong = forms.BooleanField(label=_("Chỉ phần việc giao xuống"), required=False)

    def __init__(
        self, data: Any, *, actor: Actor, plans: QuerySet[Plan], units: QuerySet[Unit], years: list[int]
    ) -> None:
        super().__init__(data)
        self.actor = actor
        self.fields["ke_hoach"].queryset = plans  # type: ignore[attr-defined]
        self.fields["don_vi"].queryset = units  # type: ignore[attr-defined]
        self.fields["nam"].choices = [("", _("Mọi năm")), *((year, str(year)) for year in years)]  # type: ignore[attr-defined]

    @property
    def calendar(self) -> Calendar:
        """By which months and years periods are cut."""
        return CALENDARS.get(self.chosen["lich"] or "", STATISTICAL)

    @property
    def year(self) -> int | None:
        """The chosen year; tables by month and quarter are of this year unless told else."""
        chosen = self.chosen
        if chosen["nam"]:
            return int(chosen["nam"])
        needs = chosen["theo"] in ("thang", "quy") or chosen["ky"]
        return self.calendar.month_of(self.actor.on)[0] if needs else None

    def window(self) -> Span | None:
        """The span in which the limits lie; None is every limit and none."""
        year = self.year
        if year is None:
            return None
        word = self.chosen["ky"] or ""
        if word[:1] == "q":
            return self.calendar.named(Kind.QUARTER, year, int(word[1:]))
        if word[:1] == "t":
            return self.calendar.named(Kind.MONTH, year, int(word[1:]))
        return self.calendar.named(Kind.YEAR, year)

    def question(self) -> Question:
        """What to count. A day to come is not known: then it is today."""
        chosen = self.chosen
        return Question(
            as_of=min(chosen["tinh_den"] or self.actor.on, self.actor.on),
            plan_id=chosen["ke_hoach"].pk if chosen["ke_hoach"] else None,
            unit_id=chosen["don_vi"].pk if chosen["don_vi"] else None,
            units_below=True,
            window=self.window(),
            parts=bool(chosen["giao_xuong"]),
        )
