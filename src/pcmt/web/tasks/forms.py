"""The filter of due items and the progress form. Forms check what was typed; what may be done the operation knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.operations import NOTE_CHARS
from pcmt.apps.tasks.queries import Person
from pcmt.apps.units.models import Unit
from pcmt.web.fields import FilterForm, WrittenDateField

STATES = (
    ("", _("Chưa xong")),
    ("qua-han", _("Quá hạn")),
    ("sap-toi", _("Tới hạn trong 7 ngày")),
    ("khong-han", _("Không ghi hạn")),
    ("tra-lai", _("Bị trả lại")),
    ("xin-gia-han", _("Xin gia hạn")),
    ("cho-nghiem-thu", _("Chờ nghiệm thu")),
    ("tam-dung", _("Tạm dừng")),
    ("da-xong", _("Đã xong")),
    ("muon", _("Muộn (cả việc đã xong muộn)")),
    ("tat-ca", _("Tất cả")),
)
KINDS = (
    ("", _("Việc và báo cáo")),
    ("viec", pgettext_lazy("danh mục", "Việc")),
    ("bao-cao", pgettext_lazy("danh mục", "Báo cáo")),
)
GROUPS = (("", _("Theo đơn vị")), ("ngay", _("Theo ngày")))


class PlanField(forms.ModelChoiceField):
    """A plan by its number; the title beside it, cut to fit a list."""

    def label_from_instance(self, obj: Plan) -> str:
        title = obj.title if len(obj.title) <= 60 else f"{obj.title[:59]}…"
        return f"{obj.designation} · {title}" if obj.designation else title


class UnitField(forms.ModelChoiceField):
    """A unit by its name."""

    def label_from_instance(self, obj: Unit) -> str:
        return obj.name


class OwedFilter(FilterForm):
    """Which due items to list. Words that make no sense are left out, so that an old address still opens."""

    arranges = "nhom"

    q = forms.CharField(label=_("Tìm trong nội dung"), required=False, max_length=200)
    ke_hoach = PlanField(label=_("Kế hoạch"), queryset=Plan.objects.none(), required=False, empty_label=_("Tất cả"))
    don_vi = UnitField(label=_("Đơn vị"), queryset=Unit.objects.none(), required=False, empty_label=_("Tất cả"))
    rieng = forms.BooleanField(label=_("Chỉ đơn vị này, không gồm cấp dưới"), required=False)
    loai = forms.ChoiceField(label=_("Loại"), choices=KINDS, required=False)
    trang_thai = forms.ChoiceField(label=_("Tình trạng"), choices=STATES, required=False)
    tu = forms.DateField(
        label=_("Hạn từ ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    den = forms.DateField(
        label=_("Hạn đến ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    nhom = forms.ChoiceField(label=_("Xếp"), choices=GROUPS, required=False)

    def __init__(self, data: Any, *, plans: QuerySet[Plan], units: QuerySet[Unit]) -> None:
        super().__init__(data)
        self.fields["ke_hoach"].queryset = plans  # type: ignore[attr-defined]
        self.fields["don_vi"].queryset = units  # type: ignore[attr-defined]


class FilesInput(forms.FileInput):
    """A box for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; which of them are good the operation knows, so that one bad file spoils no other."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=FilesInput(attrs={"multiple": True}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        return data


class ProgressForm(forms.Form):
    """How far, what happened, files that show it. `version` is the state of the item that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    percent = forms.IntegerField(
        label=_("Đã làm được bao nhiêu phần trăm"),
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
    )
    note = forms.CharField(
        label=_("Ghi chú"),
        help_text=_("Đã làm gì, vướng gì, cần ai giúp."),
        required=False,
        max_length=NOTE_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    evidence = FilesField(
        label=_("Tệp, ảnh kèm theo"),
        help_text=_("Tối đa 10 tệp, mỗi tệp 20 MB. Ảnh được bỏ vị trí, giờ chụp và thông tin máy trước khi lưu."),
        required=False,
    )


class ActForm(forms.Form):
    """What somebody decides about an item; `act` is its name on the page. `version` is that of the item as seen."""

    act = ""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = f"id_{self.act}_%s"
        super().__init__(*args, **kwargs)


def _words(label: Any, help_text: Any = "", *, required: bool = True, missing: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=NOTE_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": missing} if missing else None,
    )


class AcceptForm(ActForm):
    """Accept what was reported as done."""

    act = "accept"

    words = _words(_("Ý kiến nghiệm thu"), required=False)


class SendBackForm(ActForm):
    """Send back what was reported as done."""

    act = "send_back"

    reason = _words(
        _("Lý do trả lại"),
        _("Còn thiếu gì, phải làm lại gì. Hạn không đổi."),
        missing=_("Nhập lý do trả lại: còn thiếu gì, phải làm lại gì."),
    )


class AskExtensionForm(ActForm):
    """Ask for more time."""

    act = "ask"

    wanted_on = WrittenDateField(label=_("Xin đến hết ngày"), error_messages={"required": _("Nhập ngày gia hạn đến.")})
    reason = _words(_("Lý do xin gia hạn"), missing=_("Nhập lý do xin gia hạn."))


class DecideExtensionForm(ActForm):
    """Give more time or not."""

    act = "decide"

    until = WrittenDateField(
        label=_("Cho đến hết ngày"),
        required=False,
        help_text=_("Có thể khác ngày đơn vị xin, nhưng phải sau hạn hiện nay."),
    )
    answer = _words(_("Ý kiến"), _("Phải ghi khi không cho gia hạn."), required=False)


class SuspendForm(ActForm):
    """Let an item rest."""

    act = "suspend"

    reason = _words(
        _("Lý do tạm dừng"),
        _("Trong thời gian tạm dừng việc không tính quá hạn."),
        missing=_("Nhập lý do tạm dừng."),
    )


class ResumeForm(ActForm):
    """Let it go on."""

    act = "resume"

    longer = forms.BooleanField(label=_("Cộng số ngày tạm dừng vào hạn"), required=False, initial=True)
    words = _words(_("Ghi chú"), required=False)


class CancelForm(ActForm):
    """Nobody has to do it any more."""

    act = "cancel"

    reason = _words(
        _("Lý do hủy"),
        _("Việc và các phần đã giao xuống không còn phải làm, không tính vào số việc."),
        missing=_("Nhập lý do hủy việc."),
    )


class RestoreForm(ActForm):
    """Take a cancellation back."""

    act = "restore"

    reason = _words(_("Lý do khôi phục"), missing=_("Nhập lý do khôi phục việc đã hủy."))


class Boxes(forms.CheckboxSelectMultiple):
    """Boxes of which the first is what an error leads to."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, "0" if index is None else index)


class CommentForm(forms.Form):
    """A comment, and who is to be told of it."""

    act = "comment"

    text = _words(_("Nội dung"), missing=_("Nhập nội dung trao đổi."))
    mentioned = forms.MultipleChoiceField(
        label=_("Nhắc tên"),
        help_text=_("Người được chọn nhận thông báo; người khác đọc ở trang này."),
        required=False,
        widget=Boxes,
    )

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        kwargs["auto_id"] = "id_comment_%s"
        super().__init__(*args, **kwargs)
        self.fields["mentioned"].choices = [  # type: ignore[attr-defined]
            (str(person.user_id), f"{person.name} · {person.unit_name}") for person in people
        ]

    def clean_mentioned(self) -> list[int]:
        return [int(value) for value in self.cleaned_data["mentioned"]]
