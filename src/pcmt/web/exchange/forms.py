"""What to take away, and a file to take in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pcmt.apps.accounts.models import Actor
from pcmt.apps.plans.models import Plan
from pcmt.apps.reports.queries.exchanging import Asked, year_of
from pcmt.documents.packets import FORMATS, MAX_BYTES
from pcmt.reference import qcvn125
from pcmt.web.tasks.forms import Boxes, PlanField

DAYS = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LONGEST = 5 * 366
"""Days asked for at once."""


class PacketsForm(forms.Form):
    """Which packets, of which plan and period, in which form."""

    ke_hoach = PlanField(
        label=_("Kế hoạch"), queryset=Plan.objects.none(), required=False, empty_label=_("Mọi kế hoạch được xem")
    )
    tu = forms.DateField(label=_("Kỳ kết thúc từ ngày"), widget=DAYS)
    den = forms.DateField(label=_("đến hết ngày"), widget=DAYS)
    dang = forms.ChoiceField(label=_("Dạng tệp"), choices=[(form, form.upper()) for form in FORMATS])
    goi = forms.MultipleChoiceField(
        label=_("Gói dữ liệu"), widget=Boxes, error_messages={"required": _("Chọn ít nhất một gói dữ liệu.")}
    )

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        first, last = year_of(actor.on)
        types = qcvn125().types.values()
        usual = {"tu": first, "den": last, "dang": FORMATS[0], "goi": [each.name for each in types]}
        super().__init__(data, initial=usual)
        seen = Plan.objects.visible_to(actor).in_force()
        self.fields["ke_hoach"].queryset = seen.order_by("-issued_on", "-pk")  # type: ignore[attr-defined]
        self.fields["goi"].choices = [  # type: ignore[attr-defined]
            (each.name, f"{number}. {each.title}") for number, each in enumerate(types, 1)
        ]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        first, last = found.get("tu"), found.get("den")
        if isinstance(first, date) and isinstance(last, date):
            if last < first:
                self.add_error("den", _("Ngày cuối phải sau ngày đầu."))
            elif (last - first).days > LONGEST:
                self.add_error("den", _("Mỗi lần lấy tối đa 5 năm."))
        return found

    def asked(self) -> Asked:
        """What was chosen, as the query takes it."""
        chosen = self.cleaned_data
        plan = chosen["ke_hoach"]
        return Asked(names=chosen["goi"], plan_id=plan.pk if plan else None, first=chosen["tu"], last=chosen["den"])


class FileForm(forms.Form):
    """A file of packets."""

    file = forms.FileField(
        label=_("Tệp nhận được"),
        help_text=_("JSON, XML, hoặc tệp nén (zip) của các tệp đó."),
        error_messages={"required": _("Chọn tệp."), "empty": _("Tệp rỗng.")},
    )

    def clean_file(self) -> Any:
        """Not larger than what is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("Tệp lớn hơn %(most)d MB.") % {"most": MAX_BYTES // 1024 // 1024})
        return file
