"""Form fields that take numbers and dates the way people here write them."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from pcmt.core.periods import parse_date
from pcmt.web.templatetags.pcmt import vdate

WRITTEN_DATE = re.compile(r"([0-9]{1,2})\s*[/.\- ]\s*([0-9]{1,2})\s*[/.\- ]\s*([0-9]{4})")
THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?")
PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")


class WrittenDateField(forms.CharField):
    """A day as `15/6/2026` (also with dots, dashes or blanks, or in ISO form); gives a date or None."""

    default_error_messages = {
        "invalid": _("Ghi ngày theo dạng 15/6/2026."),
        "no_day": _("Không có ngày này trong lịch."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": "10", "maxlength": "10"}),
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        day = parse_date(value)
        return day.strftime("%d/%m/%Y") if day else value

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        if (day := parse_date(text)) is not None:
            return day
        found = WRITTEN_DATE.fullmatch(text)
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return date(int(found[3]), int(found[2]), int(found[1]))
        except ValueError:
            raise ValidationError(self.error_messages["no_day"], code="no_day") from None


class WrittenNumberField(forms.CharField):
    """A number as `1.234,5`, `80` or `07`; gives an int when whole, else a float (JSON has no decimals), or None."""

    default_error_messages = {"invalid": _("Ghi bằng số, ví dụ 80 hoặc 12,5.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": "8"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return f"{Decimal(str(value)).normalize():f}".replace(".", ",")
        return value

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip().rstrip("%").strip()
        if not text:
            return None
        if THOUSANDS.fullmatch(text):
            text = text.replace(".", "")
        elif not PLAIN.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        number = Decimal(text.replace(",", "."))
        return int(number) if number == number.to_integral_value() else float(number)


class WorkbookField(forms.FileField):
    """A workbook that somebody sends in: not larger than other uploads; what is in it is looked at by `read_grid`."""

    suffixes = (".xlsx", ".xls", ".ods")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("xlsx, xls hoặc ods; đến 20 MB."))
        super().__init__(
            allow_empty_file=True,
            max_length=255,
            error_messages={
                "required": _("Chọn một tệp."),
                "max_length": _("Tên tệp quá dài. Đặt tên ngắn hơn 255 ký tự rồi gửi lại."),
            },
            widget=forms.FileInput(attrs={"accept": ",".join(self.suffixes)}),
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file is not None and file.size > settings.PCMT_UPLOAD_LIMIT:
            megabytes = settings.PCMT_UPLOAD_LIMIT // (1024 * 1024)
            raise ValidationError(_("Tệp lớn hơn %(limit)d MB.") % {"limit": megabytes})
        return file


class NamesField(forms.CharField):
    """Names of bodies, one a line or parted by semicolons (a name may hold commas); gives a list of names."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            return value
        rows = value if isinstance(value, list | tuple) else [value]
        return "\n".join(str(row.get("name") if isinstance(row, dict) else row) for row in rows)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        parts = re.split(r"[;\n]", str(value or ""))
        return [" ".join(part.split()) for part in parts if part.strip()]


class FilterForm(forms.Form):
    """What narrows a list. Words that make no sense are left out, so that an old address still opens.

    `arranges` are the fields that say in which order or groups the list is shown: they narrow nothing.
    """

    arranges: Collection[str] = ()

    @property
    def chosen(self) -> dict[str, Any]:
        """What was chosen and makes sense, by field name; everything else empty."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}

    @property
    def active(self) -> int:
        """How many filters narrow the list, for the button of the panel."""
        return len(self.words)

    @property
    def words(self) -> list[tuple[str, str]]:
        """What narrows the list, as label and value in words."""
        return [
            (str(self.fields[name].label), _said(self.fields[name], value))
            for name, value in self.chosen.items()
            if value and name not in self.arranges
        ]


def _said(field: Any, value: Any) -> str:
    if isinstance(field, forms.ModelChoiceField):
        return str(field.label_from_instance(value))
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices)[value])  # type: ignore[arg-type]
    if isinstance(field, forms.DateField):
        return vdate(value)
    return str(_("có")) if isinstance(field, forms.BooleanField) else str(value)
