"""Saving a filter under a name, changing it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.operations.filters import NAME_CHARS
from pcmt.web.filters.saved import LISTS


class SaveForm(forms.Form):
    """The words of a list as they stand, and a name."""

    page = forms.ChoiceField(choices=[(name, name) for name in LISTS], widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Tên bộ lọc"),
        max_length=NAME_CHARS,
        error_messages={"required": _("Đặt tên cho bộ lọc, ví dụ “Quá hạn của các xã”.")},
    )
    shared = forms.BooleanField(label=_("Cho người cùng đơn vị dùng"), required=False)


class ChangeForm(forms.Form):
    """Its name, who may use it, whether the list opens with it. `version` is the state that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Tên bộ lọc"),
        max_length=NAME_CHARS,
        error_messages={"required": _("Đặt tên cho bộ lọc, ví dụ “Quá hạn của các xã”.")},
    )
    shared = forms.BooleanField(
        label=_("Cho người cùng đơn vị dùng"),
        help_text=_("Họ dùng được, không sửa được. Ai mở cũng chỉ thấy những gì mình được xem."),
        required=False,
    )
    default = forms.BooleanField(label=_("Mở trang là lọc sẵn như vậy"), required=False)
