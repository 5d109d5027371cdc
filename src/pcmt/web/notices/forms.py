"""How one wants to be told, as a form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pcmt.apps.notices.models import KEPT_IN_BELL, Preference, Reason, Rhythm, Way
from pcmt.apps.notices.queries import ORDER

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


@attrs.frozen
class Row:
    """A reason with its two boxes; `kept`: the bell counts it always."""

    label: str
    bell: BoundField
    mail: BoundField
    kept: bool


def _hour(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=HOURS, coerce=int)


class PreferenceForm(forms.Form):
    """The letter's rhythm and hours, and for each reason whether the bell counts it and the letter tells it."""

    rhythm = forms.ChoiceField(label=gettext_lazy("Thư tổng hợp"), choices=Rhythm.choices)
    hour = _hour(gettext_lazy("Giờ gửi"))
    quiet_from = _hour(gettext_lazy("Giờ yên tĩnh từ"))
    quiet_to = _hour(gettext_lazy("Giờ yên tĩnh đến"))
    workdays_only = forms.BooleanField(
        label=gettext_lazy("Không gửi vào ngày nghỉ (thứ Bảy, Chủ nhật, lễ, Tết)"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for reason in ORDER:
            for way, words in ((Way.BELL, _("%(reason)s: tính ở chuông")), (Way.MAIL, _("%(reason)s: ghi trong thư"))):
                kept = way == Way.BELL and reason in KEPT_IN_BELL
                label = words % {"reason": Reason(reason).label}
                self.fields[f"{way}_{reason}"] = forms.BooleanField(
                    label=label, required=False, disabled=kept, widget=forms.CheckboxInput(attrs={"aria-label": label})
                )

    @staticmethod
    def initial_of(preference: Preference, muted: set[tuple[str, str]]) -> dict[str, Any]:
        """What the boxes show before anybody changes them."""
        chosen = {name: getattr(preference, name) for name in PreferenceForm.base_fields}
        return chosen | {f"{way}_{reason}": (reason, way) not in muted for reason in ORDER for way in Way}

    def rows(self) -> Iterator[Row]:
        """The reasons in their order."""
        for reason in ORDER:
            yield Row(str(Reason(reason).label), self[f"bell_{reason}"], self[f"mail_{reason}"], reason in KEPT_IN_BELL)

    @property
    def chosen(self) -> dict[str, Any]:
        """Arguments of the operation `choose`."""
        data = self.cleaned_data
        muted = [(reason, way) for reason in ORDER for way in Way if not data[f"{way}_{reason}"]]
        return {name: data[name] for name in self.base_fields} | {"muted": muted}
