"""The forms of the steps. They check what was typed; whether units can be changed so, the core knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.units.functions import FUNCTIONS
from pcmt.apps.units.models import Unit, UnitFunction, UnitKind, holds_on
from pcmt.apps.units.queries.reorganisations import Alike
from pcmt.web.fields import WrittenDateField, WrittenNumberField

MERGER, DIVISION, RENAMING = "merger", "division", "renaming"
DISSOLUTION, MOVE, TRANSFER = "dissolution", "move", "transfer"

KINDS: Sequence[tuple[str, str | Promise, str | Promise]] = (
    (MERGER, gettext_lazy("Sáp nhập, hợp nhất"), gettext_lazy("Nhiều đơn vị thành một, mới hoặc đã có.")),
    (
        DIVISION,
        gettext_lazy("Chia, tách"),
        gettext_lazy("Một đơn vị thành nhiều phần, hoặc giao một phần cho đơn vị khác."),
    ),
    (RENAMING, gettext_lazy("Đổi tên"), gettext_lazy("Đơn vị vẫn là nó, chỉ mang tên mới.")),
    (
        DISSOLUTION,
        gettext_lazy("Giải thể, kết thúc hoạt động"),
        gettext_lazy("Đơn vị thôi hoạt động; một đơn vị khác nhận việc còn lại và cấp dưới."),
    ),
    (
        MOVE,
        gettext_lazy("Chuyển cấp trực thuộc"),
        gettext_lazy("Đơn vị sang trực thuộc nơi khác, cùng cấp dưới của nó."),
    ),
    (
        TRANSFER,
        gettext_lazy("Chuyển chức năng"),
        gettext_lazy("Một chức năng từ cơ quan này sang cơ quan khác; cả hai vẫn còn."),
    ),
)

TICK = {"class": "form-check-input"}
ALONG_SHOWN = "along-shown"
NEW, SELF, STANDING = "new", "self", "standing"
"""What a unit goes over to: a new one, itself, or another that stands."""


class UnitPick(forms.Field):
    """Units that were picked, by id; a page draws it with units/_picker.html. Gives a list of units of the day."""

    default_error_messages = {
        "required": gettext_lazy("Tìm và chọn đơn vị."),
        "gone": gettext_lazy("Đơn vị đã chọn không còn hoặc chưa có vào ngày này. Bỏ ra và chọn lại."),
        "one": gettext_lazy("Chỉ chọn một đơn vị."),
        "few": gettext_lazy("Chọn ít nhất hai đơn vị."),
    }
    widget = forms.MultipleHiddenInput

    def __init__(self, *, several: bool = False, least: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.several, self.least = several, least
        self.actor: Actor | None = None
        self.on: date | None = None

    def clean(self, value: Any) -> list[Unit]:
        ids = [int(each) for each in dict.fromkeys(value or ()) if str(each).isdecimal()]
        if not ids:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return []
        found = Unit.objects.visible_to(self.actor).exclude(kind=UnitKind.GROUP)
        if self.on is not None:
            found = found.as_of(self.on)
        units = {unit.pk: unit for unit in found.filter(pk__in=ids)}
        if len(units) < len(ids):
            raise ValidationError(self.error_messages["gone"], code="gone")
        if not self.several and len(ids) > 1:
            raise ValidationError(self.error_messages["one"], code="one")
        if len(ids) < self.least:
            raise ValidationError(self.error_messages["few"], code="few")
        return [units[pk] for pk in ids]


class StepForm(forms.Form):
    """A form of a step: drawn with what was typed so far, or with `check` bound to it.

    It asks for units of a day as an actor sees them.
    """

    def __init__(
        self, typed: MultiValueDict[str, str], *, check: bool, actor: Actor, day: date, prefix: str | None = None
    ) -> None:
        super().__init__(typed if check else None, prefix=prefix)
        self.actor, self.day, self.typed = actor, day, typed
        for name, field in self.fields.items():
            if isinstance(field, UnitPick):
                field.actor, field.on = actor, day
            sent = self.add_prefix(name)
            if sent in typed:
                several = isinstance(field, UnitPick | forms.MultipleChoiceField)
                self.initial[name] = typed.getlist(sent) if several else typed[sent]

    @property
    def names(self) -> set[str]:
        """The names of the fields as they are sent, and of the words looked for in the pickers."""
        own = {self.add_prefix(name) for name in self.fields}
        return own | {
            f"{self.add_prefix(name)}_q" for name, field in self.fields.items() if isinstance(field, UnitPick)
        }


class KindForm(StepForm):
    """What happens."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Việc gì xảy ra"),
        choices=[(key, label) for key, label, _hint in KINDS],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Chọn một việc.")},
    )


def which_form(kind: str) -> type[StepForm]:
    """The form that asks which units something happens to."""
    return {MERGER: SeveralForm, MOVE: AnyForm, DISSOLUTION: AnyForm, TRANSFER: HoldingForm}.get(kind, OneForm)


class SeveralForm(StepForm):
    """At least two units, or one that another takes in."""

    units = UnitPick(label=gettext_lazy("Các đơn vị nhập lại"), several=True)


class AnyForm(StepForm):
    """One unit or several."""

    units = UnitPick(label=gettext_lazy("Đơn vị"), several=True)


class OneForm(StepForm):
    """One unit."""

    units = UnitPick(label=gettext_lazy("Đơn vị"))


class HoldingForm(StepForm):
    """The unit that gives a function away, and the function."""

    units = UnitPick(label=gettext_lazy("Cơ quan chuyển giao"))
    function = forms.ChoiceField(
        label=gettext_lazy("Chức năng"),
        choices=[("", "—"), *((key, each.label) for key, each in FUNCTIONS.items())],
        error_messages={"required": gettext_lazy("Chọn chức năng.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        units, function = cleaned.get("units"), cleaned.get("function")
        if units and function:
            held = UnitFunction.objects.visible_to(self.actor).filter(holds_on(self.day), unit=units[0])
            if not held.filter(function=function).exists():
                has = ", ".join(row.label for row in held) or _("chưa ghi chức năng nào")
                message = _("“%(name)s” không có chức năng này. Đang có: %(has)s.")
                self.add_error("function", message % {"name": units[0].name, "has": has})
        return cleaned


class NewUnitForm(StepForm):
    """Name and code of a unit that begins; needed only where a new unit was chosen."""

    name = forms.CharField(label=gettext_lazy("Tên đơn vị mới"), required=False, max_length=300)
    short = forms.CharField(label=gettext_lazy("Tên gọn"), required=False, max_length=120)
    code = forms.CharField(label=gettext_lazy("Mã"), required=False, max_length=35)

    def needs_name(self, needed: bool) -> None:
        """Say that the name is missing where it is needed."""
        if needed and not self.cleaned_data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Nhập tên đơn vị mới."))


class MergerForm(NewUnitForm):
    """What units become: a new one, one of them, or another; and which bodies below go together as well."""

    into = forms.ChoiceField(label=gettext_lazy("Nhập thành"), widget=forms.RadioSelect(attrs=TICK))
    other = UnitPick(label=gettext_lazy("Đơn vị tiếp nhận"), required=False)
    along = forms.MultipleChoiceField(
        label=gettext_lazy("Cơ quan cùng loại bên dưới cũng nhập lại"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=TICK),
    )

    def __init__(
        self, typed: MultiValueDict[str, str], *, units: Sequence[Unit], alike: Sequence[Alike], **kwargs: Any
    ) -> None:
        super().__init__(typed, **kwargs)
        keep = [(str(unit.pk), _("Giữ %(name)s, nhập các đơn vị kia vào") % {"name": unit.name}) for unit in units]
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            (NEW, _("Một đơn vị mới")),
            *(keep if len(units) > 1 else ()),
            (STANDING, _("Một đơn vị khác đã có")),
        ]
        self.fields["into"].error_messages["required"] = _("Chọn nhập thành đơn vị nào.")
        self.fields["along"].choices = [  # type: ignore[attr-defined]
            (along_key(each), f"{each.label} ({len(each.units)})") for each in alike
        ]
        if ALONG_SHOWN not in typed:  # the first time: as a rule they all do
            self.initial["along"] = [along_key(each) for each in alike]
        if not alike:
            del self.fields["along"]
        self.order_fields(["into", "name", "short", "code", "other", "along"])
        self.units = units

    @property
    def names(self) -> set[str]:
        """With the sign that the boxes were shown: where none was ticked nothing else tells."""
        return super().names | {ALONG_SHOWN}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        into = cleaned.get("into")
        self.needs_name(into == NEW)
        if into == STANDING and not cleaned.get("other") and "other" not in self.errors:
            self.add_error("other", _("Tìm và chọn đơn vị tiếp nhận."))
        if into == NEW and len(self.units) < 2:
            self.add_error("into", _("Hợp nhất thành đơn vị mới cần ít nhất hai đơn vị. Quay lại chọn thêm."))
        return cleaned


def along_key(each: Alike) -> str:
    """Names bodies of one sort below units that merge."""
    return f"{each.label}|{each.kind}|{each.level}"


class BasisForm(StepForm):
    """What shares rest on."""

    basis = forms.ChoiceField(
        label=gettext_lazy("Chia số liệu theo"),
        choices=(
            ("area", gettext_lazy("Diện tích (km²)")),
            ("population", gettext_lazy("Dân số (người)")),
            ("guess", gettext_lazy("Ước tính (phần)")),
        ),
    )
    heir = forms.ChoiceField(label=gettext_lazy("Phần kế thừa nhiệm vụ của đơn vị bị chia tách"))

    def __init__(self, typed: MultiValueDict[str, str], *, parts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(typed, **kwargs)
        self.fields["heir"].choices = parts  # type: ignore[attr-defined]


class PartForm(NewUnitForm):
    """One part of a divided unit."""

    into = forms.ChoiceField(
        label=gettext_lazy("Thành"),
        choices=(
            (NEW, gettext_lazy("Đơn vị mới")),
            (SELF, gettext_lazy("Chính đơn vị này, phần còn lại")),
            (STANDING, gettext_lazy("Đơn vị đã có")),
        ),
    )
    other = UnitPick(label=gettext_lazy("Đơn vị nhận phần này"), required=False)
    measure = WrittenNumberField(label=gettext_lazy("Số để chia"), required=False)

    field_order = ("into", "name", "short", "code", "other", "measure")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        into = cleaned.get("into")
        self.needs_name(into == NEW)
        if into == STANDING and not cleaned.get("other") and "other" not in self.errors:
            self.add_error("other", _("Tìm và chọn đơn vị nhận phần này."))
        measure = cleaned.get("measure")
        if "measure" not in self.errors:
            if measure is None:
                self.add_error("measure", _("Nhập số để chia, ví dụ 12,5."))
            elif measure < 0:
                self.add_error("measure", _("Nhập số không âm."))
        return cleaned

    @property
    def share(self) -> Fraction | None:
        """The number by which figures are divided, as far as it was typed."""
        try:
            measure = self.fields["measure"].clean(self.typed.get(self.add_prefix("measure")))
        except ValidationError:
            return None
        return Fraction(str(measure)) if measure is not None and measure >= 0 else None


class ChildrenForm(StepForm):
    """Which part each unit directly below goes to."""

    def __init__(
        self,
        typed: MultiValueDict[str, str],
        *,
        below: Iterable[Unit],
        parts: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(typed, **kwargs)
        for unit in below:
            name = f"child-{unit.pk}"
            self.fields[name] = forms.ChoiceField(label=unit.name, choices=parts)
            if name in typed:
                self.initial[name] = typed[name]


class RenamingForm(StepForm):
    """The new name."""

    name = forms.CharField(
        label=gettext_lazy("Tên mới"), max_length=300, error_messages={"required": gettext_lazy("Nhập tên mới.")}
    )
    short = forms.CharField(label=gettext_lazy("Tên gọn"), required=False, max_length=120)


class HeirForm(StepForm):
    """Who takes over what is left of units that end."""

    other = UnitPick(label=gettext_lazy("Đơn vị nhận việc còn lại và cấp dưới"))


class ParentForm(StepForm):
    """Where units go."""

    other = UnitPick(label=gettext_lazy("Trực thuộc mới"))


class TargetForm(StepForm):
    """Who gets a function."""

    other = UnitPick(label=gettext_lazy("Cơ quan tiếp nhận"))


class HeadForm(StepForm):
    """Day, title and ground."""

    on = WrittenDateField(
        label=gettext_lazy("Có hiệu lực từ ngày"),
        help_text=gettext_lazy("Ngày đầu tiên theo tổ chức mới, ví dụ 1/7/2026. Trước ngày này còn hủy được."),
        error_messages={"required": gettext_lazy("Nhập ngày có hiệu lực.")},
    )
    title = forms.CharField(
        label=gettext_lazy("Tên gọi"),
        max_length=300,
        error_messages={"required": gettext_lazy("Nhập tên gọi của việc sắp xếp.")},
    )
    ground = forms.CharField(
        label=gettext_lazy("Căn cứ"),
        help_text=gettext_lazy("Số, ngày, cơ quan ban hành văn bản."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Nhập căn cứ: số, ngày và cơ quan ban hành văn bản.")},
    )


class CancelForm(forms.Form):
    """Why a planned reorganisation is cancelled."""

    reason = forms.CharField(
        label=gettext_lazy("Lý do hủy"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Nhập lý do hủy.")},
    )
