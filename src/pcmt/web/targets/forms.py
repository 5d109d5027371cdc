"""The filter of the list of targets, and what a comparison asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.facts.models import CALENDAR_WORDS
from pcmt.apps.plans.models import Plan
from pcmt.apps.units.models import Unit
from pcmt.core.measures import Catalogue, Nature
from pcmt.core.periods import Kind
from pcmt.web.fields import FilterForm
from pcmt.web.targets.comparing import HIGH, LOW, NAME
from pcmt.web.targets.words import SHAPE_WORDS, VERDICT_WORDS
from pcmt.web.tasks.forms import PlanField, UnitField

ALL = ("", _("Tất cả"))
VERDICT_CHOICES = [ALL, *((each.slug, each.word) for each in VERDICT_WORDS.values())]
SHAPE_CHOICES = [ALL, *((str(key), word) for key, word in SHAPE_WORDS.items())]


class TargetFilter(FilterForm):
    """Which targets to list. With a unit the list tells how each target stands for that unit."""

    q = forms.CharField(label=_("Tìm trong nội dung"), required=False, max_length=200)
    ke_hoach = PlanField(
        label=pgettext_lazy("danh mục", "Kế hoạch"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label=_("Tất cả"),
    )
    don_vi = UnitField(
        label=_("Kết quả của đơn vị"), queryset=Unit.objects.none(), required=False, empty_label=_("Toàn chỉ tiêu")
    )
    ket_luan = forms.ChoiceField(label=_("Kết luận"), choices=VERDICT_CHOICES, required=False)
    dang = forms.ChoiceField(label=_("Dạng chỉ tiêu"), choices=SHAPE_CHOICES, required=False)
    dvt = forms.ChoiceField(label=_("Đơn vị tính"), required=False)

    def __init__(self, data: Any, *, plans: QuerySet[Plan], units: QuerySet[Unit], unit_words: Sequence[str]) -> None:
        super().__init__(data)
        self.fields["ke_hoach"].queryset = plans  # type: ignore[attr-defined]
        self.fields["don_vi"].queryset = units  # type: ignore[attr-defined]
        words = [(word, "%" if word == "percent" else word) for word in unit_words]
        self.fields["dvt"].choices = [ALL, *words]  # type: ignore[attr-defined]


PERIOD_CHOICES = (
    (str(Kind.YEAR), _("Năm")),
    (str(Kind.HALF_YEAR), _("6 tháng")),
    (str(Kind.QUARTER), _("Quý")),
    (str(Kind.MONTH), _("Tháng")),
)
ORDER_CHOICES = ((HIGH, _("Cao xếp trước")), (LOW, _("Thấp xếp trước")), (NAME, _("Theo tên đơn vị")))
MOST_PERIODS = 12
USUAL_PERIODS = 3


class CompareForm(FilterForm):
    """What is compared. Words that make no sense are left out and the usual stands in their place."""

    chi_so = forms.ChoiceField(label=_("Chỉ số"), required=False)
    don_vi = UnitField(label=_("Các đơn vị trực thuộc"), queryset=Unit.objects.none(), required=False, empty_label=None)
    nhom = UnitField(
        label=_("Hoặc một nhóm đơn vị"), queryset=Unit.objects.none(), required=False, empty_label=_("Không")
    )
    quy_mo = forms.ChoiceField(label=_("Xếp hạng trong nhóm cùng quy mô theo"), required=False)
    ky = forms.ChoiceField(label=_("Kỳ"), choices=PERIOD_CHOICES, required=False)
    so_ky = forms.IntegerField(label=_("Số kỳ"), min_value=1, max_value=MOST_PERIODS, required=False)
    lich = forms.ChoiceField(label=_("Lịch"), choices=list(CALENDAR_WORDS.items()), required=False)
    xep = forms.ChoiceField(label=_("Xếp"), choices=ORDER_CHOICES, required=False)
    it_nhat = forms.IntegerField(
        label=_("Tỷ lệ: tổng số từ bao nhiêu mới xếp hạng chung"), min_value=1, max_value=10_000, required=False
    )
    chi_tieu = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        usual: Mapping[str, Any],
        parents: QuerySet[Unit],
        groups: QuerySet[Unit],
        elements: Catalogue,
    ) -> None:
        super().__init__({**usual, **{name: value for name, value in data.items() if value}})
        self.usual = usual
        self.fields["don_vi"].queryset = parents  # type: ignore[attr-defined]
        self.fields["nhom"].queryset = groups  # type: ignore[attr-defined]
        named = [(code, each.name) for code, each in elements.indicators.items()]
        self.fields["chi_so"].choices = named  # type: ignore[attr-defined]
        stocks = [(code, each.name) for code, each in elements.elements.items() if each.nature is Nature.STOCK]
        self.fields["quy_mo"].choices = [("", _("Không chia nhóm")), *stocks]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen and makes sense, the usual for everything else."""
        found = super().chosen
        return {name: self.usual.get(name) if value in (None, "") else value for name, value in found.items()}
