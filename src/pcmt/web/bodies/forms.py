"""The forms of importing lists, and of the usual bodies of a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from pcmt.apps.units.lists import Field, Reading, meant_by
from pcmt.apps.units.models import ImportKind
from pcmt.apps.units.queries import Proposed
from pcmt.apps.units.usual import MOST_OF_A_SERIES, UsualBody
from pcmt.documents import GridSheet, address
from pcmt.web.fields import WorkbookField

WIDEST = 26
"""So many columns of a sheet are offered for choosing."""


class UploadForm(forms.Form):
    """A workbook with a list, and what the list holds."""

    kind = forms.ChoiceField(label=_("Danh sách gồm"), choices=ImportKind.choices, initial=ImportKind.HAMLETS)
    file = WorkbookField(label=_("Tệp Excel"))


class ColumnsForm(forms.Form):
    """Which row holds the headings and what each column means."""

    header = forms.IntegerField(
        label=_("Dòng tiêu đề"),
        min_value=0,
        help_text=_("Số dòng như trong Excel; 0 nếu không có tiêu đề."),
        error_messages={"required": _("Nhập số dòng."), "invalid": _("Nhập một số."), "min_value": _("Nhập từ 0.")},
    )

    def __init__(self, data: Any, *, sheet: GridSheet, reading: Reading | None, known: Mapping[str, str]) -> None:
        head = reading.header if reading else _fullest(sheet)
        super().__init__(data, initial={"header": head + 1})
        meant = {column: field for field, column in reading.columns.items()} if reading else {}
        wide = min(max(map(len, sheet.rows), default=0), WIDEST)
        for column in range(wide):
            text = sheet.text(head, column)
            guess = meant.get(column) or (meant_by(text, known) if not reading else None) or ""
            self.fields[f"c{column}"] = forms.ChoiceField(
                label=f"{_t('Cột')} {address(0, column)[:-1]}{f' · {text[:60]}' if text else ''}",
                choices=[("", _("Không dùng")), *Field.choices],
                required=False,
                initial=guess,
            )

    @property
    def columns(self) -> dict[int, str]:
        """What was chosen for each column."""
        return {int(name[1:]): value for name, value in self.cleaned_data.items() if name != "header"}


def _fullest(sheet: GridSheet) -> int:
    """The first of the rows at the top that have most cells: where headings are likely."""
    return max(range(min(10, len(sheet.rows))), key=lambda row: (sum(map(bool, sheet.rows[row])), -row), default=0)


class UsualForm(forms.Form):
    """Which of the missing bodies to make, how many of those with numbers there are, whether communes get theirs."""

    keys = forms.MultipleChoiceField(label=_("Cơ quan"), required=False, widget=forms.CheckboxSelectMultiple)
    communes = forms.BooleanField(label=_("Tạo cho các đơn vị cấp xã"), required=False)

    def __init__(self, data: Any, *, missing: Sequence[Proposed], series: Sequence[UsualBody]) -> None:
        super().__init__(data, initial={"keys": [each.key for each in missing if not each.optional]})
        self.series = series
        keys = self.fields["keys"]
        assert isinstance(keys, forms.MultipleChoiceField)
        keys.choices = [(each.key, each.name) for each in missing]
        for body in series:
            self.fields[f"n_{body.key}"] = forms.IntegerField(
                label=body.series, required=False, min_value=0, max_value=MOST_OF_A_SERIES,
                widget=forms.NumberInput(attrs={"class": "form-control short"}),
                error_messages={
                    "invalid": _("Nhập một số."),
                    "min_value": _("Nhập từ 0 trở lên."),
                    "max_value": _("Nhập nhiều nhất %(limit_value)s."),
                },
            )  # fmt: skip

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each series."""
        return {body.key: self.cleaned_data.get(f"n_{body.key}") or 0 for body in self.series}

    @property
    def chosen(self) -> list[str]:
        """The keys of what is to be made, numbered ones with them."""
        numbered = [f"{key}.{number}" for key, count in self.counts.items() for number in range(1, count + 1)]
        return [*self.cleaned_data["keys"], *numbered]

    @property
    def numbers(self) -> list[forms.BoundField]:
        """The boxes for how many there are."""
        return [self[f"n_{body.key}"] for body in self.series]
