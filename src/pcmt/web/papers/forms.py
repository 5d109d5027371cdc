"""The forms of papers, imports and lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from pcmt.apps.registers.lists import REMARK, WORDS, ListReading
from pcmt.apps.registers.queries.papers import grounds_to_tick
from pcmt.core.law import Category
from pcmt.documents import GridSheet, address
from pcmt.reference import FormText
from pcmt.web.fields import WorkbookField, WrittenDateField

HEADS = 20
"""So many rows are offered as the row of headings."""


class PaperForm(forms.Form):
    """What a form of the decrees asks beyond the record. All of it may stay empty until the paper is signed."""

    def __init__(self, data: Any, *, form: FormText, on: date, values: Mapping[str, str]) -> None:
        super().__init__(data, initial=dict(values))
        for each in form.fields:
            if each.kind == "date":
                self.fields[each.name] = WrittenDateField(label=each.label, required=False)
            elif each.kind == "count":
                self.fields[each.name] = forms.CharField(
                    label=each.label, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
                )
            elif each.kind == "choice":
                choices = [("", _t("Chọn")), *grounds_to_tick(form, on)]
                self.fields[each.name] = forms.ChoiceField(label=each.label, required=False, choices=choices)
            elif each.kind == "lines":
                self.fields[each.name] = forms.CharField(
                    label=each.label, required=False, widget=forms.Textarea(attrs={"rows": 4})
                )
            else:
                self.fields[each.name] = forms.CharField(label=each.label, required=False)

    def values(self) -> dict[str, str]:
        """The typed values as the operation takes them."""
        found = {}
        for name in self.fields:
            value = self.cleaned_data.get(name)
            found[name] = value.isoformat() if isinstance(value, date) else str(value or "")
        return found


class SignForm(forms.Form):
    """What a signed paper brings into the record."""

    number = forms.CharField(label=_("Số, ký hiệu"), required=False, help_text=_("Chỉ ghi số thì ký hiệu tự thêm."))
    signed_on = WrittenDateField(label=_("Ngày ký"), error_messages={"required": _("Nhập ngày ký văn bản.")})
    decider = forms.CharField(label=_("Chức vụ người ký"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, numbered: bool, **more: Any) -> None:
        super().__init__(data, **more)
        if not numbered:
            del self.fields["number"]


class UploadForm(forms.Form):
    """A list, and the commune whose files it becomes."""

    xa = forms.ChoiceField(label=_("Hồ sơ của"))
    file = WorkbookField(label=_("Tệp Excel"))

    def __init__(self, data: Any, files: Any, *, communes: Sequence[Any]) -> None:
        super().__init__(data, files)
        self.fields["xa"].choices = [(str(each.pk), each.name) for each in communes]  # type: ignore[attr-defined]
        if len(communes) == 1:
            del self.fields["xa"]


class ColumnsForm(forms.Form):
    """How a sheet is read: its row of headings, and what each column says."""

    def __init__(self, data: Any, *, sheet: GridSheet, heads: Mapping[int, str], reading: ListReading | None) -> None:
        full = (at for at, row in enumerate(sheet.rows) if sum(map(bool, row)) > 2)
        head = reading.head if reading else next(full, 0)
        super().__init__(data)
        rows = [(str(at), f"{at + 1}: {_short(row)}") for at, row in enumerate(sheet.rows[:HEADS]) if any(row)]
        if reading is not None and not any(value == str(head) for value, _label in rows):
            rows.append((str(head), str(head + 1)))
        self.fields["head"] = forms.ChoiceField(label=_t("Dòng tiêu đề (dòng cuối)"), choices=rows, initial=str(head))
        choices = [("", _t("Không dùng")), *((key, words) for key, words in WORDS.items() if key != REMARK)]
        width = max(map(len, sheet.rows), default=0)
        self.columns = range(width)
        for column in self.columns:
            label = f"{address(0, column)[:-1]}: {heads.get(column, '')[:60]}".rstrip(": ")
            meaning = reading.columns.get(column, "") if reading else ""
            self.fields[f"c{column}"] = forms.ChoiceField(
                label=label, required=False, choices=choices, initial="" if meaning == REMARK else meaning
            )

    @property
    def column_fields(self) -> list[Any]:
        """The fields of the columns."""
        return [self[f"c{column}"] for column in self.columns]

    def meanings(self) -> dict[int, str]:
        """The meaning of each column that has one."""
        return {column: value for column in self.columns if (value := self.cleaned_data.get(f"c{column}"))}


def _short(row: Sequence[str]) -> str:
    return " | ".join(text for text in row if text)[:80]


class ListForm(forms.Form):
    """Which list to take out."""

    xa = forms.ChoiceField(label=_("Hồ sơ của"))
    dien = forms.ChoiceField(label=_("Diện quản lý"), required=False)
    tu = WrittenDateField(label=_("Từ ngày"), error_messages={"required": _("Ghi ngày đầu.")})
    den = WrittenDateField(label=_("Đến hết ngày"), error_messages={"required": _("Ghi ngày cuối.")})

    def __init__(self, data: Any, *, communes: Sequence[Any], words: Mapping[Category, Any], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["xa"].choices = [(str(each.pk), each.name) for each in communes]  # type: ignore[attr-defined]
        kinds = [("", _t("Tất cả")), *((str(key), label) for key, label in words.items())]
        self.fields["dien"].choices = kinds  # type: ignore[attr-defined]
        if len(communes) == 1:
            del self.fields["xa"]
