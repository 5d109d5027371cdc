"""What to urge, the words of the letters, the number of one, the filter of the register."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.tasks.letters import LetterWords, usual_words, words_of
from pcmt.apps.tasks.models import Urging
from pcmt.apps.tasks.policies import plans_to_urge
from pcmt.apps.tasks.urging import UrgingFilter, urgeable
from pcmt.apps.units.models import Unit
from pcmt.documents.output.official import Mark
from pcmt.web.fields import FilterForm, WrittenDateField
from pcmt.web.tasks.forms import PlanField, UnitField

ANSWER_DAYS = 7
MARKS = (
    (Mark.HEAD.value, _("Người đứng đầu ký")),
    (Mark.DEPUTY.value, _("KT. – cấp phó ký thay người đứng đầu")),
    (Mark.COLLECTIVE.value, _("TM. – thay mặt tập thể")),
    (Mark.COLLECTIVE_DEPUTY.value, _("TM. và KT. – cấp phó ký thay, thay mặt tập thể")),
    (Mark.ORDER.value, _("TL. – thừa lệnh")),
    (Mark.DELEGATE.value, _("TUQ. – thừa ủy quyền")),
    (Mark.ACTING.value, _("Q. – quyền người đứng đầu")),
)
STATES = (
    ("", _("Tất cả")),
    ("cho-so", _("Chưa lấy số")),
    ("da-ky", _("Đã ký")),
    ("da-rut", pgettext_lazy("công văn", "Đã rút")),
)
STATE_KEYS = {"cho-so": "waiting", "da-ky": "signed", "da-rut": "withdrawn"}


class ChoiceForm(FilterForm):
    """What to urge: a plan or all, some bodies or all, and whether to take what is near its limit or only requested."""

    ke_hoach = PlanField(label=_("Kế hoạch"), queryset=Plan.objects.none(), required=False, empty_label=_("Tất cả"))
    sap_toi = forms.BooleanField(label=_("Cả việc tới hạn trong 7 ngày"), required=False)
    de_nghi = forms.BooleanField(label=_("Cả cơ quan được đề nghị phối hợp"), required=False)
    don_vi = forms.ModelMultipleChoiceField(
        label=_("Chỉ các đơn vị"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.fields["ke_hoach"].queryset = plans_to_urge(actor).order_by("-issued_on", "-pk")  # type: ignore[attr-defined]
        owing = urgeable(actor, actor.on, soon=True, requested=True).values("unit_id")
        chosen = [value for value in data.getlist("don_vi") if value.isdecimal()] if hasattr(data, "getlist") else []
        units = Unit.objects.filter(pk__in=owing) | Unit.objects.filter(pk__in=chosen)
        self.fields["don_vi"].queryset = units.in_official_order()  # type: ignore[attr-defined]


class LetterForm(forms.Form):
    """The letterhead, the signature and who gets a copy; the fields are named as `LetterWords` names them."""

    agency = forms.CharField(label=_("Cơ quan ban hành"), max_length=200)
    parent = forms.CharField(label=_("Cơ quan chủ quản"), max_length=200, required=False)
    symbol = forms.CharField(
        label=_("Ký hiệu"),
        help_text=_("Phần sau dấu gạch chéo: cơ quan, đơn vị soạn thảo. Ví dụ CAT-PC04. Số do văn thư lấy khi ký."),
        max_length=60,
        required=False,
    )
    place = forms.CharField(label=_("Địa danh"), max_length=100, required=False)
    answer_by = WrittenDateField(label=_("Đề nghị trả lời đến hết ngày"), required=False)
    mark = forms.ChoiceField(label=_("Hình thức ký"), choices=MARKS, required=False)
    collective = forms.CharField(
        label=_("Thay mặt"), help_text=_("Khi ký TM., ví dụ Ủy ban nhân dân."), max_length=200, required=False
    )
    head = forms.CharField(
        label=_("Ký thay ai"), help_text=_("Khi ký KT., TL., TUQ., ví dụ Giám đốc."), max_length=200, required=False
    )
    post = forms.CharField(
        label=_("Chức vụ người ký"), help_text=_("Ví dụ Phó Giám đốc."), max_length=200, required=False
    )
    signer = forms.CharField(label=_("Họ tên người ký"), max_length=200, required=False)
    recipients = forms.CharField(
        label=_("Nơi nhận"),
        help_text=_("Mỗi dòng một nơi; dòng “Lưu: VT” có sẵn."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def words(self) -> LetterWords:
        """What was typed, as the letter takes it."""
        typed = dict(self.cleaned_data)
        typed["recipients"] = [line.strip() for line in typed["recipients"].splitlines() if line.strip()]
        return LetterWords(**typed)


def letter_initial(office: Unit, on: date) -> dict[str, Any]:
    """What the office wrote last time, else what is known of it; an answer is asked for within a week."""
    last = Urging.objects.filter(office=office).order_by("-made_at", "-pk").first()
    words = words_of(last.words) if last else usual_words(office, on)
    return {
        **words.stored(),
        "recipients": "\n".join(words.recipients) or "Như trên",
        "answer_by": on + timedelta(days=ANSWER_DAYS),
    }


class NumberForm(forms.Form):
    """Number, symbol and day of a letter that was signed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    number = forms.CharField(
        label=_("Số"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"})
    )
    symbol = forms.CharField(label=_("Ký hiệu"), max_length=60)
    signed_on = WrittenDateField(label=_("Ngày ký"))


class RegisterFilter(FilterForm):
    """Which letters of the register to list."""

    don_vi = UnitField(label=_("Nơi nhận"), queryset=Unit.objects.none(), required=False, empty_label=_("Tất cả"))
    ke_hoach = PlanField(label=_("Kế hoạch"), queryset=Plan.objects.none(), required=False, empty_label=_("Tất cả"))
    tinh_trang = forms.ChoiceField(label=_("Tình trạng"), choices=STATES, required=False)
    tu = forms.DateField(
        label=_("Lập từ ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    den = forms.DateField(
        label=_("Lập đến ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any, *, plans: QuerySet[Plan], units: QuerySet[Unit]) -> None:
        super().__init__(data)
        self.fields["ke_hoach"].queryset = plans  # type: ignore[attr-defined]
        self.fields["don_vi"].queryset = units  # type: ignore[attr-defined]

    def wanted(self) -> UrgingFilter:
        """As the query takes it."""
        chosen = self.chosen
        return UrgingFilter(
            unit_id=chosen["don_vi"].pk if chosen["don_vi"] else None,
            plan_id=chosen["ke_hoach"].pk if chosen["ke_hoach"] else None,
            from_on=chosen["tu"],
            to_on=chosen["den"],
            state=STATE_KEYS.get(chosen["tinh_trang"] or "", ""),
        )
