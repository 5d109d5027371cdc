"""The words around a report, and which reports to take away together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pcmt.apps.reports.documents import ReportWords
from pcmt.apps.reports.models import SubmissionEdition
from pcmt.web.urging.forms import LetterForm

KINDS = (("docx", _("Word (docx)")), ("pdf", _("PDF")), ("xlsx", _("Excel (xlsx), có công thức tính tổng")))


class WordsForm(LetterForm):
    """Letterhead, signature, recipients and what is said around the outline; named as `ReportWords` names them."""

    answer_by = None  # type: ignore[assignment]
    grounds = forms.CharField(
        label=_("Căn cứ"),
        help_text=_("Mỗi dòng một căn cứ. Để trống thì lấy theo mẫu báo cáo."),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    opening = forms.CharField(
        label=_("Câu mở đầu"),
        help_text=_("Để trống thì chương trình viết theo kế hoạch và kỳ báo cáo."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    closing = forms.CharField(
        label=_("Câu kết"),
        help_text=_("Để trống thì chương trình viết theo kỳ và nơi nhận."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    archive = forms.CharField(
        label=_("Đơn vị soạn thảo"), help_text=_("Sau “Lưu: VT”, ví dụ NC."), max_length=60, required=False
    )
    charts = forms.BooleanField(label=_("Kèm biểu đồ trong văn bản"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    field_order = (
        *("agency", "parent", "symbol", "place", "grounds", "opening", "closing", "charts", "mark", "collective"),
        *("head", "post", "signer", "recipients", "archive"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["symbol"].help_text = _("Phần sau dấu gạch chéo, ví dụ BC-UBND. Số do văn thư lấy khi ký.")

    def words(self) -> ReportWords:
        """What was typed, as the report keeps it."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        for name in ("recipients", "grounds"):
            typed[name] = [line.strip() for line in typed[name].splitlines() if line.strip()]
        for name in ("opening", "closing"):
            typed[name] = " ".join(typed[name].split())
        return ReportWords(**typed)


def words_initial(words: ReportWords, seen: str) -> dict[str, Any]:
    """The words as the form shows them."""
    lines: Mapping[str, Any] = {
        "recipients": "\n".join(words.recipients),
        "grounds": "\n".join(words.grounds),
        "seen": seen,
    }
    return {**words.stored(), **lines}


class ExportForm(forms.Form):
    """Which sent reports of a regime and period, as what."""

    kind = forms.ChoiceField(label=_("Loại tệp"), choices=KINDS, widget=forms.RadioSelect)
    editions = forms.MultipleChoiceField(label=_("Báo cáo"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, data: Any, *, editions: list[SubmissionEdition]) -> None:
        super().__init__(data, initial={"kind": "docx", "editions": [str(each.pk) for each in editions]})
        choices = [(str(each.pk), each.submission.unit.name) for each in editions]
        self.fields["editions"].choices = choices  # type: ignore[attr-defined]
