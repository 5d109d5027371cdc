"""The forms of sheets of numbers: sending one in, saying how it is read, agreeing to what it would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rapidfuzz import fuzz, process

from pcmt.apps.facts.queries.sheets import BLANKED, ZERO, Scene
from pcmt.apps.facts.sheets import (
    CODE,
    LABEL,
    LEFT_OUT,
    LINE,
    LINES,
    NOTE,
    UNIT,
    UNITS,
    VALUE,
    Lost,
    Reading,
    column_meaning,
    headings,
    word_key,
)
from pcmt.apps.units.models import Unit
from pcmt.core.text import fold
from pcmt.documents import GridSheet, address
from pcmt.web.fields import WorkbookField

WIDEST = 40
"""So many columns of a sheet are offered for choosing."""
MOST_ROWS = 40
"""So many rows that nobody knows are asked about at once."""
MOST_OPTIONS = 2_500
"""Up to so many options the page holds lists to choose from; beyond, words are typed and the lists stand once."""
SIMILAR_FROM = 80
ALL = "tat-ca"

DASHES = (
    ("", _("Hỏi lại từng lần")),
    (ZERO, _("Không phát sinh, nghĩa là 0")),
    (BLANKED, _("Chưa có số, như ô trống")),
)


class SheetForm(forms.Form):
    """A workbook, and of which unit its numbers are."""

    don_vi = forms.ChoiceField(label=_("Số liệu của"))
    file = WorkbookField(label=_("Tệp Excel"))

    def __init__(self, data: Any, files: Any, *, units: Sequence[Unit], chosen: int | None) -> None:
        """`units` are those of which the person may tell; one alone is not asked about."""
        super().__init__(data, files, initial={"don_vi": chosen or ALL})
        field = self.fields["don_vi"]
        assert isinstance(field, forms.ChoiceField)
        every = [(ALL, _t("Tất cả %(count)d đơn vị, mỗi đơn vị một dòng") % {"count": len(units)})]
        field.choices = [*every, *((str(unit.pk), unit.name) for unit in units)]
        if len(units) == 1:
            del self.fields["don_vi"]
        self._only = units[0].pk if len(units) == 1 else None

    @property
    def unit_id(self) -> int | None:
        """The chosen unit; None for all of them."""
        if self._only is not None:
            return self._only
        chosen = self.cleaned_data["don_vi"]
        return None if chosen == ALL else int(chosen)


class TellForm(forms.Form):
    """Agreeing to what a sheet would do."""

    leave_out = forms.BooleanField(label=_("Bỏ qua các ô sai, chỉ nhập các ô đúng"), required=False)
    reason = forms.CharField(
        label=_("Lý do"), required=False, max_length=500, help_text=_("Vì sao số vẫn đúng; ghi vào lịch sử số liệu."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


@frozen
class Choice:
    """What a column or row may mean: as it is kept, and in words."""

    value: str
    label: str


class MeaningField(forms.CharField):
    """A meaning, chosen from a list or (where the lists would be too long for a page) typed with its words beside."""

    def __init__(self, choices: Sequence[Choice], *, long: bool, listed: str, **kwargs: Any) -> None:
        self._known = {fold(each.label): each.value for each in choices}
        self._labels = {each.value: each.label for each in choices}
        self._long = long
        widget: forms.Widget
        if long:
            widget = forms.TextInput(attrs={"list": listed, "autocomplete": "off"})
        else:
            widget = forms.Select(choices=[(each.value, each.label) for each in choices])
        super().__init__(required=False, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return self._labels.get(value, value) if self._long else value

    def to_python(self, value: Any) -> str:
        text = str(value or "").strip()
        if not text or text in self._labels:
            return text
        if (found := self._known.get(fold(text))) is not None:
            return found
        raise forms.ValidationError(_t("Không có “%(text)s” trong danh sách.") % {"text": text[:60]})


class ReadingForm(forms.Form):
    """How a sheet is read: the row of headings, what each column and each unknown row means, what "-" stands for."""

    head = forms.IntegerField(
        label=_("Dòng tiêu đề"), min_value=0, help_text=_("Số dòng như trong Excel; 0 nếu không có tiêu đề."),
        error_messages={"required": _("Nhập số dòng."), "invalid": _("Nhập một số."), "min_value": _("Nhập từ 0.")},
    )  # fmt: skip
    dash = forms.ChoiceField(label=_("Dấu “-” trong ô nghĩa là"), choices=DASHES, required=False)

    def __init__(
        self, data: Any, *, sheet: GridSheet, rows: str, reading: Reading | None, lost: Sequence[Lost], scene: Scene,
        dash: str,
    ) -> None:  # fmt: skip
        head = reading.head if reading is not None else fullest(sheet)
        super().__init__(data, initial={"head": head + 1, "dash": dash})
        self.rows = rows
        self.columns_of = column_choices(scene, rows)
        self.rows_of = row_choices(scene, rows)
        heads = headings(sheet, head, head) if head >= 0 else {}
        wide = min(max(map(len, sheet.rows), default=0), WIDEST)
        shown = [each for each in lost if "|" not in each.text][:MOST_ROWS]
        many = wide * len(self.columns_of) + len(shown) * len(self.rows_of) > MOST_OPTIONS
        self.lists = [("columns-of", self.columns_of), ("rows-of", self.rows_of)] if many else []
        said = reading.columns if reading is not None and reading.rows == rows else None
        for column in range(wide):
            text = heads.get(column, "")
            guess = (
                said.get(column, "") if said is not None else column_meaning(text, rows, scene.words, scene.names.find)
            )
            name = f"{_t('Cột')} {address(0, column)[:-1]}{f' · {text[:60]}' if text else ''}"
            self.fields[f"c{column}"] = MeaningField(
                self.columns_of, long=many, listed="columns-of", label=name, initial=guess or ""
            )
        self.labels: dict[str, str] = {}
        for each in shown:
            key = word_key(each.text)
            if key in self.labels.values():
                continue
            name = f"r{each.row}"
            self.labels[name] = key
            label = _t("Dòng %(line)d · %(text)s") % {"line": each.row + 1, "text": each.text[:80]}
            self.fields[name] = MeaningField(
                self.rows_of,
                long=many,
                listed="rows-of",
                label=label,
                initial=_nearest(each.text, self.rows_of) if rows == LINES else "",
            )

    @property
    def columns(self) -> dict[int, str]:
        """What was chosen for each column."""
        return {
            int(name[1:]): value for name, value in self.cleaned_data.items() if name[0] == "c" and name[1:].isdigit()
        }

    @property
    def meant(self) -> dict[str, str]:
        """What was chosen for each unknown row, by its words."""
        return {key: self.cleaned_data[name] for name, key in self.labels.items() if self.cleaned_data.get(name)}

    @property
    def column_fields(self) -> list[forms.BoundField]:
        """The boxes of columns."""
        return [self[name] for name in self.fields if name[0] == "c" and name[1:].isdigit()]

    @property
    def row_fields(self) -> list[forms.BoundField]:
        """The boxes of rows."""
        return [self[name] for name in self.labels]


def column_choices(scene: Scene, rows: str) -> list[Choice]:
    """What a column may mean."""
    if rows == UNITS:
        lines = [Choice(f"{LINE}{line.key}", line.name) for line in scene.lines]
        return [
            Choice("", _t("Không dùng")), Choice(LABEL, _t("Tên đơn vị")), Choice(CODE, _t("Mã đơn vị")),
            Choice(NOTE, _t("Ghi chú")), *lines,
        ]  # fmt: skip
    found = [Choice("", _t("Không dùng")), Choice(LABEL, _t("Tên chỉ tiêu")), Choice(NOTE, _t("Ghi chú"))]
    if scene.unit_id is not None:
        return [*found, Choice(VALUE, _t("Số kỳ này"))]
    return [*found, *(Choice(f"{UNIT}{unit.pk}", unit.name) for unit in scene.targets)]


def row_choices(scene: Scene, rows: str) -> list[Choice]:
    """What a row that nobody knows may mean."""
    begin = [Choice("", _t("Chưa rõ")), Choice(LEFT_OUT, _t("Bỏ qua dòng này"))]
    if rows == LINES:
        return [*begin, *(Choice(line.key, line.name) for line in scene.lines)]
    return [*begin, *(Choice(f"{UNIT}{unit.pk}", unit.name) for unit in scene.targets)]


def _nearest(text: str, choices: Sequence[Choice]) -> str:
    """The line whose words are most alike, where any is; a person looks at it. Names of units are never guessed."""
    named: Mapping[str, str] = {each.value: fold(each.label) for each in choices[2:]}
    best = process.extractOne(word_key(text), named, scorer=fuzz.token_sort_ratio, score_cutoff=SIMILAR_FROM)
    return str(best[2]) if best else ""


def fullest(sheet: GridSheet) -> int:
    """The first of the rows at the top that have most cells: where headings are likely."""
    return max(range(min(12, len(sheet.rows))), key=lambda row: (sum(map(bool, sheet.rows[row])), -row), default=0)


ROW_WORDS = {
    LINES: pgettext_lazy("bảng số liệu", "Mỗi dòng là một chỉ tiêu"),
    UNITS: pgettext_lazy("bảng số liệu", "Mỗi dòng là một đơn vị"),
}
"""What the rows of a sheet may be, in words."""
