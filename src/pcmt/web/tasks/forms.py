"""The filter of due items and the progress form. Forms check what was typed; what may be done the operation knows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.operations import NOTE_CHARS
from pcmt.apps.units.models import Unit
from pcmt.web.fields import FilterForm

STATES = (
    ("", _("Chưa xong")),
    ("qua-han", _("Quá hạn")),
    ("sap-toi", _("Tới hạn trong 7 ngày")),
    ("khong-han", _("Không ghi hạn")),
    ("tra-lai", _("Bị trả lại")),
    ("xin-gia-han", _("Xin gia hạn")),
    ("cho-nghiem-thu", _("Chờ nghiệm thu")),
    ("tam-dung", _("Tạm dừng")),
    ("da-xong", _("Đã xong")),
    ("muon", _("Muộn (cả việc đã xong muộn)")),
    ("tat-ca", _("Tất cả")),
)
KINDS = (
    ("", _("Việc và báo cáo")),
    ("viec", pgettext_lazy("danh mục", "Việc")),
    ("bao-cao", pgettext_lazy("danh mục", "Báo cáo")),
)
GROUPS = (("", _("Theo đơn vị")), ("ngay", _("Theo ngày")))


class PlanField(forms.ModelChoiceField):
    """A plan by its number; the title beside it, cut to fit a list."""

    def label_from_instance(self, obj: Plan) -> str:
        title = obj.title if len(obj.title) <= 60 else f"{obj.title[:59]}…"
        return f"{obj.designation} · {title}" if obj.designation else title


class UnitField(forms.ModelChoiceField):
    """A unit by its name."""

    def label_from_instance(self, obj: Unit) -> str:
        return obj.name


class OwedFilter(FilterForm):
    """Which due items to list. Words that make no sense are left out, so that an old address still opens."""

    arranges = "nhom"

    q = forms.CharField(label=_("Tìm trong nội dung"), required=False, max_length=200)
    ke_hoach = PlanField(label=_("Kế hoạch"), queryset=Plan.objects.none(), required=False, empty_label=_("Tất cả"))
    don_vi = UnitField(label=_("Đơn vị"), queryset=Unit.objects.none(), required=False, empty_label=_("Tất cả"))
    rieng = forms.BooleanField(label=_("Chỉ đơn vị này, không gồm cấp dưới"), required=False)
    loai = forms.ChoiceField(label=_("Loại"), choices=KINDS, required=False)
    trang_thai = forms.ChoiceField(label=_("Tình trạng"), choices=STATES, required=False)
    tu = forms.DateField(
        label=_("Hạn từ ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    den = forms.DateField(
        label=_("Hạn đến ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    nhom = forms.ChoiceField(label=_("Xếp"), choices=GROUPS, required=False)

    def __init__(self, data: Any, *, plans: QuerySet[Plan], units: QuerySet[Unit]) -> None:
        super().__init__(data)
        self.fields["ke_hoach"].queryset = plans  # type: ignore[attr-defined]
        self.fields["don_vi"].queryset = units  # type: ignore[attr-defined]


class ProgressForm(forms.Form):
    """How far, what happened, a file that shows it. `version` is the state of the item that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    percent = forms.IntegerField(
        label=_("Đã làm được bao nhiêu phần trăm"),
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
    )
    note = forms.CharField(
        label=_("Ghi chú"),
        help_text=_("Đã làm gì, vướng gì, cần ai giúp."),
        required=False,
        max_length=NOTE_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    file = forms.FileField(label=_("Tệp kèm theo"), help_text=_("Một tệp, tối đa 20 MB."), required=False)


class SheetForm(forms.Form):
    """A workbook that was downloaded from the list, and the plan it has to be of."""

    file = forms.FileField(
        label=_("Bảng Excel đã sửa"),
        allow_empty_file=True,
        max_length=255,
        help_text=_("Bảng tải từ danh sách việc; xlsx, xls hoặc ods; đến 20 MB."),
        error_messages={
            "required": _("Chọn một tệp."),
            "max_length": _("Tên tệp quá dài. Đặt tên ngắn hơn 255 ký tự rồi gửi lại."),
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods"}),
    )
    ke_hoach = PlanField(
        label=_("Chỉ nhận việc của kế hoạch"), queryset=Plan.objects.none(), required=False, empty_label=_("Tất cả")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ke_hoach"].queryset = Plan.objects.visible_to(actor).in_force().order_by("-issued_on", "-pk")  # type: ignore[attr-defined]
