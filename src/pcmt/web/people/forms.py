"""The filter of the list and the forms of what is done to people and roles. What may be done the operations know."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor, GrantKind, Role, User, reached_units
from pcmt.apps.units.models import Unit
from pcmt.web.fields import FilterForm, WrittenDateField
from pcmt.web.people.fields import PersonField, UnitField

ALL: tuple[str, str | Promise] = ("", _("Tất cả"))
STATES = {
    "dang-dung": _("Đang dùng"),
    "cho-nhan": _("Đã mời, chưa nhận"),
    "cho-giao": _("Chờ giao vai trò"),
    "tam-khoa": _("Tạm khóa vì thử sai nhiều lần"),
    "lau-khong-vao": _("Lâu không đăng nhập"),
    "da-ngung": _("Đã ngừng"),
}
SORTS = (
    ("", _("Tên người")),
    ("vao", _("Lần đăng nhập cuối, lâu nhất trước")),
    ("het-han", _("Ngày hết hạn vai trò, gần nhất trước")),
)
KINDS = [(kind.value, kind.label) for kind in GrantKind if kind != GrantKind.DELEGATION]


class PeopleFilter(FilterForm):
    """Whom to list. Words that make no sense are left out, so that an old address still opens."""

    arranges = ("xep",)

    q = forms.CharField(label=_("Tìm tên, tên đăng nhập, chức vụ"), required=False, max_length=120)
    don_vi = UnitField(label=_("Đơn vị, gồm cấp dưới"), required=False)
    vai_tro = forms.ChoiceField(label=_("Vai trò"), required=False, choices=lambda: [ALL, *Role.choices])
    trang_thai = forms.ChoiceField(label=_("Tình trạng"), required=False, choices=lambda: [ALL, *STATES.items()])
    sap_het = forms.BooleanField(label=_("Có vai trò hết hạn trong 30 ngày"), required=False)
    xep = forms.ChoiceField(label=_("Xếp theo"), required=False, choices=SORTS)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        of_units(self.fields["don_vi"], actor, actor.sees("accounts.User"))


def of_units(field: Any, actor: Actor, reach: Any) -> None:
    """Let a field find the units that a reach holds on the actor's day."""
    field.units = Unit.objects.filter(pk__in=reached_units(actor, reach))
    field.on = actor.on


def of_people(field: Any, actor: Actor) -> None:
    """Let a field find the people whom the actor sees."""
    field.people = User.objects.visible_to(actor)


def _ground(*, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=_("Căn cứ"),
        help_text=_("Số, ký hiệu, ngày của văn bản: Quyết định 12/QĐ-UBND ngày 01/3/2026."),
        max_length=300,
        required=required,
        error_messages={"required": _("Ghi văn bản làm căn cứ: số, ký hiệu, ngày.")},
    )


def _reason(label: Any = None, *, required: bool = False, message: Any = None) -> forms.CharField:
    return forms.CharField(
        label=label or _("Lý do"),
        max_length=2000,
        required=required,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": message or _("Ghi lý do.")},
    )


class VersionedForm(forms.Form):
    """A change of a row that the person saw in a certain state."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class _Window(forms.Form):
    valid_from = WrittenDateField(label=_("Từ ngày"), error_messages={"required": _("Ghi ngày bắt đầu.")})
    last_day = WrittenDateField(label=_("Đến hết ngày"), help_text=_("Để trống nếu chưa biết."), required=False)


class GiveForm(_Window):
    """A role for a person who is there."""

    role = forms.ChoiceField(label=_("Vai trò"), choices=Role.choices)
    unit = UnitField(label=_("Tại đơn vị"), error_messages={"required": _("Chọn đơn vị.")})
    kind = forms.ChoiceField(
        label=_("Hình thức"),
        help_text=_("“Quyền” và “Ký thay” phải có văn bản; ủy quyền thì làm từ vai trò của người ủy quyền."),
        choices=KINDS,
    )
    ground = _ground()
    reason = _reason()
    field_order = ("role", "unit", "kind", "valid_from", "last_day", "ground", "reason")

    def __init__(self, data: Any = None, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        of_units(self.fields["unit"], actor, actor.changes("accounts.Grant"))


class DelegateForm(_Window):
    """Who shall act for the holder, where, how long, on what paper."""

    user = PersonField(label=_("Người nhận ủy quyền"), error_messages={"required": _("Chọn người.")})
    unit = UnitField(label=_("Tại đơn vị"), help_text=_("Đơn vị của người ủy quyền hoặc đơn vị trực thuộc."))
    ground = _ground(required=True)
    reason = _reason()
    field_order = ("user", "unit", "valid_from", "last_day", "ground", "reason")

    def __init__(self, data: Any = None, *, actor: Actor, unit: Unit, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        of_people(self.fields["user"], actor)
        field: Any = self.fields["unit"]
        field.units, field.on = Unit.objects.under(unit.pk, actor.on), actor.on
        self.fields["last_day"].required = True
        self.fields["last_day"].help_text = ""
        self.fields["last_day"].error_messages["required"] = _("Ủy quyền phải có ngày hết hạn.")


class EndForm(VersionedForm):
    """The last day on which a role is held."""

    last_day = WrittenDateField(
        label=_("Giữ vai trò đến hết ngày"),
        help_text=_("Ngày cuối còn giữ. Muốn thôi ngay hôm nay thì ghi ngày hôm qua."),
        error_messages={"required": _("Ghi ngày cuối còn giữ vai trò.")},
    )
    reason = _reason()


class ExtendForm(VersionedForm):
    """A later last day, or none."""

    last_day = WrittenDateField(
        label=_("Giữ vai trò đến hết ngày"), help_text=_("Để trống nếu không thời hạn."), required=False
    )
    ground = _ground()
    reason = _reason()


class WithdrawForm(VersionedForm):
    """Why a role that has not begun, or began today, is taken back."""

    reason = _reason(_("Vì sao rút lại"), required=True, message=_("Ghi vì sao rút lại."))


class HandOverForm(forms.Form):
    """The roles of a post, who takes it, from which day."""

    grants = forms.MultipleChoiceField(
        label=_("Vai trò bàn giao"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chọn ít nhất một vai trò để bàn giao.")},
    )
    user = PersonField(label=_("Người nhận"), error_messages={"required": _("Chọn người nhận.")})
    on = WrittenDateField(
        label=_("Người nhận bắt đầu từ ngày"),
        help_text=_("Người bàn giao giữ vai trò đến hết ngày hôm trước."),
        error_messages={"required": _("Ghi ngày bàn giao.")},
    )
    kind = forms.ChoiceField(label=_("Người nhận giữ chức"), choices=KINDS)
    ground = _ground()
    reason = _reason()

    def __init__(self, data: Any = None, *, actor: Actor, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["grants"].choices = choices  # type: ignore[attr-defined]
        of_people(self.fields["user"], actor)


class PersonForm(forms.Form):
    """The name and the post of a person."""

    full_name = forms.CharField(label=_("Họ và tên"), max_length=120, error_messages={"required": _("Nhập họ và tên.")})
    post = forms.CharField(label=_("Chức vụ"), max_length=120, required=False)


class ReasonForm(forms.Form):
    """Why something is done to an account."""

    reason = _reason(required=True)


class PurposeForm(forms.Form):
    """For what somebody's contact data are read."""

    purpose = forms.CharField(
        label=_("Mục đích xem"),
        help_text=_("Ghi vào nhật ký cùng tên bạn."),
        max_length=300,
        error_messages={"required": _("Ghi mục đích xem thông tin liên hệ.")},
    )


class InviteForm(_Window):
    """Somebody who has no account yet, and the first role."""

    full_name = forms.CharField(label=_("Họ và tên"), max_length=120, error_messages={"required": _("Nhập họ và tên.")})
    email = forms.CharField(
        label=_("Thư điện tử"),
        help_text=_("Thư mời được gửi tới đây; đường dẫn trong thư dùng được một lần."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Nhập thư điện tử.")},
    )
    username = forms.CharField(
        label=_("Tên đăng nhập"),
        help_text=_("Để trống thì đặt theo họ tên, ví dụ lan.nt."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    post = forms.CharField(label=_("Chức vụ"), max_length=120, required=False)
    role = forms.ChoiceField(label=_("Vai trò"), choices=Role.choices, initial=Role.OFFICER)
    unit = UnitField(label=_("Tại đơn vị"), error_messages={"required": _("Chọn đơn vị.")})
    field_order = ("full_name", "email", "username", "post", "role", "unit", "valid_from", "last_day")

    def __init__(self, data: Any = None, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        of_units(self.fields["unit"], actor, actor.changes("accounts.Grant"))


class SheetForm(forms.Form):
    """A filled list of people to invite."""

    file = forms.FileField(
        label=_("Bảng đã điền"),
        help_text=_("Tệp xlsx, xls hoặc ods, mỗi dòng một người."),
        error_messages={"required": _("Chọn tệp."), "empty": _("Tệp rỗng.")},
    )
