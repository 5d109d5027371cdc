"""The filter of the list of files, and the form that finds a person. What finds a person never stands in an address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.registers.queries import people
from pcmt.web.fields import FilterForm

ALL = ("", _("Tất cả"))


class FileFilter(FilterForm):
    """Which files to look at. Words that make no sense are left out, so that an old address still opens."""

    arranges = ("xep",)

    ma = forms.CharField(label=_("Mã hồ sơ"), required=False, max_length=16)
    dien = forms.ChoiceField(label=_("Diện quản lý"), required=False)
    hinh_thuc = forms.ChoiceField(label=_("Hình thức"), required=False)
    trang_thai = forms.ChoiceField(
        label=_("Hồ sơ"), required=False,
        choices=[("", _("Đang quản lý")), ("ended", _("Đã kết thúc")), ("all", _("Tất cả"))],
    )  # fmt: skip
    het_han = forms.ChoiceField(
        label=_("Thời hạn"), required=False,
        choices=[
            ALL, ("0", _("Đã hết, chờ văn bản")), ("7", _("Hết trong 7 ngày")), ("15", _("Hết trong 15 ngày")),
            ("30", _("Hết trong 30 ngày")), ("90", _("Hết trong 90 ngày")),
        ],
    )  # fmt: skip
    xet_nghiem = forms.ChoiceField(
        label=_("Xét nghiệm"), required=False,
        choices=[ALL, ("due", _("Đang tới kỳ")), ("missed", _("Từng bỏ lỡ kỳ")), ("positive", _("Từng dương tính"))],
    )  # fmt: skip
    gioi = forms.ChoiceField(label=_("Giới tính"), required=False, choices=[ALL, *people.SEX_WORDS])
    tuoi = forms.ChoiceField(
        label=_("Nhóm tuổi"), required=False,
        choices=[
            ALL, ("12-17", _("Dưới 18")), ("18-29", "18–29"), ("30-44", "30–44"), ("45-59", "45–59"),
            ("60", _("60 trở lên")),
        ],
    )  # fmt: skip
    don_vi = forms.TypedChoiceField(label=_("Xã, phường"), required=False, coerce=int, empty_value=None)
    qua_han = forms.BooleanField(label=_("Có việc quá hạn"), required=False)
    tam_dinh_chi = forms.BooleanField(label=_("Đang tạm đình chỉ"), required=False)
    chua_18 = forms.BooleanField(label=_("Người dưới 18 tuổi"), required=False)
    xep = forms.ChoiceField(
        label=pgettext_lazy("thứ tự", "Xếp theo"), required=False,
        choices=[("", _("Hạn gần nhất")), ("end", _("Ngày hết thời hạn")), ("new", _("Hồ sơ mới nhất"))],
    )  # fmt: skip

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["dien"].choices = [ALL, *people.categories_to_choose(actor)]
        fields["hinh_thuc"].choices = [ALL, *people.settings_to_choose()]
        units = people.communes(actor)
        if len(units) > 1:
            fields["don_vi"].choices = [ALL, *units]
        else:
            del fields["don_vi"]
        if not people.sees_names(actor):
            for name in ("qua_han", "xet_nghiem", "tam_dinh_chi"):
                del fields[name]

    @property
    def filters(self) -> people.PeopleFilter:
        """What the list asks the registers."""
        found = self.chosen
        return people.PeopleFilter(
            code=found["ma"] or "",
            standing=found["trang_thai"] or "",
            category=found["dien"] or "",
            setting=found["hinh_thuc"] or "",
            ends_within=int(found["het_han"]) if found["het_han"] else None,
            tested=found.get("xet_nghiem") or "",
            sex=found["gioi"] or "",
            age=found["tuoi"] or "",
            unit_id=found.get("don_vi"),
            overdue=bool(found.get("qua_han")),
            suspended=bool(found.get("tam_dinh_chi")),
            minors=bool(found["chua_18"]),
            order=found["xep"] or "",
        )


class FindForm(forms.Form):
    """Finds a person by name or by a number, sent as a form so that it stands in no address and no log."""

    ten = forms.CharField(
        label=_("Họ và tên"), required=False, max_length=100, help_text=_("Không cần dấu; đủ các chữ đã gõ thì khớp."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    so = forms.CharField(
        label=_("Số giấy tờ hoặc số điện thoại"), required=False, max_length=30, help_text=_("Gõ đủ và đúng số."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not people.sees_names(actor):
            del self.fields["ten"]
            self.fields["so"].label = _("Số giấy tờ")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and not any(str(each).strip() for each in found.values()):
            self.add_error("so", _("Gõ họ tên hoặc số giấy tờ."))
        return found
