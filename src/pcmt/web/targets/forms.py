"""The filter of the list of targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.plans.models import Plan
from pcmt.apps.units.models import Unit
from pcmt.web.fields import FilterForm
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
