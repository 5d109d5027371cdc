"""The filter of due items and the progress form. Forms check what was typed; what may be done the operation knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.models import User
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.operations import NOTE_CHARS
from pcmt.apps.tasks.queries import Person
from pcmt.apps.units.models import Unit
from pcmt.web.fields import FilterForm, WrittenDateField
from pcmt.web.punctuality.columns import COLUMN_CHOICES
from pcmt.web.tasks.stages import STAGES

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
    *((word, stage.label) for word, stage in STAGES.items() if word != "cho-nghiem-thu"),
)
KINDS = (
    ("", _("Việc và báo cáo")),
    ("viec", pgettext_lazy("danh mục", "Việc")),
    ("bao-cao", pgettext_lazy("danh mục", "Báo cáo")),
)
EVERY_STATE = (
    ("", _("Tất cả")),
    ("chua-xong", _("Chưa xong")),
    *(each for each in STATES if each[0] not in ("", "tat-ca")),
)
"""The states as the views offer them that show everything unless told else."""
GROUPS = (
    ("", _("Theo đơn vị")),
    ("ngay", _("Theo ngày")),
    ("ke-hoach", _("Theo kế hoạch")),
    ("nguoi", _("Theo người phụ trách")),
    ("muc", _("Theo mục của kế hoạch")),
    ("khong", _("Không xếp nhóm")),
)
SORTS = (
    ("", _("Hạn gần nhất trước")),
    ("-han", _("Hạn xa nhất trước")),
    ("viec", _("Nội dung, theo chữ cái")),
    ("-tien-do", _("Tiến độ cao trước")),
    ("tien-do", _("Tiến độ thấp trước")),
    ("moi", _("Mới thay đổi trước")),
)
COLUMNS = (
    ("don-vi", pgettext_lazy("danh mục", "Đơn vị")),
    ("nguoi", _("Người phụ trách")),
    ("ky", _("Các kỳ")),
    ("tien-do", _("Tiến độ")),
    ("han", _("Hạn chót")),
    ("van-ban", _("Trong văn bản")),
    ("doi", _("Thay đổi cuối")),
)
ALWAYS_SHOWN = ("ky", "han", "van-ban")
"""The columns of the list unless somebody chooses others."""


class PlanField(forms.ModelChoiceField):
    """A plan by its number; the title beside it, cut to fit a list."""

    def label_from_instance(self, obj: Plan) -> str:
        title = obj.title if len(obj.title) <= 60 else f"{obj.title[:59]}…"
        return f"{obj.designation} · {title}" if obj.designation else title


class UnitField(forms.ModelChoiceField):
    """A unit by its name."""

    def label_from_instance(self, obj: Unit) -> str:
        return obj.name


class PersonField(forms.ModelChoiceField):
    """A person by the full name."""

    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name()


class OwedFilter(FilterForm):
    """Which due items to look at, and how. One filter for every view, so that its words go from one to the other.

    Words that make no sense are left out, so that an old address still opens. `of_list` is whether the view is the
    list, which shows what is open unless told else, and offers what the other views have no use for.
    """

    arranges = ("nhom", "xep", "tach", "cot", "kieu")
    of_other_views = ("xep", "cot")

    q = forms.CharField(label=_("Tìm trong nội dung"), required=False, max_length=200)
    ke_hoach = PlanField(label=_("Kế hoạch"), queryset=Plan.objects.none(), required=False, empty_label=_("Tất cả"))
    don_vi = UnitField(label=_("Đơn vị"), queryset=Unit.objects.none(), required=False, empty_label=_("Tất cả"))
    rieng = forms.BooleanField(label=_("Chỉ đơn vị này, không gồm cấp dưới"), required=False)
    nguoi = PersonField(
        label=_("Người phụ trách"), queryset=User.objects.none(), required=False, empty_label=_("Tất cả")
    )
    muc = forms.CharField(label=_("Mục của kế hoạch, ví dụ II.3"), required=False, max_length=40)
    loai = forms.ChoiceField(label=_("Loại"), choices=KINDS, required=False)
    trang_thai = forms.ChoiceField(label=_("Tình trạng"), choices=STATES, required=False)
    tu = forms.DateField(
        label=_("Hạn từ ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    den = forms.DateField(
        label=_("Hạn đến ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    dung_han = forms.ChoiceField(label=_("Đúng hạn hay muộn"), choices=COLUMN_CHOICES, required=False)
    tinh_den = forms.DateField(
        label=_("Tính đến hết ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    giao_xuong = forms.BooleanField(label=_("Phần việc giao xuống"), required=False)
    chua_gan = forms.BooleanField(label=_("Chưa gắn với đơn vị"), required=False)
    nhom = forms.ChoiceField(label=_("Xếp"), choices=GROUPS, required=False)

    xep = forms.ChoiceField(label=_("Trong nhóm"), choices=SORTS, required=False)
    tach = forms.BooleanField(label=_("Tách từng kỳ của việc định kỳ"), required=False)
    cot = forms.MultipleChoiceField(
        label=_("Cột"), choices=COLUMNS, required=False, widget=forms.CheckboxSelectMultiple
    )
    kieu = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        plans: QuerySet[Plan],
        units: QuerySet[Unit],
        holders: QuerySet[User],
        of_list: bool = True,
    ) -> None:
        super().__init__(data)
        self.of_list = of_list
        for name, choices in (("ke_hoach", plans), ("don_vi", units), ("nguoi", holders)):
            self.fields[name].queryset = choices  # type: ignore[attr-defined]
        if not of_list:
            self.fields["trang_thai"].choices = EVERY_STATE  # type: ignore[attr-defined]

    def shown(self) -> list[forms.BoundField]:
        """The boxes of the panel; columns have a place of their own."""
        hidden = ("cot", "kieu") if self.of_list else ("kieu", *self.of_other_views)
        return [field for field in self if field.name not in hidden]

    def carried(self) -> list[forms.BoundField]:
        """What goes along unseen, so that it is still chosen in the other views."""
        hidden = ("kieu",) if self.of_list else ("kieu", *self.of_other_views)
        return [self[name] for name in hidden if self[name].value()]


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
