"""The forms of imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from pcmt.apps.activities.queries.sheets import KeptSheet, SheetColumn
from pcmt.documents import GridSheet, address
from pcmt.web.fields import WorkbookField

HEADS = 20
"""So many rows are offered as the row of headings."""


class UploadForm(forms.Form):
    """A workbook."""

    file = WorkbookField(label=_("Tệp Excel"))


class ColumnsForm(forms.Form):
    """How a sheet is read: its row of headings, and what each column says."""

    def __init__(self, data: Any, *, sheet: GridSheet, kept: KeptSheet, known: Sequence[SheetColumn]) -> None:
        super().__init__(data)
        full = (at for at, row in enumerate(sheet.rows) if sum(map(bool, row)) > 2)
        head = kept.head if kept.columns else next(full, 0)
        rows = [(str(at), f"{at + 1}: {_short(row)}") for at, row in enumerate(sheet.rows[:HEADS]) if any(row)]
        self.fields["head"] = forms.ChoiceField(label=_t("Dòng tiêu đề (dòng cuối)"), choices=rows, initial=str(head))
        choices = [("", _t("Không dùng")), *((each.key, each.label) for each in known)]
        heads = sheet.rows[head] if head < len(sheet.rows) else ()
        self.columns = range(max(map(len, sheet.rows), default=0))
        for column in self.columns:
            told = heads[column][:60] if column < len(heads) else ""
            self.fields[f"c{column}"] = forms.ChoiceField(
                label=f"{address(0, column)[:-1]}: {told}".rstrip(": "), required=False, choices=choices,
                initial=kept.columns.get(column, ""),
            )  # fmt: skip

    @property
    def column_fields(self) -> list[Any]:
        """The fields of the columns."""
        return [self[f"c{column}"] for column in self.columns]

    def meanings(self) -> dict[int, str]:
        """The meaning of each column that has one."""
        return {column: value for column in self.columns if (value := self.cleaned_data.get(f"c{column}"))}


def _short(row: Sequence[str]) -> str:
    return " | ".join(text for text in row if text)[:80]
