"""The forms of care. Nothing that was typed is kept by the browser for the next person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.registers.queries import choices
from pcmt.apps.units.models import Unit
from pcmt.core.diagnostics import Refusal
from pcmt.web.fields import WrittenDateField, WrittenNumberField

NONE: choices.Choices = [("", "—")]
FIELDS = {"guardian_present": "guardian", "members": "police", "plan": "basis"}
"""Fields of operations that a form calls otherwise."""


def choice(label: Any, offered: choices.Choices, **more: Any) -> forms.ChoiceField:
    """A choice that begins with none."""
    return forms.ChoiceField(label=label, choices=[*NONE, *offered], **more)


def text(label: Any, most: int = 300, **more: Any) -> forms.CharField:
    """A line of text that no browser offers again."""
    return forms.CharField(label=label, max_length=most, widget=forms.TextInput(attrs={"autocomplete": "off"}), **more)


def blame(form: forms.Form, refusal: Refusal) -> None:
    """Put what was refused to its field, or above all of them."""
    name = FIELDS.get(refusal.field, refusal.field)
    if refusal.field == "again" and "again" in form.fields:
        form.fields["again"].widget = forms.CheckboxInput()
    form.add_error(name if name in form.fields else None, refusal.message)


class KeyForm(forms.Form):
    """Something that is written once: the key makes sending it twice harmless."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    on = WrittenDateField(label=gettext_lazy("Ngày"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"key": uuid4(), "on": today, **self.initial}


class TestForm(KeyForm):
    """One test."""

    __test__ = False

    ground = choice(gettext_lazy("Căn cứ xét nghiệm"), [])
    sample = forms.ChoiceField(label=gettext_lazy("Mẫu"), choices=choices.SAMPLES)
    result = choice(gettext_lazy("Kết quả"), choices.RESULTS)
    substances = forms.MultipleChoiceField(
        label=gettext_lazy("Chất phát hiện (khi dương tính)"),
        choices=list(choices.SUBSTANCES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    guardian = forms.BooleanField(
        label=gettext_lazy("Có cha, mẹ hoặc người giám hộ chứng kiến"),
        required=False,
        help_text=gettext_lazy("Bắt buộc khi người dưới 18 tuổi lấy mẫu khác nước tiểu (Luật 120/2025/QH15, Điều 23)."),
    )
    observer = forms.BooleanField(label=gettext_lazy("Người giám sát lấy mẫu cùng giới"), required=False)
    again = forms.BooleanField(
        label=gettext_lazy("Đúng là xét nghiệm hai lần trong ngày"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [*NONE, *choices.grounds()]  # type: ignore[attr-defined]
        self.fields["on"].label = _("Ngày xét nghiệm")

    def values(self) -> dict[str, Any]:
        """What the operation takes."""
        data = self.cleaned_data
        return {
            "key": data["key"], "on": data["on"], "ground": data["ground"], "sample": data["sample"],
            "result": data["result"], "substances": data["substances"], "guardian_present": data["guardian"] or None,
            "same_sex_observer": data["observer"] or None, "again": data["again"],
        }  # fmt: skip


class RowForm(forms.Form):
    """A row of the quick entry: one person's test. Without a result it was not taken, and nothing is said of it."""

    code = forms.CharField(max_length=16, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    ground = choice(gettext_lazy("Căn cứ"), [], required=False)
    sample = forms.ChoiceField(label=gettext_lazy("Mẫu"), choices=choices.SAMPLES)
    result = choice(gettext_lazy("Kết quả"), choices.RESULTS, required=False)
    substances = forms.MultipleChoiceField(
        label=gettext_lazy("Chất"),
        choices=list(choices.SUBSTANCES.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    guardian = forms.BooleanField(label=gettext_lazy("Có cha, mẹ, người giám hộ"), required=False)
    again = forms.BooleanField(
        label=gettext_lazy("Đúng là hai lần trong ngày"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [*NONE, *choices.grounds()]  # type: ignore[attr-defined]
        self.fields["result"].widget.attrs |= {"data-result": "", "class": "quick-result"}


class ResidenceForm(KeyForm):
    """One residence check."""

    found = choice(gettext_lazy("Kết quả kiểm tra cư trú"), choices.FOUND)


class EpisodeForm(KeyForm):
    """The beginning of a treatment."""

    kind = choice(gettext_lazy("Loại điều trị"), choices.EPISODES)
    site_name = text(gettext_lazy("Nơi điều trị"), required=False)


class StageForm(forms.Form):
    """Going on to a later stage."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    stage = choice(gettext_lazy("Giai đoạn"), [])
    on = WrittenDateField(label=gettext_lazy("Từ ngày"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [*NONE, *choices.stages(today)]  # type: ignore[attr-defined]
        self.initial.setdefault("on", today)


class EndForm(forms.Form):
    """The end of a treatment or a support, with what became of it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = choice(gettext_lazy("Kết quả"), [])
    on = WrittenDateField(label=gettext_lazy("Ngày kết thúc"))

    def __init__(self, *args: Any, today: date, offered: choices.Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [*NONE, *offered]  # type: ignore[attr-defined]
        self.initial.setdefault("on", today)


class SupportForm(KeyForm):
    """A line of the support ledger."""

    kind = choice(gettext_lazy("Loại hỗ trợ"), choices.SUPPORTS)
    provider_name = text(gettext_lazy("Đơn vị hỗ trợ"), required=False)
    amount = WrittenNumberField(label=gettext_lazy("Số tiền (đồng)"), required=False)

    def clean_amount(self) -> int | None:
        """Whole đồng."""
        found = self.cleaned_data["amount"]
        if found is not None and found != int(found):
            raise forms.ValidationError(_("Ghi số đồng nguyên."))
        return None if found is None else int(found)


class PledgeForm(KeyForm):
    """A household's pledge."""

    householder = text(gettext_lazy("Họ tên chủ hộ"), 120, help_text=gettext_lazy("Được mã hóa khi lưu."))


class TeamForm(forms.Form):
    """A management team: a name and a telephone number for each part that the law names."""

    on = WrittenDateField(label=gettext_lazy("Từ ngày"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", today)
        for code, words in choices.PARTS:
            self.fields[code] = text(words, 120, required=code == choices.POLICE)
            self.fields[f"{code}_phone"] = text(_("Điện thoại"), 30, required=False)

    @property
    def parts(self) -> Sequence[tuple[Any, Any]]:
        """Name and telephone number of each part, as bound fields."""
        return [(self[code], self[f"{code}_phone"]) for code, _words in choices.PARTS]

    def members(self) -> list[tuple[str, str, str]]:
        """Part, name and number of those who were named."""
        data = self.cleaned_data
        return [(code, data[code], data[f"{code}_phone"]) for code, _words in choices.PARTS if data.get(code)]


class HandOverForm(forms.Form):
    """A helper hands over to somebody else, or leaves."""

    on = WrittenDateField(label=gettext_lazy("Từ ngày"))
    name = text(gettext_lazy("Họ tên người nhận"), 120, required=False,
                help_text=gettext_lazy("Để trống nếu không có người thay. Được mã hóa khi lưu."))  # fmt: skip
    phone = text(gettext_lazy("Điện thoại"), 30, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", today)


class StepForm(forms.Form):
    """A step of the law was done, or is owed no more."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    on = WrittenDateField(label=gettext_lazy("Ngày làm xong"), required=False)
    hour = forms.RegexField(
        r"^([01]?\d|2[0-3])[:h.]([0-5]\d)$",
        label=gettext_lazy("Giờ"),
        required=False,
        help_text=gettext_lazy("Ví dụ 14:30."),
        error_messages={"invalid": gettext_lazy("Ghi giờ theo dạng 14:30.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "5", "autocomplete": "off"}),
    )
    why = choice(gettext_lazy("Hoặc: không phải làm nữa, vì"), choices.STEP_REASONS, required=False)

    def clean(self) -> dict[str, Any]:
        """A day, or a reason."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("on") and not data.get("why") and not self.errors:
            self.add_error("on", _("Ghi ngày làm xong, hoặc chọn lý do không phải làm nữa."))
        return data

    def moment(self) -> datetime:
        """When it was done; without an hour at the end of its day, today now."""
        day = self.cleaned_data["on"]
        hour = self.cleaned_data.get("hour")
        now = timezone.now()
        if hour:
            hours, minutes = (int(part) for part in hour.replace("h", ":").replace(".", ":").split(":"))
            return timezone.make_aware(datetime.combine(day, time(hours, minutes)))
        if day == timezone.localdate(now):
            return now
        return timezone.make_aware(datetime.combine(day, time(23, 59)))


class VoidForm(forms.Form):
    """Taking a record back."""

    why = choice(gettext_lazy("Lý do hủy"), choices.VOID_REASONS)


class PlanForm(forms.Form):
    """How often a category is tested in an area."""

    unit = choice(gettext_lazy("Nơi áp dụng"), [])
    category = choice(gettext_lazy("Diện quản lý"), choices.CATEGORIES)
    months = WrittenNumberField(label=gettext_lazy("Bao nhiêu tháng một lần"))
    early_days = WrittenNumberField(label=gettext_lazy("Sớm nhất trước (ngày)"), initial=7)
    late_days = WrittenNumberField(label=gettext_lazy("Muộn nhất sau (ngày)"), initial=7)
    basis = text(
        gettext_lazy("Theo"),
        help_text=gettext_lazy("Kế hoạch, văn bản đặt ra định kỳ. Luật không quy định định kỳ xét nghiệm."),
    )
    valid_from = WrittenDateField(label=gettext_lazy("Áp dụng từ ngày"))

    def __init__(self, *args: Any, today: date, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(unit.pk), unit.name) for unit in units]
        self.fields["unit"].choices = [*NONE, *offered]  # type: ignore[attr-defined]
        self.initial.setdefault("valid_from", today)
        if offered:
            self.initial.setdefault("unit", offered[0][0])

    def clean(self) -> dict[str, Any]:
        """Whole numbers."""
        data: dict[str, Any] = super().clean() or {}
        for name in ("months", "early_days", "late_days"):
            if data.get(name) is not None and data[name] != int(data[name]):
                self.add_error(name, _("Ghi số nguyên."))
        return data
