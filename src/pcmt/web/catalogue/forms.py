"""The forms of elements and indicators. What may be done the operations know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pcmt.apps.facts.catalogue import breakdowns, catalogue
from pcmt.apps.facts.models import Element
from pcmt.apps.facts.operations import Adding, ElementText, IndicatorText
from pcmt.core.text import fold
from pcmt.web.fields import WrittenDateField

NAMED = {"required": _("Nhập tên.")}
SOURCED = {"required": _("Ghi căn cứ: văn bản nào đặt ra số liệu này.")}


class _Versioned(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ElementVersionForm(_Versioned):
    """What an element is called and counts, from a day on."""

    name = forms.CharField(label=_("Tên"), max_length=300, error_messages=NAMED)
    unit_word = forms.CharField(
        label=_("Đơn vị tính"),
        max_length=60,
        help_text=_("Số này đếm gì: vụ, người, lượt, m2, đồng."),
        error_messages={"required": _("Nhập đơn vị tính.")},
    )
    breakdowns = forms.MultipleChoiceField(
        label=_("Phân tổ"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(key, each.name) for key, each in breakdowns().items()],
    )
    source = forms.CharField(label=_("Căn cứ"), max_length=300, error_messages=SOURCED)
    official = forms.CharField(
        label=_("Mã chính thức"),
        required=False,
        max_length=60,
        help_text=_("Chỉ ghi khi hệ thống chính thức đã công bố mã."),
    )
    valid_from = WrittenDateField(
        label=_("Áp dụng từ ngày"),
        required=False,
        help_text=_("Để trống: sửa phiên bản đầu tiên, dùng từ trước đến nay."),
    )

    @property
    def text(self) -> ElementText:
        """What was typed."""
        data = self.cleaned_data
        return ElementText(
            name=data["name"], unit_word=data["unit_word"], breakdowns=tuple(data["breakdowns"]),
            official=data["official"], source=data["source"],
        )  # fmt: skip


class ElementForm(ElementVersionForm):
    """A new element: also how its numbers add up, for good."""

    nature = forms.ChoiceField(
        label=_("Tính chất"),
        widget=forms.RadioSelect,
        choices=[(str(key), word) for key, word in Element.NATURES.items()],
        error_messages={"required": _("Chọn tính chất của số liệu.")},
        help_text=_("Phát sinh: đếm những gì xảy ra trong kỳ. Hiện có: đếm những gì đang có vào cuối kỳ."),
    )
    over_time = forms.ChoiceField(
        label=_("Số của nhiều kỳ"),
        choices=[(str(key), word) for key, word in Element.TIMES.items()],
        help_text=_("Số phát sinh thường cộng các kỳ; số hiện có lấy kỳ cuối, không bao giờ cộng."),
    )
    over_units = forms.ChoiceField(
        label=_("Số của nhiều đơn vị"), choices=[(str(key), word) for key, word in Element.UNITS.items()]
    )
    places = forms.IntegerField(label=_("Số chữ số thập phân"), min_value=0, max_value=4, initial=0)
    valid_from = WrittenDateField(
        label=_("Dùng từ ngày"), required=False, help_text=_("Để trống: dùng cho cả số liệu các năm trước.")
    )
    field_order = ("name", "unit_word", "nature", "over_time", "over_units", "places", "breakdowns")

    @property
    def adding(self) -> Adding:
        """How its numbers add up."""
        data = self.cleaned_data
        return Adding(
            nature=data["nature"], over_time=data["over_time"], over_units=data["over_units"], places=data["places"]
        )


class EndForm(_Versioned):
    """From which day on something is used no more."""

    valid_to = WrittenDateField(label=_("Ngừng dùng từ ngày"), error_messages={"required": _("Ghi ngày ngừng dùng.")})


class WaysField(forms.CharField):
    """Ways in which plans name something: one a line, phrases of a way joined by "+"; gives a tuple of ways."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The ways as they are typed."""
        return value if isinstance(value, str) or value is None else "\n".join(" + ".join(way) for way in value)

    def to_python(self, value: Any) -> Any:
        """The ways of the lines that are not empty."""
        if isinstance(value, tuple):
            return value
        lines = [line for line in str(value or "").splitlines() if line.strip()]
        return tuple(tuple(" ".join(each.split()) for each in line.split("+") if each.strip()) for line in lines)


class IndicatorForm(_Versioned):
    """What an indicator counts, from a day on. Elements are chosen from those in use on the day of the reader."""

    name = forms.CharField(label=_("Tên"), max_length=300, error_messages=NAMED)
    kind = forms.ChoiceField(
        label=_("Loại"),
        widget=forms.RadioSelect,
        choices=[("sum", _("Số đếm: cộng các chỉ tiêu đã chọn")), ("share", _("Tỷ lệ: tử số chia mẫu số"))],
        initial="sum",
        error_messages={"required": _("Chọn số đếm hay tỷ lệ.")},
    )
    counted = forms.MultipleChoiceField(
        label=_("Số đếm, hoặc tử số của tỷ lệ"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chọn ít nhất một chỉ tiêu thống kê.")},
    )
    whole = forms.MultipleChoiceField(label=_("Mẫu số của tỷ lệ"), required=False, widget=forms.CheckboxSelectMultiple)
    words = WaysField(
        label=_("Cách gọi trong kế hoạch"),
        required=False,
        help_text=_("Mỗi dòng một cách; các cụm từ phải cùng có trong câu nối bằng dấu +: hộ gia đình + ký cam kết."),
    )
    source = forms.CharField(label=_("Căn cứ"), max_length=300, error_messages=SOURCED)
    official = forms.CharField(label=_("Mã chính thức"), required=False, max_length=60)
    valid_from = WrittenDateField(
        label=_("Áp dụng từ ngày"), required=False, help_text=_("Để trống: từ trước đến nay.")
    )

    def __init__(self, data: Any = None, *, on: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.elements = tuple(catalogue(on).elements.values())
        chosen = {code for name in ("counted", "whole") for code in self.initial.get(name, ())}
        codes = dict.fromkeys([*(each.code for each in self.elements), *chosen])
        for name in ("counted", "whole"):
            self.fields[name].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A share needs something of which it is a share."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") == "share" and not data.get("whole"):
            self.add_error("whole", _("Tỷ lệ cần mẫu số: chọn ít nhất một chỉ tiêu thống kê."))
        return data

    @property
    def text(self) -> IndicatorText:
        """What was typed."""
        data = self.cleaned_data
        whole = tuple(data["whole"]) if data["kind"] == "share" else ()
        return IndicatorText(
            name=data["name"], counted=tuple(data["counted"]), whole=whole, words=data["words"],
            official=data["official"], source=data["source"],
        )  # fmt: skip

    @property
    def picks(self) -> list[dict[str, Any]]:
        """The two lists of elements to choose from."""
        return [self._pick("counted"), self._pick("whole")]

    def _pick(self, name: str) -> dict[str, Any]:
        return {"field": self[name], "rows": pick_rows(self.elements, self[name].value() or ())}


def pick_rows(elements: Iterable[Any], chosen: Iterable[str]) -> list[dict[str, Any]]:
    """Elements to choose from: code, words, the words by which a script narrows the list, whether chosen."""
    chosen = set(chosen)
    return [
        {
            "code": each.code, "name": each.name, "under": f"{each.unit_word} · {_NATURE[each.nature]}",
            "key": fold(each.name), "checked": each.code in chosen,
        }
        for each in elements
    ]  # fmt: skip


_NATURE = Element.NATURES
