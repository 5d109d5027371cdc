"""The forms of one unit: a body to be added below it, its particulars, another name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.units.models import Level, Unit, UnitKind
from pcmt.web.fields import WrittenDateField

HERE, EVERYWHERE = "trong", "moi-noi"


class AddForm(forms.Form):
    """A body below a unit. What is already there the operation knows."""

    name = forms.CharField(label=_("Tên đầy đủ"), max_length=300, error_messages={"required": _("Nhập tên đơn vị.")})
    kind = forms.ChoiceField(
        label=_("Loại"),
        choices=[(kind.value, kind.label) for kind in UnitKind if kind != UnitKind.GROUP],
        initial=UnitKind.AGENCY,
    )
    level = forms.ChoiceField(label=_("Cấp"), choices=Level.choices)
    short_name = forms.CharField(label=_("Tên gọn"), required=False, max_length=120)
    code = forms.CharField(label=_("Mã"), required=False, max_length=35)
    valid_from = WrittenDateField(
        label=_("Có từ ngày"), required=False, help_text=_("Để trống nếu không rõ hoặc đã có từ lâu.")
    )


class ParticularsForm(forms.Form):
    """Short name and codes, with what they were when the person saw them."""

    short_name = forms.CharField(label=_("Tên gọn"), required=False, max_length=120)
    code = forms.CharField(label=_("Mã chính thức"), required=False, max_length=35)
    identifier = forms.CharField(
        label=_("Mã định danh điện tử"), required=False, max_length=35, help_text=_("Ví dụ H41.12.")
    )
    seen_short_name = forms.CharField(required=False, widget=forms.HiddenInput)
    seen_code = forms.CharField(required=False, widget=forms.HiddenInput)
    seen_identifier = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, unit: Unit) -> None:
        names = ("short_name", "code", "identifier")
        held = {name: getattr(unit, name) for name in names}
        super().__init__(data, initial=held | {f"seen_{name}": value for name, value in held.items()})

    @property
    def values(self) -> dict[str, str]:
        """What was typed."""
        return {name: self.cleaned_data[name] for name in ("short_name", "code", "identifier")}

    @property
    def seen(self) -> dict[str, str]:
        """What the person saw before."""
        return {name: self.cleaned_data[f"seen_{name}"] for name in self.values}


class AliasForm(forms.Form):
    """Another name of a unit, inside the place where it stands or everywhere."""

    name = forms.CharField(label=_("Tên gọi khác"), max_length=300, error_messages={"required": _("Nhập tên gọi.")})
    scope = forms.ChoiceField(label=pgettext_lazy("tên gọi", "Dùng"), choices=(), initial=HERE)

    def __init__(self, data: Any = None, *, place: Unit | None) -> None:
        super().__init__(data)
        inside = [(HERE, _("Trong văn bản của %(name)s") % {"name": place.name})] if place else []
        self.fields["scope"].choices = [*inside, (EVERYWHERE, _("Trong mọi văn bản"))]  # type: ignore[attr-defined]
